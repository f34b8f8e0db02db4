--- `rnnlua new NAME`: a project to begin with, whose script runs and whose tests pass as they are.
local core = require "rnnlua.core"

local USAGE <const> = "usage: rnnlua new NAME [--dir FOLDER]\n"

local fail, usage = require "rnnlua.commands.complaints"("rnnlua new", USAGE)

--- {name, dir}; nil and what is wrong
local function read(arguments)
  local given, i = { dir = "." }, 1
  while arguments[i] do
    local word = arguments[i]
    if word == "--dir" then
      i = i + 1
      if not arguments[i] then return nil, "'--dir' needs an argument" end
      given.dir = arguments[i] ~= "/" and arguments[i]:gsub("(.)/+$", "%1") or ""
    elseif word:find "^%-" then
      return nil, ("unknown option '%s'"):format(word)
    elseif given.name then
      return nil, ("one name expected, got '%s' too"):format(word)
    else
      given.name = word
    end
    i = i + 1
  end
  if not given.name then return nil, "a name is needed" end
  return given
end

--- Why a folder of this name is not made; nil: it may be.
local function refuse(name, folder)
  if not name:find "^%a[%w_-]*$" or #name > 60 then
    return ("a name is made of letters, digits, _ and -, and begins with a letter, got '%s'"):format(name)
  end
  if core.file_status(folder) then return folder .. " is there already; it is left as it is" end
end

local function write(path, text)
  local made, message = core.mkdir(path:match "^(.*)/")
  if not made then return nil, message end
  local file, why = core.create_file(path)
  if not file then return nil, why end
  local ok, failure = file:write(text)
  if not ok then return nil, failure end
  return file:commit()
end

--- In paths printed to be typed: quoted where a shell would take them apart.
local quote = require("rnnlua.shell").quote

return {
  usage = USAGE,
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local given, wrong = read(arguments)
    if not given then return usage(wrong) end
    local folder = given.dir == "." and given.name or given.dir .. "/" .. given.name
    local refused = refuse(given.name, folder)
    if refused then return fail(refused) end
    for _, entry in ipairs(require "rnnlua.starters.project".files(given.name)) do
      local ok, message = write(folder .. "/" .. entry[1], entry[2])
      if not ok then return fail(message) end
      print(("wrote %s/%s"):format(folder, entry[1]))
    end
    print(("run it:   rnnlua %s\ntest it:  rnnlua test %s"):format(quote(folder .. "/main.lua"), quote(folder)))
    return 0
  end,
}
