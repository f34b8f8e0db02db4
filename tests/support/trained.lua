--- trained(cases): tests that models come out as Keras trains them, from its first weights to its losses, metrics,
--- weights and predictions. Cases are those of golden/keras_models.py.
local rl = require "rnnlua"

local LOSS = { rtol = 1e-5, atol = 1e-7 }
local VALUE = { rtol = 1e-5, atol = 1e-6 } -- weights and predictions, after as many steps

local function built(case)
  local model = case.model(rl)
  model:compile(case.compile(rl))
  model:set_weights(case.weights)
  return model
end

local function copy(options)
  local result = { verbose = 0, shuffle = false }
  for name, value in pairs(options) do result[name] = value end
  return result
end

local function check_fit(case, model)
  local history = model:fit(case.x, case.y, copy(case.fit)).history
  for name, values in pairs(case.history) do
    assert.message(name).is_not_nil(history[name])
    assert.message(name).tensor_near(values, history[name], LOSS)
  end
  for name in pairs(history) do assert.message(name .. " is in no history of Keras").is_not_nil(case.history[name]) end
  local options = { verbose = 0, batch_size = case.fit.batch_size }
  assert.message("evaluate").tensor_near(case.evaluate, { model:evaluate(case.x, case.y, options) }, LOSS)
end

local function rows(data, range)
  return table.move(data, range[1], range[2], 1, {})
end

local function check_batches(case, model)
  for i, call in ipairs(case.batches) do
    local returned = { model[call.call](model, rows(case.x, call.rows), rows(case.y, call.rows)) }
    assert.message("call " .. i).tensor_near(case.returned[i], returned, LOSS)
  end
end

return function(cases)
  for _, case in ipairs(cases) do
    it(case.name, function()
      local model = built(case)
      if case.batches then check_batches(case, model) else check_fit(case, model) end
      local weights = model:get_weights()
      assert.equal(#case.final_weights, #weights)
      for i, expected in ipairs(case.final_weights) do
        assert.message("weight " .. i).tensor_near(expected, weights[i], VALUE)
      end
      assert.message("predict").tensor_near(case.predictions, model:predict(case.x), VALUE)
    end)
  end
end
