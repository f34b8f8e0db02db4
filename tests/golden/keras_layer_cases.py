"""The models that keras_layers.py trains: layers around the recurrent ones, each between others whose weights its
input gradient reaches. Axes are Keras', from 0; keras_layers.py writes those of scripts, from 1."""
import numpy as np

from lua_text import C

CASES = []
rng = np.random.default_rng(11)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def case(name, layers, x, y, loss="mse", **fit):
    CASES.append(dict(name=name, layers=layers, x=x, y=y, loss=loss, fit=fit))


def layer(name, *args, **kwargs):
    return C("layers." + name, *args, **kwargs)


def dense(units, **kwargs):
    return layer("Dense", units, **kwargs)


def given(*shape):
    return C("layers.Input", shape=shape)


L1, L2, MAX = C("regularizers.L1", 0.02), C("regularizers.L2", 0.03), C("constraints.MaxNorm", 0.7)

# ---- Embedding --------------------------------------------------------------------------------------------

IDS = rng.integers(0, 7, (5, 4))
PADDED = np.array([[1, 2, 0, 0], [3, 4, 5, 0], [6, 1, 1, 2], [0, 0, 3, 4], [5, 0, 2, 0]])
Y = floats(5, 1)
YS = floats(5, 4, 2)


def ids_case(name, embedding, *behind, x=IDS, y=YS, shape=(4,), **fit):
    case("Embedding " + name, [given(*shape), embedding, *behind], x, y, **fit)


ids_case("as it comes", layer("Embedding", 7, 3), dense(2))
ids_case("with a SimpleRNN", layer("Embedding", 7, 3), layer("SimpleRNN", 4), dense(1), y=Y)
ids_case("regularizer, constraint", layer("Embedding", 7, 3, embeddings_regularizer=L2, embeddings_constraint=MAX), dense(2))
ids_case("one id a row", layer("Embedding", 7, 2), dense(1), x=IDS[:, :1], y=floats(5, 1, 1), shape=(1,))
ids_case("ids of three axes", layer("Embedding", 7, 2), dense(1), x=rng.integers(0, 7, (3, 2, 3)), y=floats(3, 2, 3, 1), shape=(2, 3))
ids_case("mask_zero, loss", layer("Embedding", 7, 3, mask_zero=True), dense(2), x=PADDED)
ids_case("mask_zero, Adam", layer("Embedding", 7, 3, mask_zero=True), dense(2), x=PADDED, optimizer="adam")
ids_case("unknown timesteps", layer("Embedding", 7, 3), layer("SimpleRNN", 3), dense(1), y=Y, shape=(None,))
ids_case("more ids than are used", layer("Embedding", 50, 2), dense(2), optimizer="adam")

# ---- normalization ----------------------------------------------------------------------------------------------

X2, Y2 = floats(6, 4), floats(6, 2)
X3, Y3 = floats(4, 5, 3), floats(4, 5, 2)
X4, Y4 = floats(3, 2, 3, 4), floats(3, 2, 3, 1)


def around(name, middle, x=X3, y=Y3, before=4, **fit):
    last = y.shape[-1]
    case(name, [given(*x.shape[1:]), dense(before), middle, dense(last)], x, y, **fit)


for name in ("LayerNormalization", "BatchNormalization"):
    around(name + " of two axes", layer(name), X2, Y2)
    around(name + " of three axes", layer(name))
    around(name + " of four axes", layer(name), X4, Y4)
    around(name + " along timesteps", layer(name, axis=1))
    around(name + " of four axes along the third", layer(name, axis=2), X4, Y4)
    around(name + " along axis -2", layer(name, axis=-2))
    around(name + " without center", layer(name, center=False))
    around(name + " without scale", layer(name, scale=False))
    around(name + " without either, epsilon", layer(name, center=False, scale=False, epsilon=0.1))
    around(name + " regularizers, constraints", layer(name, beta_regularizer=L1, gamma_regularizer=L2, beta_constraint=MAX, gamma_constraint="non_neg"))
    around(name + " of one feature", layer(name), before=1)
    around(name + " of 70 features", layer(name), before=70)
    ids_case("mask_zero with " + name, layer("Embedding", 7, 3, mask_zero=True), layer(name), dense(2), x=PADDED)
around("LayerNormalization along two axes", layer("LayerNormalization", axis=[1, 2]))
around("LayerNormalization along axes 1 and 3 of four", layer("LayerNormalization", axis=[1, 3]), X4, Y4)
around("LayerNormalization rms_scaling", layer("LayerNormalization", rms_scaling=True))
around("LayerNormalization rms_scaling along timesteps", layer("LayerNormalization", rms_scaling=True, axis=1))
around("BatchNormalization momentum", layer("BatchNormalization", momentum=0.6))
around("BatchNormalization in batches, a partial one last", layer("BatchNormalization", momentum=0.9), X2, Y2, batch_size=4)
around("BatchNormalization not trainable", layer("BatchNormalization", trainable=False))
ids_case("mask_zero with BatchNormalization along timesteps", layer("Embedding", 7, 3, mask_zero=True),
         layer("BatchNormalization", axis=1), dense(2), x=PADDED)
around("UnitNormalization", layer("UnitNormalization"))
around("UnitNormalization along timesteps", layer("UnitNormalization", axis=1))
around("UnitNormalization along two axes", layer("UnitNormalization", axis=[1, 2]))

# ---- regularization: at rate 0, and what is not random ----------------------------------------------------------

around("dropout layers of nothing", layer("SpatialDropout1D", 0.0))
around("ActivityRegularization l1", layer("ActivityRegularization", l1=0.1))
around("ActivityRegularization l1, l2", layer("ActivityRegularization", l1=0.05, l2=0.2), batch_size=3)

# ---- activations -------------------------------------------------------------------------------------------------

around("ReLU", layer("ReLU"))
around("ReLU with all arguments", layer("ReLU", max_value=0.6, negative_slope=0.1, threshold=0.05))
around("LeakyReLU", layer("LeakyReLU"))
around("LeakyReLU negative_slope", layer("LeakyReLU", negative_slope=0.05))
around("ELU", layer("ELU"))
around("ELU alpha", layer("ELU", alpha=0.6))
around("Softmax", layer("Softmax"))
around("Softmax along timesteps", layer("Softmax", axis=1))
around("Softmax along two axes", layer("Softmax", axis=[1, 2]))
around("PReLU", layer("PReLU"))
around("PReLU of two axes", layer("PReLU"), X2, Y2)
around("PReLU shared over timesteps", layer("PReLU", shared_axes=[1], alpha_regularizer=L2, alpha_constraint=MAX))
around("PReLU shared over features", layer("PReLU", shared_axes=[2]))
around("PReLU shared over all", layer("PReLU", shared_axes=[1, 2]))
around("PReLU of four axes, the second shared", layer("PReLU", shared_axes=[2]), X4, Y4)

# ---- timesteps: pooling, padding, Conv1D --------------------------------------------------------------------------

XT = floats(3, 9, 3)


def steps_case(name, middle, steps, before=4, **fit):
    case(name, [given(9, 3), dense(before), middle, dense(2)], XT, floats(3, steps, 2), **fit)


for name in ("AveragePooling1D", "MaxPooling1D"):
    steps_case(name + " 2", layer(name, 2), 4)
    steps_case(name + " 3, strides 2", layer(name, 3, strides=2), 4)
    steps_case(name + " 4, strides 1, same", layer(name, 4, strides=1, padding="same"), 9)
    steps_case(name + " 2, strides 3, same", layer(name, pool_size=2, strides=3, padding="same"), 3)
    steps_case(name + " 4, same", layer(name, 4, padding="same"), 3)
steps_case("UpSampling1D", layer("UpSampling1D"), 18)
steps_case("UpSampling1D 3", layer("UpSampling1D", 3), 27)
steps_case("ZeroPadding1D", layer("ZeroPadding1D"), 11)
steps_case("ZeroPadding1D {2, 1}", layer("ZeroPadding1D", padding=[2, 1]), 12)
steps_case("Cropping1D", layer("Cropping1D"), 7)
steps_case("Cropping1D {0, 3}", layer("Cropping1D", cropping=[0, 3]), 6)


def conv(*args, **kwargs):
    return layer("Conv1D", *args, **kwargs)


steps_case("Conv1D 4, 3", conv(4, 3), 7)
steps_case("Conv1D of one step", conv(4, 1), 9)
steps_case("Conv1D same", conv(3, 4, padding="same"), 9)
steps_case("Conv1D causal", conv(3, 3, padding="causal", activation="relu"), 9)
steps_case("Conv1D strides", conv(3, 3, strides=2, activation="tanh"), 4)
steps_case("Conv1D strides, same", conv(3, 3, strides=4, padding="same"), 3)
steps_case("Conv1D strides, causal", conv(3, 2, strides=2, padding="causal"), 5)
steps_case("Conv1D dilation", conv(3, 3, dilation_rate=2), 5)
steps_case("Conv1D dilation, causal", conv(3, 2, dilation_rate=4, padding="causal", activation="silu"), 9)
steps_case("Conv1D dilation, same", conv(3, 3, dilation_rate=2, padding="same"), 9)
steps_case("Conv1D groups", conv(6, 3, groups=2, activation="gelu"), 7)
steps_case("Conv1D depthwise", conv(4, 2, groups=4, use_bias=False), 8)
steps_case("Conv1D softmax", conv(3, 2, activation="softmax"), 8)
steps_case("Conv1D regularizers, constraints", conv(4, 3, kernel_regularizer=L2, bias_regularizer=L1, activity_regularizer=C("regularizers.L2", 0.1), kernel_constraint=MAX, bias_constraint="non_neg"), 7)
case("Conv1D first", [given(9, 3), conv(4, 3, activation="relu"), layer("MaxPooling1D", 2), layer("Flatten"), dense(1)], XT, floats(3, 1))
case("Conv1D last, sigmoid", [given(9, 3), conv(1, 2, activation="sigmoid")], XT, rng.integers(0, 2, (3, 8, 1)), loss="binary_crossentropy")
ids_case("with Conv1D and pooling", layer("Embedding", 7, 3), conv(4, 2, activation="relu"), layer("AveragePooling1D", 3), layer("Flatten"), dense(1), y=Y)
