--- layer:adapt(data) of a Normalization layer: its constants from data (keras/src/layers/preprocessing/normalization.py).
local core = require "rnnlua.core"
local data = require "rnnlua.data"
local shapes = require "rnnlua.shapes"
local options = require "rnnlua.options"

local adapting = {}

--- The axes that keep means of their own, from 1, in order.
local function kept_axes(layer, ndim)
  local kept, given = {}, layer.axis
  for _, axis in ipairs(type(given) == "table" and given or { given }) do
    kept[#kept + 1] = math.tointeger(axis < 0 and ndim + axis + 1 or axis)
  end
  table.sort(kept)
  return kept
end

--- x as rows over the kept axes, all of it as float64.
local function as_rows(x, kept)
  local order, length = {}, 1
  for axis = 1, x.ndim do
    local is_kept = false
    for _, k in ipairs(kept) do is_kept = is_kept or k == axis end
    if not is_kept then order[#order + 1] = axis end
  end
  for _, axis in ipairs(kept) do
    order[#order + 1] = axis
    length = length * x.shape[axis]
  end
  return x:astype "float64":transpose(order):reshape { -1, length }
end

--- Adds rows to what is known: {count, mean, square sum of differences}, as Chan, Golub and LeVeque 1983 join samples.
local function join(known, rows)
  local n, mean = rows.shape[1], rows:mean(1)
  local squares = ((rows - mean) ^ 2):sum(1)
  if not known then return { n, mean, squares } end
  local total, shift = known[1] + n, mean - known[2]
  return { total, known[2] + shift * (n / total), known[3] + squares + shift ^ 2 * (known[1] * n / total) }
end

--- The batches of data: one for an array, else those of a Dataset or a function; of pairs the inputs alone count.
local function batches(who, given)
  local next_batch = data.batches(who, given, nil)
  if next_batch then return next_batch end
  local once = data.tensor(who, "data", given)
  return function()
    local x = once
    once = nil
    return x
  end
end

local function check_batch(who, x)
  x = data.tensor(who, "data", x)
  if x.ndim == 0 or x.size == 0 then
    core.raise(("%s: data is empty, its shape is %s"):format(who, shapes.text(x.shape)))
  end
  local total = x:sum()
  if total ~= total or math.abs(total) == math.huge then
    if x:isnan():any() or x:isinf():any() then core.raise(who .. ": data holds nan or inf") end
  end
  return x
end

--- Makes the layer's mean and variance those of the data, along its axes, and builds it if it is not built yet. They are
--- kept with the weights: save_weights and load_weights take them along.
--- @param layer userdata a Normalization layer
--- @param given userdata|table|function a tensor or nested table with samples in front; or a Dataset or function of batches
function adapting.adapt(layer, given)
  local config = layer:get_config()
  local who = layer.name .. ".adapt"
  local class = tostring(layer):match "^<(%S+)"
  if class ~= "Normalization" then core.raise(("%s: a %s layer has nothing to adapt"):format(who, class)) end
  if config.mean then core.raise(who .. ": the layer was made with mean and variance, which stay") end
  if given == nil then core.raise(who .. ": data expected, got nil") end
  local known, kept
  for x in batches(who, given) do
    x = check_batch(who, x)
    if not kept then
      local shape = x.shape
      shape[1] = -1
      layer:build(shape)
      kept = kept_axes(layer, x.ndim)
    end
    local rows = as_rows(x, kept)
    if known and rows.shape[2] ~= known[2].shape[1] then
      core.raise(("%s: a batch of shape %s does not go with those before"):format(who, shapes.text(x.shape)))
    end
    known = join(known, rows)
  end
  if not known then core.raise(who .. ": data gave no batch") end
  local weights = layer:get_weights()
  local shape = weights[1].shape
  if weights[1].size ~= known[2].size then
    core.raise(("%s: the layer has means of shape %s, data of %d features came"):format(who, shapes.text(shape), known[2].size))
  end
  layer:set_weights { known[2]:reshape(shape), (known[3] / known[1]):reshape(shape), weights[3] }
end

return adapting
