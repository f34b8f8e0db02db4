--- What stands around a picture of characters: title, axes with their labels, legend.
local scale = require "rnnlua.plot.scale"
local style = require "rnnlua.plot.style"
local text = require "rnnlua.plot.text"

local frame = {}

local LINES = {
  [true] = { side = "│", tick = "┤", corner = "└", floor = "─", mark = "┬" },
  [false] = { side = "|", tick = "+", corner = "+", floor = "-", mark = "+" },
}

--- How wide the labels of a vertical axis are, with the axis itself.
function frame.gutter(labels)
  local width = 0
  for _, label in ipairs(labels) do width = math.max(width, text.width(label)) end
  return width + 2
end

--- Labels by row, from 1 at the top. Of what fills rows (`filled`) a label stands where so much ends: zero at the
--- floor, below the last row.
local function labels_by_row(axis, rows, filled)
  local by_row, places = {}, filled and rows + 1 or rows
  for i, tick in ipairs(axis.ticks) do
    local place = scale.place(axis, tick, places)
    if place then by_row[places - place] = by_row[places - place] or axis.labels[i] end
  end
  return by_row
end

--- Ticks with their columns, in `columns` characters.
local function marks_of(axis, columns)
  local marks = {}
  for i, tick in ipairs(axis.ticks) do
    local place = scale.place(axis, tick, columns)
    if place then marks[#marks + 1] = { place, axis.labels[i] } end
  end
  return marks
end

local function floor_line(lines, marks, columns, label)
  local parts = {}
  for column = 1, columns do parts[column] = lines.floor end
  for _, mark in ipairs(marks) do parts[mark[1] + 1] = lines.mark end
  return label .. " " .. lines.corner .. table.concat(parts)
end

--- The lines of a legend: the names of series in their colours, or behind their markers.
local function legend(names, look, dots, indent)
  local words = {}
  for i, name in ipairs(names) do
    local sign = dots and (look.utf8 and "━━" or "--") or style.marker(i)
    local word = text.cut(name, look.width - indent - 4, look.utf8)
    words[i] = { style.series(look, i, sign) .. " " .. word, text.width(sign) + 1 + text.width(word) }
  end
  return text.fill(words, look.width, (" "):rep(indent))
end

--- A title in the middle above `width` columns.
function frame.title(title, look, indent, width)
  local cut = text.cut(title, look.width, look.utf8)
  local room = math.max(0, indent + (width - text.width(cut)) // 2)
  room = math.min(room, math.max(0, look.width - text.width(cut)))
  return (" "):rep(room) .. style.bold(look, cut)
end

--- @param given table look, columns, rows, row = function(k) that gives the k-th row from the top, y_axis, x_axis,
--- filled = whether rows are filled from the floor, names (nil: no legend), dots = whether series differ by colour,
--- title, xlabel, ylabel
--- @return string[] lines
function frame.draw(given)
  local look, lines, out = given.look, LINES[given.look.utf8], {}
  local indent = frame.gutter(given.y_axis.labels) - 2
  if given.title then out[1] = frame.title(given.title, look, indent + 2, given.columns) end
  if given.ylabel then out[#out + 1] = text.cut(given.ylabel, look.width, look.utf8) end
  local by_row = labels_by_row(given.y_axis, given.rows, given.filled)
  for k = 1, given.rows do
    local side = by_row[k] and lines.tick or lines.side
    out[#out + 1] = text.trim(text.right(by_row[k] or "", indent) .. " " .. side .. given.row(k))
  end
  local marks = marks_of(given.x_axis, given.columns)
  out[#out + 1] = floor_line(lines, marks, given.columns, text.right(by_row[given.rows + 1] or "", indent))
  out[#out + 1] = (" "):rep(indent + 2) .. text.along(marks, given.columns)
  if given.xlabel then
    local label = text.cut(given.xlabel, given.columns, look.utf8)
    out[#out + 1] = (" "):rep(indent + 2) .. text.center(label, given.columns)
  end
  for _, line in ipairs(given.names and legend(given.names, look, given.dots, indent + 2) or {}) do
    out[#out + 1] = line
  end
  return out
end

return frame
