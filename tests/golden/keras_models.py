"""Trains small models with Keras 3 and writes keras_models.lua, keras_arguments.lua, keras_recurrent.lua and
keras_embedding.lua, what tests of training and of recurrent layers compare with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_models.py [models | arguments | recurrent | embedding]

Run by hand, with keras and tensorflow-cpu installed; the result is committed. A case is a model, how it
is compiled and fitted, its data and first weights, and what Keras made of them. Models are written once,
with C("layers.Dense", 1), which stands for both the Keras object and the Lua text of it.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import sys

import keras
import numpy as np

from lua_text import C, to_keras, to_lua
import keras_argument_cases
import keras_embedding_cases
import keras_model_cases
import keras_recurrent_cases


def initial_weights(model, seed):
    """Weights of a usual size, biases too, so that no gradient is hidden behind a zero."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-0.6, 0.6, w.shape).astype("float32") for w in model.get_weights()]


def start(case, seed):
    keras.backend.clear_session()
    model = keras.Sequential([to_keras(layer) for layer in case["layers"]])
    arguments = {name: to_keras(value) for name, value in case["compile"].items()}
    model.compile(jit_compile=False, run_eagerly=case.get("eager", False), **arguments)  # eager: no tracing of loops
    weights = case.get("weights") or initial_weights(model, seed)
    model.set_weights(weights)
    return model, weights


def run_fit(case, model):
    arguments = {k: to_keras(v) for k, v in case["fit"].items()}
    history = model.fit(case["x"], case["y"], verbose=0, shuffle=False, **arguments)
    result = {"history": {k: [float(v) for v in values] for k, values in history.history.items()}}
    evaluated = model.evaluate(case["x"], case["y"], verbose=0, batch_size=case["fit"].get("batch_size", 32))
    result["evaluate"] = [float(v) for v in np.atleast_1d(evaluated)]
    return result


def run_batches(case, model):
    """train_on_batch and test_on_batch as listed: what each call returned, one list a call."""
    results = []
    for call in case["batches"]:
        first, last = call["rows"]
        arguments = {k: v for k, v in call.items() if k not in ("rows", "call")}
        out = getattr(model, call["call"])(case["x"][first - 1 : last], case["y"][first - 1 : last], **arguments)
        results.append([float(v) for v in np.atleast_1d(out)])
    return {"returned": results}


def run(case, seed):
    model, weights = start(case, seed)
    result = run_batches(case, model) if "batches" in case else run_fit(case, model)
    result["weights"] = weights
    result["final_weights"] = model.get_weights()
    result["predictions"] = np.array(model(case["x"])) if case.get("eager") else model.predict(case["x"], verbose=0)
    return result


def write_case(out, case, result):
    layers = ",\n      ".join(to_lua(layer) for layer in case["layers"])
    out.write("{ name = %s,\n" % to_lua(case["name"]))
    out.write("    model = function(rl) return rl.Sequential{\n      %s } end,\n" % layers)
    out.write("    compile = function(rl) return %s end,\n" % to_lua(case["compile"]))
    for key in ("fit", "batches", "x", "y", "rtol", "atol"):
        if key in case:
            out.write("    %s = %s,\n" % (key, to_lua(case[key])))
    for key, value in result.items():
        out.write("    %s = %s,\n" % (key, to_lua(value)))
    out.write("  },\n")


FILES = {"models": keras_model_cases.CASES, "arguments": keras_argument_cases.CASES,
         "recurrent": keras_recurrent_cases.CASES, "embedding": keras_embedding_cases.CASES}


def write_file(name, cases):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_%s.lua" % name), "w") as out:
        out.write("-- Written by keras_models.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
        for seed, case in enumerate(cases):
            out.write("  ")
            write_case(out, case, run(case, seed))
            print(case["name"], flush=True)
        out.write("}\n")


for chosen in sys.argv[1:] or FILES:
    write_file(chosen, FILES[chosen])
