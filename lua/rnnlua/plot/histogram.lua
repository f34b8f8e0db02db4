--- How often values fall into equal intervals.
local scale = require "rnnlua.plot.scale"
local style = require "rnnlua.plot.style"
local frame = require "rnnlua.plot.frame"

local histogram = {}

local ROWS <const> = 15
local TICK_COLUMNS <const> = 8
local EIGHTHS = { [0] = " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }

--- Edges that are round numbers, about as many as Sturges' rule asks for, twice over where there are many values.
local function chosen_edges(low, high, count)
  local wanted = math.ceil(math.log(math.max(count, 1), 2)) + 1
  if count > 1000 then wanted = wanted * 2 end
  local step = scale.step(low, high, wanted)
  local first = math.floor(low / step + 1e-9)
  local last = math.max(first + 1, math.ceil(high / step - 1e-9))
  return first * step, step, math.tointeger(last - first) or 1
end

local function edges_of(values, bins)
  local low, high = scale.extent { values }
  low, high = scale.spread(low, high)
  if bins then return low, (high - low) / bins, bins end
  return chosen_edges(low, high, #values)
end

--- Counts values in intervals. A value on an edge belongs to the interval above it, the largest to the last one, as
--- in numpy.histogram.
--- @param values number[]
--- @param bins integer|nil so many from the smallest to the largest value; nil: round edges
--- @return {low: number, step: number, counts: integer[]}
function histogram.count(values, bins)
  local low, step, n = edges_of(values, bins)
  local counts = {}
  for k = 1, n do counts[k] = 0 end
  for i = 1, #values do
    local value = values[i]
    if value == value then
      local k = math.floor((value - low) / step * (1 + 1e-12)) + 1
      k = math.max(1, math.min(n, k))
      counts[k] = counts[k] + 1
    end
  end
  return { low = low, step = step, counts = counts }
end

--- One cell of a column that is `height` eighths high, in row k from below.
local function cell(height, k, look)
  local eighths = math.max(0, math.min(8, height - 8 * (k - 1)))
  if look.utf8 then return EIGHTHS[eighths] end
  return eighths >= 4 and "#" or " "
end

--- Heights in eighths of a row; what is there at all shows.
local function heights_of(counts, axis, rows, look)
  local heights = {}
  for k, count in ipairs(counts) do
    local height = math.floor(count / axis.high * rows * 8 + 0.5)
    heights[k] = count > 0 and math.max(look.utf8 and 1 or 4, height) or 0
  end
  return heights
end

--- How many characters are drawn for the intervals, a whole number for each where they fit.
local function drawn_columns(room, bins)
  if bins > room then return room end
  return room // bins * bins
end

--- @param panel table series (one), bins, title, xlabel, ylabel
--- @return string[] lines
function histogram.draw(panel, look)
  local made = histogram.count(panel.series[1].y, panel.bins)
  local counts, rows, most = made.counts, panel.height or ROWS, 1
  for _, count in ipairs(counts) do most = math.max(most, count) end
  local y_axis = scale.axis(0, most, math.max(2, rows // 3), { closed = true, whole = true })
  local columns = drawn_columns(math.max(8, look.width - frame.gutter(y_axis.labels)), #counts)
  local heights = heights_of(counts, y_axis, rows, look)
  local function row(k)
    local parts = {}
    for column = 1, columns do
      parts[column] = cell(heights[(column - 1) * #counts // columns + 1], rows - k + 1, look)
    end
    return style.series(look, panel.index or 1, table.concat(parts))
  end
  local high = made.low + made.step * #counts
  return frame.draw { look = look, columns = columns, rows = rows, row = row, y_axis = y_axis,
    filled = true, x_axis = scale.axis(made.low, high, math.max(1, columns // TICK_COLUMNS), {}),
    title = panel.title, xlabel = panel.xlabel, ylabel = panel.ylabel or "count" }
end

return histogram
