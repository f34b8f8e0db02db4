--- Where the rows of a dataset come from. Each source is {open=, count=, gather=, batched=}:
---   open()      begins anew; returns next(n), which gives a block of 1 to n rows, nil at the end
---   count       how many rows there are: an integer, math.huge, or nil where nobody knows
---   gather(p)   the rows at positions p (an int64 tensor) as a block; nil where rows come one after the other alone
---   batched     whether an element is a batch; nil where nobody knows
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local blocks = require "rnnlua.dataset.blocks"

local sources = {}

--- The rows of arrays.
function sources.slices(block)
  local function open()
    local done = 0
    return function(n)
      if done >= block.rows then return nil end
      local first = done + 1
      done = math.min(done + n, block.rows)
      return blocks.slice(block, first, done)
    end
  end
  return { open = open, count = block.rows, batched = false,
    gather = function(positions) return blocks.take(block, positions) end }
end

--- One element.
function sources.single(block)
  local function open()
    local given = false
    return function()
      if given then return nil end
      given = true
      return block
    end
  end
  return { open = open, count = 1 }
end

--- What a function's iterator gives: make() returns a function that gives the values of the next element.
function sources.generator(make)
  local function open()
    local step = make()
    if type(step) ~= "function" and not (getmetatable(step) or {}).__call then
      core.raise("from_generator: the function must return an iterator, a function that returns the next element, got "
        .. options.describe(step))
    end
    local done = false
    return function()
      if done then return nil end
      local values = table.pack(step())
      if values[1] == nil then
        done = true
        return nil
      end
      return blocks.pack(table.unpack(values, 1, values.n))
    end
  end
  return { open = open }
end

--- Windows of a series, each `length` rows of data, `rate` apart, from those in starts (an int64 tensor) on.
--- @param given table {data=, targets= or nil, starts=, length=, rate=}
function sources.windows(given)
  local starts, data, targets = given.starts, given.data, given.targets
  local steps = core.tensor_creators.range(0, (given.length - 1) * given.rate, given.rate, "int64")
  local function gather(positions)
    local first = starts:take(positions, 1)
    local rows = first:expand_dims(-1) + steps
    local block = { rows = positions.size, count = targets and 2 or 1, data:take(rows, 1) }
    if targets then block[2] = targets:take(first, 1) end
    return block
  end
  local function open()
    local done = 0
    return function(n)
      if done >= starts.size then return nil end
      local first = done + 1
      done = math.min(done + n, starts.size)
      return gather(core.tensor_creators.range(first, done, 1, "int64"))
    end
  end
  return { open = open, count = starts.size, gather = gather, batched = false }
end

return sources
