"""Trains small models with Keras 3 and writes keras_layers.lua, what test_layers_golden.lua compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_layers.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed. A case has the model's first weights,
what it predicts with them, the losses of ten steps of training and the weights after them.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np

from keras_layer_cases import CASES
from lua_text import C, to_keras, to_lua

EPOCHS = 10


def from_one(axis):
    """Axes of a script count from 1."""
    if isinstance(axis, list):
        return [from_one(a) for a in axis]
    return axis + 1 if axis >= 0 else axis


def for_script(value):
    if not isinstance(value, C):
        return value
    kwargs = {k: from_one(v) if k in ("axis", "shared_axes") else for_script(v) for k, v in value.kwargs.items()}
    if "shape" in kwargs:
        kwargs["shape"] = [-1 if n is None else n for n in kwargs["shape"]]
    return C(value.path, *value.args, **kwargs)


def first_weights(model, seed):
    rng = np.random.default_rng(seed)
    weights = []
    for variable in model.weights:
        w = rng.uniform(-0.6, 0.6, variable.shape).astype("float32")
        weights.append(np.abs(w) + np.float32(0.5) if "variance" in variable.path else w)
    return weights


def run(case, seed):
    keras.backend.clear_session()
    model = keras.Sequential([to_keras(layer) for layer in case["layers"]])
    weights = first_weights(model, seed)
    model.set_weights(weights)
    fit = dict(case["fit"])
    optimizer = fit.pop("optimizer", None)
    model.compile(optimizer=optimizer or keras.optimizers.SGD(0.1), loss=case["loss"], jit_compile=False,
                  run_eagerly=True)  # tracing would take most of the time
    result = {"weights": weights, "predicted": np.asarray(model(case["x"]))}
    history = model.fit(case["x"], case["y"], verbose=0, shuffle=False, epochs=EPOCHS, **fit)
    result["losses"] = [float(v) for v in history.history["loss"]]
    result["final_weights"] = model.get_weights()
    result["predicted_after"] = np.asarray(model(case["x"]))
    return result


def write(out, case, result):
    layers = ",\n      ".join(to_lua(for_script(layer)) for layer in case["layers"])
    out.write("  { name = %s,\n" % to_lua(case["name"]))
    out.write("    layers = function(rl) return {\n      %s } end,\n" % layers)
    for key in ("loss", "fit", "x", "y"):
        out.write("    %s = %s,\n" % (key, to_lua(case[key])))
    for key, value in result.items():
        out.write("    %s = %s,\n" % (key, to_lua(value)))
    out.write("  },\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_layers.lua"), "w") as out:
        out.write("-- Written by keras_layers.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
        for seed, case in enumerate(CASES):
            write(out, case, run(case, seed))
            print(case["name"], flush=True)
        out.write("}\n")


main()
