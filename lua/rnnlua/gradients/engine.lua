--- Walks what a tape has recorded backward.
---
--- A record is {rule, arguments, results}; arguments has their number in n. A rule is a function of one table, the
--- step, and the arguments; for the tensors among them that step.wants it calls step.give(tensor, gradient):
---   step.g      the gradient of the (first) result
---   step.y      the (first) result
---   step.gs, step.ys   those of all results; an entry of gs is nil where nothing depends on the result
--- A variable may stand among the arguments as the address of its numbers. Gradients of one tensor add up. A rule need not care for broadcasting along axes in front or of extent 1, nor for
--- dtypes: what it gives is summed to the tensor's shape and converted.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local engine = {}

local key_of, sum_to, is_tensor = core.tape_key, shapes.sum_to, shapes.is_tensor


--- Whether something among the arguments is reached from the sources.
local function depends(arguments, reached, depth)
  for _, value in next, arguments do
    local key = key_of(value)
    if key then
      if reached[key] then return true end
    elseif type(value) == "table" and depth < 8 and depends(value, reached, depth + 1) then
      return true
    end
  end
  return false
end

--- The records through which the results depend on the sources, in order, and the set of keys reached.
local function find_path(records, sources)
  local reached, path = {}, {}
  for _, source in ipairs(sources) do reached[key_of(source)] = true end
  for _, record in ipairs(records) do
    if depends(record[2], reached, 1) then
      path[#path + 1] = record
      for _, result in ipairs(record[3]) do
        local key = key_of(result)
        if key then reached[key] = true end
      end
    end
  end
  return path, reached
end

--- One step: gradients of a record's results become gradients of its arguments.
local function step_back(record, rules, gradients, reached)
  local results, gs, any = record[3], {}, false
  for i, result in ipairs(results) do
    local key = key_of(result)
    local g = key and gradients[key]
    if g then gs[i], any = g, true end
  end
  if not any then return end
  local step = { g = gs[1], y = results[1], gs = gs, ys = results }
  function step.wants(value)
    local key = key_of(value)
    return key and reached[key]
  end
  function step.give(tensor, gradient)
    local key = key_of(tensor)
    if not gradient or not key or not reached[key] then return end
    if is_tensor(tensor) then gradient = sum_to(gradient, tensor) end -- an address has no shape to bring it to
    local before = gradients[key]
    gradients[key] = before and before + gradient or gradient
  end
  local rule = rules[record[1]]
  if not rule then core.raise(("gradient: %s has no gradient"):format(record[1])) end
  rule(step, table.unpack(record[2], 1, record[2].n))
end

--- The gradients of the sum of targets[i] * seeds[i] with respect to each source; false where none of the targets
--- depends on it. To be called while no tape records.
--- @param records table of a tape
--- @param targets table list of tensors
--- @param seeds table list of tensors, or false for those that do not count
--- @param sources table list of tensors
--- @return table gradients, of the sources' shapes and dtypes
function engine.backward(records, targets, seeds, sources)
  local rules = require "rnnlua.gradients.rules"
  local path, reached = find_path(records, sources)
  local gradients = {}
  for i, target in ipairs(targets) do
    local key = seeds[i] and key_of(target)
    if key and reached[key] then
      local before = gradients[key]
      gradients[key] = before and before + seeds[i] or seeds[i]
    end
  end
  for i = #path, 1, -1 do step_back(path[i], rules, gradients, reached) end
  local list = {}
  for i, source in ipairs(sources) do list[i] = gradients[key_of(source)] or false end
  return list
end

return engine
