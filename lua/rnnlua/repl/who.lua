--- who(): the variables of a session.
local objects = require "rnnlua.repl.objects"
local show_text = require "rnnlua.plot.text"

--- The names that were set, in order.
local function names_of(globals, preset)
  local names = {}
  for name in next, globals do
    if type(name) == "string" and preset[name] == nil and name ~= "_" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Remembers what is there already.
--- @param globals table
--- @return function # prints each global variable set since, one a line: its name, kind, and what there is to say
return function(globals)
  local preset = { who = true }
  for name in next, globals do preset[name] = true end
  return function()
    local rows, wide, kinds = {}, 0, 0
    for _, name in ipairs(names_of(globals, preset)) do
      local kind, about = objects.line(globals[name])
      rows[#rows + 1] = { name, kind, about }
      wide, kinds = math.max(wide, #name), math.max(kinds, #kind)
    end
    if #rows == 0 then print "no variables yet" end
    local columns = require("rnnlua.core").columns() - 1
    for _, row in ipairs(rows) do
      local line = show_text.left(row[1], wide) .. "  " .. show_text.left(row[2], kinds) .. "  " .. show_text.clean(row[3])
      print(show_text.trim(show_text.cut(line, columns, true)))
    end
  end
end
