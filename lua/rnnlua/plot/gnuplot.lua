--- Pictures in files, by gnuplot: a script is made, a child process runs it and gives back the bytes.
---
--- Names reach gnuplot in single quotes alone, in which it replaces nothing; paths do not reach it at all.
local output = require "rnnlua.plot.output"
local picture = require "rnnlua.plot.picture"
local program = require "rnnlua.plot.program"

local gnuplot = {}

local WIDTH <const>, HEIGHT <const> = 800, 500
local PIXELS_AN_INCH <const> = 96

local DRAWN_BY = { line = "curves", scatter = "curves", bar = "bars", hist = "bars", heatmap = "heatmap" }

--- Of series in turn: Okabe and Ito's, which the colour-blind tell apart.
local COLOURS = { "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999", "#000000" }

function gnuplot.colour(index) return COLOURS[(index - 1) % #COLOURS + 1] end

--- A text as gnuplot reads it back.
function gnuplot.quote(s) return "'" .. tostring(s):gsub("%c+", " "):gsub("'", "''") .. "'" end

local quote = gnuplot.quote

--- The commands that choose what gnuplot makes; each ending has a plainer way where gnuplot was built without cairo.
--- @param scale number|nil of letters
function gnuplot.terminal(ending, width, height, scale)
  local letters = scale and scale ~= 1 and (" fontscale %.3f"):format(scale) or ""
  if ending == "svg" then
    return ("set terminal svg size %d,%d noenhanced%s background 'white'"):format(width, height, letters)
  end
  local size = ending == "pdf" and ("%.2fin,%.2fin"):format(width / PIXELS_AN_INCH, height / PIXELS_AN_INCH)
    or ("%d,%d"):format(width, height)
  local asked = ("if (strstrt(GPVAL_TERMINALS, '%scairo') > 0)"):format(ending)
  local cairo = ("set terminal %scairo size %s noenhanced%s background 'white'"):format(ending, size, letters)
  return ("%s %s; else set terminal %s size %s noenhanced%s"):format(asked, cairo, ending, size, letters)
end

--- "set xtics ('a' 1, 'b' 2)". Names of tics are formats to gnuplot.
function gnuplot.tics(which, places, words)
  local parts = {}
  for i, place in ipairs(places) do parts[i] = ("%s %.17g"):format(quote(words[i]):gsub("%%", "%%%%"), place) end
  return ("set %stics (%s)"):format(which, table.concat(parts, ", "))
end

--- A block of data under a name.
function gnuplot.block(name, rows) return ("$%s << EOD\n%s\nEOD"):format(name, table.concat(rows, "\n")) end

--- The range and ticks of an axis of ours.
function gnuplot.axis(which, axis)
  return ("set %srange [%.17g:%.17g]"):format(which, axis.low, axis.high)
end

local function texts(panel)
  local title = panel.title or ""
  local note = picture.note(panel)
  if note then title = title .. (title ~= "" and " " or "") .. "(" .. note .. ")" end
  return ("set title %s\nset xlabel %s\nset ylabel %s"):format(quote(title), quote(panel.xlabel or ""),
    quote(panel.ylabel or ""))
end

--- What a picture begins with, and what undoes the panel before.
local START = [[
set encoding utf8
set tics nomirror
set border 3
set grid lc rgb '#dddddd' lt 1
set style fill solid 0.9]]

local RESET = [[
unset label
unset logscale
unset colorbox
unset key
set grid
set xtics norotate autofreq
set ytics autofreq
set xrange [*:*]
set yrange [*:*] ]]

--- The script for some panels.
--- @param given table width, height
function gnuplot.script(panels, ending, given)
  local width, height = given.width or WIDTH, given.height or (#panels > 1 and #panels * HEIGHT * 3 // 4 or HEIGHT)
  local out = { gnuplot.terminal(ending, width, height), START }
  if #panels > 1 then out[#out + 1] = ("set multiplot layout %d,1"):format(#panels) end
  for i, panel in ipairs(panels) do
    out[#out + 1] = RESET
    out[#out + 1] = texts(panel)
    local draw = require "rnnlua.plot.gnuplot_panels"[DRAWN_BY[panel.kind]]
    draw(out, panel, { prefix = "p" .. i, width = width, height = height // #panels })
  end
  if #panels > 1 then out[#out + 1] = "unset multiplot" end
  return table.concat(out, "\n") .. "\n"
end

--- @return true|nil, string message
function gnuplot.write(who, panels, given)
  local path = program.find "gnuplot"
  if not path then return nil, program.missing(who, given.file, "gnuplot", "gnuplot-nox") end
  local script = gnuplot.script(panels, output.ending(who, given.file), given)
  local bytes, message = program.run("gnuplot", { path, "-d" }, script)
  if not bytes then return nil, ("%s: %s was not written: %s"):format(who, given.file, message) end
  return output.replace(who, given.file, bytes)
end

return gnuplot
