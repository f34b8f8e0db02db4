--- Masks, states and memory of calls, as the host carries them; the layers are those of plugins/masks.c.
local rl = require "rnnlua"
local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"

-- test_functional.lua may have loaded it
local loaded = pcall(function() return rl.layers.Skip end) or rl.plugins.load(folder .. "plugin_masks.so")

local function live()
  return rl.layers.Live()(rl.zeros { 1, 1, 1 }):sum()
end

describe("Masks", function()
  if not loaded then return pending "tests/support is not built" end

  it("travel from layer to layer", function()
    local model = rl.Sequential { rl.Input { shape = { 4, 1 } }, rl.layers.Skip(), rl.layers.Count() }
    local counts = model:predict { { { 1 }, { -1 }, { 1 }, { 1 } }, { { -1 }, { -1 }, { -1 }, { 1 } } }
    assert.same({ { { 1 }, { 1 }, { 2 }, { 3 } }, { { 0 }, { 0 }, { 0 }, { 1 } } }, counts:totable())
  end)

  it("stop at layers that do not understand them", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Skip(), rl.layers.Live(),
      rl.layers.Count() }
    assert.same({ { { 1 }, { 2 } } }, model:predict { { { -1 }, { -1 } } }:totable())
  end)

  it("pass through Dense and Dropout", function()
    local model = rl.Sequential { rl.Input { shape = { 3, 1 } }, rl.layers.Skip(), rl.layers.Dense(1),
      rl.layers.Dropout(0.5), rl.layers.Count() }
    assert.same({ { { 1 }, { 1 }, { 2 } } }, model:predict { { { 1 }, { -1 }, { 1 } } }:totable())
  end)

  it("leave masked steps out of the loss, whose mean runs over the others", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Skip() }
    model:compile { optimizer = "sgd", loss = "mse" }
    local x, y = rl.tensor { { { 1.0 }, { -1.0 } }, { { 2.0 }, { 3.0 } } }, rl.zeros { 2, 2, 1 }
    assert.near((1 + 4 + 9) / 3, model:evaluate(x, y, { verbose = 0 }), 1e-6)
    local weights = rl.tensor { { 1.0, 9.0 }, { 0.5, 2.0 } }
    assert.near((1 + 0.5 * 4 + 2 * 9) / 3, model:evaluate(x, y, { sample_weight = weights, verbose = 0 }), 1e-5)
    model:compile { optimizer = "sgd", loss = "mse", metrics = { "mae", "RootMeanSquaredError" },
      weighted_metrics = { "mse" } }
    local got = model:evaluate(x, y, { sample_weight = weights, verbose = 0, return_dict = true })
    assert.near((1 + 2 + 3) / 3, got.mae, 1e-6)
    -- takes no notice of masks, as in Keras
    assert.near(math.sqrt((1 + 1 + 4 + 9) / 4), got.RootMeanSquaredError, 1e-6)
    assert.near((1 + 0.5 * 4 + 2 * 9) / 3.5, got.mse, 1e-6)
  end)

  it("leave masked steps out of the gradient", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Skip(),
      rl.layers.Dense { 1, use_bias = false, kernel_initializer = "ones" } }
    model:compile { optimizer = rl.optimizers.SGD(0.5), loss = "mse" }
    model:train_on_batch(rl.tensor { { { 2.0 }, { -1.0 } } }, rl.tensor { { { 1.0 }, { 5.0 } } })
    assert.near(1 - 0.5 * 2 * (2 - 1) * 2, model:get_weights()[1]:sum(), 1e-6)
  end)
end)

describe("States", function()
  if not loaded then return pending "tests/support is not built" end

  local function stateful()
    return rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Count { stateful = true } }
  end

  it("go on from call to call until they are reset", function()
    local model = stateful()
    assert.equal(3, model:predict(rl.zeros { 1, 2, 1 }):sum())
    assert.equal(7, model:predict(rl.zeros { 1, 2, 1 }):sum())
    model:reset_states()
    assert.equal(3, model:predict(rl.zeros { 1, 2, 1 }):sum())
  end)

  it("can be reset by rows", function()
    local model = stateful()
    model:predict(rl.zeros { 3, 2, 1 })
    model:reset_states { 2 }
    local counts = model:predict(rl.zeros { 3, 2, 1 }):totable()
    assert.same({ { { 3 }, { 4 } }, { { 1 }, { 2 } }, { { 3 }, { 4 } } }, counts)
    assert.error_matches(function() model:reset_states { 4 } end, "row 4 is out of range, there are 3")
    assert.error_matches(function() model:reset_states { "x" } end, "must be an integer")
    assert.error_matches(function() model:reset_states(1) end, "list of rows")
  end)

  it("belong to one batch size at a time", function()
    local model = stateful()
    model:predict(rl.zeros { 3, 2, 1 })
    assert.error_matches(function() model:predict(rl.zeros { 2, 2, 1 }) end,
      "count.* states of 3 sequences, got a batch of 2")
    model:reset_states()
    assert.equal(6, model:predict(rl.zeros { 2, 2, 1 }):sum())
  end)

  it("are zeros in every call of a layer that is not stateful", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Count() }
    assert.equal(3, model:predict(rl.zeros { 1, 2, 1 }):sum())
    assert.equal(3, model:predict(rl.zeros { 1, 2, 1 }):sum())
  end)

  it("go on when the layer is called on tensors", function()
    local layer = rl.layers.Count { stateful = true }
    assert.equal(3, layer(rl.zeros { 1, 2, 1 }):sum())
    assert.equal(7, layer(rl.zeros { 1, 2, 1 }):sum())
    layer:reset_states()
    assert.equal(3, layer(rl.zeros { 1, 2, 1 }):sum())
  end)
end)

describe("The memory of a call", function()
  if not loaded then return pending "tests/support is not built" end

  it("is given back when the call ends, whatever it was for", function()
    collectgarbage()
    collectgarbage()
    local before = live()
    do
      local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, rl.layers.Count(), rl.layers.Dense(1) }
      model:compile { optimizer = "sgd", loss = "mse" }
      for batch = 1, 7 do model:fit(rl.zeros { batch, 2, 1 }, rl.zeros { batch, 2, 1 }, { verbose = 0 }) end
      model:predict(rl.zeros { 3, 2, 1 })
      rl.layers.Count()(rl.zeros { 2, 2, 1 })
      assert.truthy(live() > before)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(before, live())
  end)
end)

describe("Losses and metrics called by hand", function()
  local X, Y = rl.tensor { { { 1.0 }, { 0.0 }, { 2.0 } }, { { 0.0 }, { 0.0 }, { 3.0 } } }, rl.zeros { 2, 3, 1 }
  local function masked()
    local model = rl.Sequential { rl.Input { shape = { 3, 1 } }, rl.layers.Masking(0),
      rl.layers.Dense { 1, kernel_initializer = "ones" } }
    model:compile { optimizer = rl.optimizers.SGD(0.1), loss = "mse", metrics = { "mae" } }
    return model
  end

  it("leave masked steps out as evaluate does", function()
    local model, mse, mae = masked(), rl.losses.MeanSquaredError(), rl.metrics.MeanAbsoluteError()
    local loss, metric = model:evaluate(X, Y, { verbose = 0 })
    assert.near((1 + 4 + 9) / 3, loss, 1e-6)
    local tape, by_hand = rl.GradientTape(function()
      local y = model(X)
      mae:update_state(Y, y)
      return mse(Y, y)
    end)
    assert.near(loss, rl.item(by_hand), 1e-6)
    assert.near(metric, mae:result(), 1e-6)
    local weights = model.trainable_variables
    local gradients = tape:gradient(by_hand, weights)
    model:train_on_batch(X, Y)
    assert.near(1 - 0.1 * gradients[1]:sum(), model:get_weights()[1]:sum(), 1e-6)
  end)

  it("count sample weights among what is left", function()
    local model, mse = masked(), rl.losses.MeanSquaredError()
    local weights = rl.tensor { { 1.0, 9.0, 2.0 }, { 9.0, 9.0, 0.5 } }
    local loss
    rl.GradientTape(function() loss = mse(Y, model(X), weights) end)
    assert.near((1 + 2 * 4 + 0.5 * 9) / 3, rl.item(loss), 1e-6)
    assert.near(rl.item(loss), model:evaluate(X, Y, { sample_weight = weights, verbose = 0 }), 1e-6)
  end)
end)
