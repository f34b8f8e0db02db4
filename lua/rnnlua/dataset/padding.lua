--- Makes the tensors of several blocks alike in shape by a value behind.
local core = require "rnnlua.core"
local blocks = require "rnnlua.dataset.blocks"

local padding = {}

local full = core.tensor_creators.full

--- The largest extents of component k of the blocks; nil where it has none.
local function extents(list, k)
  local largest
  for _, block in ipairs(list) do
    local component = block[k]
    if not blocks.is_tensor(component) then return nil end
    local shape = component.shape
    largest = largest or shape
    if #shape ~= #largest then
      core.raise(("padded_batch: elements differ in axes: some have %d, others %d"):format(#largest - 1, #shape - 1))
    end
    for axis = 2, #shape do largest[axis] = math.max(largest[axis], shape[axis]) end
  end
  return largest
end

local function padded(tensor, largest, value)
  local shape, place, alike = tensor.shape, {}, true
  for axis = 1, #shape do
    place[axis] = { 1, shape[axis] }
    alike = alike and (axis == 1 or shape[axis] == largest[axis])
  end
  if alike then return tensor end
  local result = full({ shape[1], table.unpack(largest, 2) }, value, tensor.dtype)
  if tensor.size > 0 then result[place] = tensor end
  return result
end

--- @param list table[] blocks
--- @param value number
--- @return table[] blocks that can be joined
function padding.pad(list, value)
  local result = {}
  for i, block in ipairs(list) do result[i] = { rows = block.rows, count = block.count } end
  for k = 1, list[1].count do
    local largest = extents(list, k)
    for i, block in ipairs(list) do result[i][k] = largest and padded(block[k], largest, value) or block[k] end
  end
  return result
end

return padding
