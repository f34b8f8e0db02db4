"""What Keras 3 shows on a console: summary(), the progress bar, and when callbacks stop or lower the rate.

    KERAS_BACKEND=torch python tests/golden/keras_console.py

Writes keras_console.lua. Run by hand, with keras installed; the result is committed.
"""
import io
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["COLUMNS"] = "250"  # rich's console must not cut what we ask for
os.environ["TERM"] = "xterm-256color"
for name in ("NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(name, None)

import keras
from keras.src.utils import io_utils, progbar

L = keras.layers


def lua(value):
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return '"%s"' % text.replace("\x1b", "\\27").replace("\b", "\\b")
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nil"
    if isinstance(value, dict):
        return "{ %s }" % ", ".join("%s = %s" % (k, lua(v)) for k, v in value.items() if v is not None)
    if isinstance(value, (list, tuple)):
        return "{ %s }" % ", ".join(lua(v) for v in value)
    if value != value:
        return "0/0"
    return "1/0" if value == float("inf") else repr(value)


# ---- summary --------------------------------------------------------------------------------------------

MODELS = {
    "notebook": lambda: [keras.Input((4, 1)), L.SimpleRNN(10), L.Dense(1)],
    "sequences": lambda: [keras.Input((None, 3)), L.SimpleRNN(200, return_sequences=True), L.Dense(1234),
                          L.Dropout(0.5), L.Activation("relu")],
    "unbuilt": lambda: [L.Dense(3), L.Dense(2)],
    "long_names": lambda: [keras.Input((2,)), L.Dense(3, name="encoder_of_the_first_kind_with_a_name_that_is_long"),
                           L.Dense(2, name="short"), L.Dense(1, trainable=False, name="fixed_and_not_so_short_output")],
}


def summaries():
    rows = []
    for name, layers in MODELS.items():
        for length in (48, 60, 65, 71, 76, 80, 88, 100, 120):
            for show in (False, True):
                keras.backend.clear_session()
                model = keras.Sequential(layers())
                out = []
                model.summary(line_length=length, show_trainable=show, print_fn=lambda s, **_: out.append(s))
                rows.append(dict(model=name, line_length=length, show_trainable=show, text=out[0]))
    return rows


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def coloured():
    rows = []
    for name, layers in MODELS.items():
        for show in (False, True):
            keras.backend.clear_session()
            model = keras.Sequential(layers())
            stdout, sys.stdout = sys.stdout, Terminal()
            try:
                model.summary(line_length=76, show_trainable=show)
                text = sys.stdout.getvalue()
            finally:
                sys.stdout = stdout
            rows.append(dict(model=name, line_length=76, show_trainable=show, text=text))
    return rows


# ---- progress ---------------------------------------------------------------------------------------------

PROGRESS = [
    dict(name="three batches", target=3, verbose=1, steps=[
        (0.5, 1, dict(loss=0.25, mae=0.5)), (0.6, 2, dict(loss=0.2, mae=0.4)), (0.9, 3, dict(loss=1e-3, mae=0.3)),
        (1.25, "end", dict(loss=1e-3, mae=0.3, val_loss=123456.789, val_mae=-0.5))]),
    dict(name="redrawn only so often", target=200, verbose=1, steps=[
        (0.001 * i, i, dict(loss=1.0 / i)) for i in range(1, 200, 3)] + [(0.3, 200, dict(loss=0.001)), (0.3, "end", dict(loss=0.001))]),
    dict(name="hours left", target=1000, verbose=1, steps=[
        (10.0, 1, dict(loss=2.0)), (40.0, 2, dict(loss=1.5)), (41.0, 3, dict(loss=1.5)), (300.0, 400, dict(loss=1e-7))]),
    dict(name="microseconds", target=100000, verbose=1, steps=[(0.0001, 1, dict(loss=2.0)), (0.2, 50000, dict(loss=1.5)),
                                                              (0.4, "end", dict(loss=1.5))]),
    dict(name="target not known", target=None, verbose=1, steps=[
        (0.5, 1, dict(loss=2.0)), (1.5, 2, dict(loss=1.5)), (1.5, "end", dict(loss=1.5))]),
    dict(name="not a number", target=1, verbose=1, steps=[(0.5, 1, dict(loss=float("nan"))), (0.5, "end", dict(loss=float("nan")))]),
    dict(name="lines", target=12, verbose=2, steps=[(2.0, "end", dict(loss=0.2328, mae=0.3634, val_loss=1e-4, r2=-0.5))]),
    dict(name="lines, fast", target=1, verbose=2, steps=[(0.0004, "end", dict(loss=float("inf"), accuracy=1.0))]),
]


def run_progress(case):
    """The texts that ProgbarLogger's Progbar writes at the given seconds."""
    now, out = [1000.0], []
    progbar.time.time = lambda: now[0]
    io_utils_print, progbar.io_utils.print_msg = io_utils.print_msg, lambda text, line_break=True: out.append(text)
    bar = progbar.Progbar(target=case["target"], verbose=case["verbose"], unit_name="step", stateless_metrics=set())
    bar._dynamic_display = True
    seen = 0
    for seconds, step, logs in case["steps"]:
        now[0] = 1000.0 + seconds
        values = sorted(logs.items())
        if step == "end":
            if bar.target is None:
                bar.target = seen
            bar.update(bar.target, values, finalize=True)
        else:
            seen = step
            bar.update(step, values, finalize=False)
    progbar.io_utils.print_msg = io_utils_print
    return out


def progress():
    return [dict(name=c["name"], target=c["target"], style="bar" if c["verbose"] == 1 else "lines",
                 steps=[dict(seconds=s, step=i, logs=logs) for s, i, logs in c["steps"]], texts=run_progress(c))
            for c in PROGRESS]


# ---- callbacks ------------------------------------------------------------------------------------------------


class Optimizer:
    learning_rate = 0.1


class FakeModel:
    """Enough of a model for a callback; its weights are the number of the epoch."""

    def __init__(self):
        self.stop_training, self.weights, self.metrics, self.optimizer = False, [], [], Optimizer()

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)


VALUES = [[5.0, 4.0, 3.0, 3.5, 3.2, 2.9, 2.95, 3.0, 3.1, 3.2, 3.3], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
          [1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0], [float("nan"), 1.0, float("nan"), 2.0, 3.0, 4.0],
          [1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92], [3.0, 2.0, 2.5, 2.4, 1.0, 1.5, 1.4, 1.3, 0.5, 0.6, 0.7]]
STOPPING = [dict(monitor="loss"), dict(monitor="loss", patience=1), dict(monitor="loss", patience=3, verbose=1),
            dict(monitor="loss", patience=2, restore_best_weights=True, verbose=1), dict(monitor="loss", min_delta=0.1, patience=2),
            dict(monitor="loss", min_delta=-0.5, patience=1), dict(monitor="loss", mode="max", patience=2, restore_best_weights=True),
            dict(monitor="loss", baseline=2.0, patience=3), dict(monitor="loss", start_from_epoch=4, patience=1),
            dict(monitor="loss", baseline=0.1, patience=2, restore_best_weights=True)]
PLATEAU = [dict(monitor="loss", patience=1), dict(monitor="loss", patience=2, factor=0.5, verbose=1),
           dict(monitor="loss", patience=0, factor=0.5, min_lr=0.02), dict(monitor="loss", patience=1, cooldown=2, factor=0.5),
           dict(monitor="loss", mode="max", patience=1, factor=0.25), dict(monitor="loss", min_delta=0.5, patience=1, factor=0.9)]


def run_callback(callback, values):
    model, said, rates = FakeModel(), [], []
    callback.set_model(model)
    print_msg, io_utils.print_msg = io_utils.print_msg, lambda text, line_break=True: said.append(text)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = [epoch]
        callback.on_epoch_end(epoch, dict(loss=value))
        rates.append(model.optimizer.learning_rate)
        if model.stop_training:
            break
    callback.on_train_end()
    io_utils.print_msg = print_msg
    return epoch + 1, model.weights[0], rates, said


def stopping():
    rows = []
    for arguments in STOPPING:
        for values in VALUES:
            epochs, weights, _, said = run_callback(keras.callbacks.EarlyStopping(**arguments), values)
            rows.append(dict(arguments=arguments, values=values, epochs=epochs, weights=weights, said=said))
    return rows


def plateau():
    rows = []
    for arguments in PLATEAU:
        for values in VALUES:
            _, _, rates, said = run_callback(keras.callbacks.ReduceLROnPlateau(**arguments), values)
            rows.append(dict(arguments=arguments, values=values, rates=rates, said=said))
    return rows


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras_console.lua"), "w") as out:
        out.write("-- Written by keras_console.py with Keras %s; do not edit.\nreturn {\n" % keras.__version__)
        for make in (summaries, coloured, progress, stopping, plateau):
            out.write("  %s = {\n" % make.__name__)
            for row in make():
                out.write("    %s,\n" % lua(row))
            out.write("  },\n")
        out.write("}\n")


main()
