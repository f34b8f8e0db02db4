--- For tests of plugins: runs of the program itself, and a folder of one's own for files that are loaded.
local plugins = {}

local program = arg[-1]
plugins.program = program:find "^/" and program or io.popen("pwd"):read "l" .. "/" .. program
plugins.support = plugins.program:match "^(.*)/" .. "/support/"

function plugins.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- What a shell command prints on both streams, and its exit status.
function plugins.shell(command)
  local pipe <close> = assert(io.popen("{ " .. command .. "\n} 2>&1"))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

--- Runs rnnlua; `environment` as "A=b C=d".
function plugins.rnnlua(arguments, environment)
  return plugins.shell(("XDG_DATA_HOME=/nonexistent %s %s %s"):format(environment or "", plugins.quote(plugins.program),
    arguments))
end

--- What a process of its own prints that loads a plugin and then runs a text; the plugin's name or the message is in
--- `name` and `message`.
function plugins.load(name, environment, text)
  local script = ("local rl = require 'rnnlua' local name, message = rl.plugins.load(%q) print(name or message) %s"):format(
    name, text or "")
  return plugins.rnnlua("-e " .. plugins.quote(script), environment)
end

function plugins.folder()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -m 755 " .. plugins.quote(folder)))
  return folder
end

function plugins.remove(folder) os.execute("rm -rf " .. plugins.quote(folder)) end

function plugins.write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

return plugins
