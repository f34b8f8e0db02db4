--- The step that brings elements into random order.
local core = require "rnnlua.core"
local blocks = require "rnnlua.dataset.blocks"

local random = core.random
local to_tensor = core.tensor_creators.tensor

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

--- All rows, where they can be taken by position.
local function open_gathered(from, seed)
  local order, done = random.permutation(from.count, { seed = seed }), 0
  return function(n)
    if done >= from.count then return nil end
    local first = done + 1
    done = math.min(done + n, from.count)
    return from.gather(order[{ { first, done } }])
  end
end

--- Row by row: one of the `size` rows at hand, in whose place comes the next one.
local function open_single(from, size, seed)
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

local STRETCH <const> = 512 -- rows that come and go at once

--- At most `most` rows, as one block; nil where there are none.
local function read(next_block, most)
  local parts, rows = {}, 0
  while rows < most do
    local block = next_block(most - rows)
    if not block then break end
    parts[#parts + 1], rows = block, rows + block.rows
  end
  return rows > 0 and blocks.join("shuffle", parts) or nil
end

--- The same in stretches, for rows that are alike in shape. `room` has the rows at hand, 1 to size, and behind them
--- those that come in; which of them go out and which stay is settled by their numbers, and then all are moved at
--- once.
local function open_stretches(from, size, seed)
  local next_block, draw, room, count = from.open(), integers(seed), nil, nil

  local function exchange(incoming)
    blocks.put(room, size + 1, incoming)
    local out, moved, held = {}, {}, {}
    for k = 1, incoming.rows do
      local i = draw(size)
      out[k] = held[i] or i
      if not held[i] then moved[#moved + 1] = i end
      held[i] = size + k
    end
    local block = blocks.take(room, to_tensor(out, "int64"))
    local staying = {}
    for k, i in ipairs(moved) do staying[k] = held[i] end
    blocks.scatter(room, to_tensor(moved, "int64"), blocks.take(room, to_tensor(staying, "int64")))
    return block
  end

  --- The rows left at the end, in random order.
  local function rest()
    local order = {}
    for i = 1, count do order[i] = i end
    for i = count, 2, -1 do
      local k = draw(i)
      order[i], order[k] = order[k], order[i]
    end
    local block = blocks.take(room, to_tensor(order, "int64"))
    count, room = 0, nil
    return block
  end

  local function fill()
    local first = read(next_block, size)
    count = first and first.rows or 0
    if count == size then room = blocks.room(first, size + STRETCH)
    else room = first end
  end

  local function refill()
    if count == nil then fill() end
    if count == 0 then return nil end
    local incoming = count == size and read(next_block, STRETCH)
    return incoming and exchange(incoming) or rest()
  end

  return blocks.pieces(refill)
end

--- @param from table a source (sources.lua)
--- @param given table {size=, seed=, again= whether each pass has another order}
--- @return table source
return function(from, given)
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
    return (from.uniform and open_stretches or open_single)(from, given.size, seed)
  end
  return { open = open, count = from.count, batched = from.batched, uniform = from.uniform }
end
