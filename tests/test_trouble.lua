--- Where a loss that is not finite comes from is told once a fit, on standard error; the training goes on, as in Keras.
local rl = require "rnnlua"

local NAN, INF = 0 / 0, math.huge

--- What f writes to standard error.
local function warnings(f)
  local stderr, said = io.stderr, {}
  io.stderr = { write = function(_, ...) said[#said + 1] = table.concat { ... } end }
  local ok, message = pcall(f)
  io.stderr = stderr
  assert(ok, message)
  return table.concat(said)
end

local X = rl.linspace(-1, 1, 10 * 4 * 3):reshape { 10, 4, 3 }:astype "float32"
local Y = rl.linspace(0, 1, 10):reshape { 10, 1 }:astype "float32"

local function with(t, position, value)
  local copy = t:copy()
  copy[position] = value
  return copy
end

local function rnn_model(given)
  local model = rl.Sequential {
    rl.layers.SimpleRNN { 4, activation = given.activation or "tanh", input_shape = { 4, 3 }, name = "memory" },
    rl.layers.Dense { 1, name = "answer", kernel_regularizer = given.regularizer },
  }
  model:compile { optimizer = given.optimizer or "sgd", loss = given.loss or "mse" }
  return model
end

local QUIET = { verbose = 0, batch_size = 4, shuffle = false, epochs = 3 }

local function tells(pattern, model, x, y, options)
  local text = warnings(function() model:fit(x, y, options or QUIET) end)
  assert.matches(pattern, text)
  assert.message("once").equal(1, select(2, text:gsub("warning:", "")))
end

describe("a loss that is not finite", function()
  it("is traced to the data, by row and timestep", function()
    tells("^warning: fit: the loss is not finite, first in epoch 1, step 2 of the training: x holds nan in row 7, "
      .. "timestep 3 of the data; rl.isnan", rnn_model {}, with(X, { 7, 3, 2 }, NAN), Y)
    tells("step 2 .- x holds inf in row 1, timestep 1 of the data", rnn_model {}, with(X, { 1, 1, 1 }, INF), Y) -- tanh(inf) is 1
    tells("step 3 .- y holds %-inf in row 10 of the data", rnn_model {}, X, with(Y, { 10, 1 }, -INF))
    tells("step 1 .- sample_weight holds nan in row 2 of the data", rnn_model {}, X, Y,
      { verbose = 0, batch_size = 4, shuffle = false, sample_weight = { 1, NAN, 1, 1, 1, 1, 1, 1, 1, 1 } })
  end)

  it("is traced to the same row where rows are shuffled, by the watched way too", function()
    local text = warnings(function()
      rnn_model {}:fit(with(X, { 7, 3, 2 }, NAN), Y, { verbose = 0, batch_size = 2, callbacks = {
        { on_epoch_end = function() end } } })
    end)
    assert.matches("epoch 1, step %d of the training: x holds nan in row 7, timestep 3", text)
  end)

  it("is traced to the layer whose output is the first", function()
    local steep = rnn_model { activation = "exponential" }
    steep:set_weights { rl.full({ 3, 4 }, -1), rl.ones { 4, 4 }, rl.ones { 4 }, rl.ones { 4, 1 }, rl.ones { 1 } }
    tells("step 1 .- layer memory %(SimpleRNN%) gives %a+ in row %d of the data, from inputs and weights that are finite; "
      .. "a smaller learning_rate, or clipnorm = 1 in the optimizer, may help, or inputs scaled", steep, X * 1000, Y)
    local model = rnn_model {}
    model:set_weights { rl.ones { 3, 4 }, rl.ones { 4, 4 }, rl.ones { 4 }, rl.full({ 4, 1 }, 3e38), rl.ones { 1 } }
    tells("layer answer %(Dense%) gives %-inf in row 1 of the data", model, X, Y)
  end)

  it("is traced to weights that a step has spoiled", function()
    local linear = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 }, name = "line" } }
    linear:compile { optimizer = rl.optimizers.SGD(3e38), loss = "mse" }
    tells("step %d+ has left %-?%a+ in weight 'kernel' of layer line %(Dense%).-clipnorm = 1", linear, Y, Y + 300,
      { verbose = 0, epochs = 20 })
    local fresh = rnn_model {}
    local weights = fresh:get_weights()
    weights[2][1][1] = NAN
    fresh:set_weights(weights)
    tells("weight 'recurrent_kernel' of layer memory %(SimpleRNN%) holds nan before any training", fresh, X, Y)
  end)

  it("is traced to the gradient that was not finite", function()
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 }, name = "inner", use_bias = false },
      rl.layers.Activation { rl.sqrt }, rl.layers.Dense { 1, name = "outer" } }
    model:compile { optimizer = "sgd", loss = "mse" }
    model:set_weights { { { 0 } }, { { 1 } }, { 0 } } -- the slope of a root at 0
    tells("step 1 has left %-?%a+ in weight 'kernel' of layer inner %(Dense%): the gradient of 'kernel' of layer inner %(Dense%) "
      .. "was not finite", model, Y, Y, { verbose = 0, epochs = 2 })
  end)

  it("is traced to the loss or a penalty where all else is finite", function()
    tells("the loss itself is inf, of predictions and targets that are finite", rnn_model {}, X, Y * 1e30 + 1e30)
    local model = rnn_model { regularizer = function(w) return rl.sum(w * w) * INF end }
    tells("a regularizer's penalty is inf", model, X, Y, { verbose = 0, epochs = 1 })
  end)

  it("is told again by the next fit, and by train_on_batch", function()
    local model, bad = rnn_model {}, with(X, { 1, 1, 1 }, NAN)
    tells("x holds nan in row 1, timestep 1", model, bad, Y)
    tells("x holds nan in row 1, timestep 1", rnn_model {}, bad, Y)
    tells("weight 'kernel' of layer memory %(SimpleRNN%)", model, X, Y)
    local other = rnn_model {}
    local text = warnings(function()
      other:train_on_batch(bad, Y)
      other:train_on_batch(bad, Y)
    end)
    assert.matches("^warning: train_on_batch: the loss is not finite, first in step 1 of the training: x holds nan in row 1, "
      .. "timestep 1 of the data[^\n]*\n$", text)
  end)

  it("ends nothing, and nothing is told of losses that are finite", function()
    local model = rnn_model {}
    assert.equal("", warnings(function() model:fit(X, Y, QUIET) end))
    local history
    warnings(function() history = model:fit(with(X, { 1, 1, 1 }, NAN), Y, QUIET).history end)
    assert.equal(3, #history.loss)
  end)

  it("is told beside the error of TerminateOnNaN", function()
    local text = warnings(function()
      assert.error_matches(function()
        rnn_model {}:fit(with(X, { 1, 1, 1 }, NAN), Y, { verbose = 0, callbacks = {
          rl.callbacks.TerminateOnNaN { raise_error = true } } })
      end, "NaN or Inf loss encountered at batch 0")
    end)
    assert.matches("x holds nan in row 1, timestep 1", text)
  end)
end)
