--- rl.utils.pad_sequences and rl.utils.timeseries_dataset_from_array (keras/src/utils).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local data = require "rnnlua.data"

local sequences = {}

local creators = core.tensor_creators

-- pad_sequences ----------------------------------------------------------------------------------------------------

local SIDES = { { "pre" }, { "post" } }

local PAD = {
  { "maxlen", "integer", nil, low = 1, doc = "the length; that of the longest sequence if not given" },
  { "dtype", "string", "int64", choices = { { "int64" }, { "float32" }, { "float64" }, { "bool" } },
    doc = "of the result (Keras' is int32)" },
  { "padding", "string", "pre", choices = SIDES, doc = "where values are added: before or behind" },
  { "truncating", "string", "pre", choices = SIDES, doc = "where values are left out" },
  { "value", "number", 0, doc = "what is added" },
}
sequences.PAD = PAD -- for help

--- The sequence as a tensor; nil where it is empty.
local function tensor_of(sequence, i)
  if not data.is_tensor(sequence) then
    if not options.is_plain_table(sequence) then
      core.raise(("pad_sequences: sequences must be lists, the one at %d is %s"):format(i,
        options.describe(sequence)))
    end
    if next(sequence) == nil then return nil end
    sequence = creators.tensor(sequence)
  end
  if sequence.ndim == 0 then core.raise(("pad_sequences: the sequence at %d has no axis of timesteps"):format(i)) end
  return sequence.shape[1] > 0 and sequence or nil
end

--- The part that fits in `length`, and where it goes.
local function place(tensor, length, given)
  local n = tensor.shape[1]
  if n > length then
    tensor = tensor[given.truncating == "pre" and { { n - length + 1, n } } or { { 1, length } }]
    n = length
  end
  return tensor, given.padding == "pre" and { length - n + 1, length } or { 1, n }
end

--- Sequences that differ in length as one tensor (sequences, timesteps, …): shorter ones are filled up with `value`,
--- longer ones cut, at the beginning unless told otherwise.
--- @param list table of lists of numbers (or of lists of features) or of tensors
--- @param ... any maxlen and so on by position, or a table of arguments by name
--- @return tensor
function sequences.pad_sequences(list, ...)
  local given = options.arguments("pad_sequences", PAD, ...)
  if not (options.is_plain_table(list) or data.is_tensor(list)) or #list == 0 then
    core.raise("pad_sequences: a list of sequences expected, got " .. (options.is_plain_table(list)
      and "an empty table" or options.describe(list)))
  end
  local tensors, longest, sample = {}, 0, nil
  for i = 1, #list do
    local tensor = tensor_of(list[i], i)
    tensors[i] = tensor or false
    if tensor then
      local shape = shapes.sample(tensor.shape)
      sample = sample or shape
      if not shapes.equal(sample, shape) then
        core.raise(("pad_sequences: the sequence at %d has timesteps of shape %s, expected %s"):format(i,
          shapes.text(shape), shapes.text(sample)))
      end
      longest = math.max(longest, tensor.shape[1])
    end
  end
  local length = given.maxlen or longest
  local result = creators.full({ #list, length, table.unpack(sample or {}) }, given.value, given.dtype)
  for i, tensor in ipairs(tensors) do
    if tensor then
      local part, range = place(tensor, length, given)
      result[{ i, range }] = part
    end
  end
  return result
end

-- timeseries_dataset_from_array ----------------------------------------------------------------------------------

local WINDOWS = {
  { "sequence_length", "integer", nil, low = 1, doc = "timesteps of a window" },
  { "sequence_stride", "integer", 1, low = 1, doc = "rows between the beginnings of two windows" },
  { "sampling_rate", "integer", 1, low = 1, doc = "rows between two timesteps of a window" },
  { "batch_size", "integer|boolean", 128, low = 1, doc = "windows a batch; false: single windows" },
  { "shuffle", "boolean", false, doc = "take the windows in a new order in each pass" },
  { "seed", "integer", doc = "the order is a function of it" },
  { "start_index", "integer", 1, low = 1, doc = "the first row used" },
  { "end_index", "integer", nil, low = 1, doc = "the last row used; the last of all if not given" },
}
sequences.WINDOWS = WINDOWS

local function array(what, value)
  local tensor = data.tensor("timeseries_dataset_from_array", what, value)
  if tensor.ndim == 0 then
    core.raise(("timeseries_dataset_from_array: %s has no rows, its shape is ()"):format(what))
  end
  return tensor
end

local function check_rows(given, rows)
  for _, name in ipairs { "start_index", "end_index", "sequence_stride", "sampling_rate" } do
    local index = name:find "index$"
    if given[name] and (index and given[name] > rows or not index and given[name] >= rows) then
      core.raise(("timeseries_dataset_from_array: argument '%s' must be %s the %d rows of data, got %d"):format(name,
        index and "within" or "less than", rows, given[name]))
    end
  end
  if given.end_index and given.end_index < given.start_index then
    core.raise(("timeseries_dataset_from_array: argument 'end_index' must not be before start_index, %d, "
      .. "got %d"):format(given.start_index, given.end_index))
  end
end

--- The windows of a series as a dataset: x, the rows from some row on, and y, the target of that row; x alone without
--- targets. To forecast the row behind a window of n, give data and data[{ {n + 1, -1} }] as targets. Rows count from
--- 1.
--- @param series tensor|table one row a timestep
--- @param targets tensor|table|nil targets[i] belongs to the window that begins at row i
--- @param ... any sequence_length and so on by position, or a table of arguments by name
--- @return table rl.data.Dataset
function sequences.timeseries_dataset_from_array(series, targets, ...)
  local given = options.arguments("timeseries_dataset_from_array", WINDOWS, ...)
  if not given.sequence_length then
    core.raise "timeseries_dataset_from_array: argument 'sequence_length' is required"
  end
  series = array("data", series)
  if targets ~= nil then targets = array("targets", targets) end
  check_rows(given, #series)
  local first, last = given.start_index, given.end_index or #series
  local latest = last - (given.sequence_length - 1) * given.sampling_rate
  if targets then latest = math.min(latest, #targets) end
  if latest < first then
    core.raise(("timeseries_dataset_from_array: no window of %d timesteps fits in rows %d to %d%s"):format(
      given.sequence_length, first, last, targets and (" with %d targets"):format(#targets) or ""))
  end
  local dataset = require "rnnlua.dataset"
  local windows = dataset.new(require "rnnlua.dataset.sources".windows { data = series, targets = targets,
    starts = creators.range(first, latest, given.sequence_stride, "int64"), length = given.sequence_length,
    rate = given.sampling_rate })
  if given.shuffle then windows = windows:shuffle(windows:cardinality(), given.seed) end
  return given.batch_size and windows:batch(given.batch_size == true and 128 or given.batch_size) or windows
end

return sequences
