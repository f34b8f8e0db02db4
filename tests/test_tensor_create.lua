--- Tensors made from tables, numbers, strings and nothing; numbers taken out of them again.
local rl = require "rnnlua"
local refused = require "support.refused"

describe("rl.tensor", function()
  it("infers its dtype", function()
    assert.equal("int64", rl.tensor({ 1, 2 }).dtype)
    assert.equal("float64", rl.tensor({ 1, 2.5 }).dtype)
    assert.equal("float64", rl.tensor({ 1, 2.0 }).dtype)
    assert.equal("bool", rl.tensor({ true, false }).dtype)
    assert.equal("float64", rl.tensor({}).dtype)
    assert.equal("int64", rl.tensor(3).dtype)
    assert.equal("float64", rl.tensor(3.5).dtype)
    assert.equal("bool", rl.tensor(true).dtype)
  end)

  it("takes the dtype it is given", function()
    for _, dtype in ipairs { "float64", "float32", "int64", "bool" } do
      assert.equal(dtype, rl.tensor({ 1, 0, 2 }, dtype).dtype)
      assert.equal(dtype, rl.tensor({ 1, 0, 2 }, { dtype = dtype }).dtype)
      assert.equal(dtype, rl.tensor(rl.ones { 2 }, dtype).dtype)
    end
    assert.same({ true, false, true }, rl.tensor({ 1, 0, 2 }, "bool"):totable())
    assert.same({ 1, -1 }, rl.tensor({ 1.9, -1.9 }, "int64"):totable())
  end)

  it("has the shape of the tables", function()
    assert.same({ 2, 3 }, rl.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }).shape)
    assert.same({ 1, 1, 1, 2 }, rl.tensor({ { { { 1, 2 } } } }).shape)
    assert.same({}, rl.tensor(1).shape)
    assert.same({ 0 }, rl.tensor({}).shape)
    assert.same({ 2, 0 }, rl.tensor({ {}, {} }).shape)
    local t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
    assert.equal(2, #t)
    assert.equal(2, t.ndim)
    assert.equal(6, t.size)
  end)

  it("takes tensors inside tables", function()
    local t = rl.tensor { rl.tensor { 1, 2 }, { 3, 4.5 }, rl.ones { 2 } }
    assert.equal("float64", t.dtype)
    assert.same({ { 1, 2 }, { 3, 4.5 }, { 1, 1 } }, t:totable())
  end)

  it("copies a tensor", function()
    local t = rl.tensor { 1, 2 }
    local u = rl.tensor(t)
    u[1] = 9
    assert.equal(1, t[1])
  end)

  it("keeps integers whole and float32 exact", function()
    assert.same({ math.maxinteger, math.mininteger }, rl.tensor({ math.maxinteger, math.mininteger }):totable())
    assert.equal(0.4000000059604645, rl.tensor({ 0.4 }, "float32")[1])
    assert.equal("integer", math.type(rl.tensor({ 1 })[1]))
    assert.equal("float", math.type(rl.tensor({ 1 }, "float32")[1]))
  end)

  it("says where a table is not as it should be", function()
    refused("tensor: ragged table: data[2] has 3 elements, expected 2", function() rl.tensor { { 1, 2 }, { 3, 4, 5 } } end)
    refused("tensor: ragged table: data[2][1] has 1 elements, expected 2", function() rl.tensor { { { 1, 2 } }, { { 3 } } } end)
    refused("tensor: ragged table: data[2] is 3, expected 2 elements", function() rl.tensor { { 1, 2 }, 3 } end)
    refused("tensor: ragged table: data[1][2] is a table, expected a number", function() rl.tensor { { 1, {} } } end)
    refused("tensor: ragged table: data[2] has 3 elements, expected 2", function() rl.tensor { { 1, 2 }, rl.ones { 3 } } end)
    refused("tensor: data[2] is a tensor with 2 axes, expected 1", function() rl.tensor { { 1, 2 }, rl.ones { 2, 2 } } end)
    refused("tensor: data[2] is 'x', expected a number", function() rl.tensor { 1, "x" } end)
    refused("tensor: data[1][2] is false, expected a number", function() rl.tensor { { 1, false } } end)
    refused("tensor: data[2] is 1, expected a boolean", function() rl.tensor { true, 1 } end)
    refused("tensor: data[2] is nil, expected a number", function() rl.tensor { 1, nil, 3 } end)
    refused("tensor: data has a field 'x', expected a list of numbers", function() rl.tensor { x = 1 } end)
    refused("tensor: data must be a tensor, nested tables, a number or a boolean, got nil", function() rl.tensor() end)
    refused("tensor: data must be a tensor, nested tables, a number or a boolean, got '1'", function() rl.tensor "1" end)
  end)

  it("refuses tables nested without end", function()
    local t = {}
    t[1] = t
    refused("tensor: data is nested deeper than 8 tables", function() rl.tensor(t) end)
  end)

  it("refuses a dtype it does not know", function()
    refused("tensor: argument 'dtype' must be 'float64', 'float32', 'int64' or 'bool', got 'float16'", function() rl.tensor({ 1 }, "float16") end)
    refused("tensor: argument 'dtype' must be 'float64', 'float32', 'int64' or 'bool', got 32", function() rl.tensor({ 1 }, 32) end)
    refused("tensor: unknown argument 'dtyp' (did you mean 'dtype'?)", function() rl.tensor({ 1 }, { dtyp = "bool" }) end)
    refused("tensor: expected at most 2 arguments, got 3", function() rl.tensor({ 1 }, "bool", 1) end)
  end)
end)

describe("creators", function()
  it("default to float32", function()
    for name, t in pairs { zeros = rl.zeros { 2 }, ones = rl.ones { 2 }, full = rl.full({ 2 }, 1), eye = rl.eye(2),
      range = rl.range(1, 2), linspace = rl.linspace(0, 1, 3), normal = rl.random.normal { 2 },
      uniform = rl.random.uniform { 2 } } do
      assert.equal("float32", t.dtype, name)
    end
  end)

  it("take the shape as a number too", function() assert.same({ 0, 0, 0 }, rl.zeros(3):totable()) end)

  it("say which argument is wrong", function()
    refused("zeros: shape[2] must be an integer >= 0, got -1", function() rl.zeros { 2, -1 } end)
    refused("ones: shape[1] must be an integer >= 0, got 1.5", function() rl.ones { 1.5 } end)
    refused("zeros: shape[1] must be an integer >= 0, got '3'", function() rl.zeros { "3" } end)
    refused("zeros: argument 'shape' must be a table of integers or an integer, got nil", function() rl.zeros() end)
    refused("zeros: a shape has at most 8 axes, got 9", function() rl.zeros { 1, 1, 1, 1, 1, 1, 1, 1, 1 } end)
    refused("full: argument 'value' must be a number or a boolean, got nil", function() rl.full({ 2 }) end)
    refused("eye: argument 'n' must be an integer >= 0, got -3", function() rl.eye(-3) end)
    refused("eye: argument 'n' must be an integer >= 0, got nil", function() rl.eye() end)
    refused("range: argument 'last' must be a number, got nil", function() rl.range(1) end)
    refused("range: argument 'step' must be a number other than 0, got 0", function() rl.range(1, 2, 0) end)
    refused("linspace: argument 'n' must be an integer, got 2.5", function() rl.linspace(0, 1, 2.5) end)
  end)

  it("refuse what no memory holds, and go on", function()
    assert.error_matches(function() rl.zeros { 1 << 40, 1 << 40 } end, "not enough memory")
    assert.error_matches(function() rl.zeros { 1 << 45 } end, "not enough memory")
    assert.same({ 0, 1 << 62 }, rl.zeros({ 0, 1 << 62 }).shape)
    assert.equal(2, rl.ones({ 2 }):sum())
  end)
end)

describe("numbers taken out", function()
  it("come as nested tables", function()
    assert.same({ { 1, 2 }, { 3, 4 } }, rl.tensor({ { 1, 3 }, { 2, 4 } }):transpose():totable())
    assert.same({ { true }, { false } }, rl.tensor({ { true }, { false } }):totable())
    assert.same({ {}, {} }, rl.zeros({ 2, 0 }):totable())
    assert.equal(5, rl.tensor(5):totable())
  end)

  it("come as one number", function()
    assert.equal(5, rl.item(rl.tensor { { 5 } }))
    assert.equal(5, rl.item(5))
    assert.is_true(rl.tensor(true):item())
    refused("item: expected a tensor with one element, got shape (2,)", function() rl.ones({ 2 }):item() end)
    refused("item: argument 1 must be a tensor, got nil", function() rl.item() end)
  end)

  it("come as bytes and go back", function()
    for _, dtype in ipairs { "float64", "float32", "int64", "bool" } do
      local t = rl.tensor({ { 1, 0, 3 }, { 4, 5, 6 } }, dtype):transpose()
      local bytes = t:tobytes()
      assert.equal(6 * ({ float64 = 8, float32 = 4, int64 = 8, bool = 1 })[dtype], #bytes)
      local back = rl.frombuffer(bytes, dtype, { 3, 2 })
      assert.equal(dtype, back.dtype)
      assert.is_true(rl.equal(t, back))
    end
    assert.same({ 1.5, -2 }, rl.frombuffer(string.pack("<ff", 1.5, -2), "float32"):totable())
    assert.same({ true, false, true }, rl.frombuffer("\1\0\7", "bool"):totable())
    assert.equal("\1", rl.frombuffer("\7", "bool"):tobytes())
    assert.same({ 0 }, rl.frombuffer("", "int64").shape)
  end)

  it("are refused as bytes that do not fit", function()
    refused("frombuffer: 5 bytes are no whole number of float32 elements of 4 bytes", function() rl.frombuffer("12345", "float32") end)
    refused("frombuffer: shape (3,) takes 12 bytes of float32, got 8", function() rl.frombuffer("12345678", "float32", { 3 }) end)
    refused("frombuffer: argument 'dtype' is required", function() rl.frombuffer "1234" end)
    refused("frombuffer: argument 'string' must be a string, got 12", function() rl.frombuffer(12, "bool") end)
  end)
end)

describe("random tensors", function()
  it("repeat after the seed is set, math.random's numbers too", function()
    local function draw()
      return { rl.random.normal({ 3 }):totable(), rl.random.uniform({ 3 }):totable(), rl.random.permutation(9):totable(),
        rl.random.shuffle({ 1, 2, 3, 4, 5 }):totable(), math.random(), math.random(1000) }
    end
    rl.utils.set_random_seed(5)
    local first, second = draw(), draw()
    rl.utils.set_random_seed(5)
    assert.same(first, draw())
    assert.same(second, draw())
    rl.utils.set_random_seed(6)
    assert.is_false(rl.equal(rl.tensor(first[1]), rl.tensor(draw()[1])))
    assert.is_false(rl.equal(rl.tensor(first[1]), rl.tensor(second[1])))
  end)

  it("have the moments that were asked for", function()
    local n = rl.random.normal { { 200000 }, mean = 3, stddev = 2, seed = 1 }
    assert.near(3, n:mean(), 0.02)
    assert.near(2, n:std(), 0.02)
    assert.near(0.6827, (n - 3):abs():lt(2):astype("float64"):mean(), 0.01)
    local u = rl.random.uniform { { 200000 }, minval = -1, maxval = 3, seed = 1 }
    assert.near(1, u:mean(), 0.02)
    assert.near(16 / 12, u:var(), 0.02)
    assert.is_true(u:min() >= -1 and u:max() < 3)
  end)

  it("stay below maxval where rounding would reach it", function()
    assert.is_true(rl.random.uniform({ 100000, minval = 1, maxval = 1.0000001, seed = 2 }):max() <= 1)
  end)

  it("shuffle rows whole, along any axis, in a copy", function()
    local t = rl.range(1, 40):reshape(20, 2)
    local s = rl.random.shuffle(t, { seed = 1 })
    assert.is_false(rl.equal(t, s))
    assert.is_true(rl.equal(s[{ {}, 2 }] - s[{ {}, 1 }], rl.ones { 20 }))
    assert.same(t[{ {}, 1 }]:totable(), s[{ {}, 1 }]:sort():totable())
    local columns = rl.random.shuffle(t:transpose(), 2, { seed = 1 })
    assert.is_true(rl.equal(columns:transpose(), s))
    assert.equal(1, t[1][1])
  end)

  it("say which argument is wrong", function()
    refused("normal: argument 'shape' is required", function() rl.random.normal() end)
    refused("normal: unknown argument 'stdev' (did you mean 'stddev'?)", function() rl.random.normal { shape = { 2 }, stdev = 1 } end)
    refused("normal: argument 'mean' must be a number, got 'x'", function() rl.random.normal { shape = { 2 }, mean = "x" } end)
    refused("normal: argument 'shape' given twice", function() rl.random.normal({ 2 }, { shape = { 2 } }) end)
    refused("uniform: shape[1] must be an integer >= 0, got -2", function() rl.random.uniform { -2 } end)
    refused("uniform: argument 'dtype' must be 'float32' or 'float64', got 'int64'", function() rl.random.uniform { { 2 }, dtype = "int64" } end)
    refused("uniform: argument 'minval' must be at most maxval, got 2.0 and 1.0", function() rl.random.uniform { { 2 }, minval = 2 } end)
    refused("uniform: argument 'seed' must be an integer, got 1.5", function() rl.random.uniform { { 2 }, seed = 1.5 } end)
    refused("permutation: argument 'n' must be an integer >= 0, got -1", function() rl.random.permutation(-1) end)
    refused("shuffle: axis 2 is out of range for a tensor with 1 axis", function() rl.random.shuffle({ 1, 2 }, 2) end)
    refused("shuffle: argument 1 must be a tensor, got nil", function() rl.random.shuffle() end)
    refused("set_random_seed: argument 'seed' must be an integer, got 'x'", function() rl.utils.set_random_seed "x" end)
    refused("set_random_seed: argument 'seed' must be an integer, got nil", function() rl.utils.set_random_seed() end)
  end)
end)
