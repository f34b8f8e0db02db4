--- rl.GradientTape: what it records, what it gives, and what it refuses.
local rl = require "rnnlua"
local core = require "rnnlua.core"

local function refuses(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.matches(pattern, message, 1, true)
  assert.is_false(core.is_recording())
end

describe("A tape", function()
  it("gives what the function returned, and gradients in the order asked for", function()
    local x, y = rl.Variable(2), rl.Variable(3)
    local tape, loss, more = rl.GradientTape(function() return x * x * y, "more" end)
    assert.same({ 12, "more" }, { rl.item(loss), more })
    local grads = tape:gradient(loss, { y, x })
    assert.same({ 4, 12 }, { rl.item(grads[1]), rl.item(grads[2]) })
    assert.equal("<GradientTape, used>", tostring(tape))
  end)

  it("gives one gradient for one source", function()
    local x = rl.Variable { 1, 2 }
    local tape, loss = rl.GradientTape(function() return (x * x):sum() end)
    assert.same({ 2, 4 }, tape:gradient(loss, x):totable())
  end)

  it("gives false where the loss does not depend on a source", function()
    local x, y, z = rl.Variable { 1, 2 }, rl.Variable { 1, 2 }, rl.ones { 2 }
    local tape, loss = rl.GradientTape(function()
      local _ = y * 2
      return (x * z):sum()
    end)
    local grads = tape:gradient(loss, { x, y, z })
    assert.same({ false, false }, { grads[2], grads[3] })
    assert.equal(3, #grads)
  end)

  it("watches other tensors where it is told to", function()
    local x, y = rl.tensor { 1.5, 2 }, rl.tensor { 1.5 }
    local tape, loss = rl.GradientTape(function(t)
      t:watch(x)
      t:watch { y }
      return (x * x * y):sum()
    end)
    local grads = tape:gradient(loss, { x, y })
    assert.same({ { 4.5, 6 }, { 6.25 } }, { grads[1]:totable(), grads[2]:totable() })
  end)

  it("takes the sum of a loss with axes, or output_gradients", function()
    local x = rl.Variable { 1, 2 }
    local function tape() return rl.GradientTape(function() return x * x end) end
    local t, y = tape()
    assert.same({ 2, 4 }, t:gradient(y, x):totable())
    t, y = tape()
    assert.same({ 2, 40 }, t:gradient(y, x, rl.tensor { 1, 10 }):totable())
    t, y = tape()
    assert.same({ 2, 40 }, t:gradient(y, x, { 1, 10 }):totable())
    refuses("output_gradients must have the loss's shape, (2), got (3)", function()
      t, y = tape()
      t:gradient(y, x, { 1, 2, 3 })
    end)
  end)

  it("takes several losses", function()
    local x = rl.Variable { 1, 2 }
    local tape, a, b = rl.GradientTape(function() return x * x, x:sum() end)
    assert.same({ 3, 5 }, tape:gradient({ a, b }, x):totable())
  end)

  it("gives gradients of intermediate results too", function()
    local x, y = rl.Variable { 1, 2 }, nil
    local tape, loss = rl.GradientTape(function()
      y = x * 3
      return (y * y):sum()
    end)
    local grads = tape:gradient(loss, { y, x, loss })
    assert.same({ { 6, 12 }, { 18, 36 }, 1 }, { grads[1]:totable(), grads[2]:totable(), rl.item(grads[3]) })
  end)

  it("keeps full reductions and elements as tensors, where they are recorded", function()
    local x, c = rl.Variable { 1, 2 }, rl.ones { 2 }
    rl.GradientTape(function()
      for _, value in ipairs { x:sum(), x[1], x[{ 2 }], x:max(), x:matmul(x), x:take(1, 1), x:std() } do
        assert.equal("tensor", getmetatable(value))
        assert.same({}, value.shape)
      end
      assert.equal("number", type(c:sum()))
      assert.equal("number", type(c[1]))
      assert.equal("number", math.type(x:argmax()) and type(x:argmax()))
      assert.equal("number", type(rl.item(x:sum())))
      assert.equal(3, rl.item(3))
    end)
    assert.equal("number", type(x:sum()))
  end)

  it("stops at rl.stop_gradient", function()
    local x = rl.Variable { 1, 2 }
    local tape, loss = rl.GradientTape(function() return (x * rl.stop_gradient(x)):sum() end)
    assert.same({ 1, 2 }, tape:gradient(loss, x):totable())
    assert.equal(3, rl.stop_gradient(3))
  end)

  it("sees through control flow, closures, pcall and coroutines of the function's own", function()
    local x = rl.Variable { 1, 2 }
    local tape, loss = rl.GradientTape(function()
      local sum = 0
      for _, y in coroutine.wrap(function()
        for i = 1, 3 do coroutine.yield(i, x * i) end
      end) do
        sum = sum + y
      end
      pcall(function() sum = sum * 2; error "out" end)
      return sum
    end)
    assert.same({ 12, 12 }, tape:gradient(loss, x):totable())
  end)

  it("forgets nothing of a loop", function()
    local x = rl.Variable(1.0001)
    local tape, y = rl.GradientTape(function()
      local product = x
      for _ = 1, 999 do product = product * x end
      return product
    end)
    assert.near(1000 * 1.0001 ^ 999, rl.item(tape:gradient(y, x)), 0.1)
  end)

  it("knows what it was told to watch, whatever other tapes watch later", function()
    local x = rl.ones { 2 }
    local function watching(factor)
      return rl.GradientTape(function(tape)
        tape:watch(x)
        return x * factor
      end)
    end
    local first, a = watching(2)
    local second, b = watching(3)
    assert.same({ { 2, 2 }, { 3, 3 } }, { first:gradient(a, x):totable(), second:gradient(b, x):totable() })
  end)

  it("belongs to one run: tensors of another tape are constants", function()
    local x, y = rl.Variable(2), nil
    rl.GradientTape(function() y = x * x end)
    local tape, loss = rl.GradientTape(function() return y * x end)
    assert.equal(4, rl.item(tape:gradient(loss, x)))
  end)
end)

describe("A tape is refused", function()
  local x = rl.Variable { 1, 2 }
  local function used()
    local tape, loss = rl.GradientTape(function() return x:sum() end)
    tape:gradient(loss, x)
    return tape, loss
  end

  it("a second time, but for a persistent one", function()
    local tape, loss = used()
    refuses("rl.GradientTape(f, {persistent = true})", tape.gradient, tape, loss, x)
    tape, loss = rl.GradientTape(function() return (x * x):sum() end, { persistent = true })
    for _ = 1, 3 do assert.same({ 2, 4 }, tape:gradient(loss, x):totable()) end
  end)

  it("inside the function, and for gradients of gradients", function()
    refuses("the tape still records", rl.GradientTape, function(tape) tape:gradient(x:sum(), x) end)
    local other, loss = rl.GradientTape(function() return x:sum() end)
    refuses("gradients of gradients are not supported", rl.GradientTape, function() other:gradient(loss, x) end)
    refuses("gradients of gradients are not supported", rl.GradientTape, function() rl.GradientTape(function() end) end)
    refuses("cannot be called while a tape records", rl.GradientTape, function() rl.gradient_check(rl.sum, { x }) end)
  end)

  it("where a number or a stranger is the loss", function()
    local tape = rl.GradientTape(function() return x:sum() end)
    refuses("the loss is a Lua number", tape.gradient, tape, 3, x)
    refuses("the loss must be a tensor, got nil", tape.gradient, tape, nil, x)
    refuses("was not computed on this tape", tape.gradient, tape, rl.ones { 2 }, x)
    refuses("loss 2 was not computed on this tape", tape.gradient, tape, { x, rl.ones { 2 } }, x)
    refuses("must hold floats, got bool", tape.gradient, tape, x:gt(1), x)
    refuses("a loss expected, got none", tape.gradient, tape, {}, x)
  end)

  it("where sources are no tensors", function()
    local tape, loss = rl.GradientTape(function() return x:sum() end)
    refuses("the source must be a tensor, got nil", tape.gradient, tape, loss)
    refuses("source 2 must be a tensor, got 3", tape.gradient, tape, loss, { x, 3 })
    assert.same({}, tape:gradient(loss, {}))
  end)

  it("with arguments of a wrong type", function()
    refuses("a function that computes something expected, got nil", rl.GradientTape)
    refuses("got a tensor", rl.GradientTape, x)
    refuses("unknown argument 'persitent' (did you mean 'persistent'?)", rl.GradientTape, print, { persitent = true })
    refuses("call it with a colon", rl.GradientTape, function(tape) tape.watch(x) end)
    refuses("watch: a tensor expected, got 3", rl.GradientTape, function(tape) tape:watch(3) end)
    refuses("a tensor of floats expected, got one of int64", rl.GradientTape, function(tape) tape:watch(rl.tensor { 1 }) end)
    local tape = rl.GradientTape(function() end)
    refuses("does not record any more", tape.watch, tape, rl.ones { 2 })
    refuses("has no field 'gradeint' (did you mean 'gradient'?)", function() return tape.gradeint end)
    refuses("cannot be assigned", function() tape.x = 1 end)
  end)

  it("where the function yields", function()
    local routine = coroutine.create(function() rl.GradientTape(function() coroutine.yield(1) end) end)
    local ok, message = coroutine.resume(routine)
    assert.is_false(ok)
    assert.matches("the function that a tape records cannot yield", message, 1, true)
    assert.is_false(core.is_recording())
  end)
end)

describe("Changes in place while a tape records", function()
  local x = rl.Variable { 1, 2, 3 }
  local function recorded(f) return rl.GradientTape, function() f(x * 2) end end

  it("are refused for what it has seen", function()
    refuses("cannot be changed in place", recorded(function(y) y[1] = 3 end))
    refuses("cannot be changed in place", recorded(function(y) y[{ { 1, 2 } }] = 3 end))
    refuses("cannot be changed in place", recorded(function(y) y[y:gt(1)] = 3 end))
    refuses("fill: a tape", recorded(function(y) y:fill(0) end))
    refuses("copy_from: a tape", recorded(function(y) y:copy_from(rl.ones { 3 }) end))
    refuses("fill: a tape", recorded(function(y) y:reshape(3, 1):fill(0) end))
    refuses("fill: a tape", recorded(function() x:fill(0) end))
    refuses("assign: a tape", recorded(function() x:assign { 4, 5, 6 } end))
    local constant = rl.ones { 3 }
    refuses("fill: a tape", recorded(function(y) local _ = y * constant; constant[{ { 2, 3 } }]:fill(0) end))
    refuses("fill: a tape", rl.GradientTape, function(tape) tape:watch(constant); constant:fill(2) end)
    assert.same({ { 1, 2, 3 }, { 1, 1, 1 } }, { x:totable(), constant:totable() })
  end)

  it("are refused for results and values that it watches", function()
    refuses("argument 'out' cannot be given while a tape records this", recorded(function(y) y:exp { out = rl.ones { 3 } } end))
    refuses("argument 'out'", recorded(function(y) y:clip(0, 1, { out = rl.ones { 3 } }) end))
    refuses("argument 'out'", recorded(function(y) y:softmax { out = rl.ones { 3 } } end))
    refuses("gradients do not go through changes in place", recorded(function(y) rl.zeros { 3 }[1] = y[1] end))
    refuses("gradients do not go through changes in place", recorded(function(y) rl.zeros { 3 }:copy_from(y) end))
    refuses("gradients do not go through changes in place", recorded(function(y) rl.Variable { 1, 2, 3 }:assign(y) end))
  end)

  it("are free for anything else", function()
    local z, list = rl.zeros { 3 }, { rl.ones { 3 }, rl.ones { 3 } }
    local tape, loss = rl.GradientTape(function()
      z[1] = 5
      z:add(1, { out = z })
      z:copy_from(rl.stop_gradient(x))
      local y = rl.concatenate { x, list[1] }
      list[1] = nil -- a script's own tables are not the tape's
      return y:sum()
    end)
    assert.same({ 1, 1, 1 }, tape:gradient(loss, x):totable())
  end)

  it("make a tape useless afterwards, and it says so", function()
    local v, c = rl.Variable { 1, 2 }, rl.ones { 2 }
    local function changed(change)
      local tape, loss = rl.GradientTape(function() return (v * v * c):sum() end)
      change()
      refuses("was changed in place since", tape.gradient, tape, loss, v)
    end
    changed(function() v:assign { 3, 4 } end)
    changed(function() v[1] = 3 end)
    changed(function() c:fill(2) end)
    changed(function() c:add(1, { out = c }) end)
    local layer = rl.layers.Dense { 1, input_shape = { 2 } }
    local model = rl.Sequential { layer }
    model:compile { loss = "mse", optimizer = "sgd" }
    local function taped(change)
      local tape, loss = rl.GradientTape(function() return layer(rl.ones { 1, 2 }) end)
      change()
      refuses("was changed in place since", tape.gradient, tape, loss, layer.kernel)
    end
    taped(function() layer:set_weights(layer:get_weights()) end)
    taped(function() model:fit(rl.ones { 1, 2 }, rl.ones { 1 }, { verbose = 0 }) end)
    taped(function() model:train_on_batch(rl.ones { 1, 2 }, rl.ones { 1 }) end)
    taped(function()
      local tape, loss = rl.GradientTape(function() return layer(rl.ones { 1, 2 }) end)
      rl.optimizers.SGD {}:apply_gradients(tape:gradient(loss, layer.weights), layer.weights)
    end)
    refuses("fit: cannot be called while a tape records", rl.GradientTape, function()
      model:fit(rl.ones { 1, 2 }, rl.ones { 1 }, { verbose = 0 })
    end)
  end)
end)

describe("An error in the function", function()
  it("goes through as it is, and nothing records afterwards", function()
    local x, thrown = rl.Variable { 1, 2 }, { "an object" }
    local ok, caught = pcall(rl.GradientTape, function() local _ = x * 2; error(thrown) end)
    assert.is_false(ok)
    assert.equal(thrown, caught)
    refuses("my words", rl.GradientTape, function() error "my words" end)
    refuses("matmul: the last axis", rl.GradientTape, function() return x:matmul(rl.ones { 3, 3 }) end)
    assert.equal("number", type(x:sum()))
    local tape, loss = rl.GradientTape(function() return x:sum() end)
    assert.same({ 1, 1 }, tape:gradient(loss, x):totable())
  end)

  it("inside, caught there, leaves the tape recording", function()
    local x = rl.Variable { 1, 2 }
    local tape, loss = rl.GradientTape(function()
      local y = x * 2
      assert.is_false((pcall(function() return y:matmul(rl.ones { 3, 3 }) end)))
      assert.is_false((pcall(function() return rl.GradientTape(function() end) end)))
      return (y * x):sum()
    end)
    assert.same({ 4, 8 }, tape:gradient(loss, x):totable())
  end)
end)

describe("A variable", function()
  it("is float32 unless it is made of a float tensor, or told", function()
    assert.equal("float32", rl.Variable(3).dtype)
    assert.equal("float32", rl.Variable { { 1, 2 } }.dtype)
    assert.equal("float64", rl.Variable(rl.tensor { 1.5 }).dtype)
    assert.equal("float64", rl.Variable({ 1, 2 }, { dtype = "float64" }).dtype)
    assert.equal("float32", rl.Variable(rl.tensor { 1, 2 }, { dtype = "float32" }).dtype)
    refuses("must be float32 or float64, got int64", rl.Variable, rl.tensor { 1, 2 })
    refuses("must be float32 or float64, got bool", rl.Variable, { 1 }, { dtype = "bool" })
    refuses("a tensor, a table or a number expected, got nil", rl.Variable)
    refuses("got 'x'", rl.Variable, "x")
    refuses("unknown argument 'nam' (did you mean 'name'?)", rl.Variable, 1, { nam = "x" })
  end)

  it("has numbers of its own", function()
    local t = rl.ones { 2 }
    local v = rl.Variable(t)
    v:assign { 3, 4 }
    assert.same({ 1, 1 }, t:totable())
  end)

  it("is assigned to in its shape", function()
    local v = rl.Variable { 1, 2 }
    assert.equal(v, v:assign(rl.tensor { 5, 6 }))
    assert.same({ 6, 7 }, v:assign_add { 1, 1 }:totable())
    assert.same({ 4, 5 }, v:assign_sub(2):totable())
    refuses("the variable has shape (2,), got a value of shape (3,)", v.assign, v, { 1, 2, 3 })
    refuses("the variable has shape (2,), got a value of shape (1, 2)", v.assign_add, v, { { 1, 2 } })
    refuses("a variable expected", rl.assign, rl.ones { 2 }, { 1, 2 })
    local layer = rl.layers.Dense { 1, input_shape = { 1 } }
    layer(rl.ones { 1, 1 })
    layer.kernel:assign { { 7 } }
    assert.equal(7, layer.kernel[1][1])
  end)

  it("is not watched if it is not trainable", function()
    local v, w = rl.Variable({ 1, 2 }, { trainable = false, name = "fixed" }), rl.Variable { 1, 2 }
    local tape, loss = rl.GradientTape(function() return (v * w):sum() end)
    assert.is_false(tape:gradient(loss, { v })[1])
  end)

  it("is one however its tensor was got: weights have a new one each time", function()
    local layer = rl.layers.Dense { 2, input_shape = { 3 } }
    layer(rl.ones { 1, 3 })
    assert.is_false(layer.kernel == layer.kernel)
    local tape, loss = rl.GradientTape(function() return (layer.kernel * layer.weights[1]):sum() end)
    assert.tensor_near(2 * layer.kernel, tape:gradient(loss, layer.kernel), 0)
  end)
end)

describe("A model under a tape", function()
  local X, Y = rl.random.normal { shape = { 6, 4, 2 } }, rl.random.normal { shape = { 6, 1 } }
  local function new_model()
    return rl.Sequential { rl.layers.SimpleRNN { 5, input_shape = { 4, 2 } }, rl.layers.Dropout(0.2), rl.layers.Dense(1) }
  end

  it("gives what it gives without one, and gradients of all its weights", function()
    local model = new_model()
    local tape, y = rl.GradientTape(function() return model(X) end)
    assert.tensor_near(model(X), y, 0)
    for i, g in ipairs(tape:gradient(y, model.trainable_variables)) do
      assert.same(model.trainable_variables[i].shape, g.shape)
    end
    assert.is_true(rl.gradient_check(function(x) return model(x) end, { X, table.unpack(model.trainable_variables) }))
  end)

  it("trains as it is told", function()
    local model = rl.Sequential { rl.layers.Dropout { 0.5, input_shape = { 100 } } }
    rl.GradientTape(function()
      assert.equal(0, model(rl.ones { 1, 100 }):eq(0):astype("int64"):sum())
      assert.is_true(model(rl.ones { 1, 100 }, { training = true }):eq(0):astype("int64"):sum() > 10)
    end)
  end)

  it("is built by its first call there", function()
    local model = rl.Sequential { rl.layers.Dense(1) }
    local tape, loss = rl.GradientTape(function() return rl.losses.MeanSquaredError {}(Y, model(rl.ones { 6, 3 })) end)
    assert.equal(2, #tape:gradient(loss, model.trainable_variables))
  end)

  it("goes through functional models, shared layers and models in models", function()
    local shared, inner = rl.layers.Dense { 3, activation = "tanh" }, new_model()
    local a, b = rl.Input { shape = { 4, 2 } }, rl.Input { shape = { 4, 2 } }
    local joined = rl.layers.Concatenate {} { shared(a), shared(b) }
    local model = rl.Model { inputs = { a, b }, outputs = { rl.layers.SimpleRNN(2)(joined), inner(a) } }
    local tape, first, second = rl.GradientTape(function() return model { X, X * 0.5 } end)
    local expected = { model { X, X * 0.5 } }
    assert.tensor_near(expected[1], first, 0)
    assert.tensor_near(expected[2], second, 0)
    for _, g in ipairs(tape:gradient({ first, second }, model.trainable_variables)) do assert.truthy(g) end
    assert.is_true(rl.gradient_check(function(x, y) return model { x, y } end,
      { X, X * 0.5, table.unpack(model.trainable_variables) }))
  end)

  it("hands masks from layer to layer, as without a tape", function()
    local model = rl.Sequential { rl.layers.Masking { input_shape = { 4, 2 } }, rl.layers.Dropout(0.1),
      rl.layers.LSTM { 3, return_sequences = true }, rl.layers.LSTM(2) }
    local x = X:copy()
    x[{ { 1, 3 }, { 3, 4 } }] = 0
    local tape, y = rl.GradientTape(function() return model(x) end)
    assert.tensor_near(model:predict(x), y, 1e-6)
    assert.is_true(rl.gradient_check(function() return model(x) end, { model.layers[3].kernel }))
    local masked = rl.Sequential { rl.layers.LSTM { 3, return_sequences = true, input_shape = { 4, 2 } }, rl.layers.LSTM(2) }
    masked:set_weights(model:get_weights())
    local mask = x:ne(0):any(-1)
    local expected = masked(x, { mask = mask })
    assert.tensor_near(expected, y, 1e-6)
    tape, y = rl.GradientTape(function() return masked(x, { mask = mask }) end)
    assert.tensor_near(expected, y, 0)
    assert.truthy(tape:gradient(y, masked.trainable_variables)[6])
    refuses("argument 'mask' must have shape (6, 4)", masked, x, { mask = rl.ones { 6, 3 }:gt(0) })
    refuses("argument 'mask' must be a bool tensor, got 3", masked, x, { mask = 3 })
  end)

  it("has its penalties in model.losses", function()
    local l2 = rl.regularizers.L2(0.1)
    local model = rl.Sequential { rl.layers.Dense { 2, kernel_regularizer = l2, input_shape = { 3 } },
      rl.layers.Dense { 1, activity_regularizer = rl.regularizers.L1(0.5) } }
    local x = rl.random.normal { shape = { 4, 3 } }
    local tape, total, y = rl.GradientTape(function()
      local y, total = model(x), 0
      assert.equal(2, #model.losses)
      for _, penalty in ipairs(model.losses) do total = total + penalty end
      return total, y
    end)
    local w = model.layers[1].kernel
    assert.near(0.1 * (w * w):sum() + 0.5 * y:abs():sum() / 4, rl.item(total), 1e-5)
    local grads = tape:gradient(total, model.trainable_variables)
    assert.tensor_near((y:sign() * 0.125):sum(1), grads[4], 1e-6)
  end)
end)

describe("gradients.vjp", function()
  local vjp = require "rnnlua.gradients".vjp

  it("gives outputs and a pullback, which gives zeros where nothing is reached", function()
    local x, z, v = rl.tensor { 1.5, 2 }, rl.ones { 3 }, rl.Variable { 2, 3 }
    local outputs, pullback = vjp(function(a) return a * v, a:sum(), "text" end, { x, z })
    assert.same({ 3, "text" }, { outputs.n, outputs[3] })
    local inputs, variables = pullback({ rl.tensor { 1, 10 } }, { v, rl.Variable { 1 } })
    assert.same({ { 2, 30 }, { 0, 0, 0 } }, { inputs[1]:totable(), inputs[2]:totable() })
    assert.same({ { 1.5, 20 }, { 0 } }, { variables[1]:totable(), variables[2]:totable() })
    inputs = pullback { false, 2 }
    assert.same({ 2, 2 }, inputs[1]:totable())
    refuses("another shape", pullback, { rl.ones { 3 } })
  end)

  it("suspends a tape that records", function()
    local v = rl.Variable { 2, 3 }
    local tape, loss = rl.GradientTape(function()
      local y = v * 2
      local outputs, pullback = vjp(function(x) return (x * x):sum() end, { y })
      assert.same({ 8, 12 }, pullback { 1 }[1]:totable())
      assert.near(52, rl.item(outputs[1]), 0)
      return y:sum()
    end)
    assert.same({ 2, 2 }, tape:gradient(loss, v):totable())
  end)
end)

describe("gradient_check", function()
  local x = rl.tensor { { 0.5, 1.5 }, { 2.5, -3 } }
  it("finds what is wrong, and where", function()
    local ok, message = rl.gradient_check(function(t) return t * rl.stop_gradient(t) end, { x })
    assert.is_false(ok)
    assert.equal("gradient_check: input 1[1][1]: the tape gives 0.744017, central differences give 1.488034", message)
    ok, message = rl.gradient_check(function(_, t) return t * 2 + rl.stop_gradient(t[{ { 2, 2 } }]) end, { x, x })
    assert.is_false(ok)
    assert.matches("input 2[2][1]", message, 1, true)
  end)
  it("runs the function as a tape does: what would be a number is a tensor", function()
    assert.is_true(rl.gradient_check(function(t) return t:sum():tanh() * t[1][1]:exp() end, x))
  end)
  it("leaves inputs and variables as they were", function()
    local v = rl.Variable { 1, 2 }
    pcall(rl.gradient_check, function() error "out" end, { v })
    rl.gradient_check(function() return v * v end, { v })
    assert.same({ 1, 2 }, v:totable())
  end)
  it("takes its tolerances, and a single tensor", function()
    local function wrong(t) return t * 3 + rl.stop_gradient(t) * 1e-3 end
    assert.is_false((rl.gradient_check(wrong, x)))
    assert.is_true(rl.gradient_check(wrong, x, { rtol = 1e-2, atol = 1e-2, eps = 1e-2 }))
  end)
  it("refuses wrong arguments", function()
    refuses("a function expected, got nil", rl.gradient_check)
    refuses("a function expected, got a tensor", rl.gradient_check, x, { x })
    refuses("inputs must be a list of tensors, got nil", rl.gradient_check, rl.sum)
    refuses("got an empty one", rl.gradient_check, rl.sum, {})
    refuses("input 2 must be a tensor, got 3", rl.gradient_check, rl.add, { x, 3 })
    refuses("argument 'eps' must be in (0, inf), got 0", rl.gradient_check, rl.sum, { x }, { eps = 0 })
    refuses("returned no tensor of floats", rl.gradient_check, function() end, { x })
  end)
end)

describe("Memory", function()
  it("is not kept by 100,000 tapes", function()
    local v, c = rl.Variable(rl.ones { 20 }), rl.ones { 20 }
    local function step()
      local tape, loss = rl.GradientTape(function() return (v * c):sum() end)
      return tape:gradient(loss, v)
    end
    --- Kilobytes in use. What other test files have left may take several collections to go.
    local function in_use()
      for _ = 1, 4 do collectgarbage() end
      return collectgarbage "count"
    end
    for _ = 1, 1000 do step() end
    local before = in_use()
    local rounds = os.getenv "RNNLUA_SANITIZED" and 5000 or 100000
    for _ = 1, rounds do step() end
    local after = in_use()
    assert.message(("%.0f KB more"):format(after - before)).is_true(after - before < rounds / 100)
    for _ = 1, rounds // 10 do rl.GradientTape(function() return (v * c):sum() end) end -- never used up
    after = in_use()
    assert.message(("%.0f KB more"):format(after - before)).is_true(after - before < rounds / 100)
  end)
end)
