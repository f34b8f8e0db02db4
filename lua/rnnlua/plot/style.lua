--- How pictures of characters look here: their width, whether they may have more than ASCII, and colours.
local core = require "rnnlua.core"
local Progress = require "rnnlua.progress"

local style = {}

local NARROWEST <const>, WIDEST <const> = 24, 80

--- Of series in turn: cyan, yellow, magenta, green, red, blue. All of them are read on dark and light ground.
local COLOURS = { 36, 33, 35, 32, 31, 34 }

--- Without colours, what series are drawn with in turn.
style.MARKERS = { "*", "+", "o", "x", "#", "@", "%", "&" }

--- The colour of a terminal that wants it.
local function wants_colour()
  local term = os.getenv "TERM"
  return core.isatty(1) and Progress.colour() and term ~= nil and term ~= "dumb"
end

--- The style of standard output.
--- @param width integer|nil columns, where a script says so
function style.here(width)
  width = width or math.min(WIDEST, core.columns() - 1)
  return { width = math.max(NARROWEST, width), utf8 = Progress.utf8(), colour = wants_colour() }
end

--- The style of text that goes elsewhere: to a function, or a file.
function style.plain(width)
  return { width = math.max(NARROWEST, width or WIDEST), utf8 = Progress.utf8(), colour = false }
end

--- Text in the colour of a series.
function style.series(look, index, s)
  if not look.colour then return s end
  return ("\27[%dm%s\27[0m"):format(COLOURS[(index - 1) % #COLOURS + 1], s)
end

function style.bold(look, s) return look.colour and s ~= "" and "\27[1m" .. s .. "\27[0m" or s end

function style.marker(index) return style.MARKERS[(index - 1) % #style.MARKERS + 1] end

return style
