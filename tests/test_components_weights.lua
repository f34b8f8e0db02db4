--- What acts on weights: regularizers and constraints against Keras 3, initializers by their distribution.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_components"
local label = require "support.label"

describe("regularizers beside Keras", function()
  local w = golden.regularizers.w

  --- Where the data's gradient is 0, a step of size 1 takes away the penalty's.
  local function gradient(regularizer)
    local model = rl.Sequential {
      rl.layers.Dense { #w[1], use_bias = false, kernel_regularizer = regularizer, input_shape = { #w } },
    }
    model:compile { optimizer = rl.optimizers.SGD(1.0), loss = "mse" }
    model:set_weights { w }
    model:train_on_batch(rl.zeros { 1, #w }, rl.zeros { 1, #w[1] })
    return rl.tensor(w, "float32") - model:get_weights()[1]
  end

  for _, case in ipairs(golden.regularizers.cases) do
    it(label(case), function()
      local regularizer = rl.regularizers[case.name](case.args)
      assert.near(case.penalty, regularizer(rl.tensor(w)), 1e-6)
      assert.tensor_near(case.gradient, gradient(regularizer), 5e-7)
    end)
  end

  it("check what they are given", function()
    assert.error_matches(function() rl.regularizers.L2(-1) end, "L2: argument 'l2' must be in %[0, inf%), got %-1")
    assert.error_matches(function() rl.regularizers.OrthogonalRegularizer { mode = "row" } end,
      "OrthogonalRegularizer: argument 'mode' must be one of rows|columns, got 'row'")
    assert.error_matches(function() rl.regularizers.OrthogonalRegularizer {}(rl.zeros { 3 }) end,
      "OrthogonalRegularizer: expected a weight of 2 axes, got one of 1")
  end)
end)

describe("constraints beside Keras", function()
  for _, case in ipairs(golden.constraints.cases) do
    it(label(case), function()
      local w = rl.tensor(golden.constraints.w, "float32")
      assert.tensor_near(case.result, rl.constraints[case.name](case.args)(w), { rtol = 1e-6, atol = 1e-7 })
    end)
  end

  it("act after each step of training", function()
    local model = rl.Sequential {
      rl.layers.Dense { 1, use_bias = false, kernel_constraint = "non_neg", input_shape = { 2 } },
    }
    model:compile { optimizer = rl.optimizers.SGD(1.0), loss = "mae" }
    model:set_weights { { { 0.5 }, { 0.5 } } }
    model:train_on_batch({ { 1, 0.25 } }, { { -10 } })
    assert.tensor_near({ { 0 }, { 0.25 } }, model:get_weights()[1], 1e-6)
  end)

  it("check their axis", function()
    assert.error_matches(function() rl.constraints.MaxNorm { axis = 0 } end,
      "MaxNorm: argument 'axis' must not be 0: axes count from 1")
    assert.error_matches(function() rl.constraints.UnitNorm { axis = 3 }(rl.zeros { 2, 2 }) end,
      "UnitNorm: axis 3 is out of range for a weight of 2 axes")
    assert.error_matches(function() rl.constraints.MinMaxNorm { min_value = 2 } end,
      "MinMaxNorm: argument 'min_value' must not exceed max_value 1, got 2")
  end)
end)

describe("initializers", function()
  local SHAPE = { 200, 300 }

  --- variance · scale: what is expected of 60,000 numbers, within four standard errors or so
  local function check_spread(t, stddev)
    assert.near(0, t:mean(), 0.02 * stddev)
    assert.near(stddev, t:std(), 0.015 * stddev)
  end

  local function check_bounds(t, least, most)
    assert.truthy(t:min() >= least and t:max() <= most)
    local slack = 0.01 * (most - least)
    assert.truthy(t:min() < least + slack and t:max() > most - slack)
  end

  it("RandomNormal", function() check_spread(rl.initializers.RandomNormal { stddev = 0.3 }(SHAPE), 0.3) end)

  it("RandomUniform", function()
    check_bounds(rl.initializers.RandomUniform {}(SHAPE), -0.05, 0.05)
    check_bounds(rl.initializers.RandomUniform { minval = 2, maxval = 3 }(SHAPE), 2, 3)
  end)

  it("TruncatedNormal stays within two standard deviations", function()
    local t = rl.initializers.TruncatedNormal { stddev = 0.5 }(SHAPE)
    check_spread(t, 0.5 * 0.87962566)
    check_bounds(t, -1, 1)
  end)

  for name, variance in pairs {
    Glorot = 2 / (200 + 300), He = 2 / 200, Lecun = 1 / 200,
  } do
    it(name .. "Uniform", function()
      local t = rl.initializers[name .. "Uniform"] {}(SHAPE)
      check_spread(t, math.sqrt(variance))
      check_bounds(t, -math.sqrt(3 * variance), math.sqrt(3 * variance))
    end)

    it(name .. "Normal", function()
      local t = rl.initializers[name .. "Normal"] {}(SHAPE)
      check_spread(t, math.sqrt(variance))
      local cut = 2 * math.sqrt(variance) / 0.87962566103423978
      check_bounds(t, -cut, cut)
    end)
  end

  it("VarianceScaling counts inputs, outputs or both, and convolution's leading axes", function()
    local function of(mode, distribution, shape)
      return rl.initializers.VarianceScaling { scale = 3, mode = mode, distribution = distribution }(shape or SHAPE)
    end
    check_spread(of("fan_in", "untruncated_normal"), math.sqrt(3 / 200))
    check_spread(of("fan_out", "uniform"), math.sqrt(3 / 300))
    check_spread(of("fan_avg", "truncated_normal"), math.sqrt(3 / 250))
    check_spread(of("fan_in", "normal", { 5, 40, 300 }), math.sqrt(3 / 200))
    check_spread(of("fan_out", "uniform", { 60000 }), math.sqrt(3 / 60000))
  end)

  it("Orthogonal has orthonormal columns, or rows where those are fewer", function()
    local tall = rl.initializers.Orthogonal {}({ 50, 20 })
    assert.tensor_near(rl.eye(20), tall:transpose():matmul(tall), 1e-6)
    local wide = rl.initializers.Orthogonal { gain = 2 }({ 20, 50 })
    assert.tensor_near(rl.eye(20) * 4, wide:matmul(wide:transpose()), 4e-6)
    local square = rl.initializers.Orthogonal {}({ 64, 64 })
    assert.tensor_near(rl.eye(64), square:matmul(square:transpose()), 1e-6)
    local kernel = rl.initializers.Orthogonal {}({ 3, 4, 5 }):reshape { 12, 5 }
    assert.tensor_near(rl.eye(5), kernel:transpose():matmul(kernel), 1e-6)
  end)

  it("Orthogonal takes each sign as often as the other", function()
    local positive = 0
    for seed = 1, 200 do
      if rl.initializers.Orthogonal { seed = seed }({ 3, 3 })[1][1] > 0 then positive = positive + 1 end
    end
    assert.truthy(positive > 70 and positive < 130)
  end)

  it("Zeros, Ones, Constant and Identity", function()
    assert.same({ { 0, 0 } }, rl.initializers.Zeros {}({ 1, 2 }):totable())
    assert.same({ 1, 1 }, rl.initializers.Ones {}({ 2 }):totable())
    assert.same({ 0.5, 0.5 }, rl.initializers.Constant(0.5)({ 2 }):totable())
    assert.same({ { 2, 0, 0 }, { 0, 2, 0 } }, rl.initializers.Identity { gain = 2 }({ 2, 3 }):totable())
  end)

  it("with a seed give the same numbers at every call, without one others", function()
    for _, name in ipairs {
      "RandomNormal", "RandomUniform", "TruncatedNormal", "GlorotUniform", "HeNormal", "Orthogonal",
    } do
      local make = rl.initializers[name]
      local seeded = make { seed = 3 }
      assert.message(name).truthy(rl.equal(seeded { 4, 4 }, seeded { 4, 4 }))
      assert.message(name).truthy(rl.equal(seeded { 4, 4 }, make { seed = 3 } { 4, 4 }))
      assert.message(name).falsy(rl.equal(seeded { 4, 4 }, make { seed = 4 } { 4, 4 }))
      local free = make {}
      assert.message(name).falsy(rl.equal(free { 4, 4 }, free { 4, 4 }))
    end
  end)

  it("check what they are given", function()
    assert.error_matches(function() rl.initializers.Orthogonal {}({ 3 }) end,
      "Orthogonal: expected a shape of at least 2 axes, got one of 1")
    assert.error_matches(function() rl.initializers.Identity {}({ 3 }) end,
      "Identity: expected a shape of 2 axes, got one of 1")
    assert.error_matches(function() rl.initializers.VarianceScaling { scale = 0 } end,
      "VarianceScaling: argument 'scale' must be in %(0, inf%), got 0")
    assert.error_matches(function() rl.initializers.VarianceScaling { mode = "fan" } end,
      "VarianceScaling: argument 'mode' must be one of fan_in|fan_out|fan_avg, got 'fan'")
  end)
end)
