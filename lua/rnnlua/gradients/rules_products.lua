--- Rules of gradients: products of matrices.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f, to_tensor = core.tensor_functions, core.tensor_creators.tensor
local rules = {}

--- With the last two axes exchanged.
local function turned(t)
  local order = {}
  for i = 1, t.ndim do order[i] = i end
  order[t.ndim - 1], order[t.ndim] = t.ndim, t.ndim - 1
  return f.transpose(t, order)
end

local function tensor(value) return shapes.is_tensor(value) and value or to_tensor(value) end

--- A product of matrices that always has axes: two more than their stacks.
local function product(a, b) return f.matmul(a, b) end

--- Of one axis: a row on the left, a column on the right. Leading axes that were broadcast are summed by the engine,
--- as both gradients have the result's; those of a vector are summed here, for its matrix is not a tensor of the
--- script's.
function rules.matmul(step, a, b)
  local left, right = tensor(a), tensor(b)
  local g, rows, columns = step.g, left.ndim == 1, right.ndim == 1
  if columns then g = f.expand_dims(g, -1) end
  if rows then g = f.expand_dims(g, -2) end
  local x = rows and f.expand_dims(left, 1) or left
  local y = columns and f.expand_dims(right, 2) or right
  if step.wants(a) then
    local gradient = product(g, turned(y))
    if rows then gradient = f.reshape(f.sum(f.reshape(gradient, { -1, left.shape[1] }), 1, true), left.shape) end
    step.give(a, gradient)
  end
  if step.wants(b) then
    local gradient = product(turned(x), g)
    if columns then gradient = f.reshape(f.sum(f.reshape(gradient, { -1, right.shape[1] }), 1, true), right.shape) end
    step.give(b, gradient)
  end
end

--- A tensor as a matrix whose second axis is the given one.
local function with_axis_last(t, axis)
  local order, shape = {}, t.shape
  for i = 1, t.ndim do
    if i ~= axis then order[#order + 1] = i end
  end
  order[#order + 1] = axis
  return f.reshape(f.transpose(t, order), { -1, shape[axis] }), order
end

--- Over a's last axis and b's last but one.
function rules.dot(step, a, b)
  local left, right = tensor(a), tensor(b)
  if left.ndim == 0 or right.ndim == 0 then -- a product of elements
    step.give(a, f.mul(step.g, right))
    return step.give(b, f.mul(step.g, left))
  end
  local summed = math.max(right.ndim - 1, 1)
  local columns, order = with_axis_last(right, summed) -- others x depth
  local rows = f.reshape(left, { -1, left.shape[left.ndim] })
  local g = f.reshape(step.g, { rows.shape[1], columns.shape[1] })
  if step.wants(a) then step.give(a, f.reshape(f.matmul(g, columns), left.shape)) end
  if step.wants(b) then
    local moved, back = {}, {}
    for i, axis in ipairs(order) do moved[i], back[axis] = right.shape[axis], i end
    step.give(b, f.transpose(f.reshape(f.matmul(f.transpose(g), rows), moved), back))
  end
end

return rules
