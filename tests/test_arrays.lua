--- Tensors reshaped, joined, sorted and multiplied: against NumPy, by hand, and given what they can't take.
local rl = require "rnnlua"

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local golden = dofile(here .. "support/golden.lua")
local arrays = dofile(here .. "support/arrays.lua")

describe("as NumPy", function() arrays.run(golden "numpy_arrays") end)

describe("views", function()
  local t
  before_each(function() t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } } end)

  it("share their elements with what they are of", function()
    local views = {
      reshape = t:reshape(3, 2), transpose = t:transpose(), expand_dims = t:expand_dims(1),
      squeeze = t:expand_dims(1):squeeze(), flip = t:flip(), split = t:split(2)[1],
      transposed_reshape = t:transpose():reshape(3, 1, 2), permute = t:permute(2, 1),
    }
    t:fill(7)
    for name, view in pairs(views) do
      assert.is_true(rl.equal(view, rl.full(view.shape, 7)), name)
    end
  end)

  it("are copies where no strides would do, and of flatten always", function()
    local copies = { t:transpose():reshape(-1), t:flatten(), t:take({ 1, 2 }, 1), t:sort(), t:tile(1) }
    t:fill(7)
    for i, copy in ipairs(copies) do assert.is_false(rl.equal(copy, rl.full(copy.shape, 7)), i) end
  end)

  it("keep what they are of alive", function()
    local view = rl.full({ 100 }, 3):reshape(10, 10):transpose():flip()
    for _ = 1, 10 do
      collectgarbage()
      rl.zeros { 10000 }
    end
    assert.equal(300, view:sum())
  end)
end)

describe("sort", function()
  it("agrees with table.sort on lines long and short", function()
    for _, n in ipairs { 1, 2, 47, 48, 49, 50, 1000, 70000 } do
      local t = rl.random.uniform { shape = { n }, minval = -1, maxval = 1 }
      local expected = t:totable()
      table.sort(expected)
      assert.same(expected, t:sort():totable())
      assert.same(expected, t:take(t:argsort()):totable())
    end
  end)

  it("keeps the order of equal elements, descending too", function()
    local t = rl.tensor { 2, 1, 2, 1, 2 }
    assert.same({ 2, 4, 1, 3, 5 }, t:argsort():totable())
    assert.same({ 1, 3, 5, 2, 4 }, t:argsort { descending = true }:totable())
  end)

  it("puts NaN last, descending too", function()
    local t = rl.tensor { 0 / 0, 1, -1 / 0, 1 / 0 }
    assert.equal("[-inf   1.  inf  nan]", tostring(t:sort()))
    assert.equal("[ inf   1. -inf  nan]", tostring(t:sort { descending = true }))
  end)
end)

describe("matmul", function()
  it("agrees with the sum it stands for, at sizes around those of its tiles", function()
    for _, dtype in ipairs { "float32", "float64", "int64" } do
      for _, size in ipairs { { 1, 1, 1 }, { 3, 256, 15 }, { 4, 257, 16 }, { 5, 512, 17 }, { 9, 3, 33 } } do
        local m, k, n = table.unpack(size)
        local a = rl.random.uniform({ shape = { m, k }, minval = -4, maxval = 4 }):round():astype(dtype)
        local b = rl.random.uniform({ shape = { k, n }, minval = -4, maxval = 4 }):round():astype(dtype)
        local expected = (a:expand_dims(3) * b:expand_dims(1)):sum(2)
        assert.is_true(rl.equal(expected, a:matmul(b)), dtype)
        assert.is_true(rl.equal(expected, a:dot(b)), dtype)
      end
    end
  end)

  it("gives a number where no axis is left", function()
    assert.equal("float", math.type(rl.matmul({ 1, 2.5 }, { 3, 4 })))
    assert.equal(11, rl.dot({ 1, 2 }, { 3, 4 }))
    assert.equal("integer", math.type(rl.dot({ 1, 2 }, { 3, 4 })))
    assert.is_true(rl.matmul({ true, false }, { true, true }))
  end)

  it("lets integers wrap round, as Lua's", function()
    assert.equal(math.maxinteger * 3, rl.dot({ math.maxinteger }, { 3 }))
  end)
end)

describe("what does not fit", function()
  local t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
  local wide = rl.zeros { 1, 1, 1, 1, 1, 1, 1, 1 }

  -- expression, and what the message must contain
  local cases = {
    { "t:reshape(4)", "reshape: 6 elements of shape (2, 3) do not fill the shape (4,)" },
    { "t:reshape(4, -1)", "reshape: 6 elements of shape (2, 3) do not fill" },
    { "t:reshape(0, -1)", "reshape: 6 elements of shape (2, 3) do not fill" },
    { "t:reshape(-1, -1)", "reshape: only one axis can be -1, got axes 1 and 2" },
    { "t:reshape(-2, 3)", "reshape: axis 1 must be 0 or more, or -1 (what is left), got -2" },
    { "t:reshape(2.5)", "reshape: 'shape' must be integers, got 2.5 in position 1" },
    { "t:reshape{2, 'x'}", "reshape: 'shape' must be integers, got 'x' in position 2" },
    { "t:reshape{shap = {6}}", "reshape: unknown argument 'shap' (did you mean 'shape'?)" },
    { "t:reshape()", "reshape: argument 'shape' is required" },
    { "t:reshape(1, 1, 1, 1, 1, 1, 1, 1, 6)", "reshape: expected at most 8 axes, got 9" },
    { "t:reshape(math.maxinteger, math.maxinteger)", "reshape: 6 elements" },
    { "rl.reshape(nil, 2)", "reshape: argument 1 must be a tensor, got nil" },
    { "rl.reshape('x', 2)", "reshape: argument 1 must be a tensor, got 'x'" },
    { "t:flatten(1)", "flatten: expected at most 1 argument, got 2" },
    { "t:item(2)", "item: expected at most 1 argument, got 2" },
    { "t:copy(2)", "copy: expected at most 1 argument, got 2" },
    { "t:contiguous(2)", "contiguous: expected at most 1 argument, got 2" },
    { "t:totable(2)", "totable: expected at most 1 argument, got 2" },
    { "t:tobytes(2)", "tobytes: expected at most 1 argument, got 2" },
    { "t:copy():fill(1, 2)", "fill: expected at most 2 arguments, got 3" },
    { "t:copy():copy_from(t, 2)", "copy_from: expected at most 2 arguments, got 3" },
    { "rl.equal(t, t, 2)", "equal: expected at most 2 arguments, got 3" },
    { "t:transpose(1)", "transpose: expected 2 axes, got 1" },
    { "t:transpose(1, 1)", "transpose: axis 1 is given twice" },
    { "t:transpose(1, 3)", "transpose: axis 3 is out of range" },
    { "t:transpose(0, 1)", "transpose: axis 0 is out of range" },
    { "t:transpose{axis = {2, 1}}", "transpose: unknown argument 'axis' (did you mean 'axes'?)" },
    { "t:permute()", "permute: argument 'dims' is required" },
    { "t:permute(1, 2, 3)", "permute: got 3 axes for a tensor of 2" },
    { "t:squeeze(1)", "squeeze: axis 1 must have 1 element, got 2 in shape (2, 3)" },
    { "t:squeeze(3)", "squeeze: axis 3 is out of range" },
    { "t:squeeze('x')", "squeeze: argument 'axis' must be an integer, got 'x'" },
    { "t:expand_dims()", "expand_dims: argument 'axis' is required" },
    { "t:expand_dims(4)", "expand_dims: axis 4 is out of range for a tensor with 3 axes" },
    { "t:expand_dims{1, 1}", "expand_dims: axis 1 is given twice" },
    { "wide:expand_dims(1)", "expand_dims: expected at most 8 axes in all, got 9" },
    { "t:flip(3)", "flip: axis 3 is out of range" },
    { "t:flip{axes = 1}", "flip: unknown argument 'axes' (did you mean 'axis'?)" },
    { "rl.concatenate{}", "concatenate: expected at least one tensor, got none" },
    { "rl.concatenate()", "concatenate: expected at least one tensor, got none" },
    { "rl.concatenate{t, 'x'}", "concatenate: tensor 2 must be a tensor or a table, got 'x'" },
    { "rl.concatenate{t, {{1, 2}}}",
      "concatenate: shapes must be alike except along axis 1: tensor 1 has (2, 3), tensor 2 has (1, 2)" },
    { "rl.concatenate{t, {1, 2, 3}}", "tensor 2 has (3,)" },
    { "rl.concatenate({t, t}, 3)", "concatenate: axis 3 is out of range" },
    { "rl.concatenate({t, t}, {axes = 1})", "concatenate: unknown argument 'axes' (did you mean 'axis'?)" },
    { "rl.concatenate{1, 2}", "concatenate: tensors without axes" },
    { "rl.stack{t, {1}}", "stack: shapes must be alike: tensor 1 has (2, 3), tensor 2 has (1,)" },
    { "rl.stack({t, t}, 4)", "stack: axis 4 is out of range for a tensor with 3 axes" },
    { "rl.stack{wide}", "stack: tensors have 8 axes" },
    { "t:split(4, 2)", "split: axis 2 has 3 positions, which 4 sections do not divide evenly" },
    { "t:split(0)", "split: the number of sections must be at least 1, got 0" },
    { "t:split{0}", "split: positions count from 1, or back from -1, got 0" },
    { "t:split()", "split: argument 'indices_or_sections' is required" },
    { "t:split(1.5)", "split: argument 'indices_or_sections' must be an integer, got 1.5" },
    { "rl.split(3, 1)", "split: expected at least one axis" },
    { "t:tile()", "tile: argument 'repeats' is required" },
    { "t:tile(-1)", "tile: 'repeats' must be 0 or more, got -1" },
    { "t:tile(math.maxinteger)", "tile: axis 2 gets too long" },
    { "t:tile('x')", "tile: 'repeats' must be integers, got 'x'" },
    { "t:take(7)", "take: position 7 is out of range for 6 positions" },
    { "t:take({1, 3}, 1)", "take: position 3 is out of range for 2 positions" },
    { "t:take(0)", "take: position 0 is out of range for 6 positions (they count from 1)" },
    { "t:take{1.5}", "take: argument 'indices' must hold integers, got float64" },
    { "t:take('x')", "take: argument 'indices' must be an integer, a table or a tensor of integers, got 'x'" },
    { "t:take(1, 3)", "take: axis 3 is out of range" },
    { "wide:take({{1}}, 1)", "take: the result would have 9 axes" },
    { "t:repeat_elements()", "repeat_elements: argument 'repeats' is required" },
    { "t:repeat_elements(-1)", "repeat_elements: 'repeats' must be 0 or more, got -1" },
    { "t:repeat_elements(1.5)", "repeat_elements: argument 'repeats' must hold integers, got float64" },
    { "t:repeat_elements({1, 2}, 2)", "repeat_elements: expected one count or 3 of them, got 2" },
    { "rl.one_hot({3}, 3)", "one_hot: label 3 is out of range for 3 classes (labels count from 0)" },
    { "rl.one_hot({0.5}, 3)", "one_hot: labels must be whole numbers, got 0.5" },
    { "rl.one_hot({1}, 0)", "one_hot: argument 'num_classes' must be at least 1, got 0" },
    { "rl.one_hot({1})", "one_hot: argument 'num_classes' is required" },
    { "rl.one_hot({1}, 2, {dtype = 'int32'})", "one_hot: argument 'dtype' must be" },
    { "t:sort(3)", "sort: axis 3 is out of range" },
    { "t:sort{descend = true}", "sort: unknown argument 'descend' (did you mean 'descending'?)" },
    { "t:sort(1, 1)", "sort: argument 'descending' must be a boolean, got 1" },
    { "rl.argsort(3)", "argsort: expected at least one axis" },
    { "t:cumsum(3)", "cumsum: axis 3 is out of range" },
    { "t:matmul(t)", "got shapes (2, 3) and (2, 3)" },
    { "t:matmul(3)", "matmul: both tensors must have axes" },
    { "t:matmul()", "matmul: argument 2 must be a tensor, got nil" },
    { "rl.zeros{2, 3, 4}:matmul(rl.zeros{3, 4, 5})", "matmul: axes before the last two must broadcast" },
    { "t:dot{1, 2}", "dot: the last axis of the first must be as long" },
    { "rl.zeros{1, 1, 1, 1, 1, 1}:dot(rl.zeros{1, 1, 1, 1, 1})", "dot: the result would have 9 axes" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      local run = assert(load("local rl, t, wide = ...\nlocal result = " .. case[1], "=script"))
      local ok, message = pcall(run, rl, t, wide)
      assert.is_false(ok)
      assert.matches("script:2: ", message, 1, true) -- the caller's line
      assert.matches(case[2], message, 1, true)
    end)
  end
end)
