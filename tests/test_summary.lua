--- model:summary(): what Keras draws with the same models, and the notebook's plain table.
local rl = require "rnnlua"
local summary = require "rnnlua.summary"
local golden = require "support.golden"
local L = rl.layers

--- The models of tests/golden/keras_console.py, names included.
local models = {
  notebook = function()
    return { L.SimpleRNN { 10, input_shape = { 4, 1 }, name = "simple_rnn" }, L.Dense { 1, name = "dense" } }
  end,
  sequences = function()
    return { L.SimpleRNN { 200, return_sequences = true, input_shape = { -1, 3 }, name = "simple_rnn" },
      L.Dense { 1234, name = "dense" }, L.Dropout { 0.5, name = "dropout" },
      L.Activation { "relu", name = "activation" } }
  end,
  unbuilt = function() return { L.Dense { 3, name = "dense" }, L.Dense { 2, name = "dense_1" } } end,
  long_names = function()
    return { L.Dense { 3, input_shape = { 2 }, name = "encoder_of_the_first_kind_with_a_name_that_is_long" },
      L.Dense { 2, name = "short" }, L.Dense { 1, trainable = false, name = "fixed_and_not_so_short_output" } }
  end,
}

local function make(name)
  local layers = models[name]()
  layers.name = "sequential"
  return rl.Sequential(layers)
end

local function label(case)
  return ("%s, %d wide%s"):format(case.model, case.line_length, case.show_trainable and ", trainable" or "")
end

describe("summary() as Keras draws it", function()
  for _, case in ipairs(golden "keras_console".summaries) do
    it(label(case), function() assert.equal(case.text, summary.text(make(case.model), case, "box")) end)
  end
end)

describe("summary() in colour", function()
  for _, case in ipairs(golden "keras_console".coloured) do
    it(label(case), function()
      -- rich ends and begins the same style between a cell and its padding
      local expected = case.text:gsub("\27%[0m\27%[1m", "")
      assert.equal(expected, summary.text(make(case.model), case, "colour"))
    end)
  end
end)

describe("summary() where output is no terminal", function()
  local notebook = [[
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
simple_rnn (SimpleRNN)       (None, 10)                120       
_________________________________________________________________
dense (Dense)                (None, 1)                 11        
Total params: 131
Trainable params: 131
Non-trainable params: 0
_________________________________________________________________
]]

  it("is the notebook's table", function()
    assert.equal(notebook, summary.text(make "notebook", {}, "plain"))
  end)

  it("goes to print_fn in one piece", function()
    local texts = {}
    make "notebook":summary { print_fn = function(text) texts[#texts + 1] = text end }
    assert.same({ notebook }, texts)
  end)

  it("shows what is trained and how wide it is asked to be", function()
    local text
    make "long_names":summary { show_trainable = true, line_length = 90, print_fn = function(t) text = t end }
    assert.matches("Trainable", text, 1, true)
    assert.matches("short %(Dense%) +%(None, 2%) +8 +Y", text)
    assert.matches("fixed_and[%w_]+ %(Dens? +%(None, 1%) +3 +N", text)
    assert.matches("Non-trainable params: 3", text, 1, true)
    for line in text:gmatch "[^\n]+" do assert.truthy(#line <= 90) end
  end)

  it("shows ? for a model not built", function()
    local text = summary.text(make "unbuilt", {}, "plain")
    assert.matches("dense %(Dense%) +%? +0 %(unbuilt%)", text)
    assert.matches("Total params: 0", text, 1, true)
  end)
end)

describe("summary() with memory", function()
  local function lines(model, style)
    local found = {}
    for name, value in summary.text(model, { memory = true }, style):gmatch "\n ?([%a ]+): ([^\n]+)" do found[name] = value end
    return found
  end

  it("says that training has taken none yet", function()
    local model = make "notebook"
    assert.equal("none before fit or train_on_batch", lines(model, "plain")["Training memory"])
    model:compile { optimizer = "adam", loss = "mse" }
    model:predict(rl.zeros { 6, 4, 1 })
    assert.equal("none before fit or train_on_batch", lines(model, "plain")["Training memory"])
  end)

  for _, style in ipairs { "plain", "box" } do
    it("shows the arena of the largest batch, gradients and the optimizer's state: " .. style, function()
      local model = make "notebook"
      model:compile { optimizer = "adam", loss = "mse" }
      for _, batch in ipairs { 3, 7, 5 } do model:train_on_batch(rl.zeros { batch, 4, 1 }, rl.zeros { batch, 1 }) end
      local shown = lines(model, style)
      assert.equal("524.00 B", shown["Gradients"]) -- 131 numbers
      assert.equal("1.02 KB", shown["Optimizer state"]) -- two for each
      local arena = tonumber(shown["Arena"]:match "^(%S+) KB %(batch of 7%)$")
      assert.truthy(arena * 1024 > 4 * 7 * (4 + 10 * 4 + 10 + 1)) -- inputs, states and outputs at least
      assert.near(arena + 524 / 1024 + 1.02, tonumber(shown["Training memory"]:match "^(%S+) KB$"), 0.02)
    end)
  end
end)

describe("summary() refuses", function()
  it("what it does not know", function()
    assert.error_matches(function() make "notebook":summary { line_lenght = 3 } end,
      "summary: unknown argument 'line_lenght' %(did you mean 'line_length'%?%)")
    assert.error_matches(function() make "notebook":summary { print_fn = 3 } end,
      "summary: argument 'print_fn' must be a function, got 3")
    assert.error_matches(function() make "notebook":summary { memory = 1 } end,
      "summary: argument 'memory' must be a boolean, got 1")
    assert.error_matches(function() make "notebook":summary { line_length = 0 } end,
      "summary: argument 'line_length' must be in %[20, inf%), got 0")
  end)
end)
