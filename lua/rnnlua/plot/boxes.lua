--- Boxes and arrows as text.
local text = require "rnnlua.plot.text"
local style = require "rnnlua.plot.style"
local text_width = require "rnnlua.text_width"

local boxes = {}

local UP <const>, DOWN <const>, LEFT <const>, RIGHT <const> = 1, 2, 4, 8

--- Characters by the directions in which lines leave them.
local GLYPHS = {
  [true] = { [UP] = "│", [DOWN] = "│", [UP | DOWN] = "│", [LEFT] = "─", [RIGHT] = "─", [LEFT | RIGHT] = "─",
    [DOWN | RIGHT] = "┌", [DOWN | LEFT] = "┐", [UP | RIGHT] = "└", [UP | LEFT] = "┘", [UP | DOWN | RIGHT] = "├",
    [UP | DOWN | LEFT] = "┤", [DOWN | LEFT | RIGHT] = "┬", [UP | LEFT | RIGHT] = "┴",
    [15] = "┼", joint = "●", head = "▼" },
  [false] = setmetatable({ [UP] = "|", [DOWN] = "|", [UP | DOWN] = "|", [LEFT] = "-", [RIGHT] = "-",
    [LEFT | RIGHT] = "-", [15] = "|", joint = "o", head = "v" }, { __index = function() return "+" end }),
}

local function grid_of(width, height)
  local grid = { bits = {}, words = {}, width = width, height = height }
  for y = 0, height - 1 do grid.bits[y], grid.words[y] = {}, {} end
  return grid
end

local function add_bits(grid, x, y, bits) grid.bits[y][x] = (grid.bits[y][x] or 0) | bits end

local function add_line(grid, x1, y1, x2, y2)
  for x = x1, x2 - 1 do
    add_bits(grid, x, y1, RIGHT)
    add_bits(grid, x + 1, y1, LEFT)
  end
  for y = y1, y2 - 1 do
    add_bits(grid, x1, y, DOWN)
    add_bits(grid, x1, y + 1, UP)
  end
end

local function add_word(grid, x, y, word)
  local at, words = x, grid.words[y]
  for _, code in utf8.codes(utf8.len(word) and word or word:gsub("[\128-\255]", "?")) do
    local width = text_width.of_code(code)
    if width == 0 then -- belongs to the character before
      words[at - 1] = (words[at - 1] or "") .. utf8.char(code)
    else
      words[at] = utf8.char(code)
      for covered = at + 1, at + width - 1 do words[covered] = "" end
    end
    at = at + width
  end
end

local function add_box(grid, one)
  local right, bottom = one.x + one.width - 1, one.y + 1 + #one.lines
  add_line(grid, one.x, one.y, right, one.y)
  add_line(grid, one.x, bottom, right, bottom)
  add_line(grid, one.x, one.y, one.x, bottom)
  add_line(grid, right, one.y, right, bottom)
  for i, line in ipairs(one.lines) do
    add_word(grid, one.x + (one.width - text.width(line)) // 2, one.y + i, line)
  end
end

local function row_of(grid, y, joints, glyphs)
  local parts = {}
  for x = grid.left, grid.width do
    local bits = grid.bits[y][x]
    local joined = bits == 15 and joints[y << 20 | x]
    parts[#parts + 1] = grid.words[y][x] or (joined and glyphs.joint) or (bits and glyphs[bits]) or " "
  end
  return text.trim(table.concat(parts))
end

--- @param made table of layout.lua
--- @return string[] lines
function boxes.draw(made, look)
  local glyphs, grid = GLYPHS[look.utf8], grid_of(made.width, made.height)
  for _, line in ipairs(made.lines) do add_line(grid, table.unpack(line)) end
  grid.left = made.width
  for _, one in ipairs(made.boxes) do
    add_box(grid, one)
    grid.left = math.min(grid.left, one.x)
  end
  for _, head in ipairs(made.heads) do grid.words[head[2]][head[1]] = glyphs.head end
  local out = {}
  for y = 0, made.height - 1 do out[#out + 1] = row_of(grid, y, made.joints, glyphs) end
  return out
end

--- Where boxes have no room beside each other: a line for each, with what it reads.
function boxes.list(all, look)
  local out, arrow = {}, look.utf8 and "←" or "<-"
  for _, one in ipairs(all) do
    local names = {}
    for i, source in ipairs(one.sources) do names[i] = source.name end
    out[#out + 1] = style.bold(look, text.cut(one.lines[1], look.width, look.utf8))
    local rest = one.lines[2] .. (#names > 0 and (" %s %s"):format(arrow, table.concat(names, ", ")) or "")
    out[#out + 1] = "  " .. text.cut(rest, look.width - 2, look.utf8)
  end
  return out
end

return boxes
