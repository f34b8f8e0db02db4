"""Trains models with Keras 3 whose input has an explicit mask, what rnnlua's lengths= stands for, and models with Lambda
layers; writes keras_lengths.lua, what test_lengths.lua and test_lambda.lua compare with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_lengths.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
from keras import ops

from lua_text import C, to_keras, to_lua

rng = np.random.default_rng(5)
STEPS = 5
LENGTHS = np.array([5, 3, 1, 4, 2, 5, 3, 2], "int32")
WITH_NONE = np.array([5, 3, 0, 4, 2, 0, 3, 1], "int32")


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


class WithLengths(keras.layers.Layer):
    """x, with a mask of its first timesteps."""

    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs):
        return inputs[0] + 0 if inputs[0].dtype == "float32" else inputs[0] + ops.cast(0, inputs[0].dtype)

    def compute_mask(self, inputs, previous=None):
        return ops.less(ops.expand_dims(ops.arange(STEPS), 0), ops.expand_dims(inputs[1], 1))


def train(model, inputs, case):
    fit = case.get("fit", {})
    rng = np.random.default_rng(len(case["name"]))
    model.set_weights([rng.uniform(-0.6, 0.6, w.shape).astype("float32") if "variance" not in v.path else w
                       for w, v in zip(model.get_weights(), model.weights)])
    weights = model.get_weights()
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=case["loss"], metrics=case.get("metrics"), jit_compile=False)
    history = model.fit(inputs, case["y"], verbose=0, shuffle=False, epochs=5, batch_size=4, **fit)
    return {"weights": weights, "history": {k: [float(v) for v in vs] for k, vs in history.history.items()},
            "evaluate": [float(v) for v in np.atleast_1d(model.evaluate(inputs, case["y"], verbose=0, batch_size=4))],
            "final_weights": model.get_weights(), "predictions": model.predict(inputs, verbose=0)}


# ---- lengths ---------------------------------------------------------------------------------------------

X, TOKENS = floats(8, STEPS, 3), rng.integers(0, 6, (8, STEPS)).astype("float32")
ONE, EACH, CLASSES = floats(8, 1), floats(8, STEPS, 2), rng.integers(0, 3, (8, STEPS)).astype("float32")
SHAPE = dict(input_shape=(STEPS, 3))
SEQUENCES = dict(return_sequences=True)


def layer(name, *args, **kwargs):
    return C("layers." + name, *args, **kwargs)


LENGTH_CASES = [
    dict(name="LSTM", layers=[layer("LSTM", 4, **SHAPE), layer("Dense", 1)], y=ONE, loss="mse"),
    dict(name="rows of no steps", layers=[layer("LSTM", 4, **SEQUENCES, **SHAPE), layer("GRU", 3, **SEQUENCES), layer("Dense", 2)],
         y=EACH, loss="mse", lengths=WITH_NONE),
    dict(name="GRU", layers=[layer("GRU", 4, **SHAPE), layer("Dense", 1)], y=ONE, loss="mse"),
    dict(name="SimpleRNN backwards", layers=[layer("SimpleRNN", 4, go_backwards=True, **SHAPE), layer("Dense", 1)], y=ONE, loss="mse"),
    dict(name="a mask in loss and metrics", layers=[layer("GRU", 4, **SEQUENCES, **SHAPE), layer("Dense", 2)], y=EACH, loss="mse",
         metrics=["mae"]),
    dict(name="a mask in loss, beside weights", layers=[layer("LSTM", 4, **SEQUENCES, **SHAPE), layer("Dense", 2)], y=EACH, loss="mae",
         fit=dict(sample_weight=rng.uniform(0.1, 2, (8, STEPS)).astype("float32"))),
    dict(name="a tagger of tokens", layers=[layer("Embedding", 6, 3, input_shape=(STEPS,)), layer("LSTM", 4, **SEQUENCES),
                                            layer("Dense", 3, activation="softmax")], y=CLASSES,
         x=TOKENS, loss="sparse_categorical_crossentropy", metrics=["accuracy"]),
    dict(name="Bidirectional, stacked", layers=[layer("Bidirectional", layer("LSTM", 3, **SEQUENCES), **SHAPE), layer("GRU", 3), layer("Dense", 1)],
         y=ONE, loss="mse"),
    dict(name="GlobalAveragePooling1D", layers=[layer("SimpleRNN", 4, **SEQUENCES, **SHAPE), layer("GlobalAveragePooling1D"), layer("Dense", 1)],
         y=ONE, loss="mse"),
    dict(name="TimeDistributed and normalised", layers=[layer("TimeDistributed", layer("Dense", 3), **SHAPE), layer("LayerNormalization"),
                                                        layer("BatchNormalization"), layer("LSTM", 3), layer("Dense", 1)], y=ONE, loss="mse"),
    dict(name="pointwise layers alone", layers=[layer("Dense", 4, activation="tanh", **SHAPE), layer("Dense", 2)], y=EACH, loss="mse"),
    dict(name="a held-out part", layers=[layer("GRU", 4, **SHAPE), layer("Dense", 1)], y=ONE, loss="mse", fit=dict(validation_split=0.5)),
]


def run_lengths(case):
    keras.backend.clear_session()
    x = case.get("x", X)
    inputs = [keras.Input(x.shape[1:], dtype="float32"), keras.Input((), dtype="int32")]
    layers = list(case["layers"])
    h = inputs[0]
    if layers[0].path == "layers.Embedding":  # which hands a mask of lengths on here; Keras' drops the one of its input
        h = to_keras(C(layers[0].path, *layers.pop(0).args))(h)
    h = WithLengths()([h, inputs[1]])
    for made in layers:
        made = C(made.path, *made.args, **{k: v for k, v in made.kwargs.items() if k != "input_shape"})
        h = to_keras(made)(h)
    return train(keras.Model(inputs, h), [x, case.get("lengths", LENGTHS)], case)


# ---- Lambda ------------------------------------------------------------------------------------------------

DENSE = layer("Dense", 4, activation="tanh", **SHAPE)
LAMBDA_CASES = [
    dict(name="twice", python=lambda x: x * 2, lua="rl.layers.Lambda(function(x) return x * 2 end)", after=[layer("LSTM", 3), layer("Dense", 1)], y=ONE),
    dict(name="a power by an argument", python=(lambda x, power: x ** power, dict(arguments={"power": 3})),
         lua="rl.layers.Lambda{function(x, o) return x ^ o.power end, arguments = {power = 3}}",
         after=[layer("GRU", 3), layer("Dense", 1)], y=ONE),
    dict(name="the sum over time", python=lambda x: ops.sum(ops.exp(x), axis=1) * 0.1,
         lua="rl.layers.Lambda(function(x) return rl.sum(rl.exp(x), 2) * 0.1 end)", after=[layer("Dense", 1)], y=ONE),
    dict(name="the last step, with output_shape", python=(lambda x: x[:, -1], dict(output_shape=(4,))),
         lua="rl.layers.Lambda{function(x) return x[{ {}, -1 }] end, output_shape = {4}}", after=[layer("Dense", 1)], y=ONE),
    dict(name="differences", python=lambda x: x[:, 1:] - x[:, :-1],
         lua="rl.layers.Lambda(function(x) return x[{ {}, {2, -1} }] - x[{ {}, {1, -2} }] end)", after=[layer("SimpleRNN", 3), layer("Dense", 1)], y=ONE),
    dict(name="a mask handed on", python=(lambda x: x * 0.5, dict(mask=lambda x, mask: mask)), masked=True,
         lua="rl.layers.Lambda{function(x) return x * 0.5 end, mask = function(_, mask) return mask end}", after=[layer("LSTM", 3), layer("Dense", 1)], y=ONE),
    dict(name="a mask that ends there", python=lambda x: x * 0.5, masked=True,
         lua="rl.layers.Lambda(function(x) return x * 0.5 end)", after=[layer("LSTM", 3), layer("Dense", 1)], y=ONE),
    dict(name="a mask of its own", python=(lambda x: x, dict(mask=lambda x, mask: ops.any(ops.greater(x, 0.8), axis=-1))),
         lua="rl.layers.Lambda{function(x) return x end, mask = function(x) return x:gt(0.8):any(-1) end}",
         after=[layer("GRU", 3), layer("Dense", 1)], y=ONE),
]
MASKED = X.copy()
for row, length in enumerate(LENGTHS):
    MASKED[row, length:] = 0


def run_lambda(case):
    keras.backend.clear_session()
    function, more = case["python"] if isinstance(case["python"], tuple) else (case["python"], {})
    first = [layer("Masking", **SHAPE), layer("Dense", 4, activation="tanh")] if case.get("masked") else [DENSE]
    model = keras.Sequential([to_keras(m) for m in first] + [keras.layers.Lambda(function, **more)] + [to_keras(m) for m in case["after"]])
    case.update(x=MASKED if case.get("masked") else X, loss="mse")
    layers = [to_lua(m) for m in first] + [case["lua"]] + [to_lua(m) for m in case["after"]]
    return layers, train(model, case["x"], case)


# ---- the file ------------------------------------------------------------------------------------------------

def write(out, case, layers, result):
    out.write("    { name = %s,\n      layers = function(rl) return { %s } end,\n" % (to_lua(case["name"]), ", ".join(layers)))
    fields = {k: case[k] for k in ("y", "loss", "metrics", "fit", "lengths") if k in case}
    fields["x"] = case.get("x", X)
    for key, value in {**fields, **result}.items():
        out.write("      %s = %s,\n" % (key, to_lua(value)))
    out.write("    },\n")


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "keras_lengths.lua"), "w") as out:
    out.write("-- Written by keras_lengths.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
    out.write("  lengths = %s,\n  cases = {\n" % to_lua(LENGTHS))
    for case in LENGTH_CASES:
        write(out, case, [to_lua(made) for made in case["layers"]], run_lengths(case))
        print(case["name"], flush=True)
    out.write("  },\n  lambda = {\n")
    for case in LAMBDA_CASES:
        write(out, case, *run_lambda(case))
        print(case["name"], flush=True)
    out.write("  },\n}\n")
