--- What a model's fields are: computed when they are read, checked when they are assigned.
local core = require "rnnlua.core"

local fields = { read = {}, assign = {} }
local read, assign = fields.read, fields.assign

--- Each layer once, in order, even if it is called more often.
function fields.distinct_layers(model)
  local seen, list = {}, {}
  for _, layer in ipairs(model._layers) do
    if not seen[layer] then list[#list + 1] = layer end
    seen[layer] = true
  end
  return list
end

function read:name() return self._name end
function read:built() return self._network ~= nil end
function read:compiled() return self._compiled ~= nil end
function read:layers() return table.move(self._layers, 1, #self._layers, 1, {}) end
function read:history() return self._history end
function read:optimizer() return self._compiled and self._compiled.optimizer end
function read:loss() return self._compiled and self._compiled.given.loss end
function read:stop_training() return self._stop_training or false end

function read:metrics_names()
  return self._trainer_names and table.move(self._trainer_names, 1, #self._trainer_names, 1, {}) or {}
end

local function weights_of(model, which) return core.weights(fields.distinct_layers(model), which) end

function read:weights() return weights_of(self, "all") end
function read:variables() return weights_of(self, "all") end
function read:trainable_weights() return weights_of(self, "trainable") end
function read:trainable_variables() return weights_of(self, "trainable") end
function read:non_trainable_weights() return weights_of(self, "non_trainable") end
function read:non_trainable_variables() return weights_of(self, "non_trainable") end

local function shape_of(model, which, ids)
  if not model._network then
    core.raise(("model '%s' has no %s until it is built"):format(model._name, which))
  end
  local all, list = model._network:shapes(), {}
  for i, id in ipairs(ids) do list[i] = all[id] end
  return #list == 1 and list[1] or list
end

function read:input_shape()
  local ids = {}
  for i = 1, self._input_count or 1 do ids[i] = i end
  return shape_of(self, "input_shape", ids)
end

function read:output_shape() return shape_of(self, "output_shape", self._output_ids or { 1 }) end

function read:trainable()
  for _, layer in ipairs(self._layers) do
    if layer.trainable then return true end
  end
  return #self._layers == 0
end

function assign:stop_training(value) self._stop_training = value and true or false end

function assign:trainable(value)
  for _, layer in ipairs(self._layers) do layer.trainable = value end
end

return fields
