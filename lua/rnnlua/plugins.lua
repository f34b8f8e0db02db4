--- rl.plugins: what is built in and what was loaded; loading, checking and starting plugins.
---
--- A plugin is named by its file, or by a name that is looked for as NAME.so and NAME.lua in the folders of
--- RNNLUA_PLUGIN_PATH, then in the user's data folder, then in the installed one. The functions of a loaded plugin
--- are found under its name: rl.plugins.signal.smooth(x).
local core = require "rnnlua.core"
local search = require "rnnlua.plugins.search"
local documented = require "rnnlua.documented"

local plugins = {}

local CHECK <const> = { { "seconds", "number", 60, above = 0, high = 86400, doc = "how long it may take, anew behind a part that does not end" } }

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
--- under rl.plugins.NAME. A file that is loaded already is not loaded again.
--- @param name string a file (with a /) or a name
--- @return string|nil name the plugin's own name; nil if it could not be loaded
--- @return string|nil message why not; then nothing of it stays
function plugins.load(name)
  if type(name) ~= "string" then
    core.raise(("plugins.load: a file or a name expected, got %s"):format(type(name)))
  end
  local file, message = search.locate(name)
  if not file then return nil, message end
  for _, plugin in ipairs(core.plugins()) do
    if plugin.origin == file then return plugin.name end
  end
  local start = core.clock()
  local own, why = (loaders[file:match "%.%w+$"] or load_shared_object)(file)
  if own then core.note_seconds(core.clock() - start) end
  return own, why
end

--- What lies on the search path and is not loaded: each is loaded in a process of its own to see what it is. Folders
--- that are not searched, and our own plugins that are missing, are listed with the reason alone. found_as is the name
--- to load it by; where an earlier one of that name hides it, shadowed_by is the file of that.
--- @return {file: string, found_as: string?, shadowed_by: string?, name: string?, version: string?, doc: string?, seconds: number?, types: table[]?, refused: string?}[]
function plugins.found()
  local found, there, first = {}, {}, {}
  for _, plugin in ipairs(core.plugins()) do there[plugin.origin] = true end
  for _, folder in ipairs(search.path()) do
    local path, refused = search.check_folder(folder)
    if refused then found[#found + 1] = { file = folder, refused = refused } end
    for _, entry in ipairs(search.files(path or folder)) do
      local file, why = search.check_file(entry.file)
      if path and not there[file] then
        local one = file and require "rnnlua.plugins.child".describe(file) or { file = entry.file, refused = why }
        one.found_as, one.shadowed_by = entry.name, first[entry.name]
        found[#found + 1] = one
      end
      first[entry.name] = first[entry.name] or file or entry.file
    end
  end
  for _, folder in ipairs(search.passed_over()) do
    found[#found + 1] = { file = folder, refused = "in RNNLUA_PLUGIN_PATH, but passed over: it is not absolute" }
  end
  for _, missing in ipairs(core.standard_failures()) do
    found[#found + 1] = { file = missing.name, refused = missing.message }
  end
  return found
end

--- What a plugin registers, with arguments and documentation: of a loaded one by its name, else of a file or of what is
--- found by that name, which is loaded in a process of its own.
--- @param name string
--- @return table|nil # {name, version, doc, origin, types = {{kind, name, help}, …}}
--- @return string|nil message why not
function plugins.info(name)
  if type(name) ~= "string" then
    core.raise(("plugins.info: a file or a name expected, got %s"):format(type(name)))
  end
  for _, plugin in ipairs(core.plugins()) do
    if plugin.name == name then
      local types = {}
      for i, made in ipairs(plugin.types) do
        types[i] = { kind = made.kind, name = made.name, help = require "rnnlua.help".text(made) }
      end
      return { name = plugin.name, version = plugin.version, doc = plugin.doc, origin = plugin.origin, types = types }
    end
  end
  local file, message = search.locate(name)
  if not file then return nil, message end
  local found = require "rnnlua.plugins.child".describe(file)
  if found.refused then return nil, found.refused end
  found.origin = file
  return found
end

--- "layer Scale: ok", a line a part; or why the plugin is refused.
local function check_text(result)
  local lines = {}
  for i, part in ipairs(result.parts) do
    lines[i] = ("%s %s: %s"):format(part.kind, part.name, part.ok and "ok" or "FAILED " .. part.message)
  end
  if result.refused then lines[#lines + 1] = "FAILED " .. result.refused end
  return #lines > 0 and table.concat(lines, "\n") or "ok: it registers nothing"
end

--- The file of a plugin that is to be checked: of a loaded one that one, else what is found. nil and why there is none.
local function file_to_check(name)
  for _, plugin in ipairs(core.plugins()) do
    if plugin.name == name and plugin.origin == "built in" then
      return nil, name .. " is built in: what is built in is checked by rnnlua's own tests"
    end
    if plugin.name == name then return search.check_file(plugin.origin) end
  end
  return search.locate(name)
end

--- Loads a plugin in a process of its own and checks each part that it registers: numbers finite, gradients as by
--- differences, nothing written where it must not be, a training step. A plugin that crashes or hangs does so there.
---
---     rl.plugins.check("./no_such_plugin.so") --> nil	FAILED ./no_such_plugin.so: No such file or directory
--- @param name string a file (with a /) or a name
--- @param options table? seconds (60): how long it may take, anew behind a part that does not end
--- @return boolean|nil # true; nil where something is wrong
--- @return table result {ok, name, parts = {{kind, name, ok, message}, …}, refused}; tostring(result) tells it in lines
function plugins.check(name, options)
  if type(name) ~= "string" then
    core.raise(("plugins.check: a file or a name expected, got %s"):format(type(name)))
  end
  local given = require "rnnlua.options".read("plugins.check", CHECK, options)
  local file, message = file_to_check(name)
  local result = file and require "rnnlua.plugins.child".check(file, given.seconds)
    or { ok = false, file = name, parts = {}, refused = message }
  setmetatable(result, { __tostring = check_text })
  return result.ok or nil, result
end

--- Writes a start for a plugin, NAME.c or NAME.lua, that builds and passes check as it is. Nothing is written over.
---
---     rl.plugins.new("my scale") --> nil	plugins.new: a name is made of letters, digits and _, and does not begin with a digit, got 'my scale'
--- @param name string of the plugin and its file
--- @param options table? kind ("layer"), language ("c" or "lua"), dir (".", the folder it is written to)
--- @return table|nil # {file, build = the command that builds it, check = the command that checks it, text = all of it}
--- @return string|nil message why nothing was written
function plugins.new(name, options)
  if type(name) ~= "string" then core.raise(("plugins.new: a name expected, got %s"):format(type(name))) end
  return require "rnnlua.plugins.new".write(name, options, taken)
end

documented[plugins.check] = { spec = CHECK }

return plugins
