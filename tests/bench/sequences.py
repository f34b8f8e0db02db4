"""Train steps of recurrent layers in PyTorch and Keras: prints `name best median` in seconds, for what is installed.

Called by run.lua with one argument a work, "LSTM batch timesteps features units outputs".
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np


def measure(name, f, rounds=11):
    f(), f()
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            f()
        seconds = time.perf_counter() - start
        if seconds > 0.02:
            break
        count *= 4
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            f()
        times.append((time.perf_counter() - start) / count)
    times.sort()
    print(name, times[0], times[rounds // 2], flush=True)


def data(kind, batch, steps, features, outputs):
    shape = (batch, features) if kind == "Dense" else (batch, steps, features)
    rng = np.random.default_rng(0)
    return rng.normal(size=shape).astype("float32"), rng.normal(size=(batch, outputs)).astype("float32")


def torch_step(kind, batch, steps, features, units, outputs):
    import torch
    nn = torch.nn

    x, y = map(torch.tensor, data(kind, batch, steps, features, outputs))
    if kind == "Dense":
        model = nn.Sequential(nn.Linear(features, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(),
                              nn.Linear(units, outputs))
        parameters, predict = model.parameters(), lambda: model(x)
    else:
        layer = {"SimpleRNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}[kind](features, units, batch_first=True)
        head = nn.Linear(units, outputs)
        parameters, predict = [*layer.parameters(), *head.parameters()], lambda: head(layer(x)[0][:, -1])
    optimizer = torch.optim.Adam(parameters, lr=0.001)

    def step():
        optimizer.zero_grad()
        nn.functional.mse_loss(predict(), y).backward()
        optimizer.step()

    return step


def keras_step(kind, batch, steps, features, units, outputs):
    import keras
    layers = keras.layers

    x, y = data(kind, batch, steps, features, outputs)
    if kind == "Dense":
        stack = [layers.Input((features,)), layers.Dense(units, "relu"), layers.Dense(units, "relu")]
    else:
        stack = [layers.Input((steps, features)), getattr(layers, kind)(units)]
    model = keras.Sequential([*stack, layers.Dense(outputs)])
    model.compile(optimizer="adam", loss="mse")
    return lambda: model.train_on_batch(x, y)


for work in sys.argv[1:]:
    kind, *sizes = work.split()
    for name, make in (("PyTorch", torch_step), ("Keras", keras_step)):
        try:
            measure("%s %s" % (name, work), make(kind, *map(int, sizes)))
        except ImportError:
            pass
