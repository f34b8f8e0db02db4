--- rl.utils' helpers for data, beside what Keras gives for the same.
local rl = require "rnnlua"
local golden = require "support.golden"

local keras = golden "keras_data"

local function label(arguments)
  local parts = {}
  for name, value in pairs(arguments) do parts[#parts + 1] = name .. "=" .. tostring(value) end
  table.sort(parts)
  return #parts > 0 and table.concat(parts, " ") or "defaults"
end

describe("pad_sequences gives what Keras gives:", function()
  for i, case in ipairs(keras.padded) do
    it(("%d: %s"):format(i, label(case.arguments)), function()
      local t = rl.utils.pad_sequences(case.sequences, case.arguments)
      assert.tensor_near(case.result, t, 0)
      assert.equal(case.arguments.dtype or "int64", t.dtype)
    end)
  end

  it("takes tensors, and arguments by position", function()
    assert.tensor_near({ { 0, 1 }, { 2, 3 } }, rl.utils.pad_sequences({ rl.tensor { 1 }, { 2, 3 } }), 0)
    assert.tensor_near({ { 3 }, { 6 } }, rl.utils.pad_sequences(rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }, 1), 0)
    assert.same({ 2, 0 }, rl.utils.pad_sequences({ {}, {} }).shape)
  end)

  it("refuses what it can't do", function()
    local pad = rl.utils.pad_sequences
    assert.error_matches(function() pad() end, "pad_sequences: a list of sequences expected, got nil")
    assert.error_matches(function() pad {} end, "got an empty table")
    assert.error_matches(function() pad { 1, 2 } end, "sequences must be lists, the one at 1 is 1")
    assert.error_matches(function() pad { { 1 }, { { 1, 2 } } } end,
      "the sequence at 2 has timesteps of shape %(2,%), expected %(%)")
    assert.error_matches(function() pad({ { 1 } }, { padding = "left" }) end, "must be one of pre|post, got 'left'")
    assert.error_matches(function() pad({ { 1 } }, { maxlen = 0 }) end, "'maxlen' must be in %[1, inf%), got 0")
    assert.error_matches(function() pad({ { 1 } }, { dtype = "int32" }) end, "'dtype' must be one of int64")
    assert.error_matches(function() pad({ { 1 } }, { max_len = 2 }) end, "did you mean 'maxlen'")
    assert.error_matches(function() pad { { 1 }, { "x" } } end, "'x'")
  end)
end)

describe("timeseries_dataset_from_array gives what Keras gives:", function()
  local data, targets = rl.range(0, 39):reshape(20, 2), rl.range(100, 119)

  for i, case in ipairs(keras.windows) do
    it(("%d: %s, %d targets"):format(i, label(case.arguments), case.targets), function()
      local y
      if case.targets > 0 then y = targets[{ { 1, case.targets } }] end
      local dataset = rl.utils.timeseries_dataset_from_array(data, y, case.arguments)
      assert.equal(#case.batches, dataset:cardinality())
      local n = 0
      for batch_x, batch_y in dataset:iter() do
        n = n + 1
        assert.tensor_near(case.batches[n][1], batch_x, 0)
        if y then assert.tensor_near(case.batches[n][2], batch_y, 0)
        else assert.is_nil(batch_y) end
      end
      assert.equal(#case.batches, n)
    end)
  end

  it("draws windows in a new order each pass, the same for a seed", function()
    local function passes(seed)
      local dataset = rl.utils.timeseries_dataset_from_array(data, targets, { sequence_length = 3, shuffle = true, seed = seed })
      local result = {}
      for pass = 1, 2 do
        for x, y in dataset:iter() do
          result[pass] = y:totable()
          for i = 1, #y do assert.equal((y[i] - 100) * 2, x[i][1][1]) end
        end
      end
      return result
    end
    local first = passes(5)
    assert.same(first, passes(5))
    assert.not_same(first, passes(6))
    assert.not_same(first[1], first[2])
    table.sort(first[1])
    assert.equal(18, #first[1])
    for i, value in ipairs(first[1]) do assert.equal(99 + i, value) end
  end)

  it("trains a forecaster, and single windows come with batch_size = false", function()
    local series = (rl.range(1, 60) / 8):sin():reshape(60, 1)
    local dataset = rl.utils.timeseries_dataset_from_array(series, series[{ { 6, -1 } }], 5, { batch_size = 16 })
    local model = rl.Sequential { rl.layers.SimpleRNN { 4, input_shape = { 5, 1 } }, rl.layers.Dense(1) }
    model:compile { optimizer = "adam", loss = "mse" }
    local losses = model:fit(dataset, { epochs = 20, verbose = 0 }).history.loss
    assert.truthy(losses[20] < losses[1])
    local single = rl.utils.timeseries_dataset_from_array(series, nil, 5, { batch_size = false })
    assert.same({ 5, 1 }, single:iter()().shape)
    assert.equal(56, single:cardinality())
  end)

  it("refuses what it can't do", function()
    local windows = rl.utils.timeseries_dataset_from_array
    assert.error_matches(function() windows(data) end, "argument 'sequence_length' is required")
    assert.error_matches(function() windows(data, nil, 21) end, "no window of 21 timesteps fits in rows 1 to 20")
    assert.error_matches(function() windows(data, targets, 3, { start_index = 21 }) end, "'start_index' must be within the 20 rows")
    assert.error_matches(function() windows(data, nil, 3, { sampling_rate = 20 }) end, "'sampling_rate' must be less than the 20 rows")
    assert.error_matches(function() windows(data, nil, 3, { start_index = 9, end_index = 8 }) end, "must not be before start_index, 9, got 8")
    assert.error_matches(function() windows("x", nil, 3) end, "data must be a tensor or a table of numbers, got 'x'")
    assert.error_matches(function() windows(3, nil, 3) end, "data must be")
    assert.error_matches(function() windows(data, rl.tensor(3), 3) end, "targets has no rows")
    assert.error_matches(function() windows(data, nil, 0) end, "'sequence_length' must be in %[1, inf%), got 0")
  end)
end)

describe("train_test_split", function()
  local x, y = rl.range(1, 20):reshape(10, 2), rl.range(1, 10)

  it("splits rows alike in all arrays, each once", function()
    local names = {}
    for i = 1, 10 do names[i] = "n" .. i end
    local xa, xb, ya, yb, na, nb = rl.utils.train_test_split(x, y, names, { test_size = 0.25, seed = 3 })
    assert.same({ 7, 2 }, xa.shape) -- as sklearn: the test has ceil(0.25 · 10) rows
    assert.same({ 3, 2 }, xb.shape)
    local seen = {}
    for _, part in ipairs { { xa, ya, na }, { xb, yb, nb } } do
      for i = 1, #part[2] do
        local row = part[2][i]
        assert.equal(2 * row, part[1][i][2])
        assert.equal("n" .. math.tointeger(row), part[3][i])
        seen[#seen + 1] = row
      end
    end
    table.sort(seen)
    assert.same(y:totable(), seen)
    local again = rl.utils.train_test_split(x, { seed = 3 })
    assert.is_true(rl.equal(again, xa))
  end)

  it("takes sizes as shares or numbers, and does not shuffle where told", function()
    local a, b = rl.utils.train_test_split(y, { test_size = 3, shuffle = false })
    assert.same({ 1, 2, 3, 4, 5, 6, 7 }, a:totable())
    assert.same({ 8, 9, 10 }, b:totable())
    a, b = rl.utils.train_test_split(y, { train_size = 0.55, shuffle = false })
    assert.equal(5, #a)
    assert.equal(5, #b)
    a, b = rl.utils.train_test_split(y, { train_size = 2, test_size = 3 })
    assert.equal(2, #a)
    assert.equal(3, #b)
  end)

  it("refuses what it can't do", function()
    local split = rl.utils.train_test_split
    assert.error_matches(function() split() end, "train_test_split: arrays expected")
    assert.error_matches(function() split(x, rl.range(1, 9)) end, "arrays differ in rows: 10 and 9")
    assert.error_matches(function() split(x, "y") end, "array 2 must be a tensor with rows or a list, got 'y'")
    assert.error_matches(function() split(x, { test_size = 10 }) end, "must be a share between 0 and 1 or a number of rows below 10, got 10")
    assert.error_matches(function() split(x, { test_size = 0 / 0 }) end, "must be a share")
    assert.error_matches(function() split(x, { test_size = 6, train_size = 5 }) end, "are more than the 10 there are")
    assert.error_matches(function() split(rl.tensor { 1 }) end, "1 row can't be split")
    assert.error_matches(function() split(x, { test = 1 }) end, "unknown argument 'test' %(did you mean 'test_size'")
  end)
end)

describe("normalize gives what Keras gives:", function()
  for i, case in ipairs(keras.normalized) do
    it(("%d: axis %d, order %d"):format(i, case.axis, case.order), function()
      assert.tensor_near(case.result, rl.utils.normalize(rl.tensor(case.x), case.axis, case.order), 1e-8) -- nine digits are written down
    end)
  end

  it("takes tables, and refuses what it can't do", function()
    assert.tensor_near({ { 0.6, 0.8 } }, rl.utils.normalize { { 3, 4 } }, 1e-6)
    assert.tensor_near({ { 0.75, -1 } }, rl.utils.normalize({ { 3, -4 } }, -1, math.huge), 1e-6)
    assert.error_matches(function() rl.utils.normalize({ 1 }, 2) end, "axis 2 is out of range for 1 axes")
    assert.error_matches(function() rl.utils.normalize({ 1 }, { order = 0 }) end, "'order' must be in %(0, inf%), got 0")
    assert.error_matches(function() rl.utils.normalize() end, "x must be a tensor")
  end)
end)

describe("scalers", function()
  local x = rl.tensor({ { 1, 10, 5 }, { 2, 20, 5 }, { 3, 60, 5 } }, "float64")

  it("StandardScaler: mean 0, deviation 1, and back", function()
    local scaler = rl.utils.StandardScaler()
    local z = scaler:fit_transform(x)
    assert.tensor_near({ 2, 30, 5 }, scaler.mean, 1e-12)
    assert.tensor_near({ 2 / 3, 1400 / 3, 0 }, scaler.var, 1e-9)
    assert.tensor_near(((x - scaler.mean) / { math.sqrt(2 / 3), math.sqrt(1400 / 3), 1 }), z, 1e-12)
    assert.tensor_near(x, scaler:inverse_transform(z), 1e-12)
  end)

  it("MinMaxScaler: a range, and back", function()
    local scaler = rl.utils.MinMaxScaler()
    assert.tensor_near({ { 0, 0, 0 }, { 0.5, 0.2, 0 }, { 1, 1, 0 } }, scaler:fit(x):transform(x), 1e-12)
    assert.tensor_near({ 1, 10, 5 }, scaler.data_min, 0)
    scaler = rl.utils.MinMaxScaler { feature_range = { -1, 1 } }
    local z = scaler:fit_transform(x)
    assert.tensor_near({ { -1, -1, -1 }, { 0, -0.6, -1 }, { 1, 1, -1 } }, z, 1e-12)
    assert.tensor_near(x, scaler:inverse_transform(z), 1e-12)
  end)

  it("work on windows, on one feature and in float32, and leave nan out", function()
    local scaler = rl.utils.StandardScaler()
    local z = scaler:fit_transform(rl.tensor({ { { 1 }, { 3 } }, { { 5 }, { 7 } } }, "float32"))
    assert.same({ 2, 2, 1 }, z.shape)
    assert.equal("float32", z.dtype)
    assert.near(0, z:mean(), 1e-6)
    local one = rl.utils.MinMaxScaler()
    assert.tensor_near({ 0, 0.5, 1 }, one:fit_transform { 2, 3, 4 }, 1e-6)
    assert.tensor_near({ 2.5 }, one:inverse_transform { 0.25 }, 1e-6)
    local gaps = rl.tensor({ 1, 0 / 0, 3 }, "float64")
    assert.near(2, scaler:fit(gaps).mean[1], 1e-12)
    assert.truthy(rl.equal(gaps:isnan(), scaler:transform(gaps):isnan()))
    assert.near(1, one:fit(gaps).data_min[1], 0)
  end)

  it("refuse what they can't do", function()
    assert.error_matches(function() rl.utils.StandardScaler():transform(x) end,
      "StandardScaler:transform: call StandardScaler:fit first")
    assert.error_matches(function() rl.utils.StandardScaler():fit(x):transform { { 1, 2 } } end, "x has 2 features, fit saw 3")
    assert.error_matches(function() rl.utils.StandardScaler():fit "x" end, "StandardScaler:fit: x must be a tensor")
    assert.error_matches(function() rl.utils.StandardScaler():fit(rl.zeros { 0, 2 }) end, "x is empty")
    assert.error_matches(function() rl.utils.MinMaxScaler { feature_range = { 1, 1 } } end, "must be {low, high}")
    assert.error_matches(function() return rl.utils.MinMaxScaler().transfrom end, "did you mean 'transform'")
    assert.error_matches(function() rl.utils.MinMaxScaler { range = { 0, 1 } } end, "unknown argument 'range'")
  end)
end)

describe("TextVectorization gives what Keras gives:", function()
  for i, case in ipairs(keras.vocabularies) do
    it(("%d: %s"):format(i, label(case.arguments)), function()
      local vectorize = rl.utils.TextVectorization(case.arguments)
      vectorize:adapt(keras.texts)
      assert.same(case.vocabulary, vectorize:get_vocabulary())
      assert.equal(#case.vocabulary, vectorize:vocabulary_size())
      assert.tensor_near(case.result, vectorize(keras.new), 0)
    end)
  end
end)

describe("TextVectorization", function()
  it("decodes what it has encoded", function()
    local words = rl.utils.TextVectorization { standardize = false }
    words:adapt { "to be or not to be" }
    local ids = words:encode { "to be", "or not to be that" }
    assert.equal("int64", ids.dtype)
    assert.same({ "to be", "or not to be [UNK]" }, words:decode(ids))
    assert.equal("not to", words:decode(words "not to"))
    local characters = rl.utils.TextVectorization { standardize = false, split = "character" }
    characters:adapt { "häß lich" }
    assert.equal("ähß hi", characters:decode(characters:encode "ähß hi"))
    assert.equal("h", characters:decode(characters("h"):totable()))
  end)

  it("takes a vocabulary, functions, datasets", function()
    local v = rl.utils.TextVectorization { vocabulary = { "a", "b" }, standardize = string.upper,
      split = function(s) return { s:sub(1, 1):lower() } end }
    assert.same({ "", "[UNK]", "a", "b" }, v:get_vocabulary())
    assert.same({ { 2 }, { 3 }, { 1 } }, v({ "alpha", "beta", "gamma" }):totable())
    v:set_vocabulary { "", "[UNK]", "c" }
    assert.equal(3, v:vocabulary_size())
    local words = rl.utils.TextVectorization {}
    words:adapt(rl.data.Dataset.from_tensor_slices { "one two", "two" }:batch(2))
    assert.same({ "", "[UNK]", "two", "one" }, words:get_vocabulary())
    local encoded = rl.data.Dataset.from_tensor_slices({ "one", "two two" }, { 0, 1 })
      :map(function(s, y) return words(s), y end):padded_batch(2)
    local x, y = encoded:iter()()
    assert.same({ { 3, 0 }, { 2, 2 } }, x:totable())
    assert.same({ 0, 1 }, y:totable())
  end)

  it("refuses what it can't do", function()
    local new = rl.utils.TextVectorization
    assert.error_matches(function() new() "x" end, "call adapt or set_vocabulary first")
    assert.error_matches(function() new():decode { 1 } end, "call adapt or set_vocabulary first")
    assert.error_matches(function() new():adapt { 1 } end, "a text or a list of texts expected, got 1")
    assert.error_matches(function() new():adapt(5) end, "TextVectorization:adapt: a list of texts expected, got 5")
    assert.error_matches(function() new { split = "word" } end, "must be one of whitespace|character, got 'word'")
    assert.error_matches(function() new { split = true } end, "must be a string, a function or false, got true")
    assert.error_matches(function() new { vocabulary = { "a", "a" } } end, "different strings, got 'a' at 2")
    assert.error_matches(function() new { vocabulary = { "a", "b" }, max_tokens = 3 } end, "4 tokens are more than max_tokens = 3")
    assert.error_matches(function() new { max_tokens = 2 } end, "'max_tokens' must be in %[3, inf%)")
    assert.error_matches(function() return new().encod end, "did you mean 'encode'")
    local v = new { vocabulary = { "a" } }
    assert.error_matches(function() v:decode { 3 } end, "3 is no number of a token, they are 0 to 2")
    assert.error_matches(function() v:decode { 1.5 } end, "1.5 is no number of a token")
    assert.error_matches(function() v {} end, "got an empty table")
  end)
end)
