"""Trains and calls cells with Keras 3 and writes keras_cells.lua: what test_cells_golden.lua compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_cells.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed. It has models trained for ten steps, as
keras_layers.py has them, calls of RNN with initial states and masks, and calls of cells by hand.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np

import keras_cell_classes  # noqa: F401  (found by lua_text.to_keras)
from keras_cell_cases import BY_HAND, CALLED, TRAINED, floats
from keras_steps import train
from lua_text import to_keras, to_lua

EPOCHS = 10


def trained_variables(layer):
    return [v for v in layer.variables if "rnn_state" not in v.path and "seed" not in v.path]


def set_random(layer):
    weights = []
    for variable in trained_variables(layer):
        weights.append(floats(*variable.shape))
        variable.assign(weights[-1])
    return weights


def forget_states(model):
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            for state in keras.tree.flatten(layer.states):  # reset_state() fails where cells are stacked
                state.assign(np.zeros(state.shape, "float32"))


def run_trained(case):
    stateful = any(l.kwargs.get("stateful") for l in case["layers"])
    fit = dict(case["fit"])
    layers = [to_keras(layer) for layer in case["layers"]]
    if stateful:
        layers[0] = keras.layers.Input(batch_shape=(fit["batch_size"], *case["layers"][0].kwargs["shape"]))
    model = keras.Sequential(layers)
    weights = [np.float32(0.7) * w for w in set_random(model)]
    for variable, value in zip(trained_variables(model), weights):
        variable.assign(value)
    optimizer = fit.pop("optimizer", None)
    model.compile(optimizer=optimizer or keras.optimizers.SGD(0.1), loss=case["loss"], jit_compile=False)

    def predict():
        size = fit.get("batch_size", len(case["x"]))
        forget_states(model)
        parts = [np.asarray(model(case["x"][i:i + size])) for i in range(0, len(case["x"]), size)]
        forget_states(model)
        return np.concatenate(parts)

    result = {"weights": weights, "predicted": predict()}
    result["losses"] = train(model, case["x"], case["y"], EPOCHS, **fit)
    result["final_weights"] = [v.numpy() for v in trained_variables(model)]
    result["predicted_after"] = predict()
    return result


def nested(states, cell):
    """The list of states as Keras wants them: one of lists where cells are stacked."""
    if not isinstance(cell, keras.layers.StackedRNNCells):
        return states
    result, at = [], 0
    for each in cell.cells:
        several = isinstance(each.state_size, (list, tuple))
        count = len(each.state_size) if several else 1
        result.append(list(states[at:at + count]))
        at += count
    return result


def flat(value):
    return [np.array(v) for v in keras.tree.flatten(value)]


def run_called(case):
    layer = to_keras(case["layer"])
    layer.build((2, 4, 3))
    weights = set_random(layer)
    results = []
    for call in case["calls"]:
        given = {}
        if "states" in call:
            given["initial_state"] = nested(call["states"], layer.cell)
        if "mask" in call:
            given["mask"] = call["mask"]
        results.append(flat(layer(call["x"], **given)))
    return dict(weights=weights, outputs=results)


def run_by_hand(case):
    cell = to_keras(case["layer"])
    cell.build((3, 3))
    cell.built = True
    weights = set_random(cell)
    return dict(weights=weights, outputs=flat(cell.call(case["x"], nested(case["states"], cell))))


def write(out, case, result, layers):
    out.write("  { name = %s,\n    %s,\n" % (to_lua(case["name"]), layers))
    for key, value in {**case, **result}.items():
        if key not in ("name", "layers", "layer", "sizes"):
            out.write("    %s = %s,\n" % (key, to_lua(value)))
    out.write("  },\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_cells.lua"), "w") as out:
        out.write("-- Written by keras_cells.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
        for name, cases, run in [("trained", TRAINED, run_trained), ("called", CALLED, run_called),
                                 ("by_hand", BY_HAND, run_by_hand)]:
            out.write("  %s = {\n" % name)
            for case in cases:
                if "layers" in case:
                    layers = "layers = function(rl) return { %s } end" % ", ".join(to_lua(l) for l in case["layers"])
                else:
                    layers = "layer = function(rl) return %s end" % to_lua(case["layer"])
                write(out, case, run(case), layers)
                print(case["name"], flush=True)
            out.write("  },\n")
        out.write("}\n")


main()
