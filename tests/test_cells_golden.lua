--- Cells against Keras 3: RNN over cells of ours, stacked ones and some written in Lua, trained and called; cells called
--- by hand.
local rl = require "rnnlua"
local golden = require "support.golden"
require "support.cells"

local FORWARD = { rtol = 1e-6, atol = 1e-6 }
local TRAINED = { rtol = 1e-5, atol = 2e-6 }

local cases = golden "keras_cells"

--- Stateful models take batches of one size; states are zeros before and after.
local function predict(model, case)
  model:reset_states()
  local result = model:predict(case.x, { batch_size = case.fit.batch_size, verbose = 0 })
  model:reset_states()
  return result
end

describe("Cells trained as by Keras:", function()
  for _, case in ipairs(cases.trained) do
    it(case.name, function()
      local model = rl.Sequential(case.layers(rl))
      model:compile { optimizer = case.fit.optimizer or rl.optimizers.SGD(0.1), loss = case.loss }
      model:set_weights(case.weights)
      assert.message("predict").tensor_near(case.predicted, predict(model, case), FORWARD)
      local options = { verbose = 0, shuffle = false, epochs = 10, batch_size = case.fit.batch_size }
      local history = model:fit(case.x, case.y, options).history
      assert.message("losses").tensor_near(case.losses, history.loss, TRAINED)
      local weights = model:get_weights()
      assert.equal(#case.final_weights, #weights)
      for i, expected in ipairs(case.final_weights) do
        assert.message("weight " .. i).tensor_near(expected, weights[i], TRAINED)
      end
      assert.message("predict after it").tensor_near(case.predicted_after, predict(model, case), TRAINED)
    end)
  end
end)

local function assert_outputs(expected, outputs, what)
  assert.equal(#expected, #outputs)
  for k, values in ipairs(expected) do
    assert.message(("%s, output %d"):format(what, k)).tensor_near(values, outputs[k], FORWARD)
  end
end

describe("Cells called as by Keras:", function()
  for _, case in ipairs(cases.called) do
    it(case.name, function()
      local layer = case.layer(rl)
      layer:build { 2, 4, 3 }
      layer:set_weights(case.weights)
      for i, call in ipairs(case.calls) do
        local states = call.states and {}
        for k, values in ipairs(call.states or {}) do states[k] = rl.tensor(values) end
        local mask = call.mask and rl.tensor(call.mask)
        assert_outputs(case.outputs[i], { layer(rl.tensor(call.x), { initial_state = states, mask = mask }) },
          "call " .. i)
      end
    end)
  end
end)

describe("Cells called by hand as by Keras:", function()
  for _, case in ipairs(cases.by_hand) do
    it(case.name, function()
      local cell = case.layer(rl)
      local x, states = rl.tensor(case.x), {}
      for k, values in ipairs(case.states) do states[k] = rl.tensor(values) end
      cell:build { 3, 3 }
      cell:set_weights(case.weights)
      assert_outputs(case.outputs, { cell(x, states) }, "cell(x, states)")
      assert_outputs(case.outputs, { cell { x, table.unpack(states) } }, "cell{x, state, …}")
    end)
  end
end)
