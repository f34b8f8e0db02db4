--- `rnnlua plugins`: what is built in and what was loaded.
local USAGE <const> = "usage: rnnlua [--plugin NAME ...] plugins [list]"

local function list()
  local plugins = require("rnnlua").plugins.list()
  local rows, widths = { { "NAME", "VERSION", "FROM", "WHAT" } }, { 0, 0, 0 }
  for _, plugin in ipairs(plugins) do
    rows[#rows + 1] = { plugin.name, plugin.version, plugin.origin, plugin.doc }
  end
  for _, row in ipairs(rows) do
    for i = 1, 3 do widths[i] = math.max(widths[i], #row[i]) end
  end
  local format = ("%%-%ds  %%-%ds  %%-%ds  %%s"):format(table.unpack(widths))
  for _, row in ipairs(rows) do print(format:format(table.unpack(row))) end
  return 0
end

local commands = { list = list }

return {
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local name = arguments[1] or "list"
    local command = commands[name]
    if command and #arguments <= 1 then return command() end
    io.stderr:write(("rnnlua plugins: unknown command '%s'\n%s\n"):format(table.concat(arguments, " "), USAGE))
    return 1
  end,
}
