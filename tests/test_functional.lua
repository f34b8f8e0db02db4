--- rl.Model: symbolic tensors, how models are found from outputs and inputs, what compile and fit take by name.
local rl = require "rnnlua"
local L = rl.layers

--- f must raise an error whose message has this pattern
local function refused(pattern, f)
  local ok, message = pcall(f)
  assert.is_false(ok)
  assert.matches(pattern, message)
end

local function two_way(name)
  local a, b = rl.Input { shape = { 3 }, name = "a" }, rl.Input { shape = { 4, 2 }, name = "b" }
  local joined = L.Concatenate() { L.Dense { 4, name = "ha" }(a), L.SimpleRNN { 4, name = "hb" }(b) }
  local model = rl.Model { inputs = { a, b }, name = name,
    outputs = { L.Dense { 1, name = "out_a" }(joined), L.Dense { 2, name = "out_b" }(joined) } }
  return model, a, b
end

local A, B = rl.random.uniform { shape = { 6, 3 } }, rl.random.uniform { shape = { 6, 4, 2 } }
local YA, YB = rl.random.uniform { shape = { 6, 1 } }, rl.random.uniform { shape = { 6, 2 } }

describe("A symbolic tensor", function()
  it("has a shape, a dtype and a name", function()
    local x = rl.Input { shape = { 4, 1 }, name = "x" }
    assert.same({ -1, 4, 1 }, x.shape)
    assert.same({ 3, "float32", "x" }, { x.ndim, x.dtype, x.name })
    assert.equal("<symbolic tensor (None, 4, 1) of 'x'>", tostring(x))
    local y = L.Dense { 7, name = "seven" }(x)
    assert.same({ -1, 4, 7 }, y.shape)
    assert.equal("seven", y.name)
    y.shape[1] = 5 -- a copy
    assert.same({ -1, 4, 7 }, y.shape)
  end)

  it("comes of layers, which are built then", function()
    local dense = L.Dense(2)
    local y = dense(rl.Input { 3 })
    assert.is_true(dense.built)
    assert.equal(8, dense:count_params())
    assert.equal(y, dense.output)
    assert.same({ -1, 3 }, dense.input.shape)
    refused("dense.* %(Dense%): was built for inputs of shape %(None, 3%), got %(None, 4%)", function() dense(rl.Input { 4 }) end)
    refused("simple_rnn.*expected", function() L.SimpleRNN(2)(rl.Input { 4 }) end)
    refused("there is no 'output' before the layer is called", function() return L.Dense(1).output end)
  end)

  it("has no numbers", function()
    local x = rl.Input { shape = { 3 }, name = "x" }
    refused("symbolic", function() return rl.exp(x) end)
    refused("exp: the output of 'x' is symbolic", function() return x:exp() end)
    refused("symbolic", function() return rl.ones { 2, 3 } + x end)
    refused("symbolic", function() return rl.tensor { x } end)
    refused("'x' is symbolic: it has no rows", function() return #x end)
    refused("no field 'shap' %(did you mean 'shape'%?%)", function() return x.shap end)
    refused("'shape' cannot be assigned", function() x.shape = {} end)
    local model = rl.Model(x, L.Dense(1)(x))
    refused("predict: x must be a tensor or a table of numbers, got a symbolic tensor", function() model:predict(x) end)
    refused("input 2 is a tensor among symbolic tensors", function() L.Add() { x, rl.ones { 2, 3 } } end)
    refused("argument 'mask' has no meaning", function() L.Identity()(x, { mask = rl.ones { 2, 3 } }) end)
  end)

  it("is added, multiplied and the like where there is a layer for it", function()
    local x, y = rl.Input { 2 }, rl.Input { 2 }
    local model = rl.Model { inputs = { x, y }, outputs = { x + y, x - y, x * y, 3 - x, x * 2 + 1, -y / 4 } }
    local outputs = model:predict { { { 1, 2 } }, { { 8, 4 } } }
    for i, expected in ipairs { { 9, 6 }, { -7, -2 }, { 8, 8 }, { 2, 1 }, { 3, 5 }, { -2, -1 } } do
      assert.tensor_near({ expected }, outputs[i], 1e-6)
    end
    refused("'/' of a symbolic tensor and another", function() return x / y end)
    refused("'^' of a symbolic tensor and 2", function() return x ^ 2 end)
    refused("'%+' of a symbolic tensor and 'a'", function() return x + "a" end)
  end)
end)

describe("rl.Model", function()
  it("takes tensors by name, by position, and lists", function()
    local x = rl.Input { 3 }
    local y = L.Dense(2)(x)
    for _, model in ipairs { rl.Model { inputs = x, outputs = y }, rl.Model(x, y), rl.Model { x, y },
      rl.Model { inputs = { x }, outputs = { y } }, rl.Model(x, y, { name = "m" }), rl.models.Model(x, y) } do
      assert.same({ 6, 2 }, model:predict(A).shape)
      assert.same({ { -1, 3 }, { -1, 2 } }, { model.input_shape, model.output_shape })
    end
    assert.equal("m", rl.Model(x, y, { name = "m" }).name)
    assert.matches("^functional", rl.Model(x, y).name)
    assert.equal("n", rl.Model { inputs = x, outputs = y, name = "n" }.name)
  end)

  it("orders layers by their distance from the outputs, Inputs among them", function()
    local names = {}
    for i, layer in ipairs((two_way()).layers) do names[i] = layer.name end
    names[5] = names[5]:gsub("_%d+$", "")
    assert.same({ "a", "b", "ha", "hb", "concatenate", "out_a", "out_b" }, names)
  end)

  it("keeps inputs that nothing reads", function()
    local b, c = rl.Input { shape = { 3 }, name = "b" }, rl.Input { shape = { 3 }, name = "c" }
    local model = rl.Model { inputs = { b, c }, outputs = L.Dense { 1, name = "d" }(b) }
    local names = {}
    for i, layer in ipairs(model.layers) do names[i] = layer.name end
    assert.same({ "b", "c", "d" }, names)
    assert.same({ 6, 1 }, model:predict({ A, A }).shape)
  end)

  it("may give out an input, and one tensor twice", function()
    local x = rl.Input { 3 }
    local y = L.Dense { 1, kernel_initializer = "ones" }(x)
    local model = rl.Model { inputs = x, outputs = { x, y, y } }
    local outputs = model:predict(A)
    assert.tensor_near(A, outputs[1], 0)
    assert.tensor_near(outputs[2], outputs[3], 0)
    model:compile { optimizer = rl.optimizers.SGD(0.5), loss = { false, "mse", "mae" } }
    local alone = rl.Model(x, y)
    local before = alone:get_weights()
    alone:compile { optimizer = rl.optimizers.SGD(0.5), loss = "mse" }
    alone:train_on_batch(A, YA)
    local by_mse = alone:get_weights()[1] - before[1]
    alone:set_weights(before)
    alone:compile { optimizer = rl.optimizers.SGD(0.5), loss = "mae" }
    alone:train_on_batch(A, YA)
    local by_mae = alone:get_weights()[1] - before[1]
    alone:set_weights(before)
    model:train_on_batch(A, { A, YA, YA })
    assert.tensor_near(by_mse + by_mae, model:get_weights()[1] - before[1], 1e-5)
  end)

  it("takes a part of a model, which shares its layers", function()
    local model = two_way()
    local part = rl.Model { inputs = model.inputs, outputs = model:get_layer("hb").output }
    assert.equal(model:get_layer "hb", part:get_layer "hb")
    assert.same({ "b", "hb" }, { part.layers[1].name == "a" and part.layers[2].name or part.layers[1].name, part:get_layer(-1).name })
    assert.same({ 6, 4 }, part:predict({ A, B }).shape)
    local stack = rl.Sequential { L.Dense { 5, input_shape = { 3 }, name = "first" }, L.Dense(2) }
    local features = rl.Model { inputs = stack.inputs, outputs = stack:get_layer("first").output }
    assert.tensor_near(stack.layers[1](A), features:predict(A), 1e-6)
    assert.tensor_near(stack:predict(A), rl.Model(stack.input, stack.output):predict(A), 1e-6)
  end)

  it("may begin in the middle", function()
    local x = rl.Input { 3 }
    local middle = L.Dense { 4, name = "m" }(x)
    local last = L.Dense(2)
    local tail = rl.Model(middle, last(middle))
    assert.equal(2, #tail.layers)
    assert.equal("InputLayer", tail.layers[1].class_name)
    assert.tensor_near(last(rl.ones { 3, 4 }), tail:predict(rl.ones { 3, 4 }), 1e-6)
  end)

  it("refuses what is no graph", function()
    local x, y = rl.Input { shape = { 3 }, name = "x" }, rl.Input { shape = { 3 }, name = "y" }
    local sum = L.Add { name = "sum" } { x, y }
    refused("disconnected: sum %(Add%) needs the tensor of y %(InputLayer%), of shape %(None, 3%)",
      function() rl.Model(x, sum) end)
    refused("two layers are named 'q'", function()
      rl.Model(x, L.Dense { 1, name = "q" }(L.Dense { 1, name = "q" }(x)))
    end)
    refused("argument 'inputs' is required", function() rl.Model { outputs = sum } end)
    refused("argument 'outputs' is required", function() rl.Model { inputs = x } end)
    refused("argument 'inputs' must be a symbolic tensor.*got 5", function() rl.Model(5, sum) end)
    refused("argument 'outputs': entry 2 must be a symbolic tensor, got 'z'", function() rl.Model { inputs = x, outputs = { x, "z" } } end)
    refused("argument 'inputs'.*an empty table", function() rl.Model { inputs = {}, outputs = x } end)
    refused("input 2 is the same tensor", function() rl.Model { inputs = { x, x }, outputs = x } end)
    refused("unknown argument 'output' %(did you mean 'outputs'%?%)", function() rl.Model { inputs = x, output = sum } end)
    refused("expected, got nil", function() rl.Model() end)
    refused("got a tensor", function() rl.Model(A, sum) end)
  end)
end)

describe("A model called", function()
  local model = two_way()

  it("computes at once, and gives as many values as it has outputs", function()
    local first, second = model { A, B }
    local predicted = model:predict { A, B }
    assert.tensor_near(predicted[1], first, 1e-6)
    assert.tensor_near(predicted[2], second, 1e-6)
    first = model { a = A, b = B }
    assert.tensor_near(predicted[1], first, 1e-6)
  end)

  it("on symbolic tensors is a layer", function()
    local p, q = rl.Input { 3 }, rl.Input { 4, 2 }
    local u, v = model { p, q }
    assert.same({ { -1, 1 }, { -1, 2 } }, { u.shape, v.shape })
    local outer = rl.Model { inputs = { p, q }, outputs = L.Concatenate() { u, v } }
    local predicted = model:predict { A, B }
    assert.tensor_near(rl.concatenate({ predicted[1], predicted[2] }, -1), outer:predict { A, B }, 1e-6)
    assert.equal(model:count_params(), outer:count_params())
    assert.equal(model, outer:get_layer(model.name))
    refused("functional.*: input 2: expected shape %(None, 4, 2%), got %(None, 3%)", function() model { p, p } end)
    refused("expected 2 entries", function() model { p } end)
    refused("expected 2 inputs, got 1", function() model(p) end)
  end)

  it("learns through the model around it", function()
    local inner = rl.Sequential { L.Dense { 3, name = "i1" }, L.Dense { 2, name = "i2" } }
    local outer = rl.Sequential { rl.Input { 3 }, inner, L.Dense(1) }
    assert.equal(6, #outer:get_weights())
    outer:compile { optimizer = rl.optimizers.SGD(0.1), loss = "mse" }
    local before = inner:get_weights()
    outer:fit(A, YA, { verbose = 0 })
    assert.falsy(rl.allclose(before[1], inner:get_weights()[1]))
    inner.trainable = false
    assert.equal(2, #outer.trainable_weights)
    assert.equal(4, #outer.non_trainable_weights)
    outer:compile { optimizer = "sgd", loss = "mse" }
    before = inner:get_weights()
    outer:fit(A, YA, { verbose = 0 })
    assert.tensor_near(before[1], inner:get_weights()[1], 0)
    inner.trainable = true
    assert.equal(6, #outer.trainable_weights)
  end)

  it("in training mode wherever it is called so", function()
    local x = rl.Input { 50 }
    local always, never = L.Dropout(0.5)(x, { training = true }), L.Dropout(0.5)(x, { training = false })
    local net = rl.Model { inputs = x, outputs = { always, never } }
    assert.matches("2%.", tostring(net:predict(rl.ones { 1, 50 })[1]))
    local _, kept = net(rl.ones { 1, 50 }, { training = true })
    assert.tensor_near(rl.ones { 1, 50 }, kept, 0)
  end)

  it("can't be a layer of itself, nor be mixed with numbers", function()
    local stack = rl.Sequential {}
    refused("can't be a layer of itself", function() stack:add(stack) end)
    refused("input 2 is a tensor among symbolic tensors", function() model { rl.Input { 3 }, B } end)
  end)
end)

describe("Several outputs", function()
  local function compiled(given)
    local model = two_way()
    model:compile(given)
    return model
  end
  local function names(given)
    local history = compiled(given):fit({ A, B }, { YA, YB }, { verbose = 0 }).history
    local list = {}
    for name in pairs(history) do list[#list + 1] = name end
    table.sort(list)
    return table.concat(list, " ")
  end

  it("have logs of their own", function()
    assert.equal("loss out_a_loss out_b_loss", names { loss = "mse" })
    assert.equal("loss out_a_loss out_b_loss", names { loss = { "mse", "mae" } })
    assert.equal("loss out_a_loss out_a_mae out_b_loss out_b_mse", names { loss = "mse", metrics = { "mae", "mse" } })
    assert.equal("loss out_a_loss out_a_mae out_b_loss out_b_mae", names { loss = "mse", metrics = "mae" })
    assert.equal("loss out_a_loss out_b_loss out_b_mae", names { loss = "mse", metrics = { out_b = "mae" } })
    assert.equal("loss out_a_loss out_a_mae out_a_mae_1 out_b_loss", names { loss = "mse", metrics = { { "mae", "mae" }, false } })
    assert.equal("loss out_a_loss out_a_mae out_a_weighted_mae out_b_loss", names { loss = "mse",
      metrics = { out_a = { "mae" } }, weighted_metrics = { { "mae" }, false } })
    assert.equal("loss", names { loss = { false, "mse" } })
  end)

  -- the names are those of History in Keras 3.15 for these lists
  it("of metrics that come twice are numbered, weighted ones marked where their name is taken", function()
    local M, lists = rl.metrics, {}
    for _, key in ipairs { "metrics", "weighted_metrics" } do
      local model = rl.Sequential { L.Dense { 1, input_shape = { 2 }, activation = "sigmoid" } }
      model:compile { loss = "binary_crossentropy", [key] = { M.AUC(), M.Recall(), M.AUC { curve = "PR" }, M.AUC(),
        M.BinaryAccuracy(), M.BinaryAccuracy { threshold = 0.3 } } }
      local list = {}
      for name in pairs(model:fit({ { 1, 2 }, { 3, 4 } }, { 0, 1 }, { verbose = 0 }).history) do list[#list + 1] = name end
      table.sort(list)
      lists[key] = table.concat(list, " ")
    end
    assert.equal("auc auc_1 auc_2 binary_accuracy binary_accuracy_1 loss recall", lists.metrics)
    assert.equal("auc auc_1 auc_2 binary_accuracy loss recall weighted_binary_accuracy", lists.weighted_metrics)
  end)

  it("are named in what is wrong", function()
    refused("compile: argument 'loss': nothing is given for output 'out_b'", function() compiled { loss = { out_a = "mse" } } end)
    refused("compile: argument 'loss': there is no output 'out_c' %(did you mean 'out_[ab]'%?%); the model has 'out_a', 'out_b'",
      function() compiled { loss = { out_a = "mse", out_c = "mse" } } end)
    refused("compile: argument 'loss': expected 2 entries, one for each of the outputs 'out_a', 'out_b', got 1",
      function() compiled { loss = { "mse" } } end)
    refused("argument 'metrics': expected 2 entries", function() compiled { loss = "mse", metrics = { "mae" } } end)
    refused("argument 'metrics': there is no output 'out'", function() compiled { loss = "mse", metrics = { out = "mae" } } end)
    refused("argument 'loss_weights': expected 2 entries", function() compiled { loss = "mse", loss_weights = { 1 } } end)
    refused("the weight of output 'out_b' must be a number, got 'x'", function() compiled { loss = "mse", loss_weights = { 1, "x" } } end)
    refused("no loss to compute", function() compiled { metrics = { "mae", "mae" } }:fit({ A, B }, { YA, YB }, { verbose = 0 }) end)
    local model = compiled { loss = "mse" }
    local function fit(x, y, given)
      return function() model:fit(x, y, given or { verbose = 0 }) end
    end
    refused("fit: x: expected 2 entries, one for each of the inputs 'a', 'b', got 1", fit({ A }, { YA, YB }))
    refused("fit: x: a table expected with an entry for each of the inputs 'a', 'b', got a tensor", fit(A, { YA, YB }))
    refused("fit: y: there is no output 'out_c'", fit({ A, B }, { out_a = YA, out_c = YB }))
    refused("fit: y: nothing is given for output 'out_b'", fit({ A, B }, { out_a = YA }))
    refused("fit: x: there is no input 'c'", fit({ a = A, b = B, c = B }, { YA, YB }))
    refused("x has 6 rows, y has 5", fit({ A, B }, { YA, YB[{ { 1, 5 } }] }))
    refused("x has 6 rows, another input has 5", fit({ A, B[{ { 1, 5 } }] }, { YA, YB }))
    refused("x: input 2: expected shape %(None, 4, 2%), got %(6, 4, 3%)", fit({ A, rl.ones { 6, 4, 3 } }, { YA, YB }))
    refused("class_weight' is for models with one output", fit({ A, B }, { YA, YB }, { class_weight = { [0] = 1 }, verbose = 0 }))
    refused("one sample_weight for several outputs must have one number a row", fit({ A, B }, { YA, YB },
      { sample_weight = rl.ones { 6, 2 }, verbose = 0 }))
  end)

  it("take loss weights and weights of rows", function()
    local plain = compiled { loss = "mse" }
    local total, first, second = plain:evaluate({ A, B }, { YA, YB }, { verbose = 0 })
    assert.near(total, first + second, 1e-6)
    local weighted = rl.Model { inputs = plain.inputs, outputs = plain.outputs }
    weighted:compile { loss = "mse", loss_weights = { 0.5, 2 } }
    assert.near(0.5 * first + 2 * second, (weighted:evaluate({ A, B }, { YA, YB }, { verbose = 0 })), 1e-5)
    weighted:compile { loss = "mse", loss_weights = 3 }
    assert.near(3 * total, (weighted:evaluate({ A, B }, { YA, YB }, { verbose = 0 })), 1e-5)
    local halved = { verbose = 0, sample_weight = { 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 } }
    assert.near(total / 2, (plain:evaluate({ A, B }, { YA, YB }, halved)), 1e-6)
    halved.sample_weight = { out_b = rl.full({ 6 }, 0.5) }
    assert.near(first + second / 2, (plain:evaluate({ A, B }, { YA, YB }, halved)), 1e-6)
    halved.sample_weight = { rl.full({ 6 }, 0.5), false }
    assert.near(first / 2 + second, (plain:evaluate({ A, B }, { YA, YB }, halved)), 1e-6)
    local results = plain:test_on_batch({ A, B }, { YA, YB }, { return_dict = true })
    assert.near(first, results.out_a_loss, 1e-6)
  end)

  it("come by name where the model's outputs were given so", function()
    local x = rl.Input { 3 }
    local model = rl.Model { inputs = { p = x }, outputs = { r = L.Dense(2)(x), q = L.Dense(1)(x) } }
    model:compile { loss = { q = "mse", r = "mae" }, metrics = { q = { "mae" } } }
    local history = model:fit({ p = A }, { r = YB, q = YA }, { verbose = 0 }).history
    assert.is_not_nil(history.q_loss)
    assert.is_not_nil(history.q_mae)
    local predicted = model:predict { p = A }
    assert.same({ 6, 1 }, predicted.q.shape)
    assert.same({ 6, 2 }, predicted.r.shape)
    assert.same({ 6, 2 }, model({ p = A }).r.shape)
    assert.same({ "q", "r" }, model.output_names)
    local again = rl.Model.from_config(model:get_config())
    again:set_weights(model:get_weights())
    assert.tensor_near(predicted.q, again:predict({ p = A }).q, 0)
  end)
end)

describe("fit of two inputs", function()
  it("shuffles them together", function()
    local x, y = rl.Input { 1 }, rl.Input { 1 }
    local model = rl.Model { inputs = { x, y }, outputs = L.Subtract() { x, y } }
    local n = rl.range(1, 50):reshape(50, 1)
    model:compile { loss = "mse" }
    local seen = {}
    local history = model:fit({ n, n - 1 }, rl.ones { 50, 1 }, { verbose = 0, batch_size = 7, epochs = 2, shuffle = true,
      callbacks = { { on_train_batch_end = function(_, batch, logs) seen[#seen + 1] = logs.loss end } } }).history
    assert.near(0, history.loss[1], 1e-9)
    assert.equal(16, #seen)
  end)

  it("splits off validation data, takes it, and walks generators", function()
    local model = two_way()
    model:compile { optimizer = "sgd", loss = "mse" }
    local history = model:fit({ A, B }, { YA, YB }, { verbose = 0, validation_split = 0.5 }).history
    assert.equal(1, #history.val_out_b_loss)
    history = model:fit({ a = A, b = B }, { out_a = YA, out_b = YB },
      { verbose = 0, validation_data = { { a = A, b = B }, { YA, YB }, { rl.ones { 6 }, rl.ones { 6 } } } }).history
    assert.equal(1, #history.val_out_a_loss)
    local left = 2
    history = model:fit(function()
      left = left - 1
      if left < 0 then return nil end
      return { a = A, b = B }, { YA, YB }
    end, { verbose = 0 }).history
    assert.equal(1, #history.out_a_loss)
    local loss = model:train_on_batch({ A, B }, { YA, YB })
    assert.equal("number", type(loss))
    assert.equal(2, #model:predict_on_batch { A, B })
    assert.equal(2, #model:predict({ A, B }, { batch_size = 4, steps = 2 }))
  end)

  it("has one number for what was compiled anew", function()
    local model = two_way()
    model:compile { loss = "mse", metrics = { "mae", "mae" } }
    assert.equal(5, select("#", model:evaluate({ A, B }, { YA, YB }, { verbose = 0 })))
    assert.same({ "loss", "out_a_loss", "out_b_loss", "out_a_mae", "out_b_mae" }, model.metrics_names)
  end)
end)

describe("One output", function()
  it("may be named or listed too", function()
    local x = rl.Input { shape = { 3 }, name = "x" }
    local model = rl.Model(x, L.Dense { 1, name = "o" }(x))
    for _, loss in ipairs { { o = "mse" }, { "mse" }, "mse" } do
      for _, metrics in ipairs { { o = { "mae" } }, { { "mae" } }, { "mae" }, "mae" } do
        model:compile { loss = loss, metrics = metrics }
        local history = model:fit({ x = A }, { o = YA }, { verbose = 0 }).history
        assert.same({ 1, 1 }, { #history.loss, #history.mae })
      end
    end
    refused("there is no output 'p'", function() model:compile { loss = { p = "mse" } } end)
  end)
end)

describe("Merge layers", function()
  it("refuse shapes that don't fit, and the batch's axis", function()
    local x, y, z = rl.Input { 3 }, rl.Input { 4 }, rl.Input { 4, 3 }
    refused("add.*: inputs of shapes %(None, 3%) and %(None, 4%) don't broadcast", function() L.Add() { x, y } end)
    refused("expected at least 2 inputs, got 1", function() L.Add()(x) end)
    refused("expected at most 2 inputs, got 3", function() L.Subtract() { x, x, x } end)
    refused("must have the same shape but for axis 2", function() L.Concatenate() { x, z } end)
    refused("'axis': 1 is the batch's axis", function() L.Concatenate(1) end)
    refused("'axis' must count from 1", function() L.Concatenate(0) end)
    refused("'axis': 3 is no axis", function() L.Concatenate(3) { x, y } end)
    refused("the axes summed over differ: 3 in %(None, 3%), 4 in %(None, 4%)", function() L.Dot(-1) { x, y } end)
    refused("'axes': 1 is the batch's axis", function() L.Dot(1) end)
    refused("'axes' must be one axis or two, got 3", function() L.Dot { axes = { 2, 3, 4 } } end)
    refused("cannot reshape", function() L.Reshape { 2, 2 }(x) end)
    refused("each of 1 to 2 once", function() L.Permute { 1, 1 } end)
    refused("batches of 2 and 3 rows", function() L.Add() { rl.ones { 2, 3 }, rl.ones { 3, 3 } } end)
  end)

  it("compute at once, by functions too", function()
    local x, y = rl.tensor { { 1.0, 2 } }, rl.tensor { { 3.0, 5 } }
    assert.tensor_near({ { 4, 7 } }, L.add { x, y }, 0)
    assert.tensor_near({ { -2, -3 } }, L.subtract { x, y }, 0)
    assert.tensor_near({ { 3, 10 } }, L.multiply { x, y }, 0)
    assert.tensor_near({ { 2, 3.5 } }, L.average { x, y }, 0)
    assert.tensor_near({ { 3, 5 } }, L.maximum { x, y }, 0)
    assert.tensor_near({ { 1, 2 } }, L.minimum { x, y }, 0)
    assert.tensor_near({ { 1, 2, 3, 5 } }, L.concatenate({ x, y }, { axis = 2 }), 0)
    assert.tensor_near({ { 13 } }, L.dot { x, y }, 0)
    assert.tensor_near({ { 13 } }, L.Dot(2) { x, y }, 0)
    refused("add: a list of tensors expected, got a tensor", function() L.add(x) end)
    refused("Concatenate: unknown argument 'axes' %(did you mean 'axis'%?%)", function() L.concatenate({ x, y }, { axes = 2 }) end)
    assert.same({ -1, 4 }, L.concatenate { rl.Input { 1 }, rl.Input { 3 } }.shape)
  end)

  it("take a mask", function()
    local x = rl.tensor { { { 1.0 }, { 5 }, { 9 } } }
    local pool = L.GlobalAveragePooling1D()
    assert.tensor_near({ { 5 } }, pool(x), 1e-6)
    assert.tensor_near({ { 3 } }, pool(x, { mask = { { true, true, false } } }), 1e-6)
    refused("argument 'mask' must have shape %(1, 3%).* got %(1, 2%)", function() pool(x, { mask = { { 1, 0 } } }) end)
    refused("takes no mask", function() L.Flatten()(x, { mask = { { 1, 1, 0 } } }) end)
    refused("takes no initial_state", function() L.Flatten()(x, { initial_state = x }) end)
  end)
end)

describe("Masks in merge layers", function()
  local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"
  if not pcall(function() return L.Skip end) and not rl.plugins.load(folder .. "plugin_masks.so") then
    return pending "tests/support is not built"
  end
  local X, Y = rl.tensor { { { 1.0 }, { -1.0 }, { 2.0 } } }, rl.tensor { { { 3.0 }, { 4.0 }, { -5.0 } } }

  --- What a model of merge(Skip(x), Skip(y)) gives, the second mask left out if `bare`.
  local function merged(merge, after, bare)
    local x, y = rl.Input { 3, 1 }, rl.Input { 3, 1 }
    local out = merge { L.Skip()(x), bare and y or L.Skip()(y) }
    return rl.Model { inputs = { x, y }, outputs = after and after(out) or out }:predict { X, Y }:flatten():totable()
  end

  it("are joined", function()
    assert.same({ 1, 2, 3 }, merged(L.Add(), L.Count()))
    assert.same({ 1, 2, 3 }, merged(L.Add(), L.Count(), true))
    local x = rl.Input { 3, 1 }
    local same = L.Skip()(x)
    assert.same({ { { 1 }, { 1 }, { 2 } } }, rl.Model(x, L.Count()(L.Add() { same, same })):predict(X):totable())
    assert.same({ 1, 1, 2, 3, 4, 5 }, merged(L.Concatenate(2), L.Count(), true))
    assert.same({ 1 }, merged(L.Concatenate(2), L.GlobalAveragePooling1D(), true))
    local wide = L.GlobalAveragePooling1D()(L.Concatenate() { same, same })
    assert.same({ { 1.5, 1.5 } }, rl.Model(x, wide):predict(X):totable())
  end)

  it("count in products and extremes, as in Keras", function()
    assert.same({ 4, 3, -3 }, merged(L.Add()))
    assert.same({ 3, 4, 2 }, merged(L.Multiply()))
    assert.same({ 3, 4, 2 }, merged(L.Maximum()))
    assert.same({ 1, 4, 2 }, merged(L.Minimum()))
  end)

  it("count in gradients", function()
    for _, name in ipairs { "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum" } do
      local x, y = rl.Input { 3, 1 }, rl.Input { 3, 1 }
      local scaled = L.Dense { 1, use_bias = false }(x)
      local out = L.GlobalAveragePooling1D()(L[name]() { L.Skip()(scaled), L.Skip()(y) })
      local model = rl.Model { inputs = { x, y }, outputs = out }
      model:compile { optimizer = rl.optimizers.SGD(1), loss = "mse" }
      local function loss(w)
        model:set_weights { { { w } } }
        return (model:evaluate({ X, Y }, rl.full({ 1, 1 }, 0.3), { verbose = 0 }))
      end
      local slope = (loss(1.11) - loss(1.09)) / 0.02
      loss(1.1)
      model:train_on_batch({ X, Y }, rl.full({ 1, 1 }, 0.3))
      assert.message(name).near(slope, 1.1 - model:get_weights()[1]:sum(), 2e-3)
    end
  end)
end)

describe("Names and configs", function()
  it("of functional models", function()
    local model = two_way "net"
    local config = model:get_config()
    assert.equal("net", config.name)
    assert.same({ { "a", 1, 1 }, { "b", 1, 1 } }, config.input_layers)
    assert.same({ { "out_a", 1, 1 }, { "out_b", 1, 1 } }, config.output_layers)
    assert.equal("InputLayer", config.layers[1].class_name)
    assert.same({}, config.layers[1].inbound_nodes)
    assert.same({ { { "ha", 1, 1 }, { "hb", 1, 1 } } }, config.layers[5].inbound_nodes)
    refused("from_config: a table as get_config gives expected, got one without layers", function() rl.Model.from_config {} end)
    refused("there is no layer 'gone'", function()
      config.output_layers = { { "gone", 1, 1 } }
      rl.Model.from_config(config)
    end)
    refused("Model.from_config.*got 5", function() rl.Model.from_config(5) end)
  end)

  it("of Inputs", function()
    local layer = (two_way()).layers[1]
    assert.same({ "a", "InputLayer", 0 }, { layer.name, layer.class_name, layer:count_params() })
    assert.same({ -1, 3 }, layer.output_shape)
    assert.same({ name = "a", batch_shape = { -1, 3 }, dtype = "float32" }, layer:get_config())
    assert.equal("int32", rl.Input { shape = { 3 }, dtype = "int32" }.dtype)
    refused("argument 'dtype' must be one of", function() rl.Input { shape = { 3 }, dtype = "int7" } end)
    refused("no field 'nmae' %(did you mean 'name'%?%)", function() return layer.nmae end)
  end)
end)
