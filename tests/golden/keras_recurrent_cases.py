"""The recurrent models that keras_models.py trains: each argument of LSTM, GRU and Bidirectional, and masks."""
import numpy as np

from lua_text import C

CASES = []
rng = np.random.default_rng(23)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def layer(name, *args, **kwargs):
    return C("layers." + name, *args, **kwargs)


def dense(units=1):
    return layer("Dense", units)


X, Y, S = floats(7, 5, 3), floats(7, 1), floats(7, 5, 2)
SHAPE = dict(input_shape=(5, 3))
SGD = dict(optimizer=C("optimizers.SGD", 0.5), loss="mse")
STEPS_OF_TRAINING = [dict(call="train_on_batch", rows=(1, 4)), dict(call="train_on_batch", rows=(3, 7)),
                     dict(call="test_on_batch", rows=(1, 7))]


def case(name, layers, x=X, y=Y):
    CASES.append(dict(name=name, layers=layers, compile=SGD, x=x, y=y, batches=STEPS_OF_TRAINING, eager=True))


def regularized(**more):
    return dict(kernel_regularizer=C("regularizers.L2", 0.02), recurrent_regularizer=C("regularizers.L1", 0.01),
                bias_regularizer=C("regularizers.L1L2", l1=0.01, l2=0.03), **more)


CONSTRAINED = dict(kernel_constraint=C("constraints.MaxNorm", 0.6), recurrent_constraint=C("constraints.UnitNorm"),
                   bias_constraint="non_neg")

# ---- each argument, without masks ----------------------------------------------------------------------------

CELLS = {
    "SimpleRNN": ("SimpleRNN", {}),
    "LSTM": ("LSTM", {}),
    "GRU": ("GRU", {}),
    "GRU reset before": ("GRU", dict(reset_after=False)),
}

for title, (name, fixed) in CELLS.items():
    def cell(units=4, **kwargs):
        return layer(name, units, **fixed, **kwargs)

    case(title, [cell(**SHAPE), dense()])
    case(title + ", 17 units", [cell(17, **SHAPE), dense()])
    case(title + ", 8 units, one timestep", [cell(8, input_shape=(1, 3)), dense()], x=X[:, :1])
    case(title + ", no bias", [cell(use_bias=False, **SHAPE), dense()])
    case(title + ", return_sequences", [cell(return_sequences=True, **SHAPE), dense(2)], y=S)
    case(title + ", go_backwards", [cell(go_backwards=True, **SHAPE), dense()])
    case(title + ", go_backwards, return_sequences", [cell(2, go_backwards=True, return_sequences=True, **SHAPE)], y=S)
    case(title + ", stacked", [cell(return_sequences=True, **SHAPE), cell(3, return_sequences=True), cell(2), dense()])
    case(title + ", unroll", [cell(unroll=True, **SHAPE), dense()])
    case(title + ", regularizers", [cell(**regularized(), **SHAPE), dense()])
    case(title + ", constraints", [cell(**CONSTRAINED, **SHAPE), dense()])
    case(title + ", activity_regularizer",
         [cell(activity_regularizer=C("regularizers.L2", 0.05), return_sequences=True, **SHAPE), dense(2)], y=S)
    if name == "SimpleRNN":
        continue
    for activation, recurrent in [("relu", "hard_sigmoid"), ("linear", "sigmoid"), ("tanh", "tanh"), ("elu", "silu"),
                                  ("softmax", "softmax"), ("gelu", "relu")]:
        case("%s, %s and %s" % (title, activation, recurrent),
             [cell(activation=activation, recurrent_activation=recurrent, return_sequences=True, **SHAPE), dense(2)], y=S)

case("LSTM without unit_forget_bias", [layer("LSTM", 3, unit_forget_bias=False, **SHAPE), dense()])

# ---- masks -------------------------------------------------------------------------------------------------------

STEPS = np.array([[1, 1, 1, 1, 1], [0, 0, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 1, 0, 0, 1],
                  [1, 1, 1, 1, 0]], dtype="float32")
M = X * STEPS[:, :, None]
MASKING = layer("Masking", **SHAPE)

for title, (name, fixed) in CELLS.items():
    def cell(units=4, **kwargs):
        return layer(name, units, **fixed, **kwargs)

    case(title + " under a mask", [MASKING, cell(), dense()], x=M)
    case(title + " under a mask, backwards", [MASKING, cell(go_backwards=True), dense()], x=M)
    case(title + " under a mask, sequences", [MASKING, cell(return_sequences=True), dense(2)], x=M, y=S)
    case(title + " under a mask, sequences backwards", [MASKING, cell(return_sequences=True, go_backwards=True), dense(2)],
         x=M, y=S)
    case(title + " under a mask, zeros for outputs", [MASKING, cell(return_sequences=True, zero_output_for_mask=True), dense(2)],
         x=M, y=S)
    case(title + " under a mask, zeros for outputs, the last alone",
         [MASKING, cell(zero_output_for_mask=True), dense()], x=M)
    case(title + " under a mask, unusual activation",
         [MASKING, cell(activation="elu", return_sequences=True), cell(3, activation="relu"), dense()], x=M)
    case(title + " under a mask, the loss on what it returns", [MASKING, cell(2, return_sequences=True)], x=M, y=S)

case("a mask through a stack", [MASKING, layer("LSTM", 3, return_sequences=True), layer("GRU", 4, return_sequences=True),
                                layer("SimpleRNN", 2), dense()], x=M)
case("a mask that SimpleRNN ends", [MASKING, layer("LSTM", 3, return_sequences=True), layer("Dropout", 0), layer("LSTM", 2),
                                    dense(2)], x=M, y=S[:, 0])
case("Masking of another value", [layer("Masking", 2.0, **SHAPE), layer("GRU", 3), dense()],
     x=np.where(STEPS[:, :, None] == 0, np.float32(2), X))

# ---- Bidirectional ----------------------------------------------------------------------------------------------------

for mode in ["concat", "sum", "mul", "ave"]:
    for mask in [False, True]:
        for sequences in [False, True]:
            first = [MASKING] if mask else []
            shape = {} if mask else SHAPE
            case("Bidirectional %s%s%s" % (mode, ", sequences" if sequences else "", " under a mask" if mask else ""),
                 first + [layer("Bidirectional", layer("LSTM", 3, return_sequences=sequences), merge_mode=mode, **shape), dense(2)],
                 x=M if mask else X, y=S if sequences else S[:, 0])

case("Bidirectional GRU and SimpleRNN, stacked under a mask",
     [MASKING, layer("Bidirectional", layer("GRU", 3, return_sequences=True)),
      layer("Bidirectional", layer("SimpleRNN", 2, activation="relu")), dense()], x=M)
case("Bidirectional with a backward layer of its own",
     [layer("Bidirectional", layer("LSTM", 3, return_sequences=True),
            backward_layer=layer("GRU", 3, go_backwards=True, use_bias=False, return_sequences=True), **SHAPE), dense(2)], y=S)
case("Bidirectional with regularizers and constraints",
     [layer("Bidirectional", layer("LSTM", 3, **regularized(**CONSTRAINED)), **SHAPE), dense()])

# ---- other wrappers ------------------------------------------------------------------------------------------------------

case("TimeDistributed of Dense", [layer("TimeDistributed", layer("Dense", 4, activation="tanh"), **SHAPE), layer("LSTM", 3), dense()])
case("TimeDistributed under a mask", [MASKING, layer("TimeDistributed", layer("Dense", 4)), layer("LSTM", 3), dense()], x=M)
