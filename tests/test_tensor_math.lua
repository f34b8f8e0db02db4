--- Operators, functions of elements and reductions: out=, what is allocated, and what is refused.
local rl = require "rnnlua"
local refused = require "support.refused"

local t
before_each(function() t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } } end)

describe("out=", function()
  it("is written and returned", function()
    local out = rl.zeros { 2, 3 }
    assert.equal(out, rl.add(t, 1, { out = out }))
    assert.same({ { 2, 3, 4 }, { 5, 6, 7 } }, out:totable())
    assert.equal(out, t:exp { out = out })
    assert.near(math.exp(6), out[2][3], 1e-4)
    assert.equal(out, t:clip(2, 4, { out = out }))
    assert.equal(out, t:softmax(1, { out = out }))
    assert.equal(out, t:softmax { out = out })
    assert.equal(out, rl.where(t:gt(3), t, 0, { out = out }))
    assert.same({ { 0, 0, 0 }, { 4, 5, 6 } }, out:totable())
    assert.equal(out, (t / 8):round(1, { out = out }))
    assert.near(0.4, out[1][3], 1e-7)
  end)

  it("may be an input, also one that lies shifted", function()
    t:mul(2, { out = t })
    assert.same({ { 2, 4, 6 }, { 8, 10, 12 } }, t:totable())
    local u = rl.tensor { 1, 2, 3, 4 }
    u[{ { 1, 3 } }]:add(u[{ { 2, 4 } }], { out = u[{ { 2, 4 } }] })
    assert.same({ 1, 3, 5, 7 }, u:totable())
    local s = rl.range(1, 4):reshape(2, 2)
    s:add(s:transpose(), { out = s })
    assert.same({ { 2, 5 }, { 5, 8 } }, s:totable())
    local f = rl.tensor { 1, 2, 3, 4 }:astype "float32"
    f:flip():softmax { out = f }
    assert.near(1, f:sum(), 1e-6)
    assert.is_true(f[1] > f[4])
  end)

  it("may be of a wider kind, or strided", function()
    local wide = rl.zeros({ 3, 2 }, "float64"):transpose()
    t:add(0.5, { out = wide })
    assert.same({ { 1.5, 2.5, 3.5 }, { 4.5, 5.5, 6.5 } }, wide:totable())
    local narrow = rl.zeros { 2, 3 }
    t:div(2, { out = narrow })
    assert.equal("float32", narrow.dtype)
    assert.equal(3, narrow[2][3])
  end)

  it("allocates nothing", function()
    local a, b, out = rl.ones { 100, 100 }, rl.ones { 100 }, rl.zeros { 100, 100 }
    local given, wide = { out = out }, { out = rl.zeros({ 100, 100 }, "float64") }
    local function work()
      a:add(b, given)
      rl.maximum(out, 0.5, given)
      out:exp(given)
      out:tanh(given)
      out:transpose() -- a view, that is all
      a:softmax(given)
      a:mul(2, wide)
      out:clip(0, 1, given)
    end
    work()
    collectgarbage()
    collectgarbage "stop"
    local before = collectgarbage "count"
    for _ = 1, 100 do work() end
    local grown = collectgarbage "count" - before
    collectgarbage "restart"
    assert.is_true(grown < 40, ("100 rounds took %.1f KB"):format(grown)) -- the views: 300 bytes each
  end)

  it("is refused where the result does not fit", function()
    refused("add: argument 'out' must have shape (2, 3), got (3,)", function() t:add(1, { out = rl.zeros { 3 } }) end)
    refused("div: argument 'out' must have a dtype that holds float64, got int64", function() t:div(2, { out = t }) end)
    refused("eq: argument 'out' must be a tensor, got a table", function() t:eq(2, { out = {} }) end)
    refused("exp: unknown argument 'otu' (did you mean 'out'?)", function() t:exp { otu = t } end)
    refused("softmax: argument 'out' must have a dtype that holds float64, got int64", function() t:softmax { out = t } end)
    refused("round: argument 'out' must have a dtype that holds int64, got bool", function() t:round(-1, { out = t:gt(2) }) end)
    assert.equal(21, t:sum())
  end)
end)

describe("numbers", function()
  it("alone give a number again", function()
    assert.equal(math.exp(1), rl.exp(1))
    assert.equal(3, rl.maximum(2, 3))
    assert.equal("integer", math.type(rl.add(1, 2)))
    assert.is_true(rl.isnan(0 / 0))
    assert.equal(2.6, rl.round(2.567, 1))
  end)

  it("may stand on either side", function()
    assert.same({ { 0, -1, -2 }, { -3, -4, -5 } }, (1 - t):totable())
    assert.same({ 4, 8 }, (2 ^ rl.tensor { 2, 3 }):totable())
  end)
end)

describe("a function of elements", function()
  it("refuses values that are no data", function()
    refused("operator +: argument 2 must be a tensor, a table or a number, got 'x'", function() return t + "x" end)
    refused("operator *: argument 1 must be a tensor, a table or a number, got '2'", function() return "2" * t end)
    refused("operator -: argument 2 must be a tensor, a table or a number, got nil", function() return t - nil end)
    refused("maximum: argument 2 must be a tensor, a table or a number, got nil", function() return t:maximum() end)
    refused("exp: argument 1 must be a tensor, a table or a number, got a function", function() return rl.exp(print) end)
    refused("add: expected at most 3 arguments, got 4", function() return rl.add(1, 2, nil, 4) end)
    refused("clip: argument 'x_min' or 'x_max' is required", function() return t:clip() end)
    refused("round: argument 'decimals' must be an integer, got 0.5", function() return t:round(0.5) end)
  end)

  it("refuses shapes that do not broadcast", function()
    refused("operator +: shapes (2, 3) and (2,) do not broadcast together", function() return t + { 1, 2 } end)
    refused("where: shapes (3,), (2,) and () do not broadcast together", function() return rl.where({ true, false, true }, { 1, 2 }, 0) end)
    refused("allclose: shapes (2, 3) and (2,) do not broadcast together", function() return rl.allclose(t, { 1, 2 }) end)
  end)

  it("refuses to divide integers by zero, as Lua", function()
    refused("operator //: attempt to perform 'n//0'", function() return t // 0 end)
    refused("operator %: attempt to perform 'n%%0'", function() return t % rl.tensor { 1, 0, 1 } end)
    assert.equal(math.huge, (t // 0.0)[1][1])
    assert.is_true(rl.isnan((t % 0.0)[1][1]))
  end)

  it("refuses differences of booleans", function()
    refused("operator -: bool tensors have no difference (use ne or logical_not)", function() return t:gt(1) - t:gt(2) end)
    refused("neg: bool tensors have no difference (use ne or logical_not)", function() return rl.neg(t:gt(1)) end)
  end)

  it("gives the same bits wherever an element lies", function()
    local x = rl.random.normal { { 37, 41 }, seed = 4 }
    for _, name in ipairs { "exp", "tanh", "sigmoid", "log", "sqrt" } do
      local whole = x:abs()
      local straight = whole[name](whole)
      local turned = whole:transpose()
      assert.is_true(rl.equal(straight, turned[name](turned):transpose()), name)
    end
    assert.is_true(rl.equal(x:softmax(2), x:transpose():softmax(1):transpose()))
  end)
end)

describe("a reduction", function()
  it("of all axes is a Lua value of the dtype's kind", function()
    assert.equal("integer", math.type(t:sum()))
    assert.equal("float", math.type(t:mean()))
    assert.equal("boolean", type(t:any()))
    assert.equal(6, t:argmax())
    assert.equal(6, rl.tensor({ 1, 2, 3 }):sum(1))
    assert.same({ 1, 1 }, t:sum({ keepdims = true }).shape)
    assert.equal(6, rl.sum { 1, 2, 3 })
  end)

  it("takes its axis by position, by name and as a table", function()
    assert.same({ 5, 7, 9 }, t:sum(1):totable())
    assert.same({ 6, 15 }, t:sum({ axis = -1 }):totable())
    assert.same({ { 6 }, { 15 } }, t:sum(2, true):totable())
    assert.same({ { 6 }, { 15 } }, t:sum(2, { keepdims = true }):totable())
    assert.equal(21, t:sum { axis = { 1, 2 } })
    assert.equal(21, t:sum { 1, 2 })
  end)

  it("sums float32 without losing small terms", function()
    local x = rl.full({ 10000000 }, 0.1)
    assert.near(1e7 * 0.100000001490116, x:sum(), 0.5)
    assert.near(0.100000001490116, x:mean(), 1e-8)
  end)

  it("says which argument is wrong", function()
    refused("sum: axis 3 is out of range for a tensor with 2 axes", function() t:sum(3) end)
    refused("sum: axis 0 is out of range for a tensor with 2 axes", function() t:sum(0) end)
    refused("mean: argument 'axis' must be an integer, got 'x'", function() t:mean("x") end)
    refused("sum: argument 'keepdims' must be a boolean, got 1", function() t:sum(1, 1) end)
    refused("sum: unknown argument 'axes' (did you mean 'axis'?)", function() t:sum { axes = 1 } end)
    refused("sum: unknown argument 'ddof'", function() t:sum { ddof = 1 } end)
    refused("var: argument 'ddof' must be a number, got true", function() t:var { ddof = true } end)
    refused("sum: argument 'axis' given twice", function() t:sum(1, { axis = 2 }) end)
    refused("sum: expected at most 3 arguments, got 4", function() t:sum(1, true, 2) end)
    refused("sum: argument 1 must be a tensor, got nil", function() rl.sum() end)
    refused("argmax: argument 'axis' must be an integer, got a table", function() t:argmax { axis = { 1, 2 } } end)
    refused("max: an empty tensor has none", function() rl.zeros({ 0 }):max() end)
    refused("argmin: an empty tensor has none", function() rl.zeros({ 2, 0 }):argmin(2) end)
  end)
end)

describe("whole tensors", function()
  it("are equal in shape and elements, whatever the dtype", function()
    assert.is_true(rl.equal(t, t:astype "float32"))
    assert.is_false(rl.equal(t, t[1]))
    assert.is_false(rl.equal(t, t + rl.tensor { 0, 0, 1 }))
    assert.is_false(rl.equal({ 0 / 0 }, { 0 / 0 }))
    assert.is_true(rl.equal(rl.zeros { 0 }, {}))
  end)

  it("are close within tolerances", function()
    assert.is_true(rl.allclose({ 1, 1e5 }, { 1.000009, 1e5 + 0.9 }))
    assert.is_false(rl.allclose({ 1 }, { 1.0001 }))
    assert.is_true(rl.allclose({ 1 }, { 1.0001 }, { rtol = 1e-3 }))
    assert.is_true(rl.allclose({ 0 }, { 1e-4 }, { atol = 1e-3 }))
    assert.is_true(rl.allclose(t, t:astype "float32"))
    assert.is_true(rl.allclose({ { 1, 1 }, { 1, 1 } }, 1))
    assert.is_true(rl.allclose({ math.huge, -math.huge }, { math.huge, -math.huge }))
    assert.is_false(rl.allclose({ math.huge }, { -math.huge }))
    assert.is_false(rl.allclose({ math.huge }, { 1 }))
    assert.is_false(rl.allclose({ 0 / 0 }, { 0 / 0 }))
    assert.is_true(rl.allclose({ 0 / 0 }, { 0 / 0 }, { equal_nan = true }))
    refused("allclose: unknown argument 'tol' (did you mean 'rtol'?)", function() rl.allclose(1, 1, { tol = 1 }) end)
  end)
end)

describe("copies", function()
  it("are new storage, except contiguous of what is so already", function()
    assert.equal(t, t:contiguous())
    for _, copy in ipairs { t:copy(), t:astype "int64", t:transpose():contiguous():transpose() } do
      copy[1][1] = 99
      assert.equal(1, t[1][1])
    end
    refused("astype: argument 'dtype' is required", function() t:astype() end)
    refused("astype: argument 'dtype' must be 'float64', 'float32', 'int64' or 'bool', got 'int'", function() t:astype "int" end)
  end)
end)

describe("temporaries", function()
  it("in a loop run in little memory", function()
    local status = io.open "/proc/self/status"
    if not status or os.getenv "RNNLUA_SANITIZED" then
      return pending "needs /proc, and an allocator that gives memory back"
    end
    status:close()
    local function resident()
      for line in io.lines "/proc/self/status" do
        local kilobytes = line:match "^VmRSS:%s+(%d+)"
        if kilobytes then return tonumber(kilobytes) / 1024 end
      end
    end
    local before, largest = resident(), 0
    local a, b = rl.ones { 100000 }, rl.ones { 100000 }
    for i = 1, 3000 do
      local _ = a * 2 + b
      if i % 100 == 0 then largest = math.max(largest, resident()) end
    end
    assert.is_true(largest - before < 150, ("grew by %.0f MB"):format(largest - before))
  end)
end)
