--- `rnnlua doc [NAME]`: what help(x) tells in a session, on standard output.
local core = require "rnnlua.core"
local help = require "rnnlua.help"

--- The value that a name stands for: a path from rl ("layers.Dense", "rl.zeros", "random.normal"), or nil.
local function find(name)
  local value = require "rnnlua"
  for field in name:gsub("^rl%.", ""):gmatch "[^.:]+" do
    local ok, found = pcall(function() return value[field] end)
    if not ok or found == nil then return nil end
    value = found
  end
  return value
end

--- Whether help finds the name by itself, whatever its kind: "Dense", "adam", "relu".
local function is_type(name)
  for _, kind in ipairs(core.kinds()) do
    if core.type(kind, name) then return true end
  end
  return false
end

--- All names that help finds by themselves, and those of rl.
local function known_names()
  local names = {}
  for name in pairs(require "rnnlua") do names[#names + 1] = name end
  for _, kind in ipairs(core.kinds()) do
    for _, name in ipairs(core.type_names(kind, true)) do names[#names + 1] = name end
  end
  return names
end

return {
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local name = arguments[1]
    if #arguments > 1 or name and name:find "^%-" then
      io.stderr:write "usage: rnnlua doc [NAME]\n"
      return 1
    end
    if name == nil then return help.help() or 0 end
    local texts, value = {}, find(name) -- "zeros" is both: an initializer and a tensor function
    if is_type(name) then texts[1] = help.text(name) end
    if value ~= nil then texts[#texts + 1] = help.text(value) end
    if #texts > 0 then return print(table.concat(texts, "\n\n")) or 0 end
    local near = core.suggest(name, known_names())
    io.stderr:write(("rnnlua doc: nothing is known by the name '%s'%s\n"):format(name,
      near and (" (did you mean '%s'?)"):format(near) or ""))
    return 1
  end,
}
