--- Models that are called: on symbolic tensors, as layers of other models.
---
--- What a model consists of is its graph: {inputs, outputs, nodes, sources}; nodes stand in an order in which they can
--- be run, and sources says which Input stands for a tensor (its own for most inputs).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local symbolic = require "rnnlua.symbolic"
local Input = require "rnnlua.input"

local nesting = {}

-- shapes ---------------------------------------------------------------------------------------------------

local infer

local function node_shapes(node, inputs)
  if node.graph then return infer(node.graph, inputs) end
  return core.build_layer(node.operation, inputs)
end

--- The shapes of a graph's outputs for inputs of these shapes. Raises where a layer refuses them.
function infer(graph, inputs)
  local known = {}
  for i, tensor in ipairs(graph.inputs) do known[tensor] = inputs[i] end
  for tensor, source in pairs(graph.sources) do known[tensor] = known[source] end
  for _, node in ipairs(graph.nodes) do
    if not Input.is_layer(node.operation) then
      local given = {}
      for i, tensor in ipairs(node.inputs) do given[i] = known[tensor] end
      for i, shape in ipairs(node_shapes(node, given)) do known[node.outputs[i]] = shape end
    end
  end
  local result = {}
  for i, tensor in ipairs(graph.outputs) do result[i] = known[tensor] end
  return result
end

local function fits(got, expected)
  if #got ~= #expected then return false end
  for i = 1, #got do
    if got[i] ~= -1 and expected[i] ~= -1 and got[i] ~= expected[i] then return false end
  end
  return true
end

local function all_equal(list, others)
  for i = 1, #list do
    if not shapes.equal(list[i], others[i]) then return false end
  end
  return true
end

-- the call ---------------------------------------------------------------------------------------------------

--- The inputs as a list, in the model's order.
local function inputs_of(model, x)
  if symbolic.is(x) then return { x } end
  return require "rnnlua.named".list(model:_title(), "input", x, model._input_names)
end

local function check(model, inputs, graph)
  local title = model:_title()
  if #inputs ~= #graph.inputs then
    core.raise(("%s: expected %d input%s, got %d"):format(title, #graph.inputs, #graph.inputs == 1 and "" or "s",
      #inputs))
  end
  for i, tensor in ipairs(inputs) do
    if not symbolic.is(tensor) then
      core.raise(("%s: input %d is %s among symbolic tensors"):format(title, i, options.describe(tensor)))
    end
    local expected = graph.inputs[i]._shape
    if not fits(tensor._shape, expected) then
      core.raise(("%s: input %d: expected shape %s, got %s"):format(title, i, shapes.text(expected),
        shapes.text(tensor._shape)))
    end
  end
end

--- Calls a model on symbolic tensors; it is built for them if it has to be.
--- @return table the outputs
function nesting.call(model, x, training)
  local inputs = inputs_of(model, x)
  if not model._network and symbolic.is(inputs[1]) then
    model:_need_network(model:_title(), { shapes.sample(inputs[1]._shape) })
  end
  local graph = model:_symbolic()
  check(model, inputs, graph)
  local given, results = symbolic.shapes_of(inputs), symbolic.shapes_of(graph.outputs)
  if not all_equal(given, symbolic.shapes_of(graph.inputs)) then results = infer(graph, given) end
  return symbolic.record(model, inputs, results, { training = training, graph = graph })
end

-- from symbolic tensors to the network in C --------------------------------------------------------------------

--- Appends what a graph consists of to the calls; `ids` gives the numbers of the graph's inputs and gets all others.
local function expand(made, graph, ids, training)
  for tensor, source in pairs(graph.sources) do ids[tensor] = ids[source] end
  for _, node in ipairs(graph.nodes) do
    local inner_training = node.training
    if inner_training == nil then inner_training = training end
    if node.graph then
      local inner = {}
      for i, tensor in ipairs(node.graph.inputs) do inner[tensor] = ids[node.inputs[i]] end
      expand(made, node.graph, inner, inner_training)
      for i, tensor in ipairs(node.graph.outputs) do ids[node.outputs[i]] = inner[tensor] end
    elseif not Input.is_layer(node.operation) then
      local inputs = {}
      for i, tensor in ipairs(node.inputs) do inputs[i] = ids[tensor] end
      made.calls[#made.calls + 1] = { layer = node.operation, inputs = inputs, training = inner_training }
      for _, tensor in ipairs(node.outputs) do
        made.count = made.count + 1
        ids[tensor] = made.count
      end
    end
  end
end

--- Numbers of outputs. Each has a tensor of its own, since each may have a gradient of its own.
local function output_ids(made, graph, ids)
  local list, taken = {}, {}
  for i, tensor in ipairs(graph.outputs) do
    local id = ids[tensor]
    if taken[id] then
      made.calls[#made.calls + 1] = { layer = require "rnnlua".layers.Identity { name = "copy" }, inputs = { id } }
      made.count = made.count + 1
      id = made.count
    end
    list[i], taken[id] = id, true
  end
  return list
end

--- What core.network takes to build a graph, the models in it taken apart into their layers.
function nesting.lower(graph)
  local made, ids = { inputs = {}, calls = {}, count = #graph.inputs }, {}
  for i, tensor in ipairs(graph.inputs) do
    made.inputs[i], ids[tensor] = shapes.sample(tensor._shape), i
  end
  expand(made, graph, ids, nil)
  made.outputs = output_ids(made, graph, ids)
  return made
end

return nesting
