--- Results do not depend on the number of threads, not in the last bit.
local rl = require "rnnlua"
local bits = require "support.bits"

local program = arg[-1]
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
  return bits { history = history, weights = model:get_weights(), predictions = model:predict(x) }
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
    local predictions = model:predict(x)
    assert.is_false(predictions:isnan():any())
    return bits { weights = model:get_weights(), predictions = predictions }
  end

  for name, make in pairs(kinds) do
    it("give the bits of one thread with any number of threads: " .. name, function()
      local alone = train_kind(make, 1)
      for _, threads in ipairs { 2, 7 } do assert.same(alone, train_kind(make, threads)) end
    end)
  end
end)

describe("the number of threads", function()
  --- What a script prints in a process of its own, standard error too.
  local function output(environment, options, script)
    local pipe <close> = assert(io.popen(("env %s '%s' %s -e '%s' 2>&1"):format(environment, program, options, script)))
    return pipe:read "a"
  end

  local COUNT = "print(require[[rnnlua]].config.threads())"
  local PROCESSORS = output("-u OMP_NUM_THREADS", "", COUNT)

  it("is that of processors unless told otherwise", function()
    local pipe <close> = io.popen "nproc 2>/dev/null"
    local count = pipe:read "n"
    if not count then pending "there is no nproc" end
    assert.equal(("%d\n"):format(count), PROCESSORS)
  end)

  for given, expected in pairs { ["1"] = "1", ["7"] = "7", ["3,2"] = "3", ["999"] = "256",
                                 ["99999999999999999999"] = "256" } do
    it("is that of OMP_NUM_THREADS: " .. given, function()
      assert.equal(expected .. "\n", output("OMP_NUM_THREADS=" .. given, "", COUNT))
    end)
  end

  for _, given in ipairs { "0", "-1", "x", "2x", "-99999999999999999999" } do
    it("is not that of OMP_NUM_THREADS, which says so, where it is " .. given, function()
      assert.equal(("rnnlua: OMP_NUM_THREADS: expected a number from 1 to 256, got '%s'; using %s"):format(given, PROCESSORS)
        .. PROCESSORS, output("OMP_NUM_THREADS=" .. given, "", COUNT))
    end)
  end

  it("is that of processors where OMP_NUM_THREADS is empty", function()
    assert.equal(PROCESSORS, output("OMP_NUM_THREADS=", "", COUNT))
  end)

  it("is that of --threads, whatever OMP_NUM_THREADS says", function()
    assert.equal("2\n", output("OMP_NUM_THREADS=5", "--threads 2", COUNT))
    assert.equal("256\n", output("OMP_NUM_THREADS=5", "--threads 256", COUNT))
  end)

  it("is refused by set_threads where it is none", function()
    for _, wrong in ipairs { 0, -1, 2.5, 0 / 0, "x", "2", true } do
      assert.error_matches(function() rl.config.set_threads(wrong) end, "^[^:]+test_threads%.lua:%d+: set_threads: ")
    end
    assert.error_matches(function() rl.config.set_threads(257) end, "set_threads: expected 1 to 256 threads, got 257")
    assert.error_matches(function() rl.config.set_threads(math.maxinteger) end, "expected 1 to 256 threads")
    assert.error_matches(function() rl.config.set_threads() end, "set_threads: an integer >= 1 expected, got nil")
    assert.equal(before, rl.config.threads())
  end)

  --- How many workers a script has started at its end.
  local function workers(options, script)
    return output("OMP_NUM_THREADS=4", options, "local rl = require[[rnnlua]] " .. script
      .. " io.write((require[[rnnlua.core]].workers()))")
  end

  local LARGE = "local a = rl.ones { 400, 400 } local b = a:matmul(a) "

  it("caps the workers that are started", function()
    assert.equal("3", workers("", LARGE))
    assert.equal("1", workers("--threads 2", LARGE))
    assert.equal("0", workers("--threads 1", LARGE))
    assert.equal("0", workers("", "rl.config.set_threads(1) " .. LARGE))
  end)

  it("is not used where it does not pay", function()
    assert.equal("0", workers("", ""))
    assert.equal("0", workers("", "local a = rl.ones { 10, 10 } local b = a:matmul(a) + a"))
    assert.equal("0", workers("", [=[
      local model = rl.Sequential { rl.layers.SimpleRNN { 10, input_shape = { 4, 1 } }, rl.layers.Dense(1) }
      model:compile { optimizer = [[adam]], loss = [[mse]] }
      local x = rl.random.normal { shape = { 6, 4, 1 } }
      model:fit(x, rl.zeros { 6 }, { epochs = 20, verbose = 0 })
      model:predict(x)
    ]=]))
  end)

  it("is not used by small models of other layers", function()
    for _, layer in ipairs { "LSTM(8)", "GRU(8)", "Bidirectional(rl.layers.LSTM(4))", "Conv1D(8, 2)", "BatchNormalization()",
                             "LayerNormalization()", "TimeDistributed(rl.layers.Dense(4))" } do
      assert.message(layer).equal("0", workers("", ([=[
        local model = rl.Sequential { rl.Input { shape = { 4, 3 } }, rl.layers.%s, rl.layers.Flatten(), rl.layers.Dense(1) }
        model:compile { optimizer = [[adam]], loss = [[mse]] }
        local x = rl.random.normal { shape = { 6, 4, 3 } }
        model:fit(x, rl.zeros { 6 }, { epochs = 2, verbose = 0 })
      ]=]):format(layer)))
    end
    assert.equal("0", workers("", [=[
      local q = rl.random.normal { shape = { 6, 4, 3 } }
      local y = rl.layers.Attention() { q, q }
      y = rl.layers.MultiHeadAttention { 2, 2 } { q, q }
    ]=]))
  end)
end)
