--- Activations against Keras 3: values and gradients; then what a table of numbers can't show.
local rl = require "rnnlua"
local golden = require "support.golden" "keras_components"
local label = require "support.label"

local NEAR = { rtol = 2e-6, atol = 1e-7 }
-- Keras' own float32 formulas lose digits to cancellation here: x - tanh(x) near 0, the tails of gelu
local LOOSE = { tanh_shrink = { rtol = 2e-6, atol = 3e-7 }, gelu = { rtol = 2e-6, atol = 1e-6 } }
local RATE = 1e6 -- a large step, so that the difference of weights shows small gradients too

local function activation(case) return rl.activations[case.name](case.args) end

--- The gradient that arrives at the input of an activation for `dy` at its output: a kernel whose rows are x,
--- fed with the unit vectors, then a layer of weights dy, and a loss whose slope is 1.
local function gradient(f, x, dy)
  local rows, columns, column = #x, #x[1], {}
  for i, value in ipairs(dy) do column[i] = { value } end
  local model = rl.Sequential {
    rl.layers.Dense { columns, use_bias = false, activation = f, input_shape = { rows } },
    rl.layers.Dense { 1, use_bias = false },
  }
  model:compile { optimizer = rl.optimizers.SGD(RATE), loss = "mae" }
  model:set_weights { x, column }
  model:train_on_batch(rl.eye(rows), rl.full({ rows, 1 }, -1e30))
  return (rl.tensor(x, "float64") - model:get_weights()[1]:astype "float64") * (rows / RATE)
end

describe("activations beside Keras", function()
  local section = golden.activations
  for _, case in ipairs(section.cases) do
    it(label(case), function()
      local near = LOOSE[case.name] or NEAR
      local f = activation(case)
      assert.message("y").tensor_near(case.y, f(rl.tensor(section.x, "float32")), near)
      assert.message("dx").tensor_near(case.dx, gradient(f, section.x, section.dy),
        { rtol = 1e-5, atol = math.max(near.atol, 2e-6) })
    end)
  end
end)

describe("every activation", function()
  local names = {}
  for _, case in ipairs(golden.activations.cases) do names[case.name] = case end

  it("is in the golden values", function()
    for name, make in pairs(rl.activations) do
      if name ~= "get" and name ~= "sparsemax" then -- which has a test of its own below
        local class = tostring(make):match "(%S+)>$"
        assert.message(name).is_not_nil(names[class])
      end
    end
  end)

  it("passes NaN on", function()
    local nan = 0 / 0
    for name, case in pairs(names) do
      if name ~= "threshold" then -- whose Keras twin gives default_value
        local y = activation(case)(rl.tensor({ { nan, 0.5 } }, "float32"))
        assert.message(name).truthy(y[1][1] ~= y[1][1])
      end
    end
  end)

  it("gives an element the same bits wherever it stands", function()
    local x = rl.random.normal { shape = { 1, 77 }, stddev = 3 }
    for name, case in pairs(names) do
      if not name:find "max$" then
        local f = activation(case)
        local whole, tail = f(x), f(x[{ {}, { 3, 77 } }]:contiguous())
        assert.message(name).truthy(rl.equal(whole[{ {}, { 3, 77 } }], tail))
      end
    end
  end)
end)

describe("tanh, sigmoid and exponential", function()
  --- every 99,991st float32, by its bits
  local function floats()
    local words = {}
    for bits = 0, 0xffffffff, 99991 do words[#words + 1] = string.pack("<I4", bits) end
    return rl.frombuffer(table.concat(words), "float32")
  end

  local exact = {
    tanh = function(x) return x:tanh() end,
    sigmoid = function(x) return x:sigmoid() end,
    exponential = function(x) return x:exp() end,
  }

  for name, f in pairs(exact) do
    it(name .. " is within 4 units in the last place of float64's", function()
      local x = floats()
      local y, want = rl.activations[name](x):astype "float64", f(x:astype "float64")
      local worst = 0
      for i = 1, #x do
        local got, truth = y[i], want[i]
        if truth ~= truth then
          assert.truthy(got ~= got)
        elseif truth > 0x1.fffffefp127 then
          assert.equal(math.huge, got)
        elseif got ~= truth then
          local size = math.max(math.abs(truth), 0x1p-126)
          local unit = 2.0 ^ (math.floor(math.log(size, 2)) - 23)
          worst = math.max(worst, math.abs(got - truth) / unit)
        end
      end
      assert.message(worst .. " units").truthy(worst > 0 and worst <= 4)
    end)
  end

  it("are exact at zeros and infinities", function()
    local x = rl.tensor({ 0.0, -0.0, math.huge, -math.huge }, "float32")
    local y = rl.activations.tanh(x)
    assert.same({ 0, 0, 1, -1 }, y:totable())
    assert.equal(-math.huge, 1 / y[2]) -- the sign of zero is kept
    assert.same({ 0.5, 0.5, 1, 0 }, rl.activations.sigmoid(x):totable())
    assert.same({ 1, 1, math.huge, 0 }, rl.activations.exponential(x):totable())
  end)
end)

describe("softmax", function()
  it("sums to 1 and does not overflow", function()
    local y = rl.activations.softmax(rl.tensor({ { 1000, 1001, 1002 }, { -1e30, 0, 1e30 } }, "float32"))
    assert.tensor_near({ { 0.09003057, 0.24472848, 0.66524094 }, { 0, 0, 1 } }, y, 1e-6)
  end)

  it("gives 0 to what is minus infinity", function()
    local y = rl.activations.softmax(rl.tensor({ { -math.huge, 0, 0 } }, "float32"))
    assert.same({ { 0, 0.5, 0.5 } }, y:totable())
  end)
end)

describe("sparsemax", function()
  local x = { { 0.1, 1.1, 0.2 }, { 0.5, 0.25, -3 }, { 2, 2, 2 } }

  it("projects onto the simplex", function()
    local y = rl.activations.sparsemax(rl.tensor(x, "float32"))
    assert.tensor_near({ { 0, 0.95, 0.05 }, { 0.625, 0.375, 0 }, { 1 / 3, 1 / 3, 1 / 3 } }, y, 1e-6)
  end)

  it("hands the gradient to those kept, less its mean over them", function()
    local dx = gradient("sparsemax", x, { 3, 1, 2 })
    assert.tensor_near({ { 0, -0.5, 0.5 }, { 1, -1, 0 }, { 1, -1, 0 } }, dx, 1e-5)
  end)
end)

describe("an activation's arguments", function()
  it("are checked", function()
    assert.error_matches(function() rl.activations.relu { negative_slop = 1 } end,
      "relu: unknown argument 'negative_slop' %(did you mean 'negative_slope'%?%)")
    assert.error_matches(function() rl.activations.elu { alpha = "x" } end, "elu: argument 'alpha' must be a number")
    assert.error_matches(function() rl.activations.threshold { threshold = 1 } end,
      "threshold: argument 'default_value' is required")
    assert.error_matches(function() rl.activations.celu { alpha = 0 } end, "celu: argument 'alpha' must not be 0")
  end)
end)
