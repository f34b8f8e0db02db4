--- rl.metrics.Mean and Sum: metrics of values alone, for loops of one's own (keras/src/metrics/reduction_metrics.py).
---
---     local loss_metric = rl.metrics.Mean{ name = "loss" }
---     loss_metric:update_state(loss)                         -- a number, a tensor or a table of numbers
---     print(loss_metric:result())
---     loss_metric:reset_state()
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local shapes = require "rnnlua.shapes"
local documented = require "rnnlua.documented"

local metrics = {}

--- A tensor of float64, in which sums are made; its axes, none for a number.
local function values_of(who, what, value)
  if type(value) ~= "number" then return data.tensor(who, what, value):astype "float64" end
  return core.tensor_creators.tensor(value, "float64")
end

--- Reduces all axes from `first` on, the last one first; axes count from 1.
local function reduce(how, x, first)
  for axis = x.ndim, first, -1 do
    x = x[how](x, axis)
    if type(x) == "number" then x = core.tensor_creators.tensor(x, "float64") end
  end
  return x
end

--- (n, 1) beside (n) loses its axis, as in Keras.
local function same_rank(a, b)
  if a.ndim == b.ndim + 1 and a.shape[a.ndim] == 1 and b.ndim > 0 then return a:squeeze(-1), b end
  if b.ndim == a.ndim + 1 and b.shape[b.ndim] == 1 and a.ndim > 0 then return a, b:squeeze(-1) end
  return a, b
end

--- Values with their weights in them, at most one axis left; and the weights, likewise.
--- @param how string "sum" or "mean"
local function samplewise(who, how, values, weights)
  values = values_of(who, "values", values)
  if weights ~= nil then
    weights = values_of(who, "sample_weight", weights)
    values, weights = same_rank(values, weights)
    if weights.ndim > values.ndim then
      core.raise(("%s: sample_weight has shape %s, values have %s"):format(who, shapes.text(weights.shape),
        shapes.text(values.shape)))
    end
    values = reduce(how, values, weights.ndim + 1)
    weights = weights + values * 0 -- brought to their shape
    values = values * weights
    weights = reduce(how, weights, 2)
  end
  return reduce(how, values, 2), weights
end

local function total(x) return x.ndim > 0 and x:sum() or x:item() end

local function class(name, how, methods)
  local meta = { __name = name, __tostring = function(self) return ("<%s %s>"):format(name, self.name) end }
  meta.__index = methods
  function methods.reset_state(self) self.total, self.count = 0.0, 0.0 end
  --- metric(values): adds them and gives the result
  function meta.__call(self, ...)
    self:update_state(...)
    return self:result()
  end
  function methods.update_state(self, values, sample_weight)
    if values == nil then core.raise(name .. ": values expected, got nil") end
    local reduced, weights = samplewise(name, how, values, sample_weight)
    self.total = self.total + total(reduced)
    self.count = self.count + (weights and total(weights) or reduced.ndim > 0 and reduced.shape[1] or 1)
  end
  local spec = {
    { "name", "string", how, doc = "what it is called" },
    { "dtype", "string", "float32", choices = { { "float32" } }, doc = "what it computes in" },
  }
  local function construct(...)
    local self = setmetatable(options.arguments(name, spec, ...), meta)
    self:reset_state()
    return self
  end
  metrics[name] = construct
  documented[construct] = { name = name, spec = spec, file = "lua/rnnlua/value_metrics.lua" }
end

--- The mean of the values seen, weighted by sample_weight; 0 where none were.
---
---     local mean = rl.metrics.Mean{ name = "loss" }
---     mean:update_state(2)
---     mean:update_state{ 3, 4 }
---     mean:result() --> 3.0
--- @return mean
class("Mean", "mean", { result = function(self) return self.count == 0 and 0.0 or self.total / self.count end })

--- The sum of the values seen, each times its sample_weight.
--- @return mean
class("Sum", "sum", { result = function(self) return self.total end })

return metrics
