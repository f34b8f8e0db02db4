--- A model's picture in a file: by Graphviz' dot, or by gnuplot, which draws what the terminal shows.
local gnuplot = require "rnnlua.plot.gnuplot"
local layout = require "rnnlua.plot.layout"
local output = require "rnnlua.plot.output"
local program = require "rnnlua.plot.program"

local model_file = {}

local BOX <const> = "fs solid 1 border lc rgb 'black' fc rgb '#e8f1fa'"
local COLUMN <const>, ROW <const> = 8, 16 -- pixels of a character

-- dot -----------------------------------------------------------------------------------------------------------

local function dot_text(line) return (line:gsub('[\\"]', "\\%0")) end

local PIXELS_AN_INCH <const>, ANY <const> = 96, 10000

--- @param all table[] boxes of graph.lua
--- @param given table|nil width, height: the picture is made as large as fits
--- @return string
function model_file.dot(all, given)
  local width, height = given and given.width, given and given.height
  local size = (width or height) and (' graph [size="%.3f,%.3f!"];'):format((width or ANY) / PIXELS_AN_INCH,
    (height or ANY) / PIXELS_AN_INCH) or ""
  local out, numbers = { "digraph model {" .. size, '  node [shape=box, fontname="sans-serif", fontsize=11];' }, {}
  for i, one in ipairs(all) do
    numbers[one] = i
    out[#out + 1] = ('  n%d [label="%s\\n%s"];'):format(i, dot_text(one.lines[1]), dot_text(one.lines[2]))
  end
  for i, one in ipairs(all) do
    for _, source in ipairs(one.sources) do out[#out + 1] = ("  n%d -> n%d;"):format(numbers[source], i) end
  end
  out[#out + 1] = "}\n"
  return table.concat(out, "\n")
end

-- gnuplot -----------------------------------------------------------------------------------------------------------

--- @return string script
function model_file.gnuplot(all, ending, given)
  local made = layout.of(all, math.huge)
  local width, height = (made.width + 2) * COLUMN, (made.height + 1) * ROW
  local scale = math.min((given.width or math.huge) / width, (given.height or math.huge) / height)
  if scale == math.huge then scale = 1 end
  local out = { gnuplot.terminal(ending, width * scale // 1 | 0, height * scale // 1 | 0, scale),
    "set encoding utf8\nunset border\nunset tics\nunset key",
    "set lmargin 0\nset rmargin 0\nset tmargin 0\nset bmargin 0",
    ("set xrange [-1:%d]\nset yrange [%d:-1]"):format(made.width + 1, made.height) }
  local function arrow(x1, y1, x2, y2, how)
    out[#out + 1] = ("set arrow from %.1f,%.1f to %.1f,%.1f %s"):format(x1, y1, x2, y2, how)
  end
  for _, line in ipairs(made.lines) do arrow(line[1], line[2], line[3], line[4], "nohead") end
  for _, head in ipairs(made.heads) do arrow(head[1], head[2] - 0.5, head[1], head[2] + 1, "filled size 1,20") end
  for i, dot in ipairs(made.dots) do
    out[#out + 1] = ("set object %d circle at %d,%d size 0.4 front fs solid 1 fc rgb 'black'"):format(#made.boxes + i,
      dot[1], dot[2])
  end
  for i, one in ipairs(made.boxes) do
    out[#out + 1] = ("set object %d rect from %d,%d to %d,%d front %s"):format(i, one.x, one.y, one.x + one.width - 1,
      one.y + 3, BOX)
    for k, line in ipairs(one.lines) do
      local middle = one.x + (one.width - 1) / 2
      out[#out + 1] = ("set label %s at %.1f,%.1f center front"):format(gnuplot.quote(line), middle, one.y + k)
    end
  end
  out[#out + 1] = "plot NaN notitle\n"
  return table.concat(out, "\n")
end

--- @return true|nil, string message
function model_file.write(who, all, given)
  local ending, bytes, message = output.ending(who, given.file)
  local dot, plotter = program.find "dot", program.find "gnuplot"
  if dot then
    bytes, message = program.run("dot", { dot, "-T" .. ending }, model_file.dot(all, given))
  elseif plotter then
    bytes, message = program.run("gnuplot", { plotter, "-d" }, model_file.gnuplot(all, ending, given))
  else
    return nil, program.missing(who, given.file, "Graphviz' dot or gnuplot", "graphviz")
  end
  if not bytes then return nil, ("%s: %s was not written: %s"):format(who, given.file, message) end
  return output.replace(who, given.file, bytes)
end

return model_file
