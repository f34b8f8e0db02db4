--- Cells written in Lua, the twins of those of golden/keras_cell_classes.py.
local rl = require "rnnlua"

if pcall(function() return rl.layers.MinimalRNNCell end) then return end -- another test file has registered them

--- The example of Keras' documentation of RNN.
rl.register.layer { name = "MinimalRNNCell", args = { { "units", "integer", range = "[1, inf)" } },
  state_size = function(self) return self.units end,
  build = function(self, input_shape)
    self.kernel = self:add_weight { name = "kernel", shape = { input_shape[2], self.units }, initializer = "uniform" }
    self.recurrent_kernel = self:add_weight { name = "recurrent_kernel", shape = { self.units, self.units },
                                              initializer = "uniform" }
  end,
  call = function(self, inputs, states)
    local prev_output = states[1]
    local h = inputs:matmul(self.kernel)
    local output = h + prev_output:matmul(self.recurrent_kernel)
    return output, { output }
  end }

--- A minimal gated unit (Zhou et al. 2016).
rl.register.layer { name = "MinimalGatedCell", args = { { "units", "integer", range = "[1, inf)" } },
  state_size = function(self) return self.units end,
  build = function(self, input_shape)
    local function weight(name, rows) return self:add_weight { name = name, shape = { rows, self.units } } end
    self.gate_kernel, self.gate_recurrent = weight("gate_kernel", input_shape[2]), weight("gate_recurrent", self.units)
    self.candidate, self.recurrent = weight("kernel", input_shape[2]), weight("recurrent", self.units)
    self.bias = self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
  end,
  call = function(self, inputs, states)
    local h = states[1]
    local gate = rl.activations.sigmoid(inputs:matmul(self.gate_kernel) + h:matmul(self.gate_recurrent))
    local candidate = (inputs:matmul(self.candidate) + (gate * h):matmul(self.recurrent) + self.bias):tanh()
    local new = (1 - gate) * h + gate * candidate
    return new, { new }
  end }

--- Two states of different sizes, and an output that is neither of them.
rl.register.layer { name = "SlowFastCell",
  args = { { "fast", "integer" }, { "slow", "integer" }, { "columns", "integer" } }, positional = 3,
  state_size = function(self) return { self.fast, self.slow } end,
  build = function(self, input_shape)
    local function weight(name, rows, columns) return self:add_weight { name = name, shape = { rows, columns } } end
    self.kernel = weight("kernel", input_shape[2], self.fast)
    self.feedback = weight("feedback", self.slow, self.fast)
    self.memory = weight("memory", self.fast, self.slow)
    self.readout = weight("readout", self.fast, self.columns)
  end,
  call = function(self, inputs, states)
    local fast, slow = states[1], states[2]
    local new_fast = (inputs:matmul(self.kernel) + slow:matmul(self.feedback) - 0.5 * fast):tanh()
    local new_slow = 0.8 * slow + 0.2 * new_fast:matmul(self.memory)
    return new_fast:matmul(self.readout), { new_fast, new_slow }
  end }
