--- What a dataset does to the one before it. Each function takes a source (sources.lua) and gives another one.
local core = require "rnnlua.core"
local blocks = require "rnnlua.dataset.blocks"

local steps = {}

--- A source after another one.
local function source(open, count, batched) return { open = open, count = count, batched = batched } end

--- The same, where the rows are those of `from`.
local function same_rows(from, open, count)
  return { open = open, count = count, batched = from.batched, uniform = from.uniform }
end

-- rows one by one ----------------------------------------------------------------------------------------------

--- f(values…) in place of each element.
function steps.map(from, f)
  local function open()
    local next_block, block, i = from.open(), nil, 0
    return function(n)
      if not block or i == block.rows then
        block, i = next_block(n), 0
        if not block then return nil end
      end
      i = i + 1
      local values = table.pack(f(blocks.unpack(block, i)))
      if values.n == 0 or values[1] == nil then core.raise("map: the function returned nothing for an element") end
      return blocks.pack(table.unpack(values, 1, values.n))
    end
  end
  return source(open, from.count, from.batched)
end

--- The elements for which f(values…) is true.
function steps.filter(from, f)
  local function open()
    local next_block = from.open()
    return function()
      while true do
        local block = next_block(1)
        if not block or f(blocks.unpack(block, 1)) then return block end
      end
    end
  end
  return same_rows(from, open, nil)
end

-- more or fewer ---------------------------------------------------------------------------------------------------

function steps.take(from, count)
  local function open()
    local next_block, left = from.open(), count
    return function(n)
      if left <= 0 then return nil end
      local block = next_block(math.min(n, left))
      if block then left = left - block.rows end
      return block
    end
  end
  return same_rows(from, open, from.count and math.min(from.count, count))
end

function steps.skip(from, count)
  local function open()
    local next_block, left = from.open(), count
    return function(n)
      while left > 0 do
        local block = next_block(left)
        if not block then return nil end
        left = left - block.rows
      end
      return next_block(n)
    end
  end
  return same_rows(from, open, from.count and math.max(from.count - count, 0))
end

--- All elements `times` times over; for ever if that is math.huge.
function steps.repeat_(from, times)
  local function open()
    local next_block, left, seen = from.open(), times, false
    return function(n)
      while left > 0 do
        local block = next_block(n)
        seen = seen or block ~= nil
        if block then return block end
        if not seen then return nil end -- nothing, however often
        left = left - 1
        if left > 0 then next_block = from.open() end
      end
    end
  end
  local count = from.count and (from.count == 0 and 0 or times == 0 and 0 or from.count * times)
  return same_rows(from, open, count)
end

--- One after the other.
function steps.concatenate(from, other)
  local function open()
    local next_block, second = from.open(), false
    return function(n)
      local block = next_block(n)
      if block or second then return block end
      next_block, second = other.open(), true
      return next_block(n)
    end
  end
  local batched
  if from.batched == other.batched then batched = from.batched end
  return source(open, from.count and other.count and from.count + other.count, batched)
end

--- Side by side: an element has the values of all.
function steps.zip(list)
  local function open()
    local nexts = {}
    for i, from in ipairs(list) do nexts[i] = from.open() end
    return function()
      local joined = { rows = 1, count = 0 }
      for _, next_block in ipairs(nexts) do
        local block = next_block(1)
        if not block then return nil end
        for k = 1, block.count do joined[joined.count + k] = block[k] end
        joined.count = joined.count + block.count
      end
      return joined
    end
  end
  local count, batched = math.huge, list[1].batched
  for _, from in ipairs(list) do
    count = count and from.count and math.min(count, from.count)
    if from.batched ~= batched then batched = nil end
  end
  return { open = open, count = count, batched = batched }
end

--- Keeps what went through once, and gives that from then on.
function steps.cache(from)
  local kept
  local function replay()
    local i = 0
    return function()
      i = i + 1
      return kept[i]
    end
  end
  local function open()
    if kept then return replay() end
    local next_block, gathered = from.open(), {}
    return function(n)
      if not gathered then return nil end
      local block = next_block(n)
      if block then gathered[#gathered + 1] = block
      else kept, gathered = gathered, nil end
      return block
    end
  end
  local cached = same_rows(from, open, from.count)
  --- replayed blocks are as long as they were; cut to what is asked for
  local inner = cached.open
  cached.open = function() return blocks.pieces(inner()) end
  return cached
end

-- batches ----------------------------------------------------------------------------------------------------------

--- Blocks of `size` rows each, the last one with what is left.
local function regroup(from, size, who, gathered)
  local next_block = from.open()
  return function()
    local parts, rows = {}, 0
    while rows < size do
      local block = next_block(size - rows)
      if not block then break end
      parts[#parts + 1], rows = block, rows + block.rows
    end
    if rows == 0 then return nil end
    return gathered(who, parts), rows
  end
end

local function batches(from, size, drop, who, gathered)
  local function open()
    local next_group = regroup(from, size, who, gathered)
    return function()
      local block, rows = next_group()
      if not block or drop and rows < size then return nil end
      return blocks.wrap(block)
    end
  end
  local count = from.count
  if count and count ~= math.huge then count = drop and count // size or -(-count // size) end
  return source(open, count, true)
end

--- `size` elements at a time, stacked.
function steps.batch(from, size, drop) return batches(from, size, drop, "batch", blocks.join) end

--- The same, where elements are as long as the longest of their batch made by `value`s behind.
function steps.padded_batch(from, size, drop, value)
  local pad = require "rnnlua.dataset.padding".pad
  return batches(from, size, drop, "padded_batch", function(who, parts)
    return blocks.join(who, pad(parts, value))
  end)
end

--- The rows of each element.
function steps.unbatch(from)
  local function open()
    local next_block, held, done = from.open(), nil, 0
    return function(n)
      while not held or done == held.rows do
        local block = next_block(1)
        if not block then return nil end
        local values = table.pack(blocks.unpack(block, 1))
        held, done = blocks.of_arrays("unbatch", values), 0
      end
      local first = done + 1
      done = math.min(done + n, held.rows)
      return blocks.slice(held, first, done)
    end
  end
  return source(open, nil, false)
end

return steps
