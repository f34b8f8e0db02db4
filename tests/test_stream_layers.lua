--- What a stream of a model gives at every step is what predict gives for the sequence so far.
local rl = require "rnnlua"
local faults = require "support.native" "faults"
local layers = rl.layers

local TIME, FEATURES = 7, 3

local function sequence(first, ...)
  return rl.Sequential { rl.Input { shape = { -1, FEATURES } }, first, ... }
end

--- The largest difference between a stream's outputs and what the model predicts for each start of the sequences x.
local function difference(model, s, x)
  local worst, batch = 0, x.shape[1]
  for t = 1, TIME do
    local step = batch == 1 and x[{ 1, t }] or x[{ {}, t }]
    local got = s(step)
    if type(got) == "number" then got = rl.tensor { got } end
    local expected = model:predict(x[{ {}, { 1, t } }])
    if expected.ndim == 3 then expected = expected[{ {}, -1 }] end
    worst = math.max(worst, (got:reshape(expected.shape) - expected):abs():max())
  end
  return worst
end

local function input(batch) return rl.random.normal { shape = { batch, TIME, FEATURES } } end

local function check(model, batch)
  local s, x = model:stream { batch = batch }, input(batch)
  assert.is_true(difference(model, s, x) <= 1e-6)
  s:reset()
  assert.is_true(difference(model, s, input(batch)) <= 1e-6)
end

--- Weights of other sizes than the initializers', biases too.
local function stir(model)
  local weights = model:get_weights()
  for i, weight in ipairs(weights) do weights[i] = rl.random.normal { shape = weight.shape } * 0.4 end
  model:set_weights(weights)
  return model
end

local CELLS = {
  SimpleRNN = function(units, given)
    given.units = units
    return layers.SimpleRNN(given)
  end,
  LSTM = function(units, given)
    given.units = units
    return layers.LSTM(given)
  end,
  GRU = function(units, given)
    given.units = units
    return layers.GRU(given)
  end,
  ["GRU with reset_after = false"] = function(units, given)
    given.units, given.reset_after = units, false
    return layers.GRU(given)
  end,
}

rl.utils.set_random_seed(11)

for name, cell in pairs(CELLS) do
  describe("A stream through " .. name, function()
    for _, batch in ipairs { 1, 2, 1000 } do
      it("gives what predict gives, batch of " .. batch, function()
        check(stir(sequence(cell(5, {}))), batch)
        check(stir(sequence(cell(5, { return_sequences = true }))), batch)
        check(stir(sequence(cell(4, { return_sequences = true }), layers.Dense(3), cell(2, {}), layers.Dense(1))), batch)
        check(stir(sequence(cell(4, { return_sequences = true }), layers.TimeDistributed(layers.Dense(3)),
          cell(5, { return_sequences = true }), layers.LayerNormalization(), cell(2, {}), layers.Dense(2))), batch)
      end)
    end

    it("sees weights that change under it", function()
      local model = sequence(cell(4, {}), layers.Dense(1))
      model:compile { optimizer = "adam", loss = "mse" }
      local s, x = model:stream(), input(1)
      assert.is_true(difference(model, s, x) <= 1e-6)
      model:fit(input(8), rl.ones { 8, 1 }, { epochs = 3, verbose = 0 })
      s:reset()
      assert.is_true(difference(model, s, x) <= 1e-6)
      stir(model)
      s:reset()
      assert.is_true(difference(model, s, x) <= 1e-6)
      model.trainable_variables[1]:assign(model.trainable_variables[1] * 2)
      s:reset()
      assert.is_true(difference(model, s, x) <= 1e-6)
      model:add(layers.Dense(2))
      s:reset()
      assert.equal("number", type(s(x[{ 1, 1 }])))
    end)

    it("begins anew where it is reset, one sequence or all", function()
      local model = stir(sequence(cell(4, {})))
      local s, x = model:stream { batch = 3 }, input(3)
      local first = s(x[{ {}, 1 }]):copy()
      s(x[{ {}, 2 }])
      s:reset { 2 }
      local mixed = s(x[{ {}, 1 }]):copy()
      assert.tensor_near(first[2], mixed[2], 1e-6)
      assert.is_true((first[1] - mixed[1]):abs():max() > 1e-5)
      s:reset()
      assert.tensor_near(first, s(x[{ {}, 1 }]), 1e-6)
    end)

    it("is apart from a stateful layer's own states", function()
      local model = stir(sequence(cell(4, { stateful = true })))
      local function all_steps(s, x)
        for t = 1, TIME - 1 do s(x[{ 1, t }]) end
        return s(x[{ 1, TIME }]):reshape { 1, -1 }
      end
      local x = input(1)
      local first = model:predict(x)
      local s = model:stream()
      assert.tensor_near(first, all_steps(s, x), 1e-6)
      local second = model:predict(x) -- goes on where predict stopped
      assert.tensor_near(second, all_steps(s, x), 1e-6)
      assert.is_true((first - second):abs():max() > 1e-5)
    end)

    it("allocates nothing in a step", function()
      if not faults then pending "tests/support/faults.c is not built" end
      local model = stir(sequence(cell(4, { return_sequences = true }), layers.Dense(3), cell(2, {}), layers.Dense(2)))
      for _, batch in ipairs { 1, 3 } do
        local s, x = model:stream { batch = batch }, rl.zeros { batch, FEATURES }
        local function steps()
          for _ = 1, 100 do s(x) end
        end
        steps()
        collectgarbage()
        collectgarbage "stop"
        local before = collectgarbage "count"
        local ok, _, made = faults.run(steps, 0)
        local after = collectgarbage "count"
        collectgarbage "restart"
        assert.is_true(ok)
        assert.equal(0, made)
        assert.equal(before, after)
      end
    end)
  end)
end

describe("A stream", function()
  local function refused(pattern, ...)
    local model = rl.Sequential { rl.Input { shape = { 4, FEATURES } }, ... }
    assert.error_matches(function() model:stream() end, pattern)
  end

  it("refuses layers that look at several timesteps, by name", function()
    local needs = "needs all timesteps at once and cannot be streamed"
    refused("bidirectional.*" .. needs, layers.Bidirectional(layers.LSTM(2)))
    refused("bidirectional.*" .. needs, layers.Bidirectional(layers.SimpleRNN { 2, return_sequences = true }))
    refused("conv1d.*" .. needs, layers.Conv1D(2, 3))
    refused("conv1d.*" .. needs, layers.Conv1D { 2, 2, padding = "causal" })
    refused("flatten.*" .. needs, layers.Flatten())
    refused("global_average_pooling1_?d.*" .. needs, layers.GlobalAveragePooling1D())
    refused("layer_normalization.*" .. needs, layers.LayerNormalization { axis = 2 })
    refused("softmax.*" .. needs, layers.Softmax { axis = 2 })
    refused("lstm.*goes backwards", layers.LSTM { 2, go_backwards = true })
    local x = rl.Input { shape = { 4, FEATURES } }
    local attends = rl.Model { inputs = x, outputs = layers.Attention() { x, x } }
    assert.error_matches(function() attends:stream() end, "attention.*" .. needs)
    local last = layers.LSTM(FEATURES)(x)
    local joined = rl.Model { inputs = x, outputs = layers.Add() { x, layers.Reshape { 1, FEATURES }(last) } }
    assert.error_matches(function() joined:stream() end, "add.*joins timesteps with what has none")
    local y = rl.Input { shape = { 4, FEATURES } }
    local two = rl.Model { inputs = { x, y }, outputs = layers.Add() { x, y } }
    assert.error_matches(function() two:stream() end, "one input and one output, it has 2 and 1")
  end)

  it("runs layers that take timesteps one by one, whatever they are", function()
    local inner = rl.register.layer { name = "StreamScale", args = { { "by", "number" } },
      call = function(self, v) return v * self.by end }
    check(stir(sequence(layers.Conv1D(4, 1), layers.Dropout(0.5), layers.BatchNormalization(),
      layers.Activation "relu", layers.GRU { 3, return_sequences = true }, inner(2), layers.Softmax())), 2)
    local x = rl.Input { shape = { -1, FEATURES } }
    local a, b = layers.LSTM { 3, return_sequences = true }(x), layers.Dense(3)(x)
    local sum = layers.Concatenate() { layers.Add() { a, b }, x }
    check(stir(rl.Model { inputs = x, outputs = layers.Dense(2)(layers.SimpleRNN(4)(sum)) }), 2)
  end)

  it("takes every timestep that it is given for one that counts, whatever masks would be made", function()
    check(stir(sequence(layers.Masking(5), layers.LSTM { 4, return_sequences = true }, layers.GRU(2))), 2)
  end)

  it("decodes anew at each step where timesteps are made behind the last of them", function()
    check(stir(sequence(layers.LSTM(4), layers.RepeatVector(3), layers.GRU { 2, return_sequences = true },
      layers.Flatten())), 2)
  end)

  it("takes one token a step where the model begins with an Embedding", function()
    local model = rl.Sequential { rl.Input { shape = { -1 } }, layers.Embedding(9, 4), layers.LSTM(5), layers.Dense(2) }
    local tokens = { 3, 0, 8, 8, 1 }
    local s, many = model:stream(), model:stream { batch = 2 }
    for t = 1, #tokens do
      local so_far = { table.unpack(tokens, 1, t) }
      local expected = model:predict { so_far, so_far }
      assert.tensor_near(expected[1], s(tokens[t]), 1e-6)
      assert.tensor_near(expected, many { tokens[t], tokens[t] }, 1e-6)
    end
    assert.error_matches(function() s(9) end, "embedding")
  end)

  it("outlives its model", function()
    local s, expected
    do
      local model = stir(sequence(layers.LSTM(4), layers.Dense(1)))
      expected = model:predict(rl.ones { 1, 1, FEATURES })[1][1]
      s = model:stream()
    end
    collectgarbage()
    collectgarbage()
    assert.near(expected, s(rl.ones(FEATURES)), 1e-6)
  end)
end)
