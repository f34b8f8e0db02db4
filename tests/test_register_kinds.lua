--- Components written in Lua beside their built-in twins: the same losses and weights after a fit, by derived and by
--- explicit gradients, registered and as plain functions.
local rl = require "rnnlua"

local X = rl.tensor { { 1, 2 }, { 2, -1 }, { 0, 3 }, { -2, 1 }, { 4, 0 } } -- batches of 2 leave a partial one
local Y = rl.tensor { { 1, 0 }, { 0.5, 1 }, { 2, -1 }, { -1, 0 }, { 3, 2 } }

--- The loss of each epoch, the weights afterwards, and what evaluate gives.
local function trained(given)
  rl.utils.set_random_seed(7)
  local model = rl.Sequential {
    rl.layers.Dense { 4, input_shape = { 2 }, activation = given.activation or "tanh",
                      kernel_initializer = given.initializer, kernel_regularizer = given.regularizer,
                      kernel_constraint = given.constraint },
    rl.layers.Dense(2),
  }
  model:compile { loss = given.loss or "mse", optimizer = given.optimizer or rl.optimizers.SGD(0.05),
                  metrics = { given.metric or "mae" } }
  local history = model:fit(X, Y, { epochs = 4, batch_size = 2, verbose = 0, sample_weight = given.sample_weight }).history
  local metric
  for name, values in pairs(history) do metric = name ~= "loss" and values or metric end
  return { losses = history.loss, metric = metric, weights = model:get_weights(), model = model }
end

local function assert_same(expected, actual, tolerance)
  tolerance = tolerance or 1e-6
  for i, loss in ipairs(expected.losses) do assert.near(loss, actual.losses[i], tolerance) end
  for i, value in ipairs(expected.metric) do assert.near(value, actual.metric[i], tolerance) end
  for i, weight in ipairs(expected.weights) do assert.tensor_near(weight, actual.weights[i], tolerance) end
end

local function check_twins(field, twin, others, more)
  local function with(value)
    local given = { [field] = value }
    for key, other in pairs(more or {}) do given[key] = other end
    return trained(given)
  end
  local expected = with(twin)
  for _, other in ipairs(others) do assert_same(expected, with(other)) end
end

-- the twins ---------------------------------------------------------------------------------------------------

local register = rl.register

register.activation { name = "lua_tanh", call = function(x) return x:tanh() end }
register.activation { name = "lua_tanh_explicit", call = function(x) return x:tanh() end,
                      backward = function(_, y, dy) return dy * (1 - y * y) end }
register.activation { name = "lua_leaky", args = { { "slope", "number", default = 0.2, range = "[0, inf)" } },
                      call = function(x, self) return x:relu() - (-x):relu() * self.slope end }
register.activation { name = "lua_softmax", call = function(x) return x:softmax(-1) end }

register.regularizer { name = "LuaL2", args = { { "l2", "number", default = 0.01 } },
                       call = function(w, self) return (w * w):sum() * self.l2 end }
register.regularizer { name = "LuaL2Explicit", args = { { "l2", "number", default = 0.01 } },
                       call = function(w, self) return (w * w):sum() * self.l2 end,
                       backward = function(w, self) return w * (2 * self.l2) end }

register.constraint { name = "LuaMaxNorm", args = { { "max_value", "number", default = 2 } },
  call = function(w, self)
    local norms = (w * w):sum(1, { keepdims = true }):sqrt()
    return w * norms:clip(0, self.max_value) / (norms + 1e-7)
  end }

register.initializer { name = "LuaQuarter", args = { { "value", "number", default = 0.25 } },
                       call = function(shape, dtype, self) return rl.full(shape, self.value, dtype) end }

local function squared(y_true, y_pred) return (y_true - y_pred) ^ 2 end
register.loss { name = "LuaMse", call = function(y_true, y_pred) return squared(y_true, y_pred):mean(-1) end }
register.loss { name = "LuaMseColumns", call = squared }
register.loss { name = "LuaMseExplicit", call = function(y_true, y_pred) return squared(y_true, y_pred):mean(-1) end,
                backward = function(y_true, y_pred) return (y_pred - y_true) * (2 / y_pred.shape[2]) end }
register.loss { name = "LuaMseNumber", call = function(y_true, y_pred) return squared(y_true, y_pred):mean() end }

register.metric { name = "LuaMae", call = function(y_true, y_pred) return (y_true - y_pred):abs() end }
register.metric { name = "LuaMaeState", state = { "sum", "count" },
  update = function(state, y_true, y_pred, weights)
    local values = (y_true - y_pred):abs():mean(-1)
    if weights then values = values * weights end
    state.sum = state.sum + values:sum()
    state.count = state.count + (weights and weights:sum() or #values)
  end,
  result = function(state) return state.sum / state.count end }

local function single(number) return (string.unpack("f", string.pack("f", number))) end
register.optimizer { name = "LuaAdam", learning_rate = 0.001, slots = { "m", "v" },
  args = { { "beta_1", "number", default = 0.9 }, { "beta_2", "number", default = 0.999 },
           { "epsilon", "number", default = 1e-7 } },
  update = function(self, v)
    local g, s = v.gradients, v.slots
    s.m = s.m + (g - s.m) * (1 - self.beta_1)
    s.v = s.v + (g * g - s.v) * (1 - self.beta_2)
    local function rest(beta) return 1 - single(single(beta) ^ v.step) end -- in float32, as Keras computes it
    local rate = v.learning_rate * math.sqrt(rest(self.beta_2)) / rest(self.beta_1)
    return v.weights - s.m * rate / (s.v:sqrt() + self.epsilon)
  end }
register.optimizer { name = "LuaSgdInPlace", args = { { "momentum", "number", default = 0.9 } }, slots = 1,
  update = function(self, v)
    local m = v.slots.slot1
    m:copy_from(m * self.momentum - v.gradients * v.learning_rate)
    v.weights:add(m, { out = v.weights })
  end }

register.schedule { name = "LuaDecay",
  args = { { "initial_learning_rate", "number" }, { "decay_steps", "integer" }, { "decay_rate", "number" } },
  call = function(step, self)
    return self.initial_learning_rate * self.decay_rate ^ (step / self.decay_steps)
  end }

describe("A component written in Lua equals its built-in twin over a fit:", function()
  local activations, regularizers, losses, optimizers = rl.activations, rl.regularizers, rl.losses, rl.optimizers

  it("activation", function()
    check_twins("activation", "tanh", { "lua_tanh", "lua_tanh_explicit", function(x) return x:tanh() end })
    check_twins("activation", activations.leaky_relu { negative_slope = 0.2 }, { activations.lua_leaky() })
    check_twins("activation", "softmax", { "lua_softmax" })
  end)

  it("regularizer", function()
    check_twins("regularizer", regularizers.L2(0.1), { regularizers.LuaL2(0.1), regularizers.LuaL2Explicit(0.1),
      function(w) return (w * w):sum() * 0.1 end })
  end)

  it("constraint", function()
    check_twins("constraint", rl.constraints.MaxNorm(0.5), { rl.constraints.LuaMaxNorm(0.5) })
  end)

  it("initializer", function()
    check_twins("initializer", rl.initializers.Constant(0.5), { rl.initializers.LuaQuarter(0.5) })
  end)

  it("loss, with and without sample weights", function()
    local others = { "LuaMse", "LuaMseColumns", "LuaMseExplicit", losses.LuaMse(),
                     function(y_true, y_pred) return squared(y_true, y_pred):mean(-1) end }
    check_twins("loss", "mse", others, { sample_weight = rl.tensor { 1, 2, 0.5, 3, 1 } })
    others[#others + 1] = "LuaMseNumber"
    check_twins("loss", "mse", others)
  end)

  it("metric", function()
    check_twins("metric", "mae", { "LuaMae", "LuaMaeState" })
  end)

  it("optimizer", function()
    check_twins("optimizer", optimizers.Adam(0.01), { optimizers.LuaAdam(0.01) })
    check_twins("optimizer", optimizers.Adam { 0.01, clipnorm = 0.1, weight_decay = 0.1 },
      { optimizers.LuaAdam { learning_rate = 0.01, clipnorm = 0.1, weight_decay = 0.1 } })
    check_twins("optimizer", optimizers.SGD { 0.01, momentum = 0.9 }, { optimizers.LuaSgdInPlace(0.01) })
  end)

  it("schedule", function()
    local schedules = optimizers.schedules
    check_twins("optimizer", optimizers.SGD(schedules.ExponentialDecay(0.05, 2, 0.5)),
      { optimizers.SGD(schedules.LuaDecay(0.05, 2, 0.5)), optimizers.LuaSgdInPlace { schedules.LuaDecay(0.05, 2, 0.5), momentum = 0 } })
  end)
end)

describe("A component written in Lua, called by itself,", function()
  it("computes as its twin does", function()
    local t = rl.tensor { { 1, -2 }, { 0.5, 3 } }
    assert.tensor_near(t:tanh(), rl.activations.lua_tanh(t), 1e-6)
    assert.near(rl.regularizers.L2(0.1)(t), rl.regularizers.LuaL2(0.1)(t), 1e-6)
    assert.tensor_near(rl.constraints.MaxNorm(1)(t), rl.constraints.LuaMaxNorm(1)(t), 1e-6)
    assert.near(rl.losses.MeanSquaredError()(t, t * 2), rl.losses.LuaMse()(t, t * 2), 1e-6)
    assert.tensor_near(rl.losses.mse(t, t * 2), rl.losses.LuaMse(t, t * 2), 1e-6)
    assert.near(0.025, rl.optimizers.schedules.LuaDecay(0.1, 1, 0.5)(2), 1e-9)
    local metric = rl.metrics.LuaMaeState()
    assert.equal(0, metric:result())
    metric:update_state({ { 1 }, { 2 } }, { { 2 }, { 4 } })
    metric:update_state({ { 1 } }, { { 4 } }, { 2 })
    assert.near((1 + 2 + 2 * 3) / 4, metric:result(), 1e-6)
    metric:reset_state()
    assert.equal(0, metric:result())
  end)

  it("takes class numbers where its target is an index", function()
    register.loss { name = "LuaPicked", target = "index", call = function(y_true, y_pred)
      assert.same({ 2 }, y_true.shape)
      return -(y_pred * rl.one_hot(y_true:astype "int64", 3)):sum(-1)
    end }
    local p = rl.tensor { { 0.1, 0.2, 0.7 }, { 0.5, 0.25, 0.25 } }
    assert.near(-(0.7 + 0.5) / 2, rl.losses.LuaPicked()(rl.tensor { 2, 0 }, p), 1e-6)
  end)
end)

describe("An initializer written in Lua", function()
  it("draws the same numbers for the same seed, and disturbs nobody else's", function()
    register.initializer { name = "LuaNormal", call = function(shape) return rl.random.normal { shape = shape } end }
    local function numbers(initializer)
      rl.utils.set_random_seed(4)
      local layer = rl.layers.Dense { 3, kernel_initializer = initializer }
      layer:build { -1, 2 }
      return layer.kernel:copy(), rl.random.uniform { shape = { 3 } }
    end
    local first, after = numbers(rl.initializers.LuaNormal())
    local second, after_again = numbers(rl.initializers.LuaNormal())
    local _, after_built_in = numbers "random_normal"
    assert.tensor_near(first, second, 0)
    assert.tensor_near(after, after_again, 0)
    assert.tensor_near(after, after_built_in, 0)
    assert.is_true(first:std() > 0)
  end)
end)

describe("A metric's direction", function()
  it("is what EarlyStopping goes by", function()
    for _, case in ipairs { { "LuaUp", "max", 4 }, { "LuaDown", "min", 2 }, { "LuaUnsaid", nil, 2 } } do
      local grows = 0
      register.metric { name = case[1], direction = case[2], call = function()
        grows = grows + 1
        return grows
      end }
      local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } }
      model:compile { loss = "mse", metrics = { rl.metrics[case[1]] { name = "grows" } } }
      local history = model:fit(X, X:sum(2), { epochs = 4, batch_size = 5, verbose = 0,
        callbacks = { rl.callbacks.EarlyStopping { monitor = "grows", patience = 1 } } })
      assert.equal(case[3], #history.epoch)
    end
    assert.error_matches(function() register.metric { name = "LuaSideways", direction = "up", call = print } end,
      "direction must be 'max' or 'min', got 'up'")
  end)
end)

describe("A misbehaving component", function()
  local behave
  local function good_or(f, bad) return function(...) return (bad[behave] or f)(...) end end
  local bad = {
    error = function() error "boom" end,
    yield = function() coroutine.yield() end,
    none = function() end,
    text = function() return "x" end,
    shape = function() return rl.ones { 7, 7, 7 } end,
    ragged = function() return { { 1 }, { 1, 2 } } end,
    object = function() error {} end,
  }
  register.activation { name = "bad_activation", call = good_or(function(x) return x end, bad) }
  register.activation { name = "bad_derivative", call = function(x) return x end,
                        backward = good_or(function(_, _, dy) return dy end, bad) }
  register.regularizer { name = "BadRegularizer", call = good_or(function(w) return (w * w):sum() end, bad) }
  register.constraint { name = "BadConstraint", call = good_or(function(w) return w end, bad) }
  register.loss { name = "BadLoss", call = good_or(function(a, b) return (a - b) ^ 2 end, bad) }
  register.metric { name = "BadMetric", call = good_or(function() return 0 end, bad) }
  register.metric { name = "BadState", state = { "n" }, update = function(state) state.n = state.n + 1 end,
                    result = good_or(function(state) return state.n end, bad) }
  register.optimizer { name = "BadOptimizer", slots = { "m" },
    update = function(_, v)
      v.slots.m:fill(1)
      if #v.shape == 1 then return good_or(function() return v.weights - v.gradients * 0.1 end, bad)() end
      return v.weights - v.gradients * 0.1
    end }
  register.schedule { name = "BadSchedule", call = good_or(function() return 0.1 end, bad) }

  local function new_model(given)
    behave = nil
    local model = rl.Sequential { rl.layers.Dense { 2, input_shape = { 2 }, activation = given.activation, name = "first",
      kernel_regularizer = given.regularizer, kernel_constraint = given.constraint } }
    model:compile { loss = given.loss or "mse", optimizer = given.optimizer or rl.optimizers.SGD(0.1),
                    metrics = { given.metric } }
    model:train_on_batch(X, Y)
    return model
  end

  local cases = {
    { "activation", "bad_activation", "first %(Dense%): bad_activation: " },
    { "activation", "bad_derivative", "first %(Dense%): bad_derivative: " },
    { "regularizer", "BadRegularizer", "BadRegularizer: " },
    { "constraint", "BadConstraint", "BadConstraint: " },
    { "loss", "BadLoss", "BadLoss: " },
    { "metric", "BadMetric", "BadMetric: " },
    { "metric", "BadState", "BadState: " },
    { "optimizer", rl.optimizers.BadOptimizer, "BadOptimizer: " },
    { "optimizer", function() return rl.optimizers.SGD(rl.optimizers.schedules.BadSchedule()) end, "BadSchedule: " },
  }

  for _, case in ipairs(cases) do
    local field, value, prefix = case[1], case[2], case[3]
    it(("is named, weights stay and the model works on: %s"):format(prefix:match "([%w_]+): $"), function()
      local model = new_model { [field] = type(value) == "string" and value or value() }
      for kind in pairs(bad) do
        if not (kind == "none" and prefix:find "Optimizer") then -- nil means v.weights there
          local before = model:get_weights()
          behave = kind
          local ok, message = pcall(model.train_on_batch, model, X, Y)
          assert.is_false(ok, kind)
          assert.matches(prefix, message)
          if kind == "error" then assert.matches("test_register_kinds%.lua:%d+: boom$", message) end
          if kind == "yield" then assert.matches("attempt to yield", message) end
          for i, weight in ipairs(model:get_weights()) do
            if field ~= "metric" then assert.tensor_near(before[i], weight, 0) end
          end
          behave = nil
          assert.is_number((model:train_on_batch(X, Y)))
        end
      end
    end)
  end

  it("that yields within a coroutine is refused as well, and the coroutine lives", function()
    local model = new_model { activation = "bad_activation" }
    local co = coroutine.wrap(function()
      behave = "yield"
      local ok, message = pcall(model.fit, model, X, Y, { verbose = 0 })
      behave = nil
      coroutine.yield(message)
      assert(not ok)
      return model:fit(X, Y, { verbose = 0 }).history.loss[1]
    end)
    assert.matches("attempt to yield", co())
    assert.is_number(co())
  end)
end)

describe("An activation written in Lua", function()
  it("runs on the main thread in a recurrent layer, whatever the threads", function()
    local threads = rl.config.threads()
    local x = rl.random.normal { shape = { 200, 5, 3 } }
    local results = {}
    for i, activation in ipairs { "tanh", "lua_tanh", function(t) return t:tanh() end } do
      for _, count in ipairs { 1, 4 } do
        rl.config.set_threads(count)
        rl.utils.set_random_seed(3)
        local layer = rl.layers.SimpleRNN { 40, activation = activation }
        results[#results + 1] = layer(x)
        assert.is_true(i > 0)
      end
    end
    rl.config.set_threads(threads)
    for i = 2, #results do assert.tensor_near(results[1], results[i], 1e-5) end
  end)

  it("has arguments, checked as all are, and shown", function()
    local leaky = rl.activations.lua_leaky { slope = 0.5 }
    assert.tensor_near({ -1, 2 }, leaky(rl.tensor { -2, 2 }), 1e-6)
    assert.equal("<lua_leaky slope=0.5>", tostring(leaky))
    assert.same({ slope = 0.5 }, leaky:get_config())
    assert.error_matches(function() rl.activations.lua_leaky { slope = -1 } end, "lua_leaky: argument 'slope' must be in %[0, inf%)")
    assert.error_matches(function() rl.activations.lua_leaky { slop = 1 } end, "did you mean 'slope'")
  end)
end)
