--- What gnuplot is told for each kind of panel. A function adds lines to `out`; `size` has a prefix for the names of
--- data, and the panel's width and height in pixels.
local scale = require "rnnlua.plot.scale"
local thin = require "rnnlua.plot.thin"
local heatmap = require "rnnlua.plot.heatmap"
local histogram = require "rnnlua.plot.histogram"
local gnuplot = require "rnnlua.plot.gnuplot"

local draw = {}

local FEW <const> = 60 -- points that are marked on their line
local SIZES <const> = { { 1, 1.2 }, { 60, 0.7 }, { math.huge, 0.5 } } -- of points, up to so many
local MOST_NAMES <const> = 40
local MOST_BOXES <const> = 2500
local quote = gnuplot.quote

--- Rows "x y" of data; a gap is an empty line.
local function pairs_of(xs, ys, from)
  local rows = {}
  for i = 1, #xs do
    rows[i] = ys[i] == ys[i] and xs[i] == xs[i] and ("%.9g %.9g"):format(xs[i], from(ys[i])) or ""
  end
  return rows
end

local function lists(panel, which)
  local all = {}
  for i, one in ipairs(panel.series) do all[i] = one[which] end
  return all
end

local function identity(y) return y end
local function power(y) return 10.0 ^ y end

--- Whether there is anything to draw: gnuplot takes a plot without a number for a mistake.
local function is_empty(panel) return not scale.extent(lists(panel, "y")) end

--- Ranges of both axes; returns them.
local function add_axes(out, panel, x_low, x_high)
  local low, high = scale.extent(lists(panel, "y"))
  local y_axis = panel.log and scale.log_axis(low or 0, high or 1, 8) or scale.axis(low, high, 6, { closed = true })
  local x_axis = scale.axis(x_low, x_high, 8, { whole = panel.whole })
  out[#out + 1] = gnuplot.axis("x", x_axis)
  if panel.log then
    out[#out + 1] = ("set logscale y\nset yrange [%.9g:%.9g]"):format(10.0 ^ y_axis.low, 10.0 ^ y_axis.high)
  else
    out[#out + 1] = gnuplot.axis("y", y_axis)
  end
  return x_axis, y_axis
end

local function add_plot(out, parts) out[#out + 1] = "plot " .. table.concat(parts, ", \\\n  ") end

--- Series have names in the key where there is more than one, or it has one.
local function title_of(panel, one, i)
  if #panel.series == 1 and not one.name then return "notitle" end
  return "title " .. quote(one.name or i)
end

local function point_size(count)
  for _, size in ipairs(SIZES) do
    if count <= size[1] then return size[2] end
  end
end

--- The points between two gaps, which a line does not show.
local function lonely(xs, ys)
  local function is_there(i) return ys[i] and ys[i] == ys[i] and xs[i] == xs[i] end
  local x, y = {}, {}
  for i = 1, #xs do
    if is_there(i) and not is_there(i - 1) and not is_there(i + 1) then x[#x + 1], y[#y + 1] = xs[i], ys[i] end
  end
  return x, y
end

function draw.curves(out, panel, size)
  local x_axis, y_axis = add_axes(out, panel, scale.extent(lists(panel, "x")))
  local plots = {}
  for i, one in ipairs(panel.series) do
    local line = panel.kind == "line"
    local xs, ys
    if line then
      xs, ys = thin.line(one.x, one.y, x_axis, size.width)
    else
      xs, ys = thin.points(one.x, one.y, x_axis, y_axis, size.width // 3, size.height // 3)
    end
    local name = ("%s_%d"):format(size.prefix, i)
    out[#out + 1] = gnuplot.block(name, pairs_of(xs, ys, panel.log and power or identity))
    local points = "points pt 7 ps " .. point_size(#xs)
    local how = not line and points or #xs <= FEW and ("lines%s lw 2"):format(points) or "lines lw 2"
    plots[#plots + 1] = ("$%s using 1:2 with %s lc rgb '%s' %s"):format(name, how, gnuplot.colour(i),
      title_of(panel, one, i))
    if line and #xs > FEW then xs, ys = lonely(xs, ys) else xs = {} end
    if #xs > 0 then
      name = name .. "_lonely"
      out[#out + 1] = gnuplot.block(name, pairs_of(xs, ys, panel.log and power or identity))
      plots[#plots + 1] = ("$%s using 1:2 with %s lc rgb '%s' notitle"):format(name, points, gnuplot.colour(i))
    end
  end
  if is_empty(panel) then plots = { "NaN notitle" } end
  out[#out + 1] = "set key outside top center horizontal"
  add_plot(out, plots)
end

-- bars and histograms -----------------------------------------------------------------------------------------

--- Rows "x y width" of boxes.
local function box_plot(out, name, rows, colour, title)
  out[#out + 1] = gnuplot.block(name, rows)
  return ("$%s using 1:2:3 with boxes lc rgb '%s' %s"):format(name, colour, title)
end

local function histogram_boxes(out, panel, size)
  local made, rows, most = histogram.count(panel.series[1].y, panel.bins), {}, 1
  for k, count in ipairs(made.counts) do
    rows[k] = ("%.9g %d %.9g"):format(made.low + (k - 0.5) * made.step, count, made.step)
    most = math.max(most, count)
  end
  out[#out + 1] = gnuplot.axis("x", { low = made.low, high = made.low + made.step * #rows })
  out[#out + 1] = gnuplot.axis("y", scale.axis(0, most, 6, { closed = true, whole = true }))
  if not panel.ylabel then out[#out + 1] = "set ylabel 'count'" end
  add_plot(out, { box_plot(out, size.prefix, rows, gnuplot.colour(panel.index or 1), "notitle") })
end

--- Names under bars, slanted where they would run into each other.
local function add_names(out, words)
  local places, letters = {}, 0
  for i, word in ipairs(words) do places[i], letters = i, letters + #word + 2 end
  out[#out + 1] = gnuplot.tics("x", places, words)
  if letters > 90 then out[#out + 1] = "set xtics rotate by -40" end
end

--- Bars of all series beside each other, at 1, 2, …
local function named_boxes(out, panel, size, count)
  local wide, plots, words = 0.8 / #panel.series, {}, {}
  for i = 1, count do words[i] = panel.words and panel.words[i] or scale.number(panel.series[1].x[i]) end
  add_names(out, words)
  out[#out + 1] = gnuplot.axis("x", { low = 0.4, high = count + 0.6 })
  for k, one in ipairs(panel.series) do
    local rows = {}
    for i = 1, #one.y do
      local x = i + (k - (#panel.series + 1) / 2) * wide
      rows[i] = one.y[i] == one.y[i] and ("%.9g %.9g %.9g"):format(x, one.y[i], wide) or ""
    end
    plots[k] = box_plot(out, size.prefix .. "_" .. k, rows, gnuplot.colour(k), title_of(panel, one, k))
  end
  return plots
end

--- Many bars: lines from zero.
local function impulses(out, panel, size)
  local low, high = scale.extent(lists(panel, "x"))
  local x_axis = scale.axis(low, high, 8, {})
  out[#out + 1] = gnuplot.axis("x", x_axis)
  local plots = {}
  for k, one in ipairs(panel.series) do
    local name = size.prefix .. "_" .. k
    local xs, ys = thin.line(one.x, one.y, x_axis, size.width)
    out[#out + 1] = gnuplot.block(name, pairs_of(xs, ys, identity))
    plots[k] = ("$%s using 1:2 with impulses lc rgb '%s' %s"):format(name, gnuplot.colour(k), title_of(panel, one, k))
  end
  return plots
end

function draw.bars(out, panel, size)
  if panel.kind == "hist" then return histogram_boxes(out, panel, size) end
  local low, high = scale.extent(lists(panel, "y"))
  out[#out + 1] = gnuplot.axis("y", scale.axis(math.min(0, low or 0), math.max(0, high or 1), 6, { closed = true }))
  local count = 0
  for _, one in ipairs(panel.series) do count = math.max(count, #one.y) end
  local plots = count <= MOST_NAMES and named_boxes(out, panel, size, count) or impulses(out, panel, size)
  if is_empty(panel) then plots = { "NaN notitle" } end
  out[#out + 1] = "set key outside top center horizontal\nset xzeroaxis lt 1 lc rgb '#000000'"
  add_plot(out, plots)
end

-- matrices -------------------------------------------------------------------------------------------------------

--- Names at every k-th row or column, so that at most `most` stand there.
local function add_positions(out, which, words, count, most)
  local places, names, every = {}, {}, math.max(1, math.ceil(count / most))
  for i = 1, count, every do
    places[#places + 1], names[#names + 1] = i, words and words[i] or tostring(i)
  end
  out[#out + 1] = gnuplot.tics(which, places, names)
end

--- Numbers in the cells, dark on light and light on dark.
local function add_cell_texts(out, panel, low, high)
  for i, row in ipairs(panel.texts) do
    for j, word in ipairs(row) do
      local value = panel.matrix[i][j]
      local dark = value == value and high > low and (value - low) / (high - low) < 0.6
      out[#out + 1] = ("set label %s at %d,%d center front tc rgb '%s'"):format(quote(word), j, i,
        dark == (panel.palette == nil) and "#ffffff" or "#000000")
    end
  end
end

local VIRIDIS <const> = "(0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')"

local function cell_rows(matrix, column_step, row_step)
  local rows = {}
  for i, row in ipairs(matrix) do
    for j, value in ipairs(row) do
      if value == value then
        rows[#rows + 1] = ("%.9g %.9g %.9g"):format((j - 0.5) * column_step + 0.5, (i - 0.5) * row_step + 0.5, value)
      end
    end
  end
  return rows
end

function draw.heatmap(out, panel, size)
  local matrix, n, m = panel.matrix, #panel.matrix, #panel.matrix[1]
  local small = heatmap.shrink(matrix, math.min(n, 100), math.min(m, math.max(100, MOST_BOXES // math.min(n, 100))))
  local column_step, row_step = m / #small[1], n / #small
  local low, high = scale.extent(small)
  low, high = scale.spread(low, high)
  out[#out + 1] = ("unset grid\nset colorbox\nset palette defined %s\nset cbrange [%.9g:%.9g]"):format(
    panel.palette or VIRIDIS, low, high)
  out[#out + 1] = ("set xrange [0.5:%.9g]\nset yrange [%.9g:0.5]"):format(m + 0.5, n + 0.5)
  add_positions(out, "x", panel.column_words, m, 20)
  add_positions(out, "y", panel.row_words, n, 20)
  if panel.texts then add_cell_texts(out, panel, low, high) end
  out[#out + 1] = gnuplot.block(size.prefix, cell_rows(small, column_step, row_step))
  local x, y = column_step / 2, row_step / 2
  local box = ("$%s using 1:2:($1-%.9g):($1+%.9g):($2-%.9g):($2+%.9g):3 with boxxyerror lc"):format(size.prefix, x, x,
    y, y) .. " palette fs solid noborder notitle"
  add_plot(out, { scale.extent(small) and box or "NaN notitle" })
end

return draw
