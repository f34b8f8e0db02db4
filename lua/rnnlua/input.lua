--- rl.Input: where data enters a model.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local Input = { __name = "Input" }
Input.__index = function(_, key)
  core.raise(("Input has no field '%s'%s"):format(key, options.hint(key, { "shape", "name" })))
end
Input.__tostring = function(self)
  return ("<Input %s %s>"):format(self.name, require "rnnlua.shapes".text(self.shape))
end

local SPEC = { { "shape", "table" }, { "name", "string" } }

local counter = -1 -- of default names: input_layer, input_layer_1, …

--- rl.Input{shape = {4, 1}}: one sample's shape, the batch left out; -1 for an extent that may vary.
--- @param shape table
--- @param name string|nil
local function new(given)
  local is_shape = type(given) == "table" and math.type(given[1]) -- Input{4, 1}
  given = options.arguments("Input", SPEC, is_shape and { shape = given } or given)
  if given.shape == nil then core.raise("Input: argument 'shape' is required") end
  require "rnnlua.shapes".check("Input", "shape", given.shape)
  counter = counter + 1
  local name = given.name or (counter == 0 and "input_layer" or "input_layer_" .. counter)
  return setmetatable({ shape = { table.unpack(given.shape) }, name = name }, Input)
end

return { new = new, is = function(value) return getmetatable(value) == Input end }
