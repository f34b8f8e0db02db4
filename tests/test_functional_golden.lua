--- Functional models against Keras 3: order of layers and weights, first predictions, names and values of logs, weights
--- after training, summaries.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local summary = require "rnnlua.summary"
local golden = require "support.golden"

local LOSS = { rtol = 1e-5, atol = 1e-6 }
local VALUE = { rtol = 1e-5, atol = 1e-6 }
local DRAWN = { rtol = 1e-4, atol = 1e-5 } -- weights of models that nobody chose to be well behaved

local stored = golden "keras_functional"

local function as_list(value) return type(value) == "table" and value or { value } end

local function sorted_keys(history)
  local names = {}
  for name in pairs(history) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function check_weights(expected, model, tolerance)
  local weights = model:get_weights()
  assert.equal(#expected, #weights)
  for i, values in ipairs(expected) do assert.message("weight " .. i).tensor_near(values, weights[i], tolerance) end
end

local function check_order(case, model)
  local names = {}
  for i, layer in ipairs(model.layers) do names[i] = layer.name end
  assert.same(case.layers, names)
  local own, seen = {}, {}
  local function collect(inside)
    for _, layer in ipairs(inside.layers) do
      if core.is_layer(layer) or layer.class_name == "InputLayer" then
        for _ = 1, seen[layer] and 0 or #layer.weights do own[#own + 1] = layer.name end
        seen[layer] = true
      else
        collect(layer)
      end
    end
  end
  collect(model)
  assert.same(case.parameters, own)
end

local function check_fit(case, model)
  local given = { verbose = 0, shuffle = false }
  for name, value in pairs(case.fit) do given[name] = value end
  local history = model:fit(case.x, case.y, given).history
  assert.same(sorted_keys(case.history), sorted_keys(history))
  for name, values in pairs(case.history) do assert.message(name).tensor_near(values, history[name], LOSS) end
  local evaluated = { model:evaluate(case.x, case.y, { verbose = 0, batch_size = 4 }) }
  assert.message("evaluate").tensor_near(case.evaluate, evaluated, LOSS)
end

local function compares(cases, tolerance)
  for _, case in ipairs(cases) do
    it(case.name, function()
      local model = case.model(rl)
      if case.layers then check_order(case, model) end
      model:compile(case.compile(rl))
      model:set_weights(case.weights)
      check_weights(case.weights, model, 1e-7)
      for i, expected in ipairs(case.first) do
        assert.message("output " .. i).tensor_near(expected, as_list(model:predict(case.x))[i], 1e-5)
      end
      check_fit(case, model)
      check_weights(case.final_weights, model, tolerance)
    end)

    it(case.name .. ", made again from its config", function()
      local model = case.model(rl)
      model:set_weights(case.weights)
      local class = model.class_name == "Functional" and rl.Model or rl.Sequential
      local config = model:get_config()
      local again = class.from_config(config)
      assert.same(config, again:get_config())
      again:set_weights(case.weights)
      for i, expected in ipairs(as_list(model:predict(case.x))) do
        assert.tensor_near(expected, as_list(again:predict(case.x))[i], 0)
      end
    end)
  end
end

describe("A functional model as Keras':", function() compares(stored.cases, VALUE) end)
describe("A model", function() compares(golden("keras_random").cases, DRAWN) end)

describe("summary() of a model with branches, as Keras draws it:", function()
  for _, case in ipairs(stored.summaries) do
    it(("%s, %s"):format(case.name, next(case.given) or "as it comes"), function()
      local model
      for _, other in ipairs(stored.cases) do
        if other.name == case.name then model = other.model(rl) end
      end
      local given, branches = { line_length = 0 }, model.class_name == "Functional"
      for name, value in pairs(case.given) do given[name] = value end
      if given.line_length == 0 then -- on a terminal of 120 columns
        given.line_length = math.min(116, (branches and 108 or 88) + (given.show_trainable and 12 or 0))
      end
      assert.equal(case.text .. "\n", summary.text(model, given, "box"))
    end)
  end
end)
