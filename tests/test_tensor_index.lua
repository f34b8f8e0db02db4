--- Reading and writing parts of tensors: what is a view and what a copy, and what is refused.
local rl = require "rnnlua"
local refused = require "support.refused"

local t, u
before_each(function()
  t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
  u = rl.tensor { 10, 20, 30 }
end)

describe("an index", function()
  it("gives a view where axes are left, else a Lua value", function()
    assert.equal(6, t[2][3])
    assert.equal(4, t[-1][-3])
    assert.equal(5, t[{ 2, 2 }])
    assert.equal(2, t[2.0 - 1][2])
    t[1][1] = 100
    assert.equal(100, t[{ 1, 1 }])
    local row = t[2]
    row[3] = -1
    t[{ {}, 1 }]:fill(0)
    assert.same({ { 0, 2, 3 }, { 0, 5, -1 } }, t:totable())
  end)

  it("copies where a tensor chooses", function()
    local chosen = t[t:gt(3)]
    chosen:fill(0)
    t[rl.tensor { 1 }]:fill(0)
    assert.equal(21, t:sum())
  end)

  it("keeps the base of a view alive", function()
    local view = rl.full({ 10, 1000 }, 3)[{ {}, { 1, 1000, 10 } }][5]
    for _ = 1, 20 do
      collectgarbage()
      rl.zeros { 10000 }
    end
    assert.equal(300, view:sum())
  end)

  it("is nil one past the end, so that ipairs ends", function()
    assert.is_nil(t[3])
    assert.is_nil(rl.zeros({ 0 })[1])
    local seen = {}
    for i, v in ipairs(u) do seen[i] = v end
    assert.same({ 10, 20, 30 }, seen)
    local rows = 0
    for i, row in pairs(t) do
      assert.equal(t[i][2], row[2])
      rows = rows + 1
    end
    assert.equal(2, rows)
  end)

  it("gives booleans of a bool tensor", function()
    local b = rl.tensor { true, false }
    assert.is_true(b[1])
    assert.is_false(b[2])
    b[2] = true
    b[1] = 0
    assert.same({ false, true }, b:totable())
  end)

  it("that is out of range or of a wrong type is refused", function()
    refused("tensor: index 4 is out of range for axis 1 with 2 elements", function() return t[4] end)
    refused("tensor: index 0 is out of range for axis 1 with 2 elements", function() return t[0] end)
    refused("tensor: index -3 is out of range for axis 1 with 2 elements", function() return t[-3] end)
    refused("tensor: index 4 is out of range for axis 2 with 3 elements", function() return t[{ 1, 4 }] end)
    refused("tensor: 3 indices for a tensor with 2 axes", function() return t[{ 1, 2, 3 }] end)
    refused("tensor: an index must be an integer, a table or a tensor, got 1.5", function() return t[1.5] end)
    refused("tensor: an index must be an integer, a table or a tensor, got true", function() return t[true] end)
    refused("tensor: index 2 must be an integer, {}, {first, last} or {first, last, step}, got 'x'", function() return t[{ 1, "x" }] end)
    refused("tensor: index 1 must be an integer, {}, {first, last} or {first, last, step}, got a tensor", function() return t[{ rl.tensor { 1 } }] end)
    refused("tensor: an index table is a list, got a field 'axis'", function() return t[{ axis = 1 }] end)
    refused("tensor: a tensor without axes has no rows", function() return rl.tensor(1)[1] end)
    refused("tensor: a tensor without axes has no length", function() return #rl.tensor(1) end)
    refused("tensor: a tensor without axes has no length", function() return pairs(rl.tensor(1)) end)
  end)

  it("that is no range is refused", function()
    refused("tensor: range {1, 4} is out of range for axis 1 with 3 elements", function() return u[{ { 1, 4 } }] end)
    refused("tensor: range {0, 2} is out of range for axis 1 with 3 elements", function() return u[{ { 0, 2 } }] end)
    refused("tensor: range {-4, 2} is out of range for axis 1 with 3 elements", function() return u[{ { -4, 2 } }] end)
    refused("tensor: range {5, 4} is out of range for axis 1 with 3 elements", function() return u[{ { 5, 4 } }] end)
    refused("tensor: index 1: the step of a range must not be 0", function() return u[{ { 1, 2, 0 } }] end)
    refused("tensor: index 2: a range is {}, {first, last} or {first, last, step}, got 1 numbers", function() return t[{ 1, { 2 } }] end)
    refused("tensor: index 1 must be an integer, {}, {first, last} or {first, last, step}, got 2.5", function() return u[{ { 1, 2.5 } }] end)
  end)

  it("takes steps of any size", function()
    assert.same({ 10 }, u[{ { 1, 3, math.maxinteger } }]:totable())
    assert.same({ 30 }, u[{ { 3, 1, math.mininteger } }]:totable())
  end)

  it("that is a tensor of a wrong dtype, shape or range is refused", function()
    refused("tensor: an index tensor must be bool or int64, got float32", function() return u[rl.ones { 2 }] end)
    refused("tensor: a mask of shape (2,) does not fit shape (3,)", function() return u[rl.tensor { true, false }] end)
    refused("tensor: a mask of shape (3,) does not fit shape (2, 3)", function() return t[u:gt(0)] end)
    refused("tensor: index 4 is out of range for axis 1 with 3 elements", function() return u[rl.tensor { 1, 4 }] end)
    refused("tensor: index 0 is out of range for axis 1 with 3 elements", function() u[rl.tensor { 0 }] = 1 end)
  end)
end)

describe("assignment", function()
  it("refuses what does not fit and leaves the tensor as it was", function()
    refused("tensor: index 3 is out of range for axis 1 with 2 elements", function() t[3] = 1 end)
    refused("tensor: values of shape (2,) do not fit into shape (3,)", function() t[1] = { 1, 2 } end)
    refused("tensor: values of shape (1,) do not fit into shape ()", function() u[1] = { 1 } end)
    refused("tensor: values of shape (2,) do not fit into shape (3, 3)", function() t[rl.tensor { 1, 2, 1 }] = { 1, 2 } end)
    refused("tensor: values of shape (2,) do not fit into shape (1,)", function() u[u:gt(20)] = { 1, 2 } end)
    refused("tensor: a value must be a number, a boolean, a table or a tensor, got 'x'", function() u[1] = "x" end)
    refused("tensor: a value must be a number, a boolean, a table or a tensor, got nil", function() t[1] = nil end)
    refused("tensor: ragged table: data[2] has 1 elements, expected 2", function() t[1] = { { 1, 2 }, { 3 } } end)
    refused("tensor: field 'shape' cannot be set", function() t.shape = { 3, 2 } end)
    refused("fill: argument 'value' must be a number or a boolean, got a table", function() t:fill { 1 } end)
    refused("copy_from: values of shape (2,) do not fit into shape (2, 3)", function() t:copy_from { 1, 2 } end)
    assert.equal(21, t:sum())
    assert.equal(60, u:sum())
  end)

  it("may overlap what it reads", function()
    u[{ { 2, 3 } }] = u[{ { 1, 2 } }]
    assert.same({ 10, 10, 20 }, u:totable())
    local s = rl.range(1, 9):reshape(3, 3)
    s:copy_from(s:transpose())
    assert.same({ { 1, 4, 7 }, { 2, 5, 8 }, { 3, 6, 9 } }, s:totable())
  end)

  it("returns the tensor from fill and copy_from", function()
    assert.equal(u, u:fill(1))
    assert.equal(u, u:copy_from(2))
  end)
end)

describe("a field", function()
  it("that does not exist is an error with a suggestion", function()
    refused("tensor: unknown field 'shap' (did you mean 'shape'?)", function() return t.shap end)
    refused("tensor: unknown field 'resahpe' (did you mean 'reshape'?)", function() return t.resahpe end)
    refused("tensor: unknown field 'zzzzzzz'", function() return t.zzzzzzz end)
  end)

  it("shape is a table of its own", function()
    t.shape[1] = 99
    assert.equal(2, t.shape[1])
  end)
end)

describe("Lua's own operators", function()
  it("== is identity", function()
    assert.is_true(t == t)
    assert.is_false(t == rl.tensor(t))
    assert.is_false(t[1] == t[1])
  end)

  it("< and .. are errors, as for any two values without them", function()
    assert.error_matches(function() return t < t end, "attempt to compare two tensor values")
    assert.error_matches(function() return t .. "" end, "attempt to concatenate a tensor value")
  end)

  it("the metatable is out of reach", function()
    assert.equal("tensor", getmetatable(t))
    assert.error_matches(function() setmetatable(t, {}) end, "table")
  end)
end)
