--- Gradients of layers, activations, losses and regularizers, as a tape gives them, against central differences: of every
--- one that is registered.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local declared = require "support.declared"

rl.utils.set_random_seed(11)

--- The names of a kind that every process knows: other test files may have registered types of their own in this one.
local function names_of(kind)
  local command = ([['%s' -e 'for _, name in ipairs(require "rnnlua.core".type_names "%s") do print(name) end']])
    :format(arg[-1], kind)
  local names = {}
  local pipe <close> = assert(io.popen(command))
  for name in pipe:lines() do names[#names + 1] = name end
  return names
end

--- Numbers that no kink of an activation is near: at least 0.1 from multiples of 0.5.
local function smooth(shape)
  local t = rl.random.uniform { shape = shape, minval = -3.8, maxval = 3.8 }
  local below = (t * 2):floor() / 2
  return below + 0.1 + (t - below) * 0.6
end

local function check(f, inputs, given)
  local ok, message = rl.gradient_check(f, inputs, given)
  assert.message(message).is_true(ok)
end

describe("The gradient of activation", function()
  for _, name in ipairs(names_of "activation") do
    it(name, function()
      local x = smooth { 3, 5 }
      local own = name == "threshold" and { 0.3, 0.1 } or {}
      check(rl.activations[name](own), { x })
      if #own == 0 then check(function(t) return rl.activations[name](t:transpose()) * 2 end, { x }) end
    end)
  end
end)

describe("The gradient of loss", function()
  local y_true = rl.tensor({ { 0.5, 0.3, 0.2 }, { 0.15, 0.25, 0.6 }, { 0.3, 0.55, 0.15 }, { 0.7, 0.2, 0.1 } }, "float32")
  local classes = rl.tensor { 0, 2, 1, 1 }
  local apart = rl.tensor({ { 0.06, -0.03, -0.03 }, { -0.03, 0.07, -0.04 }, { 0.05, -0.1, 0.05 }, { -0.06, 0.03, 0.03 } },
    "float32")
  local y_pred = y_true + apart -- rows still sum to 1, and no element is where the absolute error has its kink
  for _, name in ipairs(names_of "loss") do
    it(name, function()
      local loss = rl.losses[name] {}
      local target = name:find "^Sparse" and classes or y_true
      local small = { eps = 4e-3, rtol = 2e-2, atol = 2e-3 }
      check(function(p) return loss(target, p) end, { y_pred }, small)
      check(function(p) return loss(target, p, { 0.5, 2, 1, 0 }) * 3 end, { y_pred }, small)
      check(function(p) return rl.losses[name](target, p) end, { y_pred }, small) -- of each row
    end)
  end
  it("mse and its like goes to y_true too", function()
    for _, name in ipairs { "MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity" } do
      check(function(t, p) return rl.losses[name] {}(t, p, { 1, 2, 3, 4 }) end, { y_true, y_pred }, { eps = 4e-3 })
    end
  end)
  it("a crossentropy goes through from_logits", function()
    local logits = rl.random.normal { shape = { 4, 3 } }
    check(function(x) return rl.losses.SparseCategoricalCrossentropy { from_logits = true }(classes, x) end, { logits })
    check(function(x) return rl.losses.CategoricalCrossentropy { from_logits = true }(y_true, x) end, { logits })
  end)
  it("of other losses to y_true is refused, not left out", function()
    local t = rl.Variable(y_true)
    local tape, value = rl.GradientTape(function() return rl.losses.KLDivergence {}(t, y_pred) end)
    assert.error_matches(function() tape:gradient(value, t) end, "KLDivergence has no gradient with respect to y_true")
    local weights = rl.Variable { 1, 2, 3, 4 }
    tape, value = rl.GradientTape(function() return rl.losses.MeanSquaredError {}(y_true, y_pred, weights) end)
    assert.error_matches(function() tape:gradient(value, weights) end, "no gradient with respect to sample_weight")
  end)
end)

describe("The gradient of regularizer", function()
  for _, name in ipairs(names_of "regularizer") do
    it(name, function()
      local regularizer = rl.regularizers[name] {}
      check(function(w) return regularizer(w) * 3 end, { smooth { 4, 3 } }, { eps = 4e-3, rtol = 2e-2 })
    end)
  end
end)

-- layers -----------------------------------------------------------------------------------------------------------

--- What a layer is made and called with, where the type alone and a (2, 4, 3) tensor do not do: {arguments, input shapes}
local LAYERS = {
  Dense = { { 3, activation = "tanh" } },
  Activation = { { "tanh" } },
  Dropout = { { 0.5 } },
  SimpleRNN = { { 3, return_sequences = true } },
  LSTM = { { 3, return_sequences = true } },
  GRU = { { 3, return_sequences = true } },
  Reshape = { { { 3, 4 } } },
  Permute = { { { 2, 1 } } },
  RepeatVector = { { 3 }, { { 2, 3 } } },
  Dot = { { { 2, 2 } }, { { 2, 4, 3 }, { 2, 4, 3 } } },
  Rescaling = { { 0.5, 0.25 } },
  Masking = { { 0.25 } },
  Conv1D = { { 3, 2, activation = "tanh" } },
  GaussianNoise = { { 0.5 } },
  GaussianDropout = { { 0.5 } },
  AlphaDropout = { { 0.5 } },
  SpatialDropout1D = { { 0.5 } },
  AveragePooling1D = { { 2 } },
  MaxPooling1D = { { 2 } },
  Attention = { { use_scale = true }, { { 2, 4, 3 }, { 2, 4, 3 } } },
  MultiHeadAttention = { { 2, 3 }, { { 2, 4, 3 }, { 2, 4, 3 } } },
  SimpleRNNCell = { { 3 }, { { 2, 3 } } },
  LSTMCell = { { 3 }, { { 2, 3 } } },
  GRUCell = { { 3 }, { { 2, 3 } } },
  StackedRNNCells = { function() return { { rl.layers.LSTMCell(2), rl.layers.SimpleRNNCell(3) } } end, { { 2, 3 } } },
  Bidirectional = { function() return { rl.layers.SimpleRNN(2) } end },
  TimeDistributed = { function() return { rl.layers.Dense(2) } end },
}
local TWO = { { 2, 4, 3 }, { 2, 4, 3 } }
for name in ("Add Subtract Multiply Average Maximum Minimum Concatenate"):gmatch "%S+" do LAYERS[name] = { {}, TWO } end
local NO_FLOATS = { Embedding = { { 5, 3 } } } -- what goes in are no numbers to be changed a little

local function make(name, arguments)
  if type(arguments) == "function" then arguments = arguments() end
  return rl.layers[name](arguments or declared.minimal(core.describe(rl.layers[name])))
end

--- Fills the weights with numbers of a size that shows in every output.
local function scatter(layer)
  local list = layer:get_weights()
  for i, w in ipairs(list) do list[i] = rl.random.uniform { shape = w.shape, minval = 0.2, maxval = 0.9 } * ((-1) ^ i) end
  layer:set_weights(list)
end

describe("The gradient of layer", function()
  for _, name in ipairs(names_of "layer") do
    it(name, function()
      rl.utils.set_random_seed(17) -- the same numbers whatever layers came before
      local case = NO_FLOATS[name] or LAYERS[name] or {}
      local layer, inputs = make(name, case[1]), {}
      for i, shape in ipairs(case[2] or { { 2, 4, 3 } }) do inputs[i] = smooth(shape) end
      if inputs[2] then inputs[2] = inputs[1] + (rl.random.normal { shape = case[2][2] }):sign() * 0.3 end -- no ties
      if NO_FLOATS[name] then inputs = { rl.tensor { { 0, 1, 2, 0 }, { 4, 4, 3, 1 } } } end
      local function call(...)
        local given = { ... }
        return (layer(#inputs == 1 and given[1] or table.move(given, 1, #inputs, 1, {}))) -- of a cell, y alone
      end
      call(table.unpack(inputs))
      scatter(layer)
      local all = table.move(inputs, 1, #inputs, 1, {})
      for _, weight in ipairs(layer.trainable_weights) do all[#all + 1] = weight end
      check(call, all)
    end)
  end

  it("the same layer called twice", function()
    local layer, x = rl.layers.SimpleRNN { 3, return_sequences = true }, smooth { 2, 4, 3 }
    layer(x)
    check(function(t) return layer(layer(t)) end, { x, layer.kernel, layer.recurrent_kernel, layer.bias })
  end)

  it("a layer built while the tape records", function()
    local layer = rl.layers.Dense(2)
    local tape, loss = rl.GradientTape(function() return layer(rl.ones { 3, 4 }):sum() end)
    assert.same({ { 3, 3 }, { 3, 3 }, { 3, 3 }, { 3, 3 } }, tape:gradient(loss, layer.kernel):totable())
  end)

  it("an input of float64 keeps its dtype", function()
    local layer, x = rl.layers.Dense(2), rl.Variable(rl.tensor { { 0.5, 1.5 } })
    local tape, loss = rl.GradientTape(function() return layer(x) end)
    assert.equal("float64", tape:gradient(loss, x).dtype)
  end)

  it("dropout is that of the call", function()
    local layer, x = rl.layers.Dropout(0.5), rl.Variable(rl.ones { 4, 25 })
    local tape, y = rl.GradientTape(function() return layer(x, { training = true }) end)
    local zeros = y:eq(0):astype("int64"):sum()
    assert.is_true(zeros > 20 and zeros < 80)
    assert.tensor_near(y, tape:gradient(y, x), 0)
  end)

  it("a stateful layer's calls each keep the states they began with", function()
    local layer, x = rl.layers.SimpleRNN { 3, stateful = true }, smooth { 2, 4, 2 }
    local tape, y = rl.GradientTape(function()
      layer(x)
      local second = layer(x * 0.5)
      layer(x * 0.3)
      return second
    end, { persistent = true })
    local gradient = tape:gradient(y, layer.recurrent_kernel)
    layer(x) -- goes on; the tape does not mind
    assert.tensor_near(gradient, tape:gradient(y, layer.recurrent_kernel), 0)

    local plain = rl.layers.SimpleRNN(3) -- states that come in are constants
    local state = plain(x)
    plain:set_weights(layer:get_weights())
    state = plain(x)
    tape, y = rl.GradientTape(function() return plain(x * 0.5, { initial_state = { state } }) end)
    assert.tensor_near(tape:gradient(y, plain.recurrent_kernel), gradient, 1e-6)
  end)
end)
