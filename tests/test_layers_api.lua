--- Layers and components as Lua objects: fields, methods, weights, calls, and what they say of mistakes.
local rl = require "rnnlua"
local core = require "rnnlua.core"

local Dense = rl.layers.Dense
local FILE = debug.getinfo(1, "S").short_src

--- Runs f, a function written on one line, and returns its error without the position, which must be f's.
local function message_of(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "no error was raised")
  local position = ("%s:%d: "):format(FILE, debug.getinfo(f, "S").linedefined)
  assert.equal(position, message:sub(1, #position))
  return message:sub(#position + 1)
end

local KERNEL, BIAS = { { 1, 2, 3 }, { 4, 5, 6 } }, { 0.5, 0, -0.5 }

local function built_dense(given)
  local options = { units = 3, name = "d" }
  for key, value in pairs(given or {}) do options[key] = value end
  local layer = Dense(options)
  layer:build { -1, 2 }
  layer:set_weights { KERNEL, BIAS }
  return layer
end

describe("a layer's name", function()
  before_each(core.reset_names)

  it("is Keras' by default, counted", function()
    assert.equal("dense", Dense(1).name)
    assert.equal("dense_1", Dense(1).name)
    assert.equal("simple_rnn", rl.layers.SimpleRNN(1).name)
    assert.equal("mine", Dense(1, { name = "mine" }).name)
    assert.equal("dense_2", Dense(1).name)
  end)
end)

describe("a layer", function()
  it("has its declared arguments as fields", function()
    local layer = Dense { units = 3, activation = "tanh", kernel_regularizer = rl.regularizers.L2(0.5) }
    assert.equal(3, layer.units)
    assert.is_true(layer.use_bias)
    assert.equal("tanh", layer.activation.class_name)
    assert.equal(0.5, layer.kernel_regularizer.l2)
    assert.is_nil(layer.bias_regularizer)
    assert.equal("Dense", layer.class_name)
    assert.equal("layer", layer.kind)
    assert.equal("float32", layer.dtype)
  end)

  it("is unbuilt at first", function()
    local layer = Dense(3)
    assert.is_false(layer.built)
    assert.is_nil(layer.input_shape)
    assert.is_nil(layer.output_shape)
    assert.equal(0, #layer.weights)
    assert.equal(0, #layer:get_weights())
    assert.equal(0, layer:count_params())
  end)

  it("knows shapes and weights once built", function()
    local layer = Dense(3)
    layer:build { 7, 5, 2 }
    assert.is_true(layer.built)
    assert.same({ -1, 5, 2 }, layer.input_shape)
    assert.same({ -1, 5, 3 }, layer.output_shape)
    assert.equal(9, layer:count_params())
    assert.same({ 2, 3 }, layer.kernel.shape)
    assert.same({ 3 }, layer.bias.shape)
    assert.same({ -1, 4, 3 }, layer:compute_output_shape { false, 4, 2 })
  end)

  it("splits its weights by whether they are trained", function()
    local layer = built_dense()
    assert.equal(2, #layer.weights)
    assert.equal(2, #layer.trainable_weights)
    assert.equal(0, #layer.non_trainable_weights)
    layer.trainable = false
    assert.is_false(layer.trainable)
    assert.equal(0, #layer.trainable_weights)
    assert.equal(2, #layer.non_trainable_weights)
    assert.is_false(Dense(1, { trainable = false }).trainable)
  end)

  it("shows what differs from the defaults", function()
    assert.equal("<Dense units=1 activation=relu name=d>", tostring(Dense { 1, activation = "relu", name = "d" }))
    assert.equal("<Dense units=1 kernel_regularizer=L2(l2=0.5) name=d>",
      tostring(Dense { 1, kernel_regularizer = rl.regularizers.L2(0.5), name = "d" }))
    assert.equal("<Flatten name=f>", tostring(rl.layers.Flatten { name = "f" }))
  end)

  it("is described by get_config", function()
    local config = Dense { 3, activation = "tanh", kernel_regularizer = rl.regularizers.L2(0.5), name = "d",
                           trainable = false }:get_config()
    assert.equal(3, config.units)
    assert.same({ class_name = "tanh", config = {} }, config.activation)
    assert.same({ class_name = "L2", config = { l2 = 0.5 } }, config.kernel_regularizer)
    assert.is_nil(config.bias_regularizer)
    assert.equal("d", config.name)
    assert.is_false(config.trainable)
    local again = Dense(config)
    assert.equal("d", again.name)
    assert.same(config, again:get_config())
  end)

  it("refuses fields that do not exist or can't be assigned", function()
    local layer = Dense(3, { name = "d" })
    assert.equal("d (Dense) has no field 'unit' (did you mean 'units'?)", message_of(function() return layer.unit end))
    assert.equal("d (Dense) has no field 'get_weigths' (did you mean 'get_weights'?)",
      message_of(function() return layer:get_weigths() end))
    assert.equal("d (Dense) has no field 1", message_of(function() return layer[1] end))
    assert.equal("d (Dense): 'units' cannot be assigned; only 'trainable' can",
      message_of(function() layer.units = 4 end))
    assert.equal("d (Dense): 'trainable' must be a boolean, got 'no'",
      message_of(function() layer.trainable = "no" end))
    assert.equal(3, layer.units)
  end)

  it("lists its fields for completion", function()
    local listed = {}
    for _, name in ipairs(debug.getmetatable(built_dense()).__fields(built_dense())) do listed[name] = true end
    for _, name in ipairs { "units", "kernel", "bias", "name", "weights", "get_config", "set_weights" } do
      assert.is_true(listed[name], name)
    end
  end)

  it("says what its shapes must be", function()
    local rnn = rl.layers.SimpleRNN(2, { name = "r" })
    assert.matches("^r %(SimpleRNN%): ", message_of(function() rnn:build { -1, 4 } end))
    assert.equal("r (SimpleRNN): argument 'input_shape' must be a shape, got nil", message_of(function() rnn:build() end))
    assert.equal("r (SimpleRNN): argument 'input_shape': extent 3 must be >= 0, or -1 if unknown, got -2",
      message_of(function() rnn:build { -1, 4, -2 } end))
    assert.equal("r (SimpleRNN): argument 'input_shape': extent 3 must be >= 0, or -1 if unknown, got -3",
      message_of(function() rnn:compute_output_shape { -1, 4, -3 } end))
    assert.is_false(rnn.built)
    local huge = Dense(1000000000, { name = "h" })
    assert.equal("h (Dense): not enough memory for weight 'kernel'",
      message_of(function() huge:build { -1, 10000000000 } end))
    assert.is_false(huge.built)
    rnn:build { -1, 4, 1 }
    assert.is_true(rnn.built)
    assert.matches("^r %(SimpleRNN%): ", message_of(function() rnn:build { -1, 4, 2 } end))
  end)

  it("is the same object wherever it is met", function()
    local layer = Dense(1, { input_shape = { 2 } })
    local model = rl.Sequential { layer }
    assert.equal(layer, model.layers[1])
  end)
end)

describe("a layer's weights", function()
  it("are copies from get_weights and views from weights", function()
    local layer = built_dense()
    local copies, views = layer:get_weights(), layer.weights
    assert.same(KERNEL, copies[1]:totable())
    assert.same(BIAS, copies[2]:totable())
    views[1][1][2] = 20
    assert.equal(20, layer.kernel[1][2])
    assert.equal(2, copies[1][1][2])
    copies[1][1][1] = 100
    assert.equal(1, layer.kernel[1][1])
  end)

  it("outlive the layer", function()
    local kernel = built_dense().kernel
    collectgarbage()
    collectgarbage()
    assert.same(KERNEL, kernel:totable())
  end)

  it("are set from tensors or tables", function()
    local layer = built_dense()
    layer:set_weights { rl.zeros { 2, 3 }, rl.tensor({ 1, 2, 3 }, "float64") }
    assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, layer.kernel:totable())
    assert.same({ 1, 2, 3 }, layer.bias:totable())
    layer:set_weights(layer.weights)
    assert.same({ 1, 2, 3 }, layer.bias:totable())
  end)

  it("stay as they are where they can't be set, with the reason", function()
    local layer = built_dense()
    local cases = {
      { function() layer:set_weights { KERNEL } end, "d (Dense): set_weights expected 2 tensors, got 1" },
      { function() layer:set_weights { KERNEL, BIAS, BIAS } end, "d (Dense): set_weights expected 2 tensors, got 3" },
      { function() layer:set_weights(5) end, "d (Dense): set_weights expected a list of tensors, got 5" },
      { function() layer:set_weights() end, "d (Dense): set_weights expected a list of tensors, got" },
      { function() layer:set_weights { rl.zeros { 2, 3 }, { 1, 2 } } end,
        "d (Dense): weight 2, 'bias' of layer d, expected shape (3,), got (2,)" },
      { function() layer:set_weights { rl.zeros { 3, 2 }, BIAS } end,
        "d (Dense): weight 1, 'kernel' of layer d, expected shape (2, 3), got (3, 2)" },
    }
    for _, case in ipairs(cases) do
      local message = message_of(case[1])
      assert.equal(case[2], message:sub(1, #case[2]))
      assert.same(KERNEL, layer.kernel:totable())
      assert.same(BIAS, layer.bias:totable())
    end
    assert.has_error(function() layer:set_weights { rl.zeros { 2, 3 }, { 1, 2, "x" } } end)
    assert.same(KERNEL, layer.kernel:totable())
    local unbuilt = Dense(3, { name = "u" })
    assert.equal("u (Dense): has no weights before it is built; call build(input_shape) first",
      message_of(function() unbuilt:set_weights { KERNEL, BIAS } end))
  end)
end)

describe("a layer called on data", function()
  it("computes at once, from tensors or nested tables", function()
    local layer = built_dense()
    local wanted = { { 5.5, 7, 8.5 } }
    assert.same(wanted, layer(rl.tensor { { 1, 1 } }):totable())
    assert.same(wanted, layer { { 1, 1 } }:totable())
    assert.equal("float32", layer(rl.tensor({ { 1, 1 } }, "float64")).dtype)
    assert.same({ 2, 4, 3 }, layer(rl.zeros { 2, 4, 2 }).shape)
  end)

  it("is built by it", function()
    local layer = Dense(3)
    assert.same({ 5, 3 }, layer(rl.ones { 5, 2 }).shape)
    assert.is_true(layer.built)
  end)

  it("takes training as an option", function()
    local dropout = rl.layers.Dropout(0.5)
    local x = rl.ones { 1000 }
    assert.equal(1000, dropout(x):sum())
    assert.equal(1000, dropout(x, { training = false }):sum())
    local y = dropout(x, { training = true })
    assert.equal(2, y:max())
    assert.equal(0, y:min())
  end)

  it("says what is wrong", function()
    local layer = built_dense()
    assert.equal("d (Dense): expected a tensor, got nothing", message_of(function() layer() end))
    assert.equal("d (Dense): expected a tensor or nested tables, got 'x'", message_of(function() layer "x" end))
    assert.equal("d (Dense): unknown argument 'traning' (did you mean 'training'?)",
      message_of(function() layer({ { 1, 1 } }, { traning = true }) end))
    assert.equal("d (Dense): argument 'training' must be a boolean, got 1",
      message_of(function() layer({ { 1, 1 } }, { training = 1 }) end))
    assert.matches("^d %(Dense%): .*got %(1, 3%)", message_of(function() layer { { 1, 1, 1 } } end))
    assert.has_error(function() layer { { 1 }, { 1, 2 } } end)
    assert.same({ { 5.5, 7, 8.5 } }, layer { { 1, 1 } }:totable())
  end)
end)

describe("a component", function()
  it("is called on what it is for", function()
    assert.same({ 0, 2 }, rl.activations.relu {}(rl.tensor { -1, 2 }):totable())
    assert.same({ -0.5, 2 }, rl.activations.leaky_relu { negative_slope = 0.5 }(rl.tensor { -1, 2 }):totable())
    assert.same({ { 0, 0 } }, rl.initializers.Zeros {} { 1, 2 }:totable())
    assert.equal(0.5 * 5, rl.regularizers.L2(0.5)(rl.tensor { 1, 2 }))
    assert.same({ 0, 2 }, rl.constraints.NonNeg {}(rl.tensor { -1.0, 2 }):totable())
    assert.equal(0.625, rl.losses.MeanSquaredError {}({ { 1 }, { 2 } }, { { 1.5 }, { 3 } }))
    assert.equal(0.125, rl.losses.MeanSquaredError {}({ { 1 }, { 2 } }, { { 1.5 }, { 3 } }, { 1, 0 }))
  end)

  it("leaves the tensor it projects as it is", function()
    local t = rl.tensor({ -1, 2 }, "float32")
    rl.constraints.NonNeg {}(t)
    assert.same({ -1, 2 }, t:totable())
  end)

  it("may be used as a function by its type", function()
    assert.same({ 0, 2 }, rl.activations.relu(rl.tensor { -1, 2 }):totable())
    assert.same({ -0.5, 2 }, rl.activations.leaky_relu(rl.tensor { -1, 2 }, { negative_slope = 0.5 }):totable())
    assert.same({ 0.25, 1 }, rl.losses.mse({ { 1 }, { 2 } }, { { 1.5 }, { 3 } }):totable())
    assert.same({ 0.25, 1 }, rl.losses.mse(rl.tensor { { 1 }, { 2 } }, rl.tensor { { 1.5 }, { 3 } }):totable())
    assert.equal(0.5, rl.metrics.accuracy(rl.tensor { { 1 }, { 2 } }, rl.tensor { { 1 }, { 3 } }))
  end)

  it("says what shapes it wants", function()
    local mse, sparse = rl.losses.mse {}, rl.losses.SparseCategoricalCrossentropy {}
    assert.equal("MeanSquaredError: expected y_true of the same shape, as y_pred has shape (2, 1), got y_true of shape (3,)",
      message_of(function() mse({ 1, 2, 3 }, { { 1 }, { 2 } }) end))
    assert.equal("SparseCategoricalCrossentropy: expected y_true with one class a row, as y_pred has shape (1, 2), got y_true of shape (1, 2)",
      message_of(function() sparse({ { 0, 1 } }, { { 0.5, 0.5 } }) end))
    assert.equal("MeanSquaredError: expected sample_weight with one number a sample or a row, as y_pred has shape (2, 1), got sample_weight of shape (3,)",
      message_of(function() mse({ 1, 2 }, { { 1 }, { 2 } }, { 1, 2, 3 }) end))
    assert.equal("MeanSquaredError: expected y_true and y_pred, got y_true alone",
      message_of(function() mse { 1, 2 } end))
    assert.equal("relu: nothing to apply it to", message_of(function() rl.activations.relu {}() end))
    assert.equal("Adam: the optimizer cannot be called", message_of(function() rl.optimizers.Adam {}() end))
  end)

  it("has a name where Keras gives one", function()
    assert.equal("mean_squared_error", rl.losses.mse {}.name)
    assert.equal("adam", rl.optimizers.Adam {}.name)
    assert.equal("adamw", rl.optimizers.AdamW {}.name)
    assert.equal("kl_divergence", rl.losses.KLDivergence {}.name)
    assert.equal("mine", rl.metrics.RootMeanSquaredError { name = "mine" }.name)
    assert.equal("mine", rl.metrics.RootMeanSquaredError { name = "mine" }:get_config().name)
  end)

  it("refuses fields that do not exist", function()
    local adam = rl.optimizers.Adam {}
    assert.equal("Adam has no field 'beta1' (did you mean 'beta_1'?)", message_of(function() return adam.beta1 end))
    assert.equal("Adam has no field [1]", message_of(function() return adam[1] end))
    assert.equal("Adam: 'beta_1' cannot be changed; make a new Adam", message_of(function() adam.beta_1 = 0.5 end))
    assert.equal("<Adam learning_rate=0.5>", tostring(rl.optimizers.Adam(0.5)))
  end)
end)

describe("an optimizer's learning rate", function()
  it("can be read and set, within its range", function()
    local adam = rl.optimizers.Adam { learning_rate = 0.01 }
    assert.equal(0.01, adam.learning_rate)
    adam.learning_rate = 0.5
    assert.equal(0.5, adam.learning_rate)
    assert.equal("Adam: argument 'learning_rate' must be in [0, inf), got -1",
      message_of(function() adam.learning_rate = -1 end))
    assert.equal("Adam: argument 'learning_rate' must be a number or a schedule, got 'fast'",
      message_of(function() adam.learning_rate = "fast" end))
    assert.equal(0.5, adam.learning_rate)
  end)
end)

describe("a schedule", function()
  it("gives a rate for each step, and stands where a rate may stand", function()
    local decay = rl.optimizers.schedules.ExponentialDecay { 0.5, decay_steps = 10, decay_rate = 0.25 }
    assert.near(0.5, decay(0), 1e-7)
    assert.near(0.125, decay(10), 1e-7)
    local adam = rl.optimizers.Adam { learning_rate = decay }
    assert.equal("ExponentialDecay", adam.learning_rate.class_name)
    assert.equal("Adam: 'learning_rate' follows a schedule and cannot be set",
      message_of(function() adam.learning_rate = 0.5 end))
    assert.same(adam:get_config(), rl.optimizers.Adam(adam:get_config()):get_config())
    assert.equal("Adam: argument 'learning_rate' must be a number or a schedule, got L2, of kind regularizer",
      message_of(function() rl.optimizers.Adam { learning_rate = rl.regularizers.L2(1) } end))
    assert.equal("ExponentialDecay: step must be an integer >= 0, got -1", message_of(function() decay(-1) end))
  end)
end)

describe("a metric", function()
  it("gathers what it sees until it is reset", function()
    local metric = rl.metrics.RootMeanSquaredError {}
    assert.equal(0, metric:result())
    metric:update_state({ { 1 }, { 2 } }, { { 1 }, { 4 } })
    assert.near(math.sqrt(2), metric:result(), 1e-7)
    metric:update_state({ { 1 }, { 2 } }, { { 1 }, { 2 } })
    assert.near(1, metric:result(), 1e-7)
    metric:reset_state()
    assert.equal(0, metric:result())
    metric:update_state({ { 1 }, { 2 } }, { { 1 }, { 4 } }, { 3, 1 })
    assert.near(1, metric:result(), 1e-7)
  end)

  it("may be a loss by name", function()
    local metric = rl.metrics.mae {}
    metric:update_state({ { 1 }, { 2 } }, { { 1 }, { 4 } })
    metric:update_state({ { 1 } }, { { 2 } }, { 2 })
    assert.near(1, metric:result(), 1e-7)
  end)

  it("wants one number of columns", function()
    local metric = rl.metrics.RootMeanSquaredError()
    metric:update_state({ { 1, 2 } }, { { 1, 4 } })
    assert.equal("RootMeanSquaredError: the last axis of y_pred has extent 1, before it had 2; call reset_state() between them",
      message_of(function() metric:update_state({ { 1 } }, { { 1 } }) end))
    assert.near(2 ^ 0.5, metric:result(), 1e-6)
  end)
end)

describe("names and arguments that Keras has", function()
  it("Input takes batch_size and batch_shape, and any batch", function()
    local x = rl.Input { shape = { 4, 1 }, batch_size = 3, name = "x" }
    local model = rl.Model { inputs = x, outputs = rl.layers.Flatten()(x) }
    assert.same({ 5, 4 }, model:predict(rl.ones { 5, 4, 1 }).shape)
    local same = rl.Sequential { rl.Input { batch_shape = { 3, 4, 1 } }, rl.layers.Flatten() }
    assert.same({ 2, 4 }, same:predict(rl.ones { 2, 4, 1 }).shape)
    assert.error_matches(function() rl.Input { shape = { 1 }, batch_shape = { 2, 1 } } end, "give 'shape' or 'batch_shape', not both")
    assert.error_matches(function() rl.Input { batch_shape = {} } end, "'batch_shape' begins with the batch")
    assert.error_matches(function() rl.Input { shape = { 1 }, batch_size = 0 } end, "'batch_size' must be in %[1, inf%), got 0")
  end)

  it("weights of a layer are variables too", function()
    local layer = rl.Sequential { rl.layers.BatchNormalization { input_shape = { 2 } } }.layers[1]
    assert.same({ 4, 2, 2 }, { #layer.variables, #layer.trainable_variables, #layer.non_trainable_variables })
  end)

  it("losses take an axis, which is the last", function()
    assert.equal(-1, rl.losses.CategoricalCrossentropy { axis = -1 }.axis)
    assert.error_matches(function() rl.losses.CosineSimilarity { axis = 2 } end,
      "CosineSimilarity: argument 'axis' must be in %[%-1, %-1%], got 2")
  end)
end)
