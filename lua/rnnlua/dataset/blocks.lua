--- Blocks: some rows of a dataset side by side, so that what goes through it row by row for a script goes in
--- stretches where nobody looks.
---
--- A block is {rows = n, count = k, [1] … [k]}; each of its k components holds n rows: a tensor with an axis of rows
--- in front, {list = {…}} of values that are no numbers, or {fields = {key = component}} where rows are tables.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"

local blocks = {}

local to_tensor = core.tensor_creators.tensor
local join = core.tensor_functions.concatenate

local function is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "tensor" end

--- Whether a table holds numbers (perhaps nested), not tensors: then it stands for one tensor.
local function holds_numbers(value)
  local first = value[1]
  if type(first) == "table" and getmetatable(first) == nil then return holds_numbers(first) end
  return type(first) == "number" or type(first) == "boolean"
end

blocks.holds_numbers = holds_numbers
blocks.is_tensor = is_tensor

-- one row ----------------------------------------------------------------------------------------------------

local function component_of(value)
  if is_tensor(value) then return value:expand_dims(1) end
  if type(value) == "number" or type(value) == "boolean" then return to_tensor { value } end
  if not options.is_plain_table(value) then return { list = { value } } end
  if holds_numbers(value) or next(value) == nil then return to_tensor { value } end
  local fields = {}
  for key, field in pairs(value) do fields[key] = component_of(field) end
  return { fields = fields }
end

--- A block of one row from the values of an element.
function blocks.pack(...)
  local count = select("#", ...)
  local block = { rows = 1, count = count }
  for i = 1, count do block[i] = component_of((select(i, ...))) end
  return block
end

local function value_at(component, i)
  if is_tensor(component) then return component[i] end
  if component.list then return component.list[i] end
  local value = {}
  for key, field in pairs(component.fields) do value[key] = value_at(field, i) end
  return value
end

--- The values of the i-th row.
function blocks.unpack(block, i)
  local values = {}
  for k = 1, block.count do values[k] = value_at(block[k], i) end
  return table.unpack(values, 1, block.count)
end

-- rows of blocks -----------------------------------------------------------------------------------------------

--- A block made by f(component) of each component.
local function each(block, rows, f)
  local function apply(component)
    if is_tensor(component) or component.list then return f(component) end
    local fields = {}
    for key, field in pairs(component.fields) do fields[key] = apply(field) end
    return { fields = fields }
  end
  local result = { rows = rows, count = block.count }
  for k = 1, block.count do result[k] = apply(block[k]) end
  return result
end

--- Rows first to last, as views.
function blocks.slice(block, first, last)
  if first == 1 and last == block.rows then return block end
  return each(block, last - first + 1, function(component)
    if is_tensor(component) then return component[{ { first, last } }] end
    return { list = table.move(component.list, first, last, 1, {}) }
  end)
end

--- The rows at positions, an int64 tensor.
function blocks.take(block, positions)
  return each(block, positions.size, function(component)
    if is_tensor(component) then return component:take(positions, 1) end
    local list = {}
    for i, position in ipairs(positions) do list[i] = component.list[position] end
    return { list = list }
  end)
end

--- A copy that keeps no larger block alive.
function blocks.copy(block)
  return each(block, block.rows, function(component)
    return is_tensor(component) and component:copy() or component
  end)
end

-- blocks that are written to ---------------------------------------------------------------------------------------

--- Does f(part, other's part) to the components of two blocks alike.
local function both(block, other, f)
  local function apply(a, b)
    if is_tensor(a) or a.list then return f(a, b) end
    for key, field in pairs(a.fields) do apply(field, b.fields[key]) end
  end
  for k = 1, block.count do apply(block[k], other[k]) end
end

--- A block of `rows` rows, the first of which are those of `block`.
function blocks.room(block, rows)
  local room = each(block, rows, function(component)
    if not is_tensor(component) then return { list = {} } end
    return core.tensor_creators.zeros({ rows, table.unpack(component.shape, 2) }, component.dtype)
  end)
  blocks.put(room, 1, block)
  return room
end

--- Writes the rows of `block` to `room`, from row `first` on.
function blocks.put(room, first, block)
  both(room, block, function(to, from)
    if is_tensor(to) then to[{ { first, first + block.rows - 1 } }] = from
    else table.move(from.list, 1, block.rows, first, to.list) end
  end)
end

--- Writes the rows of `block` to `room`, at positions, an int64 tensor.
function blocks.scatter(room, positions, block)
  both(room, block, function(to, from)
    if is_tensor(to) then
      to[positions] = from
      return
    end
    for k, position in ipairs(positions) do to.list[position] = from.list[k] end
  end)
end

-- joining -----------------------------------------------------------------------------------------------------

local function different(who, a, b)
  core.raise(("%s: elements differ in shape: %s and %s; padded_batch makes them alike"):format(
    who, shapes.text(a), shapes.text(b)))
end

local function check_alike(who, tensors)
  local shape = tensors[1].shape
  for i = 2, #tensors do
    local other = tensors[i].shape
    local alike = #shape == #other
    for axis = 2, #shape do alike = alike and shape[axis] == other[axis] end
    if not alike then different(who, shapes.sample(shape), shapes.sample(other)) end
  end
end

local function kind_of(component)
  return is_tensor(component) and "tensor" or component.list and "list" or "fields"
end

local function join_components(who, list)
  local kind = kind_of(list[1])
  for _, component in ipairs(list) do
    if kind_of(component) ~= kind then
      core.raise(who .. ": elements differ: some have numbers where others have none")
    end
  end
  if kind == "tensor" then
    check_alike(who, list)
    return join(list, 1)
  elseif kind == "list" then
    local joined = {}
    for _, component in ipairs(list) do table.move(component.list, 1, #component.list, #joined + 1, joined) end
    return { list = joined }
  end
  local fields = {}
  for key in pairs(list[1].fields) do
    local parts = {}
    for i, component in ipairs(list) do
      parts[i] = component.fields[key]
      if not parts[i] then core.raise(("%s: elements differ: one lacks '%s'"):format(who, tostring(key))) end
    end
    fields[key] = join_components(who, parts)
  end
  return { fields = fields }
end

--- One block of all rows of a list of blocks.
--- @param who string the method, for messages
function blocks.join(who, list)
  if #list == 1 then return list[1] end
  local result = { rows = 0, count = list[1].count }
  for _, block in ipairs(list) do
    if block.count ~= result.count then
      core.raise(("%s: elements differ: some have %d values, others %d"):format(who, result.count, block.count))
    end
    result.rows = result.rows + block.rows
  end
  for k = 1, result.count do
    local parts = {}
    for i, block in ipairs(list) do parts[i] = block[k] end
    result[k] = join_components(who, parts)
  end
  return result
end

--- A block of one row whose value are all rows of the block: what batch gives.
function blocks.wrap(block)
  return each(block, 1, function(component)
    if is_tensor(component) then return component:expand_dims(1) end
    return { list = { component.list } }
  end)
end

-- whole arrays ---------------------------------------------------------------------------------------------------

local function component_of_array(who, value)
  if is_tensor(value) or options.is_plain_table(value) and holds_numbers(value) then
    local tensor = is_tensor(value) and value or to_tensor(value)
    if tensor.ndim == 0 then core.raise(who .. ": an array has no rows, its shape is ()") end
    return tensor, tensor.shape[1]
  end
  if not options.is_plain_table(value) or next(value) == nil then
    core.raise(("%s: tensors or tables of numbers expected, got %s"):format(who, options.describe(value)))
  end
  if type(value[1]) == "string" then return { list = value }, #value end
  local fields, rows = {}, nil
  for key, field in pairs(value) do
    local n
    fields[key], n = component_of_array(who, field)
    rows = rows or n
    if n ~= rows then core.raise(("%s: arrays differ in rows: %d and %d"):format(who, rows, n)) end
  end
  return { fields = fields }, rows
end

--- One block from arrays, whose first axes are rows.
function blocks.of_arrays(who, arrays)
  local block = { count = #arrays }
  for k, value in ipairs(arrays) do
    local rows
    block[k], rows = component_of_array(who, value)
    block.rows = block.rows or rows
    if rows ~= block.rows then core.raise(("%s: arrays differ in rows: %d and %d"):format(who, block.rows, rows)) end
  end
  return block
end

--- Blocks as they come, cut to the rows that are asked for: a function of the number of rows wanted, which gives at most
--- as many, and nil at the end.
--- @param next_block fun(n: integer): table|nil
function blocks.pieces(next_block)
  local block, done = nil, 0
  return function(n)
    if not block or done == block.rows then
      block, done = next_block(n), 0
      if not block then return nil end
    end
    local first = done + 1
    done = math.min(done + n, block.rows)
    return blocks.slice(block, first, done)
  end
end

return blocks
