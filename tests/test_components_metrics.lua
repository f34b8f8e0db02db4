--- Metrics against Keras 3: the running result after each of two batches, with and without weights.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_components"

local function float32(t) return rl.tensor(t, "float32") end

describe("metrics beside Keras", function()
  for number, case in ipairs(golden.metrics) do
    it(case.name .. " (" .. number .. ")", function()
      local metric = rl.metrics[case.name](case.args)
      assert.equal(case.key, metric.name)
      local function run()
        for batch, result in ipairs(case.results) do
          metric:update_state(float32(case.y_true[batch]), float32(case.y_pred[batch]),
            case.weight and float32(case.weight[batch]))
          local got = metric:result()
          if type(got) == "number" then assert.near(result, got, 1e-6) else assert.tensor_near(result, got, 1e-6) end
        end
      end
      run()
      metric:reset_state()
      run()
    end)
  end

  it("are 0 before the first batch", function()
    assert.equal(0, rl.metrics.BinaryAccuracy {}:result())
    assert.equal(0, rl.metrics.RootMeanSquaredError {}:result())
  end)
end)

describe("metrics that give several numbers", function()
  local function model(metric)
    local m = rl.Sequential { rl.Input { shape = { 2 } }, rl.layers.Dense { 3, activation = "softmax" } }
    m:compile { loss = "mse", metrics = { metric } }
    return m
  end

  it("are refused by training, which logs one, before anything is learnt", function()
    local m = model(rl.metrics.F1Score())
    assert.error_matches(function() m:evaluate(rl.zeros { 4, 2 }, rl.zeros { 4, 3 }, { verbose = 0 }) end,
      "F1Score: gives 3 numbers here and training logs one")
    m = model(rl.metrics.F1Score("macro"))
    assert.near(0, select(2, m:evaluate(rl.zeros { 4, 2 }, rl.zeros { 4, 3 }, { verbose = 0 })), 1e-7)
  end)

  it("check their arguments", function()
    assert.error_matches(function() rl.metrics.AUC { thresholds = { 0.5, 0.2 } } end, "'thresholds' must increase")
    assert.error_matches(function() rl.metrics.AUC { thresholds = { 0.5, 2 } } end,
      "AUC: argument 'thresholds': number 2 must be in %[0, 1%], got 2")
    assert.error_matches(function() rl.metrics.Precision { class_id = 4 }(rl.zeros { 2, 3 }, rl.zeros { 2, 3 }) end,
      "class_id 4 is out of range for 3 columns")
    assert.error_matches(function() rl.metrics.F1Score "median" end, "must be one of micro|macro|weighted")
    assert.error_matches(function() rl.metrics.AUC { num_labels = 2 } end, "multi_label = true")
  end)
end)

describe("accuracy", function()
  it("takes the first of equal largest ones", function()
    local metric = rl.metrics.SparseCategoricalAccuracy {}
    metric:update_state({ { 0 }, { 1 } }, { { 0.5, 0.5 }, { 0.5, 0.5 } })
    assert.equal(0.5, metric:result())
  end)

  it("counts no class that is not there", function()
    local metric = rl.metrics.SparseTopKCategoricalAccuracy { k = 2 }
    metric:update_state({ { 5 }, { -1 }, { 1 } }, { { 0.1, 0.9 }, { 0.1, 0.9 }, { 0.1, 0.9 } })
    assert.near(1 / 3, metric:result(), 1e-7)
  end)

  it("that is a mean of losses takes vectors of any length, each one row, as Keras does", function()
    local metric = rl.metrics.MeanSquaredError()
    metric:update_state({ 1, 2, 3 }, { 1, 2, 5 })
    metric:update_state({ 1 }, { 2 })
    assert.near(1.1666667, metric:result(), 1e-6)
  end)

  it("checks its arguments", function()
    assert.error_matches(function() rl.metrics.TopKCategoricalAccuracy { k = 0 } end,
      "TopKCategoricalAccuracy: argument 'k' must be in %[1, inf%), got 0")
    assert.error_matches(function() rl.metrics.BinaryAccuracy { treshold = 0 } end,
      "BinaryAccuracy: unknown argument 'treshold' %(did you mean 'threshold'%?%)")
  end)
end)
