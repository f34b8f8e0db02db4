--- Attention and MultiHeadAttention against Keras 3: predictions, ten steps of training, the weights after them.
local rl = require "rnnlua"
local golden = require "support.golden"
local wired = require "support.wired"

local FORWARD = { rtol = 1e-6, atol = 1e-6 }
local TRAINED = { rtol = 1e-5, atol = 2e-6 }

local function build(case)
  local inputs, shapes, calls = {}, {}, case.calls(rl)
  for i, x in ipairs(case.inputs) do
    inputs[i] = rl.tensor(x, "float32")
    shapes[i] = table.move(inputs[i].shape, 2, inputs[i].ndim, 1, {})
  end
  local last = #inputs
  for _, call in ipairs(calls) do
    local scores = call.layer.class_name:find "Attention" and call.layer.return_attention_scores
    last = last + (scores and 2 or 1)
  end
  return wired(shapes, calls, last), #inputs == 1 and inputs[1] or inputs
end

describe("As by Keras:", function()
  for _, case in ipairs(golden "keras_attention") do
    it(case.name, function()
      local model, x = build(case)
      model:compile { optimizer = rl.optimizers.SGD(0.1), loss = "mse" }
      model:set_weights(case.weights)
      assert.message("predict").tensor_near(case.predicted, model:predict(x), FORWARD)
      local history = model:fit(x, case.y, { epochs = 10, verbose = 0, shuffle = false }).history
      assert.message("losses").tensor_near(case.losses, history.loss, TRAINED)
      for i, weight in ipairs(model:get_weights()) do
        assert.message("weight " .. i).tensor_near(case.final_weights[i], weight, TRAINED)
      end
    end)
  end
end)
