"""Cells of Keras that are no part of it; their twins in Lua are in support/cells.lua."""
import keras
from keras import ops


class MinimalRNNCell(keras.layers.Layer):
    """The example of Keras' documentation of RNN."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), initializer="uniform",
                                                name="recurrent_kernel")

    def call(self, inputs, states):
        prev_output = states[0]
        h = ops.matmul(inputs, self.kernel)
        output = h + ops.matmul(prev_output, self.recurrent_kernel)
        return output, [output]


class MinimalGatedCell(keras.layers.Layer):
    """A minimal gated unit (Zhou et al. 2016)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        def weight(name, rows):
            return self.add_weight(shape=(rows, self.units), name=name)

        self.gate_kernel, self.gate_recurrent = weight("gate_kernel", input_shape[-1]), weight("gate_recurrent", self.units)
        self.kernel, self.recurrent = weight("kernel", input_shape[-1]), weight("recurrent", self.units)
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h = states[0]
        gate = ops.sigmoid(ops.matmul(inputs, self.gate_kernel) + ops.matmul(h, self.gate_recurrent))
        candidate = ops.tanh(ops.matmul(inputs, self.kernel) + ops.matmul(gate * h, self.recurrent) + self.bias)
        new = (1 - gate) * h + gate * candidate
        return new, [new]


class SlowFastCell(keras.layers.Layer):
    """Two states of different sizes, and an output that is neither of them."""

    def __init__(self, fast, slow, columns, **kwargs):
        super().__init__(**kwargs)
        self.columns = columns
        self.state_size = [fast, slow]
        self.output_size = columns

    def build(self, input_shape):
        fast, slow = self.state_size
        self.kernel = self.add_weight(shape=(input_shape[-1], fast), name="kernel")
        self.feedback = self.add_weight(shape=(slow, fast), name="feedback")
        self.memory = self.add_weight(shape=(fast, slow), name="memory")
        self.readout = self.add_weight(shape=(fast, self.columns), name="readout")

    def call(self, inputs, states):
        fast, slow = states
        new_fast = ops.tanh(ops.matmul(inputs, self.kernel) + ops.matmul(slow, self.feedback) - 0.5 * fast)
        new_slow = 0.8 * slow + 0.2 * ops.matmul(new_fast, self.memory)
        return ops.matmul(new_fast, self.readout), [new_fast, new_slow]


for each in (MinimalRNNCell, MinimalGatedCell, SlowFastCell):
    keras.saving.register_keras_serializable()(each)
    setattr(keras.layers, each.__name__, each)  # where lua_text.C looks
