--- optimizer:apply_gradients and optimizer:build, as Keras has them (keras/src/optimizers/base_optimizer.py).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local is_tensor = require "rnnlua.gradients.shapes".is_tensor

local apply = {}

local warned = setmetatable({}, { __mode = "k" })

local function check_list(who, what, list)
  if not options.is_plain_table(list) then
    core.raise(("%s: %s must be a list, got %s"):format(who, what, options.describe(list)))
  end
end

--- Both lists from one of pairs: {{gradient, variable}, …}.
local function from_pairs(who, pairs_given)
  local grads, variables = {}, {}
  for i, pair in ipairs(pairs_given) do
    if not options.is_plain_table(pair) or not is_tensor(pair[2]) then
      core.raise(("%s: entry %d must be {gradient, variable}, got %s (or give two lists: gradients, variables)"):format(who,
        i, options.describe(pair)))
    end
    grads[i], variables[i] = pair[1] or false, pair[2]
  end
  return grads, variables
end

local function check_counts(who, grads, variables)
  local count = 0
  for key in pairs(grads) do
    count = math.max(count, math.type(key) == "integer" and key or 0)
  end
  if count > #variables then
    core.raise(("%s: got %d gradients for %d variables"):format(who, count, #variables))
  end
  if #variables == 0 then core.raise(who .. ": no variables were given") end
end

local function name_of(variable, position)
  local info = core.variable_info(variable)
  return info and info.name and "'" .. info.name .. "'" or tostring(position)
end

--- Those that have a gradient.
local function present(who, optimizer, grads, variables)
  local some_grads, some, missing = {}, {}, {}
  for i, variable in ipairs(variables) do
    local g = grads[i]
    if g then
      if not is_tensor(g) then
        core.raise(("%s: gradient %d must be a tensor, or false where there is none, got %s"):format(who, i,
          options.describe(g)))
      end
      some_grads[#some_grads + 1], some[#some + 1] = g, variable
    else
      missing[#missing + 1] = is_tensor(variable) and name_of(variable, i) or tostring(i)
    end
  end
  if #some == 0 then core.raise(who .. ": no gradients provided for any variable") end
  if #missing > 0 and not warned[optimizer] then
    warned[optimizer] = true
    options.warn(("%s: gradients do not exist for variables %s"):format(who, table.concat(missing, ", ")))
  end
  return some_grads, some
end

--- One step of the optimizer: clips, decays, updates and constrains the variables. Slots are made at the first call, for
--- its variables; later ones may give some of those.
--- @param grads table list of gradients, false where there is none; or of pairs {gradient, variable}
--- @param variables table|nil list of weights and variables, in the same order
function apply.apply_gradients(optimizer, grads, variables)
  local who = optimizer.class_name
  check_list(who, "gradients", grads)
  if variables == nil then grads, variables = from_pairs(who, grads) end
  check_list(who, "variables", variables)
  check_counts(who, grads, variables)
  core.optimizer_build(optimizer, variables)
  core.optimizer_apply(optimizer, present(who, optimizer, grads, variables))
end

--- Makes the slots for these variables; only those can be given to apply_gradients afterwards.
function apply.build(optimizer, variables)
  check_list(optimizer.class_name, "variables", variables)
  core.optimizer_build(optimizer, variables)
end

return apply
