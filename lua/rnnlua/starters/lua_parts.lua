--- What rl.plugins.new writes in Lua.
local starters = {}

local HEAD = [[
--- The @KIND@ @TYPE@: %s
local rl = require "rnnlua"

]]

local FOOT = [[

return { version = "0.1", doc = "the @KIND@ @TYPE@" }
]]

local function starter(what, text) return HEAD:format(what) .. text .. FOOT end

starters.layer = starter("y = factor * scale * x, with a trained scale for each feature.", [[
rl.register.layer {
  name = "@TYPE@",
  doc = "y = factor * scale * x, with a trained scale for each feature",
  args = {
    { "factor", "number", default = 1, range = "(0, inf)", doc = "multiplies everything" },
    { "initializer", "initializer", default = "ones", doc = "fills the scales at first" },
  },
  supports_masking = true,
  build = function(self, input_shape)
    self.scale = self:add_weight { name = "scale", shape = { input_shape[#input_shape] }, initializer = self.initializer }
  end,
  call = function(self, x) return x * self.scale * self.factor end, -- its gradient comes from these operations
}
]])

starters.activation = starter("x where x > 0, slope * x elsewhere.", [[
rl.register.activation {
  name = "@TYPE@",
  doc = "x where x > 0, slope * x elsewhere",
  args = { { "slope", "number", default = 0.1, range = "[0, inf)", doc = "of the part below 0" } },
  call = function(x, self) return x:maximum(0) + x:minimum(0) * self.slope end,
}
]])

starters.initializer = starter("numbers uniform in [-limit, limit).", [[
rl.register.initializer {
  name = "@TYPE@",
  doc = "uniform in [-limit, limit)",
  args = { { "limit", "number", default = 0.05, range = "(0, inf)", doc = "of the interval, on either side" } },
  call = function(shape, dtype, self)
    return rl.random.uniform { shape = shape, minval = -self.limit, maxval = self.limit }:astype(dtype)
  end,
}
]])

starters.regularizer = starter("rate * the sum of squares.", [[
rl.register.regularizer {
  name = "@TYPE@",
  doc = "rate * the sum of squares",
  args = { { "rate", "number", default = 0.01, range = "[0, inf)", doc = "what the sum is multiplied by" } },
  call = function(w, self) return (w * w):sum() * self.rate end,
}
]])

starters.constraint = starter("no weight is larger than limit, or smaller than -limit.", [[
rl.register.constraint {
  name = "@TYPE@",
  doc = "clips weights to [-limit, limit]",
  args = { { "limit", "number", default = 1, range = "(0, inf)", doc = "what weights may be at most" } },
  call = function(w, self) return w:clip(-self.limit, self.limit) end,
}
]])

starters.loss = starter("the mean over the last axis of (y_pred - y_true)^2 * weight.", [[
rl.register.loss {
  name = "@TYPE@",
  doc = "weight * mean((y_pred - y_true)^2) over the last axis",
  args = { { "weight", "number", default = 1, range = "(0, inf)", doc = "multiplies the loss" } },
  call = function(y_true, y_pred, self) return ((y_pred - y_true) ^ 2):mean(-1) * self.weight end, -- one a row
}
]])

starters.metric = starter("the mean absolute error in units of one's own.", [[
rl.register.metric {
  name = "@TYPE@",
  doc = "mean(|y_pred - y_true|) / unit",
  args = { { "unit", "number", default = 1, range = "(0, inf)", doc = "what an error of 1 is" } },
  call = function(y_true, y_pred, self) return (y_true - y_pred):abs() / self.unit end, -- its mean is taken
}
]])

starters.optimizer = starter("gradient descent with momentum.", [[
rl.register.optimizer {
  name = "@TYPE@",
  doc = "m = momentum m - learning_rate g, w += m",
  args = { { "momentum", "number", default = 0.9, range = "[0, 1)", doc = "share of the last step in this one" } },
  learning_rate = 0.01,
  slots = { "m" }, -- kept for each variable from step to step; all 0 at first
  update = function(self, v)
    v.slots.m = v.slots.m * self.momentum - v.gradients * v.learning_rate
    return v.weights + v.slots.m
  end,
}
]])

starters.schedule = starter("a learning rate that falls as 1 / (1 + step / half).", [[
rl.register.schedule {
  name = "@TYPE@",
  doc = "first / (1 + step / half)",
  args = {
    { "first", "number", default = 0.01, range = "[0, inf)", doc = "the rate of step 0" },
    { "half", "number", default = 1000, range = "(0, inf)", doc = "the step that has half of it" },
  },
  call = function(step, self) return self.first / (1 + step / self.half) end, -- step counts from 0
}
]])

return starters
