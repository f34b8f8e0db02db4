"""Writes numpy_tensor.lua: NumPy 2's results for operators, functions of elements, reductions and indexing, and
random numbers by another implementation of the same streams. By hand: python numpy_tensor.py

A case is a Lua expression over the inputs A, with its result; // and % are Lua's, computed here as Lua does.
"""
import itertools
import math

import numpy as np

from numpy_arrays import write

rng = np.random.default_rng(3)
nan, inf = np.nan, np.inf
np.seterr(all="ignore")

A = {
    "b": np.array([[True, False, True], [False, True, True]]),
    "i": np.array([[3, -4, 5], [-1, 2, 7]]),
    "f": rng.normal(size=(2, 3)).astype("float32"),
    "d": rng.normal(size=(2, 3)),
    "c": np.array([[2], [-3]]),
    "s": np.array([0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, nan, inf, -inf, 1e-40, 3e38, -2.25, 88, -104]),
    "e": np.array([0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, nan, inf, -inf, 1e-40, 3e38, -2.25, 88, -104], "float32"),
    "k": np.array([-7, -1, 0, 1, 6, 2**63 - 1, -(2**63)]),
    "n": rng.normal(size=(2, 3, 4)),
    "m": rng.normal(size=(2, 3, 4)).astype("float32"),
    "p": rng.integers(-5, 6, (2, 3, 4)),
    "q": rng.random((2, 3, 4)) < 0.7,
    "z": np.zeros((0, 3)),
    "v": np.arange(1, 8),
}

CASES = []


def case(lua, result):
    CASES.append((lua, np.asarray(result)))


# -- promotion: every pair of dtypes, and every dtype with every kind of number, on either side
OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
METHODS = {"maximum": np.maximum, "minimum": np.minimum, "eq": np.equal, "ne": np.not_equal, "lt": np.less,
           "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "logical_and": np.logical_and,
           "logical_or": np.logical_or}
for x, y in itertools.product("bifd", "bifd"):
    for symbol, function in OPERATORS.items():
        if symbol != "-" or x + y != "bb":
            case(f"A.{x} {symbol} A.{y}", function(A[x], A[y]))
    for name, function in METHODS.items():
        case(f"A.{x}:{name}(A.{y})", function(A[x], A[y]))
    case(f"rl.where(A.b, A.{x}, A.{y})", np.where(A["b"], A[x], A[y]))
for x in "bifd":
    for lua, number in (("2", 2), ("2.5", 2.5), ("true", True)):
        for symbol, function in OPERATORS.items():
            if lua == "true" or (x + symbol == "b-" and lua == "true"):
                continue
            case(f"A.{x} {symbol} {lua}", function(A[x], number))
            case(f"{lua} {symbol} A.{x}", function(number, A[x]))
        for name, function in METHODS.items():
            case(f"A.{x}:{name}({lua})", function(A[x], number))
        case(f"rl.where(A.b, A.{x}, {lua})", np.where(A["b"], A[x], np.array(number, np.result_type(A[x], number))))
case("A.b:add(true)", A["b"] + True)
case("A.f + 1e300", A["f"] + np.float32(inf))
case("A.f:eq(0.1)", A["f"] == 0.1)
case("rl.tensor({0.1}, 'float32'):eq(0.1)", [True])
case("rl.where(A.b, 1, 0)", np.where(A["b"], 1, 0))
case("rl.where(A.b, 1, 0.5)", np.where(A["b"], 1, 0.5))
case("rl.where(A.i, A.c, A.d)", np.where(A["i"], A["c"], A["d"]))
case("A.i + {10, 20, 30}", A["i"] + [10, 20, 30])
case("A.c * A.f", A["c"] * A["f"])
case("A.c + A.n[{1, {}, 1}]", A["c"] + A["n"][0, :, 0])
case("A.z + A.i[1]", A["z"] + A["i"][0])
case("-A.i", -A["i"])
case("-A.f", -A["f"])


# -- // % ^ as Lua
def lua_floor_divide(a, b):
    return np.floor_divide(a, b) if np.result_type(a, b).kind == "i" else np.floor(np.divide(a, b))


def lua_remainder(a, b):
    a, b = np.broadcast_arrays(*np.asarray([a, b], np.result_type(a, b)) if np.shape(a) == np.shape(b) else (a, b))
    dtype = np.result_type(a, b)
    a, b = a.astype(dtype), b.astype(dtype)
    r = np.fmod(a, b)
    return np.where((r != 0) & ((r < 0) != (b < 0)), r + b, r).astype(dtype)


for x, y in itertools.product("ifd", "ifd"):
    case(f"A.{x} // A.{y}", lua_floor_divide(A[x], A[y]))
    case(f"A.{x} % A.{y}", lua_remainder(A[x], A[y]))
    case(f"A.{x}:abs() ^ A.{y}", np.power(np.abs(A[x]) + (0.0 if x == "i" else 0), A[y]))
for name in "ks":
    for number in (2, -3) if name == "k" else (2.0, -3.0, 0.0):
        case(f"A.{name} // {number}", lua_floor_divide(A[name], number))
        case(f"A.{name} % {number}", lua_remainder(A[name], np.full_like(A[name], number)))
case("A.s % math.huge", lua_remainder(A["s"], np.full_like(A["s"], inf)))
case("A.k[{ {1, 4} }] // -1", [7, 1, 0, -1])
case("A.k[{ {7, 7} }] // -1", [-(2**63)])
case("A.k[{ {7, 7} }] % -1", [0])
case("A.k + A.k", A["k"] + A["k"])
case("A.k * 3", A["k"] * 3)
case("A.i ^ 2", A["i"] ** 2.0)
case("A.e ^ 2", A["e"] ** 2)
case("A.e ^ 0.25", A["e"] ** np.float32(0.25))
case("2 ^ A.i", 2.0 ** A["i"])
case("A.b + 0 // 1", A["b"] + 0)


# -- functions of elements, with every special number
def sigmoid(x):
    return np.where(x < 0, np.exp(-np.abs(x)), 1) / (1 + np.exp(-np.abs(x)))


def relu(x):
    return np.maximum(x, 0)


for name in "se":
    x = A[name]
    for method in ("abs", "sign", "sqrt", "exp", "log", "sin", "cos", "tanh", "floor", "ceil", "isnan", "isinf",
                   "logical_not"):
        values = getattr(np, method)(x)
        if name == "e" and method in ("sin", "cos"):
            values = getattr(np, method)(x.astype("float64")).astype("float32")
        case(f"A.{name}:{method}()", values)
    case(f"A.{name}:sigmoid()", sigmoid(x))
    case(f"A.{name}:relu()", relu(x))
    case(f"A.{name}:round()", np.round(x))
    case(f"A.{name}:round(1)", np.round(x, 1))
    case(f"A.{name}:clip(-1, 2)", np.clip(x, -1, 2))
    case(f"A.{name}:clip(-1, nil)", np.clip(x, -1, None))
    case(f"A.{name}:clip{{x_max = 2}}", np.clip(x, None, 2))
    case(f"A.{name}:maximum(0)", np.maximum(x, 0))
    case(f"A.{name}:minimum(A.{name}:flip())", np.minimum(x, x[::-1]))
    case(f"A.{name}[{{ {{1, 15, 2}} }}]:tanh()", np.tanh(x[0:15:2]))
    case(f"A.{name}[{{ {{-1, 1, -3}} }}]:exp()", np.exp(x[::-3]))
for method in ("abs", "sign", "floor", "ceil", "isnan", "logical_not"):
    case(f"A.k:{method}()", getattr(np, method)(A["k"]))
for method in ("sqrt", "exp", "sin", "tanh"):
    case(f"A.i:abs():{method}()", getattr(np, method)(np.abs(A["i"])))
case("A.i:relu()", relu(A["i"]))
case("A.i:sigmoid()", sigmoid(A["i"].astype("float64")))
case("A.i:round(-1)", np.round(A["i"].astype("float64"), -1).astype("int64"))
case("A.b:abs()", A["b"])
case("A.b:exp()", np.exp(A["b"].astype("float64")))
case("A.i:clip(A.c, 4)", np.clip(A["i"], A["c"], 4))
case("A.i:clip(0.5, 4)", np.clip(A["i"], 0.5, 4))


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


for name in "nm":
    for axis in range(3):
        case(f"A.{name}:softmax({axis + 1})", softmax(A[name], axis))
        case(f"A.{name}:transpose():softmax{{axis = {axis - 3}}}", softmax(A[name].T, axis))
case("A.p:softmax()", softmax(A["p"].astype("float64")))
case("(A.n * 1000):softmax()", softmax(A["n"] * 1000))

# -- reductions
REDUCTIONS = ("sum", "prod", "mean", "var", "std", "max", "min", "any", "all")
for name, method in itertools.product("nmpq", REDUCTIONS):
    x, function = A[name], getattr(np, method)
    for axis in (None, 0, 1, 2, -1):
        arguments = "" if axis is None else str(axis + 1 if axis >= 0 else axis)
        result = function(x, axis=axis)
        case(f"A.{name}:{method}({arguments})", result)
    case(f"A.{name}:{method}{{axis = {{1, -1}}}}", function(x, axis=(0, 2)))
    case(f"A.{name}:{method}({{2, 1}}, true)", function(x, axis=(0, 1), keepdims=True))
    case(f"A.{name}:{method}{{keepdims = true}}", function(x, keepdims=True))
    case(f"A.{name}:transpose():{method}(2)", function(x.T, axis=1))
    case(f"A.{name}:flip(3)[{{ {{}}, {{1, 3, 2}} }}]:{method}(-1, {{keepdims = true}})",
         function(x[:, ::2, ::-1], axis=-1, keepdims=True))
for name, method in itertools.product("nmpqes", ("argmax", "argmin")):
    x, function = A[name], getattr(np, method)
    case(f"A.{name}:{method}()", function(x) + 1)
    for axis in range(x.ndim):
        case(f"A.{name}:{method}({axis + 1})", function(x, axis=axis) + 1)
        case(f"A.{name}:transpose():{method}({{axis = {axis + 1}, keepdims = true}})",
             function(x.T, axis=axis, keepdims=True) + 1)
for method in ("var", "std"):
    case(f"A.n:{method}{{axis = 2, ddof = 1}}", getattr(np, method)(A["n"], axis=1, ddof=1))
    case(f"A.p:{method}{{ddof = 0.5}}", getattr(np, method)(A["p"], ddof=0.5))
    case(f"A.v:{method}{{ddof = 7}}", getattr(np, method)(A["v"], ddof=7))
for method in ("sum", "prod", "mean", "any", "all"):
    case(f"A.z:{method}(1)", getattr(np, method)(A["z"], axis=0))
    case(f"A.z:{method}(2)", getattr(np, method)(A["z"], axis=1))
    case(f"A.z:{method}()", getattr(np, method)(A["z"]))
case("A.z:max(2)", A["z"].max(1))
for name, method in itertools.product("se", ("sum", "max", "min", "prod", "mean", "any", "all", "std")):
    case(f"A.{name}:{method}()", getattr(np, method)(A[name]))
case("A.k:sum()", A["k"].sum())
case("A.k:prod()", A["k"].prod())
case("A.k:max()", A["k"].max())
case("A.k:argmin()", A["k"].argmin() + 1)

# longer than the tiles and lanes that the kernels work in; the numbers are exact in every dtype
for rows, columns in ((3, 700), (700, 3), (37, 41), (1, 1000), (270, 2)):
    lua = f"(rl.range(1, {rows * columns}, 1, 'float64') * 37 % 101 - 50):reshape({rows}, {columns})"
    x = (np.arange(1, rows * columns + 1) * 37.0 % 101 - 50).reshape(rows, columns)
    for method in ("sum", "mean", "max", "min", "argmax", "argmin", "var"):
        for axis in (0, 1):
            if x.shape[1 - axis] > 60:
                continue
            result = getattr(np, method)(x, axis=axis) + method.startswith("arg")
            case(f"{lua}:{method}({axis + 1})", result)
            case(f"{lua}:transpose():{method}({2 - axis})", result)
        case(f"{lua}:{method}()", getattr(np, method)(x) + method.startswith("arg"))
    for dtype in ("float32", "int64", "bool"):
        y = x.astype(dtype)
        for method in ("sum", "max", "argmin"):
            result = getattr(np, method)(y) + (method == "argmin")
            case(f"{lua}:astype('{dtype}'):{method}()", result)
            axis = 0 if columns < 60 else 1
            case(f"{lua}:astype('{dtype}'):{method}({axis + 1})",
                 getattr(np, method)(y, axis=axis) + (method == "argmin"))

# -- reading parts
case("A.n[2]", A["n"][1])
case("A.n[-1][2]", A["n"][-1][1])
case("A.n[{2, 3}]", A["n"][1, 2])
case("A.n[{ {}, 2 }]", A["n"][:, 1])
case("A.n[{ {1, 2}, {}, -1 }]", A["n"][:, :, -1])
case("A.n[{ 1, {2, 3}, {1, -1, 2} }]", A["n"][0, 1:3, ::2])
case("A.n[{ {-1, 1, -1}, {3, 1, -2} }]", A["n"][::-1, ::-2])
case("A.v[{ {7, 2, -2} }]", A["v"][[6, 4, 2]])
case("A.v[{ {2, 7, 100} }]", [2])
case("A.v[{ {4, 3} }]", np.zeros(0, "int64"))
case("A.v[{ {1, 0} }]", np.zeros(0, "int64"))
case("A.v[{ {8, 7} }]", np.zeros(0, "int64"))
case("A.n[{}]", A["n"])
case("A.n[A.q]", A["n"][A["q"]])
case("A.n[A.n:gt(0)]", A["n"][A["n"] > 0])
case("A.n[A.q[{ {}, {}, 1 }]]", A["n"][A["q"][:, :, 0]])
case("A.i:transpose()[A.b:transpose()]", A["i"].T[A["b"].T])
case("A.v[A.v:gt(100)]", np.zeros(0, "int64"))
case("A.v[rl.tensor{7, 1, -2}]", A["v"][[6, 0, -2]])
case("A.v[rl.tensor{{1, 2}, {3, 4}}]", A["v"][[[0, 1], [2, 3]]])
case("A.n[rl.tensor{2, 2, 1}]", A["n"][[1, 1, 0]])
case("A.n:transpose()[rl.tensor{{4}, {1}}]", A["n"].T[[[3], [0]]])
case("A.v[rl.tensor(3)]", A["v"][2])
case("A.v[rl.zeros({0}, 'int64')]", np.zeros(0, "int64"))


# -- writing parts: the Lua statements work on a copy t
def written(name, lua, function):
    x = A[name].copy()
    function(x)
    case(f"(function() local t = A.{name}:copy() {lua} return t end)()", x)


def put(*index):
    def store(value):
        def write_to(x):
            x[index if len(index) > 1 else index[0]] = value
        return write_to
    return store


S = slice
written("n", "t[1] = 7", put(0)(7))
written("n", "t[1][2][3] = 7", put(0, 1, 2)(7))
written("n", "t[{2, 3, 4}] = 7", put(1, 2, 3)(7))
written("n", "t[-1] = {1, 2, 3, 4}", put(-1)([1, 2, 3, 4]))
written("n", "t[{ {}, 2 }] = {{1}, {2}}", put(S(None), 1)([[1], [2]]))
written("m", "t[{ {}, {1, 3, 2}, {4, 1, -1} }] = A.n[{ {}, {1, 2} }]",
        put(S(None), S(0, 3, 2), S(None, None, -1))(A["n"][:, :2]))
written("i", "t[2] = A.d[1]", put(1)(A["d"][0]))
written("b", "t[1] = {0, 2, 0}", put(0)([0, 2, 0]))
written("d", "t[1] = {true, false, true}", put(0)([True, False, True]))
written("i", "t[1] = 2.9", put(0)(2))
written("v", "t[{ {2, 7} }] = t[{ {1, 6} }]", lambda x: put(S(1, 7))(x[:6].copy())(x))
written("v", "t:copy_from(t:flip())", lambda x: put(S(None))(x[::-1].copy())(x))
written("n", "t[t:gt(0)] = 0", lambda x: put(x > 0)(0)(x))
written("n", "t:transpose()[A.q:transpose()] = 5", lambda x: put(A["q"])(5)(x))
written("v", "t[t:gt(4)] = {10, 20, 30}", lambda x: put(x > 4)([10, 20, 30])(x))
written("n", "t[A.q[{ {}, {}, 1 }]] = {1, 2, 3, 4}", lambda x: put(A["q"][:, :, 0])([1, 2, 3, 4])(x))
written("v", "t[rl.tensor{7, 1}] = rl.tensor{70, 10}", put([6, 0])([70, 10]))
written("n", "t[rl.tensor{2}] = {1, 2, 3, 4}", put([1])([1, 2, 3, 4]))
written("v", "t[rl.tensor{{1, 2}, {3, 4}}] = {{5}, {6}}", put([[0, 1], [2, 3]])([[5], [6]]))
written("v", "t[t:gt(100)] = 1", lambda x: None)
written("n", "t[{ {1, 0} }] = 1", lambda x: None)
written("n", "t:fill(3)", put(S(None))(3))
written("n", "t[{ {}, 2 }]:fill(3)", put(S(None), 1)(3))
written("n", "t:copy_from(A.i[{1, {1, 1}}])", put(S(None))(3))

# -- dtypes changed
for x, dtype in itertools.product("bifdsek", ("bool", "int64", "float32", "float64")):
    if not (x in "se" and dtype == "int64"):
        case(f"A.{x}:astype('{dtype}')", A[x].astype(dtype))
case("A.s:astype('int64')", [0, 0, 1, -1, 0, 0, 1, 2, -(2**63), -(2**63), -(2**63), 0, -(2**63), -2, 88, -104])

# -- made from nothing
case("rl.zeros{2, 3}", np.zeros((2, 3), "float32"))
case("rl.ones({2}, 'int64')", np.ones(2, "int64"))
case("rl.full({2, 2}, 7.5)", np.full((2, 2), 7.5, "float32"))
case("rl.full(3, true, 'bool')", np.full(3, True))
case("rl.zeros{}", np.zeros((), "float32"))
case("rl.eye(3)", np.eye(3, dtype="float32"))
case("rl.range(1, 5)", np.arange(1, 6, dtype="float32"))
case("rl.range(0, 1, 0.1, 'float64')", np.arange(11) * 0.1)
case("rl.range(5, 1, -2, {dtype = 'int64'})", np.array([5, 3, 1]))
case("rl.range(3, 1)", np.zeros(0, "float32"))
case("rl.linspace(0, 1, 5)", np.linspace(0, 1, 5, dtype="float32"))
case("rl.linspace(-1, 1, 7, 'float64')", np.linspace(-1, 1, 7))
case("rl.linspace(3, 4, 1)", np.array([3], "float32"))
case("rl.linspace(3, 4, 0)", np.zeros(0, "float32"))


# -- random streams: Philox 4x32-10, and the way keys, uniform and normal numbers are made from it
M64 = 2**64 - 1


def scramble(z):
    z = (z + 0x9E3779B97F4A7C15) & M64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
    return z ^ (z >> 31)


def philox(key, block):
    c, k = [block & 0xFFFFFFFF, block >> 32, 0, 0], [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & 0xFFFFFFFF, (p >> 32) ^ c[3] ^ k[1], p & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


assert ["%08x" % w for w in philox(0, 0)] == "6627e8d5 e169c58d bc57ac4c 9b00dbd8".split()  # Random123's kat_vectors


def polar(u, v):
    return [math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v), math.sqrt(-2 * math.log(u)) * math.sin(2 * math.pi * v)]


def words(seed, blocks):
    key = scramble(seed ^ scramble(0))
    return [philox(key, n) for n in range(blocks)]


for seed in (0, 7, 2**40 + 1):
    blocks = words(seed, 3)
    flat = [w for b in blocks for w in b]
    long = [b[i] << 32 | b[i + 1] for b in blocks for i in (0, 2)]
    case(f"rl.random.uniform{{10, seed = {seed}}}", np.array([(w >> 8) * 2.0**-24 for w in flat[:10]], "float32"))
    case(f"rl.random.uniform{{5, dtype = 'float64', seed = {seed}}}", np.array([(w >> 11) * 2.0**-53 for w in long[:5]]))
    pairs = [polar((flat[i] + 1) * 2.0**-32, flat[i + 1] * 2.0**-32) for i in range(0, 12, 2)]
    case(f"rl.random.normal{{{{2, 5}}, seed = {seed}}}", np.array(sum(pairs, [])[:10], "float32").reshape(2, 5))
    pairs = [polar(((long[i] >> 11) + 1) * 2.0**-53, (long[i + 1] >> 11) * 2.0**-53) for i in range(0, 6, 2)]
    case(f"rl.random.normal{{5, 10, 2, 'float64', seed = {seed}}}", 10 + 2 * np.array(sum(pairs, [])[:5]))
    order = list(range(9))
    key = scramble(seed ^ scramble(0))
    for i in range(8, 0, -1):
        b = philox(key, i >> 1)[2 * (i & 1):]
        j = ((b[0] << 32 | b[1]) * (i + 1)) >> 64
        order[i], order[j] = order[j], order[i]
    case(f"rl.random.permutation(9, {{seed = {seed}}})", np.array(order) + 1)
    case(f"rl.random.shuffle(rl.range(1, 9), {{seed = {seed}}})", (np.array(order) + 1).astype("float32"))

write("numpy_tensor", A, CASES)
