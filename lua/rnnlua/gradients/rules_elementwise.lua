--- Rules of gradients: functions of elements.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f = core.tensor_functions
local rules = {}

--- A function of one tensor, from its derivative: slope(x, y).
local function unary(slope)
  return function(step, x) step.give(x, step.g * slope(x, step.y)) end
end

--- A function of two, from the gradients of either: left(g, a, b, y), right(g, a, b, y).
local function binary(left, right)
  return function(step, a, b)
    if step.wants(a) then step.give(a, left(step.g, a, b, step.y)) end
    if step.wants(b) then step.give(b, right(step.g, a, b, step.y)) end
  end
end

rules.add = binary(function(g) return g end, function(g) return g end)
rules.sub = binary(function(g) return g end, function(g) return -g end)
rules.mul = binary(function(g, _, b) return g * b end, function(g, a) return g * a end)
rules.div = binary(function(g, _, b) return g / b end, function(g, _, b, y) return -g * y / b end)
rules.mod = binary(function(g) return g end, function(g, a, b) return -g * f.floordiv(a, b) end)

--- x ^ n has the slope 0 at n = 0, whatever x; the slope by n is 0 where x is not positive.
local function power_by_base(g, a, b) return g * b * f.pow(a, f.where(f.eq(b, 0), 1, f.sub(b, 1))) end
local function power_by_exponent(g, a, _, y)
  local positive = f.gt(a, 0)
  return g * f.where(positive, y * f.log(f.where(positive, a, 1)), 0)
end
rules.pow = binary(power_by_base, power_by_exponent)

--- At a tie the first gets all.
rules.maximum = binary(function(g, a, b) return f.where(f.ge(a, b), g, 0) end,
  function(g, a, b) return f.where(f.ge(a, b), 0, g) end)
rules.minimum = binary(function(g, a, b) return f.where(f.le(a, b), g, 0) end,
  function(g, a, b) return f.where(f.le(a, b), 0, g) end)

function rules.where(step, condition, a, b)
  step.give(a, f.where(condition, step.g, 0))
  step.give(b, f.where(condition, 0, step.g))
end

--- Bounds get the gradients of what lies beyond them.
function rules.clip(step, x, ...)
  local given = shapes.named({ "x_min", "x_max", "out" }, ...)
  local low, high, inside = given.x_min, given.x_max, nil
  local below = low ~= nil and f.lt(x, low) or nil
  local above = high ~= nil and f.gt(x, high) or nil
  if below ~= nil and above ~= nil then inside = f.logical_not(f.logical_or(below, above))
  else inside = f.logical_not(below or above) end
  step.give(x, f.where(inside, step.g, 0))
  if below ~= nil then step.give(low, f.where(below, step.g, 0)) end
  if above ~= nil then step.give(high, f.where(above, step.g, 0)) end
end

rules.neg = function(step, x) step.give(x, -step.g) end
rules.abs = unary(function(x) return f.sign(x) end)
rules.sign = unary(function(x) return f.mul(x, 0) end)
rules.relu = function(step, x) step.give(x, f.where(f.gt(step.y, 0), step.g, 0)) end
rules.sqrt = unary(function(_, y) return 0.5 / y end)
rules.exp = unary(function(_, y) return y end)
rules.log = unary(function(x) return 1 / x end)
rules.sin = unary(function(x) return f.cos(x) end)
rules.cos = unary(function(x) return -f.sin(x) end)
rules.tanh = unary(function(_, y) return 1 - y * y end)
rules.sigmoid = unary(function(_, y) return y * (1 - y) end)

function rules.softmax(step, x, ...)
  local axis, y = shapes.named({ "axis", "out" }, ...).axis or -1, step.y
  step.give(x, y * (step.g - f.sum(step.g * y, axis, true)))
end

--- A new tensor of the same numbers.
function rules.copy(step, x) step.give(x, step.g) end
rules.contiguous, rules.astype, rules.tensor_copy = rules.copy, rules.copy, rules.copy

--- Constant wherever they have a slope; TensorFlow knows no gradient of them either.
local function none() end
rules.floor, rules.ceil, rules.round, rules.floordiv = none, none, none, none

return rules
