--- A picture as text: its panels below each other.
local picture = {}

local DRAWN_BY = { line = "rnnlua.plot.curves", scatter = "rnnlua.plot.curves", bar = "rnnlua.plot.bars",
  hist = "rnnlua.plot.histogram", heatmap = "rnnlua.plot.heatmap" }

local function count_gaps(panel)
  local gaps, all = 0, 0
  for _, list in ipairs(panel.matrix or {}) do
    all = all + #list
    for i = 1, #list do gaps = gaps + (list[i] ~= list[i] and 1 or 0) end
  end
  for _, one in ipairs(panel.series or {}) do
    all = all + #one.y
    for i = 1, #one.y do gaps = gaps + (one.y[i] ~= one.y[i] and 1 or 0) end
  end
  return gaps, all
end

--- What a picture can't show: how many values are missing in it, and why.
function picture.note(panel)
  local gaps, all = count_gaps(panel)
  if gaps == 0 then return nil end
  return ("%d of %d values are not %s"):format(gaps, all, panel.log and "positive and finite" or "finite")
end

--- @param panels table[]
--- @param look table of style.lua
--- @return string
function picture.text(panels, look)
  local out = {}
  for i, panel in ipairs(panels) do
    if i > 1 then out[#out + 1] = "" end
    local lines = require(DRAWN_BY[panel.kind]).draw(panel, look)
    table.move(lines, 1, #lines, #out + 1, out)
    out[#out + 1] = picture.note(panel)
  end
  return table.concat(out, "\n") .. "\n"
end

return picture
