--- rl.utils.train_test_split (sklearn.model_selection).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"

local splitting = {}

local SPLIT = {
  { "test_size", "number", doc = "share of the rows, or their number; 0.25 if neither size is given" },
  { "train_size", "number", doc = "share or number of the rows for training; the rest if not given" },
  { "shuffle", "boolean", true, doc = "draw the rows; else the first ones are for training" },
  { "seed", "integer", doc = "which rows are drawn is a function of it" },
}
splitting.SPLIT = SPLIT -- for help

--- Rows that a size stands for: a share below 1, or a number of rows.
local function rows_of(name, size, rows, round)
  if size == nil then return nil end
  local count = size
  if math.type(size) == "float" and size > 0 and size < 1 then count = round(size * rows) end
  count = math.tointeger(count)
  if not count or count < 1 or count >= rows then
    core.raise(("train_test_split: argument '%s' must be a share between 0 and 1 or a number of rows below %d, "
      .. "got %s"):format(name, rows, size))
  end
  return count
end

--- Numbers of rows for training and for the test, rounded as sklearn does.
local function sizes(given, rows)
  local test = rows_of("test_size", given.test_size, rows, math.ceil)
  local train = rows_of("train_size", given.train_size, rows, math.floor)
  if not test and not train then test = math.ceil(0.25 * rows) end
  test, train = test or rows - train, train or rows - test
  if test + train > rows then
    core.raise(("train_test_split: %d rows for training and %d for the test are more than the %d there are"):format(
      train, test, rows))
  elseif train < 1 then
    core.raise(("train_test_split: %d row%s can't be split"):format(rows, rows == 1 and "" or "s"))
  end
  return train, test
end

local function part_of(array, order, first, last)
  local positions = order[{ { first, last } }]
  if data.is_tensor(array) then return array:take(positions, 1) end
  local list = {}
  for i, position in ipairs(positions) do list[i] = array[position] end
  return list
end

--- Splits arrays, which have as many rows, into rows for training and rows for a test, drawn at random:
---
---     local x, y = rl.random.normal{ shape = {100, 3} }, rl.zeros{100}
---     local x_train, x_test, y_train, y_test = rl.utils.train_test_split(x, y, { test_size = 0.2, seed = 1 })
---     #x_train --> 80
---
--- Tensors give tensors, lists lists. The table of arguments comes last.
--- @param ... any arrays; arguments by name
--- @return any two for each array
function splitting.train_test_split(...)
  local arrays = table.pack(...)
  local last, given = arrays[arrays.n], nil
  if options.is_plain_table(last) and #last == 0 and arrays.n > 0 then
    given, arrays.n = last, arrays.n - 1
  end
  given = options.read("train_test_split", SPLIT, given)
  if arrays.n == 0 then core.raise "train_test_split: arrays expected" end
  local rows
  for i = 1, arrays.n do
    local array = arrays[i]
    if not options.is_plain_table(array) and not (data.is_tensor(array) and array.ndim > 0) then
      core.raise(("train_test_split: array %d must be a tensor with rows or a list, got %s"):format(i,
        options.describe(array)))
    end
    rows = rows or #array
    if #array ~= rows then
      core.raise(("train_test_split: arrays differ in rows: %d and %d"):format(rows, #array))
    end
  end
  local train, test = sizes(given, rows)
  local order, results = nil, {}
  if given.shuffle then order = core.random.permutation(rows, { seed = given.seed })
  else order = core.tensor_creators.range(1, rows, 1, "int64") end
  for i = 1, arrays.n do
    results[2 * i - 1] = part_of(arrays[i], order, 1, train)
    results[2 * i] = part_of(arrays[i], order, train + 1, train + test)
  end
  return table.unpack(results, 1, 2 * arrays.n)
end

return splitting
