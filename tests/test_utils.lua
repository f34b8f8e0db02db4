--- rl.utils
local rl = require "rnnlua"

describe("to_categorical", function()
  it("makes rows of zeros with a one, as Keras does", function()
    local t = rl.utils.to_categorical { 0, 2, 1, 2 }
    assert.equal("float32", t.dtype)
    assert.tensor_near({ { 1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 }, { 0, 0, 1 } }, t, 0)
    assert.same({ 4, 5 }, rl.utils.to_categorical(rl.tensor { 0, 2, 1, 2 }, 5).shape)
  end)

  it("drops a last axis of one, and keeps the others", function()
    assert.same({ 3, 2 }, rl.utils.to_categorical({ { 0 }, { 1 }, { 0 } }).shape)
    assert.same({ 2, 3, 4 }, rl.utils.to_categorical({ { 0, 1, 2 }, { 3, 0, 1 } }).shape)
  end)

  it("gives a model its targets", function()
    local m = rl.Sequential { rl.layers.Dense { 2, activation = "softmax", input_shape = { 1 } } }
    m:compile { optimizer = "sgd", loss = "categorical_crossentropy", metrics = { "accuracy" } }
    assert.equal(1, #m:fit({ 0, 1, 2 }, rl.utils.to_categorical { 0, 1, 1 }, { verbose = 0 }).history.accuracy)
  end)

  it("refuses what is no class", function()
    assert.error_matches(function() rl.utils.to_categorical { 0, -1 } end, "to_categorical: classes are integers from 0, got %-1")
    assert.error_matches(function() rl.utils.to_categorical { 0, 1.5 } end, "classes are integers from 0, got 1.5 at 2")
    assert.error_matches(function() rl.utils.to_categorical({ 0, 3 }, 3) end, "class 3 does not fit in num_classes = 3")
    assert.error_matches(function() rl.utils.to_categorical({ 0 }, "x") end, "argument 'num_classes' must be an integer, got 'x'")
    assert.error_matches(function() rl.utils.to_categorical "x" end, "x must be a tensor or a table of numbers, got 'x'")
  end)
end)

describe("set_random_seed", function()
  local function draw()
    local m = rl.Sequential { rl.layers.SimpleRNN { 3, input_shape = { 4, 2 } }, rl.layers.Dropout(0.5), rl.layers.Dense(1) }
    m:compile { optimizer = "adam", loss = "mse" }
    local x = rl.random.normal { shape = { 9, 4, 2 } }
    local losses = m:fit(x, rl.random.uniform { shape = { 9 } }, { epochs = 3, batch_size = 2, verbose = 0 }).history.loss
    return { losses = losses, math.random(), rl.random.permutation(5):totable() }
  end

  it("drives weights, data, shuffles, dropout and math.random", function()
    rl.utils.set_random_seed(11)
    local first = draw()
    rl.utils.set_random_seed(11)
    assert.same(first, draw())
    assert.not_same(first, draw())
    rl.utils.set_random_seed(12)
    assert.not_same(first, draw())
  end)

  it("wants an integer", function()
    assert.error_matches(function() rl.utils.set_random_seed "x" end, "set_random_seed: argument 'seed' must be an integer, got 'x'")
    assert.error_matches(function() rl.utils.set_random_seed(1.5) end, "got 1.5")
  end)
end)

describe("wall_clock", function()
  it("goes forward", function()
    local before = rl.utils.wall_clock()
    for _ = 1, 1000 do
      local now = rl.utils.wall_clock()
      assert.truthy(now >= before)
      before = now
    end
  end)
end)
