--- trained_layers(case, options): a Sequential of case.layers, fitted from case.weights, comes out as Keras fitted it. Cases
--- are those of golden/keras_lengths.lua; options go to fit, evaluate and predict.
local rl = require "rnnlua"

local LOSS = { rtol = 5e-5, atol = 1e-6 }
local VALUE = { rtol = 2e-4, atol = 2e-5 }

local function merged(...)
  local result = { verbose = 0, batch_size = 4 }
  for _, options in ipairs { ... } do
    for name, value in pairs(options) do result[name] = value end
  end
  return result
end

return function(case, options)
  local model = rl.Sequential(case.layers(rl))
  model:compile { optimizer = rl.optimizers.SGD(0.1), loss = case.loss, metrics = case.metrics }
  model:set_weights(case.weights)
  local history = model:fit(case.x, case.y, merged(options, case.fit or {}, { epochs = 5, shuffle = false })).history
  for name, values in pairs(case.history) do assert.message(name).tensor_near(values, history[name], LOSS) end
  assert.message("evaluate").tensor_near(case.evaluate, { model:evaluate(case.x, case.y, merged(options)) }, LOSS)
  for i, weight in ipairs(model:get_weights()) do
    assert.message("weight " .. i).tensor_near(case.final_weights[i], weight, VALUE)
  end
  assert.message("predict").tensor_near(case.predictions, model:predict(case.x, merged(options)), VALUE)
end
