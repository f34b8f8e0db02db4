--- rl.plugins: what is built in and what was loaded; loading, checking and starting plugins.
---
--- A plugin is named by its file, or by a name that is looked for as NAME.so and NAME.lua in the folders of
--- RNNLUA_PLUGIN_PATH, then in the user's data folder, then in the installed one. The functions of a loaded plugin
--- are found under its name: rl.plugins.signal.smooth(x).
local core = require "rnnlua.core"
local search = require "rnnlua.plugins.search"

local plugins = {}

local loading = {} -- names of the plugins that are being loaded now, the outermost first

--- The folders searched for a name, in this order.
--- @return string[]
function plugins.path() return search.path() end

--- What there is, in the order it came. origin is "built in" or a file, seconds what loading it took, types what it
--- registered.
--- @return {name: string, version: string, doc: string, origin: string, seconds: number, types: type[]}[]
function plugins.list() return core.plugins() end

local function is_loaded(name)
  for _, plugin in ipairs(core.plugins()) do
    if plugin.name == name then return true end
  end
  return false
end

--- "plugin a requires b, which requires a", where b is about to be loaded while it is being loaded; else nil
local function cycle(name)
  for i, there in ipairs(loading) do
    if there == name then
      local chain = table.concat(loading, ", which requires ", i + 1)
      return ("plugin %s requires %s%s%s"):format(name, chain, chain ~= "" and ", which requires " or "", name)
    end
  end
end

--- Loads what a plugin requires, by name.
local function load_required(described)
  for name in (described.requires or ""):gmatch "%S+" do
    if not is_loaded(name) then
      local message = cycle(name)
      if message then return nil, message end
      local ok, why = plugins.load(name)
      if not ok then
        local is_cycle = why:find "which requires" and why:find "^plugin "
        return nil, is_cycle and why or ("plugin %s requires plugin %s, which cannot be loaded: %s"):format(
          described.name, name, why)
      end
    end
  end
  return true
end

--- Why a plugin cannot have this name: its functions would hide ours. nil where it can.
local function taken(name)
  return plugins[name] ~= nil and ("plugin name '%s' is taken by rl.plugins.%s"):format(name, name) or nil
end

local function load_shared_object(file)
  local opened, described = core.open_plugin(file)
  if not opened then return nil, described end
  if taken(described.name) then return nil, file .. ": " .. taken(described.name) end
  loading[#loading + 1] = described.name
  local ok, message = load_required(described)
  loading[#loading] = nil
  if ok then ok, message = core.take_plugin(opened, file) end
  if not ok then return nil, message end
  return described.name
end

local loaders = {
  [".so"] = load_shared_object,
  [".lua"] = function(file) return require "rnnlua.plugins.script".load(file, loading, load_required, taken) end,
}

--- Loads a plugin and those that it requires; its types are then found under rl.layers and its like, its functions
--- under rl.plugins.NAME.
--- @param name string a file (with a /) or a name
--- @return string|nil name the plugin's own name; nil if it could not be loaded
--- @return string|nil message why not; then nothing of it stays
function plugins.load(name)
  if type(name) ~= "string" then
    core.raise(("plugins.load: a file or a name expected, got %s"):format(type(name)))
  end
  local file, message = search.locate(name)
  if not file then return nil, message end
  local start = core.clock()
  local own, why = (loaders[file:match "%.%w+$"] or load_shared_object)(file)
  if own then core.note_seconds(core.clock() - start) end
  return own, why
end

return plugins
