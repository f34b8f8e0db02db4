--- Lines and points in a picture of characters.
local scale = require "rnnlua.plot.scale"
local thin = require "rnnlua.plot.thin"
local Canvas = require "rnnlua.plot.canvas"
local frame = require "rnnlua.plot.frame"

local curves = {}

local ROWS <const> = 15
local TICK_COLUMNS <const> = 9 -- about what a label at the lower axis takes
local TICK_ROWS <const> = 3
local FEW <const> = 100 -- points that are drawn larger than a dot

--- The values of all series along one axis.
local function lists(panel, which)
  local all = {}
  for i, one in ipairs(panel.series) do all[i] = one[which] end
  return all
end

--- The vertical axis of a picture of that many rows.
local function vertical(panel, rows)
  local low, high = scale.extent(lists(panel, "y"))
  local most = math.max(2, rows // TICK_ROWS)
  if panel.log then return scale.log_axis(low or 0, high or 1, most) end
  return scale.axis(low, high, most, { closed = true })
end

--- The horizontal axis of a picture of that many columns.
function curves.horizontal(panel, columns)
  local low, high = scale.extent(lists(panel, "x"))
  return scale.axis(low, high, math.max(1, columns // TICK_COLUMNS), { whole = panel.whole })
end

local function is_number(y) return y ~= nil and y == y end

local function draw_line(canvas, one, index, x_axis, y_axis)
  local xs, ys = thin.line(one.x, one.y, x_axis, canvas.wide)
  local last_x, last_y
  for i = 1, #xs do
    local x, y = scale.place(x_axis, xs[i], canvas.wide), scale.place(y_axis, ys[i], canvas.high)
    if x and y and last_x then
      canvas:line(last_x, last_y, x, y, index)
    elseif x and y and not is_number(ys[i + 1]) then
      canvas:point(x, y, index) -- alone between gaps
    end
    last_x, last_y = x and y and x, y
  end
end

local function draw_points(canvas, one, index, x_axis, y_axis)
  local xs, ys = thin.points(one.x, one.y, x_axis, y_axis, canvas.wide, canvas.high)
  local mark = #xs <= FEW and canvas.point or canvas.dot
  for i = 1, #xs do
    local x, y = scale.place(x_axis, xs[i], canvas.wide), scale.place(y_axis, ys[i], canvas.high)
    if x and y then mark(canvas, x, y, index) end
  end
end

--- The names for a legend; nil where there is nothing to tell apart.
function curves.names(panel)
  if #panel.series == 1 and not panel.series[1].name then return nil end
  local names = {}
  for i, one in ipairs(panel.series) do names[i] = one.name or tostring(i) end
  return names
end

--- @param panel table kind "line" or "scatter", series, title, xlabel, ylabel, whole, log
--- @return string[] lines
function curves.draw(panel, look)
  local rows = panel.height or ROWS
  local y_axis = vertical(panel, rows)
  local columns = math.max(8, look.width - frame.gutter(y_axis.labels))
  local x_axis = curves.horizontal(panel, columns)
  local canvas = Canvas.new(columns, rows, look, #panel.series)
  local draw = panel.kind == "line" and draw_line or draw_points
  for i, one in ipairs(panel.series) do draw(canvas, one, i, x_axis, y_axis) end
  return frame.draw { look = look, columns = columns, rows = rows, row = function(k) return canvas:row(k) end,
    x_axis = x_axis, y_axis = y_axis, names = curves.names(panel), dots = canvas.dots,
    title = panel.title, xlabel = panel.xlabel, ylabel = panel.ylabel }
end

return curves
