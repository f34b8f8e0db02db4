--- rl.Input: where data enters a model.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"

local meta = { __name = "Input" }

function meta.__index(_, key)
  core.raise(("Input has no field '%s'%s"):format(tostring(key), options.hint(key, { "shape", "name" })))
end

function meta.__fields() return { "name", "shape" } end

function meta.__tostring(self) return ("<Input %s %s>"):format(self.name, shapes.text(self.shape)) end

local SPEC = { { "shape", "table" }, { "name", "string" } }

--- One sample's shape, the batch left out; -1 for an extent that may vary: rl.Input{shape = {4, 1}}.
--- @param shape table
--- @param name string|nil
local function Input(shape, ...)
  if select("#", ...) == 0 and type(shape) == "table" and math.type(shape[1]) then
    shape = { shape = shape } -- Input{4, 1}
  end
  local given = options.arguments("Input", SPEC, shape, ...)
  if given.shape == nil then core.raise("Input: argument 'shape' is required") end
  shapes.check("Input", "shape", given.shape)
  return setmetatable({
    shape = { table.unpack(given.shape) },
    name = given.name or core.unique_name "input_layer",
  }, meta)
end

return { new = Input, is = function(value) return getmetatable(value) == meta end }
