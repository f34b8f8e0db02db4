--- rl.layers.Lambda: a Lua function as a layer.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_lengths"
local trained_layers = require "support.trained_layers"

describe("Lambda, trained as by Keras:", function()
  for _, case in ipairs(golden.lambda) do
    it(case.name, function() trained_layers(case, {}) end)
  end
end)

describe("Lambda", function()
  it("takes several inputs as a list", function()
    local a, b = rl.Input { shape = { 3 } }, rl.Input { shape = { 3 } }
    local model = rl.Model { inputs = { a, b }, outputs = rl.layers.Lambda(function(x) return x[1] - x[2] end) { a, b } }
    assert.tensor_near({ { -2, -2, -2 } }, model:predict { rl.ones { 1, 3 }, rl.full({ 1, 3 }, 3) }, 0)
  end)

  it("tells its function of training, the mask, and the arguments", function()
    local seen = {}
    local layer = rl.layers.Lambda { function(x, options)
      seen = options
      return x
    end, arguments = { power = 3 } }
    local model = rl.Sequential { rl.layers.Masking { input_shape = { 2, 1 } }, layer, rl.layers.Flatten() }
    model:compile { optimizer = "sgd", loss = "mse" }
    local x = rl.tensor({ { { 1 }, { 0 } } }, "float32")
    model:predict(x)
    assert.same({ false, 3 }, { seen.training, seen.power })
    assert.same({ { true, false } }, seen.mask:totable())
    model:train_on_batch(x, rl.zeros { 1, 2 })
    assert.is_true(seen.training)
  end)

  it("keeps its function as long as something needs it", function()
    local model = rl.Sequential { rl.layers.TimeDistributed { rl.layers.Lambda(function(x) return x + 1 end), input_shape = { 2, 2 } } }
    collectgarbage()
    collectgarbage()
    assert.tensor_near({ { { 2, 2 }, { 2, 2 } } }, model:predict(rl.ones { 1, 2, 2 }), 0)
    local watched = setmetatable({}, { __mode = "v" })
    do
      local big = { 1 }
      watched[1] = big
      local layer = rl.layers.Lambda(function(x) return x * big[1] end)
      assert.tensor_near({ { 1 } }, layer(rl.ones { 1, 1 }), 0)
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(watched[1])
  end)

  it("is made again from its config", function()
    local layer = rl.layers.Lambda { function(x) return -x end, name = "minus" }
    local again = rl.layers.Lambda(layer:get_config())
    assert.equal("minus", again.name)
    assert.tensor_near({ { -1 } }, again(rl.ones { 1, 1 }), 0)
    assert.error_matches(function() rl.layers.Lambda { id = 1000000 } end, "Lambda: there is no function 1000000 in this process")
  end)

  it("is counted and named as Keras does", function()
    local first, second = rl.layers.Lambda(print), rl.layers.Lambda { print }
    assert.matches("^lambda_?%d*$", first.name)
    assert.is_true(first.name ~= second.name)
    assert.matches("Lambda", tostring(first))
  end)

  it("refuses what is no function, and tells of what the function does wrong", function()
    for message, given in pairs {
      ["argument 'fn' is required, a function"] = {},
      ["argument 'fn' must be a function, got 3"] = { 3 },
      ["argument 'mask' must be a bool tensor or a function, got 1"] = { print, mask = 1 },
      ["unknown argument 'outputshape' %(did you mean"] = { print, outputshape = { 1 } },
      ["argument 'output_shape': extent 1 must be an integer >= 0, or %-1 if unknown, got 0.5"] = { print, output_shape = { 0.5 } },
      ["argument 'arguments' must be a table, got 'x'"] = { print, arguments = "x" },
    } do
      assert.error_matches(function() rl.layers.Lambda(given) end, message)
    end
    local function predict(given)
      given.input_shape = { 2 }
      return rl.Sequential { rl.layers.Lambda(given) }:predict(rl.ones { 2, 2 })
    end
    assert.error_matches(function() predict { function() return "a" end } end, "lambda.- %(Lambda%): call: expected a tensor, got 'a'")
    assert.error_matches(function() predict { function() error "no!" end } end, "no!")
    assert.error_matches(function() predict { function(x) return x end, output_shape = { 7 } } end,
      "%(Lambda%): expected shape %(2, 7%), got %(2, 2%)")
  end)
end)
