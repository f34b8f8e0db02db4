--- A matrix as shades: colours of a terminal that has them, else characters from light to dark.
local scale = require "rnnlua.plot.scale"
local frame = require "rnnlua.plot.frame"
local text = require "rnnlua.plot.text"

local heatmap = {}

local ROWS <const> = 32
local WIDEST_CELL <const> = 4

--- From low to high, near matplotlib's viridis, in the 256 colours of xterm.
local COLOURS = { 53, 54, 60, 24, 30, 36, 35, 77, 148, 220 }
local BLOCKS = { " ", "░", "▒", "▓", "█" }
local ASCII = { " ", ".", ":", "-", "=", "+", "*", "#", "%", "@" }

--- Which of n shades a value has.
local function shade(value, low, high, n)
  local share = high > low and (value - low) / (high - low) or 0
  return math.max(1, math.min(n, math.floor(share * n) + 1))
end

--- A value as `width` characters.
local function cell(value, low, high, width, look)
  if value ~= value then return ("?"):rep(width) end
  if look.colour then
    return ("\27[48;5;%dm%s\27[0m"):format(COLOURS[shade(value, low, high, #COLOURS)], (" "):rep(width))
  end
  local shades = look.utf8 and BLOCKS or ASCII
  return shades[shade(value, low, high, #shades)]:rep(width)
end

--- The mean of the finite numbers in a block of the matrix; nan where there is none.
local function block_mean(rows, first_row, last_row, first, last)
  local sum, count = 0.0, 0
  for i = first_row, last_row do
    for j = first, last do
      local value = rows[i][j]
      if value == value then sum, count = sum + value, count + 1 end
    end
  end
  return count > 0 and sum / count or 0 / 0
end

--- At most `height` by `width` numbers, each the mean of what it stands for.
function heatmap.shrink(rows, height, width)
  local n, m = #rows, #rows[1]
  if n <= height and m <= width then return rows end
  height, width = math.min(n, height), math.min(m, width)
  local small = {}
  for i = 1, height do
    small[i] = {}
    for j = 1, width do
      small[i][j] = block_mean(rows, (i - 1) * n // height + 1, i * n // height, (j - 1) * m // width + 1,
        j * m // width)
    end
  end
  return small
end

--- Names at rows or columns: words, or positions from 1.
local function name_of(words, position) return words and (words[position] or "") or tostring(position) end

--- The names of all rows drawn; those of a shrunken matrix are their first.
local function row_names(panel, drawn, look)
  local names, widest = {}, 0
  for i = 1, drawn do
    local name = name_of(panel.row_words, (i - 1) * #panel.matrix // drawn + 1)
    names[i] = text.cut(name, look.width // 3, look.utf8)
    widest = math.max(widest, text.width(names[i]))
  end
  return names, widest
end

local function column_marks(panel, drawn, width)
  local marks = {}
  for j = 1, drawn do
    local name = name_of(panel.column_words, (j - 1) * #panel.matrix[1] // drawn + 1)
    marks[j] = { (j - 1) * width + (width - 1) // 2, name }
  end
  return marks
end

--- "0 ░▒▓█ 1"
local function key(low, high, look)
  local shades = look.colour and COLOURS or look.utf8 and BLOCKS or ASCII
  local parts = {}
  for i = 1, #shades do parts[i] = cell(low + (i - 0.5) / #shades * (high - low), low, high, 1, look) end
  return scale.number(low) .. " " .. table.concat(parts) .. " " .. scale.number(high)
end

--- @param panel table matrix, row_words, column_words, title, xlabel, ylabel
--- @return string[] lines
function heatmap.draw(panel, look)
  local _, widest = row_names(panel, #panel.matrix, look)
  local room = math.max(8, look.width - widest - 3)
  local small = heatmap.shrink(panel.matrix, panel.height or ROWS, room)
  local names = row_names(panel, #small, look)
  local width = math.max(1, math.min(WIDEST_CELL, room // #small[1]))
  local low, high = scale.extent(small)
  local side, out, columns = look.utf8 and "│" or "|", {}, width * #small[1]
  low, high = low or 0, high or 0
  if panel.title then out[1] = frame.title(panel.title, look, widest + 2, columns) end
  if panel.ylabel then out[#out + 1] = text.cut(panel.ylabel, look.width, look.utf8) end
  for i, row in ipairs(small) do
    local parts = {}
    for j, value in ipairs(row) do parts[j] = cell(value, low, high, width, look) end
    out[#out + 1] = text.right(names[i], widest) .. " " .. side .. table.concat(parts) .. side
  end
  out[#out + 1] = (" "):rep(widest + 2) .. text.along(column_marks(panel, #small[1], width), columns)
  if panel.xlabel then out[#out + 1] = (" "):rep(widest + 2) .. text.center(panel.xlabel, columns) end
  out[#out + 1] = (" "):rep(widest + 2) .. key(low, high, look)
  return out
end

return heatmap
