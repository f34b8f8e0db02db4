--- rl.plugins: what is built in and what was loaded.
---
--- A plugin is named by its file, or by a name that is looked for as NAME.so in the folders of
--- RNNLUA_PLUGIN_PATH, then in the user's data folder. Never in the current one: what is loaded is what
--- was put there to be loaded.
local core = require "rnnlua.core"

local plugins = {}

--- The folders searched, in this order.
--- @return string[]
function plugins.path()
  local folders = {}
  for folder in (os.getenv "RNNLUA_PLUGIN_PATH" or ""):gmatch "[^:]+" do folders[#folders + 1] = folder end
  local home = os.getenv "HOME"
  local data = os.getenv "XDG_DATA_HOME" or home and home .. "/.local/share"
  if data then folders[#folders + 1] = data .. "/rnnlua/plugins" end
  return folders
end

local function is_readable(file)
  local handle = io.open(file, "rb")
  if handle then handle:close() end
  return handle ~= nil
end

--- @return string|nil file
--- @return string|nil message where it was looked for
local function locate(name)
  if name:find("/", 1, true) then return name end
  local tried = {}
  for _, folder in ipairs(plugins.path()) do
    local file = folder .. "/" .. name:gsub("%.so$", "") .. ".so"
    if is_readable(file) then return file end
    tried[#tried + 1] = "\n\tno file '" .. file .. "'"
  end
  return nil, ("plugin '%s' not found:%s"):format(name, table.concat(tried))
end

--- Loads a plugin; its types are then found under rl.layers and its like.
--- @param name string a file (with a /) or a name
--- @return string|nil name the plugin's own name; nil if it could not be loaded
--- @return string|nil message why not; then nothing of it stays
function plugins.load(name)
  if type(name) ~= "string" then
    core.raise(("plugins.load: a file or a name expected, got %s"):format(type(name)))
  end
  local file, message = locate(name)
  if not file then return nil, message end
  return core.load_plugin(file)
end

--- What there is, in the order it came.
--- @return {name: string, version: string, doc: string, origin: string}[] origin is "built in" or a file
function plugins.list() return core.plugins() end

return plugins
