--- CSV files, read in pieces (RFC 4180: values may be quoted, and a quoted one may have separators and newlines in
--- it).
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local csv = {}

local Reader = {}
Reader.__index = Reader

local PIECE <const> = 1 << 20 -- bytes read at once
local BOM <const> = "\xEF\xBB\xBF"

--- Reads on, behind what is not used yet; at the end of the file `last` becomes true.
--- @return true|nil, string message
local function read_on(self)
  local more, message = self.file:read(self.piece)
  if message then return nil, message end
  self.text = self.text:sub(self.at) .. (more or "")
  self.at, self.last = 1, more == nil
  return true
end

--- The values of the next line as strings, nil at the end of the file; nil, message.
local function read_line(self)
  while true do
    local width = core.csv_width(self.text, self.at, self.separator, self.last)
    if width then
      if width == 0 then return nil end
      local kinds = {}
      for i = 1, width do kinds[i] = "text" end
      local columns, _, rows, at, line =
        core.csv_rows(self.text, self.at, self.separator, kinds, 1, self.last, self.line)
      if not columns then return nil, _ end
      local values = {}
      for i = 1, width do values[i] = rows == 1 and columns[i][1] or nil end
      return values, nil, at, line
    end
    local ok, message = read_on(self)
    if not ok then return nil, message end
  end
end

--- As pandas: a name that was there before gets a number.
local function unique(names)
  local seen, result = {}, {}
  for i, name in ipairs(names) do
    local free, n = name, 0
    while seen[free] do
      n = n + 1
      free = name .. "." .. n
    end
    seen[free], result[i] = true, free
  end
  return result
end

local function read_names(self, header)
  local values, message, at, line = read_line(self)
  if message then return nil, message end
  if not values then return nil, "it is empty" end
  if header then
    self.at, self.line = at, line
    return unique(values)
  end
  local names = {}
  for i = 1, #values do names[i] = i end
  return names
end

--- Opens a file and reads its header.
--- @param path string
--- @param given table {separator=, header= whether the first line has the names (else they are 1, 2, …), piece=}
--- @return table reader {names=}; nil and a message
function csv.open(path, given)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local self = setmetatable({ path = path, file = file, separator = given.separator, text = "", at = 1, line = 1,
    last = false, piece = given.piece or PIECE }, Reader)
  local ok, why = read_on(self)
  if ok then
    if self.text:sub(1, 3) == BOM then self.at = 4 end
    self.names, why = read_names(self, given.header)
  end
  if self.names then return self end
  file:close()
  return nil, ("%s: %s"):format(path, why)
end

--- The next rows of the file, at most `most`, as many as are at hand.
--- @param kinds string[] for each column "number", "text", "auto" or "skip"
--- @param tell function|nil is called with the bytes of text used so far, now and then
--- @return table columns (float64 tensor, list of strings or false), table integral, integer rows; nil at the
--- end; nil and a message for a line that is wrong
function Reader:next(kinds, most, tell)
  while true do
    local columns, integral, rows, at, line =
      core.csv_rows(self.text, self.at, self.separator, kinds, most, self.last, self.line, tell)
    if not columns then return nil, ("%s: %s"):format(self.path, integral) end
    self.at, self.line = at, line
    if rows > 0 then return columns, integral, rows end
    if self.last then return nil end
    local ok, message = read_on(self)
    if not ok then return nil, ("%s: %s"):format(self.path, message) end
  end
end

--- Reads all that is left into memory.
--- @param tell function is called with the bytes read so far, now and then
--- @return true|nil, string message
function Reader:rest(tell)
  local parts, done = { self.text:sub(self.at) }, #self.text
  while true do
    local more, message = self.file:read(PIECE)
    if message then return nil, ("%s: %s"):format(self.path, message) end
    if not more then break end
    done = done + #more
    tell(done)
    parts[#parts + 1] = more
  end
  self.text, self.at, self.last = table.concat(parts), 1, true
  return true
end

--- Bytes of the file, 0 where that cannot be known.
function Reader:size()
  local place = self.file:seek()
  local size = place and self.file:seek "end"
  if size then self.file:seek("set", place) end
  return size or 0
end

function Reader:close() self.file:close() end
Reader.__close = Reader.close

--- Raises unless it is one character that can stand between values.
function csv.check_separator(who, separator)
  if #separator ~= 1 or separator:find '[%w"\n\r%-+.]' then
    core.raise(("%s: argument 'separator' must be one character, such as ',', ';' or a tab, got '%s'"):format(
      who, separator))
  end
end

--- The place of a column of an open file, given by name or by position from 1. Raises where there is none.
function csv.find(who, reader, column)
  local names, position = reader.names, options.integer(column)
  if position then
    position = position < 0 and #names + 1 + position or position
    if names[position] then return position end
  end
  local texts = {}
  for i, name in ipairs(names) do
    if name == column then return i end
    texts[i] = tostring(name)
  end
  core.raise(("%s: %s has no column %s%s; it has %s"):format(who, reader.path, options.describe(column),
    options.hint(column, texts), table.concat(texts, ", ")))
end

return csv
