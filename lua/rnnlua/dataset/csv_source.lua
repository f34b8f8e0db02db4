--- The rows of a CSV file as a source of datasets.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local csv = require "rnnlua.files.csv"
local blocks = require "rnnlua.dataset.blocks"

local csv_source = {}

local functions = core.tensor_functions

local SPEC = {
  { "columns", "table", doc = "names or positions of the columns of x; all but the label's if not given" },
  { "label", "string|integer|table", doc = "the column of y, or a list of them" },
  { "separator", "string", ",", doc = "the character between values" },
  { "header", "boolean", true, doc = "the first line has the names" },
  { "dtype", "string", "float32", choices = { { "float32" }, { "float64" }, { "int64" } }, doc = "of x and y" },
  { "dropna", "boolean", false, doc = "leave out rows that miss a value; else it is nan" },
}
csv_source.SPEC = SPEC

local ROWS <const> = 4096 -- rows parsed at once

--- Positions of the columns in a list of names or positions.
local function find_all(reader, columns)
  local positions = {}
  for i, column in ipairs(columns) do positions[i] = csv.find("from_csv", reader, column) end
  return positions
end

--- What x and y are made of: {x = positions, y = positions or position or nil}.
local function layout_of(reader, given)
  local y
  if type(given.label) == "table" then y = find_all(reader, given.label)
  elseif given.label ~= nil then y = csv.find("from_csv", reader, given.label) end
  if given.columns then return { x = find_all(reader, given.columns), y = y } end
  local taken, x = {}, {}
  for _, position in ipairs(type(y) == "table" and y or { y }) do taken[position] = true end
  for i = 1, #reader.names do
    if not taken[i] then x[#x + 1] = i end
  end
  return { x = x, y = y }
end

local function kinds_of(names, layout)
  local kinds = {}
  for i = 1, #names do kinds[i] = "skip" end
  for _, position in ipairs(layout.x) do kinds[position] = "number" end
  for _, position in ipairs(type(layout.y) == "table" and layout.y or { layout.y }) do kinds[position] = "number" end
  return kinds
end

local function stacked(columns, positions)
  local list = {}
  for i, position in ipairs(positions) do list[i] = columns[position] end
  return functions.stack(list, 2)
end

local function without_missing(block)
  local missing
  for k = 1, block.count do
    local nan = block[k]:isnan()
    if nan.ndim > 1 then nan = nan:any(2) end
    missing = missing and missing:logical_or(nan) or nan
  end
  if not missing:any() then return block end
  local kept = missing:logical_not()
  local result = { count = block.count, rows = kept:astype("int64"):sum() }
  for k = 1, block.count do result[k] = block[k][kept] end
  return result
end

local function block_of(columns, rows, layout, given)
  local block = { rows = rows, count = layout.y and 2 or 1, stacked(columns, layout.x) }
  if layout.y then block[2] = type(layout.y) == "table" and stacked(columns, layout.y) or columns[layout.y] end
  if given.dropna then block = without_missing(block) end
  for k = 1, block.count do block[k] = block[k]:astype(given.dtype) end
  return block
end

local function open_rows(path, given, layout, kinds)
  local reader, message = csv.open(path, given)
  if not reader then core.raise("from_csv: " .. message) end
  local ended = false
  --- the next rows that are not left out, nil at the end
  local function read()
    while not ended do
      local columns, why, rows = reader:next(kinds, ROWS)
      if not columns then
        reader:close()
        if why then core.raise("from_csv: " .. why) end
        ended = true
        return nil
      end
      local block = block_of(columns, rows, layout, given)
      if block.rows > 0 then return block end
    end
  end
  return blocks.pieces(read)
end

--- @param path string
--- @param given table|nil
--- @return table source; nil, message
function csv_source.open(path, given)
  if type(path) ~= "string" or path == "" then
    core.raise("from_csv: a file's path expected, got " .. options.describe(path))
  end
  given = options.read("from_csv", SPEC, given)
  csv.check_separator("from_csv", given.separator)
  local reader <close>, message = csv.open(path, given)
  if not reader then return nil, message end
  local layout = layout_of(reader, given)
  if #layout.x == 0 then core.raise "from_csv: no column is left for x" end
  local kinds = kinds_of(reader.names, layout)
  return { open = function() return open_rows(path, given, layout, kinds) end, batched = false, uniform = true }
end

return csv_source
