--- Sequential models: building, weights, configuration, compile, evaluate, predict and what they refuse.
local rl = require "rnnlua"
local shapes_text = require "rnnlua.shapes".text
local L = rl.layers

local X, Y = rl.ones { 6, 4, 1 }, rl.ones { 6 }

local function notebook(options)
  rl.utils.set_random_seed(7) -- some weights foretell ones within Adam's step: one more would make the loss larger
  local model = rl.Sequential { L.SimpleRNN { 10, input_shape = { 4, 1 } }, L.Dense(1), name = options and options.name }
  model:compile { optimizer = "adam", loss = "mse", metrics = options and options.metrics }
  return model
end

--- Runs f, which must raise; the message must match and name the line of this file where f was called from.
local function refused(pattern, f)
  local ok, message = pcall(f)
  assert.is_false(ok)
  assert.matches(pattern, message)
  local line = debug.getinfo(f, "S").linedefined
  assert.message(message).equal(line, tonumber(message:match "test_models%.lua:(%d+): "))
end

describe("building", function()
  it("happens at once where the input's shape is known", function()
    local model = notebook()
    assert.is_true(model.built)
    assert.same({ -1, 4, 1 }, model.input_shape)
    assert.same({ -1, 1 }, model.output_shape)
    assert.equal(131, model:count_params())
    local shapes = {}
    for i, weight in ipairs(model:get_weights()) do shapes[i] = shapes_text(weight.shape) end
    assert.same({ "(1, 10)", "(10, 10)", "(10,)", "(10, 1)", "(1,)" }, shapes)
  end)

  it("takes -1 or false in an Input for an extent that may vary", function()
    for _, input in ipairs { rl.Input { shape = { false, 1 } }, rl.Input { false, 1 }, rl.Input { -1, 1 } } do
      local m = rl.Sequential { input, L.SimpleRNN(2) }
      assert.same({ 3, 2 }, m:predict(rl.ones { 3, 5, 1 }).shape)
      assert.same({ 3, 2 }, m:predict(rl.ones { 3, 7, 1 }).shape)
    end
  end)

  it("takes the shape from an Input, by name or alone", function()
    for _, input in ipairs { rl.Input { shape = { 4, 1 } }, rl.Input { 4, 1 }, rl.Input { { 4, 1 } }, rl.Input({ 4, 1 }, { name = "i" }) } do
      local model = rl.Sequential { input, L.Flatten(), L.Dense(2) }
      assert.same({ -1, 4, 1 }, model.input_shape)
      assert.equal(10, model:count_params())
      assert.equal(2, #model.layers)
    end
  end)

  it("takes the layers as entries, as a list, or by name", function()
    local one, two = L.Dense { 2, input_shape = { 3 } }, L.Dense(1)
    for _, model in ipairs { rl.Sequential { one, two, name = "m" }, rl.Sequential { { one, two }, name = "m" },
      rl.Sequential { layers = { one, two }, name = "m" }, rl.Sequential({ one, two }, { name = "m" }) } do
      assert.equal("m", model.name)
      assert.same({ one, two }, model.layers)
    end
    refused("Sequential: give layers as entries or as argument 'layers', not both", function() rl.Sequential { one, layers = { two } } end)
    refused("Sequential: argument 'layers' must be a table, got 3", function() rl.Sequential { layers = 3 } end)
    refused("Sequential: unknown argument 'nam' %(did you mean 'name'%?%)", function() rl.Sequential({ one }, { nam = "x" }) end)
  end)

  it("waits for the first data, or for build", function()
    local model = rl.Sequential { L.Dense(3) }
    assert.is_false(model.built)
    assert.equal(0, #model:get_weights())
    assert.same({ 5, 3 }, model:predict(rl.ones { 5, 2 }).shape)
    assert.same({ -1, 2 }, model.input_shape)

    model = rl.Sequential { L.Dense(3) }
    model:build { -1, 7 }
    assert.equal(24, model:count_params())

    model = rl.Sequential { L.Dense(3) }
    model:compile { optimizer = "sgd", loss = "mse" }
    model:fit(rl.ones { 5, 2 }, rl.ones { 5, 3 }, { verbose = 0 })
    assert.equal(9, model:count_params())
  end)

  it("goes on with add and pop", function()
    local model = rl.Sequential()
    model:add(rl.Input { shape = { 4 } })
    model:add(L.Dense { 3, name = "first" })
    local kernel = model:get_weights()[1]
    model:add(L.Dense { 2, name = "second" })
    assert.same({ -1, 2 }, model.output_shape)
    assert.tensor_near(kernel, model:get_weights()[1], 0) -- the first layer keeps its weights
    assert.equal("second", model:pop().name)
    assert.same({ -1, 3 }, model.output_shape)
    assert.same({ "first" }, { model.layers[1].name })
    assert.tensor_near(kernel, model:get_weights()[1], 0)
  end)

  it("leaves the model as it was where a layer does not fit", function()
    local model = rl.Sequential { L.Dense { 3, input_shape = { 4 } } }
    assert.error_matches(function() model:add(L.SimpleRNN { 2, name = "rnn" }) end, "rnn %(SimpleRNN%)")
    assert.equal(1, #model.layers)
    assert.same({ 1, 3 }, model:predict(rl.ones { 1, 4 }).shape)
  end)

  it("gives Keras' default names", function()
    require "rnnlua.core".reset_names()
    local a = rl.Sequential { L.SimpleRNN { 2, input_shape = { 4, 1 } }, L.Dense(1), L.Dense(1) }
    local b = rl.Sequential { L.Dense(1) }
    assert.equal("sequential", a.name)
    assert.equal("sequential_1", b.name)
    assert.equal("simple_rnn", a.layers[1].name)
    assert.equal("dense", a.layers[2].name)
    assert.equal("dense_1", a.layers[3].name)
    assert.equal("dense_2", b.layers[1].name)
    assert.equal("mine", notebook { name = "mine" }.name)
  end)
end)

describe("a model's fields", function()
  it("are there, and others are not", function()
    local model = notebook()
    assert.is_true(model.compiled)
    assert.is_nil(model.history)
    assert.equal("mse", model.loss)
    assert.near(0.001, model.optimizer.learning_rate, 1e-9)
    model.optimizer.learning_rate = 0.5
    assert.near(0.5, model.optimizer.learning_rate, 1e-9)
    assert.matches("^<Sequential '.-', 2 layers>$", tostring(model))
    refused("Sequential has no field 'layer' %(did you mean 'layers'%?%)", function() return model.layer end)
    refused("Sequential has no field 'stop_trainign' %(did you mean 'stop_training'%?%)", function() model.stop_trainign = true end)
    refused("Sequential: 'layers' cannot be assigned", function() model.layers = {} end)
    refused("Sequential: 'fit' cannot be assigned", function() model.fit = print end)
  end)

  it("give the weights themselves, trained ones and others", function()
    local model = rl.Sequential { L.Dense { 2, input_shape = { 3 }, trainable = false }, L.Dense(1) }
    assert.equal(4, #model.weights)
    assert.equal(2, #model.trainable_weights)
    assert.equal(2, #model.non_trainable_variables)
    model.weights[1]:fill(7)
    assert.equal(7, model:get_weights()[1][1][1])
    model.trainable = false
    assert.equal(0, #model.trainable_weights)
  end)

  it("find a layer by name or position", function()
    local model = rl.Sequential { L.Dense { 2, name = "one" }, L.Dense { 2, name = "two" } }
    assert.equal(model.layers[1], model:get_layer "one")
    assert.equal(model.layers[2], model:get_layer(2))
    assert.equal(model.layers[2], model:get_layer(-1))
    refused("get_layer: .- has no layer 'twoo' %(did you mean 'two'%?%); it has one, two", function() model:get_layer "twoo" end)
    refused("get_layer: position 3 is out of range, .- has 2 layers", function() model:get_layer(3) end)
    refused("get_layer: a layer's name or position expected, got nil", function() model:get_layer() end)
  end)
end)

describe("weights", function()
  it("go from one model to another", function()
    local a, b = notebook(), notebook()
    b:set_weights(a:get_weights())
    assert.tensor_near(a:predict(X), b:predict(X), 0)
  end)

  it("may be nested tables", function()
    local model = rl.Sequential { L.Dense { 1, input_shape = { 2 } } }
    model:set_weights { { { 2 }, { 3 } }, { 1 } }
    assert.near(9, model:predict { { 1, 2 } }[1][1], 1e-6)
  end)

  it("are changed all or not at all", function()
    local model = notebook { name = "m" }
    local before = model:get_weights()
    local list = model:get_weights()
    list[1] = rl.zeros { 1, 10 }
    list[5] = rl.zeros { 2 }
    refused("m %(Sequential%): weight 5, 'bias' of layer .-, expected shape %(1,%), got %(2,%)", function() model:set_weights(list) end)
    refused("m %(Sequential%): set_weights expected 5 tensors, got 4", function() model:set_weights { before[1], before[2], before[3], before[4] } end)
    refused("m %(Sequential%): set_weights expected a list of tensors, got", function() model:set_weights(3) end)
    for i, weight in ipairs(model:get_weights()) do assert.tensor_near(before[i], weight, 0) end
  end)
end)

describe("get_config", function()
  it("makes an equal model", function()
    local model = rl.Sequential { L.SimpleRNN { 5, activation = "relu", input_shape = { 4, 1 } }, L.Dropout(0.2),
      L.Dense { 2, kernel_regularizer = "l2" }, name = "copied" }
    local again = rl.Sequential.from_config(model:get_config())
    assert.equal("copied", again.name)
    assert.equal(model:count_params(), again:count_params())
    for i, layer in ipairs(model.layers) do
      assert.same(layer:get_config(), again.layers[i]:get_config())
      assert.not_equal(layer, again.layers[i])
    end
    again:set_weights(model:get_weights())
    assert.tensor_near(model:predict(X), again:predict(X), 0)
  end)

  it("is refused where it is none", function()
    refused("Sequential.from_config: a table as get_config gives expected, got 3", function() rl.Sequential.from_config(3) end)
  end)
end)

describe("calling a model", function()
  it("computes at once", function()
    local model = notebook()
    assert.tensor_near(model:predict(X), model(X), 1e-6)
    local dropping = rl.Sequential { L.Dropout { 0.5, input_shape = { 100 } } }
    assert.tensor_near(rl.ones { 1, 100 }, dropping(rl.ones { 1, 100 }), 0)
    local text = tostring(dropping(rl.ones { 1, 100 }, { training = true }))
    assert.matches("0%.", text)
    assert.matches("2%.", text)
  end)

  it("on an Input gives a symbolic tensor", function()
    assert.same({ -1, 1 }, notebook()(rl.Input { 4, 1 }).shape)
  end)
end)

describe("compile", function()
  local function model() return rl.Sequential { L.Dense { 1, input_shape = { 2 } } } end

  it("takes names, objects and types", function()
    for _, loss in ipairs { "mse", rl.losses.MeanSquaredError, rl.losses.MeanSquaredError {} } do
      for _, optimizer in ipairs { "adam", rl.optimizers.Adam, rl.optimizers.Adam { learning_rate = 0.01 } } do
        local m = model()
        m:compile { optimizer = optimizer, loss = loss, metrics = { rl.metrics.MeanAbsoluteError {} } }
        assert.equal(2, select("#", m:evaluate(rl.ones { 3, 2 }, rl.ones { 3 }, { verbose = 0 })))
      end
    end
  end)

  it("uses rmsprop where no optimizer is named", function()
    local m = model()
    m:compile { loss = "mse" }
    assert.equal("RMSprop", m.optimizer.class_name)
  end)

  it("names logs as Keras does", function()
    local m = model()
    m:compile { loss = "mse", metrics = { "mae", rl.metrics.MeanAbsoluteError { name = "own" }, rl.losses.MeanSquaredError {}, "mae" },
      weighted_metrics = { "mae", "mse" } }
    local logs = m:evaluate(rl.ones { 3, 2 }, rl.ones { 3 }, { verbose = 0, return_dict = true })
    local names = {}
    for name in pairs(logs) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "loss", "mae", "mae_1", "mean_squared_error", "mse", "own", "weighted_mae" }, names)
    assert.same({ "loss", "mae", "own", "mean_squared_error", "mae_1", "weighted_mae", "mse" }, m.metrics_names)
  end)

  it("resolves accuracy by the shapes", function()
    local function accuracy(units, y, prediction)
      local m = rl.Sequential { L.Dense { units, input_shape = { #prediction[1] }, use_bias = false, kernel_initializer = "identity" } }
      m:compile { loss = "mse", metrics = { "acc" } }
      if units ~= #prediction[1] then error "units" end
      m:compile { loss = units == 1 and "mse" or #y.shape == 1 and "sparse_categorical_crossentropy" or "mse", metrics = { "acc" } }
      return m:evaluate(prediction, y, { verbose = 0, return_dict = true }).acc
    end
    assert.near(0.75, accuracy(1, rl.tensor { { 1 }, { 0 }, { 1 }, { 0 } }, { { 0.9 }, { 0.2 }, { 0.6 }, { 0.7 } }), 1e-6)
    assert.near(0.5, accuracy(2, rl.tensor { 1, 0 }, { { 0.1, 0.9 }, { 0.2, 0.8 } }), 1e-6)
    assert.near(0.5, accuracy(2, rl.tensor { { 0, 1 }, { 1, 0 } }, { { 0.1, 0.9 }, { 0.2, 0.8 } }), 1e-6)
  end)

  it("refuses what it does not know, and the model stays compiled as it was", function()
    local m = notebook()
    refused("compile: unknown argument 'optimiser' %(did you mean 'optimizer'%?%)", function() m:compile { optimiser = "adam" } end)
    refused("compile: argument 'optimizer': unknown optimizer 'adma' %(did you mean '[Aa]dam'%?%)", function() m:compile { optimizer = "adma", loss = "mse" } end)
    refused("compile: argument 'loss': unknown loss 'msee' %(did you mean 'mse'%?%)", function() m:compile { loss = "msee" } end)
    refused("compile: argument 'metrics%[2%]': unknown metric 'accurasy'", function() m:compile { loss = "mse", metrics = { "mae", "accurasy" } } end)
    refused("compile: argument 'optimizer'.-MeanSquaredError", function() m:compile { optimizer = rl.losses.MeanSquaredError {}, loss = "mse" } end)
    refused("compile: argument 'loss_weights' must be", function() m:compile { loss = "mse", loss_weights = { 1, 2 } } end)
    refused("compile: argument 'loss_weights' must be a number or a table, got 'x'", function() m:compile { loss = "mse", loss_weights = "x" } end)
    refused("compile: options must be a table, got 'adam'", function() m:compile("adam", "mse") end)
    m:fit(X, Y, { verbose = 0 })
    assert.equal("Adam", m.optimizer.class_name)
  end)

  it("is needed before fit, and needs a loss", function()
    local m = model()
    refused("fit: model '.-' isn't compiled; call model:compile first", function() m:fit(rl.ones { 3, 2 }, rl.ones { 3 }) end)
    refused("evaluate: model '.-' isn't compiled", function() m:evaluate(rl.ones { 3, 2 }, rl.ones { 3 }) end)
    m:compile { optimizer = "sgd" }
    refused("fit: no loss to compute; give compile a loss", function() m:fit(rl.ones { 3, 2 }, rl.ones { 3 }, { verbose = 0 }) end)
  end)

  it("again begins with a new optimizer state and keeps the weights", function()
    local m = notebook()
    m:fit(X, Y, { verbose = 0, epochs = 3 })
    local before = m:get_weights()
    m:compile { optimizer = "adam", loss = "mae" }
    for i, weight in ipairs(m:get_weights()) do assert.tensor_near(before[i], weight, 0) end
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).history.loss)
  end)
end)

describe("evaluate and predict", function()
  it("return values, or a table", function()
    local m = notebook { metrics = { "mae", "mse" } }
    local loss, mae, mse = m:evaluate(X, Y, { verbose = 0 })
    local logs = m:evaluate(X, Y, { verbose = 0, return_dict = true, batch_size = 4 })
    assert.near(loss, logs.loss, 1e-6)
    assert.near(mae, logs.mae, 1e-6)
    assert.near(mse, logs.mse, 1e-6)
    assert.near(loss, mse, 1e-6)
  end)

  it("go by batches without changing the result", function()
    local m = notebook()
    local x = rl.random.normal { shape = { 23, 4, 1 } }
    local all = m:predict(x)
    assert.equal("float32", all.dtype)
    for _, batch_size in ipairs { 1, 4, 23, 100 } do
      assert.tensor_near(all, m:predict(x, { batch_size = batch_size }), 1e-6)
    end
    assert.tensor_near(all, m:predict_on_batch(x), 1e-6)
    assert.tensor_near(all[{ { 1, 8 } }], m:predict(x, { batch_size = 4, steps = 2 }), 1e-6)
  end)

  it("take nested tables, and numbers of any dtype", function()
    local m = rl.Sequential { L.Dense { 1, input_shape = { 2 }, kernel_initializer = "ones" } }
    assert.near(3, m:predict { { 1, 2 } }[1][1], 1e-6)
    assert.near(3, m:predict(rl.tensor { { 1, 2 } })[1][1], 1e-6)
    assert.near(1, m:predict(rl.tensor { { true, false } })[1][1], 1e-6)
  end)

  it("take a plain list where a sample is one number", function()
    local m = rl.Sequential { L.Dense { 1, input_shape = { 1 }, kernel_initializer = "ones" } }
    assert.same({ 3, 1 }, m:predict { 1, 2, 3 }.shape)
  end)

  it("do not train", function()
    local m = notebook()
    local before = m:get_weights()
    m:evaluate(X, Y, { verbose = 0 })
    m:test_on_batch(X, Y)
    m:predict(X)
    for i, weight in ipairs(m:get_weights()) do assert.tensor_near(before[i], weight, 0) end
  end)

  it("weigh samples", function()
    local m = rl.Sequential { L.Dense { 1, input_shape = { 1 }, kernel_initializer = "ones" } }
    m:compile { optimizer = "sgd", loss = "mse" }
    assert.near((4 * 1 + 16 * 3) / 2, m:evaluate({ 2, 4 }, { 0, 0 }, { verbose = 0, sample_weight = { 1, 3 } }), 1e-5)
  end)

  it("evaluate what a generator returns", function()
    local m = notebook()
    local loss = m:evaluate(X, Y, { verbose = 0 })
    local calls = 0
    local function batches()
      calls = calls + 1
      if calls <= 3 then return X[{ { 2 * calls - 1, 2 * calls } }], Y[{ { 2 * calls - 1, 2 * calls } }] end
    end
    assert.near(loss, m:evaluate(batches, nil, { verbose = 0 }), 1e-6)
  end)

  it("take data with a last axis of one in excess, as Keras does, but no sequences without features", function()
    local m = notebook {}
    refused("simple_rnn[_%d]* %(SimpleRNN%): expected %(batch, timesteps, features%), got %(6, 4%)",
      function() m:predict(X:reshape(6, 4)) end)
    m = rl.Sequential { L.Dense { 2, input_shape = { 4 } } }
    assert.tensor_near(m:predict(X:reshape(6, 4)), m:predict(X), 0)
    refused("x: expected shape %(None, 4%), got %(3, 4, 2%)", function() m:predict(rl.ones { 3, 4, 2 }) end)
  end)

  it("refuse data that does not fit, and go on working", function()
    local m = notebook { name = "m" }
    refused("expected shape %(None, 4, 1%), got %(6, 5, 1%)", function() m:predict(rl.ones { 6, 5, 1 }) end)
    refused("got %(6, 3%)", function() m:predict(rl.ones { 6, 3 }) end)
    refused("predict: x is empty, its shape is %(0, 4, 1%)", function() m:predict(rl.zeros { 0, 4, 1 }) end)
    refused("predict: x must be a tensor or a table of numbers, got 'x'", function() m:predict "x" end)
    refused("predict: x must be a tensor or a table of numbers, got nil", function() m:predict() end)
    refused("ragged", function() m:predict { { { 1 }, { 2 } }, { { 1 } } } end)
    refused("predict: argument 'batch_size' must be in %[1, inf%), got 0", function() m:predict(X, { batch_size = 0 }) end)
    refused("predict: unknown argument 'batchsize' %(did you mean 'batch_size'%?%)", function() m:predict(X, { batchsize = 2 }) end)
    refused("evaluate: y %(targets%) expected, got nil", function() m:evaluate(X) end)
    refused("evaluate: x has 6 rows, y has 5", function() m:evaluate(X, rl.ones { 5 }) end)
    refused("evaluate: x has 6 rows, sample_weight has 2", function() m:evaluate(X, Y, { sample_weight = { 1, 2 } }) end)
    refused("evaluate: argument 'steps' must be an integer, got 1.5", function() m:evaluate(X, Y, { steps = 1.5 }) end)
    assert.same({ 6, 1 }, m:predict(X).shape)
    assert.truthy(m:evaluate(X, Y, { verbose = 0 }))
  end)
end)

describe("one batch at a time", function()
  it("trains and returns the loss before the step", function()
    local m = notebook { metrics = { "mae" } }
    local before = m:evaluate(X, Y, { verbose = 0 })
    local loss, mae = m:train_on_batch(X, Y)
    assert.near(before, loss, 1e-6)
    assert.near(m:test_on_batch(X, Y, { return_dict = true }).mae, select(2, m:test_on_batch(X, Y)), 0)
    assert.truthy(m:test_on_batch(X, Y) < loss)
    assert.is_number(mae)
    assert.is_number(m:train_on_batch(X, Y, { return_dict = true }).loss)
  end)

  it("weighs classes", function()
    local m = rl.Sequential { L.Dense { 1, input_shape = { 1 }, kernel_initializer = "ones" } }
    m:compile { optimizer = "sgd", loss = "mse" }
    -- squared errors 4 and 9; class 0 counts once, class 1 ten times
    assert.near((4 + 90) / 2, m:train_on_batch({ 2, 4 }, { 0, 1 }, { class_weight = { [0] = 1, [1] = 10 } }), 1e-4)
  end)

  it("refuses both kinds of weights, and what it does not know", function()
    local m = notebook()
    refused("train_on_batch: give sample_weight or class_weight, not both", function() m:train_on_batch(X, Y, { sample_weight = Y, class_weight = { [0] = 1 } }) end)
    refused("train_on_batch: argument 'class_weight': classes are integers from 0, got 'a'", function() m:train_on_batch(X, Y, { class_weight = { a = 1 } }) end)
    refused("classes are integers from 0, got '1'", function() m:train_on_batch(X, Y, { class_weight = { ["1"] = 1 } }) end)
    refused("train_on_batch: argument 'class_weight': the weight of class 1 must be a number, got 'x'", function() m:train_on_batch(X, Y, { class_weight = { [1] = "x" } }) end)
    refused("test_on_batch: unknown argument 'class_weight'", function() m:test_on_batch(X, Y, { class_weight = { [0] = 1 } }) end)
  end)
end)

describe("Sequential refuses", function()
  it("what is no layer", function()
    refused("Sequential: entry 2: a layer or Input expected, got 'relu'", function() rl.Sequential { L.Dense(1), "relu" } end)
    refused("Sequential: entry 1: a layer or Input expected, got a type", function() rl.Sequential { L.Dense } end)
    refused("Sequential: entry 1: a layer or Input expected, got nil", function() rl.Sequential { nil, L.Dense(1) } end)
    refused("Sequential: a table of layers expected, got a layer", function() rl.Sequential(L.Dense(1)) end)
    refused("add: a layer or Input expected, got nil", function() rl.Sequential():add() end)
  end)

  it("names it does not know", function()
    refused("Sequential: unknown argument 'nmae' %(did you mean 'name'%?%)", function() rl.Sequential { L.Dense(1), nmae = "x" } end)
    refused("Sequential: argument 'name' must be a string, got 3", function() rl.Sequential { L.Dense(1), name = 3 } end)
  end)

  it("two layers of one name", function()
    refused("Sequential: entry 2: model '.-' has a layer named 'd' already", function() rl.Sequential { L.Dense { 1, name = "d" }, L.Dense { 1, name = "d" } } end)
  end)

  it("an Input in the middle, and what a layer gave", function()
    refused("Sequential: entry 2: an Input must be the first entry", function() rl.Sequential { L.Dense(1), rl.Input { 2 } } end)
    refused("starts from an Input, got the output of layer 'd'", function() rl.Sequential { L.Dense { 1, name = "d" }(rl.Input { 2 }) } end)
  end)

  it("methods called with a dot", function()
    local model = notebook()
    refused("fit: call it with a colon, model:fit", function() model.fit(X, Y) end)
    refused("predict: call it with a colon", function() model.predict(X) end)
    refused("add: call it with a colon", function() model.add(L.Dense(1)) end)
    for _, name in ipairs { "add", "pop", "build", "get_weights", "set_weights", "get_layer", "count_params", "get_config" } do
      refused(name .. ": call it with a colon", function() model[name]() end)
    end
    refused("compile: call it with a colon", function() model.compile { loss = "mse" } end)
  end)

  it("to work without layers", function()
    local model = rl.Sequential {}
    refused("predict: model '.-' has no layers; add one first", function() model:predict { { 1 } } end)
    refused("pop: model '.-' has no layers", function() model:pop() end)
    refused("count_params: model '.-' isn't built", function() model:count_params() end)
  end)

  it("shapes that are none", function()
    local model = notebook()
    refused("build: model '.-' takes inputs of shape %(None, 4, 1%), got %(None, 5, 1%)", function() model:build { -1, 5, 1 } end)
    refused("build: a shape with the batch in front, as {%-1, 4, 1}, expected, got 4", function() model:build(4) end)
    refused("Input: argument 'shape' must be a list of positive integers %(or %-1%), got 'a' at 2", function() rl.Input { shape = { 4, "a" } } end)
    refused("Input: argument 'shape' must be a list of positive integers %(or %-1%), got '4' at 1", function() rl.Input { shape = { "4" } } end)
    refused("Input: argument 'shape' is required", function() rl.Input {} end)
    refused("Input: unknown argument 'shap' %(did you mean 'shape'%?%)", function() rl.Input { shap = { 1 } } end)
  end)
end)

describe("metrics", function()
  it("may be a list for the one output, as in Keras", function()
    local model = rl.Sequential { L.Dense { 1, input_shape = { 2 } } }
    model:compile { loss = "mse", metrics = { { "mae" } } }
    assert.is_number(model:evaluate(rl.ones { 2, 2 }, rl.ones { 2 }, { verbose = 0, return_dict = true }).mae)
  end)
end)
