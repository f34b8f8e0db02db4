--- From the outputs of a functional model back to its inputs: which layers and calls it consists of, in Keras' order
--- (map_graph in keras/src/ops/function.py).
local core = require "rnnlua.core"
local shapes = require "rnnlua.shapes"
local Input = require "rnnlua.input"

local functional_graph = {}

local function title(operation) return ("%s (%s)"):format(operation.name, operation.class_name) end

-- the walk back ----------------------------------------------------------------------------------------------

local function disconnected(tensor, reader)
  core.raise(("Model: the graph is disconnected: %s needs the tensor of %s, of shape %s, which is not among the "
    .. "inputs"):format(reader and title(reader) or "an output", title(tensor._node.operation), shapes.text(tensor._shape)))
end

--- The node that makes a tensor in this model.
local function maker(walk, tensor) return (walk.sources[tensor] or tensor)._node end

local function visit(walk, tensor, reader)
  local node = maker(walk, tensor)
  if walk.finished[node] then return end
  if not walk.rank[node.operation] then
    walk.count = walk.count + 1
    walk.rank[node.operation] = walk.count
  end
  if not walk.sources[tensor] then
    if Input.is_layer(node.operation) then disconnected(tensor, reader) end
    for _, input in ipairs(node.inputs) do visit(walk, input, node.operation) end
  end
  walk.finished[node] = true
  walk.nodes[#walk.nodes + 1] = node
end

-- depth: how many calls lie between a call and the outputs -----------------------------------------------------

local function depths(walk)
  local of_node, of_operation = {}, {}
  for i = #walk.nodes, 1, -1 do
    local node = walk.nodes[i]
    local depth = math.max(of_node[node] or 0, of_operation[node.operation] or 0)
    of_node[node], of_operation[node.operation] = depth, depth
    for _, input in ipairs(Input.is_layer(node.operation) and {} or node.inputs) do
      local before = maker(walk, input)
      of_node[before] = math.max(depth + 1, of_node[before] or 0)
    end
  end
  return of_node, of_operation
end

--- Inputs that nothing reads belong to the model all the same.
local function add_unused(walk, inputs, of_node, of_operation)
  for _, tensor in ipairs(inputs) do
    local node = tensor._node
    if not of_operation[node.operation] then
      of_operation[node.operation], of_node[node], walk.rank[node.operation] = 0, 0, -1
      walk.nodes[#walk.nodes + 1] = node
    end
  end
end

local function sorted_operations(walk, of_operation)
  local list = {}
  for operation in pairs(of_operation) do list[#list + 1] = operation end
  table.sort(list, function(a, b)
    if of_operation[a] ~= of_operation[b] then return of_operation[a] > of_operation[b] end
    if walk.rank[a] ~= walk.rank[b] then return walk.rank[a] < walk.rank[b] end
    return a.name < b.name
  end)
  return list
end

local function check_names(operations)
  local seen = {}
  for _, operation in ipairs(operations) do
    if seen[operation.name] then
      core.raise(("Model: two layers are named '%s'; names must differ"):format(operation.name))
    end
    seen[operation.name] = true
  end
end

--- Whether the model is a chain of layers, each called once on one tensor.
local function is_chain(walk, of_node)
  local at_depth, called = {}, {}
  for _, node in ipairs(walk.nodes) do
    local depth = of_node[node]
    if at_depth[depth] or #node.inputs > 1 or called[node.operation] then return false end
    at_depth[depth], called[node.operation] = true, true
  end
  return true
end

-- the whole -----------------------------------------------------------------------------------------------------

--- Tensors that no Input made become inputs all the same: an Input of their shape stands for them.
local function sources_of(inputs)
  local sources, list = {}, {}
  for i, tensor in ipairs(inputs) do
    if sources[tensor] then core.raise(("Model: input %d is the same tensor as an input before it"):format(i)) end
    list[i] = Input.is(tensor) and tensor or Input.like(tensor)
    sources[tensor] = list[i]
  end
  return sources, list
end

--- @param inputs table symbolic tensors
--- @param outputs table symbolic tensors
--- @return table {inputs, outputs, nodes, sources} for nesting.lua, layers in Keras' order, chain
function functional_graph.map(inputs, outputs)
  local sources, stand_ins = sources_of(inputs)
  local walk = { sources = sources, finished = {}, rank = {}, count = 0, nodes = {} }
  for _, tensor in ipairs(outputs) do visit(walk, tensor) end
  local of_node, of_operation = depths(walk)
  add_unused(walk, stand_ins, of_node, of_operation)
  local layers = sorted_operations(walk, of_operation)
  check_names(layers)
  return { inputs = stand_ins, outputs = outputs, nodes = walk.nodes, sources = sources, layers = layers,
    chain = is_chain(walk, of_node) }
end

return functional_graph
