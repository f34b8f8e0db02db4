--- Results do not depend on the number of threads, not in the last bit.
local rl = require "rnnlua"

local before = rl.config.threads()

after_each(function() rl.config.set_threads(before) end)

--- Weights, losses and predictions of a model large enough to be split, trained with that many threads.
local function train(threads)
  rl.config.set_threads(threads)
  rl.utils.set_random_seed(11)
  local model = rl.Sequential {
    rl.layers.SimpleRNN { units = 96, return_sequences = true, input_shape = { 9, 24 } },
    rl.layers.SimpleRNN { units = 70, activation = "relu" },
    rl.layers.Dense { 130, activation = "gelu", kernel_regularizer = "l2" },
    rl.layers.Dense { 5, activation = "softmax" },
  }
  model:compile { optimizer = "adam", loss = "sparse_categorical_crossentropy", metrics = { "accuracy" } }
  local x = rl.random.normal { shape = { 150, 9, 24 } }
  local y = {}
  for i = 1, 150 do y[i] = i % 5 end
  local history = model:fit(x, y, { epochs = 2, batch_size = 64, verbose = 0 }).history
  return { history = history, weights = model:get_weights(), predictions = model:predict(x) }
end

describe("training", function()
  local alone = train(1)

  for _, threads in ipairs { 2, 3, 8 } do
    it(("with %d threads gives the bits that one gives"):format(threads), function()
      assert.same(alone, train(threads))
    end)
  end
end)

describe("recurrent layers", function()
  local L = rl.layers
  local kinds = {
    SimpleRNN = function() return L.SimpleRNN { 40, dropout = 0.2, return_sequences = true } end,
    LSTM = function() return L.LSTM { 37, return_sequences = true } end,
    ["LSTM with unusual activations"] = function()
      return L.LSTM { 33, activation = "gelu", recurrent_activation = "hard_sigmoid", recurrent_dropout = 0.2,
        return_sequences = true }
    end,
    GRU = function() return L.GRU { 64, return_sequences = true } end,
    ["GRU reset before"] = function()
      return L.GRU { 40, reset_after = false, recurrent_dropout = 0.1, return_sequences = true }
    end,
    Bidirectional = function() return L.Bidirectional(L.LSTM { 32, return_sequences = true }) end,
    TimeDistributed = function() return L.TimeDistributed(L.Dense(70)) end,
  }

  --- Weights and predictions of two layers of a kind, the second without sequences, trained on masked sequences.
  local function train_kind(make, threads)
    rl.config.set_threads(threads)
    rl.utils.set_random_seed(12)
    local model = rl.Sequential { rl.Input { shape = { 11, 30 } }, L.Masking(), make(), make(), L.GRU(20),
      L.Dense(2) }
    model:compile { optimizer = "adam", loss = "mse" }
    local x = rl.random.normal { shape = { 70, 11, 30 } }
    for i = 1, 70 do x[{ i, { i % 11 + 1, 11 } }] = 0 end
    model:fit(x, rl.random.normal { shape = { 70, 2 } }, { epochs = 2, batch_size = 40, verbose = 0 })
    return { weights = model:get_weights(), predictions = model:predict(x) }
  end

  for name, make in pairs(kinds) do
    it("give the bits of one thread with any number of threads: " .. name, function()
      local alone = train_kind(make, 1)
      assert.is_false(alone.predictions:isnan():any())
      for _, threads in ipairs { 2, 7 } do assert.same(alone, train_kind(make, threads)) end
    end)
  end
end)

describe("tensor functions", function()
  local function compute(threads)
    rl.config.set_threads(threads)
    rl.utils.set_random_seed(3)
    local a, b = rl.random.normal { shape = { 300, 200 } }, rl.random.normal { shape = { 200, 310 } }
    return { a:matmul(b), a:sum(), a:sum(1), a:mean(2), a:exp(), a:softmax(), (a * 2 + 1):tanh(), a:cumsum(1) }
  end

  it("give the same bits with any number of threads", function()
    local alone = compute(1)
    for _, threads in ipairs { 2, 5 } do assert.same(alone, compute(threads)) end
  end)
end)
