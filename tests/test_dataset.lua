--- rl.data.Dataset, and what fit, evaluate and predict do with one.
local rl = require "rnnlua"
local new_folder = require "support.folder"

local Dataset = rl.data.Dataset

--- All elements of a dataset of one value, as numbers or tables.
local function all(dataset)
  local list = {}
  for value in dataset:iter() do list[#list + 1] = type(value) == "userdata" and value:totable() or value end
  return list
end

local function counter(n)
  return function()
    local i = 0
    return function()
      i = i + 1
      if i <= n then return i end
    end
  end
end

describe("a dataset comes", function()
  it("from the rows of arrays", function()
    local x, y = rl.range(1, 6):reshape(3, 2), { 10, 20, 30 }
    for _, dataset in ipairs { Dataset.from_tensor_slices(x, y), Dataset.from_tensor_slices { x, rl.tensor(y) } } do
      local n = 0
      for row, target in dataset:iter() do
        n = n + 1
        assert.tensor_near({ 2 * n - 1, 2 * n }, row, 0)
        assert.equal(10 * n, target)
      end
      assert.equal(3, n)
      assert.equal(3, dataset:cardinality())
    end
    assert.same({ 1, 2, 3 }, all(Dataset.from_tensor_slices { 1, 2, 3 }))
    assert.same({ { 1, 2 }, { 3, 4 } }, all(Dataset.from_tensor_slices { { 1, 2 }, { 3, 4 } }))
    assert.same({ "a", "b" }, all(Dataset.from_tensor_slices { "a", "b" }))
    for row in Dataset.from_tensor_slices({ a = x, b = rl.tensor(y) }):take(1):iter() do
      assert.tensor_near({ 1, 2 }, row.a, 0)
      assert.equal(10, row.b)
    end
  end)

  it("from a function's iterators, each pass anew", function()
    local dataset = Dataset.from_generator(counter(3))
    assert.same({ 1, 2, 3 }, all(dataset))
    assert.same({ 1, 2, 3 }, all(dataset))
    assert.is_nil(dataset:cardinality())
    local wrapped = Dataset.from_generator(function()
      return coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i, { i, i }) end end)
    end)
    for i, pair in wrapped:iter() do assert.tensor_near({ i, i }, pair, 0) end
  end)

  it("from a range, from single values, from others", function()
    assert.same({ 1, 2, 3 }, all(Dataset.range(3)))
    assert.same({ 2, 4, 6 }, all(Dataset.range(2, 7, 2)))
    assert.same({ 5, 4 }, all(Dataset.range(5, 4, -1)))
    assert.same({}, all(Dataset.range(0)))
    assert.same({ { 1, 2 } }, all(Dataset.from_tensors(rl.tensor { 1, 2 })))
    local pairs_seen = {}
    for a, b in Dataset.zip(Dataset.range(3), Dataset.range(11, 20)):iter() do pairs_seen[#pairs_seen + 1] = a .. "," .. b end
    assert.same({ "1,11", "2,12", "3,13" }, pairs_seen)
    assert.same({ 1, 2, 9 }, all(Dataset.range(2):concatenate(Dataset.range(9, 9))))
  end)
end)

describe("a step", function()
  it("maps and filters", function()
    assert.same({ 2, 4, 6 }, all(Dataset.range(3):map(function(v) return 2 * v end)))
    assert.same({ 2, 4 }, all(Dataset.range(5):filter(function(v) return v % 2 == 0 end)))
    local dataset = Dataset.range(4):map(function(v) return { v, v }, v > 2 end):batch(3)
    local x, y = dataset:iter()()
    assert.tensor_near({ { 1, 1 }, { 2, 2 }, { 3, 3 } }, x, 0)
    assert.same({ false, false, true }, y:totable())
  end)

  it("takes, skips, repeats, keeps", function()
    assert.same({ 1, 2 }, all(Dataset.range(5):take(2)))
    assert.same({ 1, 2 }, all(Dataset.range(2):take(5)))
    assert.same({}, all(Dataset.range(2):take(0)))
    assert.same({ 4, 5 }, all(Dataset.range(5):skip(3)))
    assert.same({}, all(Dataset.range(2):skip(5)))
    assert.same({ 1, 2, 1, 2, 1, 2 }, all(Dataset.range(2):repeat_(3)))
    assert.same({ 1, 2, 1, 2, 1 }, all(Dataset.range(2):repeat_():take(5)))
    assert.same({ 1, 2, 1 }, all(Dataset.range(2):repeat_(-1):take(3)))
    assert.same({}, all(Dataset.range(0):repeat_()))
    assert.same({}, all(Dataset.range(3):repeat_(0)))
    local calls = 0
    local kept = Dataset.range(3):map(function(v)
      calls = calls + 1
      return v
    end):cache()
    assert.same({ 1, 2, 3 }, all(kept))
    assert.same({ 1, 2, 3 }, all(kept:prefetch(1)))
    assert.equal(3, calls)
    assert.same({ { 1, 2 }, { 3 } }, all(kept:batch(2)))
    for _, source in ipairs { Dataset.range(7), Dataset.from_generator(counter(7)) } do
      assert.same({ { 3, 4 }, { 5, 6 }, { 7 } }, all(source:skip(2):batch(2)))
      assert.same({ { 1, 2 }, { 3, 4 } }, all(source:take(5):batch(2, true)))
      assert.same({ { 1, 2, 3 }, { 1, 2, 3 } }, all(source:take(3):batch(3):repeat_(2)))
    end
  end)

  it("makes batches of everything, in its dtype", function()
    local dataset = Dataset.from_tensor_slices({ a = rl.range(1, 5, 1, "int64"), b = rl.ones { 5, 2, 3 } }, { "u", "v", "w", "x", "y" })
    local sizes = {}
    for x, names in dataset:batch(2):iter() do
      sizes[#sizes + 1] = #names
      assert.equal("int64", x.a.dtype)
      assert.equal("float32", x.b.dtype)
      assert.same({ #names, 2, 3 }, x.b.shape)
    end
    assert.same({ 2, 2, 1 }, sizes)
    assert.equal(3, dataset:batch(2):cardinality())
    assert.equal(2, dataset:batch(2, { drop_remainder = true }):cardinality())
    local batches = all(Dataset.range(5):batch(2):batch(2, true))
    assert.same({ { { 1, 2 }, { 3, 4 } } }, batches)
    assert.same({ 1, 2, 3, 4, 5 }, all(Dataset.range(5):batch(2):unbatch()))
    assert.equal("float32", Dataset.from_tensor_slices(rl.ones { 9 }):shuffle(9):batch(4):iter()().dtype)
    assert.equal("float32", Dataset.from_tensor_slices(rl.ones { 9 }):shuffle(2):batch(4):iter()().dtype)
  end)

  it("pads batches", function()
    local dataset = Dataset.from_generator(counter(4)):map(function(i) return rl.full({ i % 3 }, i), i end)
    local seen = {}
    for x, y in dataset:padded_batch(2, -1):iter() do seen[#seen + 1] = { x:totable(), y:totable() } end
    assert.same({ { { { 1, -1 }, { 2, 2 } }, { 1, 2 } }, { { { -1 }, { 4 } }, { 3, 4 } } }, seen)
    assert.error_matches(function() all(dataset:batch(2)) end, "batch: elements differ in shape: %(1,%) and %(2,%); padded_batch")
  end)
end)

describe("shuffle", function()
  local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    return copy
  end

  for name, make in pairs { ["a true shuffle"] = function() return Dataset.range(20), 20 end,
    ["by a buffer"] = function() return Dataset.range(20), 5 end,
    ["of a generator"] = function() return Dataset.from_generator(counter(20)), 7 end } do
    it("gives every element once, in an order that the seed says: " .. name, function()
      local function passes(seed, again)
        local source, buffer = make()
        local dataset = source:shuffle(buffer, seed, again)
        return all(dataset), all(dataset)
      end
      local first, second = passes(1)
      assert.same(all(Dataset.range(20)), sorted(first))
      assert.not_same(first, sorted(first))
      assert.not_same(first, second)
      local again_first, again_second = passes(1)
      assert.same(first, again_first)
      assert.same(second, again_second)
      assert.not_same(first, (passes(2)))
      first, second = passes(1, false)
      assert.same(first, second)
      rl.utils.set_random_seed(4)
      first, second = passes(nil)
      rl.utils.set_random_seed(4)
      again_first, again_second = passes(nil)
      assert.same({ first, second }, { again_first, again_second })
      assert.not_same(first, second)
      first, second = passes(nil, false)
      assert.same(first, second)
    end)
  end

  it("draws from no more than the buffer", function()
    for i, value in ipairs(all(Dataset.range(100):shuffle(10, 3))) do assert.truthy(value < i + 10) end
    assert.same(all(Dataset.range(9)), all(Dataset.range(9):shuffle(1)))
  end)

  it("is even", function()
    local sums = {}
    for i = 1, 8 do sums[i] = 0 end
    local dataset = Dataset.from_generator(counter(8)):shuffle(8, 11)
    for _ = 1, 2000 do
      for i, value in ipairs(all(dataset)) do sums[i] = sums[i] + value / 2000 end
    end
    for i = 1, 8 do assert.near(4.5, sums[i], 0.25) end -- five deviations
  end)
end)

-- models ------------------------------------------------------------------------------------------------------

local X, Y = rl.linspace(-1, 1, 40):reshape(20, 2), rl.linspace(0, 2, 20)

local function model()
  rl.utils.set_random_seed(9)
  local m = rl.Sequential { rl.layers.Dense { 3, activation = "tanh", input_shape = { 2 } }, rl.layers.Dense(1) }
  m:compile { optimizer = "adam", loss = "mse", metrics = { "mae" } }
  return m
end

describe("fit takes a dataset", function()
  it("and trains as with the arrays", function()
    local expected = model():fit(X, Y, { epochs = 3, batch_size = 8, shuffle = false, verbose = 0, validation_data = { X, Y } })
    local dataset = Dataset.from_tensor_slices(X, Y):batch(8)
    local got = model():fit(dataset, { epochs = 3, verbose = 0, validation_data = dataset })
    assert.tensor_near(expected.history.loss, rl.tensor(got.history.loss), 1e-7)
    assert.tensor_near(expected.history.val_mae, rl.tensor(got.history.val_mae), 1e-7)
    assert.equal(3, got.params.steps)
    assert.same(got.history.loss, model():fit(dataset, nil, { epochs = 3, verbose = 0 }).history.loss)
    local weighted = Dataset.from_tensor_slices(X, Y, rl.zeros { 20 }):batch(8)
    assert.equal(0, model():fit(weighted, { verbose = 0 }).history.loss[1])
  end)

  it("whose epochs reproduce", function()
    local function losses()
      return model():fit(Dataset.from_tensor_slices(X, Y):shuffle(20, 3):batch(4), { epochs = 4, verbose = 0 }).history.loss
    end
    assert.same(losses(), losses())
  end)

  it("for so many steps, going on where the last epoch stopped", function()
    local seen = {}
    local dataset = Dataset.from_tensor_slices(X, Y):map(function(x, y)
      seen[#seen + 1] = y
      return x, y
    end):batch(5):repeat_()
    assert.equal(math.huge, dataset:cardinality())
    model():fit(dataset, { epochs = 2, steps_per_epoch = 3, verbose = 0 })
    assert.equal(30, #seen)
    assert.near(Y[10], seen[30], 0)
  end)

  it("and refuses one without batches or end", function()
    assert.error_matches(function() model():fit(Dataset.from_tensor_slices(X, Y), { verbose = 0 }) end,
      "fit: the dataset gives single rows; let it end in :batch%(32%)")
    assert.error_matches(function() model():fit(Dataset.from_tensor_slices(X, Y):batch(2):repeat_(), { verbose = 0 }) end,
      "fit: the dataset repeats without end")
    assert.error_matches(function() model():fit(Dataset.from_tensor_slices(X, Y):batch(2), { verbose = 0, batch_size = 2 }) end,
      "argument 'batch_size' has no meaning")
    assert.error_matches(function() model():fit(Dataset.from_tensor_slices(X, Y):batch(2), Y) end, "argument 'y' has no meaning")
    assert.error_matches(function() model():fit(Dataset.from_tensor_slices(X):batch(2), { verbose = 0 }) end, "y %(targets%) expected, got nil")
    assert.error_matches(function() model():fit(X, Y, { verbose = 0, validation_data = Dataset.from_tensor_slices(X, Y) }) end,
      "fit: validation_data: the dataset gives single rows")
  end)
end)

describe("evaluate and predict take a dataset", function()
  it("and give what they give for the arrays", function()
    local m, dataset = model(), Dataset.from_tensor_slices(X, Y):batch(6)
    local loss, mae = m:evaluate(X, Y, { verbose = 0 })
    local got_loss, got_mae = m:evaluate(dataset, { verbose = 0 })
    assert.near(loss, got_loss, 1e-6)
    assert.near(mae, got_mae, 1e-6)
    assert.tensor_near(m:predict(X), m:predict(dataset), 0)
    assert.tensor_near(m:predict(X), m:predict(Dataset.from_tensor_slices(X):batch(7)), 0)
    assert.same({ 12, 1 }, m:predict(dataset, { steps = 2 }).shape)
    local i = 0
    assert.same({ 40, 1 }, m:predict(function()
      i = i + 1
      if i <= 2 then return X end
    end).shape)
    assert.error_matches(function() m:predict(dataset, { batch_size = 3 }) end, "predict: argument 'batch_size' has no meaning")
    assert.error_matches(function() m:predict(Dataset.from_tensor_slices(X)) end, "single rows")
    assert.error_matches(function() m:predict(function() end) end, "predict: x gave no batch")
    assert.error_matches(function() m:evaluate(dataset:repeat_(), { verbose = 0 }) end, "repeats without end")
  end)
end)

-- CSV ------------------------------------------------------------------------------------------------------------

describe("from_csv", function()
  it("gives rows of columns, and a label", function()
    local folder <close> = new_folder()
    local path = folder:write("a.csv", "a,b,c\n1,2,3\n4,5,6\n7,,9\n")
    local rows = {}
    for x, y in assert(Dataset.from_csv(path, { label = "c" })):iter() do rows[#rows + 1] = { x[1], y } end
    assert.same({ { 1, 3 }, { 4, 6 }, { 7, 9 } }, rows)
    local x, y = Dataset.from_csv(path, { columns = { "c", "a" }, label = { "b", "c" }, dropna = true }):batch(8):iter()()
    assert.tensor_near({ { 3, 1 }, { 6, 4 } }, x, 0)
    assert.tensor_near({ { 2, 3 }, { 5, 6 } }, y, 0)
    assert.equal("float32", x.dtype)
    assert.same({ 3, 3 }, Dataset.from_csv(path):batch(8):iter()().shape)
    assert.equal("float64", Dataset.from_csv(path, { dtype = "float64" }):batch(8):iter()().dtype)
    assert.same({ 1, 3 }, all(Dataset.from_csv(folder:write("b.csv", "1;2\n3;4\n"), { header = false, separator = ";", columns = { 1 } })
      :map(function(row) return row[1] end)))
  end)

  it("gives nil and a message, or an error while it runs", function()
    local folder <close> = new_folder()
    local dataset, message = Dataset.from_csv(folder:path "missing.csv")
    assert.is_nil(dataset)
    assert.matches("missing.csv: No such file", message, 1, true)
    local path = folder:write("a.csv", "a,b\n1,2\n3,x\n")
    assert.error_matches(function() Dataset.from_csv(path, { label = "B" }) end, "a.csv has no column 'B'.*; it has a, b")
    assert.error_matches(function() all(Dataset.from_csv(path)) end, "from_csv: .*a.csv: line 3, column 2: a number expected, got 'x'")
    assert.error_matches(function() Dataset.from_csv(path, { separator = "ab" }) end, "must be one character")
    assert.error_matches(function() Dataset.from_csv(path, { columns = { 5 } }) end, "has no column 5")
    assert.error_matches(function() Dataset.from_csv(path, { labels = "b" }) end, "did you mean 'label'")
    assert.error_matches(function() Dataset.from_csv(3) end, "a file's path expected, got 3")
  end)

  it("reads a file larger than what it keeps in memory", function()
    local folder <close> = new_folder()
    local rows = os.getenv "RNNLUA_SANITIZED" and 20000 or 400000
    local file <close> = assert(io.open(folder:path "big.csv", "wb"))
    file:write "i,twice,text\n"
    for i = 1, rows do file:write(i, ",", 2 * i, ",some text that is not read\n") end
    file:close()
    collectgarbage()
    local before, most, sum, count = collectgarbage "count", 0, 0, 0
    for x, y in Dataset.from_csv(folder:path "big.csv", { columns = { "i" }, label = "twice", dtype = "float64" }):shuffle(1000, 1)
      :batch(256):iter() do
      assert.is_true(rl.equal(x:reshape { -1 } * 2, y))
      sum, count = sum + y:sum(), count + #y
      most = math.max(most, collectgarbage "count" - before)
    end
    assert.equal(rows, count)
    assert.equal(rows * (rows + 1), sum)
    assert.truthy(most < 40000, most) -- kilobytes; garbage counts
  end)
end)

describe("mistakes with datasets are errors:", function()
  local d = Dataset.range(3)
  local cases = {
    { function() Dataset.from_tensor_slices() end, "from_tensor_slices: arrays expected" },
    { function() Dataset.from_tensor_slices(nil, X) end, "from_tensor_slices: array 1 is nil" },
    { function() Dataset.from_tensor_slices(X, rl.ones { 3 }) end, "arrays differ in rows: 20 and 3" },
    { function() Dataset.from_tensor_slices(3) end, "tensors or tables of numbers expected, got 3" },
    { function() Dataset.from_tensor_slices(rl.tensor(3)) end, "an array has no rows, its shape is %(%)" },
    { function() Dataset.from_generator(3) end, "from_generator: a function expected, got 3" },
    { function() all(Dataset.from_generator(function() return 3 end)) end, "the function must return an iterator.*got 3" },
    { function() Dataset.range() end, "range: the first and the last number expected, got nil" },
    { function() Dataset.range(nil, 3) end, "range: the first and the last number expected, got nil" },
    { function() Dataset.range(math.mininteger, math.maxinteger) end, "range: 18446744073709551616 numbers are too many" },
    { function() Dataset.range(1, 2, 0) end, "'step' must not be 0" },
    { function() Dataset.zip(3) end, "zip: argument 1 must be a Dataset, got 3" },
    { function() Dataset.zip() end, "zip: datasets expected" },
    { function() d:map() end, "map: a function expected, got nil" },
    { function() all(d:map(function() end)) end, "map: the function returned nothing for an element" },
    { function() d:take() end, "take: argument 'count' is required" },
    { function() d:take(-1) end, "'count' must be in %[0, inf%), got %-1" },
    { function() d:skip "x" end, "'count' must be an integer, got 'x'" },
    { function() d:repeat_(-2) end, "'count' must be in %[0, inf%), got %-2" },
    { function() d:concatenate(3) end, "concatenate: a Dataset expected, got 3" },
    { function() d:shuffle() end, "shuffle: argument 'buffer_size' is required" },
    { function() d:shuffle(0) end, "'buffer_size' must be in %[1, inf%), got 0" },
    { function() d:shuffle { buffer = 3 } end, "did you mean 'buffer_size'" },
    { function() d:batch() end, "batch: argument 'batch_size' is required" },
    { function() d:batch(0) end, "'batch_size' must be in" },
    { function() all(Dataset.range(2):unbatch()) end, "unbatch: tensors or tables of numbers expected, got 1" },
    { function() return d.bach end, "Dataset has no field 'bach' %(did you mean 'batch'%?%)" },
    { function() d.x = 1 end, "Dataset: 'x' cannot be assigned" },
    { function() d.batch(3) end, "batch: call it with a colon" },
    { function() return Dataset.from_tensor_slice end, "did you mean 'from_tensor_slices'" },
    { function() all(Dataset.from_generator(function()
        local i = 0
        return function()
          i = i + 1
          if i == 1 then return 1 elseif i == 2 then return 1, 2 end
        end
      end):batch(2)) end, "batch: elements differ: some have 1 values, others 2" },
  }
  for _, case in ipairs(cases) do
    it(case[2], function() assert.error_matches(case[1], case[2]) end)
  end
end)
