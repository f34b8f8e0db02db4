"""Training as fit does it, without what makes fit slow for ten steps of a small model."""
import numpy as np
import tensorflow as tf


def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), training=True)
    variables = model.trainable_variables
    model.optimizer.apply(tape.gradient(loss, variables), variables)
    return float(loss)


def part(x, first, last):
    return [part(a, first, last) for a in x] if isinstance(x, list) else x[first:last]


def train(model, x, y, epochs, batch_size=32):
    """The losses of epochs, unshuffled: means over batches, weighted by their rows."""
    rows, losses = len(y), []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, rows, batch_size):
            last = min(first + batch_size, rows)
            total += step(model, part(x, first, last), np.asarray(y[first:last], "float32")) * (last - first)
        losses.append(total / rows)
    return losses
