--- Bars: a line each with its name and number; where there are too many for that, columns side by side.
local scale = require "rnnlua.plot.scale"
local style = require "rnnlua.plot.style"
local text = require "rnnlua.plot.text"
local frame = require "rnnlua.plot.frame"
local curves = require "rnnlua.plot.curves"
local thin = require "rnnlua.plot.thin"
local Canvas = require "rnnlua.plot.canvas"

local bars = {}

local MOST_LINES <const> = 40
local ROWS <const> = 15
local SHORTEST <const> = 4 -- columns for bars, however long the names are
local EIGHTHS = { [0] = "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" }

--- A bar of so many columns, a fraction included.
local function bar(length, look, index)
  if not look.utf8 then return style.marker(index == 1 and 5 or index):rep(math.floor(length + 0.5)) end
  local eighths = math.floor(length * 8 + 0.5)
  return ("█"):rep(eighths // 8) .. EIGHTHS[eighths % 8]
end

--- What lies left and right of zero: a bar and its number. Bars to the left are whole characters.
local function bar_line(value, span, columns, look, index)
  local zero = math.floor(-span.low / (span.high - span.low) * columns + 0.5)
  if value ~= value then return (" "):rep(zero) .. (look.utf8 and "·" or "?") .. " nan" end
  local length = math.abs(value) / (span.high - span.low) * columns
  if value >= 0 then
    local drawn = bar(length, look, index)
    return (" "):rep(zero) .. style.series(look, index, drawn) .. " " .. scale.number(value)
  end
  local whole = math.min(zero, math.floor(length + 0.5))
  local drawn = bar(whole, look, index)
  return (" "):rep(zero - whole) .. style.series(look, index, drawn) .. " " .. scale.number(value)
end

--- The range of all bars, which begin at zero.
local function span_of(panel)
  local lists = {}
  for i, one in ipairs(panel.series) do lists[i] = one.y end
  local low, high = scale.extent(lists)
  low, high = math.min(0, low or 0), math.max(0, high or 0)
  return { low = low, high = low == high and 1 or high }
end

--- The widest number behind a bar.
local function number_width(panel)
  local width = 0
  for _, one in ipairs(panel.series) do
    for i = 1, #one.y do width = math.max(width, #scale.number(one.y[i])) end
  end
  return width
end

local function name_of(panel, i) return panel.words and panel.words[i] or scale.number(panel.series[1].x[i]) end

local function as_lines(panel, look, count)
  local widest, side = 0, look.utf8 and "│" or "|"
  for i = 1, count do widest = math.max(widest, text.width(name_of(panel, i))) end
  widest = math.min(widest, look.width // 2)
  local columns = math.max(SHORTEST, look.width - widest - 3 - number_width(panel))
  local span, out = span_of(panel), {}
  if panel.title then out[1] = frame.title(panel.title, look, widest + 2, columns) end
  if panel.ylabel then out[#out + 1] = text.cut(panel.ylabel, look.width, look.utf8) end
  for i = 1, count do
    for k, one in ipairs(panel.series) do
      local name = k == 1 and text.cut(name_of(panel, i), widest, look.utf8) or ""
      local value = one.y[i]
      out[#out + 1] = text.right(name, widest) .. " " .. side
        .. (value and bar_line(value, span, columns, look, k) or "")
    end
  end
  if panel.xlabel then out[#out + 1] = (" "):rep(widest + 2) .. panel.xlabel end
  local names = curves.names(panel) or {}
  for k, name in ipairs(names) do
    out[#out + 1] = (" "):rep(widest + 2) .. style.series(look, k, bar(2, look, k)) .. " " .. name
  end
  return out
end

--- Many bars: a column of dots from zero for each.
local function as_columns(panel, look)
  local rows, span = panel.height or ROWS, span_of(panel)
  local y_axis = scale.axis(span.low, span.high, math.max(2, rows // 3), { closed = true })
  local columns = math.max(8, look.width - frame.gutter(y_axis.labels))
  local x_axis = curves.horizontal(panel, columns)
  local canvas = Canvas.new(columns, rows, look, #panel.series)
  local zero = scale.place(y_axis, 0.0, canvas.high)
  for k, one in ipairs(panel.series) do
    local xs, ys = thin.line(one.x, one.y, x_axis, canvas.wide)
    for i = 1, #xs do
      local x, y = scale.place(x_axis, xs[i], canvas.wide), scale.place(y_axis, ys[i], canvas.high)
      if x and y then canvas:line(x, zero, x, y, k) end
    end
  end
  return frame.draw { look = look, columns = columns, rows = rows, row = function(k) return canvas:row(k) end,
    x_axis = x_axis, y_axis = y_axis, names = curves.names(panel), dots = canvas.dots,
    title = panel.title, xlabel = panel.xlabel, ylabel = panel.ylabel }
end

--- @param panel table series, words (names of bars, or nil), title, xlabel, ylabel
--- @return string[] lines
function bars.draw(panel, look)
  local count = 0
  for _, one in ipairs(panel.series) do count = math.max(count, #one.y) end
  if count * #panel.series <= (panel.height or MOST_LINES) then return as_lines(panel, look, count) end
  return as_columns(panel, look)
end

return bars
