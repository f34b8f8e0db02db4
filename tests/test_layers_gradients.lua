--- Gradients of layers around the recurrent ones, by differences of the loss.
local rl = require "rnnlua"
local numeric = require "support.numeric"

local layers = rl.layers

--- between two Dense layers, whose gradients come from the layer's own input gradient
local function between(make, shape)
  return function()
    return { rl.Input { shape = shape }, layers.Dense { 3, bias_initializer = rl.initializers.RandomNormal(0, 0.3) },
      make(), layers.Dense(2) }
  end
end

local CASES = {
  { "LayerNormalization", function() return layers.LayerNormalization { epsilon = 0.1 } end },
  { "LayerNormalization along timesteps", function() return layers.LayerNormalization { axis = 2, epsilon = 0.1 } end },
  { "LayerNormalization along two axes", function() return layers.LayerNormalization { axis = { 3, 2 } } end },
  { "LayerNormalization rms_scaling",
    function() return layers.LayerNormalization { rms_scaling = true, epsilon = 0.1 } end },
  { "BatchNormalization", function() return layers.BatchNormalization { epsilon = 0.1 } end },
  { "BatchNormalization along timesteps", function() return layers.BatchNormalization { axis = 2, epsilon = 0.1 } end },
  { "BatchNormalization at inference", function() return layers.BatchNormalization { trainable = false } end },
  { "UnitNormalization", function() return layers.UnitNormalization() end },
  { "UnitNormalization along timesteps", function() return layers.UnitNormalization(2) end },
  { "ActivityRegularization", function() return layers.ActivityRegularization { l2 = 0.3 } end },
  { "ELU", function() return layers.ELU(0.7) end },
  { "Softmax along timesteps", function() return layers.Softmax(2) end },
  { "PReLU", function() return layers.PReLU { alpha_initializer = rl.initializers.Constant(0.4) } end, 1e-3 },
  { "AveragePooling1D", function() return layers.AveragePooling1D(2, 1, "same") end },
  { "UpSampling1D", function() return layers.UpSampling1D(2) end },
  { "ZeroPadding1D", function() return layers.ZeroPadding1D { 2, 1 } end },
  { "Cropping1D", function() return layers.Cropping1D { 1, 2 } end },
  { "Conv1D", function() return layers.Conv1D { 3, 2, activation = "tanh" } end },
  { "Conv1D causal, dilated", function() return layers.Conv1D { 4, 2, padding = "causal", dilation_rate = 2 } end },
  { "Conv1D of groups", function() return layers.Conv1D { 6, 3, groups = 3, padding = "same", activation = "silu" } end },
}

describe("The gradient of", function()
  before_each(function() rl.utils.set_random_seed(3) end)

  for _, case in ipairs(CASES) do
    it(case[1], function()
      local make = between(case[2], { 5, 2 })
      local steps = rl.Sequential(make()).output_shape[2]
      local x, y = rl.random.normal { shape = { 4, 5, 2 } }, rl.random.normal { shape = { 4, steps, 2 } }
      assert.is_true(numeric.worst(make, x, y, case[3]) < 2e-3)
    end)
  end

  it("Embedding, ids that come twice among them", function()
    local function make() return { rl.Input { shape = { 3 } }, layers.Embedding(4, 3), layers.Dense(2) } end
    local x = rl.tensor { { 0, 1, 1 }, { 3, 1, 0 } }
    assert.is_true(numeric.worst(make, x, rl.random.normal { shape = { 2, 3, 2 } }) < 1e-3)
  end)

  it("BatchNormalization behind a mask", function()
    local function make()
      return { rl.Input { shape = { 4 } },
        layers.Embedding { 5, 3, mask_zero = true, embeddings_initializer = rl.initializers.RandomNormal(0, 1) },
        layers.BatchNormalization { epsilon = 0.1 }, layers.Dense(2) }
    end
    local x = rl.tensor { { 1, 2, 0, 0 }, { 3, 4, 1, 0 }, { 0, 2, 2, 4 } }
    assert.is_true(numeric.worst(make, x, rl.random.normal { shape = { 3, 4, 2 } }) < 2e-3)
  end)
end)
