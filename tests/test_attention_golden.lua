--- Attention and MultiHeadAttention against Keras 3: predictions, ten steps of training, the weights after them.
local rl = require "rnnlua"
local golden = require "support.golden"

local FORWARD = { rtol = 1e-6, atol = 1e-6 }
local TRAINED = { rtol = 1e-5, atol = 2e-6 }

--- The model, its inputs' data and its layers in the order of their calls.
local function build(case)
  local inputs, data, tensors, layers = {}, {}, {}, {}
  for i, x in ipairs(case.inputs) do
    data[i] = rl.tensor(x, "float32")
    inputs[i] = rl.Input { shape = table.move(data[i].shape, 2, data[i].ndim, 1, {}) }
    tensors[i] = inputs[i]
  end
  for i, call in ipairs(case.calls(rl)) do
    local given = {}
    for k, number in ipairs(call.inputs) do given[k] = tensors[number] end
    for _, made in ipairs { call.layer(#given == 1 and given[1] or given) } do tensors[#tensors + 1] = made end
    layers[i] = call.layer
  end
  return rl.Model { inputs = inputs, outputs = tensors[#tensors] }, #data == 1 and data[1] or data, layers
end

local function set_weights(layers, weights)
  local at = 0
  for _, layer in ipairs(layers) do
    local count = #layer.weights
    layer:set_weights(table.move(weights, at + 1, at + count, 1, {}))
    at = at + count
  end
end

local function weights_of(layers)
  local list = {}
  for _, layer in ipairs(layers) do
    for _, weight in ipairs(layer:get_weights()) do list[#list + 1] = weight end
  end
  return list
end

describe("As by Keras:", function()
  for _, case in ipairs(golden "keras_attention") do
    it(case.name, function()
      local model, x, layers = build(case)
      model:compile { optimizer = rl.optimizers.SGD(0.1), loss = "mse" }
      set_weights(layers, case.weights)
      assert.message("predict").tensor_near(case.predicted, model:predict(x), FORWARD)
      local history = model:fit(x, case.y, { epochs = 10, verbose = 0, shuffle = false }).history
      assert.message("losses").tensor_near(case.losses, history.loss, TRAINED)
      local weights = weights_of(layers)
      assert.equal(#case.final_weights, #weights)
      for i, expected in ipairs(case.final_weights) do
        assert.message("weight " .. i).tensor_near(expected, weights[i], TRAINED)
      end
    end)
  end
end)
