--- Model: what every way of building a model shares. A builder (sequential.lua; later the functional
--- rl.Model) says which layers are called on what; the network in C built from that holds the parameters,
--- and everything here works on the network.
---
--- Fields of a model that begin with _ are this folder's own. The builder gives:
---   _layers      the layers in order
---   _graph(self) {inputs = {sample shapes}, calls = {{layer=, inputs={ids}}, …}, outputs = {ids}}, or nil
---                while the input's shape isn't known
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"

local Model = {}      -- methods
local properties = {} -- fields computed when read
local settable = {}   -- fields that may be assigned

-- building -------------------------------------------------------------------------------------------

--- Forgets the network and what was made from it; layers keep their weights.
function Model:_unbuild()
  self._network, self._trainer, self._tester = nil, nil, nil
end

--- Builds the network if the graph is known. Raises where layers do not fit together.
function Model:_rebuild()
  self:_unbuild()
  local graph = self:_graph()
  if graph then
    self._network = core.network(graph)
    self._input_count, self._output_count = #graph.inputs, #graph.outputs
    self._output_ids = graph.outputs
  end
end

--- The network; builds it for data of these sample shapes if that hasn't been done.
function Model:_need_network(who, sample_shapes)
  if not self._network then
    self:_prepare(who, sample_shapes)
    self:_rebuild()
  end
  return self._network
end

--- "sequential (Sequential)", as messages name layers and models.
function Model:_title() return ("%s (%s)"):format(self._name, getmetatable(self).__name) end

--- Raises if a fit of this model hasn't ended: what `who` does would pull the network from under it.
function Model:_refuse_while_fitting(who)
  local thread = self._fitting and self._fitting[1]
  if not thread or coroutine.status(thread) == "dead" then return end
  local where = coroutine.status(thread) == "suspended"
    and " in a suspended coroutine (resume it to the end, or close it with coroutine.close)" or ""
  core.raise(("%s: model '%s' is being fitted%s"):format(who, self._name, where))
end

-- weights --------------------------------------------------------------------------------------------

--- Each layer once, in order, even if it is called more often.
local function distinct_layers(model)
  local seen, list = {}, {}
  for _, layer in ipairs(model._layers) do
    if not seen[layer] then list[#list + 1] = layer end
    seen[layer] = true
  end
  return list
end

local function need_built(model, who)
  if not model._network then
    core.raise(("%s: model '%s' isn't built; give its first layer an input_shape, or call build or fit"):format(
      who, model._name))
  end
end

--- All weights as float32 tensors, copies, in Keras' order. A model not built has none.
--- @return table
function Model:get_weights() return core.get_weights(distinct_layers(self)) end

--- Sets all weights from a list in the order of get_weights. Nothing is changed unless all fit.
--- @param list table tensors or nested tables
function Model:set_weights(list) core.set_weights(self:_title(), distinct_layers(self), list) end

--- How many numbers the weights have. Raises if the model isn't built.
--- @return integer
function Model:count_params()
  need_built(self, "count_params")
  local total = 0
  for _, layer in ipairs(distinct_layers(self)) do total = total + layer:count_params() end
  return total
end

--- A layer by its name or its position, counted from 1 (-1 is the last).
--- @param key string|integer
function Model:get_layer(key)
  if type(key) == "string" then
    local names = {}
    for i, layer in ipairs(self._layers) do
      if layer.name == key then return layer end
      names[i] = layer.name
    end
    core.raise(("get_layer: model '%s' has no layer '%s'%s; it has %s"):format(self._name, key,
      options.hint(key, names), table.concat(names, ", ")))
  end
  local position = math.tointeger(key)
  if not position then
    core.raise("get_layer: a layer's name or position expected, got " .. options.describe(key))
  end
  local layer = self._layers[position < 0 and #self._layers + 1 + position or position]
  if not layer then
    core.raise(("get_layer: position %d is out of range, model '%s' has %d layers"):format(position,
      self._name, #self._layers))
  end
  return layer
end

-- what others do -----------------------------------------------------------------------------------------

--- Prints the table of layers. @param given table|nil {line_length, print_fn, expand_nested, show_trainable}
function Model:summary(given) require "rnnlua.summary".print(self, given) end

--- Configures training: {optimizer="rmsprop", loss=, metrics=, loss_weights=, weighted_metrics=}
function Model:compile(given) require "rnnlua.compile".compile(self, given) end

--- Trains; see training.lua. @return table history
function Model:fit(x, y, given) return (require "rnnlua.training".fit(self, x, y, given)) end

--- The loss and each metric over the data, as separate values, or a table with return_dict=true.
function Model:evaluate(x, y, given) return require "rnnlua.evaluation".evaluate(self, x, y, given) end

--- The outputs for x, a float32 tensor (a list of them for several outputs).
function Model:predict(x, given) return (require "rnnlua.evaluation".predict(self, x, given)) end

--- One optimizer step on one batch; returns what evaluate returns, of this batch before the step.
function Model:train_on_batch(x, y, given)
  return require "rnnlua.evaluation".train_on_batch(self, x, y, given)
end

--- The loss and metrics of one batch.
function Model:test_on_batch(x, y, given)
  return require "rnnlua.evaluation".test_on_batch(self, x, y, given)
end

--- predict of x as one batch.
function Model:predict_on_batch(x) return (require "rnnlua.evaluation".predict_on_batch(self, x)) end

--- Forgets what the metrics have gathered.
function Model:reset_metrics()
  if self._trainer then self._trainer:reset() end
end

-- fields --------------------------------------------------------------------------------------------------

function properties:name() return self._name end
function properties:built() return self._network ~= nil end
function properties:compiled() return self._compiled ~= nil end
function properties:layers() return table.move(self._layers, 1, #self._layers, 1, {}) end
function properties:history() return self._history end
function properties:optimizer() return self._compiled and self._compiled.optimizer end
function properties:loss() return self._compiled and self._compiled.given.loss end
function properties:stop_training() return self._stop_training or false end

function properties:metrics_names()
  return self._trainer_names and table.move(self._trainer_names, 1, #self._trainer_names, 1, {}) or {}
end

local function weights_of(model, which) return core.weights(distinct_layers(model), which) end

function properties:weights() return weights_of(self, "all") end
function properties:variables() return weights_of(self, "all") end
function properties:trainable_weights() return weights_of(self, "trainable") end
function properties:trainable_variables() return weights_of(self, "trainable") end
function properties:non_trainable_weights() return weights_of(self, "non_trainable") end
function properties:non_trainable_variables() return weights_of(self, "non_trainable") end

local function shape_of(model, which, ids)
  if not model._network then
    core.raise(("model '%s' has no %s until it is built"):format(model._name, which))
  end
  local all, list = model._network:shapes(), {}
  for i, id in ipairs(ids) do list[i] = all[id] end
  return #list == 1 and list[1] or list
end

function properties:input_shape()
  local ids = {}
  for i = 1, self._input_count or 1 do ids[i] = i end
  return shape_of(self, "input_shape", ids)
end

function properties:output_shape() return shape_of(self, "output_shape", self._output_ids or { 1 }) end

function properties:trainable()
  for _, layer in ipairs(self._layers) do
    if layer.trainable then return true end
  end
  return #self._layers == 0
end

function settable:stop_training(value) self._stop_training = value and true or false end

function settable:trainable(value)
  for _, layer in ipairs(self._layers) do layer.trainable = value end
end

-- classes -----------------------------------------------------------------------------------------------------

local function sorted_names(class, also)
  local names = {}
  for _, source in ipairs { class, Model, properties, also or {} } do
    for name in pairs(source) do
      if name:sub(1, 1) ~= "_" then names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

--- The metatable of a class of models: its own methods before those of Model.
--- @param name string "Sequential"
--- @param class table methods
function Model.class(name, class)
  local meta = { __name = name }
  function meta.__index(self, key)
    local method = class[key] or Model[key]
    if method then return method end
    local property = properties[key]
    if property then return property(self) end
    if type(key) == "string" and key:sub(1, 1) == "_" then return nil end
    core.raise(("%s has no field '%s'%s"):format(name, key, options.hint(key, sorted_names(class))))
  end
  function meta.__newindex(self, key, value)
    if settable[key] then return settable[key](self, value) end
    if type(key) == "string" and key:sub(1, 1) == "_" then return rawset(self, key, value) end
    local known = properties[key] or class[key] or Model[key]
    core.raise(known and ("%s: '%s' cannot be assigned"):format(name, key)
      or ("%s has no field '%s'%s"):format(name, tostring(key), options.hint(key, sorted_names(class))))
  end
  function meta.__call(self, x, given) return require "rnnlua.evaluation".call(self, x, given) end
  function meta.__tostring(self) return ("<%s '%s', %d layers>"):format(name, self._name, #self._layers) end
  function meta.__fields() return sorted_names(class) end
  return meta
end

return Model
