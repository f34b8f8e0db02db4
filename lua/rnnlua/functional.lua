--- Functional models: rl.Model{inputs=, outputs=}, what leads from some symbolic tensors to others. Layers may be
--- shared, models may be layers, and there may be several inputs and outputs.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local named = require "rnnlua.named"
local symbolic = require "rnnlua.symbolic"
local nesting = require "rnnlua.nesting"
local functional_graph = require "rnnlua.functional_graph"
local Model = require "rnnlua.models"
local documented = require "rnnlua.documented"

local MOST = 8 -- inputs, and outputs: RNN_MAX_PORTS of rnnlua.h

local Functional = {}
local meta = Model._class("Functional", Functional)

-- what Model asks of a builder -------------------------------------------------------------------------------

function Functional:_symbolic() return self._parts end

function Functional:_graph() return nesting.lower(self._parts) end

--- Everything was built when it was called; there is nothing left to do.
--- @param shape table|nil ignored
function Functional:build(shape) -- luacheck: ignore
  Model._need_self(self, "build")
end

-- configuration -----------------------------------------------------------------------------------------------

--- What from_config makes an equal, untrained model of: {name, layers = {{class_name, name, config, inbound_nodes},
--- …}, input_layers, output_layers}.
--- @return table
function Functional:get_config()
  Model._need_self(self, "get_config")
  return require "rnnlua.functional_config".of(self)
end

-- making one -----------------------------------------------------------------------------------------------------

--- The tensors as a list, and their names in order where they were given by name.
local function tensors_of(what, value)
  if value == nil then core.raise(("Model: argument '%s' is required"):format(what)) end
  if symbolic.is(value) then return { value }, nil end
  local list, keys = value, nil
  if named.is(value) then
    keys, list = {}, {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for i, key in ipairs(keys) do list[i] = value[key] end
  end
  if not options.is_plain_table(list) or #list == 0 then
    core.raise(("Model: argument '%s' must be a symbolic tensor, as rl.Input or a layer called on one gives, or a "
      .. "table of them, got %s"):format(what, options.is_plain_table(list) and "an empty table" or
      options.describe(value)))
  end
  for i, tensor in ipairs(list) do
    if not symbolic.is(tensor) then
      core.raise(("Model: argument '%s': entry %s must be a symbolic tensor, got %s"):format(what,
        keys and "'" .. keys[i] .. "'" or i, options.describe(tensor)))
    end
  end
  if #list > MOST then
    core.raise(("Model: argument '%s': at most %d are supported, got %d"):format(what, MOST, #list))
  end
  return table.move(list, 1, #list, 1, {}), keys
end

--- Keras' names of inputs and outputs: those of the layers that make them; one used twice gets a number.
local function names_of(tensors)
  local names, seen = {}, {}
  for i, tensor in ipairs(tensors) do
    local name = tensor._node.operation.name
    seen[name] = (seen[name] or -1) + 1
    names[i] = seen[name] == 0 and name or ("%s_%d"):format(name, seen[name])
  end
  return names
end

--- @param inputs any symbolic tensor, list or table by name
--- @param outputs any likewise
--- @param name string|nil
local function new(inputs, outputs, name)
  local input_keys, output_keys
  inputs, input_keys = tensors_of("inputs", inputs)
  outputs, output_keys = tensors_of("outputs", outputs)
  local parts = functional_graph.map(inputs, outputs)
  local model = setmetatable({
    _name = name or core.unique_name "functional",
    _parts = parts,
    _layers = parts.layers,
    _input_keys = input_keys,
    _output_keys = output_keys,
    _input_names = input_keys or names_of(parts.inputs),
    _output_names = output_keys or names_of(outputs),
    _has_names = true,
  }, meta)
  model:_rebuild()
  return model
end

local MODEL = {
  { "inputs", "any", doc = "symbolic tensors, as rl.Input gives: one, a list, or a table by name" },
  { "outputs", "any", doc = "symbolic tensors that come from them, likewise" },
  { "name", "string", doc = "what it is called" },
}

--- What leads from some symbolic tensors to others: rl.Model{inputs=, outputs=, name=}; also
--- rl.Model(inputs, outputs [, {name=}]).
---
---     local x = rl.Input{ shape = {4, 1} }
---     local model = rl.Model{ inputs = x, outputs = rl.layers.Dense(1)(rl.layers.LSTM(8)(x)) }
---     model:predict(rl.zeros{2, 4, 1}) --> [[0.]
---     --> [0.]]
--- @param ... any inputs and outputs by position, or a table of arguments by name
--- @return functional
local function construct(_, ...)
  local first, second, third = ...
  local given
  if select("#", ...) >= 2 then
    local rest = third
    if type(third) == "string" then rest = { name = third } end
    given = options.read("Model", MODEL, rest)
    if given.inputs ~= nil or given.outputs ~= nil then
      core.raise("Model: give 'inputs' and 'outputs' by position or by name, not both")
    end
    given.inputs, given.outputs = first, second
  elseif options.is_plain_table(first) and not (symbolic.is(first[1]) and #first > 2) then
    local by_name = {}
    for key, value in pairs(first) do by_name[key == 1 and "inputs" or key == 2 and "outputs" or key] = value end
    given = options.read("Model", MODEL, by_name)
  else
    core.raise("Model: rl.Model{inputs = …, outputs = …} expected, got " .. options.describe(first))
  end
  return new(given.inputs, given.outputs, given.name)
end

documented[construct] = { spec = MODEL }

return setmetatable({
  --- A model like the one that a config is of, with weights of its own: rl.Model.from_config(model:get_config()).
  --- @param config table what get_config gave
  --- @return functional
  from_config = function(config) return require "rnnlua.functional_config".build(config, new) end,
}, {
  __call = construct,
  methods = Functional, -- for help
  __tostring = function() return "<Model>" end,
})
