--- Recurrent layers, masks and wrappers against Keras 3.
local rl = require "rnnlua"
local golden = require "support.golden"
local trained = require "support.trained"

describe("Trained as by Keras:", function() trained(golden "keras_recurrent") end)

describe("Called as by Keras:", function()
  for _, case in ipairs(golden "keras_states") do
    it(case.name, function()
      local layer = case.layer(rl)
      layer:build { 2, 4, 3 }
      layer:set_weights(case.weights)
      for i, call in ipairs(case.calls) do
        local inputs = {}
        for k, values in ipairs(call.inputs) do inputs[k] = rl.tensor(values) end
        local outputs = { layer(inputs) }
        assert.equal(#call.outputs, #outputs)
        for k, expected in ipairs(call.outputs) do
          assert.message(("call %d, output %d"):format(i, k)).tensor_near(expected, outputs[k], 1e-5)
        end
      end
    end)
  end
end)
