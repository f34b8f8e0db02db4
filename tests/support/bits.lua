--- bits(value): what tells values apart that differ in a single bit, -0 and NaN too, to be compared with assert.same:
--- tensors as dtype, shape and the checksum of their bytes, numbers in hexadecimal, tables entry by entry.
local core = require "rnnlua.core"
local show = require "rnnlua.test.show"

local function bits(value)
  if show.is_tensor(value) then
    return ("%s (%s) %08x"):format(value.dtype, table.concat(value.shape, ", "), core.crc32(value))
  end
  if math.type(value) == "float" then return ("%a"):format(value) end
  if type(value) ~= "table" then return value end
  local result = {}
  for key, entry in pairs(value) do result[key] = bits(entry) end
  return result
end

return bits
