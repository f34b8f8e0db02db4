"""What Keras' ModelCheckpoint says and which files it writes, and a model's weights as numpy.savez writes them.

    KERAS_BACKEND=tensorflow python tests/golden/keras_files.py

Writes keras_files.lua. Run by hand, with keras installed; the result is committed.
"""
import io
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras.src.utils import io_utils

from lua_text import to_lua
from numpy_files import lua as lua_bytes

VALUES = [1.0, 0.5, 0.75, 0.25, 0.123456]
CASES = [
    dict(filepath="w-{epoch:02d}", verbose=1),
    dict(filepath="{epoch}-{val_loss:.2f}-{loss:.3e}", verbose=0),
    dict(filepath="{epoch:d}_{loss}", verbose=1, save_best_only=True),
    dict(filepath="best", verbose=1, save_best_only=True, monitor="accuracy", mode="max"),
    dict(filepath="best", verbose=1, save_best_only=True, monitor="loss", initial_value_threshold=0.6),
    dict(filepath="b{epoch:03d}-{batch:02d}", verbose=1, save_freq=4),
    dict(filepath="b{epoch}-{batch}", verbose=0, save_freq=2),
]


class Model:
    """Stands in for a model: two epochs' logs decide, weights are nothing."""

    def __init__(self, paths):
        self.paths = paths

    def save_weights(self, path, overwrite=True):
        self.paths.append(path[: -len(".weights.h5")])


def play(arguments):
    paths, said = [], []
    given = dict(arguments, filepath=arguments["filepath"] + ".weights.h5")
    callback = keras.callbacks.ModelCheckpoint(save_weights_only=True, **given)
    callback.set_model(Model(paths))
    original = io_utils.print_msg
    io_utils.print_msg = lambda text: said.append(text.replace(".weights.h5", ".npz"))
    try:
        for epoch, value in enumerate(VALUES):
            callback.on_epoch_begin(epoch)
            for batch in range(3):
                callback.on_train_batch_end(batch, {"loss": value})
            callback.on_epoch_end(epoch, {"loss": value, "val_loss": value, "accuracy": 1 - value})
    finally:
        io_utils.print_msg = original
    return dict(arguments=arguments, paths=paths, said=[s.replace("\n", "\\n") for s in said])


def weights():
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((4, 2)), keras.layers.SimpleRNN(3), keras.layers.Dense(1)])
    x = np.random.default_rng(1).normal(size=(3, 4, 2)).astype("f4")
    out = io.BytesIO()
    np.savez(out, *model.get_weights())
    return out.getvalue(), x, model.predict(x, verbose=0)


if __name__ == "__main__":
    data, x, y = weights()
    text = "-- Made by keras_files.py with Keras %s.\nreturn {\nvalues = %s,\ncheckpoints = {\n%s\n},\nweights = {\n  file = %s,\n  x = %s,\n  y = %s,\n},\n}\n" % (
        keras.__version__, to_lua(VALUES), "\n".join("  %s," % to_lua(play(c)) for c in CASES), lua_bytes(data), to_lua(x),
        to_lua(y))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_files.lua"), "w") as f:
        f.write(text)
