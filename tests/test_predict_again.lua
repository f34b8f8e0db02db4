--- predict of data whose shape went through before takes a short way; nothing may tell it from the long one.
local rl = require "rnnlua"

local X = { { { 0.1 }, { 0.2 } }, { { 0.3 }, { 0.4 } }, { { 0.5 }, { 0.6 } } }

local function small()
  rl.utils.set_random_seed(7)
  return rl.Sequential { rl.layers.SimpleRNN { 3, input_shape = { -1, 1 } }, rl.layers.Dense(2) }
end

describe("predict, called again", function()
  it("gives the same numbers for tensors and tables, as predict_on_batch does", function()
    local model, x = small(), rl.tensor(X, "float32")
    local first = model:predict(x)
    assert.same({ 3, 2 }, first.shape)
    for _, data in ipairs { x, X, rl.tensor(X, "float64"), x[{ { 1, 3 } }] } do
      assert.same(first:totable(), model:predict(data):totable())
      assert.same(first:totable(), model:predict_on_batch(data):totable())
      assert.same(first:totable(), model(data):totable())
      assert.same(first:totable(), model:predict(data, { batch_size = 2 }):totable())
    end
  end)

  it("gives a new tensor each time", function()
    local model, x = small(), rl.tensor(X, "float32")
    model:predict(x)
    local a = model:predict(x)
    local before = a:totable()
    model:predict(x * 2)
    assert.same(before, a:totable())
  end)

  it("reads views that are not contiguous", function()
    local model = small()
    local wide = rl.random.normal { shape = { 3, 2, 4 } }
    local view = wide[{ {}, {}, { 2, 2 } }]
    local expected = model:predict(view:copy()):totable()
    for _ = 1, 2 do assert.same(expected, model:predict(view):totable()) end
  end)

  it("sees changed weights and a changed stack", function()
    local model, x = small(), rl.tensor(X, "float32")
    model:predict(x)
    local zeros = {}
    for i, weight in ipairs(model:get_weights()) do zeros[i] = weight * 0 end
    model:set_weights(zeros)
    assert.same({ { 0, 0 }, { 0, 0 }, { 0, 0 } }, model:predict(x):totable())
    model:add(rl.layers.Dense { 1, bias_initializer = "ones" })
    assert.same({ { 1 }, { 1 }, { 1 } }, model:predict(x):totable())
    model:pop()
    assert.same({ 3, 2 }, model:predict(x).shape)
  end)

  it("refuses what the first call refuses, in the same words", function()
    local model = small()
    local wrong = {
      { function(m) return m:predict { { { 0.1 }, { 0.2 } }, { { 0.3 } } } end, "predict: ragged table: x%[2%] has 1 elements" },
      { function(m) return m:predict { { { 0.1 }, { "a" } } } end, "predict: x%[1%]%[2%]%[1%] is 'a', expected a number" },
      { function(m) return m:predict {} end, "predict: x is empty" },
      { function(m) return m:predict { { { 0.1 }, { 0.2 } }, name = 1 } end, "there is no input" },
      { function(m) return m:predict(rl.zeros { 3, 2, 2 }) end, "expected" },
      { function(m) return m:predict(rl.zeros { 0, 2, 1 }) end, "x is empty" },
      { function(m) return m:predict "x" end, "x must be a tensor or a table of numbers, got 'x'" },
      { function(m) return m:predict() end, "got nil" },
      { function(m) return m.predict(X) end, "call it with a colon" },
      { function(m) return m.predict() end, "call it with a colon" },
      { function(m) return m.predict_on_batch(X) end, "call it with a colon" },
    }
    local messages = {}
    for round = 1, 2 do
      for i, case in ipairs(wrong) do
        local ok, message = pcall(case[1], model)
        assert.is_false(ok)
        assert.truthy(message:find(case[2]), message)
        messages[i] = messages[i] or message
        assert.equal(messages[i], message)
      end
      if round == 1 then model:predict(X) end
    end
  end)

  it("leaves what a tape records to the long way", function()
    local model, x = small(), rl.tensor(X, "float32")
    local expected = model(x):totable()
    local result
    local tape, sum = rl.GradientTape(function()
      result = model(x)
      return result:sum()
    end)
    assert.same(expected, result:totable())
    assert.same({ 3, 3 }, tape:gradient(sum, model.trainable_variables)[5]:totable())
  end)

  it("gives lists and tables by name where the model does", function()
    local input = rl.Input { shape = { 2 } }
    local dense = rl.layers.Dense(1)(input)
    local two = rl.Model { inputs = input, outputs = { dense, dense } }
    local by_name = rl.Model { inputs = input, outputs = { y = dense } }
    local x = rl.ones { 3, 2 }
    for _ = 1, 2 do
      assert.equal(2, #two:predict(x))
      assert.same({ 3, 1 }, by_name:predict(x).y.shape)
    end
  end)
end)
