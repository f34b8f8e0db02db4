--- fit: its options, generators, coroutines, Ctrl-C, and errors after which the model still works. That the
--- numbers are Keras' is held by test_training_golden.lua.
local rl = require "rnnlua"
local L = rl.layers

rl.utils.set_random_seed(7)
local X, Y = rl.random.normal { shape = { 10, 3 } }, rl.random.normal { shape = { 10, 2 } }

local function model(options)
  options = options or {}
  local m = rl.Sequential { L.Dense { 4, activation = "tanh", input_shape = { 3 }, name = "one" }, L.Dense { 2, name = "two" } }
  m:compile { optimizer = options.optimizer or "adam", loss = "mse", metrics = options.metrics }
  return m
end

--- Two models with the same weights.
local function twins(options)
  local a, b = model(options), model(options)
  b:set_weights(a:get_weights())
  return a, b
end

local function assert_same_weights(a, b, tolerance)
  local other = b:get_weights()
  for i, weight in ipairs(a:get_weights()) do assert.tensor_near(weight, other[i], tolerance or 0) end
end

--- f must raise at its own line in this file; afterwards `m` trains on.
local function refused(m, pattern, f)
  local ok, message = pcall(f)
  assert.is_false(ok)
  assert.matches(pattern, message)
  assert.message(message).equal(debug.getinfo(f, "S").linedefined, tonumber(message:match "test_fit%.lua:(%d+): "))
  assert.equal(1, #m:fit(X, Y, { verbose = 0 }).epoch)
end

describe("history", function()
  it("has a list for each log, and epochs from 0", function()
    local m = model { metrics = { "mae" } }
    local h = m:fit(X, Y, { epochs = 3, batch_size = 4, verbose = 0 })
    assert.same({ 0, 1, 2 }, h.epoch)
    assert.equal(3, #h.history.loss)
    assert.equal(3, #h.history.mae)
    assert.is_nil(h.history.val_loss)
    assert.same({ epochs = 3, steps = 3, verbose = 0 }, h.params)
    assert.equal(h, m.history)
    assert.equal("<History: 3 epochs of loss, mae>", tostring(h))
  end)

  it("is a new one for each fit, counted from initial_epoch", function()
    local m = model()
    local first = m:fit(X, Y, { epochs = 2, verbose = 0 })
    local second = m:fit(X, Y, { epochs = 5, initial_epoch = 2, verbose = 0 })
    assert.same({ 2, 3, 4 }, second.epoch)
    assert.same({ 0, 1 }, first.epoch)
    assert.same({}, m:fit(X, Y, { epochs = 0, verbose = 0 }).epoch)
  end)

  it("is the same whether somebody watches or not", function()
    local a, b = twins { metrics = { "mae" } }
    local quiet = a:fit(X, Y, { epochs = 4, batch_size = 3, shuffle = false, verbose = 0 })
    local watched = b:fit(X, Y, { epochs = 4, batch_size = 3, shuffle = false, verbose = 0,
      callbacks = { { on_train_batch_end = function() end } } })
    assert.same(quiet.history, watched.history)
    assert_same_weights(a, b)
  end)

  it("of a warm epoch costs no more than its entries", function()
    local m = model()
    local function grown(epochs)
      collectgarbage()
      collectgarbage "stop"
      local before = collectgarbage "count"
      local history = m:fit(X, Y, { epochs = epochs, batch_size = 4, verbose = 0 })
      local after = collectgarbage "count"
      collectgarbage "restart"
      return (after - before) * 1024, history
    end
    grown(10)
    local bytes = grown(3000) - grown(1000)
    assert.message(bytes .. " bytes for 2000 epochs").truthy(bytes <= 2000 * 2 * 16 + 64)
  end)
  it("of a warm epoch allocates nothing", function()
    local faults = require "support.native" "faults"
    if not faults then pending "make support builds what counts allocations" end
    local m = rl.Sequential { L.SimpleRNN { 10, input_shape = { 4, 1 } }, L.Dense(1) } -- the notebook's
    m:compile { optimizer = "adam", loss = "mse" }
    local x, y = rl.ones { 6, 4, 1 }, rl.ones { 6 }
    local function made(epochs)
      local _, message, count = faults.run(function() m:fit(x, y, { epochs = epochs, verbose = 0 }) end, 0)
      assert.is_nil(message)
      return count
    end
    collectgarbage "stop"
    made(1)
    local few, many = made(2), made(1002)
    collectgarbage "restart"
    assert.equal(few, many)
  end)
end)

describe("shuffle", function()
  it("takes rows in another order each epoch, by the seed", function()
    local a, b = twins()
    rl.utils.set_random_seed(3)
    local first = a:fit(X, Y, { epochs = 3, batch_size = 2, verbose = 0 }).history.loss
    rl.utils.set_random_seed(3)
    assert.same(first, b:fit(X, Y, { epochs = 3, batch_size = 2, verbose = 0 }).history.loss)
    local c, d = twins()
    local shuffled = c:fit(X, Y, { batch_size = 2, verbose = 0 }).history.loss[1]
    assert.not_equal(shuffled, d:fit(X, Y, { batch_size = 2, verbose = 0, shuffle = false }).history.loss[1])
  end)
end)

describe("validation", function()
  it("split takes the tail, by Keras' floor", function()
    for _, case in ipairs { { 0.25, 7 }, { 0.2, 8 }, { 0.1, 9 }, { 0.99, 0 }, { 0.5, 5 } } do
      local m = model()
      if case[2] == 0 then
        refused(m, "fit: 10 rows can't be split by validation_split = 0.99: one part would be empty",
          function() m:fit(X, Y, { validation_split = 0.99 }) end)
      else
        local a, b = twins()
        local split = a:fit(X, Y, { validation_split = case[1], shuffle = false, batch_size = 3, verbose = 0 })
        local n = case[2]
        local given = b:fit(X[{ { 1, n } }], Y[{ { 1, n } }], { shuffle = false, batch_size = 3, verbose = 0,
          validation_data = { X[{ { n + 1, 10 } }], Y[{ { n + 1, 10 } }] } })
        assert.same(given.history, split.history)
        assert_same_weights(a, b)
      end
    end
  end)

  it("of a split is not weighted by class_weight, as in Keras", function()
    local m = rl.Sequential { L.Dense { 2, activation = "softmax", input_shape = { 3 } } }
    m:compile { loss = "sparse_categorical_crossentropy", weighted_metrics = { "accuracy" } }
    local classes = rl.tensor { 0, 1, 0, 1, 1, 0, 1, 0, 0, 1 }
    local h = m:fit(X, classes, { verbose = 0, validation_split = 0.4, class_weight = { [0] = 0.1, [1] = 3 } })
    local loss, accuracy = m:evaluate(X[{ { 7, 10 } }], classes[{ { 7, 10 } }], { verbose = 0 })
    assert.near(loss, h.history.val_loss[1], 1e-6)
    assert.near(accuracy, h.history.val_accuracy[1], 1e-6)
  end)

  it("with validation_steps judges the same first batches in every epoch", function()
    local m, losses = model(), {}
    local first = { X[{ { 1, 4 } }], Y[{ { 1, 4 } }] }
    local judge = { on_epoch_end = function() losses[#losses + 1] = m:evaluate(first[1], first[2], { verbose = 0 }) end }
    local h = m:fit(X, Y, { epochs = 3, verbose = 0, validation_data = { X, Y }, validation_steps = 2,
      validation_batch_size = 2, callbacks = judge })
    assert.tensor_near(losses, h.history.val_loss, 1e-6)
  end)

  it("happens in the epochs asked for", function()
    local m = model()
    local h = m:fit(X, Y, { epochs = 5, verbose = 0, validation_data = { X, Y }, validation_freq = 2 })
    assert.equal(2, #h.history.val_loss)
    h = m:fit(X, Y, { epochs = 5, verbose = 0, validation_data = { X, Y }, validation_freq = { 1, 4, 5 } })
    assert.equal(3, #h.history.val_loss)
    assert.near(m:evaluate(X, Y, { verbose = 0 }), h.history.val_loss[3], 1e-6)
  end)

  it("may be batches of its own, or only some of them", function()
    local m, seen = model(), 0
    local count = { on_test_batch_end = function() seen = seen + 1 end }
    m:fit(X, Y, { verbose = 0, validation_data = { X, Y }, validation_batch_size = 3, callbacks = count })
    assert.equal(4, seen)
    seen = 0
    m:fit(X, Y, { verbose = 0, validation_data = { X, Y }, validation_batch_size = 3, validation_steps = 2, callbacks = count })
    assert.equal(2, seen)
  end)

  it("of some steps begins at the first row in every epoch, as in Keras", function()
    local x, y = rl.ones { 8, 1 }, rl.range(1, 8):reshape(8, 1)
    local function val_loss(options)
      local m = rl.Sequential { L.Dense { 1, input_shape = { 1 }, kernel_initializer = "zeros" } }
      m:compile { optimizer = rl.optimizers.SGD(0), loss = "mse" } -- predicts 0 for good
      options.epochs, options.verbose, options.validation_data = 4, 0, { x, y }
      return m:fit(x, y, options).history.val_loss
    end
    assert.same({ 2.5, 2.5, 2.5, 2.5 }, val_loss { validation_batch_size = 2, validation_steps = 1 })
    assert.same({ 2.5, 2.5, 2.5, 2.5 }, val_loss { batch_size = 2, validation_steps = 1 })
    local six = 91 / 6 -- two batches of three rows
    for _, loss in ipairs(val_loss { validation_batch_size = 3, validation_steps = 2 }) do
      assert.near(six, loss, 1e-5)
    end
  end)

  it("may come from a generator", function()
    local m, calls = model(), 0
    local function batches()
      calls = calls + 1
      if calls % 3 ~= 0 then return X, Y end
    end
    local h = m:fit(X, Y, { epochs = 2, verbose = 0, validation_data = batches })
    assert.equal(2, #h.history.val_loss)
    assert.equal(6, calls)
    assert.near(m:evaluate(X, Y, { verbose = 0 }), h.history.val_loss[2], 1e-6)
  end)

  it("does not disturb training", function()
    local a, b = twins()
    local options = { epochs = 3, batch_size = 5, shuffle = false, verbose = 0, steps_per_epoch = 1 }
    local plain = a:fit(X, Y, options).history.loss
    options.validation_data = { X, Y }
    assert.same(plain, b:fit(X, Y, options).history.loss)
  end)
end)

describe("weights of samples", function()
  it("by class are those of their rows", function()
    local a, b = twins()
    local classes = rl.tensor { 0, 1, 1, 0, 1, 0, 0, 1, 0, 0 }
    local targets = rl.utils.to_categorical(classes)
    local by_class = { [0] = 0.5, [1] = 3 }
    for _, m in ipairs { a, b } do m:compile { optimizer = "adam", loss = "mse", weighted_metrics = { "mae" } } end
    local function weigh(y, weights)
      return { epochs = 2, verbose = 0, shuffle = false, class_weight = y, sample_weight = weights }
    end
    local weights = {}
    for i = 1, 10 do weights[i] = classes[i] == 1 and 3 or 0.5 end
    assert.same(a:fit(X, targets, weigh(by_class)).history, b:fit(X, targets, weigh(nil, weights)).history)
  end)

  it("of zero take rows out of the loss", function()
    local m = model { optimizer = rl.optimizers.SGD { learning_rate = 0 } }
    local all = m:fit(X, Y, { verbose = 0, sample_weight = rl.zeros { 10 } })
    assert.equal(0, all.history.loss[1])
  end)
end)

describe("steps_per_epoch", function()
  it("goes on in the data where the last epoch stopped", function()
    local a, b = twins()
    local seen = {}
    a:fit(X, Y, { epochs = 2, steps_per_epoch = 2, batch_size = 2, shuffle = false, verbose = 0,
      callbacks = { { on_epoch_end = function(_, epoch) seen[#seen + 1] = epoch end } } })
    for _, rows in ipairs { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } } do
      b:train_on_batch(X[{ rows }], Y[{ rows }])
    end
    assert_same_weights(a, b)
    assert.same({ 0, 1 }, seen)
  end)

  it("makes the batches if their size isn't given", function()
    assert.equal(2, model():fit(X, Y, { steps_per_epoch = 2, verbose = 0 }).params.steps)
  end)
end)

describe("a generator", function()
  it("may end its epoch where steps have ended it already", function()
    local calls = 0
    local function two_batches()
      calls = calls + 1
      if calls % 3 ~= 0 then return X, Y end
    end
    local m = model()
    local h = m:fit(two_batches, nil, { epochs = 3, steps_per_epoch = 2, verbose = 0 })
    assert.equal(3, #h.epoch)
    assert.equal(8, calls)
    calls = 0
    h = m:fit(X, Y, { epochs = 3, verbose = 0, validation_data = two_batches, validation_steps = 2 })
    assert.equal(3, #h.history.val_loss)
    assert.truthy(m:evaluate(two_batches, nil, { steps = 2, verbose = 0 }))
  end)

  --- Batches of `size` rows of X and Y; nil ends the epoch, the next call begins again.
  local function batches(size, counter)
    local first = 1
    return function()
      if counter then counter.calls = counter.calls + 1 end
      if first > 10 then
        first = 1
        return nil
      end
      local range = { { first, math.min(10, first + size - 1) } }
      first = first + size
      return X[range], Y[range]
    end
  end

  it("trains as the same rows in order", function()
    local a, b = twins { metrics = { "mae" } }
    local counter = { calls = 0 }
    local generated = a:fit(batches(4, counter), nil, { epochs = 3, verbose = 0 })
    local given = b:fit(X, Y, { epochs = 3, batch_size = 4, shuffle = false, verbose = 0 })
    for name, list in pairs(given.history) do assert.tensor_near(list, generated.history[name], 1e-6) end
    assert_same_weights(a, b)
    assert.equal(12, counter.calls)
    assert.is_nil(generated.params.steps)
  end)

  it("may be given without y, return weights, and tables", function()
    local m = model()
    local done = false
    m:fit(function()
      done = not done
      if done then return X:totable(), Y:totable(), rl.ones { 10 } end
    end, { epochs = 2, verbose = 0 })
    assert.equal(2, #m.history.epoch)
  end)

  it("may never end where steps_per_epoch does", function()
    local calls = 0
    local m = model()
    m:fit(function()
      calls = calls + 1
      return X, Y
    end, nil, { epochs = 3, steps_per_epoch = 4, verbose = 0 })
    assert.equal(12, calls)
  end)

  it("builds a model that was waiting for data", function()
    local m = rl.Sequential { L.Dense(2) }
    m:compile { optimizer = "sgd", loss = "mse" }
    m:fit(batches(5), nil, { verbose = 0 })
    assert.same({ -1, 3 }, m.input_shape)
  end)

  it("is refused what only arrays have", function()
    local m = model()
    refused(m, "fit: argument 'batch_size' has no meaning where x is a function", function() m:fit(batches(4), nil, { batch_size = 2 }) end)
    refused(m, "fit: argument 'validation_split' has no meaning", function() m:fit(batches(4), nil, { validation_split = 0.5 }) end)
    refused(m, "fit: argument 'sample_weight' has no meaning", function() m:fit(batches(4), nil, { sample_weight = Y }) end)
    refused(m, "fit: argument 'y' has no meaning", function() m:fit(batches(4), Y, {}) end)
    refused(m, "fit: the generator returned no batch for this epoch", function() m:fit(function() end, nil, { verbose = 0 }) end)
    refused(m, "fit: y %(targets%) expected, got nil", function() m:fit(function() return X end, nil, { verbose = 0 }) end)
    refused(m, "fit: x has 10 rows, y has 3", function() m:fit(function() return X, Y[{ { 1, 3 } }] end, nil, { verbose = 0 }) end)
    refused(m, "expected shape %(None, 3%), got %(10, 2%)", function() m:fit(function() return Y, Y end, nil, { verbose = 0 }) end)
  end)

  it("that raises passes its error on", function()
    local m = model()
    local ok, message = pcall(m.fit, m, function() error({ code = 5 }) end, nil, { verbose = 0 })
    assert.is_false(ok)
    assert.equal(5, message.code)
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).epoch)
  end)
end)

describe("in a coroutine", function()
  it("callbacks and generators may yield", function()
    local a, b = twins()
    local frames, first = 0, 1
    local training = coroutine.wrap(function()
      a:fit(function()
        coroutine.yield()
        if first > 10 then
          first = 1
          return nil
        end
        first = first + 5
        return X[{ { first - 5, first - 1 } }], Y[{ { first - 5, first - 1 } }]
      end, nil, { epochs = 2, verbose = 0, validation_data = { X, Y }, callbacks = {
        { on_train_batch_end = coroutine.yield, on_test_batch_end = coroutine.yield, on_epoch_end = coroutine.yield } } })
      return "done"
    end)
    while training() ~= "done" do frames = frames + 1 end
    assert.equal(2 * (3 + 2 + 1 + 1), frames)
    b:fit(X, Y, { epochs = 2, batch_size = 5, shuffle = false, verbose = 0 })
    assert_same_weights(a, b)
  end)

  it("a model waits for its fit to end", function()
    local m = model { metrics = {} }
    local thread = coroutine.create(function()
      m:fit(X, Y, { epochs = 2, verbose = 0, callbacks = { { on_epoch_end = coroutine.yield } } })
    end)
    assert(coroutine.resume(thread))
    local pattern = ": model '.-' is being fitted in a suspended coroutine"
    assert.error_matches(function() m:fit(X, Y) end, "fit" .. pattern)
    assert.error_matches(function() m:compile { loss = "mse" } end, "compile" .. pattern)
    assert.error_matches(function() m:add(L.Dense(1)) end, "add" .. pattern)
    assert.error_matches(function() m:train_on_batch(X, Y) end, "train_on_batch" .. pattern)
    assert.same({ 10, 2 }, m:predict(X).shape)
    assert(coroutine.close(thread))
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).epoch)
  end)

  it("one that is dropped sets its model free", function()
    local m = model()
    coroutine.wrap(function()
      m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = coroutine.yield } } })
    end)()
    collectgarbage()
    collectgarbage()
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).epoch)
  end)
end)

describe("during fit", function()
  it("the model can't be compiled or changed", function()
    local m = model()
    local function inside(f)
      return function() m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = f } } }) end
    end
    assert.error_matches(inside(function() m:compile { loss = "mae" } end), "compile: model '.-' is being fitted")
    assert.error_matches(inside(function() m:add(L.Dense(1)) end), "add: model '.-' is being fitted")
    assert.error_matches(inside(function() m:pop() end), "pop: model '.-' is being fitted")
    assert.error_matches(inside(function() m:fit(X, Y) end), "fit: model '.-' is being fitted")
    assert.equal(1, #m:fit(X, Y, { verbose = 0 }).epoch)
  end)

  it("its weights can", function()
    local m = model { optimizer = rl.optimizers.SGD { learning_rate = 0 } }
    local zeros = {}
    for i, weight in ipairs(m:get_weights()) do zeros[i] = weight * 0 end
    m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = function() m:set_weights(zeros) end } } })
    assert.tensor_near(rl.zeros { 10, 2 }, m:predict(X), 0)
  end)

  it("the optimizer's learning rate can", function()
    local m = model { optimizer = "sgd" }
    local before = m:get_weights()
    m:fit(X, Y, { verbose = 0, callbacks = { { on_train_begin = function() m.optimizer.learning_rate = 0 end } } })
    for i, weight in ipairs(m:get_weights()) do assert.tensor_near(before[i], weight, 0) end
  end)
end)

describe("during evaluate and predict", function()
  local function refused(during, f, pattern)
    local m = model()
    m:compile { optimizer = "sgd", loss = "mse" }
    during(m, function() assert.error_matches(function() f(m) end, pattern) end)
    assert.same({ 2, 2 }, m:predict(X[{ { 1, 2 } }]).shape) -- goes on working
    local loss = m:evaluate(X, Y, { verbose = 0 })
    assert.equal(loss, m:evaluate(X, Y, { verbose = 0 }))
    m:compile { loss = "mae" } -- when all is over
    return m
  end

  local function compile(m) m:compile { loss = "mae" } end
  local function add(m) m:add(L.Dense(1)) end
  local function pop(m) m:pop() end
  local function build(m) m:build { -1, 3 } end

  local during = {
    ["being evaluated"] = function(m, f) m:evaluate(X, Y, { verbose = 0, callbacks = { { on_test_batch_end = f } } }) end,
    predicting = function(m, f) m:predict(X, { callbacks = { { on_predict_batch_end = f } } }) end,
  }
  for doing, run in pairs(during) do
    for who, f in pairs { compile = compile, add = add, pop = pop, build = build } do
      it(("%s is refused while the model is %s"):format(who, doing), function()
        refused(run, f, ("%s: model '.-' is %s$"):format(who, doing))
      end)
    end
  end

  it("a generator can't compile either", function()
    refused(function(m, f)
      local given = false
      m:evaluate(function()
        f()
        given = not given
        if given then return X, Y end
      end, { verbose = 0 })
    end, compile, "compile: model '.-' is being evaluated")
  end)

  it("of a fit the fit is what is named, and an evaluate inside does not end it", function()
    refused(function(m, f)
      local inner = { on_test_end = f }
      m:fit(X, Y, { verbose = 0, callbacks = { { on_epoch_end = function()
        m:evaluate(X, Y, { verbose = 0, callbacks = inner })
        f()
      end } } })
    end, compile, "compile: model '.-' is being fitted")
  end)

  it("an error sets the model free", function()
    local m = model()
    for _, run in pairs(during) do
      assert.error_matches(function() run(m, function() error "enough" end) end, "enough")
      m:compile { optimizer = "sgd", loss = "mse" }
    end
  end)

  it("that was dropped half-way in a coroutine the model is free, too", function()
    local m = model()
    local function half(doing)
      local thread = coroutine.create(function() during[doing](m, coroutine.yield) end)
      assert(coroutine.resume(thread))
      assert.error_matches(function() compile(m) end, "in a suspended coroutine")
      return thread
    end
    coroutine.close(half "predicting")
    compile(m)
    half "being evaluated"
    collectgarbage()
    compile(m)
  end)
end)

describe("a loss that is not a number", function()
  it("is a loss like others", function()
    local m = model()
    local bad = rl.full({ 10, 3 }, 0 / 0)
    local loss = m:fit(bad, Y, { epochs = 2, verbose = 0 }).history.loss
    assert.equal(2, #loss)
    assert.truthy(loss[2] ~= loss[2])
  end)
end)

describe("fit refuses", function()
  local m = model()

  local function refuses(pattern, options, x, y)
    it((pattern:gsub("%%", "")), function()
      refused(m, pattern, function() m:fit(x or X, y or Y, options) end)
    end)
  end

  refuses("fit: unknown argument 'epoch' %(did you mean 'epochs'%?%)", { epoch = 3 })
  refuses("fit: unknown argument 1", { 3 })
  refuses("fit: options must be a table, got 3", 3)
  refuses("fit: argument 'epochs' must be an integer, got 'many'", { epochs = "many" })
  refuses("fit: argument 'epochs' must be an integer, got 1.5", { epochs = 1.5 })
  refuses("fit: argument 'epochs' must be in %[0, inf%), got %-1", { epochs = -1 })
  refuses("fit: argument 'batch_size' must be in %[1, inf%), got 0", { batch_size = 0 })
  refuses("fit: argument 'validation_split' must be in %[0, 1%), got 1", { validation_split = 1 })
  refuses("fit: argument 'validation_split' must be in %[0, 1%), got .*nan", { validation_split = 0 / 0 })
  refuses("fit: argument 'shuffle' must be a boolean, got 'batch'", { shuffle = "batch" })
  refuses("fit: argument 'verbose' must be one of auto, got 'aut' %(did you mean 'auto'%?%)", { verbose = "aut" })
  refuses("fit: argument 'verbose' must be in %[0, 2%], got 3", { verbose = 3 })
  refuses("fit: argument 'validation_data' must be a table or a function, got 5", { validation_data = 5 })
  refuses("fit: argument 'validation_data' must be a table {x, y}", { validation_data = { X } })
  refuses("fit: validation_data: x has 10 rows, y has 2", { validation_data = { X, { { 1, 2 }, { 3, 4 } } } })
  refuses("fit: argument 'initial_epoch' must be at most epochs, 1, got 2", { initial_epoch = 2 })
  refuses("fit: give sample_weight or class_weight, not both", { sample_weight = rl.ones { 10 }, class_weight = { [0] = 1 } })
  refuses("fit: x has 10 rows, sample_weight has 3", { sample_weight = { 1, 2, 3 } })
  refuses("fit: argument 'class_weight': classes are integers from 0, got %-1", { class_weight = { [-1] = 2 } })
  refuses("fit: x must be a tensor or a table of numbers, got 'x'", {}, "x")
  refuses("fit: x has 10 rows, y has 3", {}, nil, { { 1, 2 }, { 1, 2 }, { 1, 2 } })
  refuses("fit: x is empty, its shape is %(0, 3%)", {}, rl.zeros { 0, 3 }, rl.zeros { 0, 2 })
  refuses("expected shape %(None, 3%), got %(10, 2%)", { verbose = 0 }, Y)
  refuses("shape", { verbose = 0 }, nil, rl.ones { 10, 3 })
  refuses("ragged", {}, { { 1, 2, 3 }, { 1, 2 } })

  it("y that is missing", function()
    refused(m, "fit: y %(targets%) expected, got nil", function() m:fit(X) end)
  end)
end)

describe("Ctrl-C", function()
  --- Runs a script with the program that runs this test.
  local function run(text)
    local name = os.tmpname()
    local file = assert(io.open(name, "w"))
    file:write(text)
    file:close()
    local pipe = assert(io.popen(("'%s' %s 2>&1"):format(arg[-1], name)))
    local output = pipe:read "a"
    pipe:close()
    os.remove(name)
    return output
  end

  local start = [[
    local rl = require "rnnlua"
    local m = rl.Sequential { rl.layers.Dense { 2, input_shape = { 3 } } }
    m:compile { optimizer = "sgd", loss = "mse" }
    local X, Y = rl.ones { 8, 3 }, rl.ones { 8, 2 }
  ]]
  local finish = [[
    print(ok, message)
    print(#m.history.epoch, #m.history.history.loss, m.history.epoch[#m.history.epoch])
    for _, weight in ipairs(m:get_weights()) do assert(not weight:isnan():any()) end
    print(#m:fit(X, Y, { verbose = 0 }).epoch)
  ]]

  it("while somebody watches ends fit with whole epochs in the history", function()
    local output = run(start .. [[
      local ok, message = pcall(function()
        m:fit(X, Y, { epochs = 9, batch_size = 2, verbose = 0, callbacks = { { on_train_batch_end = function(self, batch)
          self.count = (self.count or 0) + 1
          if self.count == 10 then io.popen "kill -INT $PPID":close() end
        end } } })
      end)]] .. finish)
    assert.matches("^false\t[^\n]*interrupted!\n2\t2\t1\n1\n$", output)
  end)

  it("while nobody watches, too", function()
    local output = run(start .. [[
      os.execute "(sleep 0.2; kill -INT $PPID) &"
      local ok, message = pcall(function() m:fit(X, Y, { epochs = 100000000, verbose = 0 }) end)]] .. finish)
    local done, losses, last = output:match "^false\t[^\n]*interrupted!\n(%d+)\t(%d+)\t(%d+)\n1\n$"
    assert.message(output).is_truthy(done)
    assert.equal(done, losses)
    assert.equal(tonumber(done) - 1, tonumber(last))
    assert.truthy(tonumber(done) > 10)
  end)

  it("in a metric that is a Lua function, too", function()
    local output = run(start .. [[
      local calls = 0
      local function metric()
        calls = calls + 1
        if calls == 3 then os.execute "(sleep 0.2; kill -INT $PPID) &" while true do end end
        return 0
      end
      m:compile { optimizer = "sgd", loss = "mse", metrics = { metric } }
      local ok, message = pcall(function() m:fit(X, Y, { epochs = 9, verbose = 0 }) end)]] .. finish)
    assert.matches("^false\t[^\n:]*:%d+: interrupted!\n2\t2\t1\n1\n$", output)
  end)
end)

describe("data", function()
  it("is let go of when fit, evaluate and the others end", function()
    local m, weak = model(), setmetatable({}, { __mode = "k" })
    local function use(f)
      local x, y = rl.ones { 10, 3 }, rl.ones { 10, 2 }
      weak[x], weak[y] = true, true
      f(x, y)
    end
    use(function(x, y) m:fit(x, y, { verbose = 0 }) end)
    use(function(x, y) m:fit(x, y, { verbose = 0, validation_split = 0.5 }) end)
    use(function(x, y) m:fit(x, y, { verbose = 0, validation_data = { x, y } }) end)
    use(function(x, y) m:evaluate(x, y, { verbose = 0 }) end)
    use(function(x) m:predict(x) end)
    use(function(x, y) m:train_on_batch(x, y) end)
    use(function(x, y) m:test_on_batch(x, y) end)
    use(function(x, y) pcall(m.fit, m, x, y, { verbose = 0, callbacks = { { on_epoch_end = error } } }) end)
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)
end)

describe("what fit prints", function()
  local function run(options)
    local text = ([[
      local rl = require "rnnlua"
      local m = rl.Sequential { rl.layers.Dense { 2, input_shape = { 3 } } }
      m:compile { optimizer = "sgd", loss = "mse", metrics = { "mae" } }
      m:fit(rl.ones { 8, 3 }, rl.ones { 8, 2 }, { epochs = 3, batch_size = 4, %s })
      m:evaluate(rl.ones { 8, 3 }, rl.ones { 8, 2 }, { %s })
    ]]):format(options, options)
    local pipe = assert(io.popen(("'%s' -e '%s' 2>&1"):format(arg[-1], text)))
    local output = pipe:read "a"
    pipe:close()
    return output
  end

  it("into a pipe is one line an epoch, without control characters", function()
    for _, options in ipairs { "", "verbose = 1", 'verbose = "auto"' } do
      local lines = {}
      for line in run(options):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
      assert.equal(4, #lines)
      for k = 1, 3 do
        assert.matches("^Epoch " .. k .. "/3 %- 2/2 %- 0s %- %d+%a?s/step %- loss: %d%.%d+[%de%-]* %- mae: %d%.%d+[%de%-]*$", lines[k])
      end
      assert.matches("^1/1 %- 0s %- %d+%a?s/step %- loss: ", lines[4])
    end
  end)

  it("with verbose = 2 is Keras' two lines", function()
    local lines = {}
    for line in run("verbose = 2"):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
    assert.equal(7, #lines)
    assert.equal("Epoch 3/3", lines[5])
    assert.matches("^2/2 %- 0s %- %d+%a?s/step %- loss: %d%.%d+ %- mae: %d%.%d+", lines[6])
  end)

  it("with verbose = 0 is nothing", function()
    assert.equal("", run "verbose = 0")
    assert.equal("", run "verbose = false")
  end)
end)
