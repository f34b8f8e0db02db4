--- The list that TAB shows where there are several ways to go on.
local colour = require "rnnlua.repl.colour"
local core = require "rnnlua.core"
local show_text = require "rnnlua.plot.text"

local GAP <const> = 2
local MOST_ROWS <const> = 20

--- The widths of the longest name and of the longest note.
local function widths(cells)
  local name, note = 0, 0
  for _, cell in ipairs(cells) do
    name, note = math.max(name, show_text.width(cell[1])), math.max(note, show_text.width(cell[2]))
  end
  return name, note
end

local function cell_text(cell, name_width, note_width)
  local name, note = show_text.left(cell[1], name_width), show_text.left(cell[2], note_width)
  return note_width == 0 and name or name .. (" "):rep(GAP) .. colour.footer(note)
end

--- Names in columns, each with its note, read downwards; of too many the first.
--- @param names string[]
--- @param note fun(name: string): string
--- @return string
return function(names, note)
  local cells = {}
  for i, name in ipairs(names) do cells[i] = { name, note(name) } end
  local name_width, note_width = widths(cells)
  local screen = core.columns() - 1
  if name_width + GAP + note_width > screen then note_width = math.max(0, screen - name_width - GAP) end
  for _, cell in ipairs(cells) do cell[2] = show_text.cut(cell[2], note_width, true) end
  local wide = name_width + (note_width > 0 and GAP + note_width or 0)
  local columns = math.max(1, (screen + GAP) // (wide + GAP))
  local rows = (#cells + columns - 1) // columns
  local lines = {}
  for row = 1, math.min(rows, MOST_ROWS) do
    local line = {}
    for at = row, #cells, rows do line[#line + 1] = cell_text(cells[at], name_width, note_width) end
    lines[row] = show_text.trim(table.concat(line, (" "):rep(GAP)))
  end
  local left = #cells - #lines * columns
  if rows > MOST_ROWS then lines[#lines + 1] = ("... (%d more)"):format(left) end
  return table.concat(lines, "\n")
end
