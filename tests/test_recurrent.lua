--- Recurrent layers, by hand: states, masks, dropout, wrappers. What Keras makes of them is in test_recurrent_golden.
local rl = require "rnnlua"
local L = rl.layers
local normal = function(...) return rl.random.normal { shape = { ... } } end
local here = (arg[-1]:match "^(.*)/" or ".") .. "/support/"
local CELLS = {
  SimpleRNN = function(o) return L.SimpleRNN(o) end,
  LSTM = function(o) return L.LSTM(o) end,
  GRU = function(o) return L.GRU(o) end,
  ["GRU reset before"] = function(o)
    o.reset_after = false
    return L.GRU(o)
  end,
}

--- Runs f(make) as a test for each kind of cell.
local function for_each_cell(what, f)
  for name, make in pairs(CELLS) do
    it(name .. " " .. what, function()
      rl.utils.set_random_seed(5)
      f(make, name == "LSTM" and 2 or 1)
    end)
  end
end

--- SimpleRNN of one unit that sums up its inputs.
local function summing(options)
  options.units, options.activation, options.use_bias = 1, "linear", false
  options.kernel_initializer, options.recurrent_initializer = "ones", "ones"
  return L.SimpleRNN(options)
end

local function steps_of(values)
  local steps = {}
  for i, v in ipairs(values) do steps[i] = { v } end
  return steps
end

local function predicted(layers, values)
  return rl.Sequential(layers):predict { steps_of(values) }:flatten():totable()
end

--- Loss, weights before and weights after one step of a new model around the layer; lr is the step's size.
local function step(make, masked, weights, lr)
  local model = rl.Sequential { rl.Input { shape = { 5, 3 } }, L.Masking(), L.Dense(3), make(), L.Dense(2) }
  rl.utils.set_random_seed(8)
  local x, sequences = normal(6, 5, 3), #model.layers[4].output_shape == 3
  local skipped = { { 1, 1 }, { 2, 5 }, { 3, 3 }, { 4, { 1, 5 } }, { 5, { 1, 2 } } }
  for _, at in ipairs(masked and skipped or {}) do x[at] = 0 end
  local y = sequences and normal(6, 5, 2) or normal(6, 2)
  model:compile { optimizer = rl.optimizers.SGD(lr), loss = "mse" }
  if weights then model:set_weights(weights) end
  local before = model:get_weights()
  return model:train_on_batch(x, y), before, model:get_weights()
end

--- Compares a few numbers of each weight's gradient, as an SGD step shows it, with central differences.
local function check_gradients(make, masked)
  local _, before, after = step(make, masked, nil, 1.0)
  for w = 1, #before do
    for _, at in ipairs { 1, before[w].size } do
      local function moved(by)
        local weights = table.move(before, 1, #before, 1, {})
        local flat = weights[w]:flatten():copy()
        flat[at] = flat[at] + by
        weights[w] = flat:reshape(before[w].shape)
        return (step(make, masked, weights, 0.0))
      end
      local got = before[w]:flatten()[at] - after[w]:flatten()[at]
      assert.message(("weight %d, %d"):format(w, at)).near((moved(1e-2) - moved(-1e-2)) / 2e-2, got, 2e-3)
    end
  end
end

describe("States", function()
  for_each_cell("returned and handed on go on where the sequence was cut", function(make, states)
    local layer = make { units = 3, return_sequences = true, return_state = true }
    local x = normal(2, 6, 4)
    local whole = { layer(x) }
    assert.equal(1 + states, #whole)
    assert.tensor_near(whole[1][{ {}, -1 }], whole[2], 0)
    local first = { layer(x[{ {}, { 1, 2 } }]) }
    local rest = { layer { x[{ {}, { 3, 6 } }], table.unpack(first, 2) } }
    assert.tensor_near(whole[1][{ {}, { 3, 6 } }], rest[1], 1e-6)
    for i = 1, states do assert.tensor_near(whole[1 + i], rest[1 + i], 1e-6) end
  end)

  for_each_cell("stay where the layer is stateful, until they are reset", function(make)
    local layer = make { units = 3, stateful = true }
    local whole = make { units = 3 }
    local x = normal(2, 6, 4)
    whole:build { 2, 6, 4 }
    layer:build { 2, 6, 4 }
    whole:set_weights(layer:get_weights())
    for _ = 1, 2 do
      layer(x[{ {}, { 1, 2 } }])
      layer(x[{ {}, { 3, 5 } }])
      assert.tensor_near(whole(x), layer(x[{ {}, { 6, 6 } }]), 1e-6)
      layer:reset_states()
    end
    assert.tensor_near(whole(x[{ {}, { 1, 2 } }]), layer(x[{ {}, { 1, 2 } }]), 1e-6)
  end)

  it("go on from batch to batch of a model that is trained", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, summing { stateful = true } }
    model:compile { optimizer = rl.optimizers.SGD(0.0), loss = "mae" }
    local x, zero = rl.ones { 3, 2, 1 }, rl.zeros { 3, 1 }
    assert.near(2, model:train_on_batch(x, zero), 1e-6)
    assert.near(4, model:train_on_batch(x, zero), 1e-6)
    model:reset_states()
    assert.near(2, model:train_on_batch(x, zero), 1e-6)
  end)

  it("that are handed in go before those of a stateful layer", function()
    local layer = summing { stateful = true }
    layer(rl.ones { 1, 2, 1 })
    assert.equal(12, layer({ rl.ones { 1, 2, 1 }, rl.full({ 1, 1 }, 10.0) }):sum())
    assert.equal(14, layer(rl.ones { 1, 2, 1 }):sum())
  end)

  it("are refused in the wrong number or shape", function()
    local layer = L.LSTM(3)
    local x = normal(2, 4, 5)
    assert.error_matches(function() layer { x, normal(2, 3) } end,
      "expected 1 input, or 3 with the initial state, got 2")
    assert.error_matches(function() layer { x, normal(2, 3), normal(2, 4) } end,
      "expected an initial state of shape %(2, 3%), got %(2, 4%)")
    assert.error_matches(function() layer { x, normal(3, 3), normal(3, 3) } end,
      "expected an initial state of shape %(2, 3%), got %(3, 3%)")
    assert.error_matches(function() L.GRU(3) { x, x, x, x } end, "at most 2 inputs, got 4")
    assert.error_matches(function() layer(normal(2, 4)) end, "expected %(batch, timesteps, features%), got %(2, 4%)")
  end)
end)

describe("Masks", function()
  local masking = function() return rl.Input { shape = { 4, 1 } }, L.Masking() end

  it("carry the state over and repeat the output", function()
    local input, mask = masking()
    local layer = summing { return_sequences = true }
    assert.same({ 1, 3, 3, 3 }, predicted({ input, mask, layer }, { 1, 2, 0, 0 }))
    assert.same({ 0, 1, 1, 3 }, predicted({ input, mask, layer }, { 0, 1, 0, 2 }))
    assert.same({ 0, 0, 0, 0 }, predicted({ input, mask, layer }, { 0, 0, 0, 0 }))
  end)

  it("hold backwards too", function()
    local input, mask = masking()
    assert.same({ 0, 2, 2, 3 },
      predicted({ input, mask, summing { return_sequences = true, go_backwards = true } }, { 1, 0, 2, 0 }))
  end)

  it("give zeros where that is wanted", function()
    local input, mask = masking()
    assert.same({ 1, 0, 3, 0 },
      predicted({ input, mask, summing { return_sequences = true, zero_output_for_mask = true } }, { 1, 0, 2, 0 }))
  end)

  it("leave an initial state as it is, and put out 0 before the first step", function()
    local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, L.Masking(),
      summing { return_sequences = true, stateful = true } }
    model:predict { { { 1 }, { 2 } } }
    assert.same({ { { 0 }, { 7 } } }, model:predict { { { 0 }, { 4 } } }:totable())
    assert.same({ { { 0 }, { 0 } } }, model:predict { { { 0 }, { 0 } } }:totable())
    assert.same({ { { 8 }, { 8 } } }, model:predict { { { 1 }, { 0 } } }:totable())
  end)

  it("compare with the value that Masking was given", function()
    local model = rl.Sequential { rl.Input { shape = { 3, 2 } }, L.Masking(-1) }
    assert.same({ { { -1, 2 }, { 0, 0 }, { 0, 0 } } },
      model:predict { { { -1, 2 }, { -1, -1 }, { 0, 0 } } }:totable())
    assert.error_matches(function() L.Masking()(normal(2, 3)) end, "expected %(batch, timesteps, features%)")
  end)

  it("go through a layer that returns sequences, and end at one that does not", function()
    local function mean_error(...)
      local model = rl.Sequential { rl.Input { shape = { 2, 1 } }, L.Masking(), ... }
      model:compile { optimizer = "sgd", loss = "mae" }
      return (model:evaluate({ { { 3 }, { 0 } } }, { { { 0 }, { 100 } } }, { verbose = 0 }))
    end
    assert.near(3, mean_error(summing { return_sequences = true }), 1e-6)
    assert.near(6, mean_error(L.Bidirectional { summing { return_sequences = true }, merge_mode = "sum" }), 1e-6)
  end)
end)

describe("Dropout", function()
  --- what a SimpleRNN lets through, whose output is its input
  local function let_through(options, shape)
    options.units, options.activation, options.use_bias = shape[3], "linear", false
    options.kernel_initializer, options.return_sequences = "identity", true
    options.recurrent_initializer = "zeros"
    return L.SimpleRNN(options)(rl.ones(shape), { training = true }), L.SimpleRNN(options)(rl.ones(shape))
  end

  it("drops inputs, the same at every timestep, and only in training", function()
    rl.utils.set_random_seed(1)
    local trained, plain = let_through({ dropout = 0.25 }, { 40, 3, 50 })
    assert.tensor_near(rl.ones { 40, 3, 50 }, plain, 0)
    assert.tensor_near(trained[{ {}, 1 }], trained[{ {}, 3 }], 0)
    local kept = trained:gt(0):astype "float32":mean()
    assert.near(0.75, kept, 0.03)
    assert.near(1 / 0.75, trained:max(), 1e-6)
    assert.near(kept / 0.75, trained:mean(), 1e-5)
  end)

  it("drops states, the same at every timestep", function()
    rl.utils.set_random_seed(2)
    local layer = L.SimpleRNN { 50, activation = "linear", use_bias = false, kernel_initializer = "zeros",
      recurrent_initializer = "identity", recurrent_dropout = 0.5, return_sequences = true }
    local y = layer({ rl.ones { 40, 3, 2 }, rl.ones { 40, 50 } }, { training = true })
    assert.near(0.5, y[{ {}, 1 }]:gt(0):astype "float32":mean(), 0.05)
    assert.equal(2, y[{ {}, 1 }]:max())
    assert.tensor_near(y[{ {}, 1 }] ^ 3, y[{ {}, 3 }], 0)
    assert.tensor_near(rl.ones { 40, 3, 50 }, layer { rl.ones { 40, 3, 2 }, rl.ones { 40, 50 } }, 0)
  end)

  it("draws anew for each call, and the same from the same seed", function()
    local function draw() return L.LSTM { 5, dropout = 0.5, seed = 3 } end
    local x = rl.ones { 2, 3, 20 }
    local layer, other = draw(), draw()
    layer:build { 2, 3, 20 }
    other:build { 2, 3, 20 }
    other:set_weights(layer:get_weights())
    local first, second = layer(x, { training = true }), layer(x, { training = true })
    assert.is_false(rl.allclose(first, second))
    assert.tensor_near(first, other(x, { training = true }), 0)
  end)

  for _, options in ipairs { { dropout = 0.4 }, { recurrent_dropout = 0.4 },
    { dropout = 0.3, recurrent_dropout = 0.3 },
    { recurrent_dropout = 0.4, go_backwards = true, activation = "elu" } } do
    local names = {}
    for k in pairs(options) do names[#names + 1] = k end
    table.sort(names)
    for_each_cell("has right gradients with " .. table.concat(names, ", "), function(make)
      check_gradients(function()
        local own = { units = 4, seed = 9 } -- so that each new layer draws the same
        for k, v in pairs(options) do own[k] = v end
        return make(own)
      end)
    end)
  end
end)

describe("Gradients through states", function()
  if not rl.plugins.load(here .. "plugin_restart.so") then return pending "tests/support is not built" end

  for _, options in ipairs { {}, { go_backwards = true }, { return_sequences = true }, { activation = "elu" },
    { units = 9, use_bias = false } } do
    local name = next(options) or "defaults"
    for_each_cell("are right with " .. name, function(make)
      check_gradients(function()
        local own = { units = 4, return_state = true }
        for k, v in pairs(options) do own[k] = v end
        return L.Restart(make(own))
      end)
    end)
    for_each_cell("are right under a mask with " .. name, function(make)
      check_gradients(function()
        local own = { units = 4, return_state = true }
        for k, v in pairs(options) do own[k] = v end
        return L.Restart(make(own))
      end, true)
    end)
  end
end)

describe("Gradients that a tape finds", function()
  for_each_cell("are right, by inputs and initial states", function(make, states)
    for _, options in ipairs { {}, { return_sequences = true, go_backwards = true } } do
      options.units, options.return_state = 3, true
      local layer = make(options)
      local inputs = { normal(2, 4, 2) }
      for i = 1, states do inputs[1 + i] = normal(2, 3) end
      local ok, where = rl.gradient_check(function(...)
        local outputs = { layer { ... } }
        local total = (outputs[1] * outputs[1]):sum()
        for i = 2, #outputs do total = total + (outputs[i] * i):sum() end
        return total
      end, inputs)
      assert.message(where).is_true(ok)
    end
  end)

  it("are right through Bidirectional and TimeDistributed, with states and without a merge", function()
    rl.utils.set_random_seed(4)
    local layer = L.Bidirectional { L.LSTM { 3, return_sequences = true, return_state = true }, merge_mode = "none" }
    local ok, where = rl.gradient_check(function(x, ...)
      local a, b, h = layer { x, ... }
      return (a * b):sum() + h:sum()
    end, { normal(2, 4, 2), normal(2, 3), normal(2, 3), normal(2, 3), normal(2, 3) })
    assert.message(where).is_true(ok)
    local distributed = L.TimeDistributed(L.Dense { 3, activation = "tanh" })
    ok, where = rl.gradient_check(function(x) return (distributed(x) ^ 2):sum() end, { normal(2, 4, 2) })
    assert.message(where).is_true(ok)
  end)
end)

describe("LSTM's bias", function()
  it("starts at 1 for the forget gate, elsewhere as the initializer says", function()
    local layer = L.LSTM { 2, bias_initializer = rl.initializers.Constant(5) }
    layer:build { -1, 3, 1 }
    assert.same({ 5, 5, 1, 1, 5, 5, 5, 5 }, layer:get_weights()[3]:totable())
    layer = L.LSTM { 2, bias_initializer = rl.initializers.Constant(5), unit_forget_bias = false }
    layer:build { -1, 3, 1 }
    assert.same({ 5, 5, 5, 5, 5, 5, 5, 5 }, layer:get_weights()[3]:totable())
  end)
end)

describe("Weights", function()
  it("have Keras' shapes", function()
    local function shapes(layer)
      layer:build { -1, 4, 3 }
      local list = {}
      for i, w in ipairs(layer:get_weights()) do list[i] = w.shape end
      return list
    end
    assert.same({ { 3, 2 }, { 2, 2 }, { 2 } }, shapes(L.SimpleRNN(2)))
    assert.same({ { 3, 8 }, { 2, 8 }, { 8 } }, shapes(L.LSTM(2)))
    assert.same({ { 3, 6 }, { 2, 6 }, { 2, 6 } }, shapes(L.GRU(2)))
    assert.same({ { 3, 6 }, { 2, 6 }, { 6 } }, shapes(L.GRU { 2, reset_after = false }))
    assert.same({ { 3, 6 }, { 2, 6 } }, shapes(L.GRU { 2, use_bias = false }))
    assert.same({ { 3, 2 }, { 2, 2 }, { 2 }, { 3, 2 }, { 2, 2 }, { 2 } }, shapes(L.Bidirectional(L.SimpleRNN(2))))
  end)
end)

describe("Bidirectional", function()
  it("gives two outputs where they are not merged, and the states of both", function()
    rl.utils.set_random_seed(3)
    local layer = L.Bidirectional { L.LSTM { 3, return_sequences = true, return_state = true }, merge_mode = "none" }
    local x = normal(2, 4, 5)
    local outputs = { layer(x) }
    assert.equal(6, #outputs)
    assert.tensor_near(outputs[1][{ {}, -1 }], outputs[3], 0)
    assert.tensor_near(outputs[2][{ {}, 1 }], outputs[5], 0)
    local weights = layer:get_weights()
    for side = 0, 1 do
      local alone = L.LSTM { 3, return_sequences = true, go_backwards = side == 1 }
      alone:build { -1, 4, 5 }
      alone:set_weights(table.move(weights, 3 * side + 1, 3 * side + 3, 1, {}))
      local y = alone(x)
      if side == 1 then y = y:flip(2) end
      assert.tensor_near(y, outputs[1 + side], 1e-6)
    end
  end)

  it("takes initial states of both directions, and keeps states where the layer does", function()
    local x = rl.ones { 1, 3, 1 }
    local layer = L.Bidirectional { summing { stateful = true }, merge_mode = "none" }
    local function totals(...)
      local a, b = layer(...)
      return { a:sum(), b:sum() }
    end
    assert.same({ 3, 3 }, totals(x))
    assert.same({ 6, 6 }, totals(x))
    layer:reset_states()
    assert.same({ 13, 23 }, totals { x, rl.full({ 1, 1 }, 10.0), rl.full({ 1, 1 }, 20.0) })
    assert.error_matches(function() layer { x, rl.ones { 1, 1 } } end, "as many initial states for either direction")
  end)

  it("works on copies: the layer that it was given stays as it was", function()
    local inner = L.GRU(3)
    local layer = L.Bidirectional(inner)
    layer(normal(2, 4, 5))
    assert.is_false(inner.built)
    assert.is_false(inner.go_backwards)
    assert.equal(3, layer.layer.units)
  end)

  it("is made again from its config, which holds the layer's", function()
    local layer = L.Bidirectional { L.GRU { 3, activation = "relu" }, merge_mode = "ave",
      backward_layer = L.GRU { 3, go_backwards = true } }
    local config = layer:get_config()
    assert.equal("GRU", config.layer.class_name)
    assert.equal("relu", config.layer.config.activation.class_name)
    assert.same(config, L.Bidirectional(config):get_config())
    assert.matches("layer=GRU%(units=3, activation=relu%)", tostring(layer))
  end)

  it("refuses layers that cannot be turned around, and pairs that do not match", function()
    assert.error_matches(function() L.Bidirectional(L.Dense(3)) end,
      "argument 'layer' must be a layer with an argument 'go_backwards', got Dense")
    assert.error_matches(function() L.Bidirectional(3) end, "must be a name or object of kind layer, got 3")
    assert.error_matches(function() L.Bidirectional() end, "argument 'layer' is required")
    assert.error_matches(function() L.Bidirectional(L.LSTM { 3, go_backwards = true }) end,
      "one of the two layers must go backwards, got go_backwards=true for both")
    assert.error_matches(function() L.Bidirectional { L.LSTM(3), backward_layer = L.LSTM(3) } end,
      "one of the two layers must go backwards, got go_backwards=false for both")
    assert.error_matches(function()
      L.Bidirectional { L.LSTM(3), backward_layer = L.LSTM { 3, go_backwards = true, return_sequences = true } }
    end, "must have the same 'return_sequences'")
    assert.error_matches(function() L.Bidirectional { L.LSTM(3), merge_mode = "max" } end, "concat|sum|mul|ave|none")
    assert.error_matches(function()
      local other = L.LSTM { 4, go_backwards = true }
      L.Bidirectional { L.LSTM(3), merge_mode = "sum", backward_layer = other }(normal(2, 4, 5))
    end, "do not fit together: %(2, 3%) and %(2, 4%)")
    assert.error_matches(function() L.Dense { 3, activation = L.LSTM(3) } end, "got LSTM, of kind layer")
  end)

  it("heeds the activity_regularizer of its layer", function()
    local penalty = rl.regularizers.L2(0.5)
    local x, y = rl.ones { 2, 3, 1 }, rl.zeros { 2, 2 }
    local model = rl.Sequential { rl.Input { shape = { 3, 1 } },
      L.Bidirectional { L.GRU { 1, activity_regularizer = penalty } } }
    model:compile { optimizer = "sgd", loss = "mse" }
    local squares = (model:predict(x) ^ 2):sum()
    assert.near(squares / 4 + 0.5 * squares / 2, model:evaluate(x, y, { verbose = 0 }), 1e-6)
    check_gradients(function() return L.Bidirectional(L.LSTM { 3, activity_regularizer = penalty }) end)
  end)

  it("wraps a stranger's layer", function()
    if not rl.plugins.load(here .. "plugin_backwards.so") then pending "tests/support is not built" end
    local model = rl.Sequential { rl.Input { shape = { 3, 1 } },
      L.Bidirectional(L.Total { return_sequences = true }), L.Bidirectional(L.Total()) }
    model:set_weights { { 1.0 }, { 10.0 }, { 1.0, 1.0 }, { 0.0, 2.0 } }
    -- sums forwards 1 3 6, backwards 60 50 30
    assert.same({ { 10, 140, 0, 280 } }, model:predict { { { 1 }, { 2 }, { 3 } } }:totable())
    model:compile { optimizer = rl.optimizers.SGD(1e-6), loss = "mse" }
    local x, y = rl.tensor { { { 1.0 }, { 2.0 }, { 3.0 } } }, rl.tensor { { 5.0, 5.0, 5.0, 5.0 } }
    local first = model:train_on_batch(x, y)
    for _ = 1, 20 do model:train_on_batch(x, y) end
    assert.is_true(model:train_on_batch(x, y) < first)
  end)
end)

describe("TimeDistributed", function()
  it("applies its layer to each timestep", function()
    local x = normal(2, 4, 5)
    local layer = L.TimeDistributed(L.Dense(3))
    local y = layer(x)
    assert.same({ 2, 4, 3 }, y.shape)
    local dense = L.Dense(3)
    dense:build { -1, 5 }
    dense:set_weights(layer:get_weights())
    for t = 1, 4 do assert.tensor_near(dense(x[{ {}, t }]), y[{ {}, t }], 1e-6) end
    assert.same({ 2, 4, 15 }, L.TimeDistributed(L.Flatten())(normal(2, 4, 5, 3)).shape)
    assert.error_matches(function() layer(normal(2, 5)) end,
      "expected %(batch, timesteps, …, features%), got %(2, 5%)")
  end)

  it("hands on what its layer keeps of training", function()
    local layer = L.TimeDistributed(L.BatchNormalization())
    layer(rl.ones { 2, 4, 3 }, { training = true })
    assert.near(0.01, layer:get_weights()[3][1], 1e-6)
  end)

  it("is not fooled by inputs that its layer's weights do not fit", function()
    local layer = L.TimeDistributed(L.PReLU())
    layer(rl.ones { 2, 4, 3, 5 })
    assert.error_matches(function() layer(rl.ones { 2, 4, 30, 5 }) end, "built for")
  end)

  it("wraps wrappers", function()
    local layer = L.TimeDistributed(L.Bidirectional(L.GRU(2)))
    assert.same({ 3, 4, 4 }, layer(normal(3, 4, 5, 2)).shape)
  end)
end)
