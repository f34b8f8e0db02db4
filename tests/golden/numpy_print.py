"""Writes numpy_print.lua: what NumPy 2 prints for many arrays. By hand: python numpy_print.py

Each entry is a Lua expression that makes the array, and NumPy's text of it.
"""
import os

import numpy as np

CASES = []


def number(x):
    """A NumPy scalar as a Lua expression of the same value."""
    if isinstance(x, np.bool_):
        return "true" if x else "false"
    if isinstance(x, np.integer):
        return "math.mininteger" if x == np.iinfo(np.int64).min else str(int(x))
    if np.isnan(x):
        return "0/0"
    if np.isinf(x):
        return "math.huge" if x > 0 else "-math.huge"
    return repr(float(x))


def literal(a):
    data = ", ".join(number(x) for x in a.reshape(-1))
    text = f'rl.tensor({{{data}}}, "{a.dtype}")'
    if a.ndim != 1:
        text += ":reshape{" + ", ".join(map(str, a.shape)) + "}"
    return text


def case(a, lua=None):
    a = np.asarray(a)
    CASES.append((lua or literal(a), str(a)))


def both(values, shape=None):
    """The same numbers in float64 and in float32."""
    for dtype in ("float64", "float32"):
        with np.errstate(over="ignore"):
            a = np.array(values, dtype)
        case(a if shape is None else a.reshape(shape))


inf, nan = np.inf, np.nan

# -- one number, and numbers without an axis: those are written as scalars, in full
for x in (0.0, -0.0, 0.1, 0.4, 1.0, -1.5, 100.0, 1 / 3, 2 / 3, 1e-4, 9.9999e-5, 1e-5, 999999.0, 1e6,
          1234567.0, 1e8, 1e15, 1e16, 123456789012345680.0, 1e22, 1e-300, inf, -inf, nan, 5e-324,
          1.7976931348623157e308, 2.0**-44, 2.0**24, 16777217.0, 3.4028234663852886e38, 1e-45):
    both(x)
for n in (0, 1, -1, 2**63 - 1, -(2**63)):
    case(np.array(n))
case(np.array(True))
case(np.array(False))

# -- rows of floats
both([0.0, -0.0])
both([-0.0])
both([0.1, 0.2, 0.3])
both([0.1 + 0.2, 0.3])
both([1.0, 2.0, 3.0])
both([1.0, 10.0, 100.0])
both([1.0, -10.0, 100.5])
both([1 / 3, 2 / 3, 1.0])
both([0.5, 0.25, 0.125, 0.0625])
both([1e-4, 0.1])
both([9.9e-5, 0.05])
both([1e-4, 0.1001])  # a range wider than 1000 goes to scientific form
both([1.0, 1000.0])
both([1.0, 1000.1])
both([999999.0, 1000.0])
both([1e6, 1e5])
both([99999999.0, 1e6])
both([1e8])
both([1e8, -1e8])
both([1e-10, 1.0, 1e10])
both([1e-10, -1.0, 0.0, -0.0])
both([1e20, 1.2345678e20])
both([0.1, 1.2345678e10])
both([1.23456789e-7, 1e-7])
both([1e30, 1e-30])
case(np.array([1e100, 1.0]))
case(np.array([1e-300, 1e300, -5e-324]))
case(np.array([1.7976931348623157e308, 2.2250738585072014e-308]))
case(np.array([3.4028235e38, 1.17549435e-38, 1e-45], "float32"))
case(np.array([2.0**-44, 2.0**-43, 3 * 2.0**-44]))
both([0.999999999, 1.0])
both([0.99999999999, 0.5])
both([9.99999999e-5])
both([1.9999999999, 2e5])
both([123456.789, 0.5])
both([12345.678901234, 99.5])
both([2.5e-5, 3.5e-5, 4.5e-5])
both([1.5, 2.5, 3.5, 1e3])
both(np.sqrt(np.arange(12.0)))
both(np.exp(np.arange(-4.0, 4.0)))
both(np.arange(10) / 7)

# -- nan and inf
both([nan])
both([inf])
both([-inf])
both([inf, -inf, nan])
both([1.0, nan])
both([nan, 0.5, -inf])
both([1.0, inf])
both([1.0, -inf])
both([-100.0, inf, nan])
both([1e10, nan, 1.0])
both([1e10, -inf, -1.5])
both([0.0, nan, -0.0, inf])

# -- integers and booleans
case(np.array([1, 2, 3]))
case(np.array([-1, 10, 100]))
case(np.array([0]))
case(np.array([2**63 - 1, -(2**63), 0]))
case(np.array([-(2**63), 5]))
case(np.array([[1, -2], [300, 4]]))
case(np.array([True, False]))
case(np.array([True]))
case(np.array([[True, False], [False, False]]))
case(np.arange(24) % 3 == 0)

# -- several axes
both([[0.0], [0.1], [0.2], [0.3]])
both([[1.0, 2.5], [-3.25, 1e3]])
both([[1.0]])
both(np.arange(12.0), (2, 3, 2))
both(np.arange(12.0) / 8, (3, 2, 2))
case(np.arange(16).reshape(2, 2, 2, 2))
case(np.arange(4).reshape(1, 1, 2, 1, 2))
case(np.arange(8).reshape(1, 2, 1, 2, 1, 2, 1, 1))
case(np.arange(8).reshape(2, 2, 2) % 2 == 0)

# -- nothing in it
for shape in ((0,), (0, 3), (3, 0), (2, 0, 2)):
    for dtype in ("float64", "float32", "int64", "bool"):
        lua = f'rl.zeros({{{", ".join(map(str, shape))}}}, "{dtype}")'
        case(np.zeros(shape, dtype), lua)

# -- lines of 75 columns
rng = np.random.default_rng(3)
for n in (8, 15, 18, 19, 20, 21, 37, 38, 100):
    case(np.arange(n))
case(np.arange(30) * 10**12)
case(np.arange(30) - 10**17)
both(np.arange(40.0) / 4)
both(rng.normal(size=30).round(6))
both(rng.normal(size=30))
both(rng.normal(size=20) * 10.0 ** rng.integers(-20, 20, 20))
case(rng.normal(size=(3, 17)))
case(rng.normal(size=(2, 2, 11)).astype("float32"))
case(rng.integers(-50, 50, (3, 30)))
case(rng.random(40) < 0.5)
case((rng.random((2, 33)) < 0.5))
case(np.array([1e300] * 12 + [-1e-300]))
case(np.array([10**17] * 4).reshape(1, 1, 1, 4))
for n in range(10, 16):
    case(np.full((2, n), 0.125))

# -- more than 1,000 elements
case(np.arange(1000), 'rl.range(0, 999, {dtype = "int64"})')
case(np.arange(1001), 'rl.range(0, 1000, {dtype = "int64"})')
case(np.arange(1001.0), 'rl.range(0, 1000, {dtype = "float64"})')
case(np.arange(1001, dtype="float32"), "rl.range(0, 1000)")
case(np.arange(1001.0) / 1000, "rl.linspace(0, 1, 1001, {dtype = \"float64\"})")
case(np.zeros((1001, 1), "float32"), "rl.zeros{1001, 1}")
case(np.zeros((1, 1001), "float32"), "rl.zeros{1, 1001}")
case(np.ones((7, 200), "int64"), 'rl.ones({7, 200}, "int64")')
case(np.ones((6, 200), bool), 'rl.ones({6, 200}, "bool")')
case(np.eye(40, dtype="float32"), "rl.eye(40)")
case(np.arange(2000).reshape(10, 10, 20), 'rl.range(0, 1999, {dtype = "int64"}):reshape{10, 10, 20}')
case(np.arange(1200.0).reshape(2, 3, 200), 'rl.range(0, 1199, {dtype = "float64"}):reshape{2, 3, 200}')
case(np.arange(2400).reshape(2, 8, 3, 50), 'rl.range(0, 2399, {dtype = "int64"}):reshape{2, 8, 3, 50}')
far = np.zeros(1001)
far[500] = 1e300  # an element that is not shown has no say in the form
case(far, '(function() local t = rl.zeros({1001}, "float64") t[501] = 1e300 return t end)()')
edge = np.zeros(1001)
edge[-1] = 1e300
case(edge, '(function() local t = rl.zeros({1001}, "float64") t[-1] = 1e300 return t end)()')

# -- views: other strides, the same text
grid = np.arange(12.0).reshape(3, 4)
lua = 'rl.range(0, 11, {dtype = "float64"}):reshape{3, 4}'
case(grid.T, lua + ":transpose()")
case(grid[::-1], lua + ":flip(1)")
case(grid[:, ::-1], lua + ":flip(2)")
case(grid[1], lua + "[2]")
case(grid[:, 1], lua + "[{ {}, 2 }]")
case(grid[::2, 1:3], lua + "[{ {1, 3, 2}, {2, 3} }]")

# -- floats of all sizes, bit by bit
for dtype, bits in (("float32", "uint32"), ("float64", "uint64")):
    for n in (1, 3, 9, 20):
        raw = rng.integers(0, np.iinfo(bits).max, n, bits, endpoint=True).view(dtype)
        case(raw)
    powers = np.ldexp(1.0, rng.integers(-120, 120, 12)).astype(dtype)
    case(powers)

folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "numpy_print.lua"), "w") as out:
    out.write(f"-- written by numpy_print.py with NumPy {np.__version__}: Lua expression, text\nreturn {{\n")
    for lua, text in CASES:
        assert "]==]" not in text
        out.write(f"{{ [==[{lua}]==], [==[\n{text}]==] }},\n")
    out.write("}\n")
print(len(CASES), "texts")
