--- rl.layers.add{a, b}, rl.layers.concatenate({a, b}, {axis = -1}), …: makes a merge layer and calls it, as Keras'
--- functions of these names do.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local merging = {}

local CLASSES = { add = "Add", subtract = "Subtract", multiply = "Multiply", average = "Average", maximum = "Maximum",
  minimum = "Minimum", concatenate = "Concatenate", dot = "Dot" }

for name, class in pairs(CLASSES) do
  --- The layer of that name (rl.layers.add is Add's), made and called at once: rl.layers.add{a, b},
  --- rl.layers.concatenate({a, b}, {axis = -1}).
  --- @param inputs tensor[]|symbolic[]
  --- @param given table|nil the layer's arguments by name
  --- @return tensor|symbolic
  local function merge(inputs, given)
    if not options.is_plain_table(inputs) then
      core.raise(("%s: a list of tensors expected, got %s"):format(name, options.describe(inputs)))
    end
    if given == nil then given = {} end
    if not options.is_plain_table(given) then
      core.raise(("%s: arguments by name expected, got %s"):format(name, options.describe(given)))
    end
    local arguments = { axes = class == "Dot" and -1 or nil }
    for key, value in pairs(given) do arguments[key] = value end
    return require "rnnlua".layers[class](arguments)(inputs)
  end
  merging[name] = merge
end

return merging
