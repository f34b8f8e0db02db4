--- Trained models against Keras 3: from its first weights to its losses, metrics, weights and predictions.
local rl = require "rnnlua"
local golden = require "support.golden"

local LOSS = { rtol = 5e-5, atol = 1e-7 } -- what issue 3 asks for
local VALUE = { rtol = 2e-4, atol = 2e-5 } -- weights and predictions, after as many steps

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

describe("Trained as by Keras:", function()
  for _, case in ipairs(golden "keras_models") do
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
end)

describe("On every CPU level", function()
  local program, suite = arg[-1], arg[0]

  local function output(level, arguments)
    local pipe <close> = assert(io.popen(("RNNLUA_CPU=%s '%s' %s 2>&1"):format(level, program, arguments)))
    return pipe:read "a"
  end

  for _, level in ipairs { "baseline", "v3", "v4" } do
    it("the same holds: " .. level, function()
      if os.getenv "RNNLUA_CPU" then pending "this run is of one level itself" end
      if not output(level, "-e 'require([[rnnlua]]).show_config()'"):find("%s" .. level .. "%s") then
        pending("this processor has no level " .. level)
      end
      assert.matches("\n%d+ passed, 0 failed, 3 skipped\n$", output(level, ("test '%s'"):format(suite)))
    end)
  end
end)
