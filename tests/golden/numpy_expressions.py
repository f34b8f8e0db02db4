"""Writes numpy_expressions.lua: random expressions over tensors of mixed dtypes and shapes (slices,
broadcasting, promotion, reductions, views), with NumPy 2's results. By hand: python numpy_expressions.py
"""
import numpy as np

from numpy_arrays import write

rng = np.random.default_rng(2026)
np.seterr(all="ignore")


def ints(*shape):
    a = rng.integers(-6, 7, shape)
    return np.where(a == 0, 3, a)  # never a division by zero: that is an error here, as in Lua


A = {
    "i": ints(3, 4), "j": ints(4), "k": ints(2, 3, 4), "l": ints(3, 1),
    "x": rng.normal(size=(3, 4)), "y": rng.normal(size=(2, 1, 4)), "z": rng.normal(size=(4,)),
    "f": rng.normal(size=(3, 4)).astype("float32"), "g": rng.normal(size=(2, 3, 4)).astype("float32"),
    "h": rng.normal(size=(1,)).astype("float32"),
    "p": rng.random((3, 4)) < 0.5, "q": rng.random((4,)) < 0.5, "r": rng.random((2, 3, 1)) < 0.5,
}


def pick(choices):
    return choices[rng.integers(len(choices))]


def kind(a):
    return "number" if a.dtype != bool else "bool"


# Each maker returns (Lua, value), or None where the pieces do not suit it.
def leaf():
    name = pick(list(A))
    return "A." + name, A[name]


def scalar():
    return pick([("2", 2), ("-3", -3), ("0.5", 0.5), ("1e-3", 1e-3), ("7", 7)])


def an_index(a):
    """Ranges and positions for a's first axes: a Lua table, and NumPy's index."""
    entries, index = [], []
    for extent in a.shape[: rng.integers(1, a.ndim + 1)]:
        way = rng.integers(4) if extent > 1 else 0
        if way == 0:
            entries.append("{}")
            index.append(slice(None))
        elif way == 1 and len(index) + 1 < a.ndim:
            at = int(rng.integers(extent))
            entries.append(str(pick([at + 1, at - extent])))
            index.append(at)
        elif way == 2:
            first = int(rng.integers(extent))
            last = int(rng.integers(first, extent))
            entries.append(f"{{{first + 1}, {pick([last + 1, last - extent])}}}")
            index.append(slice(first, last + 1))
        else:
            first, step = int(rng.integers(extent)), int(pick([1, 2, 3]))
            entries.append(f"{{{first + 1}, {extent}, {step}}}")
            index.append(slice(first, None, step))
    return f"{{ {', '.join(entries)} }}", tuple(index)


def slice_of(piece):
    lua, a = piece
    if a.ndim == 0:
        return None
    entries, index = an_index(a)
    return f"{lua}[{entries}]", a[index]


def rows_of(a):
    """Row numbers in a random order: a Lua tensor, and NumPy's index."""
    rows = rng.integers(0, a.shape[0], rng.integers(1, 5))
    return f"rl.tensor{{{', '.join(str(r + pick([1, -a.shape[0]])) for r in rows)}}}", rows


def gathered(piece):
    lua, a = piece
    if a.ndim == 0 or a.shape[0] == 0:
        return None
    rows, index = rows_of(a)
    return f"{lua}[{rows}]", a[index]


def masked(piece):
    lua, a = piece
    if a.ndim == 0 or kind(a) == "bool":
        return None
    return f"{lua}[{lua}:gt(0)]", a[a > 0]


def assigned(one, two):
    """A copy of an input with something written into a part of it: set is t[index] = value."""
    (l, a), (m, b) = leaf(), two
    target = a.copy()
    way = rng.integers(3)
    if way == 0:
        entries, index = an_index(a)
    elif way == 1:
        entries, index = rows_of(a)
        if len(set(index)) < len(index):
            return None
    else:
        entries, index = f"{l}:ne(2)", a != 2
        if isinstance(b, np.ndarray) and b.size != 1:
            return None
    if not isinstance(b, np.ndarray) and (a.dtype == bool or (a.dtype == "int64" and isinstance(b, float))):
        return None
    if isinstance(b, np.ndarray) and (b.size == 0 or b.dtype.kind == "f" and a.dtype.kind != "f"):
        return None
    try:
        if isinstance(b, np.ndarray):
            np.broadcast_to(b, target[index].shape)  # NumPy alone drops leading axes of 1
        target[index] = b
    except ValueError:
        return None
    return f"set({l}:copy(), {entries}, {m})", target


def backwards(piece):
    lua, a = piece
    return (f"{lua}[{{ {{-1, 1, -1}} }}]", a[::-1]) if a.ndim and a.shape[0] else None


def turned(piece):
    lua, a = piece
    axis = int(rng.integers(a.ndim)) if a.ndim else 0
    return pick([
        lambda: (lua + ":transpose()", a.T),
        lambda: (lua + ":reshape(-1)", a.reshape(-1)),
        lambda: (lua + ":flip()", np.flip(a)),
        lambda: (f"{lua}:flip({axis + 1})", np.flip(a, axis)) if a.ndim else None,
        lambda: (f"{lua}:expand_dims({axis + 1})", np.expand_dims(a, axis)) if a.ndim < 4 else None,
    ])()


def whole(*values):
    return all(isinstance(v, int) or getattr(v, "dtype", 0) in ("int64", bool) for v in values)


def arithmetic(one, two):
    (l, a), (m, b) = one, two
    if isinstance(a, int | float) and isinstance(b, int | float):
        return None
    symbol = pick(["+", "-", "*", "/", "//", "%", "^"])
    for v in (a, b):
        if isinstance(v, np.ndarray) and v.dtype == bool and symbol in "-//%^":
            return None
    functions = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "//": np.floor_divide,
                 "%": np.mod}
    if symbol == "//" and not whole(a, b):  # Lua rounds the quotient down, NumPy the exact one
        return None
    if symbol == "^":  # Lua's gives floats
        if isinstance(b, np.ndarray) or b < 0:
            return None
        return f"({l} ^ {m})", (a if a.dtype.kind == "f" else a.astype("float64")) ** b
    if symbol in ("//", "%") and whole(a, b) and not np.all(b):
        return None
    try:
        return f"({l} {symbol} {m})", functions[symbol](a, b)
    except ValueError:
        return None


def two_argument(one, two):
    (l, a), (m, b) = one, two
    if not isinstance(a, np.ndarray):
        return None
    name = pick(["eq", "ne", "lt", "le", "gt", "ge", "maximum", "minimum", "logical_and", "logical_or"])
    numpy_name = {"eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater",
                  "ge": "greater_equal"}.get(name, name)
    if name in ("maximum", "minimum") and kind(a) == "bool" and not isinstance(b, np.ndarray):
        return None
    try:
        return f"{l}:{name}({m})", getattr(np, numpy_name)(a, b)
    except ValueError:
        return None


def one_argument(piece):
    lua, a = piece
    name = pick(["abs", "sign", "sqrt", "exp", "log", "tanh", "sin", "cos", "floor", "ceil", "round", "clip",
                 "negative", "isnan", "logical_not", "astype"])
    if name == "astype":
        dtype = pick(["float64", "float32", "int64", "bool"])
        return f'{lua}:astype("{dtype}")', a.astype(dtype)
    if name in ("isnan", "logical_not"):
        return f"{lua}:{name}()", getattr(np, name)(a)
    if kind(a) == "bool":
        return None
    if name == "negative":
        return f"(-{lua})", -a
    if name == "clip":
        return f"{lua}:clip(-2, 2)", np.clip(a, -2, 2)
    if name in ("sqrt", "log"):
        return f"{lua}:abs():{name}()", getattr(np, name)(np.abs(a))
    return f"{lua}:{name}()", getattr(np, name)(a)


def reduced(piece):
    lua, a = piece
    name = pick(["sum", "mean", "prod", "max", "min", "std", "var", "any", "all", "argmax", "argmin", "cumsum"])
    if a.ndim == 0 or a.size == 0:
        return None
    if kind(a) == "bool" and name in ("mean", "std", "var", "prod"):
        return None
    axis = pick([None, *range(a.ndim)])
    result = getattr(np, name)(a, axis=axis)
    if name in ("argmax", "argmin"):
        result = result + 1
    arguments = [] if axis is None else [str(pick([axis + 1, axis - a.ndim]))]
    if axis is not None and name not in ("argmax", "argmin", "cumsum") and rng.random() < 0.3:
        arguments.append("{keepdims = true}")
        result = np.expand_dims(result, axis)
    return f"{lua}:{name}({', '.join(arguments)})", result


def chosen(one, two):
    (l, a), (m, b) = one, two
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return None
    try:
        c = (np.asarray(a) > 0) if a.dtype != bool else a
        test = l if a.dtype == bool else f"{l}:gt(0)"
        return f"rl.where({test}, {l}, {m})", np.where(c, a, b)
    except ValueError:
        return None


def piece_of(depth):
    """A random expression whose value is an array."""
    while True:
        if depth == 0:
            made = leaf()
        else:
            maker = pick([slice_of, slice_of, gathered, masked, assigned, backwards, turned, arithmetic, arithmetic,
                          arithmetic, two_argument, one_argument, reduced, chosen])
            if maker in (arithmetic, two_argument, chosen, assigned):
                other = scalar() if rng.random() < 0.3 else piece_of(int(rng.integers(depth)))
                both = [piece_of(depth - 1), other]
                if maker is arithmetic and rng.random() < 0.5:
                    both.reverse()
                made = maker(*both)
            else:
                made = maker(piece_of(depth - 1))
        if made is None:
            continue
        value = np.asarray(made[1])
        # only reductions at the root may leave no axis; what overflows or is nearly nothing tells little
        if value.size > 60 or value.dtype not in ("float64", "float32", "int64", "bool"):
            continue
        if value.dtype.kind == "f" and value.size and not np.all(np.abs(value) < 1e6):
            continue
        if value.ndim == 0 and depth != 3:
            continue
        return made[0], value


cases = {}
while len(cases) < 200:
    lua, value = piece_of(int(rng.integers(1, 4)))
    if len(lua) < 150:
        cases[lua] = value
write("numpy_expressions", A, list(cases.items()))
