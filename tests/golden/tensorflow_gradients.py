"""Runs small programs under TensorFlow's GradientTape and writes tensorflow_gradients.lua, what the test of the same
programs under ours compares with.

    python tests/golden/tensorflow_gradients.py

Run by hand, with tensorflow-cpu and keras installed; the result is committed. A program is a function of float64
variables; its twin, by the same name, is in tests/test_gradients_golden.lua.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

from lua_text import to_lua

rng = np.random.default_rng(4)


def normal(*shape):
    return np.round(rng.normal(size=shape), 3)


def attention(q, k, v):
    scores = tf.matmul(q, k, transpose_b=True) / 2.0
    return tf.matmul(tf.nn.softmax(scores, axis=-1), v)


def layer_norm(x, gain, shift):
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    deviation = tf.math.reduce_std(x, axis=-1, keepdims=True)
    return (x - mean) / (deviation + 1e-3) * gain + shift


def rnn_by_hand(x, w, u, b):
    h = tf.zeros([x.shape[0], u.shape[0]], tf.float64)
    for step in range(x.shape[1]):
        h = tf.tanh(tf.matmul(x[:, step], w) + tf.matmul(h, u) + b)
    return h


def gather_and_join(x, y):
    taken = tf.gather(x, [2, 0, 2])
    both = tf.concat([taken, y], axis=1)
    return tf.reduce_max(both, axis=0) * tf.reduce_sum(tf.abs(both)) - tf.reduce_prod(y, axis=0)[0]


def mixed_logits(x, w):
    logits = tf.matmul(x, w)
    p = tf.nn.log_softmax(logits)
    return -tf.reduce_mean(tf.reduce_sum(p * tf.one_hot([0, 2, 1], 3, dtype=tf.float64), -1)) + 0.01 * tf.reduce_sum(w ** 2)


def stacked(x, y):
    s = tf.stack([x, y, x * y], axis=1)
    return tf.cumsum(tf.sort(s, axis=-1), axis=1) * tf.where(s > 0, s, 0.5 * s)


def ties(x, y):
    return tf.maximum(x, y) + 2 * tf.minimum(x, y) + tf.reduce_max(x) + tf.nn.relu(x) + tf.clip_by_value(y, -1.0, 1.0) + tf.abs(x)


def powers(x, y):
    return x ** y + tf.math.floormod(x, y) + y ** 2 + tf.sqrt(x) * tf.math.log(y) + tf.sign(x) + tf.floor(y) * x


tie = np.array([[1.0, -1.0, 0.0, 2.0]])
PROGRAMS = [
    (attention, normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2)),
    (layer_norm, normal(3, 5), normal(5), normal(5)),
    (rnn_by_hand, normal(3, 4, 2), normal(2, 3), normal(3, 3), normal(3)),
    (gather_and_join, normal(3, 2), normal(3, 2)),
    (mixed_logits, normal(3, 4), normal(4, 3)),
    (stacked, normal(2, 4), normal(2, 4)),
    (ties, tie, np.array([[1.0, -2.0, 0.0, -1.0]])),
    (powers, np.abs(normal(4)) + 0.2, np.abs(normal(4)) + 0.3),
]


def run(program, *values):
    inputs = [tf.Variable(value, dtype=tf.float64) for value in values]
    with tf.GradientTape() as tape:
        result = program(*inputs)
    gradients = tape.gradient(result, inputs)
    return {
        "name": program.__name__,
        "inputs": [v.tolist() for v in values],
        "result": result.numpy().tolist(),
        "gradients": [tf.convert_to_tensor(g).numpy().tolist() for g in gradients],
    }


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    cases = [run(*program) for program in PROGRAMS]
    with open(os.path.join(folder, "tensorflow_gradients.lua"), "w") as f:
        f.write("-- Written by tensorflow_gradients.py, TensorFlow %s.\n" % tf.__version__)
        f.write("return " + to_lua(cases) + "\n")


main()
