--- Names of logs, as Keras has them (CompileMetrics.result in keras/src/trainers/compile_utils.py).
local log_names = {}

-- Metrics that Keras numbers as they are made, whatever output they are for, so that their names never meet.
local NUMBERED <const> = { auc = true, precision = true, recall = true, true_positives = true, true_negatives = true,
  false_positives = true, false_negatives = true }

--- A function that gives the names of metrics as they are made, one after the other.
local function made_names()
  local made = {}
  return function(name)
    if not NUMBERED[name] then return name end
    made[name] = (made[name] or 0) + 1
    return made[name] == 1 and name or ("%s_%d"):format(name, made[name] - 1)
  end
end

--- Gives each entry of every output its name: with several outputs the output's comes first; a metric named twice gets
--- a number, a weighted one first the word.
local function name_metrics(spec, prefixes)
  local seen = {}
  local function numbered(name)
    if not seen[name] then
      seen[name] = 1
      return name
    end
    seen[name] = seen[name] + 1
    return ("%s_%d"):format(name, seen[name] - 1)
  end
  local plain, weighted, made = {}, {}, made_names()
  for o, list in ipairs(spec.metrics) do
    plain[o] = {}
    for i, entry in ipairs(list) do plain[o][i] = numbered(prefixes[o] .. made(entry.name)) end
  end
  for o, list in ipairs(spec.weighted_metrics) do
    weighted[o] = {}
    for i, entry in ipairs(list) do
      local name = made(entry.name)
      local meets = seen[prefixes[o] .. name]
      weighted[o][i] = numbered(prefixes[o] .. (meets and "weighted_" or "") .. name)
    end
  end
  return plain, weighted
end

--- Names of the outputs' own losses, none where there is one loss alone.
local function loss_names(spec, outputs)
  local names = {}
  for o, loss in ipairs(spec.losses) do
    if loss then names[#names + 1] = outputs[o] .. "_loss" end
  end
  return #names > 1 and names or {}
end

--- The names in the order of what a trainer's logs() returns. Its field `returned` has them as evaluate returns the
--- values: with several outputs Keras sorts those of metrics.
--- @param spec table losses, metrics, weighted_metrics: a list for each output
--- @param outputs table names of the outputs
function log_names.of(spec, outputs)
  local prefixes, names = {}, { "loss" }
  for o, output in ipairs(outputs) do prefixes[o] = #outputs > 1 and output .. "_" or "" end
  for _, name in ipairs(loss_names(spec, outputs)) do names[#names + 1] = name end
  local first = #names + 1
  local plain, weighted = name_metrics(spec, prefixes)
  for o = 1, #outputs do
    for _, list in ipairs { plain[o], weighted[o] } do table.move(list, 1, #list, #names + 1, names) end
  end
  local metrics = table.move(names, first, #names, 1, {})
  if #outputs > 1 then table.sort(metrics) end
  names.returned = table.move(metrics, 1, #metrics, first, table.move(names, 1, first - 1, 1, {}))
  return names
end

return log_names
