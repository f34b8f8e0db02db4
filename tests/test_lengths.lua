--- lengths= of fit, evaluate and predict: how many timesteps of each row count. As Keras does it with an explicit mask.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_lengths"
local trained_layers = require "support.trained_layers"

describe("lengths, trained as Keras with an explicit mask:", function()
  for _, case in ipairs(golden.cases) do
    it(case.name, function() trained_layers(case, { lengths = case.lengths or golden.lengths }) end)
  end
end)

local LENGTHS = { 5, 3, 1, 4, 0, 2 }
local X = rl.random.normal { shape = { 6, 5, 3 } }
local ZEROED = X:copy()
for row, length in ipairs(LENGTHS) do
  for step = length + 1, 5 do ZEROED[row][step] = 0 end
end
local Y = rl.random.normal { shape = { 6, 1 } }

--- Two models with the same weights: one to be given lengths, one that masks zeros.
local function pair()
  local function rest() return rl.layers.LSTM { 4, return_sequences = true }, rl.layers.GRU(3), rl.layers.Dense(1) end
  local plain = rl.Sequential { rl.Input { shape = { 5, 3 } }, rest() }
  local masking = rl.Sequential { rl.layers.Masking { input_shape = { 5, 3 } }, rest() }
  masking:set_weights(plain:get_weights())
  for _, model in ipairs { plain, masking } do model:compile { optimizer = "adam", loss = "mse" } end
  return plain, masking
end

describe("lengths", function()
  it("do what Masking does on padded rows, a batch or all at once, watched or not", function()
    local plain, masking = pair()
    local expected = masking:predict(ZEROED)
    assert.tensor_near(expected, plain:predict(X, { lengths = LENGTHS }), 1e-6)
    assert.tensor_near(expected, plain:predict(X, { lengths = rl.tensor(LENGTHS), batch_size = 4, callbacks = {} }), 1e-6)
    assert.tensor_near(expected, plain:predict(X, { lengths = rl.tensor(LENGTHS, "float32"), batch_size = 1 }), 1e-6)
    assert.is_false(rl.allclose(expected, plain:predict(X))) -- forgotten again
  end)

  it("go with their rows where these are shuffled, split off, or given by callbacks' way", function()
    for _, more in ipairs { { shuffle = true }, { validation_split = 0.5 }, { callbacks = {} }, { steps_per_epoch = 2 } } do
      local plain, masking = pair()
      local function fit(model, x, lengths)
        rl.utils.set_random_seed(3)
        local options = { epochs = 3, batch_size = 2, verbose = 0, lengths = lengths }
        for name, value in pairs(more) do options[name] = value end
        return model:fit(x, Y, options).history
      end
      local expected, history = fit(masking, ZEROED), fit(plain, X, LENGTHS)
      for name, values in pairs(expected) do assert.message(name).tensor_near(values, history[name], 1e-5) end
    end
  end)

  it("stand beside validation data", function()
    local plain, masking = pair()
    local expected = masking:fit(ZEROED, Y, { verbose = 0, shuffle = false, validation_data = { ZEROED, Y } }).history
    local history = plain:fit(X, Y, { verbose = 0, shuffle = false, lengths = LENGTHS,
      validation_data = { X, Y, lengths = LENGTHS } }).history
    assert.tensor_near(expected.val_loss, history.val_loss, 1e-5)
  end)

  it("are given for each of several inputs, by name or in order", function()
    local a, b = rl.Input { shape = { 5, 3 }, name = "a" }, rl.Input { shape = { 3 }, name = "b" }
    local state = rl.layers.GRU(3)(a)
    local model = rl.Model { inputs = { a, b }, outputs = rl.layers.Dense(1)(rl.layers.concatenate { state, b }) }
    local side = rl.ones { 6, 3 }
    local expected = model:predict({ X, side }, { lengths = { LENGTHS, false } })
    assert.is_true(rl.equal(expected, model:predict({ a = X, b = side }, { lengths = { a = LENGTHS } })))
    assert.is_false(rl.allclose(expected, model:predict { X, side }))
    assert.error_matches(function() model:predict({ X, side }, { lengths = { c = LENGTHS } }) end, "lengths: there is no input 'c'")
    assert.error_matches(function() model:predict({ X, side }, { lengths = LENGTHS }) end,
      "lengths: expected 2 entries, one for each of the inputs 'a', 'b', got 6")
  end)

  it("reach layers behind an Embedding, and go together with its mask_zero", function()
    local tokens = rl.tensor({ { 1, 2, 0, 3 }, { 2, 0, 1, 1 } }, "float32")
    local cut = rl.tensor({ { 1, 2, 0, 0 }, { 2, 0, 1, 0 } }, "float32")
    local function model(mask_zero)
      return rl.Sequential { rl.layers.Embedding { 4, 3, mask_zero = mask_zero, input_shape = { 4 } }, rl.layers.LSTM(3) }
    end
    local plain, zero = model(false), model(true)
    zero:set_weights(plain:get_weights())
    assert.tensor_near(zero:predict(cut), zero:predict(tokens, { lengths = { 2, 3 } }), 1e-6)
    assert.is_false(rl.allclose(plain:predict(tokens), plain:predict(tokens, { lengths = { 2, 3 } })))
  end)

  it("are checked", function()
    local plain = pair()
    local wanted = "lengths: expected integers from 0 to 5, the timesteps of x, got "
    for _, case in ipairs {
      { { 1 }, "predict: x has 6 rows, lengths has 1" }, { { 1, 2, 3, 4, 5, 6 }, wanted .. "6 in row 6" },
      { { 1, 2, 3, 4, 5, 0.5 }, wanted .. "0.5 in row 6" }, { { -1, 2, 3, 4, 5, 0 }, wanted .. "%-1 in row 1" },
      { { 1, 2, 3, 4, 5, 0 / 0 }, wanted .. "nan in row 6" }, { { { 1 } }, "lengths must have one number a row, got shape %(1, 1%)" },
      { "5", "lengths must be a tensor or a table of numbers, got '5'" }, { {}, "lengths is empty" },
    } do
      assert.error_matches(function() plain:predict(X, { lengths = case[1] }) end, case[2])
      assert.error_matches(function() plain:evaluate(X, Y, { lengths = case[1], verbose = 0 }) end, case[2]:gsub("predict: ", ""))
    end
    for _, method in ipairs { "fit", "evaluate", "predict" } do
      assert.error_matches(function() plain[method](plain, function() end, { lengths = LENGTHS }) end,
        method .. ": argument 'lengths' has no meaning where x is a function")
    end
  end)
end)
