--- The same seed gives the same bits at any number of threads, for everything that is registered, on shapes so large
--- that several threads take part; with the BLAS library and without.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local bits = require "support.bits"

local L, before = rl.layers, rl.config.threads()

after_each(function() rl.config.set_threads(before) end)

--- What f gives with that many threads, as bits; and how many loops several threads have shared.
local function computed(threads, f)
  rl.config.set_threads(threads)
  rl.utils.set_random_seed(5)
  local _, loops = core.workers()
  local result = bits { f() }
  local _, after = core.workers()
  return result, after - loops
end

--- @return integer # loops that several threads have shared, where there were several
local function assert_same_bits(f)
  local shared = 0
  local alone, none = computed(1, f)
  assert.equal(0, none)
  for _, threads in ipairs { 2, 7 } do
    local result, loops = computed(threads, f)
    assert.same(alone, result)
    shared = shared + loops
  end
  return shared
end

--- The names of the types of a kind that come with the program, built in or beside it.
local function registered(kind)
  local names = {}
  for _, plugin in ipairs(core.plugins()) do
    local standard = plugin.origin == "built in" or plugin.origin:find "/plugins/[^/]+$"
    for _, object in ipairs(standard and plugin.types or {}) do
      local described = core.describe(object)
      if described.kind == kind then names[#names + 1] = described.name end
    end
  end
  return names
end

-- ---- layers ------------------------------------------------------------------------------------------------

local SEQUENCES, ROWS = { 48, 24, 64 }, { 512, 160 }

--- How each layer is made, and what it gets. alone: it has no loop that threads could share.
local LAYERS = {
  Dense = { function() return L.Dense { 96, activation = "gelu" } end, SEQUENCES },
  Activation = { function() return L.Activation "tanh" end, SEQUENCES, alone = true },
  Flatten = { function() return L.Flatten() end, SEQUENCES, alone = true },
  Dropout = { function() return L.Dropout(0.4) end, SEQUENCES, alone = true },
  Embedding = { function() return L.Embedding(50, 64) end, { 256, 40 }, ids = 50, alone = true },
  Conv1D = { function() return L.Conv1D { 64, 5, activation = "relu" } end, SEQUENCES },
  LayerNormalization = { function() return L.LayerNormalization() end, SEQUENCES },
  BatchNormalization = { function() return L.BatchNormalization() end, { 48, 24, 300 } },
  Normalization = { function() return L.Normalization { mean = 0.25, variance = 2 } end, SEQUENCES, alone = true },
  UnitNormalization = { function() return L.UnitNormalization() end, SEQUENCES, alone = true },
  GaussianNoise = { function() return L.GaussianNoise(0.3) end, SEQUENCES, alone = true },
  GaussianDropout = { function() return L.GaussianDropout(0.3) end, SEQUENCES, alone = true },
  AlphaDropout = { function() return L.AlphaDropout(0.3) end, SEQUENCES, alone = true },
  SpatialDropout1D = { function() return L.SpatialDropout1D(0.3) end, SEQUENCES, alone = true },
  ActivityRegularization = { function() return L.ActivityRegularization { l1 = 0.01, l2 = 0.01 } end, SEQUENCES,
    alone = true },
  PReLU = { function() return L.PReLU() end, SEQUENCES, alone = true },
  ReLU = { function() return L.ReLU() end, SEQUENCES, alone = true },
  LeakyReLU = { function() return L.LeakyReLU() end, SEQUENCES, alone = true },
  ELU = { function() return L.ELU() end, SEQUENCES, alone = true },
  Softmax = { function() return L.Softmax() end, SEQUENCES, alone = true },
  AveragePooling1D = { function() return L.AveragePooling1D(3, 2, "same") end, SEQUENCES, alone = true },
  MaxPooling1D = { function() return L.MaxPooling1D(3, 2) end, SEQUENCES, alone = true },
  UpSampling1D = { function() return L.UpSampling1D(2) end, SEQUENCES, alone = true },
  ZeroPadding1D = { function() return L.ZeroPadding1D(2) end, SEQUENCES, alone = true },
  Cropping1D = { function() return L.Cropping1D(2) end, SEQUENCES, alone = true },
  Attention = { function() return L.Attention { use_scale = true, dropout = 0.2 } end, SEQUENCES, SEQUENCES },
  MultiHeadAttention = { function() return L.MultiHeadAttention { 4, 24, dropout = 0.2 } end, SEQUENCES, SEQUENCES },
  Add = { function() return L.Add() end, SEQUENCES, SEQUENCES, alone = true },
  Subtract = { function() return L.Subtract() end, SEQUENCES, SEQUENCES, alone = true },
  Multiply = { function() return L.Multiply() end, SEQUENCES, SEQUENCES, alone = true },
  Average = { function() return L.Average() end, SEQUENCES, SEQUENCES, alone = true },
  Maximum = { function() return L.Maximum() end, SEQUENCES, SEQUENCES, alone = true },
  Minimum = { function() return L.Minimum() end, SEQUENCES, SEQUENCES, alone = true },
  Concatenate = { function() return L.Concatenate() end, SEQUENCES, SEQUENCES, alone = true },
  Dot = { function() return L.Dot(3) end, { 24, 200, 64 }, { 24, 200, 64 } },
  Identity = { function() return L.Identity() end, SEQUENCES, alone = true },
  Rescaling = { function() return L.Rescaling(0.5, 1) end, SEQUENCES, alone = true },
  Reshape = { function() return L.Reshape { 12, 128 } end, SEQUENCES, alone = true },
  Permute = { function() return L.Permute { 2, 1 } end, SEQUENCES, alone = true },
  RepeatVector = { function() return L.RepeatVector(3) end, ROWS, alone = true },
  GlobalAveragePooling1D = { function() return L.GlobalAveragePooling1D() end, SEQUENCES, alone = true },
  GlobalMaxPooling1D = { function() return L.GlobalMaxPooling1D() end, SEQUENCES, alone = true },
  SimpleRNN = { function() return L.SimpleRNN { 70, dropout = 0.2, return_sequences = true } end, SEQUENCES },
  LSTM = { function() return L.LSTM { 48, recurrent_dropout = 0.2 } end, SEQUENCES },
  GRU = { function() return L.GRU { 65, activation = "relu" } end, SEQUENCES },
  SimpleRNNCell = { function() return L.SimpleRNNCell { 70, dropout = 0.2 } end, ROWS },
  LSTMCell = { function() return L.LSTMCell(48) end, ROWS },
  GRUCell = { function() return L.GRUCell { 65, reset_after = false } end, ROWS },
  StackedRNNCells = { function() return L.StackedRNNCells { L.LSTMCell(48), L.GRUCell(40) } end, ROWS },
  RNN = { function() return L.RNN({ L.LSTMCell(48), L.SimpleRNNCell(64) }, { return_sequences = true }) end, SEQUENCES },
  Bidirectional = { function() return L.Bidirectional(L.LSTM { 40, return_sequences = true }) end, SEQUENCES },
  TimeDistributed = { function() return L.TimeDistributed(L.Dense(96)) end, SEQUENCES },
  Masking = { function() return L.Masking() end, SEQUENCES, alone = true },
}

local function data_of(case)
  local list = {}
  for i = 2, #case do
    local size = 1
    for _, extent in ipairs(case[i]) do size = size * extent end
    list[i - 1] = case.ids and (rl.range(0, size - 1) % case.ids):reshape(case[i]):astype "float32"
      or rl.random.normal { shape = case[i] }
  end
  return list
end

--- A model with the layer between trained ones, after some steps: weights, losses and predictions.
local function trained(case)
  local x, inputs, tensors = data_of(case), {}, {}
  for i, given in ipairs(x) do
    inputs[i] = rl.Input { shape = { table.unpack(given.shape, 2) } }
    tensors[i] = case.ids and inputs[i] or L.Dense(given.shape[#given.shape])(inputs[i])
  end
  local hidden = case[1]()(#tensors > 1 and tensors or tensors[1])
  local model = rl.Model { inputs = inputs, outputs = L.Dense(3)(L.Flatten()(hidden)) }
  model:compile { optimizer = "adam", loss = "mse" }
  local y = rl.random.normal { shape = { x[1].shape[1], 3 } }
  x = #x > 1 and x or x[1]
  local history = model:fit(x, y, { epochs = 2, batch_size = 40, verbose = 0 }).history
  return model:get_weights(), history, model:predict(x)
end

--- The layer alone, forward and backward: no tensor function is called, which would share its loops too.
local function passed_through(case)
  local x, layer = data_of(case), case[1]()
  for i = 1, case.ids and 0 or #x do x[i] = rl.Variable(x[i]) end
  local tape, y = rl.GradientTape(function() return layer(#x > 1 and x or x[1], { training = true }) end)
  return y, tape:gradient(y, table.move(layer.trainable_weights, 1, 8, case.ids and 1 or #x + 1,
    case.ids and {} or x))
end

describe("a layer", function()
  for _, name in ipairs(registered "layer") do
    local case = LAYERS[name]

    it("gives the same bits at any number of threads: " .. name, function()
      assert.message("no case for " .. name).is_not_nil(case)
      local weights
      assert_same_bits(function()
        local results = { trained(case) }
        weights = results[1]
        return results
      end)
      for _, weight in ipairs(weights) do assert.is_false((weight - weight):isnan():any()) end
    end)

    it("shares its loops with threads, where it has some: " .. name, function()
      assert.equal(not case.alone, assert_same_bits(function() return passed_through(case) end) > 0)
    end)
  end
end)

-- ---- what trains and judges ---------------------------------------------------------------------------------

local CLASSES, SAMPLES = 12, 384

--- One component in a classifier's training, the targets of which are ids or rows of 0 and 1.
local function classified(options, ids_wanted)
  local x = rl.random.normal { shape = { SAMPLES, 160 } }
  local ids = rl.range(0, SAMPLES - 1) % CLASSES
  local y = ids_wanted and ids or rl.one_hot(ids, CLASSES)
  local model = rl.Sequential { rl.Input { shape = { 160 } },
    L.Dense { 200, activation = options.activation or "relu", kernel_initializer = options.initializer,
      kernel_regularizer = options.regularizer, kernel_constraint = options.constraint },
    L.Dense { CLASSES, activation = "softmax" } }
  model:compile { optimizer = options.optimizer or "sgd", metrics = options.metrics,
    loss = options.loss or ids_wanted and "sparse_categorical_crossentropy" or "mse" }
  local history = model:fit(x, y, { epochs = 2, batch_size = 200, verbose = 0 }).history
  return model:get_weights(), history, bits { model:evaluate(x, y, { verbose = 0 }) }
end

--- An object of a type, with 2 for what must be given.
local function made(kind, name)
  local given = {}
  for _, arg in ipairs(core.describe(core.type(kind, name)).args) do
    if arg.default == nil then given[arg.name] = 2 end
    if arg.name == "average" then given.average = "macro" end -- one number, as training needs it
  end
  return core.type(kind, name)(given)
end

--- @param field string of classified's options
local function each(kind, field)
  describe("in training, " .. kind, function()
    for _, name in ipairs(registered(kind)) do
      it(name .. " gives the same bits at any number of threads", function()
        local function run()
          local component = made(kind, name)
          return classified({ [field] = field == "metrics" and { component } or component }, name:find "^Sparse")
        end
        assert.is_true(assert_same_bits(run) > 0)
      end)
    end
  end)
end

each("optimizer", "optimizer")
each("loss", "loss")
each("metric", "metrics")
each("activation", "activation")
each("initializer", "initializer")
each("regularizer", "regularizer")
each("constraint", "constraint")

describe("a schedule", function()
  it("gives the same bits at any number of threads", function()
    assert_same_bits(function()
      return classified { optimizer = rl.optimizers.Adam { rl.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5) } }
    end)
  end)
end)

-- ---- tensor functions -----------------------------------------------------------------------------------------

describe("a tensor function", function()
  local a, b = rl.random.normal { shape = { 430, 310 } }, rl.random.normal { shape = { 430, 310 } }
  local square, ids = rl.random.normal { shape = { 310, 310 } }, rl.range(0, 4999) % 12
  local CALLS = { { a }, { a, b }, { a, 2, 1 }, { square, square }, { a, 2 }, { square[1], { 2, 155 } }, { a, "float64" }, { ids, 12 },
    { { a, b } }, { a:gt(0), a, b }, { a:gt(0) }, "a variable" }

  --- What a function gives for each of them; false where it refuses the arguments.
  local function results_of(f)
    local results = {}
    for i, arguments in ipairs(CALLS) do
      local copies = arguments == "a variable" and { rl.Variable(a), b } or {}
      for k, argument in ipairs(#copies == 0 and arguments or {}) do
        copies[k] = type(argument) == "userdata" and argument:copy() or argument
      end
      local ok, result = pcall(f, table.unpack(copies))
      results[i] = ok and result or false
    end
    return results
  end

  --- item refuses what is as large as this; a table or string of it takes long to compare.
  local LEFT_OUT = { item = true, totable = true, tobytes = true }

  for name, f in pairs(core.tensor_functions) do
    if not LEFT_OUT[name] then
      it("gives the same bits at any number of threads: " .. name, function()
        local works = false
        for _, result in ipairs(results_of(f)) do works = works or result ~= false end
        assert.is_true(works)
        assert_same_bits(function() return results_of(f) end)
      end)
    end
  end

  it("matmul shares its tiles", function()
    local function run()
      local a = rl.random.normal { shape = { 400, 400 } }
      return a:matmul(a)
    end
    assert.is_true(assert_same_bits(run) > 0)
  end)

  it("that goes element by element shares its tiles, whatever the operands' layout", function()
    local row, column, whole = b[1], b[{ {}, { 7, 7 } }], (a * 100):astype "int64"
    local operands = { { a, b }, { a, row }, { a, column }, { a:transpose(), b:transpose() }, { a, whole }, { column, row }, { a[{ {}, { 3, 307 } }], 2 } }
    for _, given in ipairs(operands) do
      assert.is_true(assert_same_bits(function() return given[1] + given[2], rl.tanh(given[1]) end) > 0)
    end
  end)
end)

-- ---- the same without the BLAS library --------------------------------------------------------------------------

describe("without a BLAS library", function()
  it("the same holds", function()
    if os.getenv "RNNLUA_BLAS" == "none" then pending "this run is without it" end
    local pipe <close> = assert(io.popen(("RNNLUA_BLAS=none '%s' test '%s' 2>&1"):format(arg[-1], arg[0])))
    assert.matches("\n%d+ passed, 0 failed, 1 skipped\n$", pipe:read "a")
  end)
end)
