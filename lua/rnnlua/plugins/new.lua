--- A start for a plugin: one file that builds and passes `rnnlua plugins check` as it is.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local new = {}

local C_PLACES <const> = { "rnnlua.starters.c_layers", "rnnlua.starters.c_parts", "rnnlua.starters.c_training" }

local SPEC <const> = {
  { "kind", "string", "layer", choices = {} },
  { "language", "string", "c", choices = { { "c" }, { "lua" } } },
  { "dir", "string", ".", doc = "the folder that the file is written to" },
}
for i, kind in ipairs(core.kinds()) do SPEC[1].choices[i] = { kind } end

local function template(kind, language)
  if language == "lua" then return require("rnnlua.starters.lua_parts")[kind] end
  for _, place in ipairs(C_PLACES) do
    local text = require(place)[kind]
    if text then return text end
  end
end

--- my_layer -> MyLayer; activations and functions are called as they are written in calls
local function type_name(name, kind)
  if kind == "activation" or kind == "function" then return name end
  local camel = name:gsub("_?(%a)(%w*)", function(first, rest) return first:upper() .. rest end)
  return (camel:gsub("^_+", ""))
end

--- Where rnnlua.h lies: installed, or in the tree that the program was built in. nil: neither.
local function header_folder()
  local plugins = core.installed_folders()[1]
  local own = plugins and plugins:gsub("/plugins$", "")
  for _, place in ipairs { "/../include", "/../src", "/../../src" } do
    local status = own and core.file_status(own .. place .. "/rnnlua.h")
    if status then return (status.path:gsub("/rnnlua.h$", "")) end
  end
end

local quote = require("rnnlua.shell").quote

local function build_command(stem)
  local folder = header_folder()
  local flags = folder and "-I" .. quote(folder) or "$(pkg-config --cflags rnnlua)"
  return ("cc -std=gnu11 -Wall -O2 -shared -fPIC %s -o %s %s"):format(flags, quote(stem .. ".so"), quote(stem .. ".c"))
end

local function write(file, text)
  if core.file_status(file) then return nil, file .. " is there already; it is left as it is" end
  local out, message = io.open(file, "wb")
  if not out then return nil, message end
  local ok, failure = out:write(text)
  local closed, late = out:close()
  if not (ok and closed) then return nil, failure or late end
  return true
end

--- What may go wrong with a name; nil: nothing
local function refuse(name, made, kind)
  if not name:find "^[%a_][%w_]*$" or #name > 60 then
    return ("plugins.new: a name is made of letters, digits and _, and does not begin with a digit, got '%s'"):format(name)
  end
  for _, plugin in ipairs(core.plugins()) do
    if plugin.name == name then return ("plugins.new: there already is a plugin %s (%s)"):format(name, plugin.origin) end
  end
  if kind ~= "function" and core.type(kind, made) then
    return ("plugins.new: there already is %s '%s'"):format(kind, made)
  end
end

--- @param name string of the plugin and its file
--- @param given table? kind, language, dir
--- @param taken fun(name: string): string|nil
--- @return table|nil written {file, build, check, text}
--- @return string|nil message
function new.write(name, given, taken)
  given = options.read("plugins.new", SPEC, given)
  local text = template(given.kind, given.language)
  if not text then return nil, ("plugins.new: a %s cannot be written in Lua alone; use language = \"c\""):format(given.kind) end
  local made = type_name(name, given.kind)
  local message = refuse(name, made, given.kind) or taken(name)
  if message then return nil, message end
  local folder = given.dir:gsub("(.)/+$", "%1")
  local stem = (folder == "." and "./" or folder .. "/") .. name
  local file = stem .. (given.language == "c" and ".c" or ".lua")
  local ok, why = write(file, (text:gsub("@(%u+)@", { TYPE = made, PLUGIN = name, KIND = given.kind })))
  if not ok then return nil, why end
  local loaded = quote(stem .. (given.language == "c" and ".so" or ".lua"))
  local written = { file = file, build = given.language == "c" and build_command(stem) or nil,
                    check = "rnnlua plugins check " .. loaded }
  written.text = ("wrote %s\n%s%s"):format(file,
    written.build and "build it:  " .. written.build .. "\n" or "", "check it:  " .. written.check)
  return written
end

return new
