--- rl.utils: small things beside models.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"

local utils = {
  --- functions of other modules: name -> module
  _elsewhere = {
    pad_sequences = "rnnlua.utils.sequences",
    timeseries_dataset_from_array = "rnnlua.utils.sequences",
    train_test_split = "rnnlua.utils.splitting",
    normalize = "rnnlua.utils.scaling",
    StandardScaler = "rnnlua.utils.scaling",
    MinMaxScaler = "rnnlua.utils.scaling",
    read_csv = "rnnlua.utils.csv",
    write_csv = "rnnlua.utils.csv",
    TextVectorization = "rnnlua.utils.text",
  },
}

--- Seconds of a clock that only goes forward; differences of it are durations.
--- @return number
function utils.wall_clock() return core.clock() end

--- Makes everything random start anew from this seed: weights, shuffles, dropout, rl.random and math.random.
--- @param seed integer
function utils.set_random_seed(seed)
  local integer = options.integer(seed)
  if not integer then
    core.raise("set_random_seed: argument 'seed' must be an integer, got " .. options.describe(seed))
  end
  core.set_random_seed(integer)
  math.randomseed(integer)
end

--- Classes, numbers from 0, as rows of zeros with a one: shape {n} (or {n, 1}) becomes {n, num_classes}.
--- @param x tensor|table
--- @param num_classes integer|nil default: the largest class + 1
--- @return tensor float32
function utils.to_categorical(x, num_classes)
  local labels = data.tensor("to_categorical", "x", x)
  local shape = labels.shape
  if #shape > 1 and shape[#shape] == 1 then table.remove(shape) end
  local list = labels:reshape { -1 }:totable()
  local largest = -1
  for i, value in ipairs(list) do
    local class = math.tointeger(value)
    if not class or class < 0 then
      core.raise(("to_categorical: classes are integers from 0, got %s at %d"):format(value, i))
    end
    largest = math.max(largest, class)
  end
  num_classes = options.read("to_categorical", { { "num_classes", "integer", largest + 1, low = 1 } },
    { num_classes = num_classes }).num_classes
  if largest >= num_classes then
    core.raise(("to_categorical: class %d does not fit in num_classes = %d; classes count from 0"):format(
      largest, num_classes))
  end
  local result = core.tensor_creators.zeros { #list, num_classes }
  for i, value in ipairs(list) do result[{ i, math.tointeger(value) + 1 }] = 1.0 end
  shape[#shape + 1] = num_classes
  return result:reshape(shape)
end

return utils
