--- rl.utils.read_csv and rl.utils.write_csv.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local csv = require "rnnlua.files.csv"
local arrays = require "rnnlua.files.arrays"
local watching = require "rnnlua.files.watch"

local utils = {}

local functions = core.tensor_functions

local function check_path(who, path)
  if type(path) ~= "string" or path == "" then
    core.raise(("%s: a file's path expected, got %s"):format(who, options.describe(path)))
  end
end

-- reading --------------------------------------------------------------------------------------------------------

local READ = {
  { "separator", "string", ",", doc = "the character between values" },
  { "header", "boolean", true, doc = "the first line has the names; else they are 1, 2, …" },
  { "columns", "table", doc = "names or positions of the columns to read; all if not given" },
  { "dtype", "string|table", doc = "float32, float64, int64 or string, for all columns or by name; else integers "
    .. "come as int64, other numbers as float64, and a column in which something is no number as strings" },
  { "max_rows", "integer", nil, low = 0, doc = "so many rows at most" },
  { "as_tensor", "boolean", false, doc = "one tensor, a row a line, in place of columns" },
}
utils.READ = READ -- for help

local DTYPES = { float32 = "number", float64 = "number", int64 = "number", string = "text" }

local function dtype_of(given, name)
  local dtype = given.dtype
  if type(dtype) == "table" then dtype = dtype[name] end
  if dtype ~= nil and not DTYPES[dtype] then
    core.raise(("read_csv: argument 'dtype' must be float32, float64, int64 or string, got %s"):format(
      options.describe(dtype)))
  end
  return dtype
end

--- Positions of the columns wanted.
local function wanted_columns(reader, given)
  local positions = {}
  for i, column in ipairs(given.columns or reader.names) do
    positions[i] = given.columns and csv.find("read_csv", reader, column) or i
  end
  if #positions == 0 then core.raise "read_csv: argument 'columns' has no names" end
  return positions
end

local function kinds_of(names, positions, given)
  local kinds = {}
  for i = 1, #names do kinds[i] = "skip" end
  for _, position in ipairs(positions) do
    local dtype = dtype_of(given, names[position])
    kinds[position] = dtype and DTYPES[dtype] or given.as_tensor and "number" or "auto"
  end
  return kinds
end

--- A column as it was asked for; nil, message.
local function finish(column, integral, name, dtype)
  if type(column) == "table" then return column end
  if dtype == "int64" and not integral then
    return nil, ("column '%s' has values that are no integers, or misses some"):format(name)
  end
  dtype = dtype or (integral and column.size > 0) and "int64" or "float64"
  return column.dtype == dtype and column or column:astype(dtype)
end

--- All columns by position; nil, message.
local function read_all(reader, kinds, given)
  local watch <close> = watching.begin(reader.path)
  local size = reader:size()
  local text, message = reader:rest(function(done) watch:update("reading", done, math.max(size, done)) end)
  if not text then return nil, message end
  size = #reader.text
  return reader:next(kinds, given.max_rows or math.maxinteger, function(done) watch:update("parsing", done, size) end)
end

local function joined(columns, order, given)
  local list = {}
  for i, name in ipairs(order) do
    if type(columns[name]) == "table" then
      core.raise "read_csv: strings can't be in a tensor; leave them out of columns"
    end
    list[i] = columns[name]
  end
  local tensor = functions.stack(list, 2)
  local dtype = given.dtype
  return type(dtype) == "string" and tensor:astype(dtype) or tensor
end

--- Reads a CSV file whole. Columns come as 1-d tensors, or lists of strings; what is missing is nan (or ""): empty
--- values, NA, NaN, null and the other words that pandas knows. Values may be quoted, blank lines do not count.
--- @param path string
--- @param given table|nil arguments by name
--- @return table|nil columns by name; with as_tensor one tensor. nil where the file can't be read or is no CSV file
--- @return table names in the file's order; where there are no columns the message
function utils.read_csv(path, given)
  check_path("read_csv", path)
  given = options.read("read_csv", READ, given)
  csv.check_separator("read_csv", given.separator)
  local reader <close>, message = csv.open(path, given)
  if not reader then return nil, message end
  local names, positions = reader.names, wanted_columns(reader, given)
  local columns, integral = read_all(reader, kinds_of(names, positions, given), given)
  if columns == nil then
    if integral then return nil, integral end
    return nil, path .. ": it has no rows"
  end
  local result, order, why = {}, {}, nil
  for i, position in ipairs(positions) do
    local name = names[position]
    result[name], why = finish(columns[position], integral[position], name, dtype_of(given, name))
    if not result[name] then return nil, ("%s: %s"):format(path, why) end
    order[i] = name
  end
  if given.as_tensor then return joined(result, order, given), order end
  return result, order
end

-- writing ----------------------------------------------------------------------------------------------------------

local WRITE = {
  { "columns", "table", doc = "the names in order; of a table of columns, which ones" },
  { "separator", "string", ",", doc = "the character between values" },
  { "header", "boolean", true, doc = "write the names in the first line" },
}
utils.WRITE = WRITE

local function is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "tensor" end

--- A column as csv_text takes it, and how many values it has.
local function column_of(name, value)
  if options.is_plain_table(value) and type(value[1]) == "string" then
    for i, text in ipairs(value) do
      if type(text) ~= "string" then
        core.raise(("write_csv: column '%s' has %s at %d, expected a string"):format(name, options.describe(text), i))
      end
    end
    return value, #value
  end
  if not is_tensor(value) and not options.is_plain_table(value) then
    core.raise(("write_csv: column '%s' must be a tensor or a list, got %s"):format(name, options.describe(value)))
  end
  local tensor = is_tensor(value) and value or core.tensor_creators.tensor(value)
  if tensor.ndim ~= 1 then
    core.raise(("write_csv: column '%s' must have one axis, got %d"):format(name, tensor.ndim))
  end
  return tensor, tensor.size
end

local function columns_of_table(data, given)
  local names, columns, rows = given.columns, {}, nil
  if not names then
    names = {}
    for name in pairs(data) do names[#names + 1] = name end
    table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  end
  if #names == 0 then core.raise "write_csv: there are no columns" end
  for i, name in ipairs(names) do
    if data[name] == nil then core.raise("write_csv: the data have no column " .. options.describe(name)) end
    local count
    columns[i], count = column_of(tostring(name), data[name])
    rows = rows or count
    if count ~= rows then
      core.raise(("write_csv: column '%s' has %d values, '%s' %d"):format(name, count, names[1], rows))
    end
  end
  return names, columns, rows
end

local function columns_of_tensor(tensor, given)
  if tensor.ndim == 1 then tensor = tensor:expand_dims(-1) end
  if tensor.ndim ~= 2 then
    core.raise(("write_csv: a tensor must have two axes, rows and columns, got %d"):format(tensor.ndim))
  end
  local width, columns, names = tensor.shape[2], {}, {}
  if given.columns and #given.columns ~= width then
    core.raise(("write_csv: argument 'columns' has %d names, the data have %d columns"):format(#given.columns, width))
  end
  for i = 1, width do columns[i], names[i] = tensor[{ {}, i }], given.columns and given.columns[i] or i - 1 end
  return names, columns, tensor.shape[1]
end

--- Whether it is a list of rows of numbers.
local function is_rows(data)
  if not options.is_plain_table(data) or type(data[1]) ~= "table" then return false end
  for key, row in pairs(data) do
    if math.type(key) ~= "integer" or type(row) ~= "table" or type(row[1]) ~= "number" then return false end
  end
  return true
end

local ROWS <const> = 10000 -- written at once

local function write_rows(file, names, columns, rows, given)
  if given.header then
    local line = {}
    for i, name in ipairs(names) do line[i] = { tostring(name) } end
    local ok, message = file:write(core.csv_text(line, 1, 1, given.separator))
    if not ok then return nil, message end
  end
  for first = 1, rows, ROWS do
    local ok, message = file:write(core.csv_text(columns, first, math.min(rows, first + ROWS - 1), given.separator))
    if not ok then return nil, message end
  end
  return true
end

--- Writes a CSV file: a tensor with a row a line, or a table of columns (1-d tensors, lists of numbers or of strings)
--- by name, in the order that `columns` says or else sorted. Numbers are written with as many digits as tell them
--- from their neighbours, nan as nothing. The file is there as a whole or as it was before.
--- @param path string
--- @param data tensor|table
--- @param given table|nil arguments by name
--- @return true; nil and a message where the file can't be written
function utils.write_csv(path, data, given)
  check_path("write_csv", path)
  given = options.read("write_csv", WRITE, given)
  csv.check_separator("write_csv", given.separator)
  local names, columns, rows
  if is_tensor(data) then
    names, columns, rows = columns_of_tensor(data, given)
  elseif is_rows(data) then
    names, columns, rows = columns_of_tensor(core.tensor_creators.tensor(data), given)
  elseif options.is_plain_table(data) then
    names, columns, rows = columns_of_table(data, given)
  else
    core.raise("write_csv: a tensor or a table of columns expected, got " .. options.describe(data))
  end
  return arrays.replace(path, function(file) return write_rows(file, names, columns, rows, given) end)
end

return utils
