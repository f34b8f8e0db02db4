"""Trains small models with attention in Keras 3 and writes keras_attention.lua, what test_attention_golden.lua compares
with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_attention.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed. A case is a list of calls: a layer, and
the numbers of the tensors it is called on, inputs first, from 1.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np

from lua_text import C, to_keras, to_lua

rng = np.random.default_rng(5)
EPOCHS = 10
CALLED_WITH = ("use_causal_mask", "return_attention_scores")  # arguments of the constructor in scripts
CASES = []


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def case(name, attention, inputs, fronts, wiring, width=4, reads=None, **more):
    """`fronts` are the layers that inputs go through, `wiring` the inputs that query, value (and key) come from;
    `reads` is the output of attention that a Dense reads."""
    n = len(inputs)
    calls = [(front, [i + 1]) for i, front in enumerate(fronts)]
    calls.append((attention, [n + w for w in wiring]))
    calls.append((C("layers.Dense", 2), [2 * n + (reads or 1)]))
    CASES.append(dict(name=name, inputs=inputs, calls=calls, **more))


def dense(units=4):
    return C("layers.Dense", units)


def ids(mask=True):
    return C("layers.Embedding", 6, 4, mask_zero=mask)


Q, V = floats(3, 4, 3), floats(3, 5, 2)
IQ = np.array([[1, 2, 3, 0], [4, 5, 0, 0], [1, 0, 2, 5]])
IV = np.array([[3, 1, 0, 0, 0], [2, 2, 4, 5, 1], [0, 0, 5, 1, 0]])

for name, first in (("Attention", ()), ("MultiHeadAttention", (2, 3))):
    def a(**kwargs):
        return C("layers." + name, *first, **kwargs)

    two, three = [dense(), dense()], [dense(), dense(), dense()]
    case(name, a(), [Q, V], two, [1, 2])
    case(name + " of query, value and key", a(), [Q, V, floats(3, 5, 2)], three, [1, 2, 3])
    case(name + " of one tensor", a(), [Q], [dense()], [1, 1])
    case(name + " of one tensor, causal", a(use_causal_mask=True), [Q], [dense()], [1, 1])
    case(name + " causal, more values than queries", a(use_causal_mask=True), [Q, V], two, [1, 2])
    case(name + " with masks", a(), [IQ, IV], [ids(), ids()], [1, 2])
    case(name + " with a mask of values", a(), [IQ, IV], [ids(False), ids()], [1, 2])
    case(name + " with masks, causal", a(use_causal_mask=True), [IQ, IV], [ids(), ids()], [1, 2])
    case(name + " with masks of all three", a(), [IQ, IV, IV[::-1].copy()], [ids(), ids(), ids()], [1, 2, 3])
    case(name + " whose scores are read", a(return_attention_scores=True), [Q, V], two, [1, 2], reads=2)
    case(name + " whose scores are returned, with masks", a(return_attention_scores=True), [IQ, IV], [ids(), ids()], [1, 2])

for mode in ("dot", "concat"):
    scaled = C("layers.Attention", use_scale=True, score_mode=mode)
    case("Attention scale, " + mode, scaled, [Q, V], [dense(), dense()], [1, 2])
    case("Attention scale, with masks, " + mode, scaled, [IQ, IV], [ids(), ids()], [1, 2])
case("Attention concat", C("layers.Attention", score_mode="concat"), [Q, V], [dense(), dense()], [1, 2])
case("Attention of values of another size", C("layers.Attention"), [Q, V, V], [dense(), dense(3), dense()], [1, 2, 3])
M = "layers.MultiHeadAttention"
case("MultiHeadAttention value_dim, output_shape", C(M, 3, 2, value_dim=5, output_shape=3), [Q, V], [dense(), dense()], [1, 2])
case("MultiHeadAttention without bias", C(M, 1, 4, use_bias=False), [Q, V], [dense(), dense(3)], [1, 2])
case("MultiHeadAttention regularizers, constraints",
     C(M, 2, 3, kernel_regularizer=C("regularizers.L2", 0.03), bias_regularizer=C("regularizers.L1", 0.02),
       kernel_constraint=C("constraints.MaxNorm", 0.7), bias_constraint="non_neg"), [Q, V], [dense(), dense()], [1, 2])


def split(layer):
    """The layer without arguments that Keras takes in the call, and these."""
    of_call = {k: v for k, v in layer.kwargs.items() if k in CALLED_WITH}
    return C(layer.path, *layer.args, **{k: v for k, v in layer.kwargs.items() if k not in CALLED_WITH}), of_call


def connect(case):
    tensors = [keras.Input(x.shape[1:]) for x in case["inputs"]]
    inputs, layers = list(tensors), []
    for spec, numbers in case["calls"]:
        spec, of_call = split(spec)
        layer, given = to_keras(spec), [tensors[n - 1] for n in numbers]
        if "MultiHead" in spec.path:
            made = layer(*given, **of_call)
        else:
            made = layer(given if len(given) > 1 else given[0], **of_call)
        tensors += list(made) if isinstance(made, (list, tuple)) else [made]
        layers.append(layer)
    return keras.Model(inputs, tensors[-1]), layers


def weights_of(layers):
    return [w for layer in layers for w in layer.get_weights()]


def set_weights(layers, weights):
    weights = list(weights)
    for layer in layers:
        count = len(layer.get_weights())
        layer.set_weights(weights[:count])
        del weights[:count]


def run(case, seed):
    keras.backend.clear_session()
    model, layers = connect(case)
    draw = np.random.default_rng(seed)
    weights = [draw.uniform(-0.6, 0.6, w.shape).astype("float32") for w in weights_of(layers)]
    set_weights(layers, weights)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", jit_compile=False, run_eagerly=True)
    x = case["inputs"] if len(case["inputs"]) > 1 else case["inputs"][0]
    result = {"weights": weights, "predicted": np.asarray(model(x))}
    y = draw.uniform(-1, 1, result["predicted"].shape).astype("float32")
    history = model.fit(x, y, verbose=0, shuffle=False, epochs=EPOCHS)
    result.update(y=y, losses=[float(v) for v in history.history["loss"]], final_weights=weights_of(layers))
    return result


def write(out, case, result):
    calls = ",\n      ".join("{ layer = %s, inputs = %s }" % (to_lua(layer), to_lua(numbers))
                             for layer, numbers in case["calls"])
    out.write("  { name = %s,\n    calls = function(rl) return {\n      %s } end,\n" % (to_lua(case["name"]), calls))
    out.write("    inputs = %s,\n" % to_lua(case["inputs"]))
    for key, value in result.items():
        out.write("    %s = %s,\n" % (key, to_lua(value)))
    out.write("  },\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_attention.lua"), "w") as out:
        out.write("-- Written by keras_attention.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
        for seed, case in enumerate(CASES):
            write(out, case, run(case, seed))
            print(case["name"], flush=True)
        out.write("}\n")


main()
