--- Gradients of tensor functions: each has a rule, checked against central differences in float64, or is in the list of
--- those that have no gradient.
local rl = require "rnnlua"
local core = require "rnnlua.core"

local function T(...) return rl.tensor { ... } end

local a = T({ 1.45, -2.25, 0.6 }, { 0.7, 3.1, -1.55 }) -- of both signs
local b = T { 0.65, 1.75, -0.4 } -- broadcasts against a
local p = T({ 1.5, 2.25, 0.5 }, { 0.75, 3, 1.25 }) -- positive
local c = T({ { 1.1, 2.2 }, { 0.3, -0.4 } }, { { 1.5, -1.6 }, { 0.7, 0.8 } }, { { -0.9, 0.1 }, { 1.2, 1.3 } })
local v, w = T(1.5, 2.5), T(0.5, 1.5, -0.7)

--- name -> list of {function, input, …}; a name alone stands for rl[name] and the method.
local cases = {}

local function case(name, f, ...)
  cases[name] = cases[name] or {}
  table.insert(cases[name], { f or rl[name], ... })
end

for _, name in ipairs { "add", "sub", "mul", "div", "maximum", "minimum", "mod", "floordiv" } do
  case(name, nil, a, b)
  case(name, nil, b, a)
  case(name, function(x) return rl[name](x, 0.77) end, a)
  case(name, function(x) return rl[name](4.4, x) end, p)
end
case("add", function(x, y) return x + y + { 1, 2, 3 } end, a, b)
case("sub", function(x, y) return 1 - x - y end, a, b)
case("mul", function(x, y) return 2 * x * y * { 1, 2, 3 } end, a, b)
case("div", function(x, y) return 2 / x / y end, a, b)
case("mod", function(x, y) return x % y end, a, b)
case("floordiv", function(x, y) return x // y end, a, b)
case("pow", nil, p, b)
case("pow", function(x) return x ^ 2 + x ^ 0 end, a)
case("pow", function(x) return 2 ^ x end, a)
case("pow", function(x, n) return x ^ n end, T { 0.3, 2.5 }, T({ 3.5 }, { -2.1 }))
for _, name in ipairs { "neg", "abs", "sign", "relu", "exp", "sin", "cos", "tanh", "sigmoid", "copy", "contiguous",
                        "floor", "ceil", "round", "flatten", "softmax" } do
  case(name, nil, a)
end
case("neg", function(x) return -x end, a)
case("round", function(x) return x:round(1) end, a + 0.02)
case("contiguous", function(x) return x:transpose():contiguous() end, a)
case("sqrt", nil, p)
case("log", nil, p)
case("astype", function(x) return x:astype("float64") * x end, a)
case("where", function(x, y) return rl.where(x:gt(0), x, y) end, a, b)
case("where", function(x) return rl.where({ true, false, true }, 2, x) end, a)
case("clip", function(x) return x:clip(-1, 1) end, a)
case("clip", function(x) return x:clip { x_max = 1 } end, a)
case("clip", function(x, low, high) return x:clip { x_min = low, x_max = high } end, a, T { 0.1, -3, -2 }, T { 1, 2, -1.8 })
case("softmax", function(x) return x:softmax(1) end, a)
case("softmax", function(x) return x:softmax { axis = 2 } end, c)

for _, name in ipairs { "sum", "mean", "prod", "max", "min", "std", "var" } do
  local f = rl[name]
  case(name, nil, a)
  case(name, function(x) return f(x, 1) end, a)
  case(name, function(x) return f(x, -1, true) end, a)
  case(name, function(x) return f(x, { axis = { 1, 3 } }) end, c)
  case(name, function(x) return f(x, { 2, -1 }, { keepdims = true }) * x end, c)
end
case("var", function(x) return x:var(1, { ddof = 1 }) end, a)
case("std", function(x) return x:std { axis = 2, ddof = 1 } end, a)
case("prod", nil, T(1, 0, 3.5))
case("prod", function(x) return x:prod(2) end, T({ 0, 0, 3.5 }, { 1, 0, 2 }, { 1, 2, 3 }))
case("sum", function(x) return x[2]:sum() * x:mean() - x:max() / 3 end, a) -- tensors without axes
case("cumsum", nil, a)
case("cumsum", function(x) return x:cumsum(2) end, a)
case("cumsum", function(x) return x:cumsum { axis = -1 } end, c)
case("sort", nil, a)
case("sort", function(x) return x:sort(1, true) end, a)
case("sort", function(x) return x:sort { axis = 2, descending = true } end, c)

case("reshape", function(x) return x:reshape(3, -1) end, a)
case("reshape", function(x) return x:transpose():reshape { shape = { 6 } } end, a)
case("transpose", nil, a)
case("transpose", function(x) return x:transpose(2, 3, 1) end, c)
case("transpose", function(x) return x:transpose { axes = { 3, 1, 2 } } end, c)
case("permute", function(x) return x:permute { 3, 1, 2 } end, c)
case("permute", function(x) return x:permute(-1, 1, 2) end, c)
case("squeeze", nil, b)
case("expand_dims", function(x) return x:expand_dims(2) end, a)
case("expand_dims", function(x) return x:expand_dims { axis = { 1, 3 } } end, a)
case("flip", nil, a)
case("flip", function(x) return x:flip(2) end, a)
case("flip", function(x) return x:flip { axis = { 1, -1 } } end, c)
case("index", function(x) return x[1], x[-1][2] * x[1] end, a)
case("index", function(x) return x[{ {}, { 1, 3, 2 } }], x[{ 2 }], x[{ 2, 3 }] * x[{ { 1, 2 }, -1 }] end, a)
case("index", function(x) return x[x:gt(0)] end, a)
case("index", function(x) return x[rl.tensor { true, false, true }] end, c)
case("index", function(x) return x[rl.tensor { 1, -1, 1 }] end, a)
case("index", function(x) return x[rl.tensor { { 1, 3 }, { 3, 3 } }] end, c)
case("index", function(x)
  local sum = 0
  for _, row in pairs(x) do sum = sum + row * row end
  for _, row in ipairs(x) do sum = sum * row end
  return sum
end, a)
case("take", function(x) return x:take({ 1, -1, 1 }, 2) end, a)
case("take", function(x) return x:take { 2, 2, 5 } end, a)
case("take", function(x) return x:take(2, 1) end, c)
case("take", function(x) return x:take(rl.tensor { { 1, 2 }, { 2, 2 } }, { axis = 2 }) end, c)
case("repeat_elements", function(x) return x:repeat_elements(2) end, a)
case("repeat_elements", function(x) return x:repeat_elements({ 1, 3 }, 1) end, a)
case("repeat_elements", function(x) return x:repeat_elements { repeats = 2, axis = -1 } end, c)
case("tile", function(x) return x:tile(2, 3) end, a)
case("tile", function(x) return x:tile(2) end, c)
case("tile", function(x) return x:tile { 2, 1, 3, 2 } end, c)
case("tile", function(x) return x:tile(2, 2, 1, 3, 2) end, c)

case("concatenate", function(x, y) return rl.concatenate { x, y } end, a, b)
case("concatenate", function(x, y) return x:concatenate(y, 2), rl.concatenate({ y, x, y }, -1) end, a, p)
case("concatenate", function(x, y) return x:concatenate({ y, x }, { axis = 2 }) end, a, p)
case("concatenate", function(x) return x:concatenate({ { 1, 2, 3 } }) end, a)
case("stack", function(x, y) return rl.stack({ x, y }, 2), x:stack(y), x:stack({ y, y }, { axis = -1 }) end, a, p)
case("split", function(x) return rl.unpack_pieces(x:split(3, 2)) end, a)
case("split", function(x)
  local pieces = x:split({ 2 }, { axis = 2 })
  return pieces[2]
end, a)
case("tensor", function(x, y) return rl.tensor { x, y } * 2, rl.tensor { { x:sum(), 1.5 }, { 2, y[1] } } end, v, w[{ { 1, 2 } }])

case("matmul", nil, a, p:transpose():copy())
case("matmul", nil, v, a)
case("matmul", nil, a, w)
case("matmul", function(x, y) return x:matmul(y) * 2 end, v, T(0.5, 0.25))
case("matmul", nil, c, T({ 0.5, 1.5 }, { 2.5, -1 }))
case("matmul", nil, T({ 0.5, 1.5 }, { 2.5, -1 }), c)
case("matmul", nil, c, v)
case("matmul", nil, v, c)
case("matmul", nil, c, c:expand_dims(2):copy())
case("dot", nil, a, p:transpose():copy())
case("dot", nil, a, w)
case("dot", function(x, y) return x:dot(y) * 2 end, v, T(0.5, 0.25))
case("dot", nil, c, c:copy())
case("dot", nil, v, c)
case("dot", function(x) return x:dot(3) + rl.dot(2, x) end, a)

function rl.unpack_pieces(pieces) return pieces[1] * pieces[3], pieces[3] end

--- What no gradient goes through: results that are no floats, Lua values, and changes in place.
local CONSTANT = {}
for name in ([[eq ne lt le gt ge equal allclose logical_and logical_or logical_not isnan isinf any all argmax argmin argsort
  one_hot totable tobytes item fill copy_from assign assign_add assign_sub]]):gmatch "%S+" do CONSTANT[name] = true end

describe("The gradient of", function()
  local names = {}
  for name in pairs(cases) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    it(name .. " agrees with central differences", function()
      for i, entry in ipairs(cases[name]) do
        local ok, message = rl.gradient_check(entry[1], { table.unpack(entry, 2) })
        assert.message(("case %d: %s"):format(i, message)).is_true(ok)
      end
    end)
  end

  it("no function is forgotten", function()
    for name in pairs(core.tensor_functions) do
      assert.message(name .. ": neither a case here nor among those without gradient").truthy(cases[name] or CONSTANT[name])
    end
  end)

  it("no rule is left over", function()
    local other = { __index = true, layer = true, activation = true, penalty = true, loss = true, tensor_copy = true }
    for name in pairs(require "rnnlua.gradients.rules") do
      assert.message(name).truthy(cases[name] or other[name])
    end
  end)

  it("functions that have none is no gradient, and no error", function()
    local x = rl.Variable { 1.5, -2.5 }
    for _, f in ipairs { function() return x:gt(0) end, function() return x:argmax() end, function() return x:argsort() end,
      function() return x:totable() end, function() return x[1]:item() end, function() return rl.equal(x, x) end,
      function() return x:floor() end, function() return x:isnan() end, function() return #x end,
      function() return x.shape end, function() return x:tobytes() end } do
      local tape, loss = rl.GradientTape(function()
        local result = f()
        return getmetatable(result) == "tensor" and x:sum() * 0 + result:astype("float32"):sum() or x:sum()
      end)
      assert.truthy(tape:gradient(loss, x))
    end
    local tape, loss = rl.GradientTape(function() return x:floor() end)
    assert.is_false(tape:gradient(loss, x))
  end)
end)

describe("At kinks and ties gradients are TensorFlow's:", function()
  local function gradients(f, ...)
    local inputs = { ... }
    for i, input in ipairs(inputs) do inputs[i] = rl.Variable(rl.tensor(input, "float64")) end
    local tape, loss = rl.GradientTape(function() return f(table.unpack(inputs)) end)
    local list = tape:gradient(loss, inputs)
    for i, g in ipairs(list) do list[i] = g and g:totable() end
    return table.unpack(list)
  end

  it("max and min share among equals", function()
    assert.same({ 0, 0.5, 0.5 }, gradients(rl.max, { 1, 2, 2 }))
    assert.same({ 1, 0, 0 }, gradients(rl.min, { 1, 2, 2 }))
  end)
  it("maximum and minimum give the first all", function()
    local x, y = gradients(rl.maximum, { 1, 2, 3 }, { 1, 3, 2 })
    assert.same({ { 1, 0, 1 }, { 0, 1, 0 } }, { x, y })
    x, y = gradients(rl.minimum, { 1, 2, 3 }, { 1, 3, 2 })
    assert.same({ { 1, 1, 0 }, { 0, 0, 1 } }, { x, y })
  end)
  it("relu, abs and sign are flat at 0", function()
    assert.same({ 0, 0, 1 }, gradients(rl.relu, { -1, 0, 1 }))
    assert.same({ -1, 0, 1 }, gradients(rl.abs, { -1, 0, 1 }))
    assert.same({ 0, 0, 0 }, gradients(rl.sign, { -1, 0, 1 }))
  end)
  it("clip passes its bounds", function()
    assert.same({ 0, 1, 1, 1, 0 }, gradients(function(x) return x:clip(-1, 1) end, { -2, -1, 0, 1, 2 }))
  end)
  it("powers of 0 and of negative numbers", function()
    assert.same({ 0, 0 }, gradients(function(x) return x ^ 0 end, { 0, -2 }))
    local base, exponent = gradients(rl.pow, { 0, -2, 2 }, { 2, 2, 2 })
    assert.same({ { 0, -4, 4 }, { 0, 0, 4 * math.log(2) } }, { base, exponent })
  end)
end)

describe("Gradients keep dtypes and shapes", function()
  it("of each tensor, whatever is computed", function()
    local x, y = rl.Variable { 1, 2, 3 }, rl.Variable(rl.tensor { { 0.5 }, { 1.5 } })
    local tape, loss = rl.GradientTape(function() return (x * y + x):sum() end)
    assert.equal("float64", loss.dtype)
    local grads = tape:gradient(loss, { x, y })
    assert.same({ "float32", { 3 }, "float64", { 2, 1 } }, { grads[1].dtype, grads[1].shape, grads[2].dtype, grads[2].shape })
    assert.same({ { 4, 4, 4 }, { { 6 }, { 6 } } }, { grads[1]:totable(), grads[2]:totable() })
  end)
  it("of empty tensors", function()
    local x = rl.Variable(rl.zeros { 0, 3 })
    for _, f in ipairs { rl.sum, function(t) return t * 2 end, function(t) return t:matmul(rl.ones { 3, 2 }) end,
      function(t) return rl.concatenate { t, rl.ones { 2, 3 } } end, rl.sort, function(t) return t:cumsum(1) end } do
      local tape, loss = rl.GradientTape(function() return f(x) end)
      assert.same({ 0, 3 }, tape:gradient(loss, x).shape)
    end
  end)
end)
