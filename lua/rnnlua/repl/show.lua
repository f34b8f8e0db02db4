--- Values as a person reads them: plain values as `print` shows them, tables laid out, with limits.
local core = require "rnnlua.core"
local objects = require "rnnlua.repl.objects"

local show = {}

local MAX_DEPTH <const>, MAX_ITEMS <const>, MAX_STRING <const> = 5, 100, 200

--- The text that a value gives itself; nil if it is a plain table.
local function own_text(value)
  if type(value) ~= "table" then return tostring(value) end
  local meta = getmetatable(value)
  if type(meta) == "table" and (meta.__tostring or meta.__name) then return tostring(value) end
end

local function quote(text)
  local cut = #text > MAX_STRING and text:sub(1, utf8.offset(text, 0, MAX_STRING) - 1) or text
  return (("%q"):format(cut):gsub("\\\n", "\\n"):gsub("\\9", "\\t")) .. (cut ~= text and "..." or "")
end

--- function(x, y); what is written in C tells no names
local function function_text(f)
  local info, names = debug.getinfo(f, "u"), {}
  for i = 1, info.nparams do names[i] = debug.getlocal(f, i) or "?" end
  if info.isvararg then names[#names + 1] = "..." end
  return "function(" .. table.concat(names, ", ") .. ")"
end

--- A tensor or another value of several lines has no place inside a table.
local function short_text(value)
  local text = own_text(value)
  if not text:find "\n" then return text end
  if objects.is_tensor(value) then return "<" .. objects.tensor_line(value) .. ">" end
  return text:match "^[^\n]*" .. " ..."
end

local function scalar_text(value)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "function" then return function_text(value) end
  return short_text(value)
end

local function key_text(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" then return key end
  return "[" .. (type(key) == "table" and "table" or scalar_text(key)) .. "]"
end

local ranks = { number = 1, string = 2 }

local function comes_before(a, b)
  local x, y = ranks[type(a)] or 3, ranks[type(b)] or 3
  if x ~= y then return x < y end
  if x == 3 then return tostring(a) < tostring(b) end
  return a < b
end

--- The keys beyond the list part, in an order that does not change from run to run.
local function other_keys(value, length)
  local keys = {}
  for key in next, value do
    local listed = math.type(key) == "integer" and key >= 1 and key <= length
    if not listed then keys[#keys + 1] = key end
  end
  table.sort(keys, comes_before)
  return keys
end

local value_text

--- The texts of a table's entries, and whether all are of one line.
local function items_of(value, indent, open)
  local items, flat, length = {}, true, rawlen(value)
  local keys = other_keys(value, length)
  local function add(text)
    items[#items + 1] = text
    flat = flat and not text:find "\n"
  end
  for i = 1, math.min(length, MAX_ITEMS) do add(value_text(rawget(value, i), indent, open)) end
  for i = 1, math.min(#keys, MAX_ITEMS - #items) do
    add(key_text(keys[i]) .. " = " .. value_text(rawget(value, keys[i]), indent, open))
  end
  local left = length + #keys - #items
  if left > 0 then items[#items + 1] = ("... (%d more)"):format(left) end
  return items, flat
end

local function text_width(text) return utf8.len(text) or #text end

--- Short items share lines, as words do in a paragraph.
local function fill(items, indent, width)
  local lines, line = {}, indent
  for i, item in ipairs(items) do
    local piece = item .. (i < #items and "," or "")
    if line ~= indent and text_width(line) + text_width(piece) + 1 > width then
      lines[#lines + 1], line = line, indent
    end
    line = line .. (line ~= indent and " " or "") .. piece
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function table_text(value, indent, open)
  if open[value] then return "<cycle>" end
  if next(value) == nil then return "{}" end
  if open.depth >= MAX_DEPTH then return "{...}" end
  open[value], open.depth = true, open.depth + 1
  local inner = indent .. "  "
  local items, flat = items_of(value, inner, open)
  open[value], open.depth = nil, open.depth - 1
  local width = core.columns() - 1
  local line = "{" .. table.concat(items, ", ") .. "}"
  if flat and text_width(indent) + text_width(line) <= width then return line end
  local is_list = flat and rawlen(value) >= #items - 1
  local body = is_list and fill(items, inner, width) or inner .. table.concat(items, ",\n" .. inner)
  return "{\n" .. body .. "\n" .. indent .. "}"
end

function value_text(value, indent, open)
  if type(value) == "table" and not own_text(value) then return table_text(value, indent, open) end
  return scalar_text(value)
end

--- A namespace such as rl.layers says what is in it.
local function namespace_text(value)
  local meta = type(value) == "table" and getmetatable(value)
  local fields = type(meta) == "table" and meta.__fields and meta.__fields(value)
  if type(fields) ~= "table" then return end
  table.sort(fields)
  return tostring(value) .. " has\n" .. fill(fields, "  ", core.columns() - 1)
end

--- @param value any
--- @return string # what the REPL prints for it
function show.value(value)
  return objects.text(value) or namespace_text(value) or own_text(value) or table_text(value, "", { depth = 0 })
end

--- @param value any
--- @return string # in one line, if it can be
function show.inline(value)
  return value_text(value, "  ", { depth = 0 })
end

--- Several results: beside each other as `print` does, below each other if a tensor or table takes several lines.
--- @return string
function show.results(...)
  local texts, separator = {}, "\t"
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    texts[i] = show.value(value)
    if type(value) ~= "string" and texts[i]:find "\n" then separator = "\n" end
  end
  return table.concat(texts, separator)
end

return show
