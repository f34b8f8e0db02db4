--- From the arguments of rl.plot to panels: what is drawn below each other, read and checked.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local History = require "rnnlua.history"
local data = require "rnnlua.data"
local numbers = require "rnnlua.plot.numbers"
local text = require "rnnlua.plot.text"
local of_history = require "rnnlua.plot.history"

local panels = {}

local WHO <const> = "rl.plot"

local KINDS = { { "line" }, { "scatter" }, { "bar" }, { "hist" }, { "heatmap" } }
local SCALES = { { "linear" }, { "log" } }

--- What is drawn, and where it goes.
panels.OUTPUT = {
  { "file", "string", doc = "where to: a path that ends in .svg, .png, .pdf or .txt; standard output if not given" },
  { "width", "integer", low = 1, high = 10000,
    doc = "columns (default: the terminal's, at most 80); in a file pixels (800)" },
  { "height", "integer", low = 1, high = 10000, doc = "rows of the drawing (15); in a file pixels (500)" },
  { "print_fn", "function", doc = "gets the text instead of standard output" },
}

panels.SPEC = {
  { "y", "any", doc = "what to draw: numbers, series of them, or a History" },
  { "x", "any", doc = "where the values of y stand (default 1, 2, …); names for bars and the columns of a heatmap" },
  { "kind", "string", "line", choices = KINDS, doc = "how to draw it" },
  { "title", "string", doc = "stands above" },
  { "labels", "table", doc = "names of the series, of a single series' bars, or of a heatmap's rows" },
  { "xlabel", "string", doc = "what the horizontal axis shows" },
  { "ylabel", "string", doc = "what the vertical axis shows" },
  { "yscale", "string", "linear", choices = SCALES,
    doc = "of lines and points; log leaves out what is not positive" },
  { "bins", "integer", low = 1, high = 10000, doc = "of a histogram; round edges if not given" },
  { "metrics", "table", doc = "of a History: the logs to draw; all if not given" },
}
table.move(panels.OUTPUT, 1, #panels.OUTPUT, #panels.SPEC + 1, panels.SPEC)

-- series --------------------------------------------------------------------------------------------------------

--- 1, 2, … n
local function positions(n)
  local list = {}
  for i = 1, n do list[i] = i + 0.0 end
  return list
end

local function is_words(x)
  if not options.is_plain_table(x) then return false end
  for _, word in ipairs(x) do
    if type(word) == "string" then return true end
  end
  return false
end

--- Gives each series its x: its own, that of all, or positions.
local function add_x(series, x)
  local list = x ~= nil and numbers.list(WHO, "argument 'x'", x)
  for i, one in ipairs(series) do
    if list and #list ~= #one.y then
      core.raise(("%s: argument 'x' has %d values, y%s has %d"):format(WHO, #list,
        #series > 1 and (" (series %s)"):format(one.name or i) or "", #one.y))
    end
    one.x = list or positions(#one.y)
  end
end

--- The names that `labels` gives: to series, or to the bars of a single one.
local function add_labels(panel, labels)
  if not labels then return end
  local words = numbers.words(WHO, "labels", labels)
  if panel.kind == "bar" and #panel.series == 1 and #words == #panel.series[1].y then
    panel.words = words
    return
  end
  if #words ~= #panel.series then
    core.raise(("%s: argument 'labels' has %d names for %d series"):format(WHO, #words, #panel.series))
  end
  for i, one in ipairs(panel.series) do one.name = words[i] end
end

local function take_logarithms(panel)
  for _, one in ipairs(panel.series) do
    for i, value in ipairs(one.y) do one.y[i] = value > 0 and math.log(value, 10) or 0 / 0 end
  end
end

local function series_panel(panel, given)
  panel.series = numbers.series(WHO, "y", given.y)
  local words = is_words(given.x) and given.x or panel.series[1].words
  if words and panel.kind ~= "bar" then
    if given.x ~= nil then core.raise(("%s: argument 'x' may have names with kind = \"bar\" alone"):format(WHO)) end
    core.raise(("%s: numbers by name are for kind = \"bar\"; series by name are lists or tensors"):format(WHO))
  end
  panel.words = words and numbers.words(WHO, "x", words)
  if words and #panel.words ~= #panel.series[1].y then
    core.raise(("%s: argument 'x' has %d values, y has %d"):format(WHO, #panel.words, #panel.series[1].y))
  end
  add_x(panel.series, not words and given.x or nil)
  add_labels(panel, given.labels)
  if panel.log then take_logarithms(panel) end
  panel.whole = given.x == nil
  return { panel }
end

--- A histogram for each series, below each other.
local function hist_panels(panel, given)
  if given.x ~= nil then core.raise(WHO .. ": a histogram has no argument 'x'") end
  local all = series_panel(panel, given)[1]
  local list = {}
  for i, one in ipairs(all.series) do
    local title = #all.series == 1 and given.title or nil
    if #all.series > 1 then title = (given.title and given.title .. ": " or "") .. (one.name or i) end
    list[i] = setmetatable({ series = { one }, index = i, title = title, bins = given.bins }, { __index = panel })
  end
  return list
end

local function heatmap_panel(panel, given)
  panel.matrix = numbers.matrix(WHO, "y", given.y)
  panel.row_words = numbers.words(WHO, "labels", given.labels)
  panel.column_words = numbers.words(WHO, "x", given.x)
  local rows, columns = panel.row_words, panel.column_words
  if rows and #rows ~= #panel.matrix then
    core.raise(("%s: argument 'labels' has %d names for %d rows"):format(WHO, #rows, #panel.matrix))
  end
  if columns and #columns ~= #panel.matrix[1] then
    core.raise(("%s: argument 'x' has %d names for %d columns"):format(WHO, #columns, #panel.matrix[1]))
  end
  return { panel }
end

-- arguments -----------------------------------------------------------------------------------------------------

--- The arguments of a call by name, however y came: alone, before a table, or in it.
local function named(first, given)
  if given == nil and options.is_plain_table(first) then
    if type(first[1]) == "number" and first.y == nil then return { y = first } end -- rl.plot{1, 4, 9}
    return first[1] ~= nil and options.arguments(WHO, panels.SPEC, first) or first
  end
  if given ~= nil and not options.is_plain_table(given) then
    core.raise(("%s: options must be a table, got %s"):format(WHO, options.describe(given)))
  end
  local all = { y = first }
  for name, value in pairs(given or {}) do
    if name == "y" then core.raise(WHO .. ": argument 'y' is given twice") end
    all[name] = value
  end
  return all
end

local function check_y(y)
  if y == nil then core.raise(WHO .. ": argument 'y' is required: what to draw") end
  if type(y) == "table" and getmetatable(y) and not data.is_tensor(y) and type(y) == "table" and y._layers then
    core.raise(WHO .. ": y is a model; rl.plot.model(m) draws it, rl.plot(m.history) its training")
  end
end

--- Titles without what a terminal would take for commands.
local function clean(given)
  for _, name in ipairs { "title", "xlabel", "ylabel" } do
    if given[name] then given[name] = text.clean(given[name]) end
  end
end

--- @return table[] panels, table given the arguments
function panels.read(first, given)
  given = options.read(WHO, panels.SPEC, named(first, given))
  check_y(given.y)
  clean(given)
  if getmetatable(given.y) == History then return of_history.panels(given), given end
  if given.metrics then core.raise(WHO .. ": argument 'metrics' is for a History") end
  local panel = { kind = given.kind, title = given.title, xlabel = given.xlabel, ylabel = given.ylabel,
    log = given.yscale == "log" and (given.kind == "line" or given.kind == "scatter"),
    height = not given.file and given.height or nil }
  if given.yscale == "log" and not panel.log then
    core.raise(('%s: yscale = "log" is for lines and points'):format(WHO))
  end
  if given.kind == "heatmap" then return heatmap_panel(panel, given), given end
  if given.kind == "hist" then return hist_panels(panel, given), given end
  return series_panel(panel, given), given
end

return panels
