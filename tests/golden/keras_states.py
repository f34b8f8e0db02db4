"""Calls recurrent layers of Keras 3 with initial states and writes keras_states.lua: what test_recurrent_golden.lua
compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_states.py

A case is a layer, its weights, and calls: each a list of inputs, the sequence and perhaps initial states, and the list of
outputs that Keras gives. Calls follow each other, as a stateful layer notices.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np

from lua_text import C, to_keras, to_lua

rng = np.random.default_rng(31)
CASES = []


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def case(name, layer, *state_counts):
    """One call for each count of initial states."""
    CASES.append(dict(name=name, layer=layer, calls=[[floats(2, 4, 3)] + [floats(2, 5) for _ in range(n)] for n in state_counts]))


for title, name, fixed, n in [("SimpleRNN", "SimpleRNN", {}, 1), ("LSTM", "LSTM", {}, 2), ("GRU", "GRU", {}, 1),
                              ("GRU reset before", "GRU", dict(reset_after=False), 1)]:
    def cell(**kwargs):
        return C("layers." + name, 5, **fixed, **kwargs)

    case(title + " from a state", cell(), n)
    case(title + " from a state, returning all", cell(return_sequences=True, return_state=True), n, 0)
    case(title + " from a state, backwards", cell(return_sequences=True, return_state=True, go_backwards=True), n)
    case(title + ", stateful", cell(stateful=True, return_state=True), 0, 0, n, 0)
    case(title + " in both directions, from states", C("layers.Bidirectional", cell(return_sequences=True, return_state=True)), 2 * n, 0)
    case(title + " in both directions, not merged", C("layers.Bidirectional", cell(return_state=True), merge_mode=None), 0)


def outputs_of(value):
    return [np.array(v) for v in (value if isinstance(value, (list, tuple)) else [value])]


def run(case):
    layer = to_keras(case["layer"])
    layer.build((2, 4, 3))
    weights = [floats(*w.shape) for w in layer.get_weights()]
    trained = [v for v in layer.variables if "rnn_state" not in v.path and "seed" not in v.path]
    weights = [floats(*v.shape) for v in trained]
    for variable, value in zip(trained, weights):
        variable.assign(value)
    results = []
    for inputs in case["calls"]:
        states = {"initial_state": inputs[1:]} if len(inputs) > 1 else {}
        results.append(outputs_of(layer(inputs[0], **states)))
    return weights, results


def lua_layer(layer):
    return to_lua(layer).replace("merge_mode = nil", 'merge_mode = "none"')


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_states.lua"), "w") as out:
    out.write("-- Written by keras_states.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
    for each in CASES:
        weights, results = run(each)
        calls = [dict(inputs=inputs, outputs=outputs) for inputs, outputs in zip(each["calls"], results)]
        out.write("  { name = %s,\n    layer = function(rl) return %s end,\n    weights = %s,\n    calls = %s },\n"
                  % (to_lua(each["name"]), lua_layer(each["layer"]), to_lua(weights), to_lua(calls)))
    out.write("}\n")
