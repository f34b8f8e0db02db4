--- How cost grows with rows, timesteps and epochs: `rnnlua tests/bench/scaling.lua`.
---
--- Tables of seconds for sizes ten times apart, and nanoseconds for one of them: the same in every line where cost is
--- linear. Seconds are the processor's, of one thread, which other processes hardly disturb.
local rl = require "rnnlua"

rl.config.set_threads(1)

local function seconds_of(f)
  collectgarbage()
  local start = os.clock()
  f()
  return os.clock() - start
end

--- @param make function size -> the function to time
local function grow(title, sizes, make)
  print(("\n%-46s %10s %12s"):format(title, "s", "ns for one"))
  for _, size in ipairs(sizes) do
    local f = make(size)
    f() -- the arena grows, its pages are touched for the first time
    local seconds = seconds_of(f)
    if seconds < 0.3 then seconds = math.min(seconds, seconds_of(f), seconds_of(f)) end
    print(("  %-44d %10.4f %12.1f"):format(size, seconds, seconds / size * 1e9))
  end
end

local function model_of(units)
  local model = rl.Sequential { rl.Input { shape = { -1, 1 } }, rl.layers.LSTM(units), rl.layers.Dense(1) }
  model:compile { optimizer = "adam", loss = "mse" }
  return model
end

local model = model_of(16)
local SILENT = { verbose = 0 }

local ROWS = { 1000, 10000, 100000 }

local function rows(n, steps) return rl.random.normal { shape = { n, steps, 1 } }, rl.random.normal { shape = { n, 1 } } end

grow("fit: rows of 10 timesteps", ROWS, function(n)
  local x, y = rows(n, 10)
  return function() model:fit(x, y, SILENT) end
end)

grow("evaluate: rows of 10 timesteps", ROWS, function(n)
  local x, y = rows(n, 10)
  return function() model:evaluate(x, y, SILENT) end
end)

grow("predict: rows of 10 timesteps", ROWS, function(n)
  local x = rows(n, 10)
  return function() model:predict(x) end
end)

grow("fit from a nested table: rows of 10 timesteps", ROWS, function(n)
  local x, y = rows(n, 10)
  x, y = x:totable(), y:totable()
  return function() model:fit(x, y, SILENT) end
end)

grow("train_on_batch: timesteps of one batch of 32", { 10, 100, 1000, 10000 }, function(n)
  local x, y = rows(32, n)
  return function() model:train_on_batch(x, y) end
end)

grow("predict: timesteps of one row", { 100, 1000, 10000, 100000 }, function(n)
  local x = rows(1, n)
  return function() model:predict(x) end
end)

grow("stream: timesteps", { 1000, 10000, 100000, 1000000 }, function(n)
  local stream = model:stream()
  return function() for i = 1, n do stream(i % 7) end end
end)

for _, watched in ipairs { false, true } do
  grow(watched and "fit with a callback: epochs of 6 rows" or "fit: epochs of 6 rows", { 100, 1000, 10000, 100000 },
    function(n)
      local x, y = rows(6, 4)
      local small = model_of(4)
      return function()
        small:fit(x, y, { epochs = n, verbose = 0, callbacks = watched and { { on_epoch_end = function() end } } or nil })
      end
    end)
end
