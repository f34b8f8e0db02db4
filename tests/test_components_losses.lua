--- Losses against Keras 3: of rows, their mean, and its gradient by way of a training step.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_components"
local label = require "support.label"

local NEAR = { rtol = 1e-5, atol = 1e-6 }
local RATE = 1e5 -- a large step, so that the difference of weights shows small gradients too

local function float32(t) return rl.tensor(t, "float32") end

--- d loss / d y_pred: a kernel whose rows are y_pred, fed with the unit vectors, predicts just that.
local function gradient(loss, y_true, y_pred)
  local rows, columns = #y_pred, #y_pred[1]
  local model = rl.Sequential { rl.layers.Dense { columns, use_bias = false, input_shape = { rows } } }
  model:compile { optimizer = rl.optimizers.SGD(RATE), loss = loss }
  model:set_weights { y_pred }
  model:train_on_batch(rl.eye(rows), float32(y_true))
  return (rl.tensor(y_pred, "float64") - model:get_weights()[1]:astype "float64") / RATE
end

describe("losses beside Keras", function()
  for number, case in ipairs(golden.losses) do
    it(label(case) .. " (" .. number .. ")", function()
      local loss = rl.losses[case.name](case.args)
      local y_true, y_pred = float32(case.y_true), float32(case.y_pred)
      assert.message("mean").tensor_near(case.mean, loss(y_true, y_pred), NEAR)
      assert.message("weighted").tensor_near(case.weighted, loss(y_true, y_pred, float32(case.weight)), NEAR)
      if case.rows then
        local rows = rl.losses[case.name](y_true, y_pred, case.args)
        assert.message("rows").tensor_near(case.rows, rows, NEAR)
      end
      assert.message("gradient").tensor_near(case.gradient, gradient(loss, case.y_true, case.y_pred),
        { rtol = 1e-5, atol = 1e-6 })
    end)
  end

  it("are all in the golden values", function()
    local tested = {}
    for _, case in ipairs(golden.losses) do tested[case.name] = true end
    for name, make in pairs(rl.losses) do
      if name ~= "get" then
        local class = tostring(make):match "(%S+)>$"
        assert.message(name .. ", " .. class).truthy(tested[class])
      end
    end
  end)
end)

describe("cross-entropy", function()
  it("does not overflow on large logits", function()
    local sure = rl.losses.BinaryCrossentropy { from_logits = true }
    assert.near(1e4, sure({ { 0.0 } }, { { 1e4 } }), 1e-2)
    assert.equal(0, sure({ { 1.0 } }, { { 1e4 } }))
    local class = rl.losses.SparseCategoricalCrossentropy { from_logits = true }
    assert.near(1e4, class({ { 0 } }, { { 0, 1e4 } }), 1e-2)
  end)

  it("takes class numbers from 0 to the number of columns less one, and says so", function()
    local loss = rl.losses.SparseCategoricalCrossentropy {}
    local message = "SparseCategoricalCrossentropy: y_true must hold class numbers from 0 to 1 "
      .. "%(y_pred has 2 columns%), "
    local even = { { 0.5, 0.5 }, { 0.5, 0.5 } }
    assert.error_matches(function() loss({ { 0 }, { 2 } }, even) end, message .. "got 2 in row 2")
    assert.error_matches(function() loss({ { -1 } }, { { 0.5, 0.5 } }) end, message .. "got %-1 in row 1")
    assert.error_matches(function() loss({ { 0.5 } }, { { 0.5, 0.5 } }) end, message .. "got 0.5 in row 1")
    assert.near(-math.log(0.5), loss({ { 1 } }, { { 0.5, 0.5 } }), 1e-6)
  end)

  it("is 0 where every row is ignored", function()
    local loss = rl.losses.SparseCategoricalCrossentropy { ignore_class = -1 }
    assert.equal(0, loss({ { -1 }, { -1 } }, { { 0.5, 0.5 }, { 0.5, 0.5 } }))
  end)

  it("checks its arguments", function()
    assert.error_matches(function() rl.losses.BinaryCrossentropy { label_smoothing = 1.5 } end,
      "BinaryCrossentropy: argument 'label_smoothing' must be in %[0, 1%], got 1.5")
    assert.error_matches(function() rl.losses.Huber { delta = 0 } end,
      "Huber: argument 'delta' must be in %(0, inf%), got 0")
    assert.error_matches(function() rl.losses.MeanSquaredError { from_logits = true } end,
      "MeanSquaredError: unknown argument 'from_logits'")
  end)
end)

--- As Keras does: the loss is computed from what went into the model's last sigmoid or softmax.
describe("cross-entropy of a saturated output", function()
  local function trained(layers, loss, weights, y)
    local model = rl.Sequential(layers)
    model:compile { optimizer = rl.optimizers.SGD(1.0), loss = loss, metrics = { loss, "accuracy" } }
    model:set_weights { weights }
    local logs = model:train_on_batch({ { 1 } }, y, { return_dict = true })
    return logs, model:get_weights()[1]
  end

  local function dense(units, activation, regularizer)
    return rl.layers.Dense { units, use_bias = false, activation = activation, input_shape = { 1 },
      activity_regularizer = regularizer }
  end

  it("is exact, and so is its gradient, for softmax", function()
    for loss, y in pairs { categorical_crossentropy = { { 0, 1 } }, sparse_categorical_crossentropy = { { 1 } } } do
      local logs, kernel = trained({ dense(2, "softmax") }, loss, { { 300, -300 } }, y)
      assert.same({ loss = 600, [loss] = 600, accuracy = 0 }, logs)
      assert.same({ { 299, -299 } }, kernel:totable())
    end
  end)

  it("is exact for sigmoid, of Dense or of a layer Activation", function()
    for _, layers in ipairs { { dense(1, "sigmoid") }, { dense(1), rl.layers.Activation "sigmoid" } } do
      local logs, kernel = trained(layers, "binary_crossentropy", { { 50 } }, { { 0 } })
      assert.same({ loss = 50, binary_crossentropy = 50, accuracy = 0 }, logs)
      assert.same({ { 49 } }, kernel:totable())
    end
  end)

  it("is cut at 1e-7 where a regularizer looks at the output too", function()
    local logs, kernel = trained({ dense(2, "softmax", rl.regularizers.L2(0.0)) }, "categorical_crossentropy",
      { { 300, -300 } }, { { 0, 1 } })
    assert.near(-math.log(1e-7), logs.loss, 1e-4)
    assert.same({ { 300, -300 } }, kernel:totable())
  end)
end)

describe("the names of losses", function()
  it("are Keras'", function()
    for alias, name in pairs {
      mse = "MeanSquaredError", MSE = "MeanSquaredError", mae = "MeanAbsoluteError",
      mape = "MeanAbsolutePercentageError",
      msle = "MeanSquaredLogarithmicError", bce = "BinaryCrossentropy", kld = "KLDivergence", huber = "Huber",
      log_cosh = "LogCosh", sparse_categorical_crossentropy = "SparseCategoricalCrossentropy",
    } do
      assert.equal(name, rl.losses.get(alias).class_name)
    end
    assert.error_matches(function() rl.losses.get "msee" end, "did you mean 'mse'")
  end)
end)
