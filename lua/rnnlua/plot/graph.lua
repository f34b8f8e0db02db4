--- A model as boxes and arrows: each call of a layer is a box, which stands below all that it reads.
local Input = require "rnnlua.input"
local shapes = require "rnnlua.shapes"
local summary_rows = require "rnnlua.summary_rows"
local text = require "rnnlua.plot.text"

local graph = {}

local function shape_of(outputs)
  local words = {}
  for i, tensor in ipairs(outputs) do words[i] = shapes.text(tensor._shape) end
  return table.concat(words, ", ")
end

local function params_of(layer)
  local count = layer.built and layer:count_params() or 0
  return count > 0 and (" · %s params"):format(summary_rows.commas(count)) or ""
end

--- @param shape string|nil
--- @param call integer which call of the layer it is
local function box(layer, shape, call)
  local title = ("%s (%s)"):format(layer.name, layer.class_name or layer.__name)
  if call > 1 then title = title .. (", call %d"):format(call) end
  local lines = { text.clean(title), (shape or "not built") .. params_of(layer) }
  return { name = layer.name, lines = lines, sources = {} }
end

--- Boxes of a chain of layers, whose shapes are known once they are built.
local function of_chain(model)
  local boxes = {}
  local shape = model._sample_shape
  if shape then
    boxes[1] = { name = "input", lines = { "input", shapes.text(shapes.batch(shape)) }, sources = {} }
  end
  for _, layer in ipairs(model.layers) do
    local known = layer.built and layer.output_shape
    local words = known and (type(known[1]) == "table" and "several outputs" or shapes.text(known)) or nil
    local made = box(layer, words, 1)
    made.sources[1] = boxes[#boxes]
    boxes[#boxes + 1] = made
  end
  return boxes
end

--- Boxes of a model with branches, in an order in which they can be run.
local function of_parts(parts)
  local boxes, of_node, calls = {}, {}, {}
  local function add(node)
    if of_node[node] then return of_node[node] end
    local sources = {}
    for _, tensor in ipairs(Input.is_layer(node.operation) and {} or node.inputs) do
      sources[#sources + 1] = add((parts.sources[tensor] or tensor)._node)
    end
    calls[node.operation] = (calls[node.operation] or 0) + 1
    local made = box(node.operation, shape_of(node.outputs), calls[node.operation])
    for _, source in ipairs(sources) do
      if not made.sources[source] then made.sources[#made.sources + 1] = source end
      made.sources[source] = true
    end
    of_node[node], boxes[#boxes + 1] = made, made
    return made
  end
  for _, tensor in ipairs(parts.inputs) do add(tensor._node) end
  for _, node in ipairs(parts.nodes) do add(node) end
  return boxes
end

--- Ranks from 1 at the top: a box stands below all it reads, an input right above what reads it.
local function rank(boxes)
  for _, made in ipairs(boxes) do
    made.rank = 1
    for _, source in ipairs(made.sources) do made.rank = math.max(made.rank, source.rank + 1) end
  end
  for i = #boxes, 1, -1 do
    local made, first = boxes[i], math.huge
    for _, reader in ipairs(#made.sources == 0 and boxes or {}) do
      if reader.sources[made] or reader.sources[1] == made then first = math.min(first, reader.rank) end
    end
    if first < math.huge then made.rank = first - 1 end
  end
end

--- @param model table Sequential or Model
--- @return table[] boxes {name, lines, sources, rank}
function graph.of(model)
  local parts = model._parts
  local boxes = model._has_names and parts and of_parts(parts) or of_chain(model)
  rank(boxes)
  return boxes
end

return graph
