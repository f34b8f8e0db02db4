--- Streams: models fed one timestep at a time. The layer Count is that of plugins/masks.c.
local rl = require "rnnlua"
local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"

local function has_plugin()
  for _, plugin in ipairs(rl.plugins.list()) do
    if plugin.name == "masks" then return true end
  end
  return rl.plugins.load(folder .. "plugin_masks.so") ~= nil
end

local function rank_up(shape) -- (features) -> a model that counts steps and adds them to its input's first feature
  return rl.Sequential { rl.Input { shape = shape }, rl.layers.Count() }
end

describe("A stream", function()
  if not has_plugin() then return pending "tests/support is not built" end

  it("keeps its states from step to step, and begins anew", function()
    local s = rank_up { 4, 1 }:stream()
    assert.equal(1, s(0.5))
    assert.equal(2, s { 0.5 })
    assert.equal(3, s(rl.tensor { 0.5 }))
    assert.equal(4, s(rl.tensor { { 7 } }))
    s:reset()
    assert.equal(1, s(0.5))
  end)

  it("is apart from other streams, and from predict", function()
    local model = rank_up { -1, 1 }
    local a, b = model:stream(), model:stream()
    a(1)
    a(1)
    assert.equal(1, b(1))
    model:predict(rl.zeros { 2, 3, 1 })
    assert.equal(3, a(1))
  end)

  it("gives its own tensor where there are several outputs, or the one it is handed", function()
    local s = rank_up { 4, 2 }:stream()
    local first = s { 1, 2 }
    assert.same({ 1, 1 }, first:totable())
    assert.is_true(rawequal(first, s { 1, 2 }))
    assert.same({ 2, 2 }, first:totable())
    local out = rl.zeros(2)
    assert.is_true(rawequal(out, s({ 1, 2 }, out)))
    assert.same({ 3, 3 }, out:totable())
    assert.same({ 2, 2 }, first:totable())
  end)

  it("steps many sequences in one call, and resets some of them", function()
    local s = rank_up { 4, 1 }:stream { batch = 3 }
    s(rl.zeros { 3, 1 })
    s { 0, 0, 0 }
    s { { 0 }, { 0 }, { 0 } }
    s:reset { 2 }
    assert.same({ { 4 }, { 1 }, { 4 } }, s(rl.zeros(3)):totable())
    assert.error_matches(function() s:reset { 1, 4 } end, "from 1 to 3, got 4")
    assert.same({ { 5 }, { 2 }, { 5 } }, s(rl.zeros(3)):totable())
  end)

  it("goes through stacks with Dense, Activation and Dropout", function()
    local model = rl.Sequential { rl.Input { shape = { 4, 1 } }, rl.layers.Count(), rl.layers.Dropout(0.5),
      rl.layers.Dense { 1, kernel_initializer = "ones" }, rl.layers.Activation "relu" }
    local s = model:stream()
    assert.equal(1, s(0))
    assert.equal(2, s(0))
  end)

  it("carries the states of recurrent layers, whether they are stateful or not", function()
    for _, name in ipairs { "SimpleRNN", "LSTM", "GRU" } do
      for _, stateful in ipairs { false, true } do
        local layer = rl.layers[name] { 3, stateful = stateful, input_shape = { 4, 2 } }
        local model = rl.Sequential { layer, rl.layers.Dense(1) }
        local x, stream = rl.random.normal { shape = { 1, 4, 2 } }, model:stream()
        local y
        for t = 1, 4 do y = stream(x[{ 1, t }]) end
        assert.near(model:predict(x)[{ 1, 1 }], y, 1e-6)
      end
    end
  end)

  it("says what a timestep is", function()
    local s = rank_up { 4, 2 }:stream()
    for _, wrong in ipairs { 1, "x", { 1 }, { 1, 2, 3 }, { 1, "x" }, { { 1, 2 }, { 1, 2 } }, rl.zeros(3), {}, print } do
      assert.error_matches(function() s(wrong) end, "stream: expected one timestep of 2 features, got")
    end
    assert.error_matches(function() s() end, "2 features, got nil")
    assert.error_matches(function() rank_up { 4, 1 }:stream { batch = 2 }(1) end,
      "one timestep of 2 sequences, %(2, 1%), got 1")
    assert.error_matches(function() s({ 1, 2 }, rl.zeros(3)) end,
      "'out' must be a contiguous float32 tensor of 2 numbers")
    assert.same({ 1, 1 }, s({ 1, 2 }):totable())
  end)

  it("refuses models that need all timesteps, and arguments out of range", function()
    local model = rl.Sequential { rl.Input { shape = { 4, 1 } }, rl.layers.Flatten(), rl.layers.Dense(1) }
    assert.error_matches(function() model:stream() end, "flatten.*needs all timesteps at once")
    local backwards = rl.Sequential { rl.Input { shape = { 4, 1 } },
      rl.layers.SimpleRNN { 2, go_backwards = true } }
    assert.error_matches(function() backwards:stream() end, "simple_rnn.*goes backwards")
    local both = rl.Sequential { rl.Input { shape = { 4, 1 } }, rl.layers.Bidirectional(rl.layers.LSTM(2)) }
    assert.error_matches(function() both:stream() end, "bidirectional.*cannot be streamed")
    local flat = rl.Sequential { rl.Input { shape = { 4 } }, rl.layers.Dense(1) }
    assert.error_matches(function() flat:stream() end, "%(batch, timesteps, features%), it takes %(None, 4%)")
    assert.error_matches(function() rl.Sequential { rl.layers.Dense(1) }:stream() end, "isn't built")
    assert.error_matches(function() rank_up { 4, 1 }:stream { batch = 0 } end, "'batch' must be")
    assert.error_matches(function() rank_up { 4, 1 }:stream { bach = 2 } end, "did you mean 'batch'")
  end)

  it("allocates nothing in a step", function()
    local s, x = rank_up { 4, 2 }:stream(), rl.zeros(2)
    s(x)
    collectgarbage()
    collectgarbage "stop"
    local before = collectgarbage "count"
    for _ = 1, 1000 do s(x) end
    assert.equal(before, collectgarbage "count")
    collectgarbage "restart"
  end)
end)
