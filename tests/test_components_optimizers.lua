--- Optimizers and schedules against Keras 3: weights after each of twelve steps with given gradients.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_components"
local label = require "support.label"

local NEAR = { rtol = 3e-6, atol = 3e-7 }

--- A model whose gradient is its input, and 1 for its bias: the absolute error of a prediction far too large.
local function model_with(optimizer)
  local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 3 } } }
  model:compile { optimizer = optimizer, loss = "mae" }
  model:set_weights { golden.optimizers.kernel, golden.optimizers.bias }
  return model
end

local function step(model, gradient)
  model:train_on_batch({ gradient }, { { -1e6 } })
  local kernel, bias = table.unpack(model:get_weights())
  return { kernel[1][1], kernel[2][1], kernel[3][1], bias[1] }
end

describe("optimizers beside Keras", function()
  local section = golden.optimizers
  for _, case in ipairs(section.cases) do
    it(label(case), function()
      local model = model_with(rl.optimizers[case.name](case.args))
      for i, gradient in ipairs(section.gradients) do
        assert.message("step " .. i).tensor_near(case.after[i], step(model, gradient), NEAR)
      end
    end)
  end

  it("clip in one way only", function()
    for _, case in ipairs { { clipnorm = 1, clipvalue = 1 }, { clipvalue = 1, global_clipnorm = 1 } } do
      assert.error_matches(function() rl.optimizers.SGD(case) end,
        "SGD: give one of 'clipnorm', 'clipvalue' and 'global_clipnorm', got 2")
    end
  end)

  it("are all in the golden values", function()
    local tested = {}
    for _, case in ipairs(section.cases) do tested[case.name] = true end
    for name, make in pairs(rl.optimizers) do
      if name ~= "get" and name ~= "schedules" then
        local class = tostring(make):match "(%S+)>$"
        assert.message(name).truthy(tested[class])
      end
    end
  end)
end)

describe("an optimizer", function()
  it("uses the learning rate that a script sets", function()
    local model = model_with(rl.optimizers.SGD(0.5))
    local first = step(model, { 1, 0, 0 })
    model.optimizer.learning_rate = 0.25
    local second = step(model, { 1, 0, 0 })
    assert.near(0.5, golden.optimizers.kernel[1][1] - first[1], 1e-6)
    assert.near(0.25, first[1] - second[1], 1e-6)
  end)

  it("follows a schedule, from step 0", function()
    local schedule = rl.optimizers.schedules.InverseTimeDecay { 1.0, 1, 1.0 }
    local model = model_with(rl.optimizers.SGD(schedule))
    local before = golden.optimizers.kernel[1][1]
    for i = 1, 3 do
      local now = step(model, { 1, 0, 0 })[1]
      assert.near(1 / i, before - now, 1e-6)
      before = now
    end
  end)

  it("checks its arguments", function()
    assert.error_matches(function() rl.optimizers.Adam { beta_1 = 1 } end,
      "Adam: argument 'beta_1' must be in %[0, 1%), got 1")
    assert.error_matches(function() rl.optimizers.SGD { momentum = -0.1 } end,
      "SGD: argument 'momentum' must be in %[0, 1%], got %-0.1")
    assert.error_matches(function() rl.optimizers.Adam { lr = 1 } end, "Adam: unknown argument 'lr'")
    assert.error_matches(function() rl.optimizers.Adam { learning_rate = "fast" } end,
      "Adam: argument 'learning_rate' must be a number or a schedule")
    assert.error_matches(function() rl.optimizers.SGD { clipnorm = 0 } end,
      "SGD: argument 'clipnorm' must be in %(0, inf%), got 0")
  end)
end)

describe("schedules beside Keras", function()
  for _, case in ipairs(golden.schedules.cases) do
    it(label(case), function()
      local schedule = rl.optimizers.schedules[case.name](case.args)
      for i, at in ipairs(golden.schedules.steps) do
        assert.message("step " .. at).tensor_near(case.rates[i], schedule(at), { rtol = 1e-6, atol = 1e-8 })
      end
    end)
  end

  it("need a positive number of steps", function()
    assert.error_matches(function() rl.optimizers.schedules.CosineDecay { 0.1, 0 } end,
      "CosineDecay: argument 'decay_steps' must be in %[1, inf%), got 0")
  end)
end)
