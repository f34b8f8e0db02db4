--- How a failing test shows values: as Lua writes them, tensors as they print, two of them in columns.
local show = {}

local MAX_DEPTH, MAX_ITEMS = 8, 60

local function number_text(value)
  if math.type(value) == "integer" then return tostring(value) end
  for digits = 14, 17 do
    local text = string.format("%." .. digits .. "g", value)
    if tonumber(text) == value or value ~= value then
      return text:find "^-?%d+$" and text .. ".0" or text
    end
  end
  return tostring(value)
end

--- A text of several lines is easier to read as it is.
local function string_text(value)
  if value:find "\n" and not value:find "[^\n\t\32-\126\128-\255]" then return "[[" .. value .. "]]" end
  return string.format("%q", value)
end

--- Whether `value` is a tensor, of this or another build of the host.
function show.is_tensor(value)
  if type(value) ~= "userdata" then return false end
  local ok, method = pcall(function() return value.totable end)
  return ok and type(method) == "function"
end

local function tensor_text(value)
  local shape = {}
  for i, extent in ipairs(value.shape) do shape[i] = string.format("%d", extent) end
  return string.format("%s tensor (%s)\n%s", value.dtype, table.concat(shape, ", "), tostring(value))
end

local function key_text(key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" then return key end
  return "[" .. (type(key) == "string" and string.format("%q", key) or tostring(key)) .. "]"
end

--- Keys in an order that does not change from run to run: numbers, then the rest by their text.
local function sorted_keys(value)
  local keys = {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == "number" and type(b) == "number" then return a < b end
    if type(a) ~= type(b) then return type(a) < type(b) end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local value_text

local function table_text(value, indent, open)
  if open[value] then return "<a table that holds this one>" end
  if next(value) == nil then return "{}" end
  if #indent > 2 * MAX_DEPTH then return "{...}" end
  open[value] = true
  local items, flat, length = {}, true, 0
  local inner, count = indent .. "  ", 0
  for _, key in ipairs(sorted_keys(value)) do
    count = count + 1
    if count > MAX_ITEMS then items[count] = "..." break end
    local text = value_text(value[key], inner, open)
    items[count] = key == count and text or key_text(key) .. " = " .. text
    flat = flat and not text:find "\n"
    length = length + #items[count] + 2
  end
  open[value] = nil
  if flat and length < 60 then return "{ " .. table.concat(items, ", ") .. " }" end
  return "{\n" .. inner .. table.concat(items, ",\n" .. inner) .. "\n" .. indent .. "}"
end

function value_text(value, indent, open)
  local kind = type(value)
  if kind == "number" then return number_text(value) end
  if kind == "string" then return string_text(value) end
  if kind == "table" and not (getmetatable(value) or {}).__tostring then
    return table_text(value, indent, open)
  end
  if show.is_tensor(value) then return (tensor_text(value):gsub("\n", "\n" .. indent)) end
  return tostring(value)
end

--- @param value any
--- @return string # the value as Lua would write it, over several lines where it is large
function show.value(value) return value_text(value, "", {}) end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

local function width_of(lines)
  local width = 0
  for _, line in ipairs(lines) do width = math.max(width, utf8.len(line) or #line) end
  return width
end

local function pad(text, width) return text .. (" "):rep(width - (utf8.len(text) or #text)) end

--- Two texts beside each other, lines that differ marked with `!`; below each other where too wide.
--- @return string
function show.columns(left_title, left, right_title, right)
  local left_lines, right_lines = lines_of(left), lines_of(right)
  local width = math.max(width_of(left_lines), #left_title)
  if width + width_of(right_lines) > 110 then
    return ("  %s:\n    %s\n  %s:\n    %s"):format(left_title, left:gsub("\n", "\n    "), right_title,
                                                  (right:gsub("\n", "\n    ")))
  end
  local out = { "    " .. pad(left_title, width) .. "   " .. right_title }
  for i = 1, math.max(#left_lines, #right_lines) do
    local a, b = left_lines[i], right_lines[i]
    local mark = a == b and "  " or "! "
    out[#out + 1] = ("  " .. mark .. pad(a or "", width) .. " | " .. (b or "")):gsub("%s+$", "")
  end
  return table.concat(out, "\n")
end

return show
