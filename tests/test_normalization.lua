--- Normalization layers against Keras 3: adapted, with given constants, kept with the weights.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_normalization"
local new_folder = require "support.folder"

local NEAR = { rtol = 1e-5, atol = 1e-5 }

local function float32(t) return rl.tensor(t, "float32") end

local function forward_and_gradient(case, layer)
  local x = rl.Variable(float32(case.x))
  local tape, y = rl.GradientTape(function() return layer(x) end)
  assert.message("y").tensor_near(case.y, y, NEAR)
  assert.message("dx").tensor_near(case.dx, tape:gradient(y, { x }, float32(case.dy))[1], NEAR)
end

describe("Normalization beside Keras", function()
  for number, case in ipairs(golden.adapted) do
    it("adapted, " .. number, function()
      local layer = rl.layers.Normalization { axis = case.axis, invert = case.invert }
      layer:adapt(float32(case.data))
      for i, weight in ipairs(layer:get_weights()) do
        assert.message("weight " .. i).tensor_near(case.weights[i], weight, NEAR)
      end
      forward_and_gradient(case, layer)
    end)
  end

  for number, case in ipairs(golden.given) do
    it("with given constants, " .. number, function()
      forward_and_gradient(case, rl.layers.Normalization { axis = case.axis, mean = case.mean, variance = case.variance,
        invert = case.invert })
    end)
  end

  it("adapted to batches, of a function and of a dataset", function()
    local batches, data = golden.in_batches, float32(golden.in_batches.data)
    local first = 1
    local function next_batch()
      local batch = first <= 23 and data[{ { first, math.min(first + 9, 23) } }] or nil
      first = first + 10
      return batch
    end
    for _, given in ipairs { next_batch, rl.data.Dataset.from_tensors { data, data }:batch(10) } do
      local layer = rl.layers.Normalization()
      layer:adapt(given)
      assert.tensor_near(batches.mean, layer:get_weights()[1], NEAR)
      assert.tensor_near(batches.variance, layer:get_weights()[2], NEAR)
    end
  end)

  it("in a model, whose weights numpy.savez wrote", function()
    local case, folder <close> = golden.model, new_folder()
    local bytes = {}
    for i, byte in ipairs(case.bytes) do bytes[i] = string.char(byte) end
    local function model()
      return rl.Sequential { rl.layers.Normalization { input_shape = { 5, 3 } }, rl.layers.GRU(4), rl.layers.Dense(1) }
    end
    local loaded = model()
    assert.is_true(loaded:load_weights(folder:write("w.npz", table.concat(bytes))))
    assert.tensor_near(case.y, loaded:predict(case.x), NEAR)
    local adapted = model()
    adapted:set_weights(case.weights)
    adapted:get_layer(1):adapt(rl.zeros { 2, 5, 3 })
    assert.tensor_near({ 0, 0, 0 }, adapted:get_weights()[1], 0)
    adapted:get_layer(1):adapt(float32(case.data))
    assert.tensor_near(case.y, adapted:predict(case.x), NEAR)
    assert.is_true(adapted:save_weights(folder:path "a.npz"))
    local again = model()
    assert.is_true(again:load_weights(folder:path "a.npz"))
    assert.is_true(rl.equal(adapted:predict(case.x), again:predict(case.x)))
  end)
end)

describe("Normalization", function()
  it("is not trained", function()
    local model = rl.Sequential { rl.layers.Normalization { input_shape = { 3 } }, rl.layers.Dense(1) }
    model:get_layer(1):adapt(rl.random.normal { shape = { 9, 3 } })
    local before = model:get_weights()
    model:compile { optimizer = "sgd", loss = "mse" }
    model:fit(rl.ones { 4, 3 }, rl.zeros { 4, 1 }, { verbose = 0 })
    for i = 1, 3 do assert.is_true(rl.equal(before[i], model:get_weights()[i])) end
    assert.is_false(rl.equal(before[4], model:get_weights()[4]))
  end)

  it("hands masks on", function()
    local x = rl.random.normal { shape = { 2, 4, 3 } }
    local plain = rl.Sequential { rl.layers.Normalization { mean = 1, variance = 4, input_shape = { 4, 3 } }, rl.layers.LSTM(2) }
    local scaled = rl.Sequential { rl.layers.LSTM { 2, input_shape = { 4, 3 } } }
    scaled:set_weights(plain:get_weights())
    assert.tensor_near(scaled:predict((x - 1) / 2, { lengths = { 2, 4 } }), plain:predict(x, { lengths = { 2, 4 } }), 1e-6)
  end)

  it("refuses what it can't use", function()
    local N = rl.layers.Normalization
    for message, given in pairs {
      ["Normalization: give both 'mean' and 'variance', or none of them"] = { mean = 1 },
      ["Normalization: argument 'variance': number 1 must be in %[0, inf%), got %-1"] = { mean = 1, variance = -1 },
      ["Normalization: 'mean' and 'variance' must have as many numbers, got 2 and 1"] = { mean = { 1, 2 }, variance = { 1 } },
      ["Normalization: argument 'mean' is empty"] = { mean = {}, variance = {} },
      ["Normalization: argument 'axis': axes are whole numbers that count from 1"] = { axis = 0 },
    } do
      assert.error_matches(function() N(given) end, message)
    end
    assert.error_matches(function() N { axis = 1 }(rl.ones { 2, 3 }) end, "axis 1 of an input of shape %(2, 3%) is the batch's")
    assert.error_matches(function() N { axis = 3 }(rl.ones { 2, 3 }) end, "3 is no axis of an input of shape")
    assert.error_matches(function() N { mean = { 1, 2 }, variance = { 1, 1 } }(rl.ones { 2, 3 }) end,
      "argument 'mean': the axes have shape %(3,%), got 2 numbers")
  end)

  it("adapts to data alone, and says what is wrong with them", function()
    local layer = rl.layers.Normalization { name = "scale" }
    layer:adapt { { 1.0, 2.0 }, { 3.0, 6.0 } }
    assert.tensor_near({ 2, 4 }, layer:get_weights()[1], 0)
    for message, given in pairs {
      ["scale.adapt: data is empty"] = {}, ["scale.adapt: data holds nan or inf"] = { { 0 / 0, 1 } },
      ["scale.adapt: data must be a tensor or a table of numbers, got 'x'"] = "x",
      ["scale %(Normalization%): was built for inputs of shape %(None, 2%), got %(None, 3%)"] = rl.ones { 2, 3 },
      ["scale.adapt: data gave no batch"] = function() return nil end,
    } do
      assert.error_matches(function() layer:adapt(given) end, message)
    end
    assert.error_matches(function() layer:adapt() end, "scale.adapt: data expected, got nil")
    assert.tensor_near({ 2, 4 }, layer:get_weights()[1], 0)
    local fixed = rl.layers.Normalization { mean = 1, variance = 1, name = "fixed" }
    assert.error_matches(function() fixed:adapt(rl.ones { 2, 2 }) end, "fixed.adapt: the layer was made with mean and variance, which stay")
    assert.error_matches(function() rl.layers.Dense { 1, name = "d" }:adapt(rl.ones { 2, 2 }) end, "d.adapt: a Dense layer has nothing to adapt")
  end)
end)

describe("metrics of values beside Keras:", function()
  for number, case in ipairs(golden.value_metrics) do
    it(case.name .. " " .. number, function()
      local metric = rl.metrics[case.name]()
      for i, call in ipairs(case.calls) do
        metric:update_state(table.unpack(call))
        assert.message("call " .. i).near(case.results[i], metric:result(), 1e-5)
      end
      metric:reset_state()
      assert.equal(0, metric:result())
    end)
  end

  it("check what they are given", function()
    local mean = rl.metrics.Mean { name = "m" }
    assert.equal("m", mean.name)
    assert.error_matches(function() mean:update_state() end, "Mean: values expected, got nil")
    assert.error_matches(function() mean:update_state "x" end, "Mean: values must be a tensor or a table of numbers, got 'x'")
    assert.error_matches(function() mean:update_state({ 1, 2 }, { { 1, 2 }, { 3, 4 } }) end,
      "Mean: sample_weight has shape %(2, 2%), values have %(2,%)")
    assert.error_matches(function() rl.metrics.Sum { naem = "x" } end, "Sum: unknown argument 'naem' %(did you mean 'name'%?%)")
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } } }
    assert.error_matches(function() model:compile { loss = "mse", metrics = { mean } } end, "compile: argument 'metrics%[1%]'")
  end)
end)

describe("SwapEMAWeights beside Keras,", function()
  local golden_swap = golden.swapped
  for _, case in ipairs(golden_swap.cases) do
    it("swap_on_epoch = " .. tostring(case.swap_on_epoch), function()
      local model = rl.Sequential { rl.layers.Dense { 2, activation = "tanh", input_shape = { 3 } }, rl.layers.Dense(1) }
      model:set_weights(case.weights)
      model:compile { optimizer = rl.optimizers.SGD { 0.02, use_ema = true, ema_momentum = 0.8 }, loss = "mse" }
      local seen = {}
      local history = model:fit(golden_swap.x, golden_swap.y, { epochs = 4, batch_size = 5, shuffle = false, verbose = 0,
        validation_data = { golden_swap.x, golden_swap.y }, callbacks = {
          rl.callbacks.SwapEMAWeights { swap_on_epoch = case.swap_on_epoch },
          { on_epoch_end = function() seen[#seen + 1] = model:get_weights()[1][1][1] end },
        } }).history
      for name, values in pairs(case.history) do assert.message(name).tensor_near(values, history[name], { rtol = 1e-5, atol = 1e-7 }) end
      assert.tensor_near(case.seen, seen, 1e-5)
      for i, weight in ipairs(model:get_weights()) do assert.tensor_near(case.final_weights[i], weight, 1e-5) end
    end)
  end

  it("wants use_ema", function()
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } } }
    model:compile { optimizer = "sgd", loss = "mse" }
    assert.error_matches(function()
      model:fit(rl.ones { 2, 1 }, rl.ones { 2, 1 }, { verbose = 0, validation_data = { rl.ones { 2, 1 }, rl.ones { 2, 1 } },
        callbacks = rl.callbacks.SwapEMAWeights() })
    end, "SwapEMAWeights: the model's optimizer must have use_ema = true")
  end)
end)
