--- Fewer points that look the same: what a million of them show in a picture is known from a few for each column.
local thin = {}

local NAN <const> = 0 / 0

--- The points of one column in the order they came: first, lowest, highest and last.
local function add_run(xs, ys, out_x, out_y, run)
  local picked = { run.first, run.low, run.high, run.last }
  table.sort(picked)
  for k, i in ipairs(picked) do
    if i ~= picked[k - 1] then out_x[#out_x + 1], out_y[#out_y + 1] = xs[i], ys[i] end
  end
end

--- Points of a line of which at most four lie in one column in a row. Gaps (nan) stay.
--- @param xs number[]
--- @param ys number[]
--- @param axis table the horizontal one
--- @param columns integer
--- @return number[] xs, number[] ys
function thin.line(xs, ys, axis, columns)
  if #xs <= 4 * columns then return xs, ys end
  local out_x, out_y, run = {}, {}, nil
  local low, factor = axis.low, (columns - 1) / (axis.high - axis.low) -- scale.place, a million times
  for i = 1, #xs do
    local y, column = ys[i], ((xs[i] - low) * factor + 0.5) // 1
    if run and run.column == column and y == y then
      run.last = i
      if y < run.bottom then run.low, run.bottom = i, y end
      if y > run.top then run.high, run.top = i, y end
    else
      if run then add_run(xs, ys, out_x, out_y, run) end
      run = nil
      if y == y and column == column then
        run = { column = column, first = i, low = i, high = i, last = i, bottom = y, top = y }
      elseif out_y[#out_y] == out_y[#out_y] then
        out_x[#out_x + 1], out_y[#out_y + 1] = xs[i], NAN
      end
    end
  end
  if run then add_run(xs, ys, out_x, out_y, run) end
  return out_x, out_y
end

--- Points of which no two lie in the same place of a grid.
--- @return number[] xs, number[] ys
function thin.points(xs, ys, x_axis, y_axis, columns, rows)
  if #xs <= columns then return xs, ys end
  local out_x, out_y, seen = {}, {}, {}
  local x_low, x_factor = x_axis.low, (columns - 1) / (x_axis.high - x_axis.low)
  local y_low, y_factor = y_axis.low, (rows - 1) / (y_axis.high - y_axis.low)
  for i = 1, #xs do
    local place = ((ys[i] - y_low) * y_factor + 0.5) // 1 * columns + ((xs[i] - x_low) * x_factor + 0.5) // 1
    if place == place and not seen[place] then
      seen[place] = true
      out_x[#out_x + 1], out_y[#out_y + 1] = xs[i], ys[i]
    end
  end
  return out_x, out_y
end

return thin
