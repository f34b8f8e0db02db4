"""The same work in PyTorch and Keras: prints `name best median` in seconds, for what is installed.

Called by run.lua with the interpreter named by PYTHON. With --list, prints their names and versions alone.
"""
import importlib.metadata
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

if "--list" in sys.argv:
    versions = []
    for name in ("numpy", "torch", "keras", "tensorflow", "tensorflow-cpu"):
        try:
            versions.append("%s %s" % (name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            pass
    print(", ".join(versions))
    sys.exit()

try:
    import numpy as np
except ImportError:
    sys.exit("peers.py: NumPy is not installed; nothing can be timed")

X = ((np.arange(6)[:, None] + np.arange(4)[None, :]) / 10).astype("float32")[:, :, None]
Y = ((np.arange(6) + 4) / 10).astype("float32")[:, None]


def measure(name, f, count, rounds=15):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            f()
        times.append((time.perf_counter() - start) / count)
    times.sort()
    print(name, times[0], times[rounds // 2], flush=True)


def numpy_peers():
    for n in (10, 1000):
        a = np.ones((n, n), "float32")
        measure("add%d numpy" % n, lambda: a + a, 5000 if n == 10 else 10)
    b = np.ones((512, 512), "float32")
    measure("matmul numpy", lambda: b @ b, 10)


def torch_peers():
    import torch

    x, y = torch.tensor(X), torch.tensor(Y)
    rnn, head = torch.nn.RNN(1, 10, batch_first=True), torch.nn.Linear(10, 1)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.001)

    def epoch():
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(head(rnn(x)[0][:, -1]), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict():
        with torch.no_grad():
            return head(rnn(x)[0][:, -1])

    measure("epoch PyTorch", epoch, 100)
    measure("predict PyTorch", predict, 200)
    for name, batch in (("stream", 1), ("stream1000", 1000)):
        cell, step = torch.nn.LSTMCell(1, 16), torch.randn(batch, 1)
        state = torch.zeros(batch, 16), torch.zeros(batch, 16)

        def stream():
            nonlocal state
            state = cell(step, state)

        with torch.no_grad():
            measure(name + " PyTorch", stream, 2000 if batch == 1 else 100)
    for n in (10, 1000):
        a = torch.ones(n, n)
        measure("add%d PyTorch" % n, lambda: a + a, 5000 if n == 10 else 10)
    b = torch.ones(512, 512)
    measure("matmul PyTorch", lambda: b @ b, 10)


def keras_peers():
    import keras

    model = keras.Sequential([keras.layers.Input((4, 1)), keras.layers.SimpleRNN(10), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(X, Y, epochs=3, verbose=0)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        model.fit(X, Y, epochs=50, verbose=0)
        times.append((time.perf_counter() - start) / 50)
    times.sort()
    print("epoch Keras", times[0], times[1], flush=True)
    model.predict(X, verbose=0)
    measure("predict Keras", lambda: model.predict(X, verbose=0), 1, rounds=9)


for peers in (numpy_peers, torch_peers, keras_peers):
    try:
        peers()
    except ImportError:
        pass
