--- Callbacks: when Keras' ones act, the order of events, and what is refused.
local rl = require "rnnlua"
local golden = require "support.golden"

--- Runs f with print caught; returns what was printed.
local function printed(f)
  local lines, real = {}, _G.print
  _G.print = function(...) lines[#lines + 1] = table.concat({ ... }, "\t") end
  local ok, message = pcall(f)
  _G.print = real
  assert(ok, message)
  return lines
end

--- What keras_console.py gives the callbacks: the weights are the number of the epoch.
local function fake_model()
  local model = { stop_training = false, optimizer = { learning_rate = 0.1 } }
  function model:get_weights() return self.weights end
  function model:set_weights(weights) self.weights = weights end
  return model
end

local function play(callback, values)
  local model, rates, epochs = fake_model(), {}, 0
  callback.model = model
  local said = printed(function()
    callback:on_train_begin {}
    for k, value in ipairs(values) do
      epochs, model.weights = k, k - 1
      callback:on_epoch_end(k - 1, { loss = value })
      rates[k] = model.optimizer.learning_rate
      if model.stop_training then break end
    end
    if callback.on_train_end then callback:on_train_end {} end
  end)
  return { epochs = epochs, weights = model.weights, rates = rates, said = said }
end

local function label(arguments)
  local parts = {}
  for name, value in pairs(arguments) do parts[#parts + 1] = name .. "=" .. tostring(value) end
  table.sort(parts)
  return table.concat(parts, " ")
end

describe("EarlyStopping stops where Keras' does:", function()
  for i, case in ipairs(golden "keras_console".stopping) do
    it(("%d: %s"):format(i, label(case.arguments)), function()
      local result = play(rl.callbacks.EarlyStopping(case.arguments), case.values)
      assert.equal(case.epochs, result.epochs)
      assert.equal(case.weights, result.weights)
      assert.same(case.said, result.said)
    end)
  end
end)

describe("ReduceLROnPlateau lowers the rate where Keras' does:", function()
  for i, case in ipairs(golden "keras_console".plateau) do
    it(("%d: %s"):format(i, label(case.arguments)), function()
      local result = play(rl.callbacks.ReduceLROnPlateau(case.arguments), case.values)
      assert.equal(#case.rates, #result.rates)
      for k, rate in ipairs(case.rates) do assert.near(rate, result.rates[k], 1e-12) end
      assert.equal(#case.said, #result.said)
      for k, text in ipairs(case.said) do
        local words = "^\nEpoch %d+: ReduceLROnPlateau reducing learning rate to "
        assert.equal(text:match(words), result.said[k]:match(words))
      end
    end)
  end
end)

-- with a real model ------------------------------------------------------------------------------------

local X, Y = rl.ones { 5, 2 }, rl.ones { 5 }

local function model()
  local m = rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } }
  m:compile { optimizer = "sgd", loss = "mse", metrics = { "mae" } }
  return m
end

--- A callback that writes down every event as "name arguments".
local function recorder(events)
  local callback = {}
  for _, name in ipairs { "on_train_begin", "on_train_end", "on_test_begin", "on_test_end", "on_predict_begin",
    "on_predict_end" } do
    callback[name] = function(_, logs)
      assert(type(logs) == "table")
      events[#events + 1] = name
    end
  end
  for _, name in ipairs { "on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end",
    "on_test_batch_begin", "on_test_batch_end", "on_predict_batch_begin", "on_predict_batch_end" } do
    callback[name] = function(_, number, logs)
      assert(type(logs) == "table")
      events[#events + 1] = name .. " " .. number
    end
  end
  return callback
end

describe("events", function()
  it("come in Keras' order, counted from 0", function()
    local events = {}
    model():fit(X, Y, { epochs = 2, batch_size = 3, verbose = 0, validation_data = { X, Y }, validation_freq = 2,
      callbacks = { recorder(events) } })
    assert.same({ "on_train_begin",
      "on_epoch_begin 0", "on_train_batch_begin 0", "on_train_batch_end 0", "on_train_batch_begin 1",
      "on_train_batch_end 1", "on_epoch_end 0",
      "on_epoch_begin 1", "on_train_batch_begin 0", "on_train_batch_end 0", "on_train_batch_begin 1",
      "on_train_batch_end 1", "on_test_begin", "on_test_batch_begin 0", "on_test_batch_end 0",
      "on_test_batch_begin 1", "on_test_batch_end 1", "on_test_end", "on_epoch_end 1",
      "on_train_end" }, events)
  end)

  it("come from evaluate and predict too", function()
    local events, m = {}, model()
    m:evaluate(X, Y, { batch_size = 4, verbose = 0, callbacks = recorder(events) })
    m:predict(X, { batch_size = 4, callbacks = recorder(events) })
    assert.same({ "on_test_begin", "on_test_batch_begin 0", "on_test_batch_end 0", "on_test_batch_begin 1",
      "on_test_batch_end 1", "on_test_end", "on_predict_begin", "on_predict_batch_begin 0",
      "on_predict_batch_end 0", "on_predict_batch_begin 1", "on_predict_batch_end 1", "on_predict_end" }, events)
  end)

  it("bring logs: running means for a batch, validation with the epoch", function()
    local batch_logs, epoch_logs, history
    history = model():fit(X, Y, { batch_size = 3, verbose = 0, validation_data = { X, Y }, callbacks = {
      { on_train_batch_end = function(_, _, logs) batch_logs = logs end,
        on_epoch_end = function(_, _, logs)
          epoch_logs = logs
          logs.extra = 7
        end } } })
    assert.is_nil(batch_logs.val_loss)
    assert.equal(history.history.loss[1], batch_logs.loss)
    assert.equal(history.history.mae[1], epoch_logs.mae)
    assert.equal(history.history.val_loss[1], epoch_logs.val_loss)
    assert.equal(7, history.history.extra[1]) -- what a callback adds is kept, as in Keras
  end)

  it("know the model and how fit was called", function()
    local callback = { on_train_begin = function(self) self.seen = self.params end }
    local m = model()
    m:fit(X, Y, { epochs = 3, batch_size = 2, verbose = 0, callbacks = callback })
    assert.equal(m, callback.model)
    assert.same({ epochs = 3, steps = 3, verbose = 0 }, callback.seen)
  end)

  it("of an object with a class, and the older names for batches", function()
    local Class = { batches = 0 }
    Class.__index = Class
    function Class:on_batch_end() self.batches = self.batches + 1 end
    local object = setmetatable({}, Class)
    model():fit(X, Y, { epochs = 2, batch_size = 2, verbose = 0, callbacks = { object } })
    assert.equal(6, object.batches)
  end)

  it("may evaluate, predict and read the model's state on the way", function()
    local m, losses = model(), {}
    m:fit(X, Y, { epochs = 3, batch_size = 2, verbose = 0, validation_split = 0.2, callbacks = {
      { on_train_batch_end = function() m:predict(X) end,
        on_epoch_end = function(_, epoch, logs)
          losses[epoch + 1] = { m:evaluate(X, Y, { verbose = 0 }), #m:get_weights() }
        end } } })
    assert.equal(3, #losses)
    assert.equal(2, losses[3][2])
  end)
end)

describe("stop_training", function()
  it("ends the epoch at the batch", function()
    local m, batches = model(), 0
    local history = m:fit(X, Y, { epochs = 5, batch_size = 1, verbose = 0, callbacks = {
      { on_train_batch_end = function(self, batch)
        batches = batches + 1
        if batch == 1 then self.model.stop_training = true end
      end } } })
    assert.equal(2, batches)
    assert.same({ 0 }, history.epoch)
  end)

  it("does not outlast its fit", function()
    local m = model()
    m.stop_training = true
    assert.equal(2, #m:fit(X, Y, { epochs = 2, verbose = 0 }).epoch)
  end)
end)

describe("EarlyStopping in fit", function()
  it("restores the best weights, and says so", function()
    local m, best = model(), nil
    local stop = rl.callbacks.EarlyStopping { "loss", patience = 2, restore_best_weights = true, verbose = 1 }
    local keep = { on_epoch_end = function(_, epoch, logs)
      if epoch == 0 then best = m:get_weights()[1]:copy() end
      logs.loss = epoch -- it only gets worse
    end }
    local lines = printed(function() m:fit(X, Y, { epochs = 9, verbose = 0, callbacks = { keep, stop } }) end)
    assert.same({ "Epoch 3: early stopping", "Restoring model weights from the end of the best epoch: 1." }, lines)
    assert.tensor_near(best, m:get_weights()[1], 0)
  end)

  it("takes its arguments by position as well", function()
    assert.equal("loss", rl.callbacks.EarlyStopping("loss").monitor)
    assert.equal(3, rl.callbacks.EarlyStopping("loss", { patience = 3 }).patience)
    assert.equal("val_loss", rl.callbacks.EarlyStopping().monitor)
  end)

  it("finds out the direction of an accuracy, and asks for that of what it does not know", function()
    local m = rl.Sequential { rl.layers.Dense { 1, activation = "sigmoid", input_shape = { 2 } } }
    m:compile { optimizer = rl.optimizers.SGD(0), loss = "mse", metrics = { "accuracy" } } -- which stays as it is
    local stop = rl.callbacks.EarlyStopping { monitor = "accuracy", patience = 1 }
    assert.equal(2, #m:fit(X, Y, { epochs = 9, verbose = 0, callbacks = stop }).epoch)
    m:compile { optimizer = "sgd", loss = "mse", metrics = { rl.metrics.BinaryAccuracy { name = "score" } } }
    stop = rl.callbacks.EarlyStopping { monitor = "score", patience = 1 }
    local rising = { on_epoch_end = function(_, epoch, logs) logs.score = epoch end }
    assert.equal(9, #m:fit(X, Y, { epochs = 9, verbose = 0, callbacks = { rising, stop } }).epoch) -- by its type
    m:compile { optimizer = "sgd", loss = "mse", metrics = { rl.metrics.MeanSquaredError { name = "score" } } }
    assert.equal(2, #m:fit(X, Y, { epochs = 9, verbose = 0, callbacks = { rising, stop } }).epoch)
    m:compile { optimizer = "sgd", loss = "mse", metrics = { "accuracy" } }
    assert.error_matches(function()
      m:fit(X, Y, { verbose = 0, callbacks = rl.callbacks.EarlyStopping { monitor = "acuracy" } })
    end, "EarlyStopping: it can't be told whether 'acuracy' should grow or shrink %(did you mean 'accuracy'%?%)")
  end)
end)

describe("the other callbacks", function()
  it("TerminateOnNaN stops at the batch", function()
    local bad = rl.full({ 4, 2 }, 0 / 0)
    local m = model()
    local lines = printed(function()
      m:fit(bad, rl.ones { 4 }, { epochs = 3, batch_size = 2, verbose = 0, callbacks = rl.callbacks.TerminateOnNaN() })
    end)
    assert.same({ "Batch 0: Invalid loss, terminating training" }, lines)
    assert.same({ 0 }, m.history.epoch)
    assert.error_matches(function()
      m:fit(bad, rl.ones { 4 }, { verbose = 0, callbacks = rl.callbacks.TerminateOnNaN { raise_error = true } })
    end, "NaN or Inf loss encountered at batch 0")
  end)

  it("LearningRateScheduler sets the rate before each epoch", function()
    local m, seen = model(), {}
    local schedule = rl.callbacks.LearningRateScheduler(function(epoch, rate)
      seen[epoch + 1] = rate
      return rate / 2
    end)
    local history = m:fit(X, Y, { epochs = 3, verbose = 0, callbacks = schedule }).history
    for k, rate in ipairs { 0.01, 0.005, 0.0025 } do
      assert.near(rate, seen[k], 1e-9)
      assert.near(rate / 2, history.learning_rate[k], 1e-9)
    end
    assert.near(0.00125, m.optimizer.learning_rate, 1e-9)
  end)

  it("report the rate of a schedule", function()
    local rate = rl.optimizers.schedules.ExponentialDecay { 0.1, 1, 0.5 }
    local m = model()
    m:compile { optimizer = rl.optimizers.SGD { learning_rate = rate }, loss = "mse" }
    local plateau = rl.callbacks.ReduceLROnPlateau { monitor = "loss", patience = 5 }
    local history = m:fit(X, Y, { epochs = 3, batch_size = 5, verbose = 0, callbacks = plateau }).history
    for k, expected in ipairs { 0.05, 0.025, 0.0125 } do assert.near(expected, history.learning_rate[k], 1e-7) end
    assert.error_matches(function()
      m:fit(X, Y, { verbose = 0, callbacks = rl.callbacks.LearningRateScheduler(function() return 1 end) })
    end, "follows a schedule")
  end)

  it("LambdaCallback calls functions without self", function()
    local seen = {}
    model():fit(X, Y, { epochs = 2, verbose = 0, callbacks = {
      rl.callbacks.LambdaCallback { on_epoch_end = function(epoch, logs) seen[epoch + 1] = logs.loss end } } })
    assert.equal(2, #seen)
  end)

  it("CSVLogger writes a line an epoch", function()
    local name = os.tmpname()
    finally(function() os.remove(name) end)
    local logger = rl.callbacks.CSVLogger { name, separator = ";" }
    local history = model():fit(X, Y, { epochs = 2, verbose = 0, callbacks = logger }).history
    local file <close> = assert(io.open(name))
    assert.equal("epoch;loss;mae;val_loss;val_mae", file:read "l")
    local epoch, loss, mae, rest = file:read "l":match "^(%d+);([^;]+);([^;]+);(.*)$"
    assert.equal("0", epoch)
    assert.near(history.loss[1], tonumber(loss), 0)
    assert.near(history.mae[1], tonumber(mae), 0)
    assert.equal("NA;NA", rest)
    assert.matches("^1;", file:read "l")
    assert.is_nil(file:read "l")
    logger = rl.callbacks.CSVLogger { name, separator = ";", append = true }
    model():fit(X, Y, { epochs = 1, verbose = 0, callbacks = logger })
    local again <close> = assert(io.open(name))
    local text = again:read "a"
    assert.equal(4, select(2, text:gsub("\n", "")))
  end)
end)

describe("callbacks refuse", function()
  local function refused(callbacks, pattern)
    return function()
      assert.error_matches(function() model():fit(X, Y, { verbose = 0, callbacks = callbacks }) end, pattern)
    end
  end

  it("a misspelt event", refused({ { on_epoch_edn = function() end } },
    "fit: callbacks%[1%]: a callback has no event 'on_epoch_edn' %(did you mean 'on_epoch_end'%?%)"))
  it("a misspelt event in a class", refused({ setmetatable({}, { __index = { on_trian_begin = function() end } }) },
    "no event 'on_trian_begin' %(did you mean 'on_train_begin'%?%)"))
  it("a misspelt event in camel case", refused({ { onEpochEnd = function() end } }, "no event 'onEpochEnd'"))
  it("functions that nobody will call", refused({ { epoch_end = function() end } },
    "fit: callbacks%[1%]: 'epoch_end' is no event of callbacks %(did you mean 'on_epoch_end'%?%)"))
  it("a list with names in it", refused({ { on_epoch_end = function() end }, verbose = 1 },
    "fit: callbacks must be a list, it has a field 'verbose'"))
  it("what is no callback", refused({ 7 }, "fit: callbacks%[1%]: a callback must be a table, got 7"))
  it("a function in their place", refused(function() end, "fit: argument 'callbacks' must be a table, got a function"))

  it("arguments they do not know", function()
    assert.error_matches(function() rl.callbacks.EarlyStopping { patiense = 2 } end,
      "EarlyStopping: unknown argument 'patiense' %(did you mean 'patience'%?%)")
    assert.error_matches(function() rl.callbacks.EarlyStopping { patience = -1 } end,
      "EarlyStopping: argument 'patience' must be in %[0, inf%), got %-1")
    assert.error_matches(function() rl.callbacks.EarlyStopping { mode = "maxi" } end,
      "EarlyStopping: argument 'mode' must be one of auto|min|max, got 'maxi' %(did you mean 'max'%?%)")
    assert.error_matches(function() rl.callbacks.ReduceLROnPlateau { factor = 1 } end,
      "ReduceLROnPlateau: argument 'factor' must be in %(0, 1%), got 1")
    assert.error_matches(function() rl.callbacks.LambdaCallback { on_epoch_ende = print } end,
      "LambdaCallback: unknown argument 'on_epoch_ende' %(did you mean 'on_epoch_end'%?%)")
    assert.error_matches(function() rl.callbacks.LambdaCallback { on_epoch_end = 3 } end,
      "LambdaCallback: argument 'on_epoch_end' must be a function, got 3")
    assert.error_matches(function() rl.callbacks.LearningRateScheduler() end,
      "LearningRateScheduler: argument 'schedule' is required")
    assert.error_matches(function() rl.callbacks.EarlyStoping() end,
      "has no 'EarlyStoping' %(did you mean 'EarlyStopping'%?%)")
  end)
end)
