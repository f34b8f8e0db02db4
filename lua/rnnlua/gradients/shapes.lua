--- Shapes and arguments in rules of gradients.
local core = require "rnnlua.core"

local f, zeros = core.tensor_functions, core.tensor_creators.zeros

local shapes = {}

shapes.same = require "rnnlua.shapes".equal

local function is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "tensor" end
shapes.is_tensor = is_tensor

--- A tensor's gradient as it is kept: in its dtype, summed over the axes along which the tensor was broadcast, repeated
--- along those over which it was reduced with keepdims.
function shapes.sum_to(gradient, tensor)
  if core.is_like(gradient, tensor) then return gradient end
  local from, to = gradient.shape, tensor.shape
  if gradient.dtype ~= tensor.dtype then gradient = f.astype(gradient, tensor.dtype) end
  if shapes.same(from, to) then return gradient end
  local axes, front = {}, #from - #to
  for i = 1, #from do
    if i <= front or (to[i - front] == 1 and from[i] ~= 1) then axes[#axes + 1] = i end
  end
  if #axes > 0 then
    gradient = f.sum(gradient, axes, true)
    if front > 0 then gradient = f.reshape(gradient, { table.unpack(gradient.shape, front + 1) }) end
  end
  return shapes.same(gradient.shape, to) and gradient or gradient + zeros(to, tensor.dtype)
end

--- An axis counted from 1.
function shapes.axis(axis, ndim) return axis < 0 and axis + ndim + 1 or axis end

--- The arguments after a function's tensors as it reads them: by position, by name in a table that comes last, or both.
--- @param names table in order
--- @return table by name
function shapes.named(names, ...)
  local count = select("#", ...)
  local given, values = { ... }, {}
  local last = given[count]
  if type(last) == "table" then
    local has_names = next(last) == nil
    for key in next, last do has_names = has_names or type(key) == "string" end
    if has_names then
      count = count - 1
      for key, value in next, last do values[type(key) == "string" and key or names[count + key]] = value end
    end
  end
  for i = 1, count do values[names[i]] = given[i] end
  return values
end

--- The integers that a function takes one by one, in a table or by name.
--- @return table|nil
function shapes.list(name, first, ...)
  if type(first) ~= "table" then return first ~= nil and { first, ... } or nil end
  local value = first[name]
  if value == nil then return first end
  return type(value) == "table" and value or { value }
end

--- Axes given as nil (all), one or a table of them, counted from 1; in order.
function shapes.axes(given, ndim)
  local list = {}
  if given == nil then
    for i = 1, ndim do list[i] = i end
  else
    for i, axis in ipairs(type(given) == "table" and given or { given }) do list[i] = shapes.axis(axis, ndim) end
  end
  return list
end

--- A gradient of a reduction's result with the axes that are gone, of extent 1.
function shapes.with_axes(g, tensor, axes)
  local shape = tensor.shape
  for _, axis in ipairs(axes) do shape[axis] = 1 end
  return f.reshape(g, shape)
end

return shapes
