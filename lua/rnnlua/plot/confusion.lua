--- rl.plot.confusion_matrix: how often a class was taken for which.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local text = require "rnnlua.plot.text"
local numbers = require "rnnlua.plot.numbers"
local classes = require "rnnlua.plot.classes"
local output = require "rnnlua.plot.output"
local table_of = require "rnnlua.plot.confusion_table"
local panels = require "rnnlua.plot.panels"

local plot = {}

local WHO <const> = "rl.plot.confusion_matrix"
local MOST_TEXTS <const> = 30 -- classes whose numbers have room in a file's cells

local NORMALIZE = { { "true" }, { "pred" }, { "all" } }

plot.SPEC = {
  { "labels", "table", doc = "names of the classes 0, 1, …" },
  { "normalize", "boolean|string", false, choices = NORMALIZE,
    doc = "shares instead of counts: of the true class (true or \"true\"), of the predicted one, of all" },
  { "title", "string", doc = "stands above" },
}
table.move(panels.OUTPUT, 1, #panels.OUTPUT, #plot.SPEC + 1, plot.SPEC)

--- Counts by true class and predicted one, with sums.
--- @return {counts: integer[][], rows: integer[], columns: integer[], right: integer, all: integer}
function plot.count(actual, predicted, n)
  local made = { counts = {}, rows = {}, columns = {}, right = 0, all = #actual }
  for i = 1, n do
    made.counts[i], made.rows[i], made.columns[i] = {}, 0, 0
    for j = 1, n do made.counts[i][j] = 0 end
  end
  for k = 1, #actual do
    local i, j = actual[k] + 1, predicted[k] + 1
    made.counts[i][j] = made.counts[i][j] + 1
    made.rows[i], made.columns[j] = made.rows[i] + 1, made.columns[j] + 1
    made.right = made.right + (i == j and 1 or 0)
  end
  return made
end

--- Shares of what `normalize` says; 0 of nothing is 0.
local function shares(made, normalize)
  local result = {}
  for i, row in ipairs(made.counts) do
    result[i] = {}
    for j, count in ipairs(row) do
      local whole = normalize == "pred" and made.columns[j] or normalize == "all" and made.all or made.rows[i]
      result[i][j] = whole > 0 and count / whole or 0.0
    end
  end
  return result
end

local function cell_texts(made, normalize)
  local result = {}
  local values = normalize and shares(made, normalize) or made.counts
  for i, row in ipairs(values) do
    result[i] = {}
    for j, value in ipairs(row) do result[i][j] = (normalize and "%.2f" or "%d"):format(value) end
  end
  return result
end

--- As a panel, for files and where a table has no room.
local function panel_of(made, labels, given)
  local accuracy = ("accuracy %s (%d of %d)"):format(table_of.percent(made.right, made.all), made.right, made.all)
  return { kind = "heatmap", matrix = shares(made, given.normalize), row_words = labels, column_words = labels,
    title = (given.title and given.title .. ": " or "") .. accuracy, xlabel = "predicted", ylabel = "true",
    palette = "(0 '#f7fbff', 1 '#08306b')",
    texts = #labels <= MOST_TEXTS and cell_texts(made, given.normalize) or nil }
end

--- Prints how often each class (a row) was predicted as which (a column), with recall, precision and accuracy:
---
---     rl.plot.confusion_matrix({ 0, 1, 1 }, { {0.9, 0.1}, {0.2, 0.8}, {0.6, 0.4} }, { labels = { "cat", "dog" } })
---
--- Classes are integers from 0, names, rows with a one in them, or rows of probabilities, of which the largest
--- counts; a single probability is class 1 from 0.5 on. What was right stands in brackets, or in green where there is
--- colour. Many classes are drawn as shades, with the pairs most often confused. Returns nothing; for a file true, or
--- nil and a message.
--- @param y_true tensor|table {n}, {n, 1} or {n, k}
--- @param y_pred tensor|table likewise
--- @param given table|nil arguments by name
function plot.confusion_matrix(y_true, y_pred, given)
  given = options.read(WHO, plot.SPEC, given)
  if y_true == nil or y_pred == nil then
    core.raise(("%s: argument '%s' is required"):format(WHO, y_true == nil and "y_true" or "y_pred"))
  end
  if given.normalize == true then given.normalize = "true" end
  local labels = numbers.words(WHO, "labels", given.labels)
  local actual, predicted
  actual, predicted, labels = classes.read(WHO, y_true, y_pred, labels)
  local made = plot.count(actual, predicted, #labels)
  given.title = given.title and text.clean(given.title)
  local panel = panel_of(made, labels, given)
  if given.file and output.ending(WHO, given.file) ~= "txt" then return output.show(WHO, { panel }, given) end
  made.labels, made.texts, made.shares, made.panel = labels, cell_texts(made, given.normalize), shares(made), panel
  return output.text(WHO, given, function(look) return table_of.text(made, look, given.title) end)
end

return plot
