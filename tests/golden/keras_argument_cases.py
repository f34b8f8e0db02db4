"""The models that keras_models.py trains for arguments which all losses and all optimizers have: reduction, use_ema,
gradient_accumulation_steps and their like."""
import numpy as np

from lua_text import C

CASES = []
rng = np.random.default_rng(11)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def case(name, layers, optimizer, loss, x, y, metrics=None, **fit):
    compile = dict(optimizer=optimizer, loss=loss, **(dict(metrics=metrics) if metrics else {}))
    CASES.append(dict(name=name, layers=layers, compile=compile, x=x, y=y, fit=dict(epochs=5, batch_size=4, **fit)))


D = dict(input_shape=(4,))
X, Y, WEIGHTS = floats(10, 4), floats(10, 2), rng.uniform(0.1, 2, 10).astype("float32")
TWO = [C("layers.Dense", 3, activation="tanh", **D), C("layers.Dense", 2)]
SGD = C("optimizers.SGD", 0.02)

# ---- reduction -----------------------------------------------------------------------------------------------

PADDED = floats(7, 5, 3)
for row, length in enumerate([5, 3, 1, 4, 2, 5, 3]):
    PADDED[row, length:] = 0
CLASSES = rng.integers(0, 3, (7, 5))
IGNORED = np.where(rng.uniform(size=(7, 5)) < 0.3, -1, CLASSES)
TAGGER = [C("layers.Masking", input_shape=(5, 3)), C("layers.SimpleRNN", 4, return_sequences=True),
          C("layers.Dense", 3, activation="softmax")]
STEP_WEIGHTS = rng.uniform(0.1, 2, (7, 5)).astype("float32")

for reduction in ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"):
    how = dict(reduction=reduction)
    case("reduction " + reduction, TWO, SGD, C("losses.MeanSquaredError", **how), X, Y, metrics=["mae"])
    case("reduction %s, weighted" % reduction, TWO, SGD, C("losses.MeanAbsoluteError", **how), X, Y, sample_weight=WEIGHTS)
    case("reduction %s, masked" % reduction, TAGGER, SGD, C("losses.SparseCategoricalCrossentropy", **how), PADDED, CLASSES,
         metrics=["accuracy"])
    case("reduction %s, masked and weighted" % reduction, TAGGER, SGD, C("losses.SparseCategoricalCrossentropy", **how),
         PADDED, CLASSES, sample_weight=STEP_WEIGHTS)
    case("reduction %s, masked with an ignored class" % reduction, TAGGER, SGD,
         C("losses.SparseCategoricalCrossentropy", ignore_class=-1, **how), PADDED, IGNORED)
case("an ignored class", TAGGER[1:], SGD, C("losses.SparseCategoricalCrossentropy", ignore_class=1), PADDED, CLASSES)
CASES[-1]["layers"] = [C("layers.SimpleRNN", 4, return_sequences=True, input_shape=(5, 3)), TAGGER[2]]
case("reduction sum with a penalty", [C("layers.Dense", 3, kernel_regularizer="l2", **D), C("layers.Dense", 2)], SGD,
     C("losses.Huber", reduction="sum"), X, Y)

# ---- averages, accumulation --------------------------------------------------------------------------------------

for name, more in {
    "SGD": dict(learning_rate=0.1, momentum=0.9), "Adam": dict(learning_rate=0.02), "AdamW": dict(learning_rate=0.02),
    "RMSprop": dict(learning_rate=0.01), "Nadam": dict(learning_rate=0.02), "Adamax": dict(learning_rate=0.02),
    "Lion": dict(learning_rate=0.01), "Adagrad": dict(learning_rate=0.05), "Ftrl": dict(learning_rate=0.05),
    "Adadelta": dict(learning_rate=1.0),
}.items():
    optimizer = C("optimizers." + name, use_ema=True, ema_momentum=0.7, gradient_accumulation_steps=2, **more)
    case("%s with an average and accumulation" % name, TWO, optimizer, "mse", X, Y)

CONSTRAINED = [C("layers.Dense", 3, activation="tanh", kernel_constraint="unit_norm", **D), C("layers.Dense", 2)]
DECAY = C("optimizers.schedules.ExponentialDecay", 0.1, decay_steps=3, decay_rate=0.7)
for text, layers, arguments in (
    ("an average", TWO, dict(use_ema=True)),
    ("an average that overwrites", TWO, dict(use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=4)),
    ("an average that overwrites, accumulating", TWO,
     dict(use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2, gradient_accumulation_steps=3)),
    ("an average and a constraint", CONSTRAINED, dict(use_ema=True, ema_momentum=0.6)),
    ("an average that overwrites and a constraint", CONSTRAINED, dict(use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=2)),
    ("accumulation", TWO, dict(gradient_accumulation_steps=4)),
    ("accumulation, clipped and decayed", TWO, dict(gradient_accumulation_steps=2, clipnorm=0.2, weight_decay=0.05)),
    ("accumulation and a constraint", CONSTRAINED, dict(gradient_accumulation_steps=2)),
    ("accumulation, clipped by the global norm", TWO, dict(gradient_accumulation_steps=2, global_clipnorm=0.2)),
    ("a scaled loss, clipped", TWO, dict(loss_scale_factor=8.0, clipvalue=0.05)),
    ("a schedule and accumulation", TWO, dict(learning_rate=DECAY, gradient_accumulation_steps=2)),
):
    arguments = dict(dict(learning_rate=0.1), **arguments)
    case("SGD with " + text, layers, C("optimizers.SGD", **arguments), "mse", X, Y)
