--- model:save_weights and model:load_weights: the weights in Keras' order as arr_0, arr_1, … of a .npz file, which is
--- what numpy.savez(path, *keras_model.get_weights()) writes.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local fields = require "rnnlua.model_fields"
local arrays = require "rnnlua.files.arrays"

local weights_file = {}

local function check_path(who, path)
  if type(path) ~= "string" then
    core.raise(("%s: a file's path expected, got %s"):format(who, options.describe(path)))
  elseif not path:find ".%.npz$" then
    core.raise(("%s: weights are files of NumPy's, whose names end in .npz, got '%s'"):format(who, path))
  end
end

local function check_built(who, model)
  if model.built then return end
  core.raise(("%s: model '%s' isn't built; give its first layer an input_shape, or call build or fit"):format(who,
    model.name))
end

--- The weights as {name, tensor} for arrays.write_npz.
function weights_file.list(model)
  local list = {}
  for i, weight in ipairs(model:get_weights()) do list[i] = { "arr_" .. i - 1, weight } end
  return list
end

function weights_file.save(model, path)
  check_path("save_weights", path)
  check_built("save_weights", model)
  return arrays.write_npz(path, weights_file.list(model))
end

--- The arrays arr_0, arr_1, … in order. Raises unless there are as many as the model has weights.
function weights_file.collect(who, model, named)
  local list = {}
  while named["arr_" .. #list] do list[#list + 1] = named["arr_" .. #list] end
  local wanted = #model.weights
  if #list ~= wanted then
    core.raise(("%s: it has %d arrays (arr_0, arr_1, …), %s has %d weights"):format(who, #list, model:_title(), wanted))
  end
  return list
end

function weights_file.load(model, path)
  check_path("load_weights", path)
  check_built("load_weights", model)
  local named, message = arrays.load(path)
  if not named then return nil, message end
  local who = "load_weights: " .. path
  if type(named) ~= "table" then core.raise(who .. ": it has one array without a name, not the weights of a model") end
  local list = weights_file.collect(who, model, named)
  for name in pairs(named) do
    local number = name:match "^arr_(%d+)$"
    if not number or tonumber(number) >= #list then
      core.raise(("%s: the array '%s' is none of the weights, which are arr_0 to arr_%d"):format(who, name, #list - 1))
    end
  end
  core.set_weights(who .. ": " .. model:_title(), fields.distinct_layers(model), list)
  return true
end

return weights_file
