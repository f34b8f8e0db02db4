--- rl.show_config(): what this program is made of and runs on.
local core = require "rnnlua.core"

local about = {}

--- @return {[1]: string, [2]: string}[] names and values, in the order shown
function about.entries()
  local entries = { { "rnnlua", core.version }, { "Lua", _VERSION:match "%d.*" } }
  for _, entry in ipairs(core.config()) do entries[#entries + 1] = entry end
  local built_in, loaded = {}, {}
  for _, plugin in ipairs(core.plugins()) do
    if plugin.origin == "built in" then
      built_in[#built_in + 1] = plugin.name
    else
      loaded[#loaded + 1] = ("%s %s (%s)"):format(plugin.name, plugin.version, plugin.origin)
    end
  end
  entries[#entries + 1] = { "plugins", table.concat(built_in, " ") }
  for _, text in ipairs(loaded) do entries[#entries + 1] = { "plugin", text } end
  return entries
end

--- Prints them, one a line.
function about.show()
  for _, entry in ipairs(about.entries()) do print(("%-10s %s"):format(entry[1], entry[2])) end
end

return about
