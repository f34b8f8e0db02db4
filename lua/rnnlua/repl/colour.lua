--- Colour, where it is welcome: on a terminal, unless NO_COLOR is set or TERM is dumb.
local core = require "rnnlua.core"

local colour = {}

local function is_wanted(file_number)
  local refused, term = os.getenv "NO_COLOR", os.getenv "TERM"
  return core.isatty(file_number) and (refused == nil or refused == "") and term ~= "dumb" and term ~= nil
end

local function painter(file_number, code)
  local wanted = is_wanted(file_number)
  return function(text)
    return wanted and text ~= "" and ("\27[%sm%s\27[0m"):format(code, text) or text
  end
end

colour.heading = painter(1, "1") -- on standard output
colour.name = painter(1, "36")
colour.footer = painter(1, "2")
colour.error = painter(2, "31") -- on standard error
colour.faint = painter(2, "2")

return colour
