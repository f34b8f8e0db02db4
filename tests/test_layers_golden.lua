--- Layers around the recurrent ones against Keras 3: what a model predicts at first, ten steps of training, the
--- weights after them.
local rl = require "rnnlua"
local golden = require "support.golden"

local FORWARD = { rtol = 1e-6, atol = 1e-6 }
local TRAINED = { rtol = 1e-5, atol = 2e-6 }

local function options(given, batch_size)
  return { verbose = 0, shuffle = false, epochs = 10, batch_size = given.batch_size or batch_size }
end

describe("Layers as by Keras:", function()
  for _, case in ipairs(golden "keras_layers") do
    it(case.name, function()
      local model = rl.Sequential(case.layers(rl))
      model:compile { optimizer = case.fit.optimizer or rl.optimizers.SGD(0.1), loss = case.loss }
      model:build(rl.tensor(case.x).shape)
      model:set_weights(case.weights)
      assert.message("predict").tensor_near(case.predicted, model:predict(case.x), FORWARD)
      local history = model:fit(case.x, case.y, options(case.fit)).history
      assert.message("losses").tensor_near(case.losses, history.loss, TRAINED)
      local weights = model:get_weights()
      assert.equal(#case.final_weights, #weights)
      for i, expected in ipairs(case.final_weights) do
        assert.message("weight " .. i).tensor_near(expected, weights[i], TRAINED)
      end
      assert.message("predict after it").tensor_near(case.predicted_after, model:predict(case.x), TRAINED)
    end)
  end
end)
