--- What a model's fields are: computed when they are read, checked when they are assigned.
local core = require "rnnlua.core"

local fields = { read = {}, assign = {} }
local read, assign = fields.read, fields.assign

--- What holds weights: each layer once, in order, even if it is called more often; those of models inside too.
function fields.distinct_layers(model)
  local seen, list = {}, {}
  local function add(layers)
    for _, layer in ipairs(layers) do
      local fresh = not seen[layer]
      seen[layer] = true
      if core.is_layer(layer) then
        if fresh then list[#list + 1] = layer end
      elseif fresh and layer._layers then
        add(layer._layers)
      end
    end
  end
  add(model._layers)
  return list
end

function read:name() return self._name end
function read:class_name() return getmetatable(self).__name end
function read:built() return self._network ~= nil end
function read:compiled() return self._compiled ~= nil end
function read:layers() return table.move(self._layers, 1, #self._layers, 1, {}) end
function read:history() return self._history end
function read:optimizer() return self._compiled and self._compiled.optimizer end
function read:loss() return self._compiled and self._compiled.given.loss end
function read:stop_training() return self._stop_training or false end

function read:metrics_names()
  local names = self._trainer_names and self._trainer_names.returned
  return names and table.move(names, 1, #names, 1, {}) or {}
end

local function weights_of(model, which) return core.weights(fields.distinct_layers(model), which) end

function read:weights() return weights_of(self, "all") end
function read:variables() return weights_of(self, "all") end
function read:trainable_weights() return weights_of(self, "trainable") end
function read:trainable_variables() return weights_of(self, "trainable") end
function read:non_trainable_weights() return weights_of(self, "non_trainable") end
function read:non_trainable_variables() return weights_of(self, "non_trainable") end

--- Penalties for loops of one's own: of regularizers on trained weights and, in a tape, on what layers gave at the last
--- call of the model. Numbers, or tensors where a tape records.
function read:losses()
  local list = {}
  for _, weight in ipairs(weights_of(self, "trainable")) do
    local info = core.variable_info(weight)
    if info and info.regularizer then list[#list + 1] = info.regularizer(weight) end
  end
  return table.move(self._activity_losses or {}, 1, #(self._activity_losses or {}), #list + 1, list)
end

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
  for i = 1, (self:_counts()) do ids[i] = i end
  return shape_of(self, "input_shape", ids)
end

function read:output_shape() return shape_of(self, "output_shape", self._output_ids or { 1 }) end

local function tensors_of(model, which) return table.move(model:_symbolic()[which], 1, 8, 1, {}) end

local function alone_or_all(list) return #list == 1 and list[1] or list end

--- Symbolic tensors: rl.Model{inputs = m.inputs, outputs = m:get_layer("x").output} is a part of m.
function read:inputs() return tensors_of(self, "inputs") end
function read:outputs() return tensors_of(self, "outputs") end
function read:input() return alone_or_all(self.inputs) end
function read:output() return alone_or_all(self.outputs) end

function read:input_names() return { table.unpack(self:_names "input") } end
function read:output_names() return { table.unpack(self:_names "output") } end

function read:trainable()
  local layers = fields.distinct_layers(self)
  for _, layer in ipairs(layers) do
    if layer.trainable then return true end
  end
  return #layers == 0
end

function assign:stop_training(value) self._stop_training = value and true or false end

function assign:trainable(value)
  for _, layer in ipairs(fields.distinct_layers(self)) do layer.trainable = value end
end

return fields
