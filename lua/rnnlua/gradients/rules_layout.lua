--- Rules of gradients: the same elements in another shape or order, or some of them.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f, zeros = core.tensor_functions, core.tensor_creators.zeros
local rules = {}

--- The same elements in the same order.
local function reshaped(step, x)
  if step.wants(x) then step.give(x, f.reshape(step.g, x.shape)) end
end
rules.reshape, rules.flatten, rules.squeeze, rules.expand_dims = reshaped, reshaped, reshaped, reshaped

local function transposed(name)
  return function(step, x, ...)
    local axes = shapes.list(name, ...)
    if not axes then return step.give(x, f.transpose(step.g)) end
    local back = {}
    for i, axis in ipairs(axes) do back[shapes.axis(axis, x.ndim)] = i end
    step.give(x, f.transpose(step.g, back))
  end
end
rules.transpose, rules.permute = transposed "axes", transposed "dims"

function rules.flip(step, x, ...)
  local axis = shapes.named({ "axis" }, ...).axis
  step.give(x, axis == nil and f.flip(step.g) or f.flip(step.g, axis))
end

--- t[i], t[{…}], t[mask], t[positions]
function rules.__index(step, x, index)
  if not step.wants(x) then return end
  if shapes.is_tensor(index) and index.dtype == "int64" then
    local shape = { x.shape[1], x.size // math.max(x.shape[1], 1) }
    local rows = f.reshape(step.g, { index.size, shape[2] })
    local sum = core.add_rows(rows, f.flatten(index), shape[1])
    return step.give(x, f.reshape(sum, x.shape))
  end
  local sum = zeros(x.shape, step.g.dtype)
  sum[index] = step.g
  step.give(x, sum)
end

--- Gradients of elements taken along an axis, added up where they were taken from: g has them on that axis, in the
--- order of positions.
local function put_back(x, g, axis, positions)
  local shape, front, behind = x.shape, 1, 1
  for i = 1, axis - 1 do front = front * shape[i] end
  for i = axis + 1, #shape do behind = behind * shape[i] end
  g = f.transpose(f.reshape(g, { front, positions.size, behind }), { 2, 1, 3 })
  local sum = core.add_rows(f.reshape(g, { positions.size, front * behind }), positions, shape[axis])
  sum = f.transpose(f.reshape(sum, { shape[axis], front, behind }), { 2, 1, 3 })
  return f.reshape(sum, shape)
end

--- x as a function sees it that takes all elements in a row where no axis is given.
local function along(step, x, axis)
  if axis == nil then return { shape = { x.size } }, 1, step.g end
  return x, shapes.axis(axis, x.ndim), step.g
end

local function int64(value) return f.flatten(core.tensor_creators.tensor(value, "int64")) end

function rules.take(step, x, ...)
  if not step.wants(x) then return end
  local given = shapes.named({ "indices", "axis" }, ...)
  local seen, axis, g = along(step, x, given.axis)
  step.give(x, f.reshape(put_back(seen, g, axis, int64(given.indices)), x.shape))
end

function rules.repeat_elements(step, x, ...)
  if not step.wants(x) then return end
  local given = shapes.named({ "repeats", "axis" }, ...)
  local seen, axis, g = along(step, x, given.axis)
  local positions = core.tensor_creators.range(1, seen.shape[axis], 1, "int64")
  positions = f.repeat_elements(positions, int64(given.repeats), 1)
  step.give(x, f.reshape(put_back(seen, g, axis, positions), x.shape))
end

--- Every axis becomes two, the copies and the elements.
function rules.tile(step, x, ...)
  if not step.wants(x) then return end
  local counts, from = shapes.list("repeats", ...), x.shape
  local split, copies = {}, {}
  local ndim = math.max(#counts, #from)
  for i = 1, ndim do
    local count, extent = counts[i - ndim + #counts] or 1, from[i - ndim + #from] or 1
    split[2 * i - 1], split[2 * i] = count, extent
    copies[i] = 2 * i - 1
  end
  if ndim <= 4 then return step.give(x, f.reshape(f.sum(f.reshape(step.g, split), copies, true), from)) end
  local g = step.g -- more axes than a tensor may have: one after the other
  for i = 1, ndim do
    local shape, front = g.shape, 1
    for k = 1, i - 1 do front = front * shape[k] end
    local behind = g.size // math.max(front * shape[i], 1)
    shape[i] = split[2 * i]
    g = f.reshape(f.sum(f.reshape(g, { front, split[2 * i - 1], split[2 * i], behind }), 2), shape)
  end
  step.give(x, f.reshape(g, from))
end

return rules
