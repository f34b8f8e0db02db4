--- `rnnlua examples`: the scripts that come with rnnlua: what there is, one of them run, one of them shown.
local core = require "rnnlua.core"

local USAGE <const> = [[
usage: rnnlua examples                      what there is
       rnnlua examples NAME [args]          run one
       rnnlua examples show NAME            print one
]]

--- Where the scripts may lie, seen from the program: installed, or in the tree that it was built in.
local PLACES <const> = { "/../share/rnnlua/examples", "/../scripts", "/../../scripts", "/../../../scripts" }

--- The folder of the scripts without links, or nil.
local function folder()
  local plugins = core.installed_folders()[1] -- beside the program
  local own = plugins and plugins:gsub("/plugins$", "")
  for _, place in ipairs(own and PLACES or {}) do
    local status = core.file_status(own .. place .. "/sequence.lua")
    if status then return (status.path:gsub("/[^/]*$", "")) end
  end
end

local fail = require "rnnlua.commands.complaints"("rnnlua examples", USAGE)

local function names_in(place)
  local names = {}
  for _, entry in ipairs(core.listdir(place) or {}) do names[#names + 1] = entry:match "^([%w_]+)%.lua$" end
  table.sort(names)
  return names
end

--- The first line of a script, which says what it is about.
local function first_line(path)
  local file <close> = assert(io.open(path))
  return (file:read "l" or ""):gsub("^%-+%s*", ""), nil
end

local function list(place)
  local names, width = names_in(place), 0
  for _, name in ipairs(names) do width = math.max(width, #name) end
  for _, name in ipairs(names) do
    print(("%s%s  %s"):format(name, (" "):rep(width - #name), (first_line(place .. "/" .. name .. ".lua"))))
  end
  print(("\nThey lie in %s.\nrnnlua examples NAME [args] runs one, rnnlua examples show NAME prints it."):format(place))
  return 0
end

--- The file of an example, its ending may be given; nil and a message where there is none.
local function file_of(place, name)
  local stem = name:gsub("%.lua$", "")
  local path = place .. "/" .. stem .. ".lua"
  if stem:find "^[%w_]+$" and core.file_status(path) then return path end
  local near = core.suggest(stem, names_in(place))
  return nil, ("there is no example '%s'%s"):format(name,
    near and (" (did you mean '%s'?)"):format(near) or "; rnnlua examples lists them")
end

--- Runs it as `rnnlua FILE args` would: the same `arg`, the same `...`.
local function run(path, arguments)
  local whole = { [0] = path, table.unpack(arguments, 2) }
  for i, word in pairs(arguments) do
    if math.type(i) == "integer" and i < 0 then whole[i] = word end
  end
  _G.arg = whole
  local chunk, message = loadfile(path)
  if not chunk then return fail(message) end
  chunk(table.unpack(whole))
  return 0
end

local function show(place, arguments)
  if #arguments ~= 2 then return fail "show needs one name" end
  local path, message = file_of(place, arguments[2])
  if not path then return fail(message) end
  local file <close> = assert(io.open(path))
  io.write(file:read "a")
  return 0
end

return {
  usage = USAGE,
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local name = arguments[1]
    if name and name:find "^%-" then
      io.stderr:write(USAGE)
      return 1
    end
    local place = folder()
    if not place then return fail "the examples were not installed: none in ../share/rnnlua/examples beside the program" end
    if name == nil then return list(place) end
    if name == "show" then return show(place, arguments) end
    local path, message = file_of(place, name)
    if not path then return fail(message) end
    return run(path, arguments)
  end,
}
