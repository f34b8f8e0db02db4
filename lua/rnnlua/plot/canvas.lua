--- What lines and points are drawn on: dots of Braille characters, 2 by 4 in each, or, where several series can't be
--- told apart by colour or the picture is to be ASCII, characters.
---
--- Dots count from 0 at the lower left corner.
local style = require "rnnlua.plot.style"

local Canvas = { __name = "canvas" }
Canvas.__index = Canvas

--- The bits of a Braille character, by column and by row from below (Unicode 2800).
local BITS = { [0] = { [0] = 0x40, 0x04, 0x02, 0x01 }, { [0] = 0x80, 0x20, 0x10, 0x08 } }

--- @param columns integer characters
--- @param rows integer characters
--- @param look table of style.lua
--- @param series integer how many there are to tell apart
function Canvas.new(columns, rows, look, series)
  local dots = look.utf8 and (look.colour or series == 1)
  return setmetatable({ columns = columns, rows = rows, look = look, dots = dots,
    wide = columns * (dots and 2 or 1), high = rows * (dots and 4 or 1), cells = {}, owners = {} }, Canvas)
end

--- Marks one dot for a series.
function Canvas:dot(x, y, series)
  if x < 0 or y < 0 or x >= self.wide or y >= self.high then return end
  if not self.dots then
    self.cells[y * self.columns + x] = style.marker(series)
    return
  end
  local cell = (y // 4) * self.columns + x // 2
  self.cells[cell] = (self.cells[cell] or 0) | BITS[x % 2][y % 4]
  self.owners[cell] = series
end

--- A point that is seen alone.
function Canvas:point(x, y, series)
  self:dot(x, y, series)
  if not self.dots then return end
  local beside, above = x % 2 == 0 and x + 1 or x - 1, y % 4 == 3 and y - 1 or y + 1
  self:dot(beside, y, series)
  self:dot(x, above, series)
  self:dot(beside, above, series)
end

--- A straight line between two dots.
function Canvas:line(x1, y1, x2, y2, series)
  local steps = math.max(math.abs(x2 - x1), math.abs(y2 - y1))
  for i = 0, steps do
    local share = steps == 0 and 0 or i / steps
    self:dot(math.floor(x1 + (x2 - x1) * share + 0.5), math.floor(y1 + (y2 - y1) * share + 0.5), series)
  end
end

function Canvas:text_of(cell)
  local value = self.cells[cell]
  if value == nil then return " " end
  return self.dots and utf8.char(0x2800 + value) or value
end

--- A row of characters, from 1 at the top; neighbours of one colour share its escapes.
function Canvas:row(k)
  local parts, run, owner = {}, {}, nil
  local function finish()
    local words = table.concat(run)
    parts[#parts + 1] = owner and style.series(self.look, owner, words) or words
    run = {}
  end
  for column = 0, self.columns - 1 do
    local cell = (self.rows - k) * self.columns + column
    if self.owners[cell] ~= owner then finish() end
    owner = self.owners[cell]
    run[#run + 1] = self:text_of(cell)
  end
  finish()
  return table.concat(parts)
end

return Canvas
