--- Configs of functional models, Keras' structure with positions from 1:
---
---     {name, layers = {{class_name, name, config, inbound_nodes}, …}, input_layers, output_layers}
---
--- A layer has one entry in inbound_nodes for each call in the model: the list of its inputs, each {name of the layer
--- that makes it, number of that layer's call, number of the output}, and perhaps `training`.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local Input = require "rnnlua.input"
local layer_config = require "rnnlua.layer_config"

local functional_config = {}

-- writing --------------------------------------------------------------------------------------------------

--- For each node of the model its number among the calls of its layer.
local function call_numbers(parts)
  local numbers, calls = {}, {}
  for _, node in ipairs(parts.nodes) do
    local list = calls[node.operation] or {}
    calls[node.operation] = list
    list[#list + 1] = node
  end
  for _, list in pairs(calls) do
    table.sort(list, function(a, b) return a.index < b.index end)
    for i, node in ipairs(list) do numbers[node] = i end
  end
  return numbers, calls
end

local function inbound(node, reference)
  local inputs = { training = node.training }
  for i, tensor in ipairs(node.inputs) do inputs[i] = reference(tensor) end
  return inputs
end

--- The references of a list; by name where the model was made so.
local function references(tensors, reference, keys)
  local list = {}
  for i, tensor in ipairs(tensors) do list[keys and keys[i] or i] = reference(tensor) end
  return list
end

--- @param model table
function functional_config.of(model)
  local parts = model._parts
  local numbers, calls = call_numbers(parts)
  local function reference(tensor)
    tensor = parts.sources[tensor] or tensor
    return { tensor._node.operation.name, numbers[tensor._node], tensor._index }
  end
  local layers = {}
  for i, layer in ipairs(parts.layers) do
    local inbound_nodes = {}
    for k, node in ipairs(Input.is_layer(layer) and {} or calls[layer]) do
      inbound_nodes[k] = inbound(node, reference)
    end
    layers[i] = { class_name = layer.class_name, name = layer.name, config = layer:get_config(),
      inbound_nodes = inbound_nodes }
  end
  return { name = model._name, layers = layers,
    input_layers = references(parts.inputs, reference, model._input_keys),
    output_layers = references(parts.outputs, reference, model._output_keys) }
end

-- reading ------------------------------------------------------------------------------------------------------

local function refuse(what) core.raise("Model.from_config: " .. what) end

--- The layers by name, unbuilt; of an Input its tensor is made at once.
local function make_layers(config, made)
  local layers = {}
  for i, entry in ipairs(config.layers) do
    if type(entry) ~= "table" or type(entry.name) ~= "string" or type(entry.config) ~= "table" then
      refuse(("layer %d must be a table with class_name, name, config and inbound_nodes, got %s"):format(i,
        options.describe(entry)))
    end
    if entry.class_name == "InputLayer" then
      made[entry.name] = { { Input.from_config(entry.config) } }
    else
      layers[entry.name], made[entry.name] = layer_config.make(entry), {}
    end
  end
  return layers
end

local function find(made, reference)
  local calls = type(reference) == "table" and made[reference[1]]
  if not calls then
    refuse(("there is no layer '%s'"):format(type(reference) == "table" and tostring(reference[1]) or
      options.describe(reference)))
  end
  local outputs = calls[reference[2] or 1]
  return outputs and outputs[reference[3] or 1]
end

--- The inputs of a call, or nil while one of them is not made.
local function ready(made, call)
  local inputs = {}
  for i, reference in ipairs(call) do
    inputs[i] = find(made, reference)
    if not inputs[i] then return nil end
  end
  return inputs
end

--- Makes those calls whose inputs are there; returns how many it made.
local function make_some(config, layers, made)
  local count = 0
  for _, entry in ipairs(config.layers) do
    local calls = made[entry.name]
    while layers[entry.name] and #calls < #entry.inbound_nodes do
      local call = entry.inbound_nodes[#calls + 1]
      local inputs = ready(made, call)
      if not inputs then break end
      calls[#calls + 1] = { layers[entry.name](#inputs == 1 and inputs[1] or inputs, { training = call.training }) }
      count = count + 1
    end
  end
  return count
end

local function tensors_of(made, list)
  local tensors = {}
  for key, reference in pairs(list) do
    tensors[key] = find(made, reference)
    if not tensors[key] then refuse("the calls of its layers can't be made in any order: a tensor is missing") end
  end
  return tensors
end

--- @param config table
--- @param new function(inputs, outputs, name) makes the model
function functional_config.build(config, new)
  for _, field in ipairs { "layers", "input_layers", "output_layers" } do
    if type(config) ~= "table" or type(config[field]) ~= "table" then
      refuse("a table as get_config gives expected, got " .. (type(config) == "table" and "one without " .. field
        or options.describe(config)))
    end
  end
  local made = {}
  local layers = make_layers(config, made)
  repeat until make_some(config, layers, made) == 0
  return new(tensors_of(made, config.input_layers), tensors_of(made, config.output_layers), config.name)
end

return functional_config
