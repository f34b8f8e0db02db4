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
          assert.near(result, metric:result(), 1e-6)
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
