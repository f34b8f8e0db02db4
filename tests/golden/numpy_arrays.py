"""Writes numpy_arrays.lua: results of NumPy 2 for reshaping, joining, sorting and multiplying. By hand:
python numpy_arrays.py

Entries of `inputs` and results are {dtype, shape, data}; a case is a Lua expression over the inputs, with
its result.
"""
import os
import re

import numpy as np

rng = np.random.default_rng(11)
nan, inf = np.nan, np.inf


def floats(*shape, dtype="float64"):
    return rng.normal(size=shape).astype(dtype)


def ints(*shape, low=-9, high=10):
    return rng.integers(low, high, shape)


A = {
    "row": ints(7),
    "col": ints(4, 1),
    "m": ints(3, 4),
    "n": ints(4, 5),
    "f": floats(3, 4),
    "g": floats(4, 5),
    "s": floats(3, 4, dtype="float32"),
    "u": floats(4, 5, dtype="float32"),
    "cube": ints(2, 3, 4),
    "fcube": floats(2, 3, 4),
    "scube": floats(2, 3, 4, dtype="float32"),
    "gcube": floats(2, 4, 5),
    "ucube": floats(2, 4, 5, dtype="float32"),
    "one": floats(1, 4, 2, dtype="float32"),
    "deep": floats(2, 1, 3, 4, dtype="float32"),
    "deeper": floats(3, 4, 2, dtype="float32"),
    "ties": ints(40, low=0, high=4),
    "long": floats(120),
    "slong": floats(3, 60, dtype="float32"),
    "ilong": ints(150, low=-(2**62), high=2**62),
    "far": np.array([2**63 - 1, -(2**63), 0, -1, 1]),
    "odd": np.array([1.5, nan, -inf, 0.0, -0.0, inf, -2.0, nan, 3.0]),
    "sodd": np.array([[nan, 1, -inf], [0.25, nan, inf]], "float32"),
    "b": rng.random((3, 4)) < 0.5,
    "c": rng.random((4, 3)) < 0.5,
    "none": np.zeros((0, 3)),
    "none2": np.zeros((3, 0)),
    "v": floats(4),
    "w": floats(4, dtype="float32"),
    "big": ints(5, 300) / 8,
    "wide": ints(300, 19) / 4,
    "ibig": ints(6, 270, low=-1000, high=1000),
    "iwide": ints(270, 19, low=-1000, high=1000),
}

CASES = []


def case(lua, result):
    CASES.append((lua, np.asarray(result)))


def on(names, lua, function):
    """The same expression for several inputs: `x` in it is the input."""
    for name in names.split():
        case(re.sub(r"\bx\b", "A." + name, lua), function(A[name]))


# -- another shape
on("cube fcube b", "x:reshape(-1)", lambda x: x.reshape(-1))
on("cube scube", "x:reshape(4, 6)", lambda x: x.reshape(4, 6))
on("cube", "x:reshape{6, -1}", lambda x: x.reshape(6, -1))
on("cube", "x:reshape{2, 1, -1, 2, 1}", lambda x: x.reshape(2, 1, -1, 2, 1))
on("none", "x:reshape(3, 0, 5)", lambda x: x.reshape(3, 0, 5))
on("m f s b", "x:transpose()", lambda x: x.T)
on("m", "x:transpose():reshape(2, 6)", lambda x: x.T.reshape(2, 6))
on("cube", "x:transpose(2, 3, 1)", lambda x: x.transpose(1, 2, 0))
on("cube", "x:transpose{-1, 1, 2}", lambda x: x.transpose(2, 0, 1))
on("cube", "x:permute(3, 1, 2):reshape(8, 3)", lambda x: x.transpose(2, 0, 1).reshape(8, 3))
on("cube", "x:transpose(1, 3, 2):reshape(2, 12)", lambda x: x.transpose(0, 2, 1).reshape(2, 12))
on("cube", "x:transpose(1, 3, 2):reshape(2, 2, 2, 3)", lambda x: x.transpose(0, 2, 1).reshape(2, 2, 2, 3))
on("cube", "x:flip(3):reshape(6, 2, 2)", lambda x: x[:, :, ::-1].reshape(6, 2, 2))
on("cube", "x:flip()", lambda x: np.flip(x))
on("cube", "x:flip{1, -1}", lambda x: np.flip(x, (0, -1)))
on("cube", "x:flip(2):transpose()", lambda x: np.flip(x, 1).T)
on("cube fcube", "x:flip(2):flatten()", lambda x: np.flip(x, 1).flatten())
on("col", "x:squeeze()", np.squeeze)
on("col", "x:squeeze(2)", lambda x: x.squeeze(1))
on("col deep", "x:expand_dims{1, -1}", lambda x: np.expand_dims(x, (0, -1)))
on("m", "x:expand_dims(2)", lambda x: np.expand_dims(x, 1))
on("m", "x:expand_dims(-1)", lambda x: np.expand_dims(x, -1))
on("m", "x:expand_dims{2, 4}:squeeze{4, 2}", lambda x: x)

# -- joined, split, repeated
case("rl.concatenate({A.m, A.f})", np.concatenate([A["m"], A["f"]]))
case("rl.concatenate({A.m, A.s, A.b}, 2)", np.concatenate([A["m"], A["s"], A["b"]], 1))
case("rl.concatenate({A.s, A.b}, -1)", np.concatenate([A["s"], A["b"]], -1))
case("rl.concatenate({A.none, A.f:transpose()[{ {}, {1, 3} }]})", np.concatenate([A["none"], A["f"].T[:, :3]]))
case("A.cube:concatenate(A.cube:flip(1), A.cube, 2)",
     np.concatenate([A["cube"], A["cube"][::-1], A["cube"]], 1))
case("rl.stack({A.m, A.f})", np.stack([A["m"], A["f"]]))
case("rl.stack({A.m, A.m:flip(1)}, 2)", np.stack([A["m"], A["m"][::-1]], 1))
case("A.s:stack(A.s:flip(2), -1)", np.stack([A["s"], A["s"][:, ::-1]], -1))
case("rl.stack{1, 2.5, true}", np.stack([1, 2.5, True]))
for k in range(2):
    case(f"A.m:split(2, 2)[{k + 1}]", np.split(A["m"], 2, 1)[k])
for k, piece in enumerate(np.split(A["row"], [2, 5])):
    case(f"A.row:split{{3, 6}}[{k + 1}]", piece)
for k, piece in enumerate(np.split(A["row"], [3, 2, 20])):
    case(f"A.row:split{{4, 3, 21}}[{k + 1}]", piece)
for k, piece in enumerate(np.split(A["cube"], [-1], 2)):
    case(f"A.cube:split({{-1}}, 3)[{k + 1}]", piece)
on("row m b scube", "x:tile(2)", lambda x: np.tile(x, 2))
on("row m s", "x:tile(3, 2)", lambda x: np.tile(x, (3, 2)))
on("m", "x:tile{2, 1, 3}", lambda x: np.tile(x, (2, 1, 3)))
on("cube", "x:tile(5, 1)", lambda x: np.tile(x, (5, 1)))
on("cube", "x:transpose():tile(1, 7, 2)", lambda x: np.tile(x.T, (1, 7, 2)))
on("m", "x:tile(0)", lambda x: np.tile(x, 0))
on("m b cube", "x:repeat_elements(3)", lambda x: np.repeat(x, 3))
on("m s", "x:repeat_elements(2, 1)", lambda x: np.repeat(x, 2, 0))
on("cube", "x:repeat_elements({2, 0, 1}, 2)", lambda x: np.repeat(x, [2, 0, 1], 1))
on("cube", "x:transpose():repeat_elements(2, -1)", lambda x: np.repeat(x.T, 2, -1))
on("m f s b", "x:take{1, -1, 5}", lambda x: x.take([0, -1, 4]))
on("cube", "x:take({3, 1, 1}, 2)", lambda x: x.take([2, 0, 0], 1))
on("cube", "x:take({{1, 2}, {4, -1}}, -1)", lambda x: x.take([[0, 1], [3, -1]], -1))
on("cube", "x:take(2, 1)", lambda x: x.take(1, 0))
on("cube", "x:transpose():take({2, 1}, 3)", lambda x: x.T.take([1, 0], 2))
on("b scube", "x:take(rl.tensor{2}, 2)", lambda x: x.take([1], 1))
on("ties", "x:one_hot(4)", lambda x: np.eye(4, dtype="float32")[x])
case('rl.one_hot({{0, 2}, {1, 1}}, 3, 1, "int64")', np.eye(3, dtype="int64")[[[0, 2], [1, 1]]].transpose(2, 0, 1))
case('rl.one_hot({1, 0}, {num_classes = 2, dtype = "bool"})', np.eye(2, dtype=bool)[[1, 0]])
case("rl.one_hot({-1, 0}, 2)", np.array([[0, 0], [1, 0]], "float32"))

# -- sorted, summed
on("row m f s b cube long ilong far odd sodd ties none none2", "x:sort()", np.sort)
on("m f s b cube slong sodd", "x:sort(1)", lambda x: np.sort(x, 0))
on("cube", "x:sort(2)", lambda x: np.sort(x, 1))
on("cube scube", "x:transpose():sort(1)", lambda x: np.sort(x.T, 0))
on("row f far", "x:sort{descending = true}", lambda x: -np.sort(-x) if x[0].dtype != "int64" else np.sort(x)[..., ::-1])
stable = lambda x, axis=-1: np.argsort(x, axis, kind="stable") + 1
on("row m f s b cube long ilong far odd sodd ties none2", "x:argsort()", stable)
on("m s cube slong", "x:argsort(1)", lambda x: stable(x, 0))
on("ties row", "x:argsort{descending = true}", lambda x: stable(-x))
on("long odd", "x:flip():argsort()", lambda x: stable(x[::-1]))
on("row m f s b cube scube far odd none", "x:cumsum()", np.cumsum)
on("m f b cube slong", "x:cumsum(1)", lambda x: x.cumsum(0))
on("m s cube scube slong", "x:cumsum(-1)", lambda x: x.cumsum(-1))
on("cube", "x:transpose():cumsum(2)", lambda x: x.T.cumsum(1))

# -- multiplied
for pair in ("m n", "f g", "s u", "m g", "s g", "m u", "b n", "b c", "c b", "b u", "cube n", "fcube g",
             "scube u", "fcube gcube", "scube ucube", "cube u", "scube one", "deep deeper", "f v", "s w",
             "v g", "w u", "v v", "w w", "m v", "w ucube", "scube w", "deep w", "big wide", "ibig iwide"):
    a, b = pair.split()
    case(f"A.{a}:matmul(A.{b})", np.matmul(A[a], A[b]))
    case(f"A.{a}:dot(A.{b})", np.dot(A[a], A[b])) if pair != "deep deeper" else None
case("A.m:transpose():matmul(A.f)", A["m"].T @ A["f"])
case("A.s:transpose():matmul(A.s)", A["s"].T @ A["s"])
case("A.s:matmul(A.s:transpose())", A["s"] @ A["s"].T)
case("A.s:flip(2):matmul(A.u:flip(1))", A["s"][:, ::-1] @ A["u"][::-1])
case("A.u:transpose():matmul(A.s:transpose())", A["u"].T @ A["s"].T)
case("A.scube:transpose(1, 3, 2):matmul(A.scube)", A["scube"].transpose(0, 2, 1) @ A["scube"])
case("A.scube:transpose():matmul(A.scube:transpose(3, 1, 2))", A["scube"].T @ A["scube"].transpose(2, 0, 1))
case("A.f:flip():matmul(A.g:transpose():flip(1):transpose())", A["f"][::-1, ::-1] @ A["g"].T[::-1].T)
case("A.none2:matmul(A.none)", A["none2"] @ A["none"])
case("A.none:matmul(A.none2)", A["none"] @ A["none2"])
case("A.s:dot(2)", A["s"] * 2)
case("rl.dot(A.scube:transpose(), A.fcube:transpose(2, 1, 3))", np.dot(A["scube"].T, A["fcube"].transpose(1, 0, 2)))


# -- written
def number(x):
    if isinstance(x, np.bool_):
        return "true" if x else "false"
    if isinstance(x, np.integer):
        return "math.mininteger" if x == np.iinfo(np.int64).min else str(int(x))
    if np.isnan(x):
        return "nan"
    if np.isinf(x):
        return "inf" if x > 0 else "-inf"
    return repr(float(x))


def written(a):
    shape, data = ", ".join(map(str, a.shape)), ", ".join(map(number, a.reshape(-1)))
    return f'{{ "{a.dtype}", {{{shape}}}, {{{data}}} }}'


def write(name, inputs, cases):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, name + ".lua"), "w") as out:
        out.write(f"-- written by {name}.py with NumPy {np.__version__}\n")
        out.write("local nan, inf = 0/0, math.huge\nreturn { inputs = {\n")
        for key, value in inputs.items():
            out.write(f"{key} = {written(value)},\n")
        out.write("}, cases = {\n")
        for lua, result in cases:
            out.write(f"{{ [==[{lua}]==], {written(result)} }},\n")
        out.write("} }\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    write("numpy_arrays", A, CASES)
