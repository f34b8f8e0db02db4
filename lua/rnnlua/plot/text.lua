--- Text of a known width, for pictures made of characters.
local text_width = require "rnnlua.text_width"

local text = {}

--- How many columns a text takes.
text.width = text_width.of

--- No line breaks, tabs or escapes, which a name may bring along.
function text.clean(s) return (tostring(s):gsub("%c+", " ")) end

--- Cuts to so many columns; what was cut shows.
--- @param utf boolean whether the picture may have more than ASCII
function text.cut(s, width, utf)
  if text.width(s) <= width then return s end
  if width <= 0 then return "" end
  local mark = utf and "…" or "."
  return s:sub(1, text_width.fit(s, width - 1)) .. mark
end

function text.left(s, width) return s .. (" "):rep(width - text.width(s)) end

function text.right(s, width) return (" "):rep(width - text.width(s)) .. s end

function text.center(s, width) return (" "):rep((width - text.width(s)) // 2) .. s end

--- Without blanks at the end, which nobody sees.
function text.trim(s) return (s:gsub(" +$", "")) end

--- Labels along a line, each centered at its column (from 0), those left out that would touch the one before.
--- @param marks {[1]: integer, [2]: string}[] in the order of columns
--- @return string
function text.along(marks, width)
  local line, used = "", 0
  for _, mark in ipairs(marks) do
    local size = text.width(mark[2])
    local start = math.max(0, math.min(mark[1] - size // 2, width - size))
    if used == 0 or start > used then
      line = line .. (" "):rep(start - used) .. mark[2]
      used = start + size
    end
  end
  return line
end

--- Words joined by blanks in lines of at most `width` columns.
--- @param words {[1]: string, [2]: integer}[] text, which may have escapes in it, and its width
--- @return string[]
function text.fill(words, width, indent)
  local lines, line, used = {}, nil, 0
  for _, word in ipairs(words) do
    if line and used + 2 + word[2] > width then
      lines[#lines + 1], line = line, nil
    end
    if line then
      line, used = line .. "  " .. word[1], used + 2 + word[2]
    else
      line, used = indent .. word[1], text.width(indent) + word[2]
    end
  end
  lines[#lines + 1] = line
  return lines
end

return text
