--- Arguments that all losses and all optimizers have, trained as by Keras 3.
local golden = require "support.golden"
local trained = require "support.trained"

describe("Trained as by Keras:", function() trained(golden "keras_arguments") end)

local rl = require "rnnlua"
local new_folder = require "support.folder"

local X = rl.random.normal { shape = { 12, 3 } }
local Y = X:sum(-1, { keepdims = true })

--- A model that always starts alike, with an optimizer whose arguments these are.
local function model_of(arguments)
  local model = rl.Sequential { rl.layers.Dense { 3, activation = "tanh", input_shape = { 3 } }, rl.layers.Dense(1) }
  local weights = {}
  for i, weight in ipairs(model:get_weights()) do
    weights[i] = rl.linspace(-0.5, 0.5 + 0.1 * i, weight.size):reshape(weight.shape):astype "float32"
  end
  model:set_weights(weights)
  arguments.learning_rate = 0.05
  model:compile { optimizer = rl.optimizers.Adam(arguments), loss = "mse" }
  return model
end

local OPTIONS = { epochs = 4, batch_size = 5, verbose = 0, shuffle = false }

local function same_weights(expected, model)
  for i, weight in ipairs(model:get_weights()) do
    assert.message("weight " .. i).is_true(rl.equal(expected[i], weight))
  end
end

local function averaging() return { use_ema = true, ema_momentum = 0.6, gradient_accumulation_steps = 2 } end

describe("use_ema and gradient_accumulation_steps", function()
  it("end alike where nobody watches, where callbacks do, and by the tape", function()
    local model = model_of(averaging())
    model:fit(X, Y, OPTIONS)
    local expected = model:get_weights()
    local watched, last = model_of(averaging()), nil
    watched:fit(X, Y, { epochs = 4, batch_size = 5, verbose = 0, shuffle = false,
      callbacks = { { on_epoch_end = function() last = watched:get_weights() end } } })
    same_weights(expected, watched)
    assert.is_false(rl.equal(last[1], expected[1])) -- until the end they are the weights themselves
    local taped = model_of(averaging())
    local optimizer, loss = taped.optimizer, rl.losses.MeanSquaredError()
    for _ = 1, 4 do
      for first = 1, 12, 5 do
        local rows = { { first, math.min(first + 4, 12) } }
        local tape, value = rl.GradientTape(function() return loss(Y[rows], taped(X[rows])) end)
        optimizer:apply_gradients(tape:gradient(value, taped.trainable_variables), taped.trainable_variables)
      end
    end
    assert.equal(6, optimizer.iterations)
    optimizer:finalize_variable_values()
    for i, weight in ipairs(taped:get_weights()) do
      assert.message("weight " .. i).tensor_near(expected[i], weight, { rtol = 1e-6, atol = 1e-7 })
    end
  end)

  it("go on from a backup as if nothing had happened", function()
    local folder <close> = new_folder()
    local whole = model_of(averaging())
    whole:fit(X, Y, OPTIONS)
    local cut = model_of(averaging())
    local function backup() return rl.callbacks.BackupAndRestore { folder:path "b" } end
    pcall(cut.fit, cut, X, Y, { epochs = 4, batch_size = 5, verbose = 0, shuffle = false, callbacks = { backup(),
      { on_epoch_end = function(_, epoch) if epoch == 1 then error "cut off" end end } } })
    local again = model_of(averaging())
    again:fit(X, Y, { epochs = 4, batch_size = 5, verbose = 0, shuffle = false, callbacks = { backup() } })
    same_weights(whole:get_weights(), again)
  end)

  it("refuse a backup of an optimizer without them", function()
    local folder <close> = new_folder()
    local plain = model_of {}
    plain:fit(X, Y, { epochs = 1, verbose = 0, callbacks = {
      rl.callbacks.BackupAndRestore { folder:path "b", delete_checkpoint = false } } })
    local other = model_of(averaging())
    other:train_on_batch(X, Y)
    assert.error_matches(function()
      other:fit(X, Y, { epochs = 2, verbose = 0, callbacks = { rl.callbacks.BackupAndRestore { folder:path "b" } } })
    end, "the state is that of another optimizer or model: its numbers have shape %(2, 16%), expected %(4, 16%)")
  end)

  it("show what they were given", function()
    local config = rl.optimizers.SGD { use_ema = true, gradient_accumulation_steps = 3, name = "s" }:get_config()
    assert.same({ true, 3, 0.99, "s" }, { config.use_ema, config.gradient_accumulation_steps, config.ema_momentum,
      config.name })
    local again = rl.optimizers.SGD(config)
    assert.same(config, again:get_config())
    assert.equal(3, again.gradient_accumulation_steps)
    assert.equal("<SGD use_ema=true gradient_accumulation_steps=3>", tostring(again))
  end)

  it("check what they are given", function()
    for message, arguments in pairs {
      ["SGD: argument 'ema_momentum' must be in %[0, 1%], got 1.5"] = { ema_momentum = 1.5 },
      ["SGD: argument 'ema_overwrite_frequency' must be in %[1, inf%), got 0"] = { ema_overwrite_frequency = 0 },
      ["SGD: argument 'gradient_accumulation_steps' must be in %[2, inf%), got 1"] = { gradient_accumulation_steps = 1 },
      ["SGD: argument 'gradient_accumulation_steps' must be an integer, got 2.5"] = { gradient_accumulation_steps = 2.5 },
      ["SGD: argument 'loss_scale_factor' must be in %(0, inf%), got 0"] = { loss_scale_factor = 0 },
      ["SGD: argument 'use_ema' must be a boolean, got 1"] = { use_ema = 1 },
      ["SGD: unknown argument 'ema_momentun' %(did you mean 'ema_momentum'%?%)"] = { ema_momentun = 0.5 },
    } do
      assert.error_matches(function() rl.optimizers.SGD(arguments) end, message)
    end
    local optimizer = rl.optimizers.SGD { use_ema = true }
    assert.error_matches(function() optimizer.use_ema = false end, "SGD: 'use_ema' cannot be changed; make a new SGD")
  end)
end)

describe("loss_scale_factor", function()
  it("is taken out of the gradients again", function()
    local optimizer = rl.optimizers.SGD { learning_rate = 0.5, loss_scale_factor = 4 }
    local w = rl.Variable(rl.tensor({ 1, 2 }, "float32"))
    local tape, value = rl.GradientTape(function() return optimizer:scale_loss((w * w):sum()) end)
    assert.near(20, rl.item(value), 1e-6)
    optimizer:apply_gradients(tape:gradient(value, { w }), { w })
    assert.tensor_near({ 0, 0 }, w, 1e-6)
    assert.equal(3, rl.optimizers.SGD():scale_loss(3))
    assert.error_matches(function() optimizer:scale_loss() end, "scale_loss: a number or a tensor expected")
  end)
end)

describe("reduction", function()
  local y_true, y_pred = { { 1.0, 2 }, { 3, 4 } }, rl.tensor({ { 1, 3 }, { 0, 4 } }, "float32")

  it("makes one number of the rows' losses, or none", function()
    local function loss(how) return rl.losses.MeanSquaredError { reduction = how }(y_true, y_pred, { 2, 1 }) end
    assert.near(2.75, loss "sum_over_batch_size", 1e-6)
    assert.near(2.75, loss "mean", 1e-6)
    assert.near(5.5, loss "sum", 1e-6)
    assert.near(5.5 / 3, loss "mean_with_sample_weight", 1e-6)
    assert.tensor_near({ 1, 4.5 }, loss "none", 1e-6)
    assert.equal(0, rl.losses.MeanSquaredError { reduction = "mean_with_sample_weight" }(y_true, y_pred, { 0, 0 }))
  end)

  it("has gradients by the tape", function()
    for how, expected in pairs { sum = { { 0, 2 }, { -3, 0 } }, mean = { { 0, 1 }, { -1.5, 0 } },
      mean_with_sample_weight = { { 0, 2 / 3 }, { -1, 0 } }, none = { { 0, 2 }, { -3, 0 } } } do
      local loss, p = rl.losses.MeanSquaredError { reduction = how }, rl.Variable(y_pred)
      local tape, value = rl.GradientTape(function() return rl.sum(loss(y_true, p, { 2, 1 })) end)
      local gradient = tape:gradient(value, { p })[1]
      assert.message(how).tensor_near(expected, gradient, 1e-6)
    end
  end)

  it("leaves masked rows and those of an ignored class out", function()
    local probabilities = { { 0.5, 0.5 }, { 0.25, 0.75 }, { 0.9, 0.1 } }
    local function loss(how)
      return rl.losses.SparseCategoricalCrossentropy { ignore_class = -1, reduction = how }({ { 0 }, { -1 }, { 0 } },
        probabilities)
    end
    local first, last = -math.log(0.5), -math.log(0.9)
    assert.near((first + last) / 2, loss "sum_over_batch_size", 1e-6)
    assert.near(first + last, loss "sum", 1e-6)
    assert.near((first + last) / 2, loss "mean_with_sample_weight", 1e-6)
    assert.tensor_near({ first, 0, last }, loss "none", 1e-6)
    local metric = rl.losses.SparseCategoricalCrossentropy { ignore_class = -1 }
    metric:update_state({ { 0 }, { -1 }, { 0 } }, probabilities)
    assert.near((first + last) / 2, metric:result(), 1e-6)
  end)

  it("is one of Keras' words", function()
    assert.error_matches(function() rl.losses.Huber { reduction = "avg" } end,
      "Huber: argument 'reduction' must be one of sum_over_batch_size|sum|mean|mean_with_sample_weight|none, got 'avg'")
    assert.error_matches(function() rl.losses.Huber { reduction = 1 } end,
      "Huber: argument 'reduction' must be a string, got 1")
    assert.equal("sum", rl.losses.Huber { reduction = "sum" }:get_config().reduction)
    assert.equal("sum_over_batch_size", rl.losses.Huber().reduction)
    assert.equal("<Huber delta=2.0 reduction=sum>", tostring(rl.losses.Huber { 2, reduction = "sum" }))
  end)
end)
