"""Builds and trains functional models with Keras 3 and writes keras_functional.lua, what
test_functional_golden.lua compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_functional.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed. A model is written once, as steps that
stand for both the Keras calls and the Lua text of them.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["COLUMNS"] = "120"

import keras
import numpy as np

from lua_text import Axis, C, to_keras, to_lua

# ---- steps ----------------------------------------------------------------------------------------------


def source(name, *shape):
    return ("input", name, shape)


def layer(name, what):
    return ("layer", name, what)


def call(name, what, *inputs):
    return ("call", name, what, inputs)


def decode(name, what, sequence, *states):
    """A recurrent layer called with initial_state."""
    return ("decode", name, what, sequence, states)


def sequential(name, *layers):
    return ("sequential", name, layers)


def model(name, inputs, outputs):
    return ("model", name, inputs, outputs)


def alone(values):
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def run_step(env, step):
    kind, name = step[:2]
    if kind == "input":
        env[name] = keras.Input(step[2], name=name)
    elif kind == "layer":
        env[name] = to_keras(step[2])
    elif kind == "call":
        inputs = [env[i] for i in step[3]]
        apart = isinstance(env[step[2]], keras.layers.MultiHeadAttention)
        result = env[step[2]](*inputs) if apart else env[step[2]](alone(inputs))
        names = name.split(", ")
        env.update(zip(names, result) if len(names) > 1 else [(name, result)])
    elif kind == "decode":
        env[name] = env[step[2]](env[step[3]], initial_state=[env[s] for s in step[4]])
    elif kind == "sequential":
        env[name] = keras.Sequential([to_keras(v) for v in step[2]], name=name)
    else:
        env[name] = keras.Model(alone([env[i] for i in step[2]]), alone([env[o] for o in step[3]]), name=name)


def step_text(step):
    kind, name = step[:2]
    if kind == "input":
        return "local %s = rl.Input{ shape = %s, name = %s }" % (name, to_lua(step[2]), to_lua(name))
    if kind == "layer":
        return "local %s = %s" % (name, to_lua(step[2]))
    if kind == "call":
        inputs = ", ".join(step[3])
        return "local %s = %s(%s)" % (name, step[2], "{ %s }" % inputs if len(step[3]) > 1 else inputs)
    if kind == "decode":
        return "local %s = %s(%s, { initial_state = { %s } })" % (name, step[2], step[3], ", ".join(step[4]))
    if kind == "sequential":
        return "local %s = rl.Sequential{ %s, name = %s }" % (name, ", ".join(map(to_lua, step[2])), to_lua(name))
    return "local %s = rl.Model{ inputs = { %s }, outputs = { %s }, name = %s }" % (
        name, ", ".join(step[2]), ", ".join(step[3]), to_lua(name))


# ---- cases ----------------------------------------------------------------------------------------------

CASES = []
rng = np.random.default_rng(11)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def classes(rows, count):
    return np.eye(count, dtype="float32")[rng.integers(0, count, rows)]


def case(name, steps, compile, x, y, **fit):
    CASES.append(dict(name=name, steps=steps, compile=compile, x=x, y=y, fit=dict(dict(epochs=3, batch_size=4), **fit)))


def dense(units, **kwargs):
    return C("layers.Dense", units, **kwargs)


def rnn(units, **kwargs):
    return C("layers.SimpleRNN", units, **kwargs)


TWO = [
    source("a", 3), source("b", 5, 2),
    layer("ha", dense(4, activation="tanh", name="ha")), layer("hb", rnn(4, name="hb")),
    layer("join", C("layers.Concatenate", name="join")),
    layer("out_a", dense(1, name="out_a")), layer("out_b", dense(3, activation="softmax", name="out_b")),
    call("p", "ha", "a"), call("q", "hb", "b"), call("j", "join", "p", "q"),
    call("ya", "out_a", "j"), call("yb", "out_b", "j"),
    model("two", ["a", "b"], ["ya", "yb"]),
]
A, B, YA, YB = floats(12, 3), floats(12, 5, 2), floats(12, 1), classes(12, 3)
case("two inputs and outputs, one loss", TWO, dict(optimizer="adam", loss="mse"), [A, B], [YA, YB])
case("two inputs and outputs, lists", TWO,
     dict(optimizer="adam", loss=["mse", "categorical_crossentropy"], loss_weights=[1.0, 0.25],
          metrics=[["mae"], ["accuracy", "mae"]], weighted_metrics=[["mae"], ["mse"]]),
     [A, B], [YA, YB], validation_split=0.25, batch_size=3)
case("two inputs and outputs, by name", TWO,
     dict(optimizer="sgd", loss={"out_a": "mae", "out_b": "categorical_crossentropy"},
          loss_weights={"out_b": 2.0, "out_a": 0.5}, metrics={"out_b": ["accuracy"]}),
     {"a": A, "b": B}, {"out_b": YB, "out_a": YA})
case("two inputs and outputs, weights of rows", TWO,
     dict(optimizer="adam", loss=["mse", "mae"], metrics=[["mse"], ["mae"]], weighted_metrics=[["mse"], ["mae"]]),
     [A, B], [YA, YB], sample_weight=[np.linspace(0, 1, 12), np.linspace(2, 1, 12)])
case("a loss for one output alone", TWO,
     dict(optimizer="adam", loss=["mse", None], metrics=[["mae"], ["mae"]]), [A, B], [YA, YB])

case("shared layers", [
    source("left", 4, 2), source("right", 4, 2),
    layer("tower", rnn(3, name="tower")), layer("top", dense(3, activation="sigmoid", name="top")),
    call("l1", "tower", "left"), call("r1", "tower", "right"), call("l2", "top", "l1"), call("r2", "top", "r1"),
    layer("minus", C("layers.Subtract", name="minus")), layer("times", C("layers.Multiply", name="times")),
    layer("cosine", C("layers.Dot", axes=Axis(1), normalize=True, name="cosine")),
    call("d", "minus", "l2", "r2"), call("m", "times", "l2", "r2"), call("c", "cosine", "l2", "r2"),
    layer("join", C("layers.Concatenate", name="join")), call("j", "join", "d", "m", "c"),
    layer("out", dense(1, name="out")), call("y", "out", "j"),
    model("siamese", ["left", "right"], ["y"]),
], dict(optimizer="adam", loss="mse", metrics=["mae"]), [floats(9, 4, 2), floats(9, 4, 2)], [floats(9, 1)])

case("models as layers", [
    source("inner_in", 3), layer("i1", dense(4, activation="tanh", name="i1")), layer("i2", dense(2, name="i2")),
    layer("i3", dense(2, name="i3")), call("t1", "i1", "inner_in"), call("t2", "i2", "t1"), call("t3", "i3", "t1"),
    model("inner", ["inner_in"], ["t2", "t3"]),
    sequential("stack", dense(3, name="s1", activation="relu"), dense(3, name="s2")),
    source("x", 3), call("u, v", "inner", "x"), layer("join", C("layers.Concatenate", name="join")),
    call("w", "join", "u", "v"), layer("pre", dense(3, name="pre")), call("z", "pre", "w"),
    call("z2", "stack", "z"), call("z3", "stack", "x"), call("p, q", "inner", "z2"),
    layer("sum", C("layers.Add", name="sum")), call("s", "sum", "p", "q", "u"),
    layer("end1", dense(1, name="end1")), call("y1", "end1", "s"), layer("end2", dense(1, name="end2")),
    call("y2", "end2", "z3"),
    model("outer", ["x"], ["y1", "y2"]),
], dict(optimizer="adam", loss="mse"), [floats(8, 3)], [floats(8, 1), floats(8, 1)])

case("residuals, broadcasting", [
    source("x", 4, 3), source("k", 3), source("g", 4, 1),
    layer("d", dense(3, name="d")), call("h", "d", "x"),
    layer("res", C("layers.Add", name="res")), call("r", "res", "h", "x", "k"),
    layer("high", C("layers.Maximum", name="high")), call("m", "high", "r", "x"),
    layer("low", C("layers.Minimum", name="low")), call("n", "low", "m", "g", "h"),
    layer("mean", C("layers.Average", name="mean")), call("o", "mean", "n", "r", "g"),
    layer("gate", C("layers.Multiply", name="gate")), call("q", "gate", "o", "g", "k"),
    layer("out", dense(1, name="out")), call("y", "out", "q"),
    model("residual", ["x", "k", "g"], ["y"]),
], dict(optimizer="adam", loss="mse"), [floats(6, 4, 3), floats(6, 3), floats(6, 4, 1)], [floats(6, 4, 1)])

case("layers that reshape, repeat and pool", [
    source("x", 4, 6), layer("d", dense(6, name="d")), call("h", "d", "x"),
    layer("r1", C("layers.Reshape", target_shape=[-1, 2, 3], name="r1")), call("a1", "r1", "h"),
    layer("p1", C("layers.Permute", dims=[3, 1, 2], name="p1")), call("a2", "p1", "a1"),
    layer("r2", C("layers.Reshape", target_shape=[6, 4], name="r2")), call("a3", "r2", "a2"),
    layer("avg", C("layers.GlobalAveragePooling1D", name="avg")), call("b1", "avg", "a3"),
    layer("top", C("layers.GlobalMaxPooling1D", keepdims=True, name="top")), call("b2", "top", "a3"),
    layer("rep", C("layers.RepeatVector", n=6, name="rep")), call("c1", "rep", "b1"),
    layer("long", C("layers.Concatenate", axis=Axis(1), name="long")), call("c2", "long", "c1", "a3", "b2"),
    layer("scale", C("layers.Rescaling", scale=0.5, offset=0.25, name="scale")), call("c3", "scale", "c2"),
    layer("same", C("layers.Identity", name="same")), call("c4", "same", "c3"),
    layer("dot", C("layers.Dot", axes=[Axis(1), Axis(1)], name="dot")), call("c5", "dot", "c4", "c2"),
    layer("flat", C("layers.Flatten", name="flat")), call("c6", "flat", "c5"),
    layer("out", dense(1, name="out")), call("y", "out", "c6"),
    model("shapes", ["x"], ["y"]),
], dict(optimizer="sgd", loss="mse"), [floats(6, 4, 6)], [floats(6, 1)])

case("a model inside a Sequential", [
    source("i", 3), layer("d", dense(4, name="d")), call("h", "d", "i"), layer("e", dense(3, name="e")),
    call("j", "e", "h"), layer("add", C("layers.Add", name="add")), call("k", "add", "i", "j"),
    model("block", ["i"], ["k"]), sequential("plain", dense(2, name="f")),
    ("chain", "chain", ["block", "plain"]),
], dict(optimizer="adam", loss="mse"), [floats(6, 3)], [floats(6, 2)])

# A layer that is given initial_state reads no mask from its input, though its output has it: Keras hands on masks where
# the input is the call's one tensor.
IDS, NEXT = np.array([[1, 2, 0, 3, 0], [4, 0, 0, 0, 0], [1, 1, 2, 3, 4], [0, 2, 3, 0, 0], [3, 4, 1, 0, 2]], "float32"), floats(5, 5, 2)


def both(inner, name):
    return C("layers.Bidirectional", inner, merge_mode="sum", name=name)


def decoder_case(title, encoder, decoder, states):
    names = ["s%d" % i for i in range(states)]
    case("masked decoder, " + title, [
        source("x", 5), layer("ids", C("layers.Embedding", 5, 3, mask_zero=True, name="ids")), call("e", "ids", "x"),
        layer("encoder", encoder), call(", ".join(["last"] + names), "encoder", "e"),
        layer("decoder", decoder), decode("d", "decoder", "e", *names),
        layer("out", dense(2, name="out")), call("y", "out", "d"),
        model("translator", ["x"], ["y"]),
    ], dict(optimizer="sgd", loss="mse", metrics=["mae"]), [IDS], [NEXT])


for title, name, count in [("SimpleRNN", "SimpleRNN", 1), ("LSTM", "LSTM", 2), ("GRU", "GRU", 1)]:
    decoder_case(title, C("layers." + name, 3, return_state=True, name="encoder"),
                 C("layers." + name, 3, return_sequences=True, name="decoder"), count)
    decoder_case(title + " in both directions", both(C("layers." + name, 3, return_state=True), "encoder"),
                 both(C("layers." + name, 3, return_sequences=True), "decoder"), 2 * count)
CELLS = [C("layers.GRUCell", 3), C("layers.SimpleRNNCell", 2)]
decoder_case("cells", C("layers.RNN", CELLS, return_state=True, name="encoder"),
             C("layers.RNN", CELLS, return_sequences=True, name="decoder"), 2)

# what else reads a masked tensor that attention reads, too
for title, after in [("an RNN", [layer("rnn", rnn(3, return_sequences=True, name="rnn")), call("z", "rnn", "e")]),
                     ("a concatenation", [layer("join", C("layers.Concatenate", name="join")), call("z", "join", "e", "a")]),
                     ("a sum", [layer("sum", C("layers.Add", name="sum")), call("z", "sum", "e", "a")])]:
    case("masks beside attention, " + title, [
        source("x", 5), layer("ids", C("layers.Embedding", 5, 3, mask_zero=True, name="ids")), call("e", "ids", "x"),
        layer("attention", C("layers.MultiHeadAttention", 2, 2, name="attention")), call("a", "attention", "e", "e"), *after,
        layer("both", C("layers.Concatenate", name="both")), layer("pool", C("layers.GlobalAveragePooling1D", name="pool")),
        layer("last", rnn(3, name="last")), call("p", "pool", "z"), call("l", "last", "a"), call("b", "both", "p", "l"),
        layer("out", dense(1, name="out")), call("y", "out", "b"),
        model("translator", ["x"], ["y"]),
    ], dict(optimizer="sgd", loss="mse"), [IDS], [floats(5, 1)])

SIGNS = (rng.random((12, 1)) < 0.5).astype("float32")
case("metrics that are numbered as they are made", TWO,
     dict(optimizer="sgd", loss=["binary_crossentropy", "categorical_crossentropy"],
          metrics=[[C("metrics.Precision"), C("metrics.AUC")], [C("metrics.Precision"), "mae", C("metrics.Recall")]],
          weighted_metrics=[[C("metrics.Recall"), "mae"], [C("metrics.Precision"), "mae"]]), [A, B], [SIGNS, YB])


# ---- running ----------------------------------------------------------------------------------------------


def build(steps):
    keras.backend.clear_session()
    env = {}
    for step in steps:
        if step[0] == "chain":
            env[step[1]] = keras.Sequential([keras.Input((3,))] + [env[n] for n in step[2]], name=step[1])
        else:
            run_step(env, step)
    return env[steps[-1][1]]


def model_text(steps):
    lines = []
    for step in steps:
        if step[0] == "chain":
            lines.append("local %s = rl.Sequential{ rl.Input{3}, %s, name = %s }" % (step[1], ", ".join(step[2]),
                                                                                    to_lua(step[1])))
        else:
            lines.append(step_text(step))
    return lines + ["return %s" % steps[-1][1]]


def plain(values):
    """None in a list is false in Lua."""
    if isinstance(values, list):
        return [False if v is None else plain(v) for v in values]
    if isinstance(values, dict):
        return {k: plain(v) for k, v in values.items()}
    return values


def owner(path):
    """The layer's name in tower/simple_rnn_cell/kernel, inner/i1/bias, out/kernel, encoder/forward_lstm/lstm_cell/bias, attention/query/bias."""
    if path[0] in ("encoder", "decoder", "attention"):
        return path[0]
    return path[-3] if path[-2].endswith("_cell") else path[-2]


def run(case, seed):
    net = build(case["steps"])
    weights_rng = np.random.default_rng(seed)
    weights = [weights_rng.uniform(0.1 if "variance" in v.path else -0.6, 0.6, v.shape).astype("float32") for v in net.weights]
    net.set_weights(weights)
    # Eagerly, since in a TensorFlow graph the rows of a batch are not known, and then the outputs' own losses are not
    # weighted by them, as they are on JAX and PyTorch; also, small models take longer to trace than to run.
    net.compile(run_eagerly=True, **{k: to_keras(v) for k, v in case["compile"].items()})
    x, y = alone(case["x"]), alone(case["y"])
    first = net.predict(x, verbose=0)
    history = net.fit(x, y, verbose=0, shuffle=False, **case["fit"]).history
    return {
        "layers": [l.name for l in net.layers],
        "parameters": [owner(w.path.split("/")) for w in net.weights],
        "weights": weights,
        "first": first if isinstance(first, list) else [first],
        "history": {k: [float(v) for v in values] for k, values in history.items()},
        "evaluate": [float(v) for v in np.atleast_1d(net.evaluate(x, y, verbose=0, batch_size=4))],
        "final_weights": net.get_weights(),
    }


def summaries():
    result = []
    for name in ["two inputs and outputs, one loss", "shared layers", "models as layers", "a model inside a Sequential"]:
        steps = next(c["steps"] for c in CASES if c["name"] == name)
        for kwargs in [{}, {"expand_nested": True, "show_trainable": True}, {"line_length": 80}]:
            texts = []
            build(steps).summary(print_fn=lambda text, **more: texts.append(text), **kwargs)
            result.append((name, kwargs, "".join(texts).rstrip("\n")))
    return result


def write_cases(out, cases, named=True):
    """Each case with its number, the seed of its weights; names of layers where the case has given them."""
    for seed, c in cases:
        results = run(c, seed)
        out.write("  { name = %s,\n    model = function(rl)\n      %s\n    end,\n" % (
            to_lua(c["name"]), "\n      ".join(model_text(c["steps"]))))
        out.write("    compile = function(rl) return %s end,\n" % to_lua(plain(alone(c["compile"]))))
        for name in ("x", "y", "fit"):
            out.write("    %s = %s,\n" % (name, to_lua(plain(alone(c[name])))))
        for name, value in results.items():
            if not named and name in ("layers", "parameters"):
                continue
            out.write("    %s = %s,\n" % (name, to_lua(value)))
        out.write("  },\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_functional.lua"), "w") as out:
        out.write("-- written by keras_functional.py with keras %s\nreturn { cases = {\n" % keras.__version__)
        write_cases(out, enumerate(CASES))
        out.write("}, summaries = {\n")
        for name, kwargs, text in summaries():
            out.write("  { name = %s, given = %s, text = [[\n%s]] },\n" % (to_lua(name), to_lua(kwargs), text))
        out.write("} }\n")


if __name__ == "__main__":
    main()
