--- Reads what scripts give to plot: numbers in lists, tensors and tables of them, with words for what is wrong.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local shapes = require "rnnlua.shapes"
local scale = require "rnnlua.plot.scale"
local text = require "rnnlua.plot.text"

local numbers = {}

local MOST_SERIES <const> = 16

--- A list of numbers; what is not finite becomes nan, which leaves a gap.
local function finite_list(who, what, list)
  local result, type_of, drawable = {}, math.type, scale.drawable
  for i = 1, #list do
    local value = list[i]
    if type(value) == "boolean" then value = value and 1.0 or 0.0 end
    if not type_of(value) then
      core.raise(("%s: %s must be numbers, got %s at %d"):format(who, what, options.describe(value), i))
    end
    result[i] = drawable(value)
  end
  return result
end

--- One list of numbers from a list or a tensor with one axis longer than 1.
function numbers.list(who, what, value)
  if data.is_tensor(value) then
    local longer = 0
    for _, extent in ipairs(value.shape) do longer = longer + (extent > 1 and 1 or 0) end
    if longer > 1 then
      core.raise(("%s: %s must have one axis, its shape is %s"):format(who, what, shapes.text(value.shape)))
    end
    value = value:reshape { -1 }:totable()
  elseif not options.is_plain_table(value) then
    core.raise(("%s: %s must be a list of numbers or a tensor, got %s"):format(who, what, options.describe(value)))
  end
  return finite_list(who, what, value)
end

--- The columns of a tensor {n, k} as k series; any other tensor is one.
local function of_tensor(who, what, value)
  local shape = value.shape
  if #shape ~= 2 or shape[1] == 1 or shape[2] == 1 then return { { y = numbers.list(who, what, value) } } end
  if shape[2] > MOST_SERIES then
    core.raise(('%s: %s has %d columns, at most %d are drawn as series; kind = "heatmap" shows them all'):format(who,
      what, shape[2], MOST_SERIES))
  end
  local columns = value:transpose():contiguous()
  local series = {}
  for k = 1, shape[2] do series[k] = { y = numbers.list(who, what, columns[k]), name = tostring(k) } end
  return series
end

local function sorted_names(value)
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

local function holds_lists(value)
  local first = value[1]
  return type(first) == "table" or data.is_tensor(first)
end

--- Series from a table of them: by name in the names' order, or in a list.
local function of_table(who, what, value)
  local series, names = {}, holds_lists(value) and value or sorted_names(value)
  for i, name in ipairs(names) do
    local listed = names == value
    local where = listed and ("%s[%d]"):format(what, i) or ("%s.%s"):format(what, name)
    series[i] = { y = numbers.list(who, where, listed and name or value[name]),
      name = listed and tostring(i) or text.clean(name) }
  end
  return series
end

--- Bars by name: { cat = 3, dog = 5 } is one series, whose bars have names.
local function of_named_numbers(who, what, value)
  local names, list = sorted_names(value), {}
  for i, name in ipairs(names) do list[i], names[i] = value[name], text.clean(name) end
  return { { y = numbers.list(who, what, list), words = names } }
end

--- The series in `value`: a list of numbers, a tensor of one or two axes (a series a column), a list of these, or a
--- table of them by name.
--- @return {name: string?, y: number[], words: string[]?}[]
function numbers.series(who, what, value)
  local series
  if data.is_tensor(value) then
    series = of_tensor(who, what, value)
  elseif not options.is_plain_table(value) then
    core.raise(("%s: argument '%s' must be a list of numbers, a tensor or a table of these by name, got %s"):format(
      who, what, options.describe(value)))
  elseif next(value) ~= nil and #value == 0 then
    local _, first = next(value)
    series = (type(first) == "number" and of_named_numbers or of_table)(who, what, value)
  else
    series = holds_lists(value) and of_table(who, what, value) or { { y = numbers.list(who, what, value) } }
  end
  local count = 0
  for _, one in ipairs(series) do count = count + #one.y end
  if count == 0 then core.raise(("%s: argument '%s' is empty: there is nothing to draw"):format(who, what)) end
  return series
end

--- A matrix of numbers from nested lists or a tensor with two axes (one axis is a single row).
--- @return number[][] rows
function numbers.matrix(who, what, value)
  local tensor = data.is_tensor(value) and value or data.tensor(who, what, value)
  if tensor.size == 0 then core.raise(("%s: argument '%s' is empty: there is nothing to draw"):format(who, what)) end
  if tensor.ndim == 1 then tensor = tensor:expand_dims(1) end
  if tensor.ndim ~= 2 then
    core.raise(("%s: %s must have two axes, its shape is %s"):format(who, what, shapes.text(tensor.shape)))
  end
  local rows = tensor:totable()
  for i, row in ipairs(rows) do rows[i] = finite_list(who, what, row) end
  return rows
end

--- A list of words from a list of strings or numbers; nil stays nil.
function numbers.words(who, what, value)
  if value == nil then return nil end
  if data.is_tensor(value) then
    value = value:reshape { -1 }:totable()
  elseif not options.is_plain_table(value) then
    core.raise(("%s: argument '%s' must be a list, got %s"):format(who, what, options.describe(value)))
  end
  local words = {}
  for i, word in ipairs(value) do
    if type(word) ~= "string" and type(word) ~= "number" then
      core.raise(("%s: argument '%s' must be strings or numbers, got %s at %d"):format(who, what,
        options.describe(word), i))
    end
    words[i] = type(word) == "number" and scale.number(word) or text.clean(word)
  end
  return words
end

return numbers
