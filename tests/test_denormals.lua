--- Numbers too small for a normal float32: 0 while models run, as in TensorFlow, and kept by tensors, as in NumPy.
local rl = require "rnnlua"
local L = rl.layers

local SMALL = 1e-30 * 1e-10

local function model(batch)
  local m = rl.Sequential { L.Dense { 1, input_shape = { 1 } } }
  m:set_weights { rl.tensor { { 1e-30 } }, rl.zeros { 1 } }
  m:compile { optimizer = rl.optimizers.SGD { 1 }, loss = function(y, p) return (y * p):mean() end }
  return m, rl.ones { batch or 1, 1 } * 1e-10
end

describe("denormal numbers", function()
  local small = rl.ones { 1, 1 } * SMALL

  it("are 0 in what a model computes", function()
    local m, x = model()
    assert.tensor_near(rl.zeros { 1, 1 }, m:predict(x), 0)
    assert.tensor_near(rl.zeros { 1, 1 }, m:predict_on_batch(x), 0)
    assert.tensor_near(rl.zeros { 1, 1 }, m(x), 0)
    local recurrent = rl.Sequential { L.SimpleRNN { 1, input_shape = { 4, 1 }, activation = "linear" } }
    recurrent:set_weights { rl.tensor { { 1e-30 } }, rl.ones { 1, 1 }, rl.zeros { 1 } }
    assert.equal(0, recurrent:stream()(1e-10))
  end)

  it("are 0 on every thread", function()
    local m, x = model(200000)
    assert.tensor_near(rl.zeros { 200000, 1 }, m:predict(x, { batch_size = 200000 }), 0)
  end)

  it("are 0 in training", function()
    local m, x = model()
    assert.equal(0, m:test_on_batch(x, small))
    m:set_weights { rl.tensor { { 2e-38 } }, rl.zeros { 1 } }
    m:train_on_batch(x, rl.ones { 1, 1 } * 1.2e-28) -- the kernel's gradient is y x, and what it leaves is denormal
    assert.tensor_near(rl.zeros { 1, 1 }, m:get_weights()[1], 0)
  end)

  it("are tensors' and Lua's own as ever, before and after", function()
    local m, x = model()
    for _ = 1, 2 do
      assert.near(1e-40, (rl.tensor { 1e-30 } * 1e-10):item(), 1e-45)
      assert.equal(5e-324, 5e-323 / 10)
      m:predict(x)
      m:train_on_batch(x, small)
      pcall(m.predict, m, "no tensor")
    end
  end)

  it("are 0 in a layer that is called and goes backward", function()
    local m, x = model()
    local tape, y = rl.GradientTape(function() return m(x) * 1e-35 end)
    assert.equal(0, y:item())
    assert.tensor_near(rl.zeros { 1, 1 }, tape:gradient(y, m.trainable_variables)[1], 0)
  end)
end)
