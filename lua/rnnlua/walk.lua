--- A model called layer by layer, for a tape to record each of them, or with a mask on its inputs. A network computes the
--- same at once.
local core = require "rnnlua.core"

local walk = {}

--- The tensors of these numbers; nil: those that the call before gave.
local function pick(known, ids, before)
  if not ids then return before end
  local list = {}
  for i, id in ipairs(ids) do list[i] = known[id] end
  return list
end

--- A penalty on what a layer gave, as Keras has it: of one sample.
local function add_penalty(losses, layer, output)
  local regularizer = core.activity_regularizer(layer)
  if regularizer then losses[#losses + 1] = regularizer(output) / output.shape[1] end
end

--- Graphs by model, as long as its network is the same.
local graphs = setmetatable({}, { __mode = "k" })

local function graph_of(model)
  local kept = graphs[model]
  if not kept or kept.network ~= model._network then
    kept = { network = model._network, graph = model:_graph() }
    graphs[model] = kept
  end
  return kept.graph
end

--- The inputs with the masks that were given for them.
--- @param masks userdata|table one, for the first input, or a list
function walk.with_masks(model, inputs, masks)
  local list, first = table.move(inputs, 1, #inputs, 1, {}), masks
  local several = type(masks) == "table" and type(masks[1]) ~= "table"
  for i, input in ipairs(inputs) do
    local mask = several and masks[i] or not several and i == 1 and first or nil
    if mask then
      list[i] = core.tensor_functions.reshape(input, input.shape) -- the caller's own stays without
      core.set_mask(model:_title(), list[i], mask)
    end
  end
  return list
end

--- @param model table built
--- @param inputs table list of float32 tensors
--- @param training boolean|nil
--- @return table list of outputs, table penalties on what layers gave
function walk.call(model, inputs, training)
  local graph = graph_of(model)
  local known, before, losses = table.move(inputs, 1, #inputs, 1, {}), inputs, {}
  for _, call in ipairs(graph.calls) do
    local given = pick(known, call.inputs, before)
    local mode = call.training
    if mode == nil then mode = training or false end
    before = { call.layer(#given == 1 and given[1] or given, { training = mode }) }
    table.move(before, 1, #before, #known + 1, known)
    add_penalty(losses, call.layer, before[1])
  end
  return pick(known, graph.outputs, before), losses
end

return walk
