--- What a user can do wrong with models, data and tensors: the message must name the culprit, what was
--- expected and what came, at the caller's line, and everything must work afterwards. (Constructors are
--- gone through argument by argument in test_arguments.lua.)
local rl = require "rnnlua"

local X = { { { 0.1 }, { 0.2 } }, { { 0.2 }, { 0.3 } }, { { 0.3 }, { 0.4 } } }
local Y = { 0.3, 0.4, 0.5 }

local function new_model(loss)
  local model = rl.Sequential {
    rl.layers.SimpleRNN { units = 3, input_shape = { 2, 1 }, name = "rnn" }, rl.layers.Dense { 1, name = "head" },
    name = "net",
  }
  if loss ~= false then model:compile { optimizer = "sgd", loss = loss or "mse", metrics = { "mae" } } end
  return model
end

local model = new_model()
local weights, reference = model:get_weights(), model:predict(X)

before_each(function() model:set_weights(weights) end)

--- Calls f, which must raise a text that has every fragment in it, in any order, and this file's position.
local function raises(fragments, f, ...)
  local ok, message = pcall(f, ...)
  assert.message("no error, but it should tell " .. fragments[1]).is_false(ok)
  for _, fragment in ipairs(fragments) do assert.matches(fragment, message, 1, true) end
  return message
end

--- Each case: what it is, what the message must hold, the function.
local function refuses(cases)
  for _, case in ipairs(cases) do
    it(case[1], function()
      local message = raises(case[2], case[3])
      assert.matches("^%S*test_bad_input%.lua:%d+: ", message)
      assert.message("predict afterwards").tensor_near(reference, model:predict(X), 0)
    end)
  end
end

describe("data", function()
  refuses {
    { "ragged", { "fit", "x", "ragged" }, function() model:fit({ { { 1 }, { 2 } }, { { 1 } } }, { 1, 2 }) end },
    { "ragged, and says where", { "[2]" }, function() model:fit({ { { 1 }, { 2 } }, { { 1 } } }, { 1, 2 }) end },
    { "that are no data", { "fit", "x", "5" }, function() model:fit(5, Y) end },
    { "that are text", { "predict", "x", "'abc'" }, function() model:predict("abc") end },
    { "that hold text", { "predict", "x", "[1][2][1]", "'b'" }, function() model:predict { { { 1 }, { "b" } } } end },
    { "missing", { "fit", "x" }, function() model:fit() end },
    { "without targets", { "fit", "y" }, function() model:fit(X) end },
    { "empty", { "fit" }, function() model:fit({}, {}, { verbose = 0 }) end },
    { "empty tensors", { "fit" }, function() model:fit(rl.zeros { 0, 2, 1 }, rl.zeros { 0 }, { verbose = 0 }) end },
    { "of too few axes", { "rnn (SimpleRNN)", "(batch, timesteps, features)", "(3, 3)" }, function() model:predict(rl.zeros { 3, 3 }) end },
    { "of the wrong number of features", { "(None, 2, 1)", "(3, 2, 5)" }, function() model:predict(rl.zeros { 3, 2, 5 }) end },
    { "of the wrong number of steps", { "(None, 2, 1)", "(3, 7, 1)" }, function() model:predict(rl.zeros { 3, 7, 1 }) end },
    { "of unlike lengths", { "3", "2" }, function() model:fit(X, { 1, 2 }, { verbose = 0 }) end },
    { "with targets of the wrong shape", { "y", "(3, 4)", "(3, 1)" }, function() model:fit(X, rl.zeros { 3, 4 }, { verbose = 0 }) end },
    { "in evaluate", { "evaluate" }, function() model:evaluate(X, { 1 }, { verbose = 0 }) end },
    { "in train_on_batch", { "train_on_batch" }, function() model:train_on_batch(X, { 1 }) end },
    { "in test_on_batch", { "test_on_batch" }, function() model:test_on_batch(X) end },
    { "in predict_on_batch", { "predict_on_batch" }, function() model:predict_on_batch() end },
  }

  local function classifier(loss)
    local m = rl.Sequential { rl.layers.Dense { 3, activation = "softmax", input_shape = { 2 } } }
    m:compile { loss = loss }
    return m
  end

  it("with a class that the outputs do not have", function()
    local m = classifier "sparse_categorical_crossentropy"
    raises({ "3" }, function() m:fit({ { 1, 2 }, { 3, 4 } }, { 0, 3 }, { verbose = 0 }) end)
    raises({ "-1" }, function() m:fit({ { 1, 2 }, { 3, 4 } }, { 0, -1 }, { verbose = 0 }) end)
    m:fit({ { 1, 2 }, { 3, 4 } }, { 0, 2 }, { verbose = 0 })
  end)

  it("with one-hot targets for a sparse loss, and the other way round", function()
    raises({ "y", "(2, 3)" }, function()
      classifier "sparse_categorical_crossentropy":fit({ { 1, 2 }, { 3, 4 } }, { { 0, 1, 0 }, { 1, 0, 0 } }, { verbose = 0 })
    end)
    raises({ "y", "(2, 3)" }, function()
      classifier "categorical_crossentropy":fit({ { 1, 2 }, { 3, 4 } }, { 0, 1 }, { verbose = 0 })
    end)
  end)

  it("with NaN gives a NaN loss and is no error", function()
    local m = new_model()
    local history = m:fit({ { { 0 / 0 }, { 1 } } }, { 1 }, { verbose = 0 })
    assert.is_nan(history.history.loss[1])
    assert.is_nan((m:evaluate(X, Y, { verbose = 0 })))
    m:set_weights(model:get_weights())
    assert.tensor_near(reference, m:predict(X), 0)
  end)
end)

describe("fit", function()
  local function fit(given) return function() model:fit(X, Y, given) end end
  refuses {
    { "options that are no table", { "fit", "table", "5" }, fit(5) },
    { "an unknown option", { "fit: unknown argument 'epoch' (did you mean 'epochs'?)" }, fit { epoch = 3 } },
    { "an option by position", { "fit: unknown argument 1" }, fit { 3 } },
    { "epochs of no number", { "fit", "'epochs'", "integer", "'ten'" }, fit { epochs = "ten" } },
    { "epochs that are not whole", { "'epochs'", "2.5" }, fit { epochs = 2.5 } },
    { "epochs below nought", { "'epochs'", "-1" }, fit { epochs = -1 } },
    { "batch_size nought", { "'batch_size'", "0" }, fit { batch_size = 0 } },
    { "validation_split of 1", { "'validation_split'", "1" }, fit { validation_split = 1 } },
    { "validation_split that leaves nothing", { "validation_split", "0.1", "1" }, function()
      model:fit({ X[1] }, { 1 }, { validation_split = 0.1 })
    end },
    { "validation_data without targets", { "validation_data" }, fit { validation_data = { X } } },
    { "sample_weight of another length", { "sample_weight", "2", "3" }, fit { sample_weight = { 1, 2 } } },
    { "sample_weight of text", { "sample_weight" }, fit { sample_weight = "heavy" } },
    { "class_weight of no table", { "class_weight" }, fit { class_weight = 3 } },
    { "class_weight with a class of text", { "class_weight", "'a'" }, fit { class_weight = { a = 1 } } },
    { "both kinds of weights", { "sample_weight", "class_weight" }, fit { sample_weight = { 1, 1, 1 }, class_weight = { [0] = 1 } } },
    { "callbacks that are none", { "callbacks", "5" }, fit { callbacks = 5 } },
    { "a callback with a misspelt event", { "on_epoch_ends", "on_epoch_end" }, fit { callbacks = { { on_epoch_ends = function() end } } } },
    { "a callback whose event is no function", { "on_epoch_end", "5" }, fit { callbacks = { { on_epoch_end = 5 } } } },
    { "verbose of another word", { "verbose", "'loud'" }, fit { verbose = "loud" } },
    { "validation_freq nought", { "validation_freq", "0" }, fit { validation_freq = 0, validation_data = { X, Y } } },
  }

  it("refuses validation_data of another shape", function()
    raises({ "rnn (SimpleRNN)", "(1, 1)" }, fit { validation_data = { { { 1 } }, { 1 } }, verbose = 0 })
    model:fit(X, Y, { verbose = 0, validation_data = { X, Y } })
  end)

  it("says which shapes sample_weight may have", function()
    local y = rl.zeros { #X, 1 }
    raises({ ("sample_weight: expected shape (%d,), got (%d, 2)"):format(#X, #X) },
      function() model:fit(X, y, { sample_weight = rl.ones { #X, 2 }, verbose = 0 }) end)
    local m = rl.Sequential { rl.layers.Dense { 1, input_shape = { 4, 2 } } }
    m:compile { loss = "mse" }
    raises({ "sample_weight: expected shape (3,) or (3, 4), got (3, 2)" },
      function() m:fit(rl.ones { 3, 4, 2 }, rl.ones { 3, 4, 1 }, { sample_weight = rl.ones { 3, 2 }, verbose = 0 }) end)
  end)

  it("refuses a generator that yields nothing, and one whose data are wrong", function()
    local m = new_model()
    raises({ "generator" }, function() m:fit(function() end, nil, { verbose = 0 }) end)
    raises({ "rnn (SimpleRNN)", "(1, 1)" }, function() m:fit(function() return { { 1 } }, { 1 } end, nil, { verbose = 0, steps_per_epoch = 1 }) end)
    m:fit(X, Y, { verbose = 0 })
  end)

  it("passes on the error of a callback or generator and can be called again", function()
    local m = new_model()
    raises({ "my own" }, function() m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = function() error "my own" end } } }) end)
    raises({ "mine too" }, function() m:fit(function() error "mine too" end, nil, { verbose = 0 }) end)
    local thrown = {}
    local ok, got = pcall(m.fit, m, X, Y, { verbose = 0, callbacks = { { on_epoch_begin = function() error(thrown) end } } })
    assert.is_false(ok)
    assert.equal(thrown, got)
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).history.loss)
  end)

  it("inside of its own callback is refused", function()
    local m = new_model()
    raises({ "being fitted" }, function()
      m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = function() m:fit(X, Y, { verbose = 0 }) end } } })
    end)
    for _, change in ipairs {
      function() m:compile { loss = "mse" } end,
      function() m:add(rl.layers.Dense(1)) end,
      function() m:pop() end,
    } do
      raises({ "being fitted" }, function()
        m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = change } } })
      end)
    end
    m:fit(X, Y, { verbose = 0 })
  end)
end)

describe("compile", function()
  local function compile(given) return function() model:compile(given) end end
  refuses {
    { "an unknown argument", { "compile: unknown argument 'optimiser' (did you mean 'optimizer'?)" }, compile { optimiser = "adam" } },
    { "an unknown optimizer", { "compile", "'adm'", "'Adam'" }, compile { optimizer = "adm", loss = "mse" } },
    { "an unknown loss", { "loss", "'msee'", "'mse'" }, compile { loss = "msee" } },
    { "a loss of another kind", { "loss" }, compile { loss = rl.optimizers.SGD {} } },
    { "an optimizer of another kind", { "optimizer" }, compile { optimizer = rl.losses.Huber {}, loss = "mse" } },
    { "an unknown metric, and says which", { "metrics[2]", "'accurcy'", "'Accuracy'" }, compile { loss = "mse", metrics = { "mae", "accurcy" } } },
    { "metrics with keys", { "metrics", "'a'" }, compile { loss = "mse", metrics = { a = "mae" } } },
    { "two losses for one output", { "loss", "2" }, compile { loss = { "mse", "mae" } } },
    { "loss_weights of text", { "loss_weights", "'x'" }, compile { loss = "mse", loss_weights = "x" } },
    { "a number for the loss", { "loss", "5" }, compile { loss = 5 } },
  }

  it("is asked for before training", function()
    local m = new_model(false)
    raises({ "fit", "'net'", "compile" }, function() m:fit(X, Y) end)
    raises({ "evaluate", "compile" }, function() m:evaluate(X, Y) end)
    raises({ "train_on_batch", "compile" }, function() m:train_on_batch(X, Y) end)
    assert.equal(3, #m:predict(X))
  end)

  it("without a loss is asked for one at fit", function()
    local m = new_model(false)
    m:compile { optimizer = "adam" }
    raises({ "fit", "loss" }, function() m:fit(X, Y, { verbose = 0 }) end)
    m:compile { loss = "mse" }
    m:fit(X, Y, { verbose = 0 })
  end)
end)

describe("weights", function()
  local function replaced(index, value)
    local list = table.move(weights, 1, #weights, 1, {})
    list[index] = value
    return list
  end
  refuses {
    { "too few", { "net (Sequential)", "5", "4" }, function() model:set_weights(replaced(5, nil)) end },
    { "too many", { "net (Sequential)", "5", "6" }, function() model:set_weights(replaced(6, { 1 })) end },
    { "of another shape", { "(3, 3)", "(2, 3)", "recurrent_kernel" }, function() model:set_weights(replaced(2, rl.zeros { 2, 3 })) end },
    { "of another type", { "kernel", "'x'" }, function() model:set_weights(replaced(1, "x")) end },
    { "ragged", { "recurrent_kernel" }, function() model:set_weights(replaced(2, { { 1, 2, 3 }, { 1 }, { 1, 2, 3 } })) end },
    { "that are no list", { "5" }, function() model:set_weights(5) end },
    { "of a layer, too few", { "head (Dense)", "2", "1" }, function() model.layers[2]:set_weights { { { 1 }, { 1 }, { 1 } } } end },
    { "of a layer, another shape", { "head (Dense)", "kernel", "(3, 1)", "(1, 2)" }, function() model.layers[2]:set_weights { { { 1, 2 } }, { 0 } } end },
  }
end)

describe("models", function()
  local dense = rl.layers.Dense
  refuses {
    { "with an unknown field", { "Sequential has no field 'fitt'", "fit" }, function() return model.fitt end },
    { "with a field assigned", { "'layers'" }, function() model.layers = {} end },
    { "with a layer name misspelt", { "'haed'", "'head'" }, function() model:get_layer "haed" end },
    { "with a layer position out of range", { "3", "2" }, function() model:get_layer(3) end },
    { "with something that is no layer", { "Sequential", "entry 1", "5" }, function() rl.Sequential { 5 } end },
    { "with a layer added that is none", { "add", "'dense'" }, function() model:add "dense" end },
    { "with an unknown argument", { "Sequential", "'nam'", "'name'" }, function() rl.Sequential { dense(1), nam = "x" } end },
    { "with layers that do not fit", { "SimpleRNN", "(batch, timesteps, features)", "(None, 4)" }, function()
      rl.Sequential { dense { 4, input_shape = { 2 } }, rl.layers.SimpleRNN(3) }
    end },
    { "with two layers of one name", { "'twin'" }, function() rl.Sequential { dense { 1, name = "twin", input_shape = { 2 } }, dense { 1, name = "twin" } } end },
    { "popped when empty", { "pop" }, function() rl.Sequential {}:pop() end },
    { "with a summary's option misspelt", { "summary", "'line_lenght'", "'line_length'" }, function() model:summary { line_lenght = 60 } end },
    { "counted before they are built", { "count_params", "built" }, function() rl.Sequential { dense(1) }:count_params() end },
    { "empty, predicting", { "predict" }, function() rl.Sequential {}:predict { { 1 } } end },
  }

  it("stay as they were where adding a layer fails", function()
    local m = rl.Sequential { dense { 4, input_shape = { 2 } } }
    raises({ "SimpleRNN" }, function() m:add(rl.layers.SimpleRNN(3)) end)
    assert.equal(1, #m.layers)
    m:add(dense(1))
    assert.same({ 1, 1 }, m:predict({ { 1, 2 } }).shape)
  end)
end)

describe("predict and evaluate", function()
  refuses {
    { "an unknown option", { "predict", "'batchsize'", "'batch_size'" }, function() model:predict(X, { batchsize = 2 }) end },
    { "batch_size of text", { "predict", "'batch_size'", "'two'" }, function() model:predict(X, { batch_size = "two" }) end },
    { "batch_size nought", { "predict", "batch_size", "0" }, function() model:predict(X, { batch_size = 0 }) end },
    { "an unknown option of evaluate", { "evaluate", "'returndict'", "'return_dict'" }, function() model:evaluate(X, Y, { returndict = true }) end },
    { "return_dict of text", { "evaluate", "'return_dict'", "'yes'" }, function() model:evaluate(X, Y, { return_dict = "yes" }) end },
    { "an option of fit", { "evaluate", "'epochs'" }, function() model:evaluate(X, Y, { epochs = 2 }) end },
    { "an unknown option of train_on_batch", { "train_on_batch", "'sampel_weight'", "'sample_weight'" }, function() model:train_on_batch(X, Y, { sampel_weight = { 1 } }) end },
  }
end)

describe("tensors", function()
  local t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
  refuses {
    { "ragged", { "tensor", "[2]", "3", "2" }, function() rl.tensor { { 1, 2, 3 }, { 4, 5 } } end },
    { "of mixed depth", { "tensor", "[2]" }, function() rl.tensor { { 1 }, 2 } end },
    { "of text", { "tensor", "[1]", "'x'" }, function() rl.tensor { "x" } end },
    { "with keys", { "tensor", "'a'" }, function() rl.tensor { a = 1 } end },
    { "of a function", { "tensor", "function" }, function() rl.tensor(print) end },
    { "of an unknown dtype", { "'flaot32'", "'float32'" }, function() rl.tensor({ 1 }, "flaot32") end },
    { "of a negative extent", { "zeros", "-1" }, function() rl.zeros { -1 } end },
    { "of an extent that is not whole", { "zeros", "1.5" }, function() rl.zeros { 1.5 } end },
    { "too large", { "not enough memory" }, function() rl.zeros { 1 << 40, 1 << 40 } end },
    { "of too many axes", { "zeros", "8" }, function() rl.zeros { 1, 1, 1, 1, 1, 1, 1, 1, 1 } end },
    { "read out of range", { "5", "2" }, function() return t[5] end },
    { "read at 0", { "0" }, function() return t[0] end },
    { "read with too many positions", { "3", "2" }, function() return t[{ 1, 1, 1 }] end },
    { "read out of range on another axis", { "axis 2", "4", "3" }, function() return t[{ 1, 4 }] end },
    { "read by an unknown field", { "'shap'", "'shape'" }, function() return t.shap end },
    { "written with the wrong shape", { "(2,)", "(3,)" }, function() t:copy()[1] = { 1, 2 } end },
    { "written with text", { "'x'" }, function() t:copy()[{ 1, 1 }] = "x" end },
    { "written out of range", { "3", "2" }, function() t:copy()[3] = 0 end },
    { "added with the wrong shape", { "(2, 3)", "(2, 2)" }, function() return t + rl.ones { 2, 2 } end },
    { "added to text", { "'x'" }, function() return t + "x" end },
    { "added to nil", { "nil" }, function() return t + nil end },
    { "multiplied with the wrong shape", { "matmul", "(2, 3)", "(2, 3)" }, function() return t:matmul(t) end },
    { "reshaped to another size", { "reshape", "6", "(4, 2)" }, function() return t:reshape { 4, 2 } end },
    { "reshaped with two unknowns", { "reshape", "-1" }, function() return t:reshape { -1, -1 } end },
    { "summed over an axis that is not there", { "sum", "axis", "3", "2" }, function() return t:sum(3) end },
    { "summed over axis 0", { "sum", "axis", "0" }, function() return t:sum(0) end },
    { "given an unknown option", { "exp", "'oot'" }, function() return t:exp { oot = t } end },
    { "written into an out of another shape", { "out", "(2, 3)", "(3,)" }, function() return t:exp { out = rl.zeros { 3 } } end },
    { "concatenated with the wrong shape", { "concatenate", "(2, 3)", "(2, 2)" }, function() return rl.concatenate({ t, rl.ones { 2, 2 } }, 1) end },
    { "concatenated of nothing", { "concatenate" }, function() return rl.concatenate {} end },
    { "stacked of unlike shapes", { "stack", "(2, 3)", "(3,)" }, function() return rl.stack { t, rl.ones { 3 } } end },
    { "split unevenly", { "split", "3", "2" }, function() return t:split(2, 2) end },
    { "split into countless parts of nothing", { "split", "9223372036854775807" }, function() return rl.split({}, math.maxinteger) end },
    { "taken from out of range", { "take", "9" }, function() return t:take({ 9 }, 1) end },
    { "divided by the integer 0", { "attempt to perform 'n//0'" }, function() return rl.tensor { 1 } // 0 end },
    { "converted to an unknown dtype", { "astype", "'int3'" }, function() return t:astype "int3" end },
    { "of which one item is wanted", { "item", "(2, 3)" }, function() return t:item() end },
    { "drawn with an unknown argument", { "normal", "'sigma'" }, function() return rl.random.normal { shape = { 2 }, sigma = 2 } end },
    { "drawn with a negative stddev", { "normal", "stddev", "-1" }, function() return rl.random.normal { shape = { 2 }, stddev = -1 } end },
    { "one_hot of a label out of range", { "one_hot", "7" }, function() return rl.tensor { 7 }:one_hot(3) end },
    { "from a string of the wrong length", { "frombuffer", "3" }, function() return rl.frombuffer("abc", "float32") end },
  }

  it("are unharmed", function() assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:totable()) end)
end)

describe("the host's table", function()
  refuses {
    { "an unknown name", { "'Sequental'", "'Sequential'" }, function() return rl.Sequental end },
    { "an unknown layer", { "'Dens'", "'Dense'" }, function() return rl.layers.Dens end },
    { "an unknown activation", { "Dense", "'activation'", "'relo'", "'relu'" }, function() return rl.layers.Dense { 1, activation = "relo" } end },
    { "dropout of everything", { "SimpleRNN", "'dropout'", "1" }, function() return rl.layers.SimpleRNN { 3, dropout = 1.5 } end },
    { "stateful as a number", { "LSTM", "'stateful'", "7" }, function() return rl.layers.LSTM { 3, stateful = 7 } end },
    { "return_state as a word", { "GRU", "'return_state'", "'yes'" }, function() return rl.layers.GRU { 3, return_state = "yes" } end },
    { "an impossible number of threads", { "set_threads", "0" }, function() rl.config.set_threads(0) end },
    { "a seed of text", { "set_random_seed", "'x'" }, function() rl.utils.set_random_seed "x" end },
  }
end)
