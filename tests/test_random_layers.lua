--- Layers that draw random numbers: the same seed gives the same masks, however the layer is called.
local rl = require "rnnlua"

describe("Dropout with a seed", function()
  local x = rl.ones { 3, 8 }

  it("draws the same masks, one after another, from every layer of that seed", function()
    local a, b = rl.layers.Dropout { 0.5, seed = 7 }, rl.layers.Dropout { 0.5, seed = 7 }
    local first, second = a(x, { training = true }), a(x, { training = true })
    assert.is_true(rl.equal(first, b(x, { training = true })))
    assert.is_true(rl.equal(second, b(x, { training = true })))
    assert.is_false(rl.equal(first, second))
    assert.is_false(rl.equal(first, rl.layers.Dropout { 0.5, seed = 8 }(x, { training = true })))
  end)

  it("draws them in a model's training too", function()
    local function trained()
      local model = rl.Sequential { rl.layers.Dropout { 0.5, seed = 3, input_shape = { 8 } },
        rl.layers.Dense { 1, kernel_initializer = "ones" } }
      model:compile { optimizer = rl.optimizers.SGD(0.1), loss = "mse" }
      return model:fit(x, rl.zeros { 3 }, { epochs = 3, shuffle = false, verbose = 0 }).history.loss
    end
    assert.same(trained(), trained())
  end)
end)

describe("Dropout's noise_shape", function()
  it("repeats one mask along axes of 1", function()
    local y = rl.layers.Dropout { 0.5, noise_shape = { -1, 1, 4 } }(rl.ones { 2, 5, 4 }, { training = true })
    for row = 2, 5 do assert.is_true(rl.equal(y[{ {}, 1 }], y[{ {}, row }])) end
  end)

  for extent, text in pairs { [0] = "0", [-5] = "-5" } do
    it("refuses an extent of " .. text, function()
      assert.error_matches(function() rl.layers.Dropout { 0.5, noise_shape = { 2, extent } } end,
        "Dropout: argument 'noise_shape'.*" .. text)
    end)
  end
end)

describe("data without numbers", function()
  it("is refused, and the model goes on", function()
    local model = rl.Sequential { rl.layers.Flatten { input_shape = { -1, 2 } } }
    assert.error_matches(function() model:predict(rl.zeros { 2, 0, 2 }) end, "%(2, 0, 2%)")
    assert.same({ 2, 6 }, model:predict(rl.zeros { 2, 3, 2 }).shape)
  end)
end)
