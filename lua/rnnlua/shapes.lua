--- Shapes as Lua tables of extents; -1 is one that is only known when called (Keras' None).
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local shapes = {}

--- "(None, 4, 1)", "(6,)", "()"
function shapes.text(shape)
  local parts = {}
  for i, extent in ipairs(shape) do parts[i] = extent == -1 and "None" or tostring(extent) end
  return "(" .. table.concat(parts, ", ") .. (#parts == 1 and ",)" or ")")
end

--- Raises at the caller's line unless `shape` is a list of positive integers and -1.
function shapes.check(who, argument, shape)
  for i = 1, #shape do
    local extent = options.integer(shape[i])
    if not extent or (extent < 1 and extent ~= -1) then
      core.raise(("%s: argument '%s' must be a list of positive integers (or -1), got %s at %d"):format(
        who, argument, options.describe(shape[i]), i))
    end
  end
end

--- The shape without its first axis, the batch.
function shapes.sample(shape) return { table.unpack(shape, 2) } end

--- The shape with the batch's axis in front, its extent left open.
function shapes.batch(shape) return { -1, table.unpack(shape) } end

function shapes.equal(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

return shapes
