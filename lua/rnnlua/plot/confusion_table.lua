--- A confusion matrix as a table of characters: rows are true classes, columns predicted ones.
local style = require "rnnlua.plot.style"
local text = require "rnnlua.plot.text"

local table_of = {}

local LONGEST_HEADING <const> = 12
local SHOWN_PAIRS <const> = 5

--- Grounds from faint to strong, in the 256 colours of xterm: green for what was right, red for the rest.
local RIGHT, WRONG = { 22, 22, 28, 28, 34 }, { 52, 52, 88, 124, 160 }

--- "91.2%"; "-" of nothing
function table_of.percent(part, whole) return whole > 0 and ("%.1f%%"):format(100 * part / whole) or "-" end

local percent = table_of.percent

--- A cell of `width` columns: a number in colour or, where there is none, in brackets on the diagonal.
local function cell(made, i, j, width, look)
  local word = made.texts[i][j]
  if made.counts[i][j] == 0 and i ~= j then word = look.utf8 and "·" or "." end
  if not look.colour then return text.right(i == j and "[" .. word .. "]" or word .. " ", width) end
  local padded = text.right(word .. " ", width)
  if made.counts[i][j] == 0 then return padded end
  local grounds = i == j and RIGHT or WRONG
  local shade = grounds[math.min(#grounds, math.floor(made.shares[i][j] * #grounds) + 1)]
  return ("\27[97;48;5;%dm%s\27[0m"):format(shade, padded)
end

--- Columns: those of the names, of each cell, of all with the recalls. `headings` are what stands above the columns.
--- @param close boolean|nil whether cells may touch, and precisions are whole percents
--- @param bare boolean|nil whether there are counts alone, no recall and precision
local function measure(made, headings, close, bare)
  local names, cells = 4, close and 5 or 8 -- "true", " 100%", " 100.0% "
  for i, label in ipairs(made.row_labels) do
    names = math.max(names, text.width(label))
    cells = math.max(cells, text.width(headings[i]) + (close and 1 or 2))
    for _, word in ipairs(made.texts[i]) do cells = math.max(cells, #word + (close and 2 or 3)) end
  end
  local all = names + 2 + cells * #headings + (bare and 1 or 10)
  return { names = names, cells = cells, all = all, close = close, bare = bare }
end

local function heading_line(headings, size)
  local parts = {}
  for j, heading in ipairs(headings) do parts[j] = text.right(heading .. " ", size.cells) end
  return text.right("true", size.names) .. "  " .. text.trim(table.concat(parts) .. (size.bare and "" or "    recall"))
end

local function precision_line(made, size)
  local parts = {}
  for j, sum in ipairs(made.columns) do
    local word = percent(made.counts[j][j], sum)
    if size.close and sum > 0 then word = ("%.0f%%"):format(100 * made.counts[j][j] / sum) end
    parts[j] = text.right(word .. (size.close and "" or " "), size.cells)
  end
  return (" "):rep(size.names + 2) .. table.concat(parts) .. " precision"
end

local function rule(size, n, look)
  local left, line, right = "┌", "─", "┐"
  if not look.utf8 then left, line, right = "+", "-", "+" end
  return (" "):rep(size.names + 1) .. left .. line:rep(size.cells * n) .. right
end

local function accuracy_line(made)
  return ("accuracy %s (%d of %d)"):format(percent(made.right, made.all), made.right, made.all)
end

local function as_table(made, headings, size, look, title)
  local out, side, n = {}, look.utf8 and "│" or "|", #headings
  if title then out[1] = style.bold(look, title) end
  out[#out + 1] = (" "):rep(size.names + 2) .. text.trim(text.center("predicted", size.cells * n))
  out[#out + 1] = heading_line(headings, size)
  out[#out + 1] = rule(size, n, look)
  for i, label in ipairs(made.row_labels) do
    local parts = {}
    for j = 1, n do parts[j] = cell(made, i, j, size.cells, look) end
    local recall = size.bare and "" or " " .. text.right(percent(made.counts[i][i], made.rows[i]), 8)
    out[#out + 1] = ("%s %s%s%s%s"):format(text.right(label, size.names), side, table.concat(parts), side, recall)
  end
  out[#out + 1] = (rule(size, n, look):gsub("┌", "└"):gsub("┐", "┘"))
  if not size.bare then out[#out + 1] = precision_line(made, size) end
  out[#out + 1] = accuracy_line(made)
  return table.concat(out, "\n") .. "\n"
end

--- "cat taken for dog: 12 times", the most frequent first.
local function confused_pairs(made)
  local list = {}
  for i, row in ipairs(made.counts) do
    for j, count in ipairs(row) do
      if i ~= j and count > 0 then list[#list + 1] = { count, i, j } end
    end
  end
  table.sort(list, function(a, b)
    if a[1] ~= b[1] then return a[1] > b[1] end
    return a[2] < b[2] or a[2] == b[2] and a[3] < b[3]
  end)
  local lines = {}
  for k = 1, math.min(SHOWN_PAIRS, #list) do
    local count, i, j = table.unpack(list[k])
    lines[k] = ("%s taken for %s: %d of %d"):format(made.labels[i], made.labels[j], count, made.rows[i])
  end
  return lines
end

local function cut_all(labels, width, look)
  local list = {}
  for i, label in ipairs(labels) do list[i] = text.cut(label, width, look.utf8) end
  return list
end

--- Numbers for headings, and names that begin with them.
local function numbered(labels)
  local headings, names = {}, {}
  for i, label in ipairs(labels) do
    headings[i] = tostring(i - 1)
    names[i] = label == headings[i] and label or headings[i] .. " " .. label
  end
  return headings, names
end

--- Too many classes for a table: shades of each row's shares.
local function as_shades(made, look)
  made.panel.column_words, made.panel.row_words = numbered(cut_all(made.labels, look.width // 4, look))
  local out = require "rnnlua.plot.heatmap".draw(made.panel, look)
  table.move(confused_pairs(made), 1, SHOWN_PAIRS, #out + 1, out)
  return table.concat(out, "\n") .. "\n"
end

--- @param made table what count of confusion.lua gives, with labels, texts, shares and a panel
--- @param title string|nil
--- @return string
function table_of.text(made, look, title)
  local labels = cut_all(made.labels, math.max(8, look.width // 3), look)
  local headings = cut_all(labels, LONGEST_HEADING, look)
  made.row_labels = labels
  local size = measure(made, headings)
  if size.all > look.width then
    headings, made.row_labels = numbered(labels)
    size = measure(made, headings)
    if size.all > look.width then size = measure(made, headings, true) end
    if size.all > look.width then size = measure(made, headings, true, true) end
  end
  if size.all > look.width then return as_shades(made, look) end
  return as_table(made, headings, size, look, title)
end

return table_of
