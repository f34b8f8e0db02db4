"""The models that keras_models.py trains: every argument of the layers, losses, optimizers and fit."""
import numpy as np

from lua_text import C

CASES = []


def case(name, layers, compile, x, y, **more):
    CASES.append(dict(name=name, layers=layers, compile=compile, x=x, y=y, **more))


rng = np.random.default_rng(7)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def rnn(units=4, **kwargs):
    return C("layers.SimpleRNN", units, **kwargs)


def dense(units, **kwargs):
    return C("layers.Dense", units, **kwargs)


# ---- the notebook -------------------------------------------------------------------------------------

windows = (np.arange(6)[:, None] + np.arange(4)[None, :]).astype("float32") / np.float32(10)
case("the notebook", [rnn(10, return_sequences=False, input_shape=(4, 1)), dense(1)],
     dict(optimizer="adam", loss="mse"), windows[:, :, None], (np.arange(6, dtype="float32") + 4) / np.float32(10),
     fit=dict(epochs=100))

# ---- SimpleRNN: each argument -----------------------------------------------------------------------------

SX, SY, SS = floats(7, 5, 3), floats(7, 1), floats(7, 5, 2)
ADAM = dict(optimizer="adam", loss="mse")
SHAPE = dict(input_shape=(5, 3))


def sequence_case(name, layers, y=SY, compile=ADAM, epochs=6, batch_size=3, **fit):
    case("SimpleRNN " + name, layers, compile, SX, y, fit=dict(epochs=epochs, batch_size=batch_size, **fit))


sequence_case("as it comes, partial last batch", [rnn(**SHAPE), dense(1)])
sequence_case("one unit, one row a batch", [rnn(1, **SHAPE)], batch_size=1)
sequence_case("17 units", [rnn(17, **SHAPE), dense(1)])
sequence_case("activation relu, no bias", [rnn(activation="relu", use_bias=False, **SHAPE), dense(1)])
sequence_case("activation sigmoid", [rnn(activation="sigmoid", **SHAPE), dense(1)])
sequence_case("activation linear", [rnn(activation="linear", **SHAPE), dense(1)])
sequence_case("activation softmax", [rnn(activation="softmax", **SHAPE), dense(1)])
sequence_case("activation elu", [rnn(activation="elu", **SHAPE), dense(1)])
sequence_case("return_sequences", [rnn(return_sequences=True, **SHAPE), dense(2)], y=SS)
sequence_case("go_backwards", [rnn(go_backwards=True, **SHAPE), dense(1)])
sequence_case("go_backwards, return_sequences", [rnn(2, go_backwards=True, return_sequences=True, **SHAPE)], y=SS)
sequence_case("unroll", [rnn(unroll=True, **SHAPE), dense(1)])
sequence_case("stacked", [rnn(return_sequences=True, **SHAPE), rnn(3, return_sequences=True), rnn(2), dense(1)])
sequence_case("stacked, unlike directions and activations",
              [rnn(return_sequences=True, go_backwards=True, activation="relu", **SHAPE), rnn(2, use_bias=False), dense(1)])
sequence_case("regularizers", [
    rnn(kernel_regularizer=C("regularizers.L2", 0.02), recurrent_regularizer=C("regularizers.L1", 0.01),
        bias_regularizer=C("regularizers.L1L2", l1=0.01, l2=0.03), **SHAPE), dense(1)])
sequence_case("regularizers by name", [rnn(kernel_regularizer="l2", recurrent_regularizer="l1", bias_regularizer="l1l2", **SHAPE), dense(1)])
# Keras 3.15's SimpleRNN takes activity_regularizer and loses it; an Activation behind it does not.
sequence_case("activity_regularizer", [rnn(activity_regularizer=C("regularizers.L2", 0.05), **SHAPE), dense(1)])
sequence_case("activity_regularizer of an Activation behind",
              [rnn(2, return_sequences=True, **SHAPE), C("layers.Activation", "linear", activity_regularizer=C("regularizers.L1", 0.05))],
              y=SS)
sequence_case("constraints", [
    rnn(kernel_constraint=C("constraints.MaxNorm", 0.5), recurrent_constraint=C("constraints.UnitNorm"),
        bias_constraint=C("constraints.NonNeg"), **SHAPE), dense(1)], compile=dict(optimizer="sgd", loss="mse"))
sequence_case("constraint min_max_norm", [
    rnn(kernel_constraint=C("constraints.MinMaxNorm", min_value=0.3, max_value=0.6, rate=0.5), **SHAPE), dense(1)],
              compile=dict(optimizer="sgd", loss="mse"))
sequence_case("Flatten over its sequence", [rnn(return_sequences=True, **SHAPE), C("layers.Flatten"), dense(1)])

# ---- Dense, Flatten, Activation, Dropout --------------------------------------------------------------------

DX, DY = floats(10, 4), floats(10, 2)


def dense_case(name, layers, compile=ADAM, x=DX, y=DY, epochs=5, batch_size=4, **more):
    fit = dict(epochs=epochs, batch_size=batch_size, **more.pop("fit", {}))
    case(name, layers, compile, x, y, fit=fit, **more)


D = dict(input_shape=(4,))
dense_case("Dense linear", [dense(2, **D)])
dense_case("Dense without bias", [dense(3, use_bias=False, activation="tanh", **D), dense(2, use_bias=False)])
for names in (("relu", "elu", "selu"), ("gelu", "silu", "mish"), ("softplus", "softsign", "leaky_relu"),
              ("hard_sigmoid", "hard_silu", "hard_tanh"), ("celu", "tanh_shrink", "relu6"),
              ("exponential", "sigmoid", "log_softmax")):
    dense_case("Dense " + ", ".join(names),
               [dense(5, activation=names[0], **D), dense(4, activation=names[1]), dense(3, activation=names[2]), dense(2)])
dense_case("Dense regularizers and constraints", [
    dense(4, kernel_regularizer=C("regularizers.L2", 0.05), bias_regularizer="l1", kernel_constraint="max_norm",
          bias_constraint="non_neg", activity_regularizer=C("regularizers.L1L2", l1=0.01, l2=0.02), activation="tanh", **D),
    dense(2)])
dense_case("Dense on sequences, Flatten, Activation", [
    dense(3, input_shape=(5, 3)), C("layers.Activation", "relu"), C("layers.Flatten"), dense(2), C("layers.Activation", "tanh")],
           x=floats(10, 5, 3))
dense_case("Dropout of nothing", [dense(4, activation="relu", **D), C("layers.Dropout", 0.0), dense(2)])
dense_case("Input first", [C("layers.Input", shape=(4,)), dense(2)])

# ---- losses and metrics ----------------------------------------------------------------------------------------

classes = rng.integers(0, 3, 10)
one_hot = np.eye(3, dtype="float32")[classes]
binary = rng.integers(0, 2, (10, 1)).astype("float32")
soft3 = [dense(5, activation="tanh", **D), dense(3, activation="softmax")]
logits3 = [dense(5, activation="tanh", **D), dense(3)]
sig = [dense(5, activation="tanh", **D), dense(1, activation="sigmoid")]


def loss_case(name, layers, y, loss, metrics=None, **more):
    dense_case(name, layers, dict(optimizer="adam", loss=loss, **(dict(metrics=metrics) if metrics else {})), y=y, **more)


loss_case("mae", [dense(2, **D)], DY, "mae", ["mse", "mae", C("metrics.RootMeanSquaredError")])
loss_case("huber", [dense(2, **D)], DY, C("losses.Huber", delta=0.4))
loss_case("huber by name", [dense(2, **D)], DY, "huber")
loss_case("categorical cross-entropy", soft3, one_hot, "categorical_crossentropy", ["accuracy"])
loss_case("categorical cross-entropy from logits", logits3, one_hot, C("losses.CategoricalCrossentropy", from_logits=True), ["accuracy"])
loss_case("categorical cross-entropy smoothed", soft3, one_hot, C("losses.CategoricalCrossentropy", label_smoothing=0.2),
          [C("metrics.CategoricalAccuracy")])
loss_case("categorical cross-entropy smoothed, from logits", logits3, one_hot,
          C("losses.CategoricalCrossentropy", from_logits=True, label_smoothing=0.1))
# of a sigmoid Keras on TensorFlow takes the logits, as if softmax had followed
loss_case("categorical cross-entropy of sigmoid", [dense(3, activation="sigmoid", **D)], one_hot, "categorical_crossentropy")
loss_case("categorical cross-entropy of unnormalised outputs", [dense(3, activation="softplus", **D)], one_hot, "categorical_crossentropy")
loss_case("sparse categorical cross-entropy", soft3, classes, "sparse_categorical_crossentropy", ["accuracy"])
loss_case("sparse categorical cross-entropy, a column of labels", soft3, classes[:, None], "sparse_categorical_crossentropy", ["accuracy"])
loss_case("sparse categorical cross-entropy from logits", logits3, classes, C("losses.SparseCategoricalCrossentropy", from_logits=True),
          [C("metrics.SparseCategoricalAccuracy")])
loss_case("binary cross-entropy", sig, binary, "binary_crossentropy", ["accuracy"])
loss_case("binary cross-entropy from logits", [dense(1, **D)], binary, C("losses.BinaryCrossentropy", from_logits=True),
          [C("metrics.BinaryAccuracy", threshold=0.0)])
loss_case("binary cross-entropy smoothed", sig, binary, C("losses.BinaryCrossentropy", label_smoothing=0.1), ["binary_accuracy"])
loss_case("binary cross-entropy of several labels", [dense(3, activation="sigmoid", **D)], one_hot, "binary_crossentropy", ["accuracy"])
case("SimpleRNN classifies each step", [rnn(5, return_sequences=True, **SHAPE), dense(3, activation="softmax")],
     dict(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]), SX, rng.integers(0, 3, (7, 5)),
     fit=dict(epochs=5, batch_size=3))

# ---- saturated outputs: what a loss makes of probabilities that float32 rounds to 0 and 1 ------------------------------

big = [dense(3, activation="softmax", **D)]
for text, layers, y, loss in (
    ("softmax, categorical", big, one_hot, "categorical_crossentropy"),
    ("softmax, sparse", big, classes, "sparse_categorical_crossentropy"),
    ("sigmoid, binary", [dense(1, activation="sigmoid", **D)], binary, "binary_crossentropy"),
    ("sigmoid through an Activation", [dense(1, **D), C("layers.Activation", "sigmoid")], binary, "binary_crossentropy"),
):
    dense_case("saturated " + text, layers, dict(optimizer=C("optimizers.SGD", 0.5), loss=loss, metrics=["accuracy"]), x=DX * 60, y=y)

# ---- optimizers ---------------------------------------------------------------------------------------------------

for text, optimizer in {
    "SGD": C("optimizers.SGD", 0.1),
    "SGD momentum": C("optimizers.SGD", learning_rate=0.05, momentum=0.9),
    "SGD nesterov": C("optimizers.SGD", learning_rate=0.05, momentum=0.8, nesterov=True),
    "SGD weight_decay": C("optimizers.SGD", learning_rate=0.1, weight_decay=0.05),
    "SGD clipnorm": C("optimizers.SGD", learning_rate=0.1, clipnorm=0.3),
    "SGD clipvalue": C("optimizers.SGD", learning_rate=0.1, clipvalue=0.05),
    "SGD global_clipnorm": C("optimizers.SGD", learning_rate=0.1, global_clipnorm=0.3),
    "SGD momentum clipnorm weight_decay": C("optimizers.SGD", learning_rate=0.1, momentum=0.9, clipnorm=0.2, weight_decay=0.01),
    "Adam": C("optimizers.Adam", learning_rate=0.02, beta_1=0.8, beta_2=0.99, epsilon=1e-5),
    "Adam amsgrad": C("optimizers.Adam", learning_rate=0.05, amsgrad=True),
    "Adam clipnorm": C("optimizers.Adam", learning_rate=0.02, clipnorm=0.1),
    "Adam clipvalue": C("optimizers.Adam", learning_rate=0.02, clipvalue=0.02),
    "Adam global_clipnorm weight_decay": C("optimizers.Adam", learning_rate=0.02, global_clipnorm=0.1, weight_decay=0.1),
}.items():
    sequence_case("with " + text, [rnn(**SHAPE), dense(1)], compile=dict(optimizer=optimizer, loss="mse"), epochs=8)

# ---- fit's arguments -----------------------------------------------------------------------------------------------

two = [dense(3, activation="tanh", **D), dense(2)]
weights10 = rng.uniform(0.1, 2, 10).astype("float32")
dense_case("fit sample_weight", two, dict(optimizer="adam", loss="mse", metrics=["mae"], weighted_metrics=["mse"]),
           fit=dict(sample_weight=weights10))
dense_case("fit class_weight", soft3, dict(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]),
           y=classes, fit=dict(class_weight={0: 0.5, 1: 2.0, 2: 1.0}))
dense_case("fit class_weight, one-hot", soft3, dict(optimizer="adam", loss="categorical_crossentropy"), y=one_hot,
           fit=dict(class_weight={0: 0.5, 1: 2.0, 2: 1.0}))
dense_case("fit validation_split", two, dict(optimizer="adam", loss="mse", metrics=["mae"]), fit=dict(validation_split=0.25))
dense_case("fit validation_split with sample_weight", two, fit=dict(validation_split=0.3, sample_weight=weights10))
dense_case("fit validation_data", two, dict(optimizer="adam", loss="mse", metrics=["mae"]),
           fit=dict(validation_data=[floats(5, 4), floats(5, 2)], validation_batch_size=2))
dense_case("fit validation_data with weights, every second epoch", two,
           fit=dict(validation_data=[floats(5, 4), floats(5, 2), rng.uniform(0.1, 2, 5).astype("float32")], validation_freq=2))
dense_case("fit initial_epoch", two, fit=dict(initial_epoch=2))
dense_case("fit one batch of all", two, batch_size=64)
dense_case("fit a regularized loss with weights",
           [dense(3, kernel_regularizer="l2", activity_regularizer="l2", **D), dense(2)], fit=dict(sample_weight=weights10))
dense_case("loss_weights", two, dict(optimizer="adam", loss="mse", loss_weights=[0.3], metrics=["mae"]))

# ---- a batch at a time ------------------------------------------------------------------------------------------------

case("train_on_batch and test_on_batch", two, dict(optimizer="adam", loss="mse", metrics=["mae"]), DX, DY, batches=[
    dict(call="train_on_batch", rows=(1, 4)), dict(call="train_on_batch", rows=(5, 10)), dict(call="test_on_batch", rows=(1, 10)),
    dict(call="train_on_batch", rows=(2, 3)), dict(call="test_on_batch", rows=(1, 1)), dict(call="train_on_batch", rows=(1, 10))])
case("train_on_batch of a SimpleRNN", [rnn(**SHAPE), dense(1)], ADAM, SX, SY, batches=[
    dict(call="train_on_batch", rows=(1, 7)) for _ in range(5)])
