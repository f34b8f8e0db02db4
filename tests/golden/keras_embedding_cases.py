"""Embeddings that keras_models.py trains: ids that come several times in a batch, with every optimizer. TensorFlow's
gradient of the table has a slice for each id; Keras squares and clips them one by one."""
import numpy as np

from lua_text import C

CASES = []
rng = np.random.default_rng(11)
IDS = rng.integers(0, 5, (7, 6)).astype("float32")
Y = rng.uniform(-1, 1, (7, 1)).astype("float32")


def case(name, optimizer, epochs=4, between=(), **embedding):
    layers = [C("layers.Embedding", 5, 3, **embedding), *between, C("layers.SimpleRNN", 4), C("layers.Dense", 1)]
    layers[0].kwargs["input_shape"] = (6,)
    CASES.append(dict(name="Embedding, " + name, layers=layers, compile=dict(optimizer=optimizer, loss="mse"), x=IDS, y=Y,
                      fit=dict(epochs=epochs, batch_size=3)))


def optimizer(name, **arguments):
    return C("optimizers." + name, **dict(dict(learning_rate=0.02), **arguments))


for name in ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adamax", "Nadam", "Lion"]:
    case(name, optimizer(name))
case("Adadelta", optimizer("Adadelta", learning_rate=0.5))
case("Ftrl", optimizer("Ftrl", l1_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.01))
case("SGD with Nesterov momentum", optimizer("SGD", momentum=0.9, nesterov=True))
case("RMSprop centered, with momentum", optimizer("RMSprop", momentum=0.5, centered=True))
case("Adam with amsgrad", optimizer("Adam", amsgrad=True))
case("Adam with use_ema", optimizer("Adam", use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3))
for name in ["SGD", "Adam", "Adamax", "Adagrad"]:
    case(name + " with clipnorm", optimizer(name, clipnorm=0.1))
    case(name + " with global_clipnorm", optimizer(name, global_clipnorm=0.1))
    case(name + " with clipvalue", optimizer(name, clipvalue=0.01))
case("Adam, a regularizer", optimizer("Adam", clipvalue=0.01), embeddings_regularizer=C("regularizers.L2", 0.02))
case("Adamax, a regularizer", optimizer("Adamax", clipnorm=0.1), embeddings_regularizer=C("regularizers.L1", 0.02))
case("Adam, accumulated gradients", optimizer("Adam", gradient_accumulation_steps=2), epochs=5)
case("Adam, a constraint", optimizer("Adam"), embeddings_constraint=C("constraints.MaxNorm", 0.6))
case("Adam, zero masked", optimizer("Adam", clipvalue=0.01), mask_zero=True)
case("RMSprop, dropout of nothing between", optimizer("RMSprop"), between=[C("layers.SpatialDropout1D", 0.0)])
