--- What model:summary() shows: the rows of its table, as lists of cells, and the numbers under it.
local core = require "rnnlua.core"

local summary_rows = {}

--- 1234567 -> 1,234,567
local function commas(n)
  local text = tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function plain_text(text) return text end

--- "(None, 10)"; a list of shapes for several outputs; "?" for a layer not built
local function shape_text(shape, paint)
  if shape == nil then return "?" end
  local parts = {}
  if type(shape[1]) == "table" then
    for i, inner in ipairs(shape) do parts[i] = shape_text(inner, paint) end
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  for i, extent in ipairs(shape) do
    parts[i] = extent == -1 and paint("None", 45) or paint(tostring(extent), 34)
  end
  return "(" .. table.concat(parts, ", ") .. ")"
end

--- "a[0][0]", where the layer's calls in this model get their inputs from; positions as Keras prints them, from 0.
local function connections(layer, shown, paint)
  local list = {}
  for _, node in ipairs(shown.calls[layer] or {}) do
    for _, tensor in ipairs(node.inputs) do
      tensor = shown.sources[tensor] or tensor
      local node_index, tensor_index = tensor._node.index - 1, tensor._index - 1
      list[#list + 1] = ("%s[%s][%s]"):format(tensor._node.operation.name, paint(tostring(node_index), 34),
        paint(tostring(tensor_index), 34))
    end
  end
  return list
end

--- One row: cells of text, coloured by paint(text, colour). A cell may be a list.
--- @param depth integer how many models the layer is in beside the one shown
local function layer_row(layer, depth, shown, paint)
  local built = layer.built
  local row = {
    (depth > 0 and ("   "):rep(depth) .. "└ " or "") .. layer.name .. " (" .. paint(layer.class_name, 33) .. ")",
    shape_text(built and layer.output_shape or nil, paint),
    built and paint(commas(layer:count_params()), 34) or paint("0", 34) .. " (unbuilt)",
  }
  if shown.calls then row[#row + 1] = connections(layer, shown, paint) end
  if shown.show_trainable then
    local has_weights = built and layer:count_params() > 0
    row[#row + 1] = not has_weights and paint("-", "bold")
      or layer.trainable and paint("Y", "bold 34") or paint("N", "bold 9")
  end
  return row
end

--- The rows of a model, with those of models inside if that is asked for.
local function rows_of(model, shown, paint, depth, rows)
  rows, depth = rows or {}, depth or 0
  for _, layer in ipairs(model.layers) do
    rows[#rows + 1] = layer_row(layer, depth, shown, paint)
    if shown.expand_nested and not core.is_layer(layer) and layer._layers then rows_of(layer, shown, paint, depth + 1, rows) end
  end
  return rows
end

--- What the table shows of a model: the arguments, and for a model with branches `calls` (layer -> nodes) and
--- `sources`.
local function shown_of(model, given)
  local shown = { expand_nested = given.expand_nested, show_trainable = given.show_trainable,
    line_length = given.line_length }
  local parts = model._parts
  if not parts or parts.chain ~= false then return shown end
  shown.calls, shown.sources = {}, parts.sources
  for _, node in ipairs(parts.nodes) do
    local list = shown.calls[node.operation] or {}
    list[#list + 1] = node
    shown.calls[node.operation] = list
  end
  for _, list in pairs(shown.calls) do table.sort(list, function(x, y) return x.index < y.index end) end
  return shown
end

local function size_of(weights)
  local total = 0
  for _, weight in ipairs(weights) do total = total + weight.size end
  return total
end

local function counts(model)
  local trainable, fixed = size_of(model.trainable_weights), size_of(model.non_trainable_weights)
  return { { "Total params: ", trainable + fixed }, { "Trainable params: ", trainable },
    { "Non-trainable params: ", fixed } }
end

--- The memory that training has taken so far, in bytes, as lines under the numbers of parameters. What a batch needs
--- lies in one arena, made for the largest batch yet.
--- @param bytes_text function bytes -> "1.23 MB"
local function memory(model, bytes_text)
  local taken = model._trainer and model._trainer:memory()
  if not taken or taken.arena == 0 then return { { "Training memory: ", "none before fit or train_on_batch" } } end
  return {
    { "Training memory: ", bytes_text(0.0 + taken.arena + taken.gradients + taken.slots) },
    { "Arena: ", ("%s (batch of %s)"):format(bytes_text(0.0 + taken.arena), commas(taken.batch)) },
    { "Gradients: ", bytes_text(0.0 + taken.gradients) },
    { "Optimizer state: ", bytes_text(0.0 + taken.slots) },
  }
end

summary_rows.commas, summary_rows.plain_text = commas, plain_text
summary_rows.of, summary_rows.shown, summary_rows.counts = rows_of, shown_of, counts
summary_rows.memory = memory

return summary_rows
