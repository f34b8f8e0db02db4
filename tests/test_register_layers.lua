--- Layers written in Lua: as their built-in twins, everywhere a layer is used, and what happens when they misbehave.
local rl = require "rnnlua"
local register = rl.register

register.layer { name = "LuaDense", doc = "x W + b",
  args = { { "units", "integer", range = "[1, inf)" }, { "use_bias", "boolean", default = true },
           { "kernel_regularizer", "regularizer", optional = true } },
  build = function(self, input_shape)
    self.kernel = self:add_weight { name = "kernel", shape = { input_shape[#input_shape], self.units },
                                    regularizer = self.kernel_regularizer }
    self.bias = self.use_bias and self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
  end,
  call = function(self, x)
    local y = x:matmul(self.kernel)
    return self.bias and y + self.bias or y
  end }

register.layer { name = "ExplicitDense", args = { { "units", "integer" } },
  build = function(self, input_shape)
    self.kernel = self:add_weight { name = "kernel", shape = { input_shape[#input_shape], self.units } }
    self.bias = self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
  end,
  call = function(self, x) return x:matmul(self.kernel) + self.bias end,
  backward = function(self, x, _, dy)
    return dy:matmul(self.kernel:transpose()), { kernel = x:transpose():matmul(dy), bias = dy:sum(1) }
  end,
  compute_output_shape = function(self, input_shape) return { input_shape[1], self.units } end }

register.layer { name = "LuaRNN", args = { { "units", "integer" } }, supports_masking = false,
  build = function(self, input_shape)
    self.kernel = self:add_weight { name = "kernel", shape = { input_shape[3], self.units } }
    self.recurrent = self:add_weight { name = "recurrent_kernel", shape = { self.units, self.units },
                                       initializer = "orthogonal" }
    self.bias = self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
  end,
  call = function(self, x)
    local h
    for t = 1, x.shape[2] do
      local sums = x[{ {}, t }]:matmul(self.kernel) + self.bias
      h = (h and sums + h:matmul(self.recurrent) or sums):tanh()
    end
    return h
  end }

register.layer { name = "LuaScale", doc = "x times a learned vector",
  args = { { "factor", "number", default = 1, doc = "what else it is multiplied by" } },
  build = function(self, input_shape)
    self.w = self:add_weight { name = "w", shape = { input_shape[#input_shape] }, initializer = "ones" }
  end,
  call = function(self, x) return x * self.w * self.factor end }

local X = rl.tensor { { 1, 2 }, { 2, -1 }, { 0, 3 }, { -2, 1 }, { 4, 0 } }
local Y = rl.tensor { { 1 }, { 0.5 }, { 2 }, { -1 }, { 3 } }

local function trained(layers, x, given)
  rl.utils.set_random_seed(5)
  local model = rl.Sequential(layers())
  model:compile(given or { loss = "mse", optimizer = rl.optimizers.SGD(0.05) })
  return model:fit(x, Y, { epochs = 3, batch_size = 2, verbose = 0 }).history.loss, model
end

local function assert_twins(expected, actual, x, given)
  local losses, model = trained(expected, x, given)
  local own_losses, own = trained(actual, x, given)
  for i, loss in ipairs(losses) do assert.near(loss, own_losses[i], 1e-6) end
  for i, weight in ipairs(model:get_weights()) do assert.tensor_near(weight, own:get_weights()[i], 1e-6) end
  assert.tensor_near(model:predict(x), own:predict(x), 1e-6)
end

describe("A layer written in Lua", function()
  local Dense, LuaDense, ExplicitDense = rl.layers.Dense, rl.layers.LuaDense, rl.layers.ExplicitDense

  it("equals its built-in twin over a fit, by derived and by explicit gradients", function()
    local function dense() return { Dense { 3, input_shape = { 2 } }, Dense(1) } end
    assert_twins(dense, function() return { LuaDense { 3, input_shape = { 2 } }, LuaDense(1) } end, X)
    assert_twins(dense, function() return { ExplicitDense { 3, input_shape = { 2 } }, ExplicitDense(1) } end, X)
    assert_twins(function() return { Dense { 1, input_shape = { 2 }, use_bias = false, kernel_regularizer = "l2" } } end,
      function() return { LuaDense { 1, input_shape = { 2 }, use_bias = false, kernel_regularizer = "l2" } } end, X)
  end)

  it("that loops over timesteps equals SimpleRNN", function()
    local x = rl.random.normal { shape = { 5, 4, 2 }, seed = 1 }
    assert_twins(function() return { rl.layers.SimpleRNN { 3, input_shape = { 4, 2 } }, Dense(1) } end,
      function() return { rl.layers.LuaRNN { 3, input_shape = { 4, 2 } }, Dense(1) } end, x)
    assert_twins(function() return { rl.layers.SimpleRNN { 3, input_shape = { -1, 2 } }, Dense(1) } end,
      function() return { rl.layers.LuaRNN { 3, input_shape = { -1, 2 } }, Dense(1) } end, x)
  end)

  it("is an ordinary layer: constructors, summary, config, text, help, fields, completion", function()
    local layer = rl.layers.LuaScale { factor = 2, name = "mine", input_shape = { 3 } }
    assert.equal("<LuaScale factor=2.0 name=mine>", tostring(layer))
    assert.equal("<LuaScale factor=2.0 name=mine>", tostring(rl.layers.LuaScale(layer:get_config())))
    assert.equal("<LuaScale factor=3.0 name=mine>", tostring(rl.layers.LuaScale(3, { name = "mine" })))
    assert.same({ { 2, 4, 6 } }, layer { { 1, 2, 3 } }:totable())
    assert.same({ 1, 1, 1 }, layer.w:totable())
    assert.same({ -1, 3 }, layer.output_shape)
    assert.equal(2, layer.factor)
    assert.equal(3, layer:count_params())
    assert.error_matches(function() rl.layers.LuaScale { fctor = 1 } end, "LuaScale: unknown argument 'fctor' %(did you mean 'factor'%?%)")
    assert.error_matches(function() rl.layers.LuaScale { "x" } end, "LuaScale: argument 'factor' must be a number, got 'x'")
    local text = require "rnnlua.help".text(rl.layers.LuaScale)
    assert.matches("LuaScale{factor=1}", text, 1, true)
    assert.matches("what else it is multiplied by", text, 1, true)
    local named = false
    for name in pairs(rl.layers) do named = named or name == "LuaScale" end
    assert.is_true(named)
    local printed = {}
    local model = rl.Sequential { layer, Dense(1) }
    model:summary { print_fn = function(line) printed[#printed + 1] = line end }
    assert.matches("mine %(LuaScale%).-%(None, 3%).-3", table.concat(printed, "\n"))
  end)

  it("may be shared by models, called on tensors, and set and read", function()
    local shared = rl.layers.LuaScale { input_shape = { 2 } }
    local models = {}
    for i = 1, 2 do
      models[i] = rl.Sequential { shared, Dense(1) }
      models[i]:compile { loss = "mse", optimizer = rl.optimizers.SGD(0.01) }
    end
    for _ = 1, 2 do
      for _, model in ipairs(models) do
        model:fit(X, Y, { verbose = 0 })
        assert.tensor_near(X * shared.w, shared(X), 1e-6)
      end
    end
    shared:set_weights { { 3, 4 } }
    assert.tensor_near({ { 3, 8 } }, shared { { 1, 2 } }, 0)
    assert.is_true(models[1]:predict(X).shape[1] == 5)
  end)

  it("trains in a coroutine that yields between epochs", function()
    local model = rl.Sequential { rl.layers.LuaScale { input_shape = { 2 } }, LuaDense(1) }
    model:compile { loss = "mse" }
    local step = coroutine.wrap(function()
      return model:fit(X, Y, { epochs = 2, verbose = 0, callbacks = { { on_epoch_end = function() coroutine.yield() end } } })
    end)
    step()
    collectgarbage()
    step()
    assert.equal(2, #step().history.loss)
  end)

  it("gets training, and random numbers of the seed", function()
    local seen = {}
    register.layer { name = "LuaDropout", args = { { "rate", "number", default = 0.5 } },
      call = function(self, x, options)
        seen[#seen + 1] = options.training
        if not options.training then return x end
        return x * rl.random.uniform { shape = x.shape }:ge(self.rate):astype "float32" / (1 - self.rate)
      end }
    local layer = rl.layers.LuaDropout()
    local ones = rl.ones { 100, 10 }
    assert.tensor_near(ones, layer(ones), 0)
    rl.utils.set_random_seed(3)
    local first = layer(ones, { training = true })
    assert.near(1, first:mean(), 0.2)
    rl.utils.set_random_seed(3)
    assert.tensor_near(first, layer(ones, { training = true }), 0)
    assert.is_true(seen[#seen])
  end)

  it("finds output shapes by trying, whatever the sizes that are not known", function()
    register.layer { name = "Shapes", args = { { "how", "string", default = "same" } },
      call = function(self, x)
        if self.how == "last" then return x[{ {}, -1 }] end
        if self.how == "pair" then return x, x:sum(2) end
        if self.how == "twice" then return rl.concatenate({ x, x }, 1) end
        if self.how == "flat" then return x:reshape { x.shape[1], -1 } end
        return x
      end }
    local function shape_of(how, input) return rl.layers.Shapes { how = how }:compute_output_shape(input) end
    assert.same({ -1, -1, 3 }, shape_of("same", { -1, -1, 3 }))
    assert.same({ -1, 3 }, shape_of("last", { -1, -1, 3 }))
    assert.same({ -1, 12 }, shape_of("flat", { -1, 4, 3 }))
    assert.same({ -1, -1 }, shape_of("flat", { -1, -1, 3 }))
    local first, second = shape_of("pair", { -1, 4, 3 })
    assert.same({ { -1, 4, 3 }, { -1, 3 } }, { first, second })
    local twice = rl.layers.Shapes { how = "twice" }
    assert.same({ 4, 2, 3 }, twice(rl.ones { 2, 2, 3 }).shape)
    local a, b = rl.layers.Shapes { how = "pair" }(rl.ones { 2, 2, 3 })
    assert.same({ { 2, 2, 3 }, { 2, 3 } }, { a.shape, b.shape })
  end)

  it("may not lose the batch axis in a model", function()
    register.layer { name = "Loses", args = { { "how", "string" } }, call = function(self, x)
      if self.how == "all" then return x:sum() end
      if self.how == "rows" then return x:sum(1) end
      if self.how == "twice" then return rl.concatenate({ x, x }, 1) end
      return 3
    end }
    for _, how in ipairs { "all", "rows", "twice", "constant" } do
      assert.error_matches(function()
        rl.Sequential { rl.Input { shape = { 3 } }, rl.layers.Loses { how = how } }:predict(rl.ones { 40, 3 })
      end, "loses.* %(Loses%): output 1 must keep the batch axis in front, of inputs of shape")
    end
  end)

  it("that takes several inputs gets lists", function()
    register.layer { name = "Join", inputs = { 1, 3 }, args = { { "sign", "integer", default = 1 } },
      build = function(self, shapes)
        self.count = #shapes
        self.w = self:add_weight { name = "w", shape = { shapes[1][2] }, initializer = "ones" }
      end,
      call = function(self, x)
        assert.equal(self.count, #x)
        local y = x[1] * self.w
        for i = 2, #x do y = y + x[i] * self.sign end
        return y
      end }
    local layer = rl.layers.Join { sign = -1 }
    assert.tensor_near({ { -1, -1 } }, layer { rl.tensor { { 1, 2 } }, rl.tensor { { 2, 3 } } }, 0)
    assert.error_matches(function() layer { X, X, X, X } end, "expected at most 3 inputs, got 4")
  end)

  it("has weights that are not trained, and keeps tensors from earlier calls valid", function()
    local kept = {}
    register.layer { name = "Keeps",
      build = function(self, shape)
        self.list = { self:add_weight { name = "a", shape = { shape[2] }, initializer = "ones" },
                      self:add_weight { name = "b", shape = { shape[2] }, initializer = "ones", trainable = false } }
      end,
      call = function(self, x)
        kept[#kept + 1] = { x, self.list[1], self }
        return x * self.list[1] + self.list[2]
      end }
    local model = rl.Sequential { rl.layers.Keeps { input_shape = { 2 } }, Dense(1) }
    model:compile { loss = "mse", optimizer = rl.optimizers.SGD(0.01) }
    model:fit(X, Y, { epochs = 2, verbose = 0 })
    assert.same({ 1, 1 }, model.layers[1].b:totable())
    assert.not_same({ 1, 1 }, model.layers[1].a:totable())
    model = nil
    collectgarbage()
    for _, entry in ipairs(kept) do assert.is_number(entry[1]:sum() + entry[2]:sum()) end
    assert.error_matches(function() kept[#kept][3]:add_weight { name = "late", shape = { 1 } } end,
      "add_weight 'late': weights are added while build runs, to its own self")
  end)

  it("has read-only arguments", function()
    local message
    register.layer { name = "Writes", args = { { "size", "number", default = 1 } },
      call = function(self, x)
        if x.shape[2] == 3 then self.size = 2 end
        self.calls = (self.calls or 0) + 1
        return x
      end }
    assert.error_matches(function() rl.layers.Writes { name = "writer" }(rl.ones { 2, 3 }) end,
      "writer %(Writes%): .*test_register_layers%.lua:%d+: Writes: self%.size is an argument and cannot be assigned")
    assert.is_nil(message)
    rl.layers.Writes()(rl.ones { 2, 2 })
  end)

  it("is collected with all it holds", function()
    local alive = setmetatable({}, { __mode = "k" })
    register.layer { name = "Holds",
      build = function(self)
        self.marker = {}
        alive[self.marker] = true
      end,
      call = function(_, x) return x * 2 end }
    for _ = 1, 5 do
      local model = rl.Sequential { rl.layers.Holds { input_shape = { 2 } }, Dense(1) }
      model:compile { loss = "mse" }
      model:fit(X, Y, { verbose = 0 })
    end
    for _ = 1, 4 do collectgarbage() end
    assert.is_nil(next(alive))
  end)
end)

describe("A layer written in Lua inside of others", function()
  local x = rl.random.normal { shape = { 5, 4, 2 }, seed = 2 }

  it("works in TimeDistributed as its twin does", function()
    local function with(inner)
      return function()
        return { rl.layers.TimeDistributed { inner(3), input_shape = { 4, 2 } }, rl.layers.Flatten(), rl.layers.Dense(1) }
      end
    end
    assert_twins(with(rl.layers.Dense), with(rl.layers.LuaDense), x)
    assert_twins(with(rl.layers.Dense), with(function(units) return rl.layers.ExplicitDense(units) end), x)
  end)

  it("works in Bidirectional, where it says which way it goes", function()
    register.layer { name = "LuaWays",
      args = { { "units", "integer" }, { "go_backwards", "boolean", default = false },
               { "return_sequences", "boolean", default = false } },
      build = function(self, shape)
        self.kernel = self:add_weight { name = "kernel", shape = { shape[3], self.units } }
        self.recurrent = self:add_weight { name = "recurrent_kernel", shape = { self.units, self.units },
                                           initializer = "orthogonal" }
        self.bias = self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
      end,
      call = function(self, input)
        local h, first, last, step = nil, 1, input.shape[2], 1
        if self.go_backwards then first, last, step = last, first, -1 end
        for t = first, last, step do
          local sums = input[{ {}, t }]:matmul(self.kernel) + self.bias
          h = (h and sums + h:matmul(self.recurrent) or sums):tanh()
        end
        return h
      end }
    local function with(inner)
      return function() return { rl.layers.Bidirectional { inner, input_shape = { 4, 2 } }, rl.layers.Dense(1) } end
    end
    local twin, own = with(rl.layers.SimpleRNN(3)), with(rl.layers.LuaWays(3))
    assert_twins(twin, own, x)
  end)

  it("works in a functional model, shared by two calls", function()
    local function make(dense)
      rl.utils.set_random_seed(9)
      local a, b = rl.Input { shape = { 2 } }, rl.Input { shape = { 2 } }
      local shared = dense(3)
      local joined = rl.layers.Add() { shared(a), shared(b) }
      local model = rl.Model { inputs = { a, b }, outputs = rl.layers.Dense(1)(joined) }
      model:compile { loss = "mse", optimizer = rl.optimizers.SGD(0.005) }
      return model:fit({ X, X * 0.5 }, Y, { epochs = 3, batch_size = 2, verbose = 0 }).history.loss, model
    end
    local losses, model = make(rl.layers.Dense)
    for _, own in ipairs { rl.layers.LuaDense, rl.layers.ExplicitDense } do
      local own_losses, own_model = make(own)
      for i, loss in ipairs(losses) do assert.near(loss, own_losses[i], 1e-6) end
      for i, weight in ipairs(model:get_weights()) do assert.tensor_near(weight, own_model:get_weights()[i], 1e-6) end
    end
  end)
end)

describe("A layer written in Lua that misbehaves", function()
  local behave
  local acts = {
    error = { function() error "boom" end, "odd %(Odd%): .*test_register_layers%.lua:%d+: boom$" },
    yield = { function() coroutine.yield() end, "odd %(Odd%): attempt to yield" },
    none = { function() end, "odd %(Odd%): .*expected 1 value, got 0" },
    text = { function() return "x" end, "odd %(Odd%): expected a tensor, got 'x'" },
    shape = { function(x) return x[{ {}, { 1, 1 } }] end, "odd %(Odd%): expected shape %(5, 2%), got %(5, 1%)" },
    several = { function(x) return x, x end, "odd %(Odd%): call: expected 1 value, got 2" },
  }
  register.layer { name = "Odd",
    build = function(self, shape)
      if behave == "build" then error "no build" end
      if behave == "shape of weight" then self:add_weight { name = "w", shape = { shape[1] } } end
      if behave == "no name" then self:add_weight { shape = { 2 } } end
      if behave == "misspelt" then self:add_weight { name = "w", shpe = { 2 } } end
      if behave == "initializer" then self:add_weight { name = "w", shape = { 2 }, initializer = "onse" } end
      self.w = self:add_weight { name = "w", shape = { shape[2] }, initializer = "ones" }
    end,
    call = function(self, x) return (acts[behave] or { function() return x * self.w end })[1](x) end }

  for name, act in pairs(acts) do
    it(("is named, and the model works on: %s"):format(name), function()
      behave = nil
      local model = rl.Sequential { rl.layers.Odd { name = "odd", input_shape = { 2 } }, rl.layers.Dense(1) }
      model:compile { loss = "mse" }
      model:fit(X, Y, { verbose = 0 })
      local before = model:get_weights()
      behave = name
      for _, f in ipairs { model.fit, model.predict } do
        local ok, message = pcall(f, model, X, f == model.fit and Y or { verbose = 0 }, { verbose = 0 })
        assert.is_false(ok)
        assert.matches(act[2], message)
      end
      behave = nil
      for i, weight in ipairs(model:get_weights()) do assert.tensor_near(before[i], weight, 0) end
      assert.is_number(model:fit(X, Y, { verbose = 0 }).history.loss[1])
    end)
  end

  it("in build stays unbuilt, and can be built later", function()
    local cases = {
      { "build", "odd %(Odd%): .*no build$" },
      { "shape of weight", "odd %(Odd%): .*add_weight 'w': argument 'shape': extent 1 is not known" },
      { "no name", "odd %(Odd%): .*add_weight: argument 'name' must be a string, got nil" },
      { "misspelt", "odd %(Odd%): .*add_weight: unknown argument 'shpe' %(did you mean 'shape'%?%)" },
      { "initializer", "odd %(Odd%): .*unknown initializer 'onse' %(did you mean '[Oo]nes'%?%)" },
    }
    for _, case in ipairs(cases) do
      local layer = rl.layers.Odd { name = "odd" }
      behave = case[1]
      assert.error_matches(function() layer:build { -1, 2 } end, case[2])
      assert.is_false(layer.built)
      behave = nil
      assert.tensor_near(X, layer(X), 0)
    end
  end)

  it("in backward is named, and the model works on", function()
    local give
    register.layer { name = "OddBackward",
      build = function(self, shape) self.w = self:add_weight { name = "w", shape = { shape[2] } } end,
      call = function(self, x) return x * self.w end,
      backward = function(self, x, _, dy)
        if give then return give(x, dy) end
        return dy * self.w, { (dy * x):sum(1) }
      end }
    local model = rl.Sequential { rl.layers.Dense { 2, input_shape = { 2 } }, rl.layers.OddBackward { name = "odd" }, rl.layers.Dense(1) }
    model:compile { loss = "mse" }
    model:train_on_batch(X, Y)
    local before = model:get_weights()
    local cases = {
      { function() error "boom" end, ": boom$" },
      { function() end, "backward: expected the gradient of input 1, got nil" },
      { function(_, dy) return dy end, "backward: expected a table of the weights' gradients, by name, as second value, got nil" },
      { function(_, dy) return dy, {} end, "backward: expected the gradient of weight 1, got nil" },
      { function(x) return x:sum(1), {} end, "expected shape %(5, 2%), got %(2,%)" },
      { function(_, dy) return dy, { w = dy } end, "expected shape %(2,%), got %(5, 2%)" },
    }
    for _, case in ipairs(cases) do
      give = case[1]
      local ok, message = pcall(model.train_on_batch, model, X, Y)
      assert.is_false(ok)
      assert.matches("odd %(OddBackward%): ", message)
      assert.matches(case[2], message)
      give = nil
      for i, weight in ipairs(model:get_weights()) do assert.tensor_near(before[i], weight, 0) end
    end
    assert.is_number((model:train_on_batch(X, Y)))
  end)
end)

describe("A layer written in Lua under a GradientTape", function()
  register.layer { name = "WithParts",
    args = { { "units", "integer" }, { "activation", "activation", default = "tanh" } },
    build = function(self, input_shape)
      self.kernel = self:add_weight { name = "kernel", shape = { input_shape[#input_shape], self.units } }
    end,
    call = function(self, x) return self.activation(x:matmul(self.kernel)) end }

  --- Loss and gradients of a model of one layer, by tape.
  local function by_tape(layer)
    layer:set_weights { { { 0.5, -0.25, 1 }, { 1, 0.75, -0.5 } } }
    local loss
    local tape = rl.GradientTape(function()
      loss = ((layer(X) - 1) ^ 2):sum()
      return loss
    end)
    return rl.item(loss), tape:gradient(loss, layer.trainable_weights)[1]
  end

  it("has the gradients of its built-in twin, its activation's included", function()
    local own = rl.layers.WithParts { 3 }
    own:build { -1, 2 }
    local twin = rl.layers.Dense { 3, activation = "tanh", use_bias = false }
    twin:build { -1, 2 }
    local loss, gradient = by_tape(twin)
    local own_loss, own_gradient = by_tape(own)
    assert.near(loss, own_loss, 1e-5)
    assert.tensor_near(gradient, own_gradient, 1e-5)
  end)

  it("agrees with central differences", function()
    local layer = rl.layers.WithParts { 2, activation = function(x) return x:sigmoid() end }
    layer:build { -1, 2 }
    local x, step = rl.tensor({ { 0.5, -1 }, { 1, 2 } }, "float32"), 1 / 128
    local _, pullback = require "rnnlua.gradients".vjp(function(v) return layer(v):sum() end, { x })
    local gradient = pullback { 1 }[1]
    for i = 1, 2 do
      for j = 1, 2 do
        local function moved(by)
          local y = x:copy()
          y[i][j] = y[i][j] + by
          return layer(y):sum()
        end
        assert.near((moved(step) - moved(-step)) / (2 * step), gradient[i][j], 1e-3)
      end
    end
  end)

  it("calls no function of its own while a tape records what it does inside", function()
    register.layer { name = "Inner", call = function(_, x)
      return rl.layers.Dense { 1, kernel_initializer = "ones" }(x)
    end }
    local x, loss = rl.Variable(rl.tensor({ { 1, 2 } }, "float32")), nil
    local tape = rl.GradientTape(function()
      loss = rl.layers.Inner()(x):sum()
      return loss
    end)
    assert.tensor_near({ { 1, 1 } }, tape:gradient(loss, { x })[1], 1e-6)
  end)
end)

describe("A layer written in Lua and masks", function()
  it("gets the mask, and passes it on or makes another", function()
    local masks = {}
    local function note(self, x, options)
      masks[self.kind_of] = options.mask and options.mask:totable() or "none"
      return x
    end
    local args = { { "kind_of", "string", default = "blind" } }
    register.layer { name = "BlindMask", args = args, call = note }
    register.layer { name = "SeesMask", args = args, call = note, supports_masking = true }
    register.layer { name = "MakesMask", args = args, call = note,
      compute_mask = function(_, x, mask)
        assert.equal("bool", mask.dtype)
        return x:sum(-1):gt(2)
      end }
    register.layer { name = "StartsMask", args = args, call = note, compute_mask = function(_, x, mask)
      assert.is_nil(mask)
      return x:ne(0):any(-1)
    end }
    local function layer(name, kind) return rl.layers[name] { kind_of = kind } end
    local model = rl.Sequential { rl.layers.StartsMask { input_shape = { 3, 1 } }, layer("SeesMask", "first"),
      layer("MakesMask", "second"), layer("SeesMask", "third"), layer("BlindMask", "fourth"), layer("SeesMask", "fifth") }
    model:predict { { { 0 }, { 2 }, { 3 } }, { { 1 }, { 0 }, { 4 } } }
    assert.same({ { false, true, true }, { true, false, true } }, masks.first)
    assert.same({ { false, true, true }, { true, false, true } }, masks.second)
    assert.same({ { false, false, true }, { false, false, true } }, masks.third)
    assert.equal("none", masks.fourth)
    assert.equal("none", masks.fifth)
  end)
end)
