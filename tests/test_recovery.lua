--- What a mistake leaves behind: a model and its layers as they were.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local L = rl.layers

local STEPS = rl.ones { 2, 4, 1 }

--- Runs f, which must raise.
local function fails(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.matches(pattern, message)
end

describe("a first call with data that no layer takes", function()
  local function rnn() return rl.Sequential { L.SimpleRNN(2) } end

  it("leaves the model open for the right data", function()
    local m = rnn()
    m:compile { optimizer = "sgd", loss = "mse" }
    fails("SimpleRNN", m.fit, m, rl.ones { 2, 4 }, rl.ones { 2 })
    assert.is_false(m.built)
    m:fit(STEPS, rl.ones { 2, 2 }, { verbose = 0 })
    assert.same({ -1, 4, 1 }, m.input_shape)
  end)

  it("is the same with predict, evaluate, a call and build", function()
    local m = rnn()
    m:compile { optimizer = "sgd", loss = "mse" }
    fails("SimpleRNN", m.predict, m, rl.ones { 2, 4 })
    fails("SimpleRNN", m.evaluate, m, rl.ones { 2, 4 }, rl.ones { 2, 2 })
    fails("SimpleRNN", m, rl.ones { 2, 4 })
    fails("SimpleRNN", m.build, m, { -1, 4 })
    m:build { -1, 4, 1 }
    assert.same({ 2, 2 }, m:predict(STEPS).shape)
  end)

  it("leaves layers unbuilt that were built on the way to the one that failed", function()
    local m = rl.Sequential { L.Dense { 3, name = "first" }, L.SimpleRNN(2) }
    fails("SimpleRNN", m.predict, m, rl.ones { 2, 5 })
    assert.is_false(m.layers[1].built)
    assert.equal(0, #m:get_layer("first"):get_weights())
    assert.same({ 2, 2 }, m:predict(STEPS).shape)
    assert.same({ 1, 3 }, m:get_weights()[1].shape)
  end)

  it("does not touch layers that were built before", function()
    local first = L.Dense { 3, input_shape = { 5 } }
    rl.Sequential { first }
    local kernel = first:get_weights()[1]
    local m = rl.Sequential { L.Activation "tanh", first, L.SimpleRNN(2) }
    fails("SimpleRNN", m.predict, m, rl.ones { 2, 5 })
    assert.is_true(first.built)
    assert.tensor_near(kernel, first:get_weights()[1], 0)
  end)
end)

describe("layers of a Sequential that could not be made", function()
  it("can be used in another", function()
    local dense = L.Dense { 3, input_shape = { 5 } }
    fails("SimpleRNN", rl.Sequential, { dense, L.SimpleRNN(2) })
    assert.is_false(dense.built)
    local m = rl.Sequential { rl.Input { 7 }, dense }
    assert.equal(24, m:count_params())
  end)

  it("added twice in one model, too", function()
    local dense = L.Dense { 5, input_shape = { 5 } }
    fails("SimpleRNN", rl.Sequential, { dense, dense, L.SimpleRNN(2) })
    assert.is_false(dense.built)
    assert.equal(30, rl.Sequential { dense, dense }:count_params())
  end)
end)

describe("pop", function()
  local function shape_of(m) return m.built and m.input_shape or nil end

  it("of all layers makes the model a new one", function()
    local m = rl.Sequential { L.Dense { 3, input_shape = { 4 } }, L.Dense(2) }
    m:pop()
    m:pop()
    assert.is_false(m.built)
    m:add(L.Dense { 1, input_shape = { 5 } })
    assert.same({ -1, 5 }, shape_of(m))
  end)

  it("forgets the shape of data", function()
    local m = rl.Sequential { L.Dense(3) }
    m:build { -1, 4 }
    m:pop()
    m:add(L.Dense(1))
    assert.same({ 2, 1 }, m:predict(rl.ones { 2, 6 }).shape)
  end)

  it("makes room for an Input", function()
    local m = rl.Sequential { L.Dense { 3, input_shape = { 4 } } }
    m:pop()
    m:add(rl.Input { 6 })
    m:add(L.Dense(1))
    assert.same({ -1, 6 }, shape_of(m))
  end)

  it("leaves an Input, an entry by itself, as Keras does; the next pop takes it", function()
    local input = rl.Input { 4 }
    local m = rl.Sequential { input, L.Dense(3) }
    m:pop()
    m:add(L.Dense(1))
    assert.same({ -1, 4 }, shape_of(m))
    m:pop()
    assert.equal(input, m:pop())
    m:add(L.Dense { 1, input_shape = { 5 } })
    assert.same({ -1, 5 }, shape_of(m))
    m:pop()
    fails("pop: model 'sequential[_%d]*' has no layers", m.pop, m)
  end)

  it("keeps the shape while a layer is left", function()
    local m = rl.Sequential { L.Dense(3), L.Dense(2) }
    m:build { -1, 4 }
    m:pop()
    assert.same({ -1, 4 }, shape_of(m))
  end)

  it("that fails leaves the model as it was", function()
    local m = rl.Sequential { L.Dense { 3, input_shape = { 4 } }, L.Dense(2) }
    local network = core.network
    core.network = function() error "no network today" end
    local ok, message = pcall(m.pop, m)
    core.network = network
    assert.is_false(ok)
    assert.matches("no network today", message)
    assert.equal(2, #m.layers)
    assert.same({ 1, 2 }, m:predict(rl.ones { 1, 4 }).shape)
  end)
end)

describe("input_shape", function()
  it("of a later layer has no say, as in Keras", function()
    local m = rl.Sequential { L.Dense { 3, input_shape = { 4 } }, L.Dense { 1, input_shape = { 5 } } }
    assert.same({ -1, 4 }, m.input_shape)
    assert.same({ 2, 1 }, m:predict(rl.ones { 2, 4 }).shape)
  end)
end)
