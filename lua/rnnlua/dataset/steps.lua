--- What a dataset does to the one before it. Each function takes a source (sources.lua) and gives another one.
local core = require "rnnlua.core"
local blocks = require "rnnlua.dataset.blocks"

local steps = {}

local random = core.random

--- A source that gives the rows of `open`, which gives single rows.
local function source(from, open, count, batched) return { open = open, count = count, batched = batched } end

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
  return source(from, open, from.count, from.batched)
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
  return source(from, open, nil, from.batched)
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
  return source(from, open, from.count and math.min(from.count, count), from.batched)
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
  return source(from, open, from.count and math.max(from.count - count, 0), from.batched)
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
  return source(from, open, count, from.batched)
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
  return source(from, open, from.count and other.count and from.count + other.count, batched)
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
  local cached = source(from, open, from.count, from.batched)
  --- replayed blocks are as long as they were; cut to what is asked for
  local inner = cached.open
  cached.open = function()
    local next_block, block, done = inner(), nil, 0
    return function(n)
      if not block or done == block.rows then
        block, done = next_block(n), 0
        if not block then return nil end
      end
      local first = done + 1
      done = math.min(done + n, block.rows)
      return blocks.slice(block, first, done)
    end
  end
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
  return source(from, open, count, true)
end

--- `size` elements at a time, stacked.
function steps.batch(from, size, drop) return batches(from, size, drop, "batch", blocks.join) end

--- The same, where elements are as long as the longest of their batch made by `value`s behind.
function steps.padded_batch(from, size, drop, value)
  local pad = require "rnnlua.dataset.padding".pad
  return batches(from, size, drop, "padded_batch", function(who, parts) return blocks.join(who, pad(parts, value)) end)
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
  return source(from, open, nil, false)
end

-- shuffling ---------------------------------------------------------------------------------------------------------

--- A function that gives random integers from 1 to n. `seed` nil: as the seed of everything has it.
local function integers(seed)
  local drawn, used, number = nil, 0, 0
  return function(n)
    if not drawn or used == #drawn then
      number = number + 1
      drawn = random.uniform { shape = { 512 }, dtype = "float64", seed = seed and seed * 7919 + number }:totable()
      used = 0
    end
    used = used + 1
    return math.min(math.floor(drawn[used] * n) + 1, n)
  end
end

--- All rows in random order, where rows can be taken by position.
local function open_gathered(from, seed)
  local order, done = random.permutation(from.count, { seed = seed }), 0
  return function(n)
    if done >= from.count then return nil end
    local first = done + 1
    done = math.min(done + n, from.count)
    return from.gather(order[{ { first, done } }])
  end
end

--- One of the `size` rows at hand, in whose place comes the next one.
local function open_buffered(from, size, seed)
  local next_block, draw, buffer, count, ended = from.open(), integers(seed), {}, 0, false
  return function()
    while not ended and count < size do
      local block = next_block(1)
      if block then
        count = count + 1
        buffer[count] = blocks.copy(block)
      else
        ended = true
      end
    end
    if count == 0 then return nil end
    local i = draw(count)
    local block = buffer[i]
    buffer[i], buffer[count] = buffer[count], nil
    count = count - 1
    return block
  end
end

--- @param given table {size=, seed=, again= whether each pass has another order}
function steps.shuffle(from, given)
  local passes, fixed = 0, given.seed
  local function open()
    local seed = fixed
    if not given.again and not seed then
      fixed = math.floor(random.uniform { shape = { 1 }, dtype = "float64" }[1] * 2 ^ 40)
      seed = fixed
    elseif given.again and seed then
      seed = seed * 1000003 + passes
      passes = passes + 1
    end
    if from.gather and from.count > 0 and from.count <= given.size then return open_gathered(from, seed) end
    return open_buffered(from, given.size, seed)
  end
  return source(from, open, from.count, from.batched)
end

return steps
