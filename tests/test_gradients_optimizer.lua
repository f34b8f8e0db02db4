--- optimizer:apply_gradients: the steps that fit makes, and what is refused.
local rl = require "rnnlua"

local X, Y = rl.random.normal { shape = { 12, 4, 2 } }, rl.random.normal { shape = { 12, 1 } }

local function new_model()
  return rl.Sequential {
    rl.layers.SimpleRNN { 5, input_shape = { 4, 2 }, kernel_constraint = rl.constraints.MaxNorm { 0.9 },
      kernel_regularizer = rl.regularizers.L2(0.01) },
    rl.layers.Dense { 1, bias_constraint = "non_neg" },
  }
end

local function loss_of(model, x, y)
  local loss = rl.losses.MeanSquaredError {}(y, model(x, { training = true }))
  for _, penalty in ipairs(model.losses) do loss = loss + penalty end
  return loss
end

--- The weights after three epochs of two batches by fit, and by tape from the same start.
local function train(make, pairs_given)
  local fitted, taped, by_hand = new_model(), new_model(), make()
  taped:set_weights(fitted:get_weights())
  fitted:compile { loss = "mse", optimizer = make() }
  fitted:fit(X, Y, { epochs = 3, batch_size = 6, shuffle = false, verbose = 0 })
  for _ = 1, 3 do
    for first = 1, 12, 6 do
      local rows = { { first, first + 5 } }
      local tape, loss = rl.GradientTape(function() return loss_of(taped, X[rows], Y[rows]) end)
      local variables = taped.trainable_variables
      local grads = tape:gradient(loss, variables)
      if pairs_given then
        local list = {}
        for i, g in ipairs(grads) do list[i] = { g, variables[i] } end
        by_hand:apply_gradients(list)
      else
        by_hand:apply_gradients(grads, variables)
      end
    end
  end
  assert.equal(6, by_hand.iterations)
  return fitted:get_weights(), taped:get_weights()
end

describe("apply_gradients makes the steps of fit, to the bit:", function()
  for _, name in ipairs { "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Lion" } do
    it(name, function()
      local by_fit, by_tape = train(function() return rl.optimizers[name] {} end)
      for i, weight in ipairs(by_fit) do assert.message("weight " .. i).tensor_near(weight, by_tape[i], 0) end
    end)
  end

  local options = {
    clipnorm = { clipnorm = 0.1 }, global_clipnorm = { global_clipnorm = 0.2 }, clipvalue = { clipvalue = 0.01 },
    weight_decay = { weight_decay = 0.1 },
    schedule = { learning_rate = rl.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5) },
    ["function of the step"] = { learning_rate = function(step) return 0.1 / (step + 1) end },
  }
  for name, given in pairs(options) do
    it("with " .. name, function()
      local by_fit, by_tape = train(function() return rl.optimizers.Adam(given) end, true)
      for i, weight in ipairs(by_fit) do assert.message("weight " .. i).tensor_near(weight, by_tape[i], 0) end
    end)
  end
end)

describe("apply_gradients", function()
  local function variables() return { rl.Variable({ 1, 2 }, { name = "first" }), rl.Variable { { 3 } } } end

  --- What it writes to standard error goes to a list while f runs.
  local function warnings_of(f)
    local options, list = require "rnnlua.options", {}
    local warn = options.warn
    options.warn = function(message) list[#list + 1] = message end
    local ok, message = pcall(f)
    options.warn = warn
    if not ok then error(message, 0) end
    return list
  end

  it("takes those of the first call, in any order, or some", function()
    local v, sgd = variables(), rl.optimizers.SGD { learning_rate = 1, momentum = 0.5 }
    sgd:apply_gradients({ rl.tensor { 1, 1 }, rl.tensor { { 2 } } }, v)
    sgd:apply_gradients({ rl.tensor { { 2 } }, rl.tensor { 1, 1 } }, { v[2], v[1] })
    assert.same({ { -1.5, -0.5 }, { { -2 } } }, { v[1]:totable(), v[2]:totable() })
    sgd:apply_gradients({ rl.tensor { { 0 } } }, { v[2] })
    assert.same({ { -1.5, -0.5 }, { { -3.5 } }, 3 }, { v[1]:totable(), v[2]:totable(), sgd.iterations })
  end)

  it("leaves out what has no gradient, and warns once", function()
    local v, sgd = variables(), rl.optimizers.SGD(1)
    local warnings = warnings_of(function()
      for _ = 1, 2 do sgd:apply_gradients({ false, rl.ones { 1, 1 } }, v) end
      sgd:apply_gradients({ nil, rl.ones { 1, 1 } }, v)
    end)
    assert.same({ "SGD: gradients do not exist for variables 'first'" }, warnings)
    assert.same({ { 1, 2 }, { { 0 } } }, { v[1]:totable(), v[2]:totable() })
    assert.error_matches(function() sgd:apply_gradients({ false, false }, v) end, "no gradients provided for any variable")
  end)

  it("refuses what does not fit, and changes nothing", function()
    local v, adam = variables(), rl.optimizers.Adam {}
    local g = { rl.ones { 2 }, rl.ones { 1, 1 } }
    local function refuses(pattern, ...)
      local arguments = { ... }
      assert.error_matches(function() adam:apply_gradients(table.unpack(arguments)) end, pattern)
      assert.same({ { 1, 2 }, { { 3 } }, 0 }, { v[1]:totable(), v[2]:totable(), adam.iterations })
    end
    refuses("Adam: gradients must be a list, got nil")
    refuses("Adam: variables must be a list, got a tensor", g, v[1])
    refuses("Adam: entry 1 must be {gradient, variable}, got a tensor", g)
    refuses("got 2 gradients for 1 variables", g, { v[1] })
    refuses("no variables were given", {}, {})
    refuses("variable 2 must be a variable, as a layer's weights or rl.Variable gives, got a tensor", g, { v[1], rl.ones { 2 } })
    refuses("variable 1 must be of float32, got float64", g, { rl.Variable(rl.tensor { 1.5 }), v[2] })
    refuses("gradient 2 must be a tensor, or false where there is none, got 3", { g[1], 3 }, v)
    refuses("gradient 1 must have the variable's shape, %(2,%), got %(3,%)", { rl.ones { 3 }, g[2] }, v)
    refuses("variable 2 is given twice", { g[1], g[1] }, { v[1], v[1] })
    refuses("variable 1, of shape %(2,%), was not among those of the first call", g, { rl.Variable { 1, 2 }, v[2] })
    assert.error_matches(function()
      rl.GradientTape(function() adam:apply_gradients(g, v) end)
    end, "apply_gradients: cannot be called while a tape records")
    adam:apply_gradients(g, v)
    assert.equal(1, adam.iterations)
  end)

  it("is told of all variables by build", function()
    local v, sgd = variables(), rl.optimizers.SGD(1)
    sgd:build(v)
    sgd:apply_gradients({ rl.ones { 2 } }, { v[1] })
    sgd:apply_gradients({ rl.ones { 1, 1 } }, { v[2] })
    assert.same({ { 0, 1 }, { { 2 } } }, { v[1]:totable(), v[2]:totable() })
    assert.error_matches(function() sgd:build(3) end, "variables must be a list, got 3")
  end)

  it("cannot be called by a function that the step calls", function()
    local v, nested = variables(), nil
    nested = rl.optimizers.SGD { learning_rate = function() nested:apply_gradients({ rl.ones { 2 } }, { v[1] }) return 1 end }
    assert.error_matches(function() nested:apply_gradients({ rl.ones { 2 } }, { v[1] }) end, "a step is under way")
    assert.same({ 1, 2 }, v[1]:totable())
  end)

  it("keeps the variables' numbers where they are", function()
    local adam, layer = rl.optimizers.Adam {}, rl.layers.Dense { 2, input_shape = { 3 } }
    layer(rl.ones { 1, 3 })
    adam:build(layer.weights)
    local model = rl.Sequential { layer } -- lays out weights anew, but not these
    adam:apply_gradients({ rl.ones { 3, 2 }, rl.ones { 2 } }, model.trainable_variables)
    layer, model = nil, nil
    collectgarbage()
    collectgarbage()
    assert.equal(1, adam.iterations)
  end)
end)
