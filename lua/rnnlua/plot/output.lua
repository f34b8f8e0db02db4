--- Where pictures go: standard output, a function, a file.
local core = require "rnnlua.core"
local arrays = require "rnnlua.files.arrays"
local picture = require "rnnlua.plot.picture"
local style = require "rnnlua.plot.style"

local output = {}

local ENDINGS = { svg = true, png = true, pdf = true, txt = true }

--- "svg" of a path; raises where it is none that can be written.
function output.ending(who, path)
  local ending = (path:match "%.(%w+)$" or ""):lower()
  if not ENDINGS[ending] then
    core.raise(("%s: argument 'file' must end in .svg, .png, .pdf or .txt, got '%s'"):format(who, path))
  end
  return ending
end

--- Writes bytes to a file that is there as a whole or stays as it was.
--- @return true|nil, string message
function output.replace(who, path, bytes)
  local ok, message = arrays.replace(path, function(file) return file:write(bytes) end)
  if not ok then return nil, ("%s: %s"):format(who, message) end
  return true
end

--- Prints a text, or hands it over, or writes it to a .txt file.
--- @param text_of fun(look: table): string
function output.text(who, given, text_of)
  if given.file then return output.replace(who, given.file, text_of(style.plain(given.width))) end
  if given.print_fn then
    given.print_fn(text_of(style.plain(given.width)))
  else
    io.stdout:write(text_of(style.here(given.width)))
  end
end

--- Shows panels where the arguments say.
--- @param given table file, width, height, print_fn
--- @return true|nil, string message; nothing where no file is written
function output.show(who, panels, given)
  if given.file and output.ending(who, given.file) ~= "txt" then
    return require "rnnlua.plot.gnuplot".write(who, panels, given)
  end
  return output.text(who, given, function(look) return picture.text(panels, look) end)
end

return output
