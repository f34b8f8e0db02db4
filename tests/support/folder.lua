--- A folder for a test's files, which goes away when the value is closed: local folder <close> = require "support.folder"()
local listdir = require("rnnlua.core").listdir

local meta = { __index = {} }

--- The path of a file in it.
function meta.__index:path(name) return self.name .. "/" .. name end

--- The names in it, sorted.
function meta.__index:list()
  local names = listdir(self.name)
  table.sort(names)
  return names
end

function meta.__index:read(name)
  local file <close> = assert(io.open(self:path(name), "rb"))
  return file:read "a"
end

function meta.__index:write(name, bytes)
  local file <close> = assert(io.open(self:path(name), "wb"))
  file:write(bytes)
  return self:path(name)
end

function meta:__close() os.execute(("rm -rf '%s'"):format(self.name)) end

return function()
  local name = os.tmpname()
  os.remove(name)
  assert(os.execute(("mkdir '%s'"):format(name)))
  return setmetatable({ name = name }, meta)
end
