"""The notebook as it is, in Keras; run.lua times it as a whole process."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np

X = np.array([[[c / 10] for c in range(i, i + 4)] for i in range(6)])
Y = np.array([(i + 4) / 10 for i in range(6)])
for x, y in zip(X, Y):
    print(x, "-->", y)

model = keras.Sequential([keras.layers.Input((4, 1)), keras.layers.SimpleRNN(units=10), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.summary()
model.fit(X, Y, epochs=100, verbose=0)
print(model.predict(X))
print(model.predict(np.array([[[0.6], [0.7], [0.8], [0.9]]])))
print(model.predict(np.array([[[-0.1], [0.0], [0.1], [0.2]]])))
