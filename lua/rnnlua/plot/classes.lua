--- Classes as scripts have them: numbers from 0, names, rows of probabilities or with a one in them.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local shapes = require "rnnlua.shapes"
local scale = require "rnnlua.plot.scale"

local classes = {}

local function is_names(value)
  return options.is_plain_table(value) and type(value[1]) == "string"
end

--- The numbers of names, from 0, by the order of `labels`.
local function numbers_of_names(who, what, names, labels)
  local numbers, list = {}, {}
  for i, label in ipairs(labels) do numbers[label] = i - 1 end
  for i, name in ipairs(names) do
    list[i] = numbers[name]
    if not list[i] then
      core.raise(("%s: %s has %s at %d, which is not among the labels%s"):format(who, what, options.describe(name), i,
        options.hint(name, labels)))
    end
  end
  return list
end

--- Whether these are the outputs of a sigmoid: between 0 and 1, and not all whole.
local function are_chances(list)
  local whole = true
  for _, value in ipairs(list) do
    if not (value >= 0 and value <= 1) then return false end
    whole = whole and value == math.floor(value)
  end
  return not whole
end

local function check_number(who, what, value, i)
  local class = options.integer(value)
  if not class or class < 0 then
    core.raise(("%s: %s: classes are integers from 0, got %s at %d"):format(who, what, scale.number(value), i))
  end
  return class
end

local function numbers_of_tensor(who, what, tensor)
  local shape = tensor.shape
  if #shape > 2 or #shape == 0 then
    core.raise(("%s: %s must have one class, or one row of probabilities, for each sample; its shape is %s"):format(
      who, what, shapes.text(shape)))
  end
  if #shape == 2 and shape[2] > 1 then
    if tensor:isnan():any() then core.raise(("%s: %s has nan in it"):format(who, what)) end
    tensor = tensor:argmax(-1) - 1
  end
  local list = tensor:reshape { -1 }:totable()
  local chances = are_chances(list)
  for i, value in ipairs(list) do
    list[i] = chances and (value >= 0.5 and 1 or 0) or check_number(who, what, value, i)
  end
  return list
end

--- @return integer[] classes, from 0
local function numbers_of(who, what, value, labels)
  if is_names(value) then return numbers_of_names(who, what, value, labels) end
  if data.is_tensor(value) and value.dtype == "bool" then value = value:astype "int64" end
  if data.is_tensor(value) and value.size == 0 or options.is_plain_table(value) and #value == 0 then
    core.raise(("%s: %s is empty"):format(who, what))
  end
  return numbers_of_tensor(who, what, data.is_tensor(value) and value or data.tensor(who, what, value))
end

--- The names in both lists, in alphabetical order.
local function all_names(...)
  local labels, seen = {}, {}
  for _, list in ipairs { ... } do
    for _, name in ipairs(is_names(list) and list or {}) do
      if not seen[name] then labels[#labels + 1] = name end
      seen[name] = true
    end
  end
  table.sort(labels)
  return labels
end

local function largest(list)
  local most = 0
  for _, class in ipairs(list) do most = math.max(most, class) end
  return most
end

--- What a model without names calls its classes.
local function numbered(count)
  local labels = {}
  for i = 1, count do labels[i] = tostring(i - 1) end
  return labels
end

--- Reads both sides of a comparison.
--- @param labels string[]|nil the names of the classes 0, 1, …
--- @return integer[] true classes, integer[] predicted, string[] labels
function classes.read(who, y_true, y_pred, labels)
  if is_names(y_true) ~= is_names(y_pred) and not labels then
    core.raise(who .. ": names on one side and numbers on the other need labels = {names of the classes 0, 1, …}")
  end
  local known = labels or (is_names(y_true) and all_names(y_true, y_pred))
  local actual = numbers_of(who, "y_true", y_true, known)
  local predicted = numbers_of(who, "y_pred", y_pred, known)
  if #actual ~= #predicted then
    core.raise(("%s: y_true has %d samples, y_pred has %d"):format(who, #actual, #predicted))
  end
  local most = math.max(largest(actual), largest(predicted))
  if not known and most >= 1000 then core.raise(("%s: %d classes are too many to draw"):format(who, most + 1)) end
  known = known or numbered(math.max(2, most + 1))
  if most >= #known then
    core.raise(("%s: there is a class %d, but argument 'labels' has %d names (of the classes 0 to %d)"):format(who,
      most, #known, #known - 1))
  end
  return actual, predicted, known
end

return classes
