--- Plugins written in Lua: a file whose rl.register.* calls come in all together, or not at all.
---
--- The file runs as a chunk of its own, `...` being its path. It may return a table {name=, version=, doc=, requires=};
--- without one the plugin is called as its file.
local core = require "rnnlua.core"

local script = {}

local FIELDS <const> = { name = true, version = true, doc = true, requires = true }

--- What the chunk returned, checked; nil and why it is refused.
local function check_description(value, stem)
  if value == nil then value = {} end
  if type(value) ~= "table" then return nil, ("returned a %s; expected nothing or a table"):format(type(value)) end
  for key, text in pairs(value) do
    if not FIELDS[key] then
      return nil, ("returned a table with a field '%s'; expected name, version, doc, requires"):format(tostring(key))
    end
    if type(text) ~= "string" then return nil, ("returned a table whose field '%s' is no string"):format(key) end
  end
  local described = { name = value.name or stem, version = value.version or "", doc = value.doc or "",
                      requires = value.requires }
  if not described.name:find "^[%a_][%w_]*$" or #described.name > 63 then
    return nil, ("is called '%s'; a name is made of letters, digits and _, and does not begin with a digit"):format(
      described.name)
  end
  return described
end

--- Runs the chunk with its registrations staged; what it described, or nil and why not.
local function run(chunk, file, stem)
  local ok, result = pcall(chunk, file)
  if not ok then return nil, tostring(result) end
  local described, message = check_description(result, stem)
  if not described then return nil, ("%s: %s"):format(file, message) end
  return described
end

--- @param file string
--- @param loading string[] names of plugins being loaded
--- @param load_required fun(described: table): boolean|nil, string|nil
--- @param taken fun(name: string): string|nil
--- @return string|nil name
--- @return string|nil message
function script.load(file, loading, load_required, taken)
  local chunk, syntax = loadfile(file, "t")
  if not chunk then return nil, syntax end
  local stem = file:match "([^/]*)%.lua$" or "plugin"
  core.begin_plugin { name = stem, version = "", doc = "", origin = file }
  local described, message = run(chunk, file, stem)
  if described then message = taken(described.name) end
  if described and not message then
    loading[#loading + 1] = described.name
    local ok, why = load_required(described)
    loading[#loading] = nil
    if not ok then message = why end
  end
  if message then
    core.abort_plugin()
    return nil, message
  end
  local ok, why = core.commit_plugin(described)
  if not ok then return nil, ("%s: %s"):format(file, why) end
  return described.name
end

return script
