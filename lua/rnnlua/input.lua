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

local function is_extent(value) return type(value) == "number" or value == false end

--- The extents, copied, with -1 for false.
local function copy_of(shape)
  local copy = { table.unpack(shape) }
  for i, extent in ipairs(copy) do copy[i] = extent or -1 end
  return copy
end

--- One sample's shape, the batch left out; -1 or false for an extent that may vary:
--- rl.Input{shape = {4, 1}}.
--- @param shape table
--- @param name string|nil
local function Input(shape, ...)
  if select("#", ...) == 0 and type(shape) == "table" and is_extent(shape[1]) then
    shape = { shape = shape } -- Input{4, 1}
  end
  local given = options.arguments("Input", SPEC, shape, ...)
  if given.shape == nil then core.raise("Input: argument 'shape' is required") end
  shape = copy_of(given.shape)
  shapes.check("Input", "shape", shape)
  return setmetatable({
    shape = shape,
    name = given.name or core.unique_name "input_layer",
  }, meta)
end

return { new = Input, is = function(value) return getmetatable(value) == meta end }
