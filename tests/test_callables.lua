--- Lua functions where a component is wanted: metrics, initializers, constraints, learning rates.
local rl = require "rnnlua"

local X = rl.tensor { { 1, 2 }, { 2, -1 }, { 0, 3 }, { -2, 1 }, { 4, 0 } } -- batches of 2 leave a partial one
local Y = rl.tensor { { 1 }, { 0.5 }, { 2 }, { -1 }, { 3 } }
local WEIGHTS = rl.tensor { 1, 2, 0.5, 3, 1 }

local function new_model(layer)
  layer = layer or {}
  layer.units, layer.input_shape = layer.units or 1, { 2 }
  layer.kernel_initializer = layer.kernel_initializer or rl.initializers.Constant(0.25)
  return rl.Sequential { rl.layers.Dense(layer) }
end

local function compiled(given, layer)
  local model = new_model(layer)
  given.loss, given.optimizer = "mse", given.optimizer or "sgd"
  model:compile(given)
  return model
end

local function fit(model, given)
  given = given or {}
  given.verbose, given.batch_size = 0, given.batch_size or 2
  return model:fit(X, Y, given).history
end

local function rows_mae(y_true, y_pred) return (y_true - y_pred):abs():mean(-1) end

--- The message of f's failure, which must be raised at the line of this file that called into the host.
local function failure(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.matches("^[^:]*test_callables%.lua:%d+: ", message)
  return message
end

local function fails(expected, f, ...) assert.matches(expected, failure(f, ...), 1, true) end

describe("A metric function", function()
  it("gets fresh float32 tensors, rows × columns", function()
    local seen = {}
    local model = compiled({ metrics = { function(y_true, y_pred)
      seen[#seen + 1] = { y_true, y_pred }
      return 0
    end } }, { units = 3 })
    local y = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }
    model:evaluate(X[{ { 1, 3 } }], y, { batch_size = 2, verbose = 0 })
    assert.equal(2, #seen)
    assert.same({ 2, 3 }, seen[1][1].shape)
    assert.same({ 1, 3 }, seen[2][2].shape)
    assert.equal("float32", seen[1][1].dtype)
    assert.tensor_near({ { 1, 2, 3 }, { 4, 5, 6 } }, seen[1][1], 0) -- still whole: kept by the script
    assert.tensor_near({ { 7, 8, 9 } }, seen[2][1], 0)
    assert.tensor_near(model:predict(X[{ { 3, 3 } }]), seen[2][2], 0)
  end)

  it("equals the built-in one in fit and evaluate, a partial batch included", function()
    local model = compiled { metrics = { "mae", rows_mae } }
    local history = fit(model, { epochs = 3, validation_data = { X, Y } })
    for epoch = 1, 3 do
      assert.near(history.mae[epoch], history.fn[epoch], 1e-7)
      assert.near(history.val_mae[epoch], history.val_fn[epoch], 1e-7)
    end
    assert.not_equal(history.fn[1], history.fn[3])
    local _, built_in, own = model:evaluate(X, Y, { batch_size = 2, verbose = 0 })
    assert.near(built_in, own, 1e-7)
  end)

  it("has sample weights applied in weighted_metrics alone", function()
    local model = compiled { metrics = { "mae", rows_mae }, weighted_metrics = { "mae", rows_mae } }
    local _, mae, own, weighted, own_weighted =
      model:evaluate(X, Y, { batch_size = 2, verbose = 0, sample_weight = WEIGHTS })
    assert.near(mae, own, 1e-7)
    assert.near(weighted, own_weighted, 1e-7)
    assert.is_true(math.abs(mae - weighted) > 0.01)
  end)

  it("may return several numbers a row, nested tables, or one number, counted once as in Keras", function()
    local function absolute(y_true, y_pred) return (y_true - y_pred):abs() end
    local function listed(y_true, y_pred) return absolute(y_true, y_pred):mean(-1):totable() end
    local function number(_, y_pred) return #y_pred end
    local function scalar(_, y_pred) return rl.tensor(#y_pred) end
    local model = compiled { metrics = { "mae", absolute, listed, number, scalar } }
    local _, mae, a, b, c, d = model:evaluate(X, Y, { batch_size = 2, verbose = 0 })
    assert.near(mae, a, 1e-7)
    assert.near(mae, b, 1e-7)
    assert.near((2 + 2 + 1) / 3, c, 1e-12)
    assert.near((2 + 2 + 1) / 3, d, 1e-12)
  end)

  it("is called fn, fn_1, … in History, or as it was given a name", function()
    local model = compiled { metrics = { rows_mae, rows_mae, { fn = rows_mae, name = "within" } } }
    local history = fit(model)
    assert.equal(history.fn[1], history.fn_1[1])
    assert.equal(history.fn[1], history.within[1])
    assert.is_number(fit(compiled { metrics = rows_mae }).fn[1])
    assert.is_number(fit(compiled { metrics = { fn = rows_mae, name = "within" } }).within[1])
    assert.is_number(fit(compiled { metrics = { { fn = rows_mae } } }).fn[1])
  end)

  it("refuses other tables", function()
    local model = new_model()
    fails("compile: argument 'metrics[1]' must be { fn = function, name = string }, got the key 'nmae' with a string",
      function() model:compile { loss = "mse", metrics = { { fn = rows_mae, nmae = "x" }, "mae" } } end)
    fails("got the key 'fn' with a string", function() model:compile { loss = "mse", metrics = { { fn = "mae" }, "mse" } } end)
  end)

  it("that returns something else is refused, and the model stays usable", function()
    local result
    local model = compiled { metrics = { "mae", function() return result end } }
    local function evaluate() return model:evaluate(X, Y, { batch_size = 5, verbose = 0 }) end
    local cases = {
      { nil, "metrics[2] function: expected a number or a tensor, got nil" },
      { "x", "metrics[2] function: expected a number or a tensor, got 'x'" },
      { rl.ones { 4 }, "metrics[2] function: expected a number, or a tensor with 5 rows, got shape (4,)" },
      { rl.ones { 5, 0 }, "metrics[2] function: expected a number, or a tensor with 5 rows, got shape (5, 0)" },
    }
    for _, case in ipairs(cases) do
      result = case[1]
      fails(case[2], evaluate)
    end
    result = 7
    assert.equal(7, (select(3, evaluate())))
  end)

  it("must return a number for each row where there are sample weights", function()
    local model = compiled { weighted_metrics = { function() return 1 end } }
    fails("weighted_metrics[1] function: expected a number for each of 2 rows, as there are sample weights, got one number",
      function() model:evaluate(X, Y, { batch_size = 2, verbose = 0, sample_weight = WEIGHTS }) end)
    assert.equal(1, fit(model).fn[1])
  end)

  it("that fails is named, in fit, evaluate and train_on_batch alike", function()
    local broken = true
    local model = compiled { metrics = { function(y_true, y_pred)
      if broken then error "boom" end
      return rows_mae(y_true, y_pred)
    end } }
    for _, call in ipairs { fit, function(m) m:evaluate(X, Y, { verbose = 0 }) end,
                            function(m) m:train_on_batch(X, Y) end, function(m) m:test_on_batch(X, Y) end } do
      assert.matches(": metrics%[1%] function: [^:]*test_callables%.lua:%d+: boom$", failure(call, model))
    end
    broken = false
    assert.is_number(fit(model).fn[1])
  end)

  it("that raises something that is no string is named too", function()
    fails("metrics[1] function: the error is no string", fit, compiled { metrics = { function() error {} end } })
  end)

  it("cannot yield", function()
    local model = compiled { metrics = { function() coroutine.yield() end } }
    fails("metrics[1] function: attempt to yield", fit, model)
    local ok, message = coroutine.resume(coroutine.create(fit), model)
    assert.is_false(ok)
    assert.matches("metrics%[1%] function: attempt to yield", message)
  end)

  it("works in a coroutine that yields elsewhere", function()
    local model = compiled { metrics = { "mae", rows_mae } }
    local step = coroutine.wrap(function()
      return fit(model, { epochs = 2, callbacks = { { on_epoch_end = function() coroutine.yield "epoch" end } } })
    end)
    assert.equal("epoch", step())
    collectgarbage()
    assert.equal("epoch", step())
    local history = step()
    assert.near(history.mae[2], history.fn[2], 1e-7)
  end)

  it("can predict and evaluate, but not train, by the model that calls it", function()
    local model, act
    local deep = false
    model = compiled { metrics = { function()
      if deep then return 0 end
      deep = true
      local _ <close> = setmetatable({}, { __close = function() deep = false end })
      act()
      collectgarbage()
      return 1
    end } }
    act = function() model:predict(X); model:evaluate(X, Y, { verbose = 0 }) end
    assert.equal(1, fit(model, { epochs = 2 }).fn[2])
    act = function() model:fit(X, Y, { verbose = 0 }) end
    fails("is being fitted", fit, model)
    act = function() model:train_on_batch(X, Y) end
    fails("metrics[1] function: ", fit, model)
    fails("a batch is under way", model.train_on_batch, model, X, Y)
    act = function() model:reset_metrics() end
    fails("a batch is under way", fit, model)
    act = function() model:compile { loss = "mse" } end
    assert.is_number((model:train_on_batch(X, Y))) -- nothing is being fitted; the old trainer ends its batch
  end)

  it("is an object of rl.metrics too", function()
    local metric = rl.metrics.get(rows_mae)
    metric:update_state({ { 1 }, { 2 } }, { { 2 }, { 4 } })
    assert.equal(1.5, metric:result())
    metric:update_state({ { 1 } }, { { 4 } }, { 2 })
    assert.equal((1 + 2 + 2 * 3) / 4, metric:result())
    assert.equal(rows_mae, metric:get_config().fn)
    local resetting
    resetting = rl.metrics.get(function() resetting:reset_state(); collectgarbage(); return 3 end)
    for _ = 1, 3 do resetting:update_state({ { 1 } }, { { 2 } }) end
    assert.equal(3, resetting:result())
  end)
end)

describe("An initializer function", function()
  it("gets shape and dtype and sets the weights", function()
    local got
    local layer = rl.layers.Dense { 3, kernel_initializer = function(shape, dtype)
      got = { shape, dtype }
      return { { 1, 2, 3 }, { 4, 5, 6 } }
    end, bias_initializer = function(shape) return rl.full(shape, 7) end }
    layer:build { -1, 2 }
    assert.same({ { 2, 3 }, "float32" }, got)
    assert.tensor_near({ { 1, 2, 3 }, { 4, 5, 6 } }, layer.kernel, 0)
    assert.tensor_near({ 7, 7, 7 }, layer.bias, 0)
  end)

  it("that returns another shape or fails leaves the layer unbuilt", function()
    local make = function() return rl.ones { 4, 3 } end
    local layer = rl.layers.Dense { 4, name = "mine", kernel_initializer = function(shape) return make(shape) end }
    local function build() layer:build { -1, 3 } end
    fails("mine (Dense): kernel_initializer function: expected shape (3, 4), got (4, 3)", build)
    make = function() return "ones" end
    fails("kernel_initializer function: expected a tensor, got 'ones'", build)
    make = function() error "boom" end
    assert.matches("kernel_initializer function: .*test_callables%.lua:%d+: boom$", failure(build))
    assert.is_false(layer.built)
    make = function() return layer:build { -1, 3 } end
    fails("is being built; an initializer cannot use it", build)
    make = function(shape)
      for _, w in ipairs(layer.weights) do w:fill(0) end -- there, if not set yet
      return rl.ones(shape)
    end
    build()
    assert.equal(12, layer.kernel:sum())
  end)

  it("stays a function in get_config, from which an equal layer is made", function()
    local function ones(shape) return rl.ones(shape) end
    local config = rl.layers.Dense { 2, kernel_initializer = ones }:get_config()
    assert.equal(ones, config.kernel_initializer)
    local layer = rl.layers.Dense(config)
    layer:build { -1, 2 }
    assert.equal(4, layer.kernel:sum())
    assert.equal(6, layer.kernel_initializer { 2, 3 }:sum())
  end)
end)

describe("A constraint function", function()
  it("equals the built-in one", function()
    local function positive(w) return w:maximum(0) end
    local weights = {}
    for i, constraint in ipairs { "non_neg", positive } do
      local model = compiled({ optimizer = rl.optimizers.SGD(0.001) },
        { kernel_constraint = constraint, kernel_initializer = rl.initializers.Constant(-0.5) })
      fit(model, { batch_size = 5 })
      weights[i] = model.layers[1].kernel:copy()
    end
    assert.equal(0, weights[1]:max()) -- it had something to do
    assert.tensor_near(weights[1], weights[2], 0)
  end)

  it("that returns another shape or fails stops fit, and the model stays usable", function()
    local result = function() return rl.ones { 2 } end
    local model = compiled({}, { kernel_constraint = function(w) return result(w) end })
    fails("kernel_constraint function: expected shape (2, 1), got (2,)", fit, model)
    result = function() error "boom" end
    assert.matches("kernel_constraint function: .*: boom$", failure(fit, model))
    result = function(w) return w * 0 end
    fit(model)
    assert.equal(0, model.layers[1].kernel:abs():sum())
  end)
end)

describe("A learning_rate function", function()
  it("gets the step, from 0, and equals a schedule", function()
    local steps, weights = {}, {}
    local function halved(step)
      steps[#steps + 1] = step
      return 0.05 * 0.5 ^ step
    end
    local schedule = rl.optimizers.schedules.ExponentialDecay(0.05, 1, 0.5)
    for i, rate in ipairs { schedule, halved } do
      local model = compiled { optimizer = rl.optimizers.SGD { learning_rate = rate } }
      fit(model, { epochs = 2, shuffle = false })
      weights[i] = model.layers[1].kernel:copy()
    end
    assert.same({ 0, 1, 2, 3, 4, 5 }, steps)
    assert.tensor_near(weights[1], weights[2], 1e-7)
  end)

  it("may stand first, is kept in the config, and can be called", function()
    local function rate(step) return 1 / (step + 1) end
    local optimizer = rl.optimizers.Adam(rate)
    assert.equal(rate, optimizer:get_config().learning_rate)
    assert.equal(0.25, optimizer.learning_rate(3))
    fails("follows a schedule", function() optimizer.learning_rate = 1 end)
  end)

  it("that returns no rate or fails stops fit, and the model stays usable", function()
    local result
    local model = compiled { optimizer = rl.optimizers.Adam { learning_rate = function() return result() end } }
    for _, value in ipairs { -1, 0 / 0, "x", {} } do
      result = function() return value end
      fails("learning_rate function: expected a number in [0, inf), got ", fit, model)
    end
    result = function() error "boom" end
    assert.matches("learning_rate function: .*: boom$", failure(fit, model))
    result = function() return 0.1 end
    assert.is_number(fit(model).loss[1])
  end)
end)

describe("A Lua function", function()
  it("is refused where no function can stand", function()
    fails("compile: argument 'optimizer' must be a name or object of kind optimizer, got ",
      function() new_model():compile { loss = "mse", optimizer = function() end } end)
  end)

  it("is let go of with its component, wherever that is collected", function()
    local kept = setmetatable({}, { __mode = "v" })
    for i = 1, 20 do
      local marker = {}
      kept[i] = marker
      compiled { metrics = { function() return marker and 0 end } }
      rl.layers.Dense { 1, kernel_initializer = function() return marker end }
    end
    local collect = coroutine.wrap(function() for _ = 1, 4 do collectgarbage() end end)
    collect()
    assert.is_nil(next(kept))
  end)
end)

describe("an error of a function that happens to speak of interruption", function()
  it("is told whole: only Ctrl-C's own message means Ctrl-C", function()
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 },
      kernel_constraint = function() error "lost link, interrupted!" end } }
    model:compile { optimizer = "sgd", loss = "mse" }
    assert.error_matches(function() model:fit(rl.ones { 2, 2 }, rl.ones { 2 }, { verbose = 0 }) end,
      "kernel_constraint function: .*lost link, interrupted!")
  end)
end)
