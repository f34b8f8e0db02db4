--- What the session shows of tensors, models and Histories beyond what `print` does.
local colour = require "rnnlua.repl.colour"
local core = require "rnnlua.core"
local Progress = require "rnnlua.progress"
local shapes = require "rnnlua.shapes"

local objects = {}

local CURVE <const> = 40 -- columns of a sparkline, at most
local BARS <const> = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }

function objects.is_tensor(value) return type(value) == "userdata" and getmetatable(value) == "tensor" end

--- "float32 tensor of shape (2, 3)"
function objects.tensor_line(t) return ("%s tensor of shape %s"):format(t.dtype, shapes.text(t.shape)) end

local function is_model(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(meta) == "table" and rawget(meta, "is_model") == true
end

local function is_history(value)
  local History = package.loaded["rnnlua.history"]
  return type(value) == "table" and History ~= nil and getmetatable(value) == History
end

local function finite_range(values)
  local low, high = math.huge, -math.huge
  for _, v in ipairs(values) do
    if v - v == 0 then low, high = math.min(low, v), math.max(high, v) end
  end
  return low, high
end

--- One character a value, at most `columns`: of more values, the mean of as many as share a column.
local function sparkline(values, columns)
  local low, high = finite_range(values)
  local marks, count = {}, math.min(#values, columns)
  for i = 1, count do
    local first, last, sum = (i - 1) * #values // count + 1, i * #values // count, 0
    for k = first, last do sum = sum + values[k] / (last - first + 1) end
    local level = high > low and 1 + math.floor((sum - low) / (high - low) * (#BARS - 1) + 0.5) or 1
    marks[i] = sum - sum == 0 and BARS[level] or "?"
  end
  return table.concat(marks)
end

local function history_text(history)
  local names, wide = {}, 0
  for name in pairs(history.history) do
    names[#names + 1] = name
    wide = math.max(wide, #name)
  end
  table.sort(names)
  local lines, columns = { tostring(history) }, math.min(CURVE, core.columns() - wide - 16)
  for _, name in ipairs(names) do
    local values = history.history[name]
    local curve = Progress.utf8() and columns > 0 and sparkline(values, columns) .. "  " or ""
    lines[#lines + 1] = ("  %s  %s%.6g"):format(name .. (" "):rep(wide - #name), curve, values[#values])
  end
  return table.concat(lines, "\n")
end

local function model_text(model)
  local summary = require "rnnlua.summary"
  return (summary.text(model, {}, summary.style()):gsub("\n+$", ""))
end

--- @return string? # nil: nothing special
function objects.text(value)
  if objects.is_tensor(value) then return tostring(value) .. "\n" .. colour.footer(objects.tensor_line(value)) end
  if is_history(value) then return history_text(value) end
  if is_model(value) then return model_text(value) end
end

-- ---- in one line, for who() ------------------------------------------------------------------------------------

local function count(t)
  local n = 0
  for _ in next, t do n = n + 1 end
  return n
end

--- @return string, string # its kind, and what there is to say about it
function objects.line(value)
  local kind = type(value)
  if objects.is_tensor(value) then return "tensor", ("%s %s"):format(value.dtype, shapes.text(value.shape)) end
  if is_model(value) then
    local size = value.built and ("%d parameters"):format(value:count_params()) or "not built"
    return getmetatable(value).__name, ("'%s', %d layers, %s"):format(value.name, #value.layers, size)
  end
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and kind ~= "string" and rawget(meta, "__name")
  if type(name) == "string" then
    local ok, text = pcall(tostring, value)
    return name, ok and text or ""
  end
  if kind == "table" then return kind, ("%d entries"):format(count(value)) end
  if kind == "userdata" then return kind, "" end
  return kind, kind == "function" and "" or kind == "string" and ("%q"):format(value) or tostring(value)
end

return objects
