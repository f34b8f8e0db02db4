--- Resident memory over many calls: `rnnlua tests/bench/steady.lua [calls]`, a million of each by default.
---
--- Each line is a kind of call, its number, kilobytes resident after a tenth of the calls and after all, and by how
--- much it grew in between.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local rl = require "rnnlua"
local resident = require "resident"

local calls = tonumber(arg[1]) or 1000000

local function model_of(layer)
  local model = rl.Sequential { rl.Input { shape = { -1, 1 } }, layer, rl.layers.Dense(1) }
  model:compile { optimizer = "adam", loss = "mse", metrics = { "mae" } }
  return model
end

local model = model_of(rl.layers.SimpleRNN(10))
local x, y = rl.random.normal { shape = { 6, 4, 1 } }, rl.random.normal { shape = { 6, 1 } }

--- Batches of many shapes, which take turns: more than a model keeps plans of.
local shapes = {}
for i = 1, 12 do shapes[i] = { rl.random.normal { shape = { 1 + i % 5, 2 + i, 1 } }, rl.zeros { 1 + i % 5, 1 } } end

local streamed = rl.Sequential { rl.Input { shape = { -1, 1 } }, rl.layers.LSTM(16), rl.layers.Dense(1) }
local stream = streamed:stream()
local many = streamed:stream { batch = 20 }
local block = rl.random.normal { shape = { 20, 1 } }
local weights = model:get_weights()

local KINDS = {
  { "fit", function() model:fit(x, y, { epochs = 1, verbose = 0 }) end },
  { "evaluate", function() model:evaluate(x, y, { verbose = 0 }) end },
  { "predict", function() model:predict(x) end },
  { "train_on_batch", function() model:train_on_batch(x, y) end },
  { "test_on_batch", function() model:test_on_batch(x, y) end },
  { "predict_on_batch", function() model:predict_on_batch(x) end },
  { "stream step", function(i) stream(i % 7) end },
  { "stream step, 20 streams", function() many(block) end },
  { "train_on_batch, 12 shapes in turn", function(i) model:train_on_batch(table.unpack(shapes[i % 12 + 1])) end },
  { "predict, 12 shapes in turn", function(i) model:predict(shapes[i % 12 + 1][1]) end },
  { "fit by a generator", function()
    local given = false
    model:fit(function()
      given = not given
      if given then return x, y end
    end, nil, { epochs = 1, verbose = 0 })
  end },
  { "compile and fit", function()
    model:compile { optimizer = "sgd", loss = "mse" }
    model:fit(x, y, { epochs = 1, verbose = 0 })
  end },
  { "set_weights and get_weights", function()
    model:set_weights(weights)
    model:get_weights()
  end },
  { "a layer called at once", function() model.layers[1](x) end },
  { "GradientTape", function()
    local tape, loss = rl.GradientTape(function() return ((model(x) - y) ^ 2):mean() end)
    tape:gradient(loss, model.trainable_weights)
  end },
  { "a model made, fitted and dropped", function()
    model_of(rl.layers.SimpleRNN(10)):fit(x, y, { epochs = 1, verbose = 0 })
  end },
}

print(("%-36s %9s %9s %9s %8s"):format("", "calls", "kB", "kB after", "grown"))
for _, kind in ipairs(KINDS) do
  local name, f = kind[1], kind[2]
  for i = 1, calls // 10 do f(i) end
  local before = resident.now()
  for i = 1, calls - calls // 10 do f(i) end
  local after = resident.now()
  print(("%-36s %9d %9d %9d %8d"):format(name, calls, before, after, after - before))
end
