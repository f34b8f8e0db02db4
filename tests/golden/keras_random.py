"""Draws functional models at random, trains them with Keras 3 and writes keras_random.lua, what
test_functional_golden.lua compares with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_random.py [seed] [models] [file]

Run by hand, with keras and tensorflow-cpu installed; the result is committed. Other seeds, and thousands of models in a file
of one's own, look for what no one has thought of: put it in the place of keras_random.lua and run the test.
"""
import os
import sys

import numpy as np

from keras_functional import C, Axis, alone, call, decode, layer, model, source, write_cases

ACTIVATIONS = ["tanh", "sigmoid", "relu", "elu", "softsign", "hard_sigmoid", "silu", "gelu", "softplus", "linear", "selu", "mish"]
CELLS = ["SimpleRNN", "LSTM", "GRU"]
REGULARIZERS = ["l2", C("regularizers.L1", 0.01), C("regularizers.L1L2", l1=0.01, l2=0.02)]
CONSTRAINTS = [C("constraints.MaxNorm", 0.7), C("constraints.UnitNorm"), C("constraints.NonNeg"),
               C("constraints.MinMaxNorm", min_value=0.2, max_value=0.8, rate=0.7)]
SCHEDULES = [0.003, 0.02, C("optimizers.schedules.ExponentialDecay", 0.01, 4, 0.7),
             C("optimizers.schedules.CosineDecay", 0.0, 8, warmup_target=0.02, warmup_steps=4),
             C("optimizers.schedules.PiecewiseConstantDecay", [3, 6], [0.01, 0.005, 0.001])]
OPTIMIZERS = {"SGD": dict(momentum=0.8, nesterov=True), "Adam": dict(beta_1=0.8, amsgrad=True), "AdamW": dict(beta_2=0.95),
              "RMSprop": dict(rho=0.8, momentum=0.5, centered=True), "Adagrad": dict(initial_accumulator_value=0.2),
              "Adadelta": dict(rho=0.9), "Adamax": dict(beta_1=0.8), "Nadam": dict(beta_2=0.95), "Lion": dict(beta_1=0.8),
              "Ftrl": dict(l1_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.01)}
SHARED = [dict(clipnorm=0.3), dict(clipvalue=0.05), dict(global_clipnorm=0.4), dict(weight_decay=0.01),
          dict(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3), dict(gradient_accumulation_steps=2)]
# of each loss: the last activation, what targets are, arguments, metrics beside it
LOSSES = {"MeanSquaredError": ("linear", "real", {}, ["mae", C("metrics.RootMeanSquaredError")]),
          "MeanAbsoluteError": ("tanh", "real", {}, ["mse"]), "Huber": ("linear", "real", dict(delta=0.5), []),
          "LogCosh": ("linear", "real", {}, ["cosine_similarity"]), "Poisson": ("softplus", "positive", {}, ["poisson"]),
          "MeanSquaredLogarithmicError": ("softplus", "positive", {}, ["mape"]),
          "KLDivergence": ("softmax", "shares", {}, ["kl_divergence"]), "Hinge": ("tanh", "signs", {}, ["squared_hinge"]),
          "BinaryCrossentropy": ("sigmoid", "bits", dict(label_smoothing=0.2), ["accuracy", C("metrics.AUC")]),
          "BinaryFocalCrossentropy": ("sigmoid", "bits", dict(gamma=1.5), [C("metrics.Precision"), C("metrics.Recall")]),
          "CategoricalCrossentropy": ("softmax", "classes", dict(label_smoothing=0.2), ["accuracy"]),
          "CategoricalFocalCrossentropy": ("softmax", "classes", dict(alpha=0.3), ["categorical_hinge"])}
TARGETS = {"real": lambda r, s: r.uniform(-1, 1, s), "positive": lambda r, s: r.uniform(0, 2, s),
           "signs": lambda r, s: np.where(r.random(s) < 0.5, -1, 1), "bits": lambda r, s: r.random(s) < 0.5,
           "shares": lambda r, s: r.dirichlet(np.ones(s[-1]), s[:-1]), "classes": lambda r, s: np.eye(s[-1])[r.integers(0, s[-1], s[:-1])]}


class Draw:
    """One model: its steps, the names of its tensors, sequences (batch, STEPS, features) and vectors (batch, features)."""

    def __init__(self, seed):
        self.r = np.random.default_rng(seed)
        self.batch, self.time = int(self.r.integers(5, 9)), int(self.r.integers(3, 6))
        self.steps, self.inputs, self.data = [], [], []
        self.sequences, self.vectors = [], []
        for _ in range(self.count(1, 3)):
            self.add_input()

    def pick(self, things):
        return things[self.r.integers(len(things))]

    def count(self, least, most):
        return int(self.r.integers(least, most + 1))

    def some(self, chance, **arguments):
        """Each of these arguments with that chance; functions are called for their values."""
        drawn = {}
        for name, value in arguments.items():
            if self.r.random() < chance:
                drawn[name] = value() if callable(value) else value
        return drawn

    def apply(self, what, *inputs, outputs=1):
        """A new layer called on these tensors; the names of what it gives."""
        number = len(self.steps)
        names = ["t%d_%d" % (number, i) for i in range(outputs)]
        self.steps += [layer("l%d" % number, what), call(", ".join(names), "l%d" % number, *inputs)]
        return names if outputs > 1 else names[0]

    def dense(self, units, tensor, **arguments):
        return self.apply(C("layers.Dense", units, **arguments), tensor)

    def add_input(self):
        name, kind = "in%d" % len(self.inputs), self.pick(["ids", "masked", "plain", "vector"])
        width = self.count(2, 4)
        shape = {"ids": (self.time,), "vector": (width,)}.get(kind, (self.time, width))
        x = self.r.uniform(-1, 1, (self.batch, *shape)) if kind != "ids" else self.r.integers(0, 6, (self.batch, *shape))
        if kind == "masked":
            x[self.r.random((self.batch, self.time)) < 0.3] = 0
        self.inputs.append(name)
        self.data.append(x.astype("float32"))
        self.steps.append(source(name, *shape))
        if kind == "vector":
            self.vectors.append(name)
        elif kind == "ids":
            self.sequences.append(self.apply(C("layers.Embedding", 6, width, **self.some(0.6, mask_zero=True)), name))
        else:
            self.sequences.append(self.apply(C("layers.Masking"), name) if kind == "masked" else name)

    def recurrent(self, **given):
        kind, pick = self.pick(CELLS), self.pick
        arguments = self.some(0.2, activation=lambda: pick(ACTIVATIONS), kernel_regularizer=lambda: pick(REGULARIZERS),
                              recurrent_regularizer=lambda: pick(REGULARIZERS), kernel_constraint=lambda: pick(CONSTRAINTS),
                              recurrent_constraint=lambda: pick(CONSTRAINTS), use_bias=False)
        if kind == "GRU":
            arguments.update(self.some(0.4, reset_after=False))
        if kind != "SimpleRNN":
            arguments.update(self.some(0.2, recurrent_activation="hard_sigmoid", activity_regularizer="l2"))
        return C("layers." + kind, self.count(1, 5), **arguments, **given)

    # what a model may consist of; each takes what is there and adds what it makes

    def rnn(self, sequence):
        whole = bool(self.r.random() < 0.6)
        given = dict(return_sequences=whole, **self.some(0.2, go_backwards=True))
        (self.sequences if whole else self.vectors).append(self.apply(self.recurrent(**given), sequence))

    def bidirectional(self, sequence):
        merge = self.pick(["concat", "sum", "mul", "ave"])
        both = C("layers.Bidirectional", self.recurrent(return_sequences=True), merge_mode=merge)
        self.sequences.append(self.apply(both, sequence))

    def cells(self, sequence):
        cells = [C("layers.%sCell" % self.pick(CELLS), self.count(1, 4)) for _ in range(self.count(1, 2))]
        self.sequences.append(self.apply(C("layers.RNN", cells, return_sequences=True), sequence))

    def decoder(self, sequence):
        kind, units = self.pick(CELLS), self.count(2, 3)
        states = 2 if kind == "LSTM" else 1
        encoder = C("layers." + kind, units, return_state=True)
        names, number = self.apply(encoder, sequence, outputs=1 + states), len(self.steps)
        self.steps += [layer("l%d" % number, C("layers." + kind, units, return_sequences=True)),
                       decode("t%d" % number, "l%d" % number, self.pick(self.sequences), *names[1:])]
        self.sequences.append("t%d" % number)

    def attention(self, sequence):
        query, value = self.dense(3, sequence), self.dense(3, self.pick(self.sequences))
        self.sequences.append(self.apply(C("layers.Attention", **self.some(0.4, use_scale=True, score_mode="concat")), query, value))

    def merged(self, sequence):
        what = C("layers." + self.pick(["Add", "Average", "Multiply", "Maximum", "Minimum", "Concatenate"]))
        self.sequences.append(self.apply(what, self.dense(3, sequence), self.dense(3, self.pick(self.sequences))))

    def between(self, sequence):
        what = self.pick([C("layers.LayerNormalization"), C("layers.BatchNormalization", momentum=0.8),
                          C("layers.TimeDistributed", C("layers.Dense", 3, activation=self.pick(ACTIVATIONS))),
                          C("layers.Conv1D", 3, 2, padding=self.pick(["same", "causal"]), activation="elu"),
                          C("layers.MaxPooling1D", 2, strides=1, padding="same"), C("layers.Activation", self.pick(ACTIVATIONS)),
                          C("layers.BatchNormalization", axis=Axis(1), scale=False), C("layers.ActivityRegularization", l1=0.01)])
        self.sequences.append(self.apply(what, sequence))

    def pooled(self, sequence):
        what = self.pick(["GlobalAveragePooling1D", "GlobalMaxPooling1D", "Flatten"])
        self.vectors.append(self.apply(C("layers." + what), sequence))

    def grow(self):
        if not self.sequences:
            return self.sequences.append(self.apply(C("layers.RepeatVector", self.time), self.pick(self.vectors)))
        step = self.pick([self.rnn, self.rnn, self.bidirectional, self.cells, self.decoder, self.attention, self.merged,
                          self.between, self.between, self.pooled])
        step(self.pick(self.sequences))

    def add_output(self, number):
        name = self.pick(list(LOSSES))
        activation, kind, arguments, metrics = LOSSES[name]
        whole = bool(self.sequences) and (not self.vectors or self.r.random() < 0.35)
        columns = 1 if kind in ("real", "bits") and self.r.random() < 0.5 else self.count(2, 4)
        shape = (self.batch, self.time, columns) if whole else (self.batch, columns)
        y = self.dense(columns, self.pick(self.sequences if whole else self.vectors), activation=activation, name="out%d" % number)
        loss = C("losses." + name, **{k: v for k, v in arguments.items() if self.r.random() < 0.4})
        return y, TARGETS[kind](self.r, shape).astype("float32"), loss, [m for m in metrics if self.r.random() < 0.4]

    def optimizer(self):
        name = self.pick(list(OPTIMIZERS))
        own = {k: v for k, v in OPTIMIZERS[name].items() if self.r.random() < 0.4}
        shared = self.pick(SHARED) if self.r.random() < 0.5 else {}
        rate = 0.5 if name == "Adadelta" else self.pick(SCHEDULES) if name != "Ftrl" else 0.05
        return C("optimizers." + name, rate, **own, **shared)

    def case(self, seed):
        for _ in range(self.count(1, 4)):
            self.grow()
        outputs, ys, losses, metrics = zip(*[self.add_output(i) for i in range(self.count(1, 2))])
        compile = dict(optimizer=self.optimizer(), loss=list(losses), metrics=[list(m) for m in metrics])
        if len(losses) > 1:
            compile.update(self.some(0.4, loss_weights=[0.7, 1.6]))
        fit = dict(epochs=3, batch_size=self.count(2, 8))
        if self.r.random() < 0.35:
            fit["sample_weight"] = alone([self.r.uniform(0.2, 2, y.shape[:-1]).astype("float32") for y in ys])
        elif self.r.random() < 0.3:
            fit["validation_split"] = 0.25
        self.steps.append(model("drawn", self.inputs, list(outputs)))
        return dict(name="drawn from seed %d" % seed, steps=self.steps, compile=compile, x=self.data, y=list(ys), fit=fit)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    first, count = [int(v) for v in sys.argv[1:3]] if len(sys.argv) > 2 else (1, 60)
    path = sys.argv[3] if len(sys.argv) > 3 else os.path.join(here, "keras_random.lua")
    with open(path, "w") as out:
        out.write("-- Written by keras_random.py; do not edit.\nreturn { cases = {\n")
        for seed in range(first, first + count):
            try:
                write_cases(out, [(seed, Draw(seed).case(seed))], named=False)
            except ValueError as error:  # what Keras itself refuses, as masks for some lists of cells
                print("seed %d: %s" % (seed, str(error).split("\n")[0]))
        out.write("} }\n")
