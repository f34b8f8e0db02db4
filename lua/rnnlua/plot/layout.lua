--- Where boxes and arrows stand, in characters.
---
--- No two lines share a column: boxes have their middles at multiples of 4, lines leave one column left of the
--- middle, each enters at a column of its own that is one more than a multiple of 4, and those that pass by other
--- ranks go down at the right of all boxes. So lines from different boxes may cross, but never meet.
local text = require "rnnlua.plot.text"

local layout = {}

local BETWEEN <const> = 3 -- columns between boxes
local HEIGHT <const> = 4 -- rows of a box: two of text and its rim

local function width_of(made)
  local width = 0
  for _, line in ipairs(made.lines) do width = math.max(width, text.width(line)) end
  return math.max(width + 4, #made.sources * 4 + 3) | 1 -- an odd width has a middle
end

local function by_rank(boxes)
  local ranks = {}
  for _, made in ipairs(boxes) do
    ranks[made.rank] = ranks[made.rank] or {}
    table.insert(ranks[made.rank], made)
  end
  return ranks
end

--- Puts the boxes of a rank side by side in the order of what they read.
local function place_rank(rank)
  for i, made in ipairs(rank) do
    local sum, count = 0, 0
    for _, source in ipairs(made.sources) do sum, count = sum + (source.middle or 0), count + 1 end
    made.wish, made.order = count > 0 and sum / count or 1e9, i
  end
  table.sort(rank, function(a, b)
    if a.wish ~= b.wish then return a.wish < b.wish end
    return a.order < b.order
  end)
  local x = 0
  for _, made in ipairs(rank) do
    made.middle = (x + made.width // 2 + 3) // 4 * 4
    made.x = made.middle - made.width // 2
    x = made.x + made.width + BETWEEN
  end
  return x - BETWEEN
end

--- Places all boxes; the width that they take.
local function place(ranks, uniform)
  local widest, widths = 0, {}
  for r, rank in ipairs(ranks) do
    for _, made in ipairs(rank) do made.width = uniform or width_of(made) end
    widths[r] = place_rank(rank)
    widest = math.max(widest, widths[r])
  end
  for r, rank in ipairs(ranks) do
    local shift = (widest - widths[r]) // 2 // 4 * 4
    for _, made in ipairs(rank) do made.x, made.middle = made.x + shift, made.middle + shift end
  end
  return widest
end

-- lines -----------------------------------------------------------------------------------------------------------

--- For each gap below a rank: nets {column it comes from, targets, long = column it goes on in}.
local function nets_of(boxes, ranks, width)
  local gaps, next_column = {}, (width + 3) // 4 * 4 + 2
  for r = 1, #ranks do gaps[r] = {} end
  for _, source in ipairs(boxes) do
    local by_gap, last = {}, source.rank
    for _, made in ipairs(boxes) do
      if made.sources[source] or made.sources[1] == source then
        by_gap[made.rank - 1] = by_gap[made.rank - 1] or {}
        table.insert(by_gap[made.rank - 1], made)
        last = math.max(last, made.rank - 1)
      end
    end
    local long = last > source.rank and next_column or nil
    if long then next_column = next_column + 4 end
    for r, targets in pairs(by_gap) do
      table.insert(gaps[r], { source = r == source.rank and source or nil, targets = targets, last = r == last,
        from = r == source.rank and source.middle - 1 or long, long = r == source.rank and long or nil })
    end
    if long and not by_gap[source.rank] then
      table.insert(gaps[source.rank], { source = source, targets = {}, from = source.middle - 1, long = long })
    end
    source.long, source.last = long, last
  end
  local first = (width + 3) // 4 * 4 + 2
  return gaps, next_column == first and width or next_column - 3
end

local function readers(gap, made)
  local count = 0
  for _, net in ipairs(gap) do
    for _, target in ipairs(net.targets) do count = count + (target == made and 1 or 0) end
  end
  return count
end

--- A line straight down: from the middle of a box with one reader to one that reads nothing else.
local function is_straight(gap, net)
  local target = net.targets[1]
  return net.source and #net.targets == 1 and not net.long and target.middle == net.source.middle
    and readers(gap, target) == 1
end

--- Gives each net columns in which to enter its targets, in the order in which the nets stand.
local function add_entries(gap)
  local entered = {}
  for _, net in ipairs(gap) do
    net.entries = {}
    for i, target in ipairs(net.targets) do
      local k = entered[target] or 0
      entered[target] = k + 1
      net.entries[i] = target.middle + 1 + 4 * (k - readers(gap, target) // 2)
    end
  end
end

local function span_of(net)
  local low, high = net.from, net.from
  for _, x in ipairs(net.entries) do low, high = math.min(low, x), math.max(high, x) end
  if net.long then high = math.max(high, net.long) end
  return low, high
end

--- Gives each net a lane of the gap, from 1; nets that do not touch share one. The number of lanes.
local function assign_lanes(gap)
  local ends = {}
  table.sort(gap, function(a, b) return a.from < b.from end)
  add_entries(gap)
  for _, net in ipairs(gap) do
    net.straight = is_straight(gap, net)
    if not net.straight then
      local low, high = span_of(net)
      local lane = 1
      while ends[lane] and ends[lane] >= low - 1 do lane = lane + 1 end
      net.lane, ends[lane] = lane, high
    end
  end
  return #ends
end

local function add_net(made, net, top, bottom)
  local function line(...) made.lines[#made.lines + 1] = { ... } end
  local function head(x) made.heads[#made.heads + 1] = { x, bottom } end
  if net.straight then
    line(net.source.middle, top - 1, net.source.middle, bottom)
    return head(net.source.middle)
  end
  local row, low, high = top + net.lane - 1, span_of(net)
  line(low, row, high, row)
  line(net.from, net.source and top - 1 or top - 2, net.from, row)
  if not net.source and not net.last then line(net.from, row, net.from, bottom) end
  local function joint(x)
    made.joints[row << 20 | x] = true
    if low < x and x < high then made.dots[#made.dots + 1] = { x, row } end
  end
  joint(net.from)
  for _, x in ipairs(net.entries) do
    line(x, row, x, bottom)
    joint(x)
    head(x)
  end
  if net.long then line(net.long, row, net.long, bottom) end
end

--- Rows of boxes and gaps from the top, and the lines in them.
local function add_rows(made, ranks, gaps, boxes)
  local y, tops = 0, {}
  for r, rank in ipairs(ranks) do
    for _, one in ipairs(rank) do one.y = y end
    tops[r] = y + HEIGHT
    y = y + HEIGHT + (r < #ranks and assign_lanes(gaps[r]) + 1 or 0)
  end
  for r = 1, #ranks - 1 do
    for _, net in ipairs(gaps[r]) do add_net(made, net, tops[r], tops[r + 1] - HEIGHT - 1) end
  end
  for _, one in ipairs(boxes) do
    for r = one.rank + 1, one.long and one.last or 0 do -- past a rank, to where a net of the next gap begins
      local ends = r == one.last and tops[r] or tops[r + 1] - HEIGHT - 1
      made.lines[#made.lines + 1] = { one.long, tops[r] - HEIGHT - 1, one.long, ends }
    end
  end
  made.height = y
end

--- @param boxes table[] of graph.lua
--- @param most integer columns that there are
--- @return table|nil boxes, lines {x1, y1, x2, y2}, heads {x, y}, joints (where lines meet, by row << 20 | column),
--- dots {x, y} (those of them that might be taken for a crossing), width, height; nil where it is wider
function layout.of(boxes, most)
  local ranks, uniform = by_rank(boxes), 0
  for _, one in ipairs(boxes) do uniform = math.max(uniform, width_of(one)) end
  local made = { boxes = boxes, lines = {}, heads = {}, joints = {}, dots = {} }
  local gaps
  for _, width in ipairs { uniform, false } do
    gaps, made.width = nets_of(boxes, ranks, place(ranks, width or nil))
    if made.width < most then break end
  end
  if made.width >= most then return nil end
  add_rows(made, ranks, gaps, boxes)
  return made
end

return layout
