--- Layers around the recurrent ones: what they do with masks and random numbers, and what they say of mistakes.
local rl = require "rnnlua"

local layers = rl.layers

--- Runs f and returns its error without the position in front.
local function message_of(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "no error was raised")
  return (message:gsub("^[^:]+:%d+: ", ""))
end

describe("Embedding", function()
  local function model(options)
    return rl.Sequential { rl.Input { shape = { -1 } }, layers.Embedding(options) }
  end

  it("gives rows of its table, for ids of any number of axes", function()
    local layer = layers.Embedding(3, 2)
    layer:build { -1 }
    layer:set_weights { { { 1, 2 }, { 3, 4 }, { 5, 6 } } }
    assert.same({ { 5, 6 }, { 1, 2 } }, layer(rl.tensor { 2, 0 }):totable())
    assert.same({ { { 3, 4 }, { 3, 4 } } }, layer(rl.tensor { { 1, 1 } }):totable())
    assert.same({ 2, 1, 3, 2 }, layer(rl.zeros { 2, 1, 3 }).shape)
    local fixed = layers.Embedding(3, 2)
    fixed:build { -1, 4 }
    assert.same({ 2, 5, 2 }, fixed(rl.zeros { 2, 5 }).shape)
    assert.same({ -1, -1, 2 }, layer:compute_output_shape { -1, -1 })
  end)

  it("names ids that it does not have, and where they are", function()
    local m = model { 4, 2, name = "e" }
    local text = "e (Embedding): ids must be whole numbers from 0 to 3 (input_dim - 1), got %s at position %s"
    assert.equal(text:format("4", "(2, 1)"), message_of(function() m:predict { { 0, 1 }, { 4, 9 } } end))
    assert.equal(text:format("-1", "(1, 2)"), message_of(function() m:predict { { 0, -1 } } end))
    assert.equal(text:format("1.5", "(1, 1)"), message_of(function() m:predict { { 1.5, 1 } } end))
    assert.matches("got %-?nan at position %(1, 1%)", message_of(function() m:predict { { 0 / 0, 1 } } end))
    assert.matches("got inf at", message_of(function() m:predict { { math.huge } } end))
  end)

  it("leaves weights alone where an id is wrong", function()
    local m = rl.Sequential { rl.Input { shape = { 2 } }, layers.Embedding(4, 2), layers.Dense(1) }
    m:compile { optimizer = "sgd", loss = "mse" }
    local before = m:get_weights()
    assert.error_matches(function() m:train_on_batch({ { 1, 2 }, { 3, 4 } }, rl.zeros { 2, 2, 1 }) end, "position %(2, 2%)")
    for i, weight in ipairs(m:get_weights()) do assert.is_true(rl.equal(before[i], weight)) end
  end)

  it("takes more ids than numbers can tell apart for a mistake", function()
    assert.error_matches(function() layers.Embedding(16777217, 2) end, "'input_dim' must be in %[1, 16777216%]")
  end)

  it("learns with unknown timesteps, of any number", function()
    local m = rl.Sequential { rl.Input { shape = { -1 } }, layers.Embedding(5, 4), layers.SimpleRNN(4), layers.Dense(1) }
    m:compile { optimizer = "adam", loss = "mse" }
    m:fit({ { 1, 2, 3 } }, { 1 }, { verbose = 0 })
    m:fit({ { 1, 2, 3, 4, 4 } }, { 1 }, { verbose = 0 })
    assert.same({ 1, 1 }, m:predict { { 4 } }.shape)
  end)

  it("masks id 0 if told so", function()
    local m = rl.Sequential { rl.Input { shape = { 2 } }, layers.Embedding { 3, 1, mask_zero = true,
      embeddings_initializer = "ones" } }
    m:compile { optimizer = "sgd", loss = "mse" }
    assert.near(4, m:evaluate({ { 1, 0 } }, { { { 3 }, { 9 } } }, { verbose = 0 }), 1e-6)
  end)
end)

describe("BatchNormalization", function()
  local function model(options)
    return rl.Sequential { rl.Input { shape = { 2 } }, layers.BatchNormalization(options) }
  end

  it("keeps moving averages while training, and no trainer's step changes them else", function()
    local m = model { momentum = 0.5, name = "b" }
    m:compile { optimizer = rl.optimizers.SGD(0.0), loss = "mse" }
    m:train_on_batch({ { 1, 2 }, { 3, 6 } }, { { 0, 0 }, { 0, 0 } })
    local weights = m:get_weights()
    assert.tensor_near({ 1, 2 }, weights[3], 1e-6)
    assert.tensor_near({ 0.5 + 0.5 * 1, 0.5 + 0.5 * 4 }, weights[4], 1e-6)
    m:predict { { 9, 9 } }
    m:evaluate({ { 9, 9 } }, { { 0, 0 } }, { verbose = 0 })
    assert.tensor_near({ 1, 2 }, m:get_weights()[3], 1e-6)
    assert.equal(2, #m.layers[1].trainable_weights)
    assert.equal(2, #m.layers[1].non_trainable_weights)
  end)

  it("goes by them where it is not trainable, and leaves them", function()
    local m = model { trainable = false }
    m:compile { optimizer = "sgd", loss = "mse" }
    local before = m:get_weights()
    m:fit({ { 1, 2 }, { 3, 6 } }, { { 0, 0 }, { 0, 0 } }, { verbose = 0 })
    for i, weight in ipairs(m:get_weights()) do assert.is_true(rl.equal(before[i], weight)) end
  end)

  it("keeps them when called on a tensor with training, but not without", function()
    local layer = layers.BatchNormalization { momentum = 0 }
    layer(rl.tensor { { 1.0 }, { 3.0 } })
    assert.same({ 0 }, layer.moving_mean:totable())
    assert.tensor_near({ { -1 }, { 1 } }, layer(rl.tensor { { 1.0 }, { 3.0 } }, { training = true }), 1e-3)
    assert.tensor_near({ 2 }, layer.moving_mean, 1e-6)
  end)

  it("is not led astray by NaN behind a mask", function()
    local m = rl.Sequential { rl.Input { shape = { 2 } }, layers.Embedding { 3, 1, mask_zero = true },
      layers.BatchNormalization { momentum = 0 } }
    m:compile { optimizer = "sgd", loss = "mse" }
    m:set_weights { { { 0 / 0 }, { 2 }, { 4 } }, { 1 }, { 0 }, { 0 }, { 1 } }
    m:train_on_batch({ { 1, 0 }, { 2, 0 } }, rl.zeros { 2, 2, 1 })
    assert.tensor_near({ 3 }, m:get_weights()[4], 1e-5)
    assert.tensor_near({ 1 }, m:get_weights()[5], 1e-5)
  end)

  it("refuses axes it cannot work along", function()
    assert.matches("^b %(BatchNormalization%): argument 'axis': axis 1 of an input of shape %(None, 2%) is the batch's$",
      message_of(function() model { 1, name = "b" } end))
    assert.matches("axis %-2 of an input .* is the batch's", message_of(function() model { -2 } end))
    for _, axis in ipairs { 3, -3 } do
      assert.matches(("'axis': %d"):format(axis):gsub("%-", "%%-") .. " is no axis of an input of shape %(None, 2%)",
        message_of(function() model { axis } end))
    end
    assert.error_matches(function()
      rl.Sequential { rl.Input { shape = { -1, 2 } }, layers.BatchNormalization { axis = 2 } }
    end, "expected a known size of axis 2, got an input of shape %(None, None, 2%)")
    assert.error_matches(function() layers.BatchNormalization { momentum = 1.5 } end, "'momentum' must be in %[0, 1%]")
  end)
end)

describe("LayerNormalization", function()
  it("takes unknown timesteps, but not along them", function()
    local layer = layers.LayerNormalization()
    layer:build { -1, -1, 3 }
    assert.equal(6, layer:count_params())
    assert.error_matches(function() layers.LayerNormalization(2):build { -1, -1, 3 } end, "known size of axis 2")
    layers.LayerNormalization { axis = 2, center = false, scale = false }:build { -1, -1, 3 }
  end)

  it("has weights of the shape of its axes", function()
    local layer = layers.LayerNormalization { axis = { 4, 2 } }
    layer:build { -1, 2, 3, 5 }
    assert.same({ 2, 5 }, layer.gamma.shape)
    assert.error_matches(function() layers.LayerNormalization { axis = { 2, -1 } }:build { -1, 2 } end, "named twice")
    assert.error_matches(function() layers.LayerNormalization { axis = {} }:build { -1, 2 } end, "must name an axis")
    assert.error_matches(function() layers.LayerNormalization { axis = 1.5 }:build { -1, 2 } end, "axes are whole numbers .* got 1.5")
    assert.error_matches(function() layers.BatchNormalization(0) end, "BatchNormalization: argument 'axis': .* got 0")
  end)

  it("gives the same bits at any number of threads", function()
    local x = rl.random.normal { shape = { 300, 130 } }
    local layer, threads, results = layers.LayerNormalization(), rl.config.threads(), {}
    for i, count in ipairs { 1, 3 } do
      rl.config.set_threads(count)
      results[i] = layer(x)
    end
    rl.config.set_threads(threads)
    assert.is_true(rl.equal(results[1], results[2]))
  end)
end)

describe("A layer whose weights go with other axes than the last", function()
  it("is not called on inputs that they don't fit", function()
    for _, layer in ipairs { layers.LayerNormalization(2), layers.BatchNormalization(2), layers.PReLU() } do
      layer(rl.zeros { 2, 5, 3 })
      layer(rl.zeros { 4, 5, 3 })
      assert.error_matches(function() layer(rl.zeros { 2, 6, 3 }) end,
        "was built for inputs of shape %(None, 5, 3%), got %(2, 6, 3%)")
    end
    local norm = layers.LayerNormalization(2)
    norm(rl.zeros { 2, 5, 3 })
    assert.same({ 2, 5, 7 }, norm(rl.zeros { 2, 5, 7 }).shape)
  end)
end)

describe("Layers that draw random numbers", function()
  local x = rl.ones { 200, 50 }
  before_each(function() rl.utils.set_random_seed(1) end)

  it("do nothing at inference, and give other numbers at each call of training", function()
    for _, layer in ipairs { layers.GaussianNoise(0.5), layers.GaussianDropout(0.5), layers.AlphaDropout(0.5) } do
      assert.is_true(rl.equal(x, layer(x)))
      local once, twice = layer(x, { training = true }), layer(x, { training = true })
      assert.is_false(rl.equal(once, twice))
    end
    local sequences = rl.ones { 3, 4, 5 }
    assert.is_true(rl.equal(sequences, layers.SpatialDropout1D(0.5)(sequences)))
  end)

  it("GaussianNoise: adds noise of that standard deviation", function()
    local noise = layers.GaussianNoise(0.25)(x, { training = true }) - x
    assert.near(0, noise:mean(), 0.01)
    assert.near(0.25, noise:std(), 0.01)
  end)

  it("GaussianDropout: multiplies by noise of mean 1", function()
    local y = layers.GaussianDropout(0.2)(x * 2, { training = true })
    assert.near(2, y:mean(), 0.03)
    assert.near(2 * math.sqrt(0.2 / 0.8), y:std(), 0.03)
  end)

  it("AlphaDropout: keeps mean and variance of normal numbers", function()
    local normal = rl.random.normal { shape = { 300, 100 } }
    local y = layers.AlphaDropout(0.3)(normal, { training = true })
    assert.near(0, y:mean(), 0.03)
    assert.near(1, y:std(), 0.03)
    local lowest = -1.6732632423543772 * 1.0507009873554805
    local a = ((1 - 0.3) * (1 + 0.3 * lowest ^ 2)) ^ -0.5
    local dropped = (y - (a * lowest - a * lowest * 0.3)):abs():lt(1e-5)
    assert.near(0.3, dropped:astype("float32"):mean(), 0.02)
  end)

  it("AlphaDropout: shares what is drawn along axes of noise_shape", function()
    local y = layers.AlphaDropout(0.5, { -1, 1 })(x, { training = true })
    assert.is_true(rl.equal(y:min(2), y:max(2)))
    assert.is_false(rl.equal(y:min(1), y:max(1)))
    assert.error_matches(function() layers.AlphaDropout(0.5, { 7, 1 }):build { 3, 4 } end, "axis 1 must be 1, %-1 or 3, got 7")
  end)

  it("SpatialDropout1D: drops whole features", function()
    local y = layers.SpatialDropout1D(0.25)(rl.ones { 100, 6, 20 }, { training = true })
    assert.is_true(rl.equal(y:min(2), y:max(2)))
    assert.near(1, y:mean(), 0.05)
    assert.near(0.25, y:eq(0):astype("float32"):mean(), 0.04)
    assert.near(1 / 0.75, y:max(), 1e-6)
    assert.error_matches(function() layers.SpatialDropout1D(0.5):build { 3, 4 } end,
      "expected %(batch, timesteps, features%), got %(3, 4%)")
  end)

  it("lets gradients through where it lets numbers through", function()
    local m = rl.Sequential { rl.Input { shape = { 8 } }, layers.Dense { 8, use_bias = false,
      kernel_initializer = "identity" }, layers.GaussianDropout { 0.4, seed = 5 } }
    m:compile { optimizer = rl.optimizers.SGD(4.0), loss = "mse" }
    m:train_on_batch(rl.ones { 1, 8 }, rl.zeros { 1, 8 })
    local factors = layers.GaussianDropout { 0.4, seed = 5 }(rl.ones { 1, 8 }, { training = true })
    -- d loss / d kernel[i][j] = 2/8 y_j f_j, and y = f
    local expected = rl.eye(8) - (factors * factors):astype "float64"
    assert.tensor_near(expected, m:get_weights()[1], 1e-5)
  end)

  it("draws the same numbers from the same seed", function()
    for _, name in ipairs { "GaussianNoise", "GaussianDropout", "AlphaDropout" } do
      local a, b = layers[name] { 0.5, seed = 4 }, layers[name] { 0.5, seed = 4 }
      assert.is_true(rl.equal(a(x, { training = true }), b(x, { training = true })))
    end
  end)
end)

describe("Layers over timesteps", function()
  local function refuses(layer, shape, message)
    local got = message_of(function() layer:build(shape) end)
    assert.equal(("%s (%s): "):format(layer.name, layer.class_name) .. message, got)
  end

  it("know shapes with unknown timesteps", function()
    assert.same({ -1, -1, 4 }, layers.Conv1D(4, 3):compute_output_shape { -1, -1, 2 })
    assert.same({ -1, -1, 2 }, layers.MaxPooling1D():compute_output_shape { -1, -1, 2 })
    assert.same({ -1, -1, 2 }, layers.ZeroPadding1D(2):compute_output_shape { -1, -1, 2 })
    assert.same({ -1, -1, 2 }, layers.Cropping1D(2):compute_output_shape { -1, -1, 2 })
    assert.same({ -1, -1, 2 }, layers.UpSampling1D(2):compute_output_shape { -1, -1, 2 })
  end)

  it("say what is wrong with an input", function()
    for _, layer in ipairs { layers.Conv1D(4, 3), layers.MaxPooling1D(), layers.AveragePooling1D(2),
                             layers.UpSampling1D(), layers.ZeroPadding1D(), layers.Cropping1D() } do
      refuses(layer, { -1, 5 }, "expected (batch, timesteps, features), got (None, 5)")
    end
    refuses(layers.Conv1D(4, 3), { -1, 2, 2 }, "expected at least 3 timesteps, that a window fits into, got 2")
    refuses(layers.Conv1D { 4, 3, dilation_rate = 3 }, { -1, 6, 2 },
      "expected at least 7 timesteps, that a window fits into, got 6")
    refuses(layers.Conv1D { 4, 3, groups = 2 }, { -1, 6, 3 },
      "expected a multiple of 'groups' (2) as size of the last axis, got 3")
    refuses(layers.Conv1D(4, 3), { -1, 6, -1 }, "expected a known size of the last axis, got None")
    refuses(layers.MaxPooling1D(3), { -1, 2, 2 }, "expected at least 3 timesteps (pool_size), got 2")
    refuses(layers.Cropping1D { 2, 1 }, { -1, 3, 2 },
      "expected more than 3 timesteps (what 'cropping' takes away), got 3")
  end)

  it("say what is wrong with arguments", function()
    assert.equal("Conv1D: argument 'filters' must be a multiple of 'groups' (2), got 3",
      message_of(function() layers.Conv1D { 3, 2, groups = 2 } end))
    assert.equal("Conv1D: 'strides' and 'dilation_rate' can't both be above 1, got 2 and 3",
      message_of(function() layers.Conv1D { 3, 2, strides = 2, dilation_rate = 3 } end))
    assert.equal("Conv1D: argument 'data_format' must be one of channels_last, got 'channels_first'",
      message_of(function() layers.Conv1D { 3, 2, data_format = "channels_first" } end))
    assert.equal("MaxPooling1D: argument 'padding' must be one of valid|same, got 'causal'",
      message_of(function() layers.MaxPooling1D { 2, padding = "causal" } end))
    assert.equal("ZeroPadding1D: argument 'padding' must be a number or two, got 3",
      message_of(function() layers.ZeroPadding1D { padding = { 1, 2, 3 } } end))
    assert.equal("Cropping1D: argument 'cropping' must be whole numbers, got 1.5",
      message_of(function() layers.Cropping1D { cropping = { 1, 1.5 } } end))
    assert.equal("AveragePooling1D: argument 'pool_size' is required",
      message_of(function() layers.AveragePooling1D() end))
  end)

  it("Conv1D gives the same bits at any number of threads", function()
    local x = rl.random.normal { shape = { 16, 40, 8 } }
    local layer, threads, results = layers.Conv1D(24, 5), rl.config.threads(), {}
    for i, count in ipairs { 1, 3 } do
      rl.config.set_threads(count)
      results[i] = layer(x)
    end
    rl.config.set_threads(threads)
    assert.is_true(rl.equal(results[1], results[2]))
  end)

  it("MaxPooling1D passes NaN on", function()
    local y = layers.MaxPooling1D()(rl.tensor { { { 1 }, { 0 / 0 }, { 3 }, { 4 } } })
    assert.is_nan(y[{ 1, 1, 1 }])
    assert.equal(4, y[{ 1, 2, 1 }])
  end)
end)

describe("PReLU", function()
  it("has an alpha for each element, or shares it", function()
    local layer = layers.PReLU()
    layer:build { -1, 4, 3 }
    assert.same({ 4, 3 }, layer.alpha.shape)
    layer = layers.PReLU { shared_axes = { 2 } }
    layer:build { -1, -1, 3 }
    assert.same({ 1, 3 }, layer.alpha.shape)
    assert.error_matches(function() layers.PReLU():build { -1, -1, 3 } end, "known size of axis 2, or 2 among 'shared_axes'")
    assert.error_matches(function() layers.PReLU { shared_axes = 1 }:build { -1, 3 } end, "is the batch's")
  end)
end)

describe("ActivityRegularization", function()
  it("adds to the loss, at training and in evaluate", function()
    local m = rl.Sequential { rl.Input { shape = { 2 } }, layers.ActivityRegularization { l1 = 0.5, l2 = 0.25 } }
    m:compile { optimizer = "sgd", loss = "mse" }
    local x = { { 1, -2 }, { 0, 3 } }
    assert.near((0.5 * 6 + 0.25 * 14) / 2, m:evaluate(x, x, { verbose = 0 }), 1e-6)
  end)
end)
