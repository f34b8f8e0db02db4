"""Values that are both Keras objects and Lua text."""
import keras
import numpy as np


class C:
    """A call: C("layers.Dense", 1, activation="relu") is keras.layers.Dense(1, activation="relu") and
    rl.layers.Dense{1, activation="relu"}."""

    def __init__(self, path, *args, **kwargs):
        self.path, self.args, self.kwargs = path, args, kwargs


class Axis(int):
    """An axis as Keras counts it, from 0; in Lua it counts from 1."""


def to_keras(value):
    if isinstance(value, C):
        target = keras
        for name in value.path.split("."):
            target = getattr(target, name)
        return target(*map(to_keras, value.args), **{k: to_keras(v) for k, v in value.kwargs.items()})
    if isinstance(value, list):
        return [to_keras(v) for v in value]
    return value


def number(value):
    if isinstance(value, Axis):
        return "%d" % (value + 1 if value >= 0 else value)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return "%d" % value
    if value != value:
        return "(0/0)"
    if value in (float("inf"), -float("inf")):
        return "(%s1/0)" % ("-" if value < 0 else "")
    text = "%.9g" % value  # enough to tell any two float32 apart
    return text if any(c in text for c in ".e") else text + ".0"


def key(name):
    return name if isinstance(name, str) and name.isidentifier() else "[%s]" % to_lua(name)


def to_lua(value):
    if value is None:
        return "nil"
    if isinstance(value, str):
        return '"%s"' % value
    if isinstance(value, C):
        items = [to_lua(v) for v in value.args] + ["%s = %s" % (key(k), to_lua(v)) for k, v in value.kwargs.items()]
        return "rl.%s{%s}" % (value.path, ", ".join(items))
    if isinstance(value, dict):
        return "{ %s }" % ", ".join("%s = %s" % (key(k), to_lua(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0):
        return "{%s}" % ", ".join(to_lua(v) for v in value)
    return number(value)
