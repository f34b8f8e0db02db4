"""Asks Keras 3 for Normalization layers, adapted and with given constants, and for metrics of values, and writes
keras_normalization.lua, what test_normalization.lua compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_normalization.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed.
"""
import io
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf

from lua_text import to_lua

rng = np.random.default_rng(3)


def floats(*shape):
    return rng.normal(3, 2, shape).astype("float32")


def for_script(axis):
    return {} if axis is None else [a + 1 if a >= 0 else a for a in np.atleast_1d(axis)]


def with_gradient(layer, x, dy):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
    return {"x": x.numpy(), "y": y.numpy(), "dy": dy, "dx": tape.gradient(y, x, output_gradients=dy).numpy()}


def adapted():
    cases = []
    for shape, axis, invert in [((7, 3), -1, False), ((7, 3), -1, True), ((7, 3), None, False), ((6, 4, 3), -1, False),
                                ((6, 4, 3), 1, False), ((6, 4, 3), (1, 2), False), ((6, 4, 3), None, True), ((4, 2, 3, 2), (1, 3), False),
                                ((5, 1), -1, False)]:
        data = floats(*shape)
        if shape == (7, 3):
            data[:, 1] = 4  # no variance
        layer = keras.layers.Normalization(axis=axis, invert=invert)
        layer.adapt(data)
        cases.append({"axis": for_script(axis), "invert": invert, "data": data, "weights": [np.asarray(w, "float32") for w in layer.get_weights()],
                      **with_gradient(layer, floats(*shape), floats(*shape))})
    return cases


def given():
    cases = []
    for shape, axis, mean, variance in [((4, 1), -1, 3.0, 2.0), ((4, 3), -1, [1.0, 2.0, 3.0], [4.0, 0.0, 0.25]), ((4, 2, 3), -1, 2.0, 9.0),
                                        ((4, 2, 3), (1, 2), [1.0, 2.0, 3.0], [1.0, 4.0, 9.0])]:
        for invert in (False, True):
            layer = keras.layers.Normalization(axis=axis, mean=mean, variance=variance, invert=invert)
            cases.append({"axis": for_script(axis), "mean": mean, "variance": variance, "invert": invert,
                          **with_gradient(layer, floats(*shape), floats(*shape))})
    return cases


def in_batches():
    data = floats(23, 3)
    layer = keras.layers.Normalization()
    layer.adapt([data[:10], data[10:20], data[20:]])
    return {"data": data, "mean": np.asarray(layer.mean).ravel(), "variance": np.asarray(layer.variance).ravel()}


def model():
    """A model with an adapted layer: its weights as a file, and what it gives."""
    data, x = floats(20, 5, 3), floats(4, 5, 3)
    normalization = keras.layers.Normalization()
    normalization.adapt(data)
    made = keras.Sequential([keras.Input((5, 3)), normalization, keras.layers.GRU(4), keras.layers.Dense(1)])
    file = io.BytesIO()
    np.savez(file, *made.get_weights())
    return {"data": data, "x": x, "weights": [np.asarray(w, "float32") for w in made.get_weights()], "y": made.predict(x, verbose=0),
            "bytes": list(file.getvalue())}


def value_metrics():
    cases = []
    updates = [
        [[3.0]], [[[1.0, 3.0, 5.0, 7.0]]], [[[1.0, 3.0, 5.0, 7.0], [1.0, 1.0, 0.0, 0.0]]], [[[1.0, 2.0]], [[4.0, 5.0, 6.0]]],
        [[[[1.0, 2.0], [3.0, 5.0]]]], [[[[1.0, 2.0], [3.0, 5.0]], [1.0, 0.5]]], [[[[1.0, 2.0], [3.0, 5.0]], [[1.0, 0.0], [0.5, 2.0]]]],
        [[[[1.0], [3.0]], [2.0, 1.0]]], [[[1.0, 3.0], [[2.0], [1.0]]]], [[[1.0, 3.0], 2.0]], [[2.0, 3.0], [5.0, 1.0]],
        [[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 9.0]]], [1.0, 3.0]]],
    ]
    for name in ("Mean", "Sum"):
        for calls in updates:
            metric, results = getattr(keras.metrics, name)(), []
            for call in calls:
                metric.update_state(call[0], sample_weight=call[1] if len(call) > 1 else None)
                results.append(float(metric.result()))
            cases.append({"name": name, "calls": calls, "results": results})
    return cases


def swapped():
    """Losses of fits whose validation sees moving averages."""
    x, y = floats(12, 3), floats(12, 1)
    cases = []
    for on_epoch in (False, True):
        keras.utils.set_random_seed(1)
        made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="tanh"), keras.layers.Dense(1)])
        made.compile(optimizer=keras.optimizers.SGD(0.02, use_ema=True, ema_momentum=0.8), loss="mse", jit_compile=False)
        weights = made.get_weights()
        seen = []
        watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(float(made.get_weights()[0][0, 0])))
        history = made.fit(x, y, epochs=4, batch_size=5, shuffle=False, verbose=0, validation_data=(x, y),
                           callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=on_epoch), watch]).history
        cases.append({"swap_on_epoch": on_epoch, "weights": weights, "history": history, "seen": seen, "final_weights": made.get_weights()})
    return {"x": x, "y": y, "cases": cases}


sections = [adapted, given, in_batches, model, value_metrics, swapped]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_normalization.lua")
with open(path, "w") as out:
    out.write("-- Written by keras_normalization.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
    for section in sections:
        out.write("  %s = %s,\n" % (section.__name__, to_lua(section())))
    out.write("}\n")
