--- Data of any length in constant memory: `rnnlua tests/bench/endless.lua [timesteps]`, 10^7 by default.
---
--- Each line is a way to go over so many timesteps, made one by one: seconds of one thread, nanoseconds for a timestep,
--- kilobytes resident at most, and by how much that grew.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local rl = require "rnnlua"
local resident = require "resident"

rl.config.set_threads(1)
local most = math.tointeger(tonumber(arg[1] or 10000000))

local function model_of(units)
  local model = rl.Sequential { rl.Input { shape = { -1, 1 } }, rl.layers.LSTM(units), rl.layers.Dense(1) }
  model:compile { optimizer = "adam", loss = "mse" }
  return model
end

local model = model_of(16)
local SILENT = { verbose = 0 }

local BATCH, STEPS = 32, 100

--- The next values of a random walk, made as they are asked for.
local function walk()
  local at, key = 0.0, 1
  return function()
    key = (key * 1103515245 + 12345) & 0x7fffffff
    at = 0.9 * at + key / 0x7fffffff - 0.5
    return at
  end
end

--- Batches of windows of one endless series, `count` of them.
local function batches(count)
  local next_value, given = walk(), 0
  return function()
    if given == count then return nil end
    given = given + 1
    local values = {}
    for i = 1, BATCH * STEPS do values[i] = next_value() end
    local x = rl.tensor(values, "float32"):reshape { BATCH, STEPS, 1 }
    return x, x:mean(2)
  end
end

--- One window after another, as an element each.
local function windows(count)
  return rl.data.Dataset.from_generator(function()
    local next_value, given = walk(), 0
    return function()
      if given == count then return nil end
      given = given + 1
      local values = {}
      for i = 1, STEPS do values[i] = { next_value() } end
      return rl.tensor(values, "float32"), rl.tensor { values[STEPS][1] }
    end
  end)
end

local WAYS = {
  { "fit: a generator of batches", function(steps) model:fit(batches(steps // (BATCH * STEPS)), nil, SILENT) end },
  { "fit: a Dataset, shuffle, batch", function(steps)
    model:fit(windows(steps // STEPS):shuffle(1000, 1):batch(BATCH), nil, SILENT)
  end },
  { "evaluate: a Dataset, map, batch", function(steps)
    model:evaluate(windows(steps // STEPS):map(function(x, y) return x * 2, y end):batch(BATCH), nil, SILENT)
  end },
}

print(("%-46s %10s %12s %9s %8s"):format("timesteps", "s", "ns for one", "peak kB", "grown"))
for _, way in ipairs(WAYS) do
  way[2](most // 100)
  for _, steps in ipairs { most // 10, most } do
    local before = resident.peak()
    local start = os.clock()
    way[2](steps)
    local seconds, peak = os.clock() - start, resident.peak()
    print(("  %-34s %9d %10.2f %12.1f %9s %8s"):format(way[1], steps, seconds, seconds / steps * 1e9, peak or "-",
      peak and peak - before or "-"))
  end
end
