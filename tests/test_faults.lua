--- Memory runs out: every scenario runs with the 1st, 2nd, 3rd, … allocation failing, until it passes.
---
--- Each failure must be raised as an error about memory, leak nothing, and leave everything working. Two
--- ways to fail: all allocations from the Nth on (as when memory is gone; Lua, whose own allocations
--- count too, tries again after a collection, so this is what makes those fail), and the Nth alone (the
--- error's own message can then be made).
local rl = require "rnnlua"
local faults = require "support.native" "faults"

local scenarios = {}

--- run: what is repeated; check: that all is well, called after each failure; once: run changes things for good
local function scenario(name, run, check) scenarios[#scenarios + 1] = { name = name, run = run, check = check } end

scenario("stream a model", function()
  local model = rl.Sequential { rl.layers.GRU { 3, input_shape = { -1, 2 }, return_sequences = true }, rl.layers.LSTM(2) }
  local s = model:stream { batch = 2 }
  s { { 1, 2 }, { 3, 4 } }
  return s
end)

-- ---- tensors -------------------------------------------------------------------------------------------

local t = rl.tensor { { 1.5, 2, 3 }, { 4, 5, 6 } }

scenario("make tensors", function()
  return rl.tensor { { 1, 2 }, { 3, 4 } }, rl.zeros { 2, 3 }, rl.full({ 2 }, 7), rl.range(1, 5), rl.eye(3)
end)

scenario("index a tensor", function()
  local u = t:copy()
  u[1] = u[2]
  u[{ {}, -1 }] = 0
  return u[{ { 1, 2 }, 2 }], u[{ 2, 3 }], u[u:gt(1)]
end, function() assert.equal(2, t[1][2]) end)

scenario("compute with tensors", function()
  return (t + t * 2 - 1) / 3, t:sum(1), t:mean(), t:matmul(t:transpose()), t:exp():reshape { 3, 2 }, -t
end, function() assert.equal(21.5, t:sum()) end)

scenario("join, split and repeat tensors", function()
  return rl.concatenate({ t, t }, 2), t:stack(t), t:split(3, 2), t:tile(2, 2), t:repeat_elements(2, 1),
    t:take({ 1, -1 }, 2), rl.one_hot({ 0, 1 }, 2), t:flip():expand_dims(1):squeeze()
end)

scenario("sort and multiply tensors", function()
  local single, whole = t:astype "float32", t:astype "int64"
  return t:sort(), t:argsort(1), rl.linspace(0, 1, 100):sort(), t:cumsum(), t:matmul(t:transpose()),
    single:flip(2):matmul(t:transpose()), whole:dot(whole:transpose()), t:gt(2):matmul(t:gt(2):transpose())
end)

scenario("print a tensor", function() return tostring(t), tostring(rl.ones { 40, 30 }) end)

scenario("draw random numbers", function()
  rl.utils.set_random_seed(1)
  return rl.random.normal { shape = { 3, 2 } }, rl.random.uniform { shape = { 3 } }, rl.random.permutation(5)
end)

local file = os.tmpname()

scenario("write and read files", function()
  local ok, message = rl.savez(file .. ".npz", { t, x = t:transpose() })
  if not ok then error(message, 0) end
  local arrays = rl.load(file .. ".npz")
  rl.utils.write_csv(file .. ".csv", t)
  local dataset = rl.data.Dataset.from_csv(file .. ".csv", { label = "2" }):shuffle(2, 1):batch(2)
  for _ in dataset:iter() do end
  return arrays, rl.utils.read_csv(file .. ".csv", { as_tensor = true })
end, function()
  os.remove(file .. ".npz")
  os.remove(file .. ".csv")
end)

-- ---- components and errors ----------------------------------------------------------------------------------

scenario("construct components", function()
  return rl.layers.SimpleRNN { units = 3, activation = "relu", kernel_regularizer = rl.regularizers.L2(0.1) },
    rl.layers.Dense(2, { kernel_constraint = "max_norm" }), rl.optimizers.Adam { learning_rate = 0.1 },
    rl.losses.Huber { delta = 2 }
end)

scenario("refuse arguments", function()
  local wrong = { { rl.layers.Dense, { unit = 3 } }, { rl.layers.Dense, { "x" } }, { rl.tensor, { { 1 }, { 1, 2 } } },
                  { rl.optimizers.SGD, { momentum = -1 } } }
  for _, call in ipairs(wrong) do
    local ok, message = pcall(call[1], call[2])
    if ok then error "accepted" end
    if tostring(message):find "memory" then error(message, 0) end
  end
end)

-- ---- models ----------------------------------------------------------------------------------------------------

local X = rl.tensor { { { 0.1 }, { 0.2 } }, { { 0.2 }, { 0.3 } }, { { 0.3 }, { 0.4 } } }
local Y = rl.tensor { 0.3, 0.4, 0.5 }

local function new_model()
  local model = rl.Sequential { rl.layers.SimpleRNN { units = 3, input_shape = { 2, 1 } }, rl.layers.Dense(1) }
  model:compile { optimizer = "adam", loss = "mse", metrics = { "mae" } }
  return model
end

local model = new_model()
model:fit(X, Y, { verbose = 0 })
local function still_works()
  local before = model:predict(X)
  local weights = model:get_weights()
  assert.equal(4 + 1, #weights)
  model:set_weights(weights)
  assert.tensor_near(before, model:predict(X), 0)
  require "rnnlua.busy".refuse(model, "still_works") -- nothing is thought to be under way
end

scenario("build a model", new_model)
scenario("fail to build a model", function()
  local dense = rl.layers.Dense { 3, input_shape = { 5 } }
  local ok, message = pcall(rl.Sequential, { dense, rl.layers.SimpleRNN(2) })
  if ok then error "accepted" end
  assert.is_false(dense.built)
  if tostring(message):find "memory" then error(message, 0) end
end)

local stack = rl.Sequential { rl.layers.Dense { 3, input_shape = { 2 } } }
scenario("add a layer and take it off", function()
  stack:add(rl.layers.Dense(1))
  stack:pop()
end, function()
  assert.same({ 1, #stack.layers == 1 and 3 or 1 }, stack:predict(rl.ones { 1, 2 }).shape)
  if #stack.layers == 2 then stack:pop() end
  assert.equal(1, #stack.layers)
end)
scenario("summarize a model", function() model:summary { print_fn = function() end } end, still_works)
scenario("fit a new model", function() new_model():fit(X, Y, { verbose = 0, epochs = 2, batch_size = 2 }) end)
scenario("fit a model again", function()
  model:fit(X, Y, { verbose = 0, epochs = 2, batch_size = 2, validation_split = 0.4 })
end, still_works)
scenario("fit recurrent layers and wrappers", function()
  local L = rl.layers
  local recurrent = rl.Sequential { rl.Input { shape = { 3, 1 } }, L.Masking(),
    L.Bidirectional(L.GRU { 2, dropout = 0.5, return_sequences = true }), L.TimeDistributed(L.Dense(2)),
    L.LSTM { 2, recurrent_dropout = 0.5, stateful = true } }
  recurrent:compile { optimizer = "sgd", loss = "mse" }
  recurrent:fit(rl.ones { 2, 3, 1 }, rl.ones { 2, 2 }, { verbose = 0 })
  return L.Bidirectional { L.LSTM { 2, return_state = true }, merge_mode = "none" }(rl.ones { 1, 2, 1 })
end)

scenario("fit with lengths, averages, and Lambda and Normalization layers", function()
  local x = rl.ones { 4, 3, 2 }
  local scale = rl.layers.Normalization { input_shape = { 3, 2 } }
  scale:adapt(x)
  local made = rl.Sequential { scale, rl.layers.Lambda(function(v) return v * 2 end), rl.layers.GRU(2) }
  made:compile { loss = rl.losses.MeanSquaredError { reduction = "sum" },
    optimizer = rl.optimizers.SGD { 0.1, use_ema = true, gradient_accumulation_steps = 2 } }
  made:fit(x, rl.ones { 4, 2 }, { verbose = 0, batch_size = 2, lengths = { 3, 1, 0, 2 } })
  return made:predict(x, { lengths = { 3, 1, 0, 2 } }), rl.metrics.Mean()({ 1, 2 }, { 1, 0 })
end)
scenario("fit to a loss that is not finite", function()
  local made, stderr = new_model(), io.stderr
  io.stderr = { write = function() end }
  local _ <close> = setmetatable({}, { __close = function() io.stderr = stderr end })
  made:fit(X * math.huge, Y, { verbose = 0 })
end)
scenario("fit with callbacks and a generator", function()
  local left = 3
  local function batches()
    left = left - 1
    if left > 0 then return X, Y end
    left = 3
  end
  model:fit(batches, nil, { verbose = 0, epochs = 2, callbacks = {
    rl.callbacks.EarlyStopping { monitor = "loss", restore_best_weights = true },
    { on_epoch_end = function(_, _, logs) if not logs.loss then error "no loss" end end } } })
end, still_works)
scenario("evaluate and predict", function() return model:evaluate(X, Y, { verbose = 0 }), model:predict(X) end, still_works)
local function with_functions()
  local own = rl.Sequential { rl.layers.Dense { units = 1, input_shape = { 2 },
    kernel_initializer = function(shape) return rl.ones(shape) end,
    kernel_constraint = function(w) return w:clip(-1, 1) end } }
  own:compile { loss = "mse", optimizer = rl.optimizers.SGD { learning_rate = function(step) return 0.1 / (step + 1) end },
    metrics = { { fn = function(y_true, y_pred) return (y_true - y_pred):abs() end, name = "own" } } }
  return own
end
local own = with_functions()
local pairs_of, sums = rl.tensor { { 1, 2 }, { 3, 4 }, { 5, 6 } }, rl.tensor { { 3 }, { 7 }, { 11 } }
scenario("fit with Lua functions", function()
  own:fit(pairs_of, sums, { verbose = 0, epochs = 2, batch_size = 2 })
end, function()
  assert.is_true(own:evaluate(pairs_of, sums, { verbose = 0 }) < 1000)
  assert.is_true(own.layers[1].kernel:abs():max() <= 1)
end)
scenario("make a model with Lua functions", with_functions)
local taped, tape_optimizer = new_model(), rl.optimizers.Adam {}
local free = rl.Variable(1.5)
scenario("train by a tape", function()
  local tape, loss = rl.GradientTape(function()
    local y = taped(X, { training = true })
    return rl.losses.MeanSquaredError {}(Y, y) + rl.regularizers.L2(0.1)(taped.layers[1].kernel) + free * y[1]:tanh():sum()
  end)
  local variables = taped.trainable_variables
  variables[#variables + 1] = free
  tape_optimizer:apply_gradients(tape:gradient(loss, variables), variables)
end, function()
  assert.is_false(require "rnnlua.core".is_recording())
  local before = tape_optimizer.iterations
  local tape, loss = rl.GradientTape(function() return (free * taped(X)):sum() end)
  local grads = tape:gradient(loss, { free, taped.layers[2].kernel })
  assert.near(taped:predict(X):sum(), rl.item(grads[1]), 1e-5)
  assert.equal(before, tape_optimizer.iterations)
end)
scenario("make an optimizer step for the first time", function()
  rl.optimizers.Adam {}:apply_gradients({ rl.ones {} }, { free })
end)
scenario("check gradients", function()
  assert(rl.gradient_check(function(a) return a:matmul(a):tanh() * a, a:sort() end, { t[1][{ { 1, 2 } }] }))
end)
scenario("record masks, lists and views", function()
  local tape, y = rl.GradientTape(function(tape)
    tape:watch(t)
    return rl.concatenate { t[{ { 1, 2 }, 1 }], t[t:gt(2)], t[rl.tensor { 1, 1 }]:flatten() }
  end, { persistent = true })
  return tape:gradient(y, t), tape:gradient(y, t)
end)
-- components written in Lua: derivatives derived and explicit
local register = rl.register
register.layer { name = "FaultLayer", args = { { "units", "integer" }, { "activation", "activation", optional = true } },
  build = function(self, input_shape)
    self.w = self:add_weight { name = "w", shape = { input_shape[2], self.units }, regularizer = "FaultRegularizer" }
  end,
  call = function(self, x)
    local y = x:matmul(self.w)
    return self.activation and self.activation(y) or y
  end }
register.layer { name = "FaultScale", call = function(_, x) return x * 2 end,
                 backward = function(_, _, _, dy) return dy * 2 end }
register.activation { name = "fault_tanh", call = function(x) return x:tanh() end }
register.regularizer { name = "FaultRegularizer", call = function(w) return (w * w):sum() * 0.01 end }
register.loss { name = "FaultLoss", call = function(y_true, y_pred) return (y_true - y_pred) ^ 2 end }
register.metric { name = "FaultMetric", state = { "n" }, update = function(state) state.n = state.n + 1 end,
                  result = function(state) return state.n end }
register.optimizer { name = "FaultOptimizer", slots = { "m" },
  update = function(_, v)
    v.slots.m = v.slots.m * 0.9 - v.gradients * v.learning_rate
    return v.weights + v.slots.m
  end }
local function new_scripted()
  local scripted = rl.Sequential { rl.layers.FaultLayer { 3, activation = "fault_tanh", input_shape = { 2 } },
    rl.layers.FaultScale(), rl.layers.Dense { 1, activation = function(x) return x end } }
  scripted:compile { loss = "FaultLoss", optimizer = "FaultOptimizer", metrics = { "FaultMetric" } }
  return scripted
end
register.layer { name = "FaultCell", args = { { "units", "integer" } }, state_size = function(self) return self.units end,
  build = function(self, input_shape)
    self.w = self:add_weight { name = "w", shape = { input_shape[2], self.units } }
  end,
  call = function(self, x, states)
    local y = x:matmul(self.w) + states[1]
    return y, { y }
  end }
scenario("fit cells, ours and written in Lua", function()
  local L = rl.layers
  local cells = rl.Sequential { rl.Input { shape = { 3, 1 } }, L.Masking(),
    L.RNN { L.LSTMCell(2), L.FaultCell(2), return_sequences = true, go_backwards = true },
    L.Bidirectional(L.RNN(L.StackedRNNCells { L.GRUCell(2), L.FaultCell(1) })) }
  cells:compile { optimizer = "sgd", loss = "mse" }
  cells:fit(rl.ones { 2, 3, 1 }, rl.ones { 2, 2 }, { verbose = 0 })
  return L.LSTMCell(2)(rl.ones { 1, 2 }), L.RNN(cells.layers[2]:get_config())
end)
local scripted = new_scripted()
scenario("make a model of components written in Lua", new_scripted)
scenario("fit components written in Lua", function()
  scripted:fit(pairs_of, sums, { verbose = 0, epochs = 2, batch_size = 2 })
end, function() assert.is_true(scripted:evaluate(pairs_of, sums, { verbose = 0 }) < 1e6) end)
local function half()
  register.layer { name = "Half", aliases = "half_layer", doc = "half",
    args = { { "rate", "number", default = 0.5, range = "[0, 1]", doc = "rate" } }, call = function(_, x) return x end }
end
local begin_plugin, abort_plugin = require "rnnlua.core".begin_plugin, require "rnnlua.core".abort_plugin
scenario("load half a plugin written in Lua", function()
  begin_plugin { name = "half", origin = "half.lua" }
  local ok, message = pcall(half)
  abort_plugin()
  if not ok then error(message, 0) end
end)
-- these stay, as below
scenarios[#scenarios + 1] = { name = "register a type", once = true, run = function()
  register.layer { name = "FaultOnce", args = { { "rate", "number", default = 0.5 } }, call = function(_, x) return x end }
end }
scenario("a batch at a time", function()
  return model:train_on_batch(X, Y), model:test_on_batch(X, Y), model:predict_on_batch(X)
end, still_works)
scenario("get and set weights", function() model:set_weights(model:get_weights()) end, still_works)
scenario("read a configuration", function() return model.layers[1]:get_config(), model:count_params() end)
scenario("feed the wrong shape", function()
  local ok, message = pcall(model.predict, model, { { 1, 2, 3 } })
  if ok then error "accepted" end
  if tostring(message):find "memory" then error(message, 0) end
end, still_works)

-- ---- plugins ----------------------------------------------------------------------------------------------------

local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"

local function load_plugin(file)
  local name, message = rl.plugins.load(folder .. file)
  if not name then error(message, 0) end
end

scenario("refuse a plugin", function()
  local ok, message = pcall(load_plugin, "plugin_too_new.so")
  if ok then error "accepted" end
  if tostring(message):find "memory" then error(message, 0) end
end, function() assert.is_true(#rl.plugins.list() > 0) end)

-- once it is loaded it stays, so this one has no second way to fail and nothing to do beforehand
scenarios[#scenarios + 1] = { name = "load a plugin", once = true, run = function() load_plugin "plugin_example.so" end }

-- ---- the runs --------------------------------------------------------------------------------------------------

local ALL = nil -- faults.run's default count

--- Blocks in use. The second collection frees what the finalizers of the first have let go.
local function collected(expected)
  collectgarbage()
  if faults.live() > expected then collectgarbage() end
  return faults.live()
end

--- The same failure, over and over: only a leak makes the count grow every time. (Lua's own bookkeeping,
--- as its list of calls, may move it for a while.)
local function leaks(run, first, count)
  local before = collected(0)
  for _ = 1, 12 do
    faults.run(run, first, count)
    local after = collected(before)
    if after <= before then return false end
    before = after
  end
  return true
end

--- Runs the case with that failure. Returns whether it was never met: every allocation has had its turn.
local function fails_well(case, first, count, before)
  local ok, message, made = faults.run(case.run, first, count)
  if ok and made < first then return true end
  if not ok then
    assert.message(("allocation %d"):format(first)).matches("not enough memory", tostring(message), 1, true)
  end
  if case.check then case.check() end
  local after = collected(before)
  if after > before and leaks(case.run, first, count) then
    error(("allocation %d of %s fails: memory is leaked"):format(first, case.name), 0)
  end
  return false, after
end

describe("When memory runs out,", function()
  it("a leak would be noticed", function()
    if not faults then pending "tests/support/faults.c is not built" end
    local kept = {}
    assert.is_true(leaks(function() kept[#kept + 1] = {} end, 1 << 30))
    assert.is_false(leaks(function() return {} end, 1 << 30))
    assert.is_false((faults.run(function() return {} end, 1)))
  end)

  for _, case in ipairs(scenarios) do
    it(case.name, function()
      if not faults then pending "tests/support/faults.c is not built" end
      for _ = 1, case.once and 0 or 2 do assert(faults.run(case.run, 0)) end -- what is kept is made now
      for _, count in ipairs(case.once and { false } or { 1, false }) do
        local first, passed, before = 0, false, collected(0)
        repeat
          first = first + 1
          passed, before = fails_well(case, first, count or ALL, before)
        until passed
        assert.is_true(first > 1)
      end
    end)
  end
end)

describe("Memory in training:", function()
  --- How many allocations f makes, of Lua's as of ours.
  local function allocations(f)
    collectgarbage "stop"
    local ok, message, made = faults.run(f, 0)
    collectgarbage "restart"
    assert(ok, message)
    return made
  end

  it("a warm epoch with shuffle and History allocates nothing", function()
    if not faults then pending "tests/support/faults.c is not built" end
    local function fit(epochs) return function() model:fit(X, Y, { verbose = 0, epochs = epochs, batch_size = 2 }) end end
    fit(10)()
    assert.near(allocations(fit(100)), allocations(fit(1000)), 5) -- of Lua's bookkeeping, not 900
  end)

  it("a warm predict allocates its result and little else", function()
    if not faults then pending "tests/support/faults.c is not built" end
    local function predict() return model:predict(X) end
    predict()
    assert.near(0, allocations(predict), 40)
  end)
end)
