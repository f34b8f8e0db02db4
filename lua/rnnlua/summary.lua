--- model:summary(): the table of layers, as Keras draws it on a terminal (keras/src/utils/summary_utils.py)
--- or, where output is no UTF-8 terminal, as the plain table with `____` rules.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local Progress = require "rnnlua.progress"

local summary = {}

-- what is shown ------------------------------------------------------------------------------------

--- 1234567 -> 1,234,567
local function commas(n)
  local text = tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function memory_text(count)
  local bytes = 4.0 * count
  local units = { "B", "KB", "MB", "GB", "TB" }
  local unit = 1
  while bytes >= 1024 and unit < #units do bytes, unit = bytes / 1024, unit + 1 end
  return ("%.2f %s"):format(bytes, units[unit])
end

local function plain_text(text) return text end

--- "(None, 10)"; a list of shapes for several outputs; "?" for a layer not built
local function shape_text(shape, paint)
  if shape == nil then return "?" end
  local parts = {}
  if type(shape[1]) == "table" then
    for i, inner in ipairs(shape) do parts[i] = shape_text(inner, paint) end
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  for i, extent in ipairs(shape) do
    parts[i] = extent == -1 and paint("None", 45) or paint(tostring(extent), 34)
  end
  return "(" .. table.concat(parts, ", ") .. ")"
end

--- One row: cells of text, coloured by paint(text, colour).
local function layer_row(layer, show_trainable, paint)
  local built = layer.built
  local params = built and paint(commas(layer:count_params()), 34)
    or paint("0", 34) .. " (unbuilt)"
  local row = {
    layer.name .. " (" .. paint(layer.class_name, 33) .. ")",
    shape_text(built and layer.output_shape or nil, paint),
    params,
  }
  if show_trainable then
    local has_weights = built and layer:count_params() > 0
    row[4] = not has_weights and paint("-", "bold")
      or layer.trainable and paint("Y", "bold 34") or paint("N", "bold 9")
  end
  return row
end

local function size_of(weights)
  local total = 0
  for _, weight in ipairs(weights) do total = total + weight.size end
  return total
end

local function counts(model)
  local trainable, fixed = size_of(model.trainable_weights), size_of(model.non_trainable_weights)
  return { { "Total params: ", trainable + fixed }, { "Trainable params: ", trainable },
    { "Non-trainable params: ", fixed } }
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

local ALIGNMENT = { "left", "left", "right", "center" }

local function box_rule(widths, left, fill, middle, right)
  local parts = {}
  for i, width in ipairs(widths) do parts[i] = fill:rep(width) end
  return left .. table.concat(parts, middle) .. right
end

--- The lines of one row; a cell that is too long makes it several lines high. The heading's cells sit at the
--- bottom, as rich's do, the others at the top.
local function box_row(cells, widths, bar, heading)
  local columns, height = {}, 1
  for i, cell in ipairs(cells) do
    columns[i] = wrap(cell, widths[i] - 2)
    height = math.max(height, #columns[i])
  end
  local lines = {}
  for k = 1, height do
    local parts = {}
    for i, width in ipairs(widths) do
      local text = columns[i][heading and k - height + #columns[i] or k] or ""
      text = " " .. align(text, width - 2, ALIGNMENT[i]) .. " "
      parts[i] = heading and heading(text) or text
    end
    lines[k] = bar .. table.concat(parts, bar) .. bar
  end
  return table.concat(lines, "\n")
end

--- What rich takes from each column's share for rules and padding.
local NARROWED = { [3] = { 1, 2, 1 }, [4] = { 1, 1, 2, 1 } }

local function box_widths(given)
  local length = given.line_length
    or math.min(given.show_trainable and 100 or 88, core.columns() - 4)
  local ends = { math.floor(0.45 * length), math.floor(0.8 * length), length }
  if given.show_trainable then
    for i, share in ipairs { 0.45, 0.8, 1.0 } do ends[i] = math.floor(share * 0.9 * length) end
    ends[4] = length
  end
  local widths, start = {}, 0
  for i, stop in ipairs(ends) do
    widths[i] = math.max(3, stop - start - NARROWED[#ends][i])
    start = stop
  end
  return widths
end

local function heading(show_trainable)
  return { "Layer (type)", "Output Shape", "Param #", show_trainable and "Trainable" or nil }
end

local function boxed(model, given, paint)
  local widths = box_widths(given)
  local function bold(text) return paint(text, "bold") end
  local out = {
    bold(('Model: "%s"'):format(model.name)),
    box_rule(widths, "┏", "━", "┳", "┓"),
    box_row(heading(given.show_trainable), widths, "┃", bold),
    box_rule(widths, "┡", "━", "╇", "┩"),
  }
  for i, layer in ipairs(model.layers) do
    if i > 1 then out[#out + 1] = box_rule(widths, "├", "─", "┼", "┤") end
    out[#out + 1] = box_row(layer_row(layer, given.show_trainable, paint), widths, "│")
  end
  out[#out + 1] = box_rule(widths, "└", "─", "┴", "┘")
  for _, entry in ipairs(counts(model)) do
    out[#out + 1] = ("%s%s (%s)"):format(bold(" " .. entry[1]), paint(commas(entry[2]), 34),
      memory_text(entry[2]))
  end
  return table.concat(out, "\n") .. "\n"
end

local function plain_row(cells, ends)
  local line = ""
  for i, stop in ipairs(ends) do
    line = line .. (cells[i] or "")
    if i < #ends then line = line:sub(1, stop - 1) end
    line = line .. (" "):rep(stop - #line)
  end
  return line
end

local function plain(model, given)
  local last = given.show_trainable and 10 or 0
  local length = given.line_length or 65 + last
  local ends = {}
  for i, share in ipairs { 0.45, 0.85, 1.0 } do ends[i] = math.floor(share * (length - last)) end
  if given.show_trainable then ends[4] = length end
  local rule = ("_"):rep(length)
  local out = { ('Model: "%s"'):format(model.name), rule,
    plain_row(heading(given.show_trainable), ends) }
  for i, layer in ipairs(model.layers) do
    if i > 1 then out[#out + 1] = rule end
    out[#out + 1] = plain_row(layer_row(layer, given.show_trainable, plain_text), ends)
  end
  for _, entry in ipairs(counts(model)) do out[#out + 1] = entry[1] .. commas(entry[2]) end
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
  { "line_length", "integer", nil, low = 20, doc = "columns; the terminal's width, at most 88" },
  { "print_fn", "function", doc = "gets the text instead of standard output" },
  { "expand_nested", "boolean", false,
    doc = "show the layers of models inside the model" }, -- no model holds another one yet: nothing to expand
  { "show_trainable", "boolean", false, doc = "a column that says which layers are trained" },
}
summary.SUMMARY = SUMMARY -- for help

--- The table as text. `style` is "box", "colour" or "plain".
--- @param model table
--- @param given table line_length, show_trainable
--- @param style string
--- @return string
function summary.text(model, given, style)
  if style == "plain" then return plain(model, given) end
  return boxed(model, given, style == "colour" and terminal_paint or plain_text)
end

--- model:summary{line_length=, print_fn=, expand_nested=, show_trainable=}. print_fn is called once, with
--- the whole text.
function summary.print(model, given)
  given = options.read("summary", SUMMARY, given)
  local terminal = not given.print_fn and core.isatty(1) and Progress.utf8()
  local text = summary.text(model, given, not terminal and "plain" or Progress.colour() and "colour" or "box")
  if given.print_fn then
    given.print_fn(text)
  else
    io.stdout:write(text)
  end
end

return summary
