--- Rules of gradients: several tensors into one, one into several.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f, zeros = core.tensor_functions, core.tensor_creators.zeros
local to_tensor = core.tensor_creators.tensor
local rules = {}

--- The entries of f({a, b}, axis), f(a, b, axis), a:f(b, axis), a:f({b, c}, axis) in order, and the axis.
local function read(...)
  local list, axis = {}, nil
  local count = select("#", ...)
  for i = 1, count do
    local value = select(i, ...)
    local is_table = type(value) == "table"
    if shapes.is_tensor(value) then list[#list + 1] = value
    elseif is_table and (i == 1 or shapes.is_tensor(value[1])) then table.move(value, 1, #value, #list + 1, list)
    elseif is_table and next(value) ~= nil and #value == 0 then axis = value.axis
    elseif is_table then list[#list + 1] = value
    else axis = value end
  end
  return list, axis or 1
end

function rules.concatenate(step, ...)
  local list, given = read(...)
  local axis, first = shapes.axis(given, step.y.ndim), 1
  local index = {}
  for i = 1, axis - 1 do index[i] = {} end
  for _, entry in ipairs(list) do
    local t = shapes.is_tensor(entry) and entry or to_tensor(entry)
    local last = first + t.shape[axis] - 1
    if step.wants(entry) and last >= first then
      index[axis] = { first, last }
      step.give(entry, step.g[index])
    elseif step.wants(entry) then
      step.give(entry, zeros(entry.shape, entry.dtype))
    end
    first = last + 1
  end
end

function rules.stack(step, ...)
  local list, given = read(...)
  local axis = shapes.axis(given, step.y.ndim)
  for i, entry in ipairs(list) do
    if step.wants(entry) then
      step.give(entry, f.reshape(f.take(step.g, { i }, axis), entry.shape))
    end
  end
end

--- The pieces, side by side, are x.
function rules.split(step, x, ...)
  if not step.wants(x) then return end
  local axis = shapes.named({ "indices_or_sections", "axis" }, ...).axis or 1
  local pieces = {}
  for i, piece in ipairs(step.ys) do pieces[i] = step.gs[i] or zeros(piece.shape, piece.dtype) end
  if #pieces == 0 then return end
  local g = f.concatenate(pieces, axis)
  if shapes.same(g.shape, x.shape) then return step.give(x, g) end
  core.raise "gradient: split at positions that overlap has no gradient"
end

--- rl.tensor of a tensor, or of a table with tensors in it.
local function give_nested(step, data, g)
  if shapes.is_tensor(data) then return step.give(data, g) end
  if type(data) ~= "table" then return end
  for i, entry in ipairs(data) do
    if type(entry) ~= "number" then give_nested(step, entry, f.reshape(f.take(g, { i }, 1), { table.unpack(g.shape, 2) })) end
  end
end
function rules.tensor(step, data) give_nested(step, data, step.g) end

return rules
