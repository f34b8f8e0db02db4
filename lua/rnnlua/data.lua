--- Data as fit, evaluate and predict take it: tensors or nested tables, for several inputs or outputs lists of them
--- or tables by name, brought to float32 and checked for matching numbers of rows. What a layer thinks of the shapes is
--- the network's to say.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local named = require "rnnlua.named"

local data = {}

local to_tensor = core.tensor_creators.tensor

--- Whether a value is a tensor.
function data.is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "tensor" end

--- A tensor of float32; the same one if it is that already. Raises at the caller's line.
--- @param who string the function, `what` the argument, as messages name them
function data.tensor(who, what, value)
  if data.is_tensor(value) then
    if value.dtype == "float32" then return value end
    if core.is_recording() then return value:astype "float32" end -- which a tape knows of
  elseif type(value) ~= "table" or getmetatable(value) then
    core.raise(("%s: %s must be a tensor or a table of numbers, got %s"):format(who, what,
      options.describe(value)))
  end
  return core.read_float32(who, what, value)
end

--- A tensor with at least one row.
local function rows_of(who, what, value)
  local tensor = data.tensor(who, what, value)
  if tensor.ndim == 0 then core.raise(("%s: %s has no rows, its shape is ()"):format(who, what)) end
  if tensor.shape[1] == 0 then
    core.raise(("%s: %s is empty, its shape is %s"):format(who, what, shapes.text(tensor.shape)))
  end
  return tensor
end

--- One tensor an input or output: `value` itself if there is one, else the entries of a list or, by name, of a table.
--- @param which string "input" or "output"
local function list_of(model, who, what, value, which)
  local names = model:_names(which)
  if #names == 1 and not named.is(value) then return { rows_of(who, what, value) } end
  local given, list = named.list(("%s: %s"):format(who, what), which, value, names), {}
  for i, name in ipairs(names) do
    list[i] = rows_of(who, #names == 1 and what or ("%s '%s'"):format(what, name), given[i])
  end
  return list
end

--- Whether one tensor of weights, or a list of numbers, is given where there are several outputs.
local function is_one_weighting(value)
  return data.is_tensor(value) or options.is_plain_table(value) and type(value[1]) == "number"
end

--- Sample weights for each output, false where an output has none. One weight a row counts for all outputs.
local function weights_of(model, who, value)
  local names = model:_names "output"
  if #names == 1 then return list_of(model, who, "sample_weight", value, "output") end
  if is_one_weighting(value) then
    local tensor, list = rows_of(who, "sample_weight", value), {}
    if tensor.size ~= tensor.shape[1] then
      core.raise(("%s: one sample_weight for several outputs must have one number a row, got shape %s"):format(who,
        shapes.text(tensor.shape)))
    end
    for i = 1, #names do list[i] = tensor end
    return list
  end
  local given, list = named.list(who .. ": sample_weight", "output", value, names, true), {}
  for i, name in ipairs(names) do
    list[i] = given[i] and rows_of(who, ("sample_weight '%s'"):format(name), given[i]) or false
  end
  return list
end

local function check_rows(who, rows, what, list)
  for _, tensor in ipairs(list) do
    if tensor and tensor.shape[1] ~= rows then
      core.raise(("%s: x has %d rows, %s has %d"):format(who, rows, what, tensor.shape[1]))
    end
  end
end

--- Whether rows of this tensor have the first `count` extents of a sample's shape.
local function leads(tensor, sample_shape, count)
  local shape = tensor.shape
  for i = 1, count do
    if sample_shape[i] ~= -1 and sample_shape[i] ~= shape[i + 1] then return false end
  end
  return true
end

--- As in Keras, samples of shape {1} may be a plain list of numbers, and a last axis of one in excess is dropped.
--- Keras also adds the axis to samples of shape {4} for a network that takes {4, 1}; here sequences without
--- features are refused, since the mistake is more likely than the wish.
local function fit_rank(tensor, sample_shape)
  if not sample_shape then return tensor end
  local axes = #sample_shape
  local missing = axes + 1 - tensor.ndim
  if missing == 1 and axes == 1 and sample_shape[1] == 1 then
    return tensor:expand_dims(-1)
  end
  if missing == -1 and tensor.shape[tensor.ndim] == 1 and leads(tensor, sample_shape, axes) then
    return tensor:squeeze(-1)
  end
  return tensor
end

-- data that come in batches --------------------------------------------------------------------------------

--- Whether it is an rl.data.Dataset; where its module was never read there is none.
local function is_dataset(value)
  local dataset = package.loaded["rnnlua.dataset"]
  return dataset and type(value) == "table" and dataset.is(value)
end

--- Whether x makes batches itself: a function or a Dataset.
function data.makes_batches(x) return type(x) == "function" or is_dataset(x) end

--- A function that returns the next batch, from what makes batches; nil for arrays. And the number of batches of a
--- pass, where it is known.
--- @param steps integer|nil where a pass is to end
function data.batches(who, x, steps)
  if not is_dataset(x) then return type(x) == "function" and x or nil end
  local next_batch, count = require "rnnlua.dataset".batches(who, x)
  if count == math.huge and not steps then
    core.raise(who .. ": the dataset repeats without end; say how many steps an epoch has, or give repeat_ a number")
  end
  return next_batch, count ~= math.huge and count or nil
end

--- Options may stand in y's place where x makes batches.
function data.shift_options(x, y, given)
  if given == nil and options.is_plain_table(y) and data.makes_batches(x) then return nil, y end
  return y, given
end

-- arrays ------------------------------------------------------------------------------------------------------

--- Inputs alone.
--- @return table tensors, integer rows
function data.inputs(model, who, x)
  local list = list_of(model, who, "x", x, "input")
  check_rows(who, list[1].shape[1], "another input", list)
  local wanted = model._sample_shapes or {}
  for i, tensor in ipairs(list) do list[i] = fit_rank(tensor, wanted[i]) end
  return list, list[1].shape[1]
end

--- Shapes of samples, for a model still to be built.
function data.sample_shapes(list)
  local result = {}
  for i, tensor in ipairs(list) do result[i] = shapes.sample(tensor.shape) end
  return result
end

--- The lengths of sequences, for each input a tensor, or false.
--- @param value userdata|table one number a row; for several inputs a list, or a table by name
--- @return table|nil
function data.lengths(model, who, value, rows)
  if value == nil then return nil end
  local names, list = model:_names "input", {}
  local given = #names == 1 and not named.is(value) and { value }
    or named.list(who .. ": lengths", "input", value, names, true)
  for i, name in ipairs(names) do
    list[i] = given[i] and rows_of(who, #names == 1 and "lengths" or ("lengths '%s'"):format(name), given[i]) or false
    if list[i] and list[i].ndim > 1 then
      core.raise(("%s: lengths must have one number a row, got shape %s"):format(who, shapes.text(list[i].shape)))
    end
  end
  check_rows(who, rows, "lengths", list)
  return list
end

--- Inputs, targets and weights.
--- @return table {x = tensors, y = tensors, weights, lengths = tensors (false: none) or nil, rows = n}
function data.set(model, who, x, y, weights, lengths)
  local set = {}
  set.x, set.rows = data.inputs(model, who, x)
  if y == nil then core.raise(who .. ": y (targets) expected, got nil") end
  set.y = list_of(model, who, "y", y, "output")
  check_rows(who, set.rows, "y", set.y)
  if weights ~= nil then
    set.weights = weights_of(model, who, weights)
    check_rows(who, set.rows, "sample_weight", set.weights)
  end
  set.lengths = data.lengths(model, who, lengths, set.rows)
  return set
end

-- weights by class --------------------------------------------------------------------------------------

local function check_classes(who, class_weight)
  for class, weight in pairs(class_weight) do
    if not options.integer(class) or class < 0 then
      core.raise(("%s: argument 'class_weight': classes are integers from 0, got %s"):format(who,
        options.describe(class)))
    end
    if type(weight) ~= "number" then
      core.raise(("%s: argument 'class_weight': the weight of class %d must be a number, got %s"):format(
        who, class, options.describe(weight)))
    end
  end
end

--- One weight a row, by the class in y: a number from 0, or the largest of a one-hot row. Classes not named
--- count 1.
--- @param y userdata|table
--- @param class_weight table keys from 0
function data.class_weights(who, y, class_weight)
  check_classes(who, class_weight)
  y = rows_of(who, "y", y)
  if y.ndim > 2 then
    core.raise(("%s: argument 'class_weight' wants one class a row, y has shape %s"):format(who,
      shapes.text(y.shape)))
  end
  local one_hot = y.ndim == 2 and y.shape[2] > 1
  local classes = (one_hot and y:argmax(-1) - 1 or y:reshape { -1 }):totable()
  local weights = {}
  for i, class in ipairs(classes) do
    weights[i] = class_weight[options.integer((class + 0.5) // 1)] or 1.0
  end
  return to_tensor(weights, "float32")
end

--- The weights of rows that the arguments sample_weight and class_weight ask for; nil for none.
function data.weights(model, who, y, given)
  if given.class_weight == nil then return given.sample_weight end
  if select(2, model:_counts()) > 1 then
    core.raise(who .. ": argument 'class_weight' is for models with one output; give sample_weight for each output")
  end
  if named.is(y) then y = list_of(model, who, "y", y, "output")[1] end
  if given.sample_weight ~= nil then
    core.raise(who .. ": give sample_weight or class_weight, not both")
  end
  if y == nil then return nil end -- the lack of y is reported by who needs it
  return data.class_weights(who, y, given.class_weight)
end

-- cutting ---------------------------------------------------------------------------------------------------

local function cut(list, first, last)
  if not list then return nil end
  local views = {}
  for i, tensor in ipairs(list) do views[i] = tensor and tensor[{ { first, last } }] end
  return views
end

--- Rows first to last of a set, as views.
function data.slice(set, first, last)
  return { x = cut(set.x, first, last), y = cut(set.y, first, last),
    weights = cut(set.weights, first, last), lengths = cut(set.lengths, first, last), rows = last - first + 1 }
end

--- The first floor(n(1 - share)) rows for training, the rest for validation; before any shuffle, as Keras.
function data.split(who, set, share)
  local at = math.floor(set.rows * (1 - share))
  if at == 0 or at == set.rows then
    core.raise(("%s: %d rows can't be split by validation_split = %s: one part would be empty"):format(who,
      set.rows, share))
  end
  return data.slice(set, 1, at), data.slice(set, at + 1, set.rows)
end

return data
