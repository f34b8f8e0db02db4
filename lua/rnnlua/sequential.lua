--- Sequential: a stack of layers, each fed with the output of the one before.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local busy = require "rnnlua.busy"
local Model = require "rnnlua.models"

local Sequential = {}
local meta = Model._class("Sequential", Sequential)

local function is_model(value)
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.is_model or false
end

-- the stack --------------------------------------------------------------------------------------------

local function check_is_input(self, who, tensor)
  if not require "rnnlua.input".is(tensor) then
    core.raise(("%s: model '%s' starts from an Input, got the output of layer '%s'"):format(who, self._name,
      tensor.name))
  end
end

--- The shape of one sample that an entry was made or built for; nil if it does not say.
local function given_sample_shape(entry)
  if is_model(entry) then
    local known = entry._sample_shapes
    return known and #known == 1 and known[1] or nil
  end
  local given = entry.input_shape -- the constructor's argument, or that of a layer built elsewhere
  return given and type(given[1]) == "number" and shapes.sample(given) or nil
end

--- Puts one entry on the stack, without building. Raises if it can't be there.
local function push(self, who, entry)
  local layers = self._layers
  if Model._is_symbolic(entry) then
    check_is_input(self, who, entry)
    if self._input or self._sample_shape or #layers > 0 then
      core.raise(("%s: an Input must be the first entry of model '%s'"):format(who, self._name))
    end
    self._input, self._sample_shape = entry, shapes.sample(entry.shape)
    return
  end
  if not core.is_layer(entry) and not is_model(entry) then
    core.raise(("%s: a layer or Input expected, got %s"):format(who, options.describe(entry)))
  end
  if entry == self then core.raise(("%s: model '%s' can't be a layer of itself"):format(who, self._name)) end
  for _, other in ipairs(layers) do
    if other.name == entry.name and other ~= entry then
      core.raise(("%s: model '%s' has a layer named '%s' already; names must differ"):format(who,
        self._name, entry.name))
    end
  end
  if #layers == 0 and not self._sample_shape then
    self._sample_shape = given_sample_shape(entry)
  end
  layers[#layers + 1] = entry
  Model._owners[entry] = Model._owners[entry] or self
end

--- Takes the last layer off, or the Input if there is no layer. What goes takes the input's shape with it, but
--- for an Input, which stays for the next layer.
local function take(self)
  local layers, input = self._layers, self._input
  local entry = table.remove(layers)
  if not entry then entry, self._input, input = input, nil, nil end
  if #layers == 0 then self._sample_shape = input and shapes.sample(input.shape) end
  return entry
end

local function check_not_empty(self, who)
  if #self._layers == 0 then
    core.raise(("%s: model '%s' has no layers; add one first"):format(who, self._name))
  end
end

--- Takes the input's shape from data, or from build, where that isn't known.
local function take_shape(self, who, sample_shape)
  check_not_empty(self, who)
  if not self._sample_shape then
    self._sample_shape = sample_shape
  elseif who == "build" and not shapes.equal(self._sample_shape, sample_shape) then
    core.raise(("build: model '%s' takes inputs of shape %s, got %s"):format(self._name,
      shapes.text(shapes.batch(self._sample_shape)), shapes.text(shapes.batch(sample_shape))))
  end
end

local function change_and_build(self, change, ...)
  local result = change(self, ...)
  self:_rebuild()
  return result
end

--- Changes the stack by change(self, …) and builds the model anew; where either raises, the model is as before.
local function attempt(self, change, ...)
  local layers, input = table.move(self._layers, 1, #self._layers, 1, {}), self._input
  local sample_shape = self._sample_shape
  local ok, result = pcall(change_and_build, self, change, ...)
  if ok then return result end
  self._layers, self._input, self._sample_shape = layers, input, sample_shape
  error(result, 0)
end

--- Adds a layer on top. Its input_shape counts if the shape of what it gets isn't known otherwise, that is for the
--- first layer of a model without an Input.
--- @param entry layer|model|symbolic a layer or model, or an Input if nothing was added before
function Sequential:add(entry)
  Model._need_self(self, "add")
  busy.refuse(self, "add")
  attempt(self, push, "add", entry)
end

--- Takes the last layer off; from a model without layers the Input. A model that has nothing left is as new.
--- @return layer|model|symbolic what was taken off
function Sequential:pop()
  Model._need_self(self, "pop")
  busy.refuse(self, "pop")
  if #self._layers == 0 and not self._input then
    core.raise(("pop: model '%s' has no layers"):format(self._name))
  end
  return attempt(self, take)
end

--- Builds the weights for inputs of this shape, the batch's axis included: {-1, 4, 1}.
--- @param shape shape|nil may be left out where the input's shape is known
function Sequential:build(shape)
  Model._need_self(self, "build")
  busy.refuse(self, "build")
  if shape == nil and self._network then return end
  if type(shape) ~= "table" then
    core.raise("build: a shape with the batch in front, as {-1, 4, 1}, expected, got "
      .. options.describe(shape))
  end
  shape = table.move(shape, 1, #shape, 1, {})
  if not shape[1] then shape[1] = -1 end
  shapes.check("build", "shape", shape)
  attempt(self, take_shape, "build", shapes.sample(shape))
end

-- what Model asks of a builder ------------------------------------------------------------------------------

--- Builds for data of this shape.
function Sequential:_build_for(who, sample_shapes) attempt(self, take_shape, who, sample_shapes[1]) end

--- Each layer is called on what the one before it gives. Models inside need the way over symbolic tensors.
function Sequential:_graph()
  self._parts = nil
  if not self._sample_shape or #self._layers == 0 then return nil end
  local calls = {}
  for i, layer in ipairs(self._layers) do
    if not core.is_layer(layer) then return require "rnnlua.nesting".lower(self:_symbolic()) end
    calls[i] = { layer = layer }
  end
  return { inputs = { self._sample_shape }, calls = calls }
end

--- Calls the layers on an Input, its own if it has one.
function Sequential:_symbolic()
  if self._parts then return self._parts end
  if not self._sample_shape or #self._layers == 0 then
    core.raise(("model '%s' has no symbolic tensors until its input's shape is known"):format(self._name))
  end
  local input = self._input or require "rnnlua.input".new { shape = self._sample_shape }
  local tensors, nodes = { input }, {}
  for i, layer in ipairs(self._layers) do
    tensors = { layer(#tensors == 1 and tensors[1] or tensors) }
    nodes[i] = tensors[1]._node
  end
  self._parts = { inputs = { input }, outputs = tensors, nodes = nodes, sources = { [input] = input } }
  return self._parts
end

-- configuration ---------------------------------------------------------------------------------------------

--- What from_config makes an equal, untrained model of: {name, layers = {{class_name, config}, …},
--- build_input_shape}. A model inside is a layer with a config of its own.
--- @return table
function Sequential:get_config()
  Model._need_self(self, "get_config")
  local layers = {}
  for i, layer in ipairs(self._layers) do
    layers[i] = { class_name = layer.class_name, config = layer:get_config() }
  end
  return { name = self._name, layers = layers,
    build_input_shape = self._sample_shape and shapes.batch(self._sample_shape) }
end

-- making one ------------------------------------------------------------------------------------------------

local function new(name)
  return setmetatable({ _name = name or core.unique_name("sequential"), _layers = {} }, meta)
end

--- The number of positional entries, nils among them counted; raises for names that aren't arguments.
local function count_entries(given)
  local count = 0
  for key in pairs(given) do
    if math.type(key) == "integer" and key > 0 then
      count = math.max(count, key)
    elseif key ~= "name" and key ~= "layers" then
      core.raise(("Sequential: unknown argument '%s'%s"):format(tostring(key),
        options.hint(key, { "name", "layers" })))
    end
  end
  return count
end

--- The layers in one of the ways they may be given: entries, one list of them, or the argument `layers`.
local function entries_of(given, count)
  local list = given.layers
  if list == nil and count == 1 and options.is_plain_table(given[1]) then list, count = given[1], 0 end
  if list == nil then return given, count end
  if count > 0 then core.raise("Sequential: give layers as entries or as argument 'layers', not both") end
  if not options.is_plain_table(list) then
    core.raise("Sequential: argument 'layers' must be a table, got " .. options.describe(list))
  end
  return list, #list
end

--- A stack of layers, each fed with the output of the one before: rl.Sequential{layers…, name=}; also
--- Sequential{layers = {…}} and Sequential({…}, {name=}). The first entry may be an rl.Input, or the first layer have an
--- input_shape; without either the model is built when it sees data.
---
---     local model = rl.Sequential{
---       rl.layers.SimpleRNN{ units = 10, input_shape = {4, 1} },
---       rl.layers.Dense(1),
---     }
---     model:count_params() --> 131
--- @param given table|nil the layers, and name
--- @param named table|nil name, where given has the layers alone
--- @return sequential
local function construct(_, given, named)
  if given == nil then given = {} end
  if named ~= nil then
    given = { layers = given, name = options.read("Sequential", { { "name", "string" } }, named).name }
  end
  if not options.is_plain_table(given) then
    core.raise("Sequential: a table of layers expected, got " .. options.describe(given))
  end
  local entries, count = entries_of(given, count_entries(given))
  if given.name ~= nil and type(given.name) ~= "string" then
    core.raise("Sequential: argument 'name' must be a string, got " .. options.describe(given.name))
  end
  local model = new(given.name)
  for i = 1, count do push(model, ("Sequential: entry %d"):format(i), entries[i]) end
  model:_rebuild()
  return model
end

--- A model like the one that a config is of, with weights of its own: rl.Sequential.from_config(model:get_config()).
--- @param config table what get_config gave
--- @return sequential
local function from_config(config)
  if type(config) ~= "table" or type(config.layers) ~= "table" then
    core.raise("Sequential.from_config: a table as get_config gives expected, got "
      .. options.describe(config))
  end
  local model = new(config.name)
  model._sample_shape = config.build_input_shape and shapes.sample(config.build_input_shape)
  for i, entry in ipairs(config.layers) do
    push(model, ("Sequential.from_config: layer %d"):format(i),
      require "rnnlua.layer_config".make(entry))
  end
  model:_rebuild()
  return model
end

return setmetatable({ from_config = from_config }, {
  __call = construct,
  methods = Sequential, -- for help
  __tostring = function() return "<Sequential>" end,
})
