"""The models and calls of keras_cells.py: RNN over each sort of cell, and cells called by hand."""
import numpy as np

from lua_text import C

TRAINED, CALLED, BY_HAND = [], [], []
rng = np.random.default_rng(37)


def floats(*shape):
    return rng.uniform(-1, 1, shape).astype("float32")


def layer(name, *args, **kwargs):
    return C("layers." + name, *args, **kwargs)


def rnn(cell, **kwargs):
    return layer("RNN", cell, **kwargs)


X, Y, S = floats(6, 5, 3), floats(6, 2), floats(6, 5, 2)
GIVEN = layer("Input", shape=(5, 3))
STEPS = np.array([[1, 1, 1, 1, 1], [0, 0, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 1, 0, 0, 1]],
                 dtype="float32")
M = X * STEPS[:, :, None]
MASKING = layer("Masking")

# name -> makes cells, and the sizes of their states
CELLS = {
    "SimpleRNNCell": (lambda: layer("SimpleRNNCell", 4), [4]),
    "LSTMCell": (lambda: layer("LSTMCell", 4), [4, 4]),
    "GRUCell": (lambda: layer("GRUCell", 4), [4]),
    "GRUCell reset before": (lambda: layer("GRUCell", 4, reset_after=False), [4]),
    "MinimalRNNCell": (lambda: layer("MinimalRNNCell", 4), [4]),
    "MinimalGatedCell": (lambda: layer("MinimalGatedCell", 4), [4]),
    "SlowFastCell": (lambda: layer("SlowFastCell", 3, 2, 4), [3, 2]),
    "a list of cells": (lambda: [layer("LSTMCell", 3), layer("GRUCell", 4)], [3, 3, 4]),
    "cells of all sorts": (lambda: layer("StackedRNNCells", [layer("SlowFastCell", 2, 3, 3), layer("SimpleRNNCell", 2),
                                                             layer("MinimalGatedCell", 4)]), [2, 3, 2, 4]),
}


# ---- trained -------------------------------------------------------------------------------------------------------

def case(name, *behind, x=X, y=Y, **fit):
    TRAINED.append(dict(name=name, layers=[GIVEN, *behind], x=x, y=y, loss="mse", fit=fit))


for title, (cell, _) in CELLS.items():
    case(title, layer("Dense", 3), rnn(cell()), layer("Dense", 2))
    case(title + ", sequences", rnn(cell(), return_sequences=True), layer("Dense", 2), y=S, optimizer="adam")
    case(title + ", backwards, sequences", rnn(cell(), go_backwards=True, return_sequences=True), layer("Dense", 2), y=S)
    case(title + " under a mask", MASKING, rnn(cell()), layer("Dense", 2), x=M)
    case(title + " under a mask, backwards", MASKING, rnn(cell(), go_backwards=True), layer("Dense", 2), x=M)
    case(title + " under a mask, sequences, no mask in the loss", MASKING, rnn(cell(), return_sequences=True),
         layer("LSTM", 3), layer("Dense", 2), x=M)
    case(title + " under a mask, zeros for outputs",
         MASKING, rnn(cell(), return_sequences=True, zero_output_for_mask=True), layer("Dense", 2), x=M, y=S)
    case(title + " in both directions", layer("Bidirectional", rnn(cell(), return_sequences=True)), layer("Dense", 2), y=S)
    case(title + " in both directions under a mask", MASKING, layer("Bidirectional", rnn(cell())), layer("Dense", 2), x=M)

for title in ("LSTMCell", "MinimalGatedCell", "a list of cells"):
    case(title + ", unrolled", rnn(CELLS[title][0](), unroll=True), layer("Dense", 2))
    case(title + ", stateful", rnn(CELLS[title][0](), stateful=True), layer("Dense", 2), batch_size=3)

ARGUMENTS = dict(kernel_regularizer=C("regularizers.L2", 0.02), recurrent_regularizer=C("regularizers.L1", 0.01),
                 bias_regularizer=C("regularizers.L1L2", l1=0.01, l2=0.03), kernel_constraint=C("constraints.MaxNorm", 0.6),
                 recurrent_constraint=C("constraints.UnitNorm"), bias_constraint="non_neg")
for title in ("SimpleRNNCell", "LSTMCell", "GRUCell"):
    case(title + ", regularizers and constraints", rnn(layer(title, 4, **ARGUMENTS)), layer("Dense", 2))
    case(title + ", no bias, relu", rnn(layer(title, 4, activation="relu", use_bias=False)), layer("Dense", 2))
    case(title + ", elu", rnn([layer(title, 4, activation="elu"), layer(title, 3)], return_sequences=True), layer("Dense", 2),
         y=S)
case("LSTMCell, hard_sigmoid", rnn(layer("LSTMCell", 3, recurrent_activation="hard_sigmoid", unit_forget_bias=False)),
     layer("Dense", 2))


# ---- called --------------------------------------------------------------------------------------------------------

def call(title, kinds, **arguments):
    """Calls one after the other; kinds are "x" or "states": x alone, or with initial states; "mask": under a mask."""
    cell, sizes = CELLS[title]
    calls = []
    for kind in kinds:
        one = dict(x=floats(2, 4, 3))
        if "states" in kind:
            one["states"] = [floats(2, n) for n in sizes]
        if "mask" in kind:
            one["mask"] = np.array([[True, False, True, True], [False, True, True, False]])
        calls.append(one)
    told = ", ".join(sorted(arguments))
    CALLED.append(dict(name="RNN of %s%s" % (title, ", " + told if told else ""), layer=rnn(cell(), **arguments),
                       sizes=sizes, calls=calls))


for title in CELLS:
    call(title, ["states", "states mask"], return_sequences=True, return_state=True)
    call(title, ["states mask", "x mask"], return_sequences=True, return_state=True, go_backwards=True)
    call(title, ["x", "x", "states", "x mask", "x"], stateful=True, return_state=True)

for title, (cell, sizes) in CELLS.items():
    made = cell()
    made = layer("StackedRNNCells", made) if isinstance(made, list) else made
    BY_HAND.append(dict(name=title, layer=made, sizes=sizes, x=floats(3, 3), states=[floats(3, n) for n in sizes]))
