"""Files of NumPy's, as NumPy writes them, and what is in them.

    python tests/golden/numpy_files.py

Writes numpy_files.lua. Run by hand, with numpy installed; the result is committed.
"""
import io
import os
import zlib

import numpy as np


def lua(data):
    """Bytes as a Lua string; runs of blanks and zeros would make long lines, so all is \\ddd or plain."""
    out = []
    for i, byte in enumerate(data):
        char = chr(byte)
        following = chr(data[i + 1]) if i + 1 < len(data) else ""
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append("\\%03d" % byte if following.isdigit() else "\\%d" % byte)
    return '"%s"' % "".join(out)


def numbers(a):
    def one(v):
        if isinstance(v, (bool, np.bool_)):
            return "true" if v else "false"
        if isinstance(v, (int, np.integer)):
            return "%d" % v if v != -2**63 else "math.mininteger"
        v = float(v)
        if v != v:
            return "0/0"
        if v in (float("inf"), -float("inf")):
            return "%s1/0" % ("-" if v < 0 else "")
        return "%.17g" % v + ("" if "." in "%.17g" % v or "e" in "%.17g" % v else ".0")
    if a.ndim == 0:
        return one(a[()])
    return "{ %s }" % ", ".join(numbers(x) for x in a) if len(a) else "{}"


def npy(a, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, a, version=version)
    return out.getvalue()


def npz(save, *args, **kwargs):
    out = io.BytesIO()
    save(out, *args, **kwargs)
    return out.getvalue()


def case(name, a, dtype, data=None, same=False):
    return "  { name = %s, dtype = \"%s\", shape = { %s }, same = %s,\n    bytes = %s,\n    values = %s }," % (
        lua(name.encode()), dtype, ", ".join(map(str, a.shape)), "true" if same else "false", lua(data or npy(a)), numbers(a))


R = np.random.default_rng(3)
F = R.normal(size=(2, 3))
ARRAYS = [
    case("float64", F, "float64", same=True),
    case("float32", F.astype("f4"), "float32", same=True),
    case("int64", np.array([0, -1, 2**63 - 1, -2**63]), "int64", same=True),
    case("bool", np.array([[True, False], [False, True]]), "bool", same=True),
    case("no axis", np.array(2.5), "float64", same=True),
    case("one axis", np.array([1.5], "f4"), "float32", same=True),
    case("empty", np.zeros((0, 3), "f4"), "float32", same=True),
    case("large extent", np.zeros(12345, "?")[:3000], "bool", same=True),
    case("special", np.array([np.nan, np.inf, -np.inf, -0.0], "f4"), "float32", same=True),
    case("float16", np.array([1.5, -2.25, 65504, 6e-8, 0.0, -np.inf, np.nan, 6.1e-5], "f2"), "float32"),
    case("int8", np.array([-128, 127, 0], "i1"), "int64"),
    case("uint8", np.array([0, 255], "u1"), "int64"),
    case("int16", np.array([-32768, 32767], "i2"), "int64"),
    case("uint16", np.array([65535, 1], "u2"), "int64"),
    case("int32", np.array([-2**31, 2**31 - 1], "i4"), "int64"),
    case("uint32", np.array([2**32 - 1, 7], "u4"), "int64"),
    case("uint64", np.array([2**63 - 1, 7], "u8"), "int64"),
    case("big-endian float64", F.astype(">f8"), "float64"),
    case("big-endian float32", F.astype(">f4"), "float32"),
    case("big-endian float16", F.astype(">f2"), "float32"),
    case("big-endian int16", np.array([-2, 258], ">i2"), "int64"),
    case("big-endian int32", np.array([-2, 66051], ">i4"), "int64"),
    case("big-endian int64", np.array([-2, 2**40], ">i8"), "int64"),
    case("Fortran order", np.asfortranarray(F), "float64"),
    case("Fortran order, three axes", np.asfortranarray(R.integers(0, 9, (2, 3, 2)).astype(">i4")), "int64"),
    case("version 2", F, "float64", npy(F, (2, 0))),
    case("version 3", F, "float64", npy(F, (3, 0))),
]

REFUSED = [
    ("complex", npy(np.array([1j])), "elements are '<c16'"),
    ("strings", npy(np.array(["ab"])), "elements are '<U2'"),
    ("records", npy(np.zeros(2, [("a", "f4"), ("b", "i4")])), "elements are records"),
    ("dates", npy(np.array(["2020-01-01"], "M8[D]")), "elements are '<M8[D]'"),
    ("too large", npy(np.array([1, 2**63], "u8")), "element 2, 9223372036854775808, is too large for int64"),
]

W = [np.arange(6, dtype="f4").reshape(2, 3), np.array([1.5, -2.5]), np.array([[True], [False]])]


def archives():
    stored, named = npz(np.savez, *W), npz(np.savez, a=W[0], b=W[1])
    packed = npz(np.savez_compressed, np.arange(500, dtype="i4"), empty=np.zeros((0, 2), "f4"))
    return "\n".join("  %s = %s," % (k, lua(v)) for k, v in dict(stored=stored, named=named, packed=packed).items())


if __name__ == "__main__":
    text = """-- Made by numpy_files.py with NumPy %s.
return {
arrays = {
%s
},
refused = {
%s
},
crc = { bytes = %s, crc = %d },
archives = {
%s
},
}
""" % (np.__version__, "\n".join(ARRAYS),
           "\n".join('  { name = "%s", bytes = %s, message = %s },' % (n, lua(d), lua(m.encode())) for n, d, m in REFUSED),
           lua(bytes(range(100))), zlib.crc32(bytes(range(100))), archives())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy_files.lua"), "w") as f:
        f.write(text)
