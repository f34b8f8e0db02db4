--- Rules of gradients: reductions and what runs along an axis.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f = core.tensor_functions
local rules = {}

local NAMES = { "axis", "keepdims", "ddof" }

--- The axes reduced, the gradient and the result with those of extent 1 in their place, how many elements each is of,
--- and ddof.
local function read(step, x, ...)
  local given = shapes.named(NAMES, ...)
  local axes, count = shapes.axes(given.axis, x.ndim), 1
  for _, axis in ipairs(axes) do count = count * x.shape[axis] end
  return axes, shapes.with_axes(step.g, x, axes), shapes.with_axes(step.y, x, axes), count, given.ddof or 0
end

function rules.sum(step, x, ...)
  if not step.wants(x) then return end
  local _, g = read(step, x, ...)
  step.give(x, g)
end

function rules.mean(step, x, ...)
  if not step.wants(x) then return end
  local _, g, _, count = read(step, x, ...)
  step.give(x, g / count)
end

function rules.var(step, x, ...)
  if not step.wants(x) then return end
  local axes, g, _, count, ddof = read(step, x, ...)
  step.give(x, g * (x - f.mean(x, axes, true)) * (2 / (count - ddof)))
end

function rules.std(step, x, ...)
  if not step.wants(x) then return end
  local axes, g, y, count, ddof = read(step, x, ...)
  step.give(x, g * (x - f.mean(x, axes, true)) / (y * (count - ddof)))
end

--- Elements that are equally large share the gradient.
local function extreme(step, x, ...)
  if not step.wants(x) then return end
  local axes, g, y = read(step, x, ...)
  local chosen = f.astype(f.eq(x, y), x.dtype)
  step.give(x, g * chosen / f.sum(chosen, axes, true))
end
rules.max, rules.min = extreme, extreme

--- The product of all others: the product by the element, but where elements are 0.
function rules.prod(step, x, ...)
  if not step.wants(x) then return end
  local axes, g = read(step, x, ...)
  local zero = f.eq(x, 0)
  local others = f.where(zero, 1, x)
  local product, zeros = f.prod(others, axes, true), f.sum(zero, axes, true)
  local slope = f.where(f.eq(zeros, 0), product / others, f.where(f.logical_and(f.eq(zeros, 1), zero), product, 0))
  step.give(x, g * slope)
end

function rules.cumsum(step, x, ...)
  if not step.wants(x) then return end
  local axis = shapes.named({ "axis" }, ...).axis
  local g = f.flip(f.cumsum(f.flip(step.g, axis or 1), axis or 1), axis or 1)
  step.give(x, f.reshape(g, x.shape))
end

--- The tensor with that axis last, as rows.
local function rows_along(t, axis)
  local order = {}
  for i = 1, t.ndim do
    if i ~= axis then order[#order + 1] = i end
  end
  order[#order + 1] = axis
  local moved = f.transpose(t, order)
  return f.reshape(moved, { t.size // math.max(t.shape[axis], 1), t.shape[axis] }), order, moved.shape
end

--- The place that each element went to tells which gradient is its own.
function rules.sort(step, x, ...)
  if not step.wants(x) then return end
  local given = shapes.named({ "axis", "descending" }, ...)
  local axis = shapes.axis(given.axis or -1, x.ndim)
  if x.size == 0 then return step.give(x, step.g) end
  local rank = f.argsort(f.argsort(x, axis, given.descending or false), axis)
  local ranks = rows_along(rank, axis)
  local g, order, moved = rows_along(step.g, axis)
  local starts = core.tensor_creators.range(0, ranks.shape[1] - 1, 1, "int64") * ranks.shape[2]
  local back = {}
  for i, from in ipairs(order) do back[from] = i end
  g = f.take(f.flatten(g), f.flatten(ranks + f.reshape(starts, { -1, 1 })))
  step.give(x, f.transpose(f.reshape(g, moved), back))
end

return rules
