"""Asks Keras 3 for values and gradients of its components and writes keras_components.lua, what
test_components_*.lua compare with.

    KERAS_BACKEND=tensorflow python tests/golden/keras_components.py

Run by hand, with keras and tensorflow-cpu installed; the result is committed.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf

from lua_text import to_lua

rng = np.random.default_rng(7)


def f32(values):
    return np.asarray(values, "float32")


# ---- activations: y = f(x), and dx for the gradient dy, the same in every row ---------------------------------------------------

ACTIVATION_X = np.concatenate([
    f32([[-30, -7.5, -3.1, -2.9, -1.2], [-0.7, -0.3, -1e-3, -1e-6, 1e-6], [2e-3, 0.2, 0.45, 0.55, 0.9],
         [1.1, 2.5, 3.2, 5.9, 6.2], [9.5, 20.5, 45, -50, -100]]),
    f32(rng.normal(0, 2, (3, 5)))])

ACTIVATIONS = [
    ("linear", {}), ("relu", {}), ("relu", {"negative_slope": 0.1}),
    ("relu", {"negative_slope": 0.2, "max_value": 4.0, "threshold": 0.5}), ("relu", {"max_value": 3.0}),
    ("relu", {"threshold": -1.0}), ("relu", {"threshold": -1.0, "max_value": 2.0}), ("relu6", {}),
    ("leaky_relu", {}), ("leaky_relu", {"negative_slope": 0.3}), ("elu", {}), ("elu", {"alpha": 0.7}),
    ("selu", {}), ("celu", {}), ("celu", {"alpha": 2.0}), ("softplus", {}), ("softsign", {}), ("softmax", {}),
    ("log_softmax", {}), ("sigmoid", {}), ("hard_sigmoid", {}), ("log_sigmoid", {}),
    ("sparse_sigmoid", {}), ("tanh", {}), ("tanh_shrink", {}), ("hard_tanh", {}), ("exponential", {}), ("silu", {}),
    ("hard_silu", {}), ("gelu", {}), ("gelu", {"approximate": True}), ("mish", {}), ("squareplus", {}),
    ("squareplus", {"b": 2.0}), ("sparse_plus", {}), ("soft_shrink", {}), ("soft_shrink", {"threshold": 1.0}),
    ("hard_shrink", {}), ("threshold", {"threshold": 0.5, "default_value": -2.0})]


def activations():
    x, dy = tf.constant(ACTIVATION_X), f32([1.3, -0.7, 2.1, 0.4, -1.6])
    cases = []
    for name, args in ACTIVATIONS:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = getattr(keras.activations, name)(x, **args)
        dx = tape.gradient(y, x, output_gradients=tf.broadcast_to(dy, x.shape))
        cases.append({"name": name, "args": args, "y": y.numpy(), "dx": dx.numpy()})
    return {"x": x.numpy(), "dy": dy, "cases": cases}


# ---- losses: of every row, their mean, and the mean's gradient --------------------------------------------

def onehot(classes, n):
    return np.eye(n, dtype="float32")[classes]


def losses():
    real_t, real_p = f32(rng.normal(0, 2, (4, 3))), f32(rng.normal(0, 2, (4, 3)))
    positive_t, positive_p = np.abs(real_t), np.abs(real_p) + f32(0.01)
    binary_t = f32(rng.integers(0, 2, (4, 3)))
    probability = f32(rng.uniform(0.02, 0.98, (4, 3)))
    logits = f32(rng.normal(0, 3, (4, 3)))
    class_t = onehot([0, 2, 1, 2], 3)
    soft = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    unscaled = soft * f32([[1.0], [0.7], [1.3], [2.0]])
    sure = f32([[1, 0, 0], [0, 1, 0], [1e-9, 0.5, 0.5], [0.25, 0.25, 0.5]])
    index = f32([[0], [2], [1], [2]])
    cases = []

    def add(name, t, p, **args):
        loss = getattr(keras.losses, name)
        p = tf.constant(f32(p))
        with tf.GradientTape() as tape:
            tape.watch(p)
            mean = loss(**args)(t, p)
        weight = f32([0.5, 2, 1, 0.25])
        cases.append({"name": name, "args": args, "y_true": f32(t), "y_pred": p.numpy(),
                      "rows": loss(reduction="none", **args)(t, p).numpy(), "mean": mean.numpy(),
                      "weight": weight, "weighted": loss(**args)(t, p, sample_weight=weight).numpy(),
                      "gradient": tape.gradient(mean, p).numpy()})

    for name in ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "Huber", "LogCosh",
                 "CosineSimilarity"):
        add(name, real_t, real_p)
    add("Huber", real_t, real_p, delta=0.6)
    add("LogCosh", real_t * 50, real_p)
    add("MeanSquaredLogarithmicError", positive_t, positive_p)
    add("MeanSquaredLogarithmicError", real_t, real_p)
    add("Poisson", positive_t, positive_p)
    add("KLDivergence", soft[::-1].copy(), soft)
    add("KLDivergence", class_t, sure)
    for name in ("Hinge", "SquaredHinge"):
        add(name, binary_t, real_p)
        add(name, 2 * binary_t - 1, real_p)
    add("CategoricalHinge", class_t, real_p)
    for name in ("BinaryCrossentropy", "BinaryFocalCrossentropy"):
        add(name, binary_t, probability)
        add(name, binary_t, probability, label_smoothing=0.1)
        add(name, binary_t, logits, from_logits=True)
        add(name, binary_t, logits, from_logits=True, label_smoothing=0.2)
    add("BinaryCrossentropy", class_t, sure)
    add("BinaryFocalCrossentropy", binary_t, probability, apply_class_balancing=True, alpha=0.4, gamma=1.5)
    for name in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        add(name, class_t, unscaled)
        add(name, class_t, soft, label_smoothing=0.1)
        add(name, class_t, logits, from_logits=True)
        add(name, class_t, logits, from_logits=True, label_smoothing=0.2)
    add("CategoricalCrossentropy", class_t, sure)
    add("CategoricalFocalCrossentropy", class_t, soft, alpha=0.4, gamma=1.5)
    add("SparseCategoricalCrossentropy", index, unscaled)
    add("SparseCategoricalCrossentropy", index, sure)
    add("SparseCategoricalCrossentropy", index, logits, from_logits=True)
    add("SparseCategoricalCrossentropy", index, soft, ignore_class=2)
    add("SparseCategoricalCrossentropy", index, logits, from_logits=True, ignore_class=0)
    return cases


# ---- metrics: the result after each of two batches -----------------------------------------------------------

def metrics():
    cases = []
    binary = f32(rng.integers(0, 2, (2, 6, 2)))
    probability = f32(rng.uniform(0, 1, (2, 6, 2)))
    classes = rng.integers(0, 7, (2, 6))
    scores = f32(rng.uniform(0, 1, (2, 6, 7)))
    weight = f32(rng.uniform(0, 2, (2, 6)))
    logits = f32(rng.normal(0, 2, (2, 6, 2)))

    def add(name, t, p, **args):
        for w in (None, weight):
            keras.utils.clear_session()  # else names are numbered
            metric, results = getattr(keras.metrics, name)(**args), []
            for i in range(2):
                metric.update_state(t[i], p[i], sample_weight=None if w is None else w[i])
                results.append(metric.result().numpy())
            cases.append({"name": name, "key": metric.name, "args": args, "y_true": f32(t), "y_pred": f32(p),
                          **({} if w is None else {"weight": w}), "results": results})

    add("Accuracy", binary, f32(rng.integers(0, 2, (2, 6, 2))))
    add("BinaryAccuracy", binary, probability)
    add("BinaryAccuracy", binary, probability, threshold=0.3)
    add("CategoricalAccuracy", onehot(classes, 7), scores)
    add("SparseCategoricalAccuracy", classes[..., None], scores)
    add("TopKCategoricalAccuracy", onehot(classes, 7), scores)
    add("TopKCategoricalAccuracy", onehot(classes, 7), scores, k=2)
    add("SparseTopKCategoricalAccuracy", classes[..., None], scores, k=3)
    add("RootMeanSquaredError", binary, probability)
    add("CosineSimilarity", binary, probability)
    add("MeanSquaredError", binary, probability)
    add("MeanAbsoluteError", binary, probability)
    for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall"):
        add(name, binary, probability)
        add(name, binary, probability, thresholds=[0.2, 0.35, 0.9])
    for name in ("Precision", "Recall"):
        add(name, onehot(classes, 7), scores, top_k=2)
        add(name, onehot(classes, 7), scores, class_id=3)
        add(name, onehot(classes, 7), scores, class_id=1, top_k=3)
        add(name, onehot(classes, 7), scores, thresholds=[0.8], top_k=3)
    for curve in ("ROC", "PR"):
        for method in ("interpolation", "minoring", "majoring"):
            add("AUC", binary, probability, curve=curve, summation_method=method)
    add("AUC", binary, probability, num_thresholds=7)
    add("AUC", binary, probability, thresholds=[0.1, 0.4, 0.45])
    add("AUC", binary, logits, from_logits=True)
    add("AUC", binary, probability, label_weights=[0.3, 2.0])
    add("AUC", binary, probability, multi_label=True)
    add("AUC", binary, probability, multi_label=True, num_labels=2, label_weights=[0.3, 2.0], curve="PR")
    for average in (None, "micro", "macro", "weighted"):
        add("F1Score", onehot(classes, 7), scores, average=average)
        add("FBetaScore", onehot(classes, 7), scores, average=average, beta=2.0, threshold=0.6)
    add("R2Score", f32(rng.normal(0, 1, (2, 6, 2))), f32(rng.normal(0, 1, (2, 6, 2))))
    add("R2Score", f32(rng.normal(0, 1, (2, 6, 2))), f32(rng.normal(0, 1, (2, 6, 2))),
        class_aggregation="variance_weighted_average", num_regressors=3)
    add("PearsonCorrelation", f32(rng.normal(0, 1, (2, 6, 5))), f32(rng.normal(0, 1, (2, 6, 5))))
    return cases


# ---- optimizers: a kernel (3, 1) and a bias (1) whose gradient is 1, after each step ---------------------------

STEPS = 12

OPTIMIZERS = [
    ("SGD", {}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}), ("SGD", {"clipnorm": 0.8}),
    ("SGD", {"clipvalue": 0.5}), ("SGD", {"global_clipnorm": 1.2}), ("SGD", {"weight_decay": 0.5}),
    ("Adam", {}), ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Adam", {"amsgrad": True, "learning_rate": 0.1}), ("Adam", {"weight_decay": 0.1, "clipnorm": 1.0}),
    ("Adam", {"global_clipnorm": 0.5}), ("AdamW", {}), ("AdamW", {"weight_decay": 0.3, "amsgrad": True}),
    ("RMSprop", {}), ("RMSprop", {"momentum": 0.9, "rho": 0.8}), ("RMSprop", {"centered": True}),
    ("RMSprop", {"momentum": 0.5, "centered": True}), ("Adagrad", {}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.5}), ("Adadelta", {"learning_rate": 1.0}),
    ("Adamax", {}), ("Nadam", {}), ("Nadam", {"learning_rate": 0.1, "beta_1": 0.8}), ("Ftrl", {"learning_rate": 0.1}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.2, "l2_regularization_strength": 0.1,
              "l2_shrinkage_regularization_strength": 0.05, "beta": 0.3, "learning_rate_power": -0.7}),
    ("Lion", {}), ("Lion", {"beta_1": 0.8, "beta_2": 0.9, "learning_rate": 0.02})]


def optimizers():
    start = [f32([[0.5], [-1.0], [2.0]]), f32([0.25])]
    gradients = f32(rng.normal(0, 1, (STEPS, 3, 1)) * [[1], [0.01], [10]])
    cases = []
    for name, args in OPTIMIZERS:
        variables = [keras.Variable(w) for w in start]
        optimizer = getattr(keras.optimizers, name)(**args)
        optimizer.build(variables)
        after = []
        for g in gradients:
            optimizer.apply([tf.constant(g), tf.ones(1)], variables)
            after.append(np.concatenate([v.numpy().ravel() for v in variables]))
        cases.append({"name": name, "args": args, "after": after})
    return {"kernel": start[0], "bias": start[1], "gradients": gradients[..., 0], "cases": cases}


SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 2.0, "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 8, "end_learning_rate": 0.01, "power": 2.0,
                         "cycle": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 15, "alpha": 0.1, "warmup_target": 0.1,
                     "warmup_steps": 5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0, "m_mul": 0.5,
                             "alpha": 0.2}),
    ("PiecewiseConstantDecay", {"boundaries": [5.0, 9.0, 20.0], "values": [0.1, 0.05, 0.01, 0.001]})]


def schedules():
    steps = [0, 1, 3, 5, 6, 7, 9, 10, 11, 15, 20, 24, 30, 100]
    return {"steps": steps, "cases": [
        {"name": name, "args": args, "rates": f32([getattr(keras.optimizers.schedules, name)(**args)(s) for s in steps])}
        for name, args in SCHEDULES]}


# ---- regularizers and constraints ------------------------------------------------------------------------------

def regularizers():
    w = f32(rng.normal(0, 1, (3, 4)))
    cases = []
    for name, args in [("L1", {}), ("L1", {"l1": 0.3}), ("L2", {}), ("L2", {"l2": 0.2}), ("L1L2", {}),
                       ("L1L2", {"l1": 0.1, "l2": 0.2}), ("OrthogonalRegularizer", {}),
                       ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"})]:
        v = tf.constant(w)
        with tf.GradientTape() as tape:
            tape.watch(v)
            penalty = getattr(keras.regularizers, name)(**args)(v)
        gradient = tape.gradient(penalty, v)
        cases.append({"name": name, "args": args, "penalty": penalty.numpy(),
                      "gradient": np.zeros_like(w) if gradient is None else gradient.numpy()})
    return {"w": w, "cases": cases}


def constraints():
    w = f32(rng.normal(0, 1, (3, 4)))
    cases = []
    for name, args in [("MaxNorm", {}), ("MaxNorm", {"max_value": 0.5, "axis": 1}), ("UnitNorm", {}),
                       ("UnitNorm", {"axis": -1}), ("NonNeg", {}), ("MinMaxNorm", {}),
                       ("MinMaxNorm", {"min_value": 0.7, "max_value": 1.2, "rate": 0.6, "axis": 1})]:
        result = np.asarray(getattr(keras.constraints, name)(**args)(w))
        if args.get("axis", -1) >= 0:
            args = {**args, "axis": args["axis"] + 1}  # scripts count axes from 1
        cases.append({"name": name, "args": args, "result": result})
    return {"w": w, "cases": cases}


def main():
    sections = [activations, losses, metrics, optimizers, schedules, regularizers, constraints]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_components.lua")
    with open(path, "w") as file:
        file.write("-- written by keras_components.py with Keras %s; do not edit\nreturn {\n" % keras.__version__)
        for section in sections:
            made = section()
            file.write("  %s = " % section.__name__)
            if isinstance(made, list):
                file.write("{\n%s  },\n" % "".join("    %s,\n" % to_lua(case) for case in made))
            else:
                cases = made.pop("cases")
                file.write("{ %s,\n    cases = {\n%s    } },\n" % (
                    to_lua(made)[2:-2], "".join("      %s,\n" % to_lua(case) for case in cases)))
        file.write("}\n")


main()
