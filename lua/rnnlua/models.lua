--- Model: what every way of building a model shares. A builder (sequential.lua, functional.lua) says which layers
--- are called on what; the network in C built from that holds the parameters, and everything here works on the
--- network.
---
--- Fields of a model that begin with _ are this folder's own. The builder gives:
---   _layers      the layers in order; models and InputLayers may be among them
---   _build_for(self, who, sample_shapes)  builds for data of these shapes, or raises and changes nothing
---   _graph(self) {inputs = {sample shapes}, calls = {{layer=, inputs={ids}}, …}, outputs = {ids}}, or nil
---                while the input's shape isn't known; core.network says what may be left out
---   _symbolic(self) {inputs, outputs, nodes, sources}: the same in symbolic tensors, see nesting.lua
---   _single      the network, where it has one input and one output and gives the latter by itself
---   _input_names, _output_names  where they are known; _output_keys where outputs were given by name
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local fields = require "rnnlua.model_fields"
local documented = require "rnnlua.documented"

local Model = {}

-- layers called through symbolic.lua have fields that this module need not load
core.set_hook("layer_field", function(layer, key) return require "rnnlua.symbolic".field(layer, key) end)

--- layer or model -> a Sequential that it is in, which makes the symbolic tensors when they are asked for
Model._owners = setmetatable({}, { __mode = "kv" })

local function is_symbolic(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__symbolic") or false
end
Model._is_symbolic = is_symbolic

--- Whether a value is a symbolic tensor or a plain table that holds one.
function Model._symbolic_holds(value)
  if is_symbolic(value) then return true end
  if not options.is_plain_table(value) then return false end
  for _, entry in pairs(value) do
    if is_symbolic(entry) then return true end
  end
  return false
end

-- building -------------------------------------------------------------------------------------------

--- How many inputs and outputs there are; one each while the model isn't built.
function Model:_counts()
  return self._sample_shapes and #self._sample_shapes or 1, self._output_ids and #self._output_ids or 1
end

--- "dense", "dense_1", … where one layer gives several outputs
local function repeated(name, count)
  local names = { name }
  for i = 2, count do names[i] = ("%s_%d"):format(name, i - 1) end
  return names
end

--- A Sequential takes names from its Input and its last layer.
local function own_names(model, which, count)
  local last = model._layers[#model._layers]
  return repeated(which == "input" and (model._input and model._input.name or "input_layer") or last and last.name
    or "output", count)
end

--- Names of the inputs ("input") or outputs ("output") by which data may be given.
function Model:_names(which)
  return (which == "input" and self._input_names or which == "output" and self._output_names)
    or own_names(self, which, 1)
end

--- Builds the network anew if the graph is known; what was made from the old one goes with it, layers keep their
--- weights. Where layers do not fit together it raises, and the model is as before.
function Model:_rebuild()
  local graph = self:_graph()
  local network = graph and core.network(graph) or nil
  local shapes, ids, inputs, outputs
  if network then
    shapes, ids = graph.inputs, network:outputs()
    inputs, outputs = self._input_names, self._output_names
    if not self._has_names then inputs, outputs = own_names(self, "input", 1), own_names(self, "output", #ids) end
  end
  self._sample_shapes, self._output_ids, self._input_names, self._output_names = shapes, ids, inputs, outputs
  self._network, self._trainer, self._tester = network, nil, nil
  self._single = network and #shapes == 1 and #ids == 1 and not self._output_keys and network or nil
end

--- The network; builds it for data of these sample shapes if that hasn't been done.
function Model:_need_network(who, sample_shapes)
  if not self._network then self:_build_for(who, sample_shapes) end
  return self._network
end

--- "sequential (Sequential)", as messages name layers and models.
function Model:_title() return ("%s (%s)"):format(self._name, getmetatable(self).__name) end

--- Raises if a method was called with a dot: model.fit(x, y).
function Model._need_self(model, who)
  local meta = getmetatable(model)
  if type(meta) ~= "table" or not meta.is_model then
    core.raise(("%s: call it with a colon, model:%s(…); the model itself is missing"):format(who, who))
  end
end

local need_self = Model._need_self

-- weights --------------------------------------------------------------------------------------------

local distinct_layers = fields.distinct_layers

local function need_built(model, who)
  if not model._network then
    core.raise(("%s: model '%s' isn't built; give its first layer an input_shape, or call build or fit"):format(
      who, model._name))
  end
end

--- All weights as float32 tensors, copies, in Keras' order. A model not built has none.
--- @return tensor[]
function Model:get_weights()
  need_self(self, "get_weights")
  return core.get_weights(distinct_layers(self))
end

--- Sets all weights from a list in the order of get_weights. Nothing is changed unless all fit.
--- @param list table tensors or nested tables
function Model:set_weights(list)
  need_self(self, "set_weights")
  core.set_weights(self:_title(), distinct_layers(self), list)
end

--- Writes all weights to a .npz file, as numpy.savez(path, *weights): arr_0, arr_1, … in Keras' order. The file is
--- there as a whole or as it was before.
--- @param path string ends in .npz
--- @return true; nil and a message where the file can't be written
function Model:save_weights(path)
  need_self(self, "save_weights")
  return require "rnnlua.weights_file".save(self, path)
end

--- Reads the weights from a .npz file: one of save_weights, or of numpy.savez(path, *keras_model.get_weights()).
--- Raises, and changes nothing, where they are not those of this model.
--- @param path string ends in .npz
--- @return true; nil and a message where the file can't be read
function Model:load_weights(path)
  need_self(self, "load_weights")
  return require "rnnlua.weights_file".load(self, path)
end

--- How many numbers the weights have. Raises if the model isn't built.
--- @return integer
function Model:count_params()
  need_self(self, "count_params")
  need_built(self, "count_params")
  local total = 0
  for _, layer in ipairs(distinct_layers(self)) do total = total + layer:count_params() end
  return total
end

--- A layer by its name or its position, counted from 1 (-1 is the last).
--- @param key string|integer
--- @return layer|model
function Model:get_layer(key)
  need_self(self, "get_layer")
  if type(key) == "string" then
    local names = {}
    for i, layer in ipairs(self._layers) do
      if layer.name == key then return layer end
      names[i] = layer.name
    end
    core.raise(("get_layer: model '%s' has no layer '%s'%s; it has %s"):format(self._name, key,
      options.hint(key, names), table.concat(names, ", ")))
  end
  local position = options.integer(key)
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

-- predicting ------------------------------------------------------------------------------------------

--- For data of a shape that has been predicted before all checks are behind; others, and the first of each shape, go
--- through evaluation.lua.
local predict_again = core.predict_again
local BATCH_SIZE = 32 -- of predict, where nothing is said

-- what other modules do -------------------------------------------------------------------------------

--- Prints the table of layers: names, output shapes, numbers of parameters; with memory = true also what training
--- has taken so far: the arena that holds all of a batch, gradients, the optimizer's state.
--- @param given table|nil arguments by name
function Model:summary(given)
  need_self(self, "summary")
  require "rnnlua.summary".print(self, given)
end

--- Configures training; the optimizer's state begins anew, weights stay. Components may be names, objects or types.
---
---     local model = rl.Sequential{ rl.layers.Dense{ 1, input_shape = {2} } }
---     model:compile{ optimizer = rl.optimizers.Adam{ learning_rate = 0.01 }, loss = "mse", metrics = { "mae" } }
--- @param given table arguments by name
function Model:compile(given)
  need_self(self, "compile")
  require "rnnlua.compile".compile(self, given)
end

--- Trains on x and y, one row a sample. x may be a function that returns x, y [, weights] of the next batch and
--- nil at the end of an epoch, or an rl.data.Dataset of batches. May be run in a coroutine; callbacks and generators
--- may yield.
---
---     local model = rl.Sequential{ rl.layers.Dense{ 1, input_shape = {2} } }
---     model:compile{ optimizer = "adam", loss = "mse" }
---     local history = model:fit({ {1, 2}, {3, 4} }, { 3, 7 }, { epochs = 5, verbose = 0 })
---     #history.history.loss --> 5
--- @param x tensor|table|function inputs: a tensor or nested tables, or what makes batches
--- @param y tensor|table|nil targets
--- @param given table|nil arguments by name
--- @return history # history.loss[k] of the k-th epoch, epoch (from 0), params; also model.history
function Model:fit(x, y, given)
  need_self(self, "fit")
  return (require "rnnlua.training".fit(self, x, y, given))
end

--- The loss and each metric over the data, as separate values, or one table with return_dict=true.
--- @param x tensor|table|function inputs, or a generator or Dataset as for fit
--- @param y tensor|table|nil targets
--- @param given table|nil arguments by name
--- @return number ... loss, then each metric
function Model:evaluate(x, y, given)
  need_self(self, "evaluate")
  return require "rnnlua.evaluation".evaluate(self, x, y, given)
end

--- The model's outputs for x.
--- @param x tensor|table|function inputs, or a generator or Dataset, of whose batches the inputs alone count
--- @param given table|nil arguments by name
--- @return tensor float32, one row a sample (a list of them for several outputs, a table by name where
--- the model's outputs were given so)
function Model:predict(x, given)
  if given == nil then
    local known = predict_again(self, "predict", x, BATCH_SIZE)
    if known then return known end
  end
  need_self(self, "predict")
  return (require "rnnlua.evaluation".predict(self, x, given))
end

--- One optimizer step on x and y as one batch.
--- @param x tensor|table inputs
--- @param y tensor|table targets
--- @param given table|nil arguments by name
--- @return number loss before the step; then each metric (or one table with return_dict=true)
function Model:train_on_batch(x, y, given)
  need_self(self, "train_on_batch")
  return require "rnnlua.evaluation".train_on_batch(self, x, y, given)
end

--- The loss and metrics of x and y as one batch.
--- @param x tensor|table inputs
--- @param y tensor|table targets
--- @param given table|nil arguments by name
--- @return number ... loss, then each metric (or one table with return_dict=true)
function Model:test_on_batch(x, y, given)
  need_self(self, "test_on_batch")
  return require "rnnlua.evaluation".test_on_batch(self, x, y, given)
end

--- The outputs for x as one batch.
--- @param x tensor|table inputs
--- @return tensor
function Model:predict_on_batch(x)
  local known = predict_again(self, "predict_on_batch", x, math.maxinteger)
  if known then return known end
  need_self(self, "predict_on_batch")
  return (require "rnnlua.evaluation".predict_on_batch(self, x))
end

--- Forgets what the metrics have gathered.
function Model:reset_metrics()
  need_self(self, "reset_metrics")
  if self._trainer then self._trainer:reset() end
end

local STREAM = { { "batch", "integer", 1, low = 1, doc = "independent sequences that a call steps" } }

--- A stream: called with one timestep it gives what predict would give for all timesteps so far, and keeps the states of
--- recurrent layers for the next call. s(x [, out]): x a number, a list or a tensor of the features, or a token where the
--- model begins with an Embedding; a number comes back where the model has one output, else the stream's own tensor, which
--- the next call writes over. s:reset([rows]) begins anew. Each timestep that is fed counts: masks are not made. Layers
--- that look at several timesteps (Bidirectional, Attention, …) are refused. Weights are the model's, also when it is
--- trained on; layers added later are not the stream's.
--- @param given table|nil batch: how many independent sequences a call steps, (batch, features) -> (batch, outputs)
--- @return stream
function Model:stream(given)
  need_self(self, "stream")
  need_built(self, "stream")
  return core.stream(self._network, options.read("stream", STREAM, given).batch)
end

documented[Model.stream] = { spec = STREAM }

--- Sets what stateful layers carry from batch to batch to 0: of all sequences, or of the rows listed.
--- @param rows integer[]|nil counted from 1
function Model:reset_states(rows)
  need_self(self, "reset_states")
  for _, layer in ipairs(distinct_layers(self)) do layer:reset_states(rows) end
end

-- classes -----------------------------------------------------------------------------------------------------

local function sorted_names(class)
  local names = {}
  for _, source in ipairs { class, Model, fields.read } do
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
function Model._class(name, class)
  local meta = { __name = name, is_model = true }
  function meta.__index(self, key)
    local method = class[key] or Model[key]
    if method then return method end
    local property = fields.read[key]
    if property then return property(self) end
    if type(key) == "string" and key:sub(1, 1) == "_" then return nil end
    core.raise(("%s has no field '%s'%s"):format(name, key, options.hint(key, sorted_names(class))))
  end
  function meta.__newindex(self, key, value)
    if fields.assign[key] then return fields.assign[key](self, value) end
    if type(key) == "string" and key:sub(1, 1) == "_" then return rawset(self, key, value) end
    local known = fields.read[key] or class[key] or Model[key]
    core.raise(known and ("%s: '%s' cannot be assigned"):format(name, key)
      or ("%s has no field '%s'%s"):format(name, tostring(key), options.hint(key, sorted_names(class))))
  end
  function meta.__call(self, x, given)
    local known = given == nil and getmetatable(x) == "tensor" and not core.is_recording()
      and predict_again(self, self._name, x, math.maxinteger)
    if known then return known end
    return require "rnnlua.evaluation".call(self, x, given)
  end
  function meta.__tostring(self) return ("<%s '%s', %d layers>"):format(name, self._name, #self._layers) end
  function meta.__fields() return sorted_names(class) end
  return meta
end

return Model
