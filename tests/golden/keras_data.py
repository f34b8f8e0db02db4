"""What Keras' and scikit-learn's helpers for data give: padding, windows, vocabularies, normalising.

    KERAS_BACKEND=tensorflow python tests/golden/keras_data.py

Writes keras_data.lua. Run by hand, with keras and tensorflow installed; the result is committed.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from lua_text import to_lua


def text(value):
    """to_lua with strings escaped."""
    if isinstance(value, str):
        return '"%s"' % value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if isinstance(value, dict):
        return "{ %s }" % ", ".join("%s = %s" % (k, text(v)) for k, v in value.items() if v is not None)
    if isinstance(value, (list, tuple)):
        return "{%s}" % ", ".join(text(v) for v in value)
    return to_lua(value)


SEQUENCES = [
    ([[1], [2, 3], [4, 5, 6]], [dict(), dict(value=-1), dict(padding="post"), dict(maxlen=2), dict(maxlen=2, truncating="post"),
                                dict(maxlen=5, padding="post", value=9), dict(maxlen=1, dtype="float32")]),
    ([[], [1.5, 2.5], [3.0]], [dict(dtype="float32", value=0.5), dict(dtype="float64", maxlen=3, padding="post"),
                               dict(maxlen=2)]),
    ([[[1, 2]], [[3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]], [dict(maxlen=2, dtype="float32"), dict(padding="post")]),
]


def padded():
    rows = []
    for sequences, cases in SEQUENCES:
        for case in cases:
            keras_case = {k: "int64" if v == "int32" else v for k, v in case.items()}
            result = keras.utils.pad_sequences(sequences, **{"dtype": "int64", **keras_case})
            rows.append(dict(sequences=sequences, arguments=case, result=result.tolist()))
    return rows


def windows():
    data = np.arange(40, dtype="float32").reshape(20, 2)
    targets = np.arange(100, 120, dtype="float32")
    rows = []
    for case in [dict(sequence_length=3), dict(sequence_length=4, sequence_stride=3, batch_size=2),
                 dict(sequence_length=3, sampling_rate=2, batch_size=5), dict(sequence_length=2, start_index=4, end_index=11),
                 dict(sequence_length=3, start_index=2, sequence_stride=2, batch_size=3),
                 dict(sequence_length=5, end_index=12, sampling_rate=2), dict(sequence_length=3, targets=12),
                 dict(sequence_length=3, targets=False, batch_size=7)]:
        given = dict(case)
        count = given.pop("targets", 20)
        y = targets[:count] if count else None
        batches = [[b[0].numpy().tolist(), b[1].numpy().tolist()] if count else [b.numpy().tolist()]
                   for b in keras.utils.timeseries_dataset_from_array(data, y, **given)]
        if "start_index" in given:
            given["start_index"] += 1  # rows count from 1, and the last one is included
        rows.append(dict(arguments=given, targets=count or 0, batches=batches))
    return rows


TEXTS = ["The cat sat on the mat.", "The dog, the dog!", "A cat?  It's  a\tcat; really", "ÄPFEL äpfel"]
NEW = ["the cat ran", "dog dog", "It's", "", "on the mat sat the really big cat"]


def vocabularies():
    rows = []
    for case in [dict(), dict(max_tokens=6), dict(output_sequence_length=4), dict(split="character"),
                 dict(standardize="lower"), dict(standardize="strip_punctuation"), dict(output_mode="multi_hot"),
                 dict(output_mode="count"), dict(standardize="lower", split="character", max_tokens=9)]:
        layer = keras.layers.TextVectorization(**case)
        layer.adapt(TEXTS)
        rows.append(dict(arguments=case, vocabulary=[str(t) for t in layer.get_vocabulary()],
                         result=np.asarray(layer(NEW)).tolist()))
    return rows


def normalized():
    x = np.random.default_rng(2).normal(size=(3, 4))
    x[1] = 0
    return [dict(x=x.tolist(), axis=axis, order=order,
                 result=np.asarray(keras.utils.normalize(x, axis if axis < 0 else axis - 3, order)).tolist())
            for axis in (-1, 1, 2) for order in (1, 2, 3)]


if __name__ == "__main__":
    sections = [("padded", padded()), ("windows", windows()), ("vocabularies", vocabularies()), ("normalized", normalized())]
    out = "-- Made by keras_data.py with Keras %s.\nreturn {\ntexts = %s,\nnew = %s,\n" % (keras.__version__, text(TEXTS), text(NEW))
    for name, rows in sections:
        out += "%s = {\n%s\n},\n" % (name, "\n".join("  %s," % text(row) for row in rows))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_data.lua"), "w") as f:
        f.write(out + "}\n")
