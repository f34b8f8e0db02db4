--- model:summary(): the table of layers, as Keras draws it on a terminal (keras/src/utils/summary_utils.py)
--- or, where output is no UTF-8 terminal, as the plain table with `____` rules.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local Progress = require "rnnlua.progress"
local summary_rows = require "rnnlua.summary_rows"

local summary = {}

local commas, plain_text = summary_rows.commas, summary_rows.plain_text
local rows_of, shown_of, counts, memory_of = summary_rows.of, summary_rows.shown, summary_rows.counts, summary_rows.memory

local function bytes_text(bytes)
  local units = { "B", "KB", "MB", "GB", "TB" }
  local unit = 1
  while bytes >= 1024 and unit < #units do bytes, unit = bytes / 1024, unit + 1 end
  return ("%.2f %s"):format(bytes, units[unit])
end

-- text of a known width, with escapes inside ----------------------------------------------------------

local function visible(text) return utf8.len((text:gsub("\27%[[%d;]*m", ""))) end

--- Cuts a word to `width` columns with an ellipsis; colours go with the cut.
local function shorten(word, width)
  if visible(word) <= width then return word end
  local bare = word:gsub("\27%[[%d;]*m", "")
  return bare:sub(1, utf8.offset(bare, width) - 1) .. "…"
end

--- Breaks a cell between words into lines of at most `width` columns.
local function wrap(text, width)
  if visible(text) <= width then return { text } end
  local lines, line = {}, nil
  for word in text:gmatch("%S+") do
    word = shorten(word, width)
    if line and visible(line) + 1 + visible(word) <= width then
      line = line .. " " .. word
    else
      if line then lines[#lines + 1] = line end
      line = word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function align(text, width, how)
  local gap = math.max(0, width - visible(text))
  if how == "right" then return (" "):rep(gap) .. text end
  local left = how == "center" and gap // 2 or 0
  return (" "):rep(left) .. text .. (" "):rep(gap - left)
end

-- the two tables -------------------------------------------------------------------------------------

local function alignments(shown)
  local list = { "left", "left", "right" }
  if shown.calls then list[#list + 1] = "left" end
  if shown.show_trainable then list[#list + 1] = "center" end
  return list
end

local function box_rule(widths, left, fill, middle, right)
  local parts = {}
  for i, width in ipairs(widths) do parts[i] = fill:rep(width) end
  return left .. table.concat(parts, middle) .. right
end

--- The lines of one row; a cell that is too long makes it several lines high. The heading's cells sit at the
--- bottom, as rich's do, the others at the top.
local function box_row(cells, layout, bar, heading)
  local columns, height, widths = {}, 1, layout.widths
  for i, cell in ipairs(cells) do
    if type(cell) == "table" then cell = #cell == 0 and "-" or table.concat(cell, ", ") end
    columns[i] = wrap(cell, widths[i] - 2)
    height = math.max(height, #columns[i])
  end
  local lines = {}
  for k = 1, height do
    local parts = {}
    for i, width in ipairs(widths) do
      local text = columns[i][heading and k - height + #columns[i] or k] or ""
      text = " " .. align(text, width - 2, layout.alignments[i]) .. " "
      parts[i] = heading and heading(text) or text
    end
    lines[k] = bar .. table.concat(parts, bar) .. bar
  end
  return table.concat(lines, "\n")
end

--- What rich takes from each column's share for rules and padding, by the number of columns.
local NARROWED = { [3] = { 1, 2, 1 }, [4] = { 1, 1, 2, 1 }, [5] = { 1, 1, 1, 2, 1 } }

local function box_widths(shown)
  local most = (shown.calls and 108 or 88) + (shown.show_trainable and 12 or 0)
  local length = shown.line_length or math.min(most, core.columns() - 4)
  local ends = {}
  for i, share in ipairs(shown.calls and { 0.3, 0.56, 0.74, 1.0 } or { 0.45, 0.8, 1.0 }) do
    ends[i] = math.floor((shown.show_trainable and share * 0.9 or share) * length)
  end
  if shown.show_trainable then ends[#ends + 1] = length end
  local widths, start = {}, 0
  for i, stop in ipairs(ends) do
    widths[i] = math.max(3, stop - start - NARROWED[#ends][i])
    start = stop
  end
  return widths
end

local function heading(shown)
  local cells = { "Layer (type)", "Output Shape", "Param #" }
  if shown.calls then cells[#cells + 1] = "Connected to" end
  if shown.show_trainable then cells[#cells + 1] = "Trainable" end
  return cells
end

local function boxed(model, given, paint)
  local shown = shown_of(model, given)
  local widths = box_widths(shown)
  local layout = { widths = widths, alignments = alignments(shown) }
  local function bold(text) return paint(text, "bold") end
  local out = {
    bold(('Model: "%s"'):format(model.name)),
    box_rule(widths, "┏", "━", "┳", "┓"),
    box_row(heading(shown), layout, "┃", bold),
    box_rule(widths, "┡", "━", "╇", "┩"),
  }
  for i, row in ipairs(rows_of(model, shown, paint)) do
    if i > 1 then out[#out + 1] = box_rule(widths, "├", "─", "┼", "┤") end
    out[#out + 1] = box_row(row, layout, "│")
  end
  out[#out + 1] = box_rule(widths, "└", "─", "┴", "┘")
  for _, entry in ipairs(counts(model)) do
    out[#out + 1] = ("%s%s (%s)"):format(bold(" " .. entry[1]), paint(commas(entry[2]), 34),
      bytes_text(4.0 * entry[2]))
  end
  for _, entry in ipairs(given.memory and memory_of(model, bytes_text) or {}) do
    out[#out + 1] = bold(" " .. entry[1]) .. entry[2]
  end
  return table.concat(out, "\n") .. "\n"
end

--- The first `count` characters; a name may be in UTF-8.
local function first_characters(text, count)
  local stop = utf8.offset(text, count + 1)
  return stop and text:sub(1, stop - 1) or text
end

local function plain_row(cells, ends)
  local line = ""
  for i, stop in ipairs(ends) do
    line = line .. (cells[i] or "")
    if i < #ends then line = first_characters(line, stop - 1) end
    line = line .. (" "):rep(stop - utf8.len(line))
  end
  return line
end

--- One row; each connection has a line of its own.
local function plain_rows(cells, ends, shown)
  if not shown.calls then return plain_row(cells, ends) end
  local sources, lines = cells[4], {}
  for k = 1, math.max(1, #sources) do
    local line = k == 1 and table.move(cells, 1, #cells, 1, {}) or { "", "", "", "", "" }
    line[4] = sources[k] or "-"
    lines[k] = plain_row(line, ends)
  end
  return table.concat(lines, "\n")
end

local function plain(model, given)
  local shown = shown_of(model, given)
  local last = given.show_trainable and 10 or 0
  local length = given.line_length or (shown.calls and 98 or 65) + last
  local ends = {}
  for i, share in ipairs(shown.calls and { 0.33, 0.57, 0.69, 1.0 } or { 0.45, 0.85, 1.0 }) do
    ends[i] = math.floor(share * (length - last))
  end
  if given.show_trainable then ends[#ends + 1] = length end
  local rule = ("_"):rep(length)
  local out = { ('Model: "%s"'):format(model.name), rule, plain_row(heading(shown), ends) }
  for i, row in ipairs(rows_of(model, shown, plain_text)) do
    if i > 1 then out[#out + 1] = rule end
    out[#out + 1] = plain_rows(row, ends, shown)
  end
  for _, entry in ipairs(counts(model)) do out[#out + 1] = entry[1] .. commas(entry[2]) end
  for _, entry in ipairs(given.memory and memory_of(model, bytes_text) or {}) do
    out[#out + 1] = entry[1] .. entry[2]
  end
  out[#out + 1] = rule
  return table.concat(out, "\n") .. "\n"
end

-- the method --------------------------------------------------------------------------------------------

--- Colours as rich gives them; a style is "bold", a colour's number (8 or more), or both.
local function terminal_paint(text, style)
  local codes = {}
  for word in tostring(style):gmatch("%S+") do
    local colour = tonumber(word)
    codes[#codes + 1] = not colour and "1" or colour < 16 and ("%d"):format(82 + colour) or "38;5;" .. word
  end
  return ("\27[%sm%s\27[0m"):format(table.concat(codes, ";"), text)
end

local SUMMARY = {
  { "line_length", "integer", nil, low = 20, doc = "columns; the terminal's width, at most 88, or 108 with branches" },
  { "print_fn", "function", doc = "gets the text instead of standard output" },
  { "expand_nested", "boolean", false,
    doc = "show the layers of models inside the model" },
  { "show_trainable", "boolean", false, doc = "a column that says which layers are trained" },
  { "memory", "boolean", false, doc = "what training has taken so far: its arena, gradients, the optimizer's state" },
}
summary.SUMMARY = SUMMARY -- for help

--- The table as text. `style` is "box", "colour" or "plain".
--- @param model table
--- @param given table line_length, show_trainable, memory
--- @param style string
--- @return string
function summary.text(model, given, style)
  if style == "plain" then return plain(model, given) end
  return boxed(model, given, style == "colour" and terminal_paint or plain_text)
end

--- How a summary is drawn on standard output: "plain" unless it is a terminal, "colour" where there is colour, or "box".
function summary.style()
  if not (core.isatty(1) and Progress.utf8()) then return "plain" end
  return Progress.colour() and "colour" or "box"
end

--- model:summary{line_length=, print_fn=, expand_nested=, show_trainable=, memory=}. print_fn is called once, with
--- the whole text.
function summary.print(model, given)
  given = options.read("summary", SUMMARY, given)
  local text = summary.text(model, given, given.print_fn and "plain" or summary.style())
  if given.print_fn then
    given.print_fn(text)
  else
    io.stdout:write(text)
  end
end

return summary
