--- train_on_batch of data whose shapes were bound before takes a short way; nothing may tell it from the long one.
local rl = require "rnnlua"

local X = { { { 0.1 }, { 0.2 } }, { { 0.3 }, { 0.4 } }, { { 0.5 }, { 0.6 } } }
local Y = { 0.3, 0.5, 0.7 }

local function small(given)
  rl.utils.set_random_seed(5)
  local model = rl.Sequential { rl.layers.SimpleRNN { 3, input_shape = { -1, 1 } }, rl.layers.Dense(1) }
  model:compile(given or { optimizer = "adam", loss = "mse", metrics = { "mae", "mse" } })
  return model
end

describe("train_on_batch, called again", function()
  it("trains as the long way does, and returns the same numbers", function()
    local short, long = small(), small()
    for i = 1, 6 do
      local x, y = i % 2 == 0 and rl.tensor(X, "float32") or X, i % 3 == 0 and rl.tensor(Y, "float32") or Y
      local logs = long:train_on_batch(x, y, { return_dict = true })
      assert.same({ logs.loss, logs.mae, logs.mse }, { short:train_on_batch(x, y) })
    end
    for i, weight in ipairs(long:get_weights()) do assert.same(weight:totable(), short:get_weights()[i]:totable()) end
  end)

  it("takes other shapes, weights of rows and lengths in between", function()
    local short, long = small(), small()
    local function all(model, given)
      local losses = {}
      for _ = 1, 2 do
        losses[#losses + 1] = model:train_on_batch(X, Y, given)
        losses[#losses + 1] = model:train_on_batch({ X[1], X[2] }, { 0.3, 0.5 }, given)
        losses[#losses + 1] = model:train_on_batch(X, Y, { sample_weight = { 1, 0, 0 } })
        losses[#losses + 1] = model:train_on_batch(X, { { 0.3 }, { 0.5 }, { 0.7 } }, given)
      end
      return losses
    end
    assert.same(all(long, { class_weight = nil, return_dict = false }), all(short))
  end)

  it("refuses what the first call refuses, in the same words", function()
    local model = small()
    local cases = {
      { function() model:train_on_batch(X, { 1, 2 }) end, "x has 3 rows, y has 2" },
      { function() model:train_on_batch(X) end, "targets%) expected, got nil" },
      { function() model:train_on_batch(X, { 1, 2, "a" }) end, "train_on_batch: y%[3%] is 'a'" },
      { function() model:train_on_batch({ { { 1 } }, { { 2 }, { 3 } } }, Y) end, "ragged" },
      { function() model:train_on_batch(rl.zeros { 3, 2, 2 }, Y) end, "expected" },
      { function() rl.GradientTape(function() model:train_on_batch(X, Y) end) end, "while a tape records" },
    }
    for round = 1, 2 do
      for _, case in ipairs(cases) do assert.error_matches(case[1], case[2]) end
      if round == 1 then model:train_on_batch(X, Y) end
    end
  end)

  it("lets a metric in Lua fail, and goes on", function()
    local fails = false
    local model = small { optimizer = "sgd", loss = "mse", metrics = { function(y) return fails and error "oh" or y * 0 end } }
    model:train_on_batch(X, Y)
    fails = true
    for _ = 1, 2 do assert.error_matches(function() model:train_on_batch(X, Y) end, "oh") end
    fails = false
    assert.equal(2, select("#", model:train_on_batch(X, Y)))
  end)
end)
