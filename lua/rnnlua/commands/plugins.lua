--- `rnnlua plugins`: what is there, what a plugin has, whether it is right, and a start for a new one.
local USAGE <const> = [[
usage: rnnlua [--plugin NAME ...] plugins [list]
       rnnlua plugins info NAME|FILE
       rnnlua plugins check [--seconds N] NAME|FILE
       rnnlua plugins new NAME [--kind KIND] [--language c|lua] [--dir FOLDER]
]]

local fail, usage = require "rnnlua.commands.complaints"("rnnlua plugins", USAGE)

local function plugins() return require("rnnlua").plugins end

-- ---- list -------------------------------------------------------------------------------------------------

--- "Dense, Flatten and 3 more"
local function names_of(types)
  local names = {}
  for i = 1, math.min(#types, 4) do names[i] = types[i].name end
  local text = table.concat(names, ", ")
  return #types > 4 and ("%s and %d more"):format(text, #types - 4) or text
end

local function took(seconds) return seconds and seconds > 0 and ("%.1f ms"):format(1000 * seconds) or "" end

local function print_table(rows)
  local widths = { 0, 0, 0, 0 }
  for _, row in ipairs(rows) do
    for i = 1, 4 do widths[i] = math.max(widths[i], #row[i]) end
  end
  local format = ("%%-%ds  %%-%ds  %%-%ds  %%-%ds  %%s"):format(table.unpack(widths))
  for _, row in ipairs(rows) do print((format:format(table.unpack(row)):gsub("%s+$", ""))) end
end

local HEADINGS <const> = { "NAME", "VERSION", "FROM", "TIME", "REGISTERS" }

local function list_loaded()
  local rows = { HEADINGS }
  for _, plugin in ipairs(plugins().list()) do
    rows[#rows + 1] = { plugin.name, plugin.version or "", plugin.origin, took(plugin.seconds), names_of(plugin.types) }
  end
  print_table(rows)
end

--- "file (plugin)": what to load it by, and what it calls itself if that is something else
local function names_found(plugin)
  return plugin.found_as == plugin.name and plugin.name or ("%s (%s)"):format(plugin.found_as, plugin.name)
end

local function list_found(found)
  local rows, refused = { HEADINGS }, {}
  for _, plugin in ipairs(found) do
    if plugin.refused then
      refused[#refused + 1] = ("%s\n  %s"):format(plugin.file, plugin.refused)
    else
      local gives = plugin.shadowed_by and "shadowed by " .. plugin.shadowed_by or names_of(plugin.types)
      rows[#rows + 1] = { names_found(plugin), plugin.version, plugin.file, took(plugin.seconds), gives }
    end
  end
  if #rows > 1 then
    print "\nfound, to be loaded by --plugin NAME or rl.plugins.load(NAME):"
    print_table(rows)
  end
  if #refused > 0 then print("\nrefused:\n" .. table.concat(refused, "\n")) end
end

local function list(arguments)
  if #arguments > 0 then return usage("list takes no arguments, got '" .. arguments[1] .. "'") end
  list_loaded()
  list_found(plugins().found())
  return 0
end

-- ---- info, check, new ----------------------------------------------------------------------------------------

local function info(arguments)
  if #arguments ~= 1 then return usage "info needs one name or file" end
  local found, message = plugins().info(arguments[1])
  if not found then return fail(message) end
  print(("%s %s, from %s"):format(found.name, found.version or "", found.origin))
  if found.doc and found.doc ~= "" then print(found.doc) end
  for _, made in ipairs(found.types) do print("\n" .. made.help) end
  return 0
end

--- Takes --name VALUE pairs out of arguments; nil and a message for those not known.
local function take_options(arguments, known)
  local given, rest, i = {}, {}, 1
  while arguments[i] do
    local name = arguments[i]:match "^%-%-(.+)$"
    if name and not known[name] then return nil, ("unknown option '--%s'"):format(name) end
    if name and not arguments[i + 1] then return nil, ("'--%s' needs an argument"):format(name) end
    if name then given[name] = arguments[i + 1] else rest[#rest + 1] = arguments[i] end
    i = i + (name and 2 or 1)
  end
  return given, rest
end

local function check(arguments)
  local given, rest = take_options(arguments, { seconds = true })
  if not given then return usage(rest) end
  if #rest ~= 1 then return usage "check needs one name or file" end
  local seconds = tonumber(given.seconds or 60)
  if not seconds or not (seconds > 0 and seconds <= 86400) then
    return usage(("--seconds: expected a number in (0, 86400], got '%s'"):format(given.seconds))
  end
  local ok, result = plugins().check(rest[1], { seconds = seconds })
  print(tostring(result))
  return ok and 0 or 1
end

local function new(arguments)
  local given, rest = take_options(arguments, { kind = true, language = true, dir = true })
  if not given then return usage(rest) end
  if #rest ~= 1 then return usage "new needs one name" end
  local ok, written, message = pcall(plugins().new, rest[1], given)
  if not ok then return fail((tostring(written):gsub("^[^\n]-:%d+: ", ""))) end
  if not written then return fail(message) end
  print(written.text)
  return 0
end

local commands = { list = list, info = info, check = check, new = new }

return {
  usage = USAGE,
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local name = arguments[1] or "list"
    if name == "examine" and #arguments >= 3 then -- the child of info, check and list
      return require "rnnlua.plugins.examine".main(table.unpack(arguments, 2))
    end
    local command = commands[name]
    if command then return command(table.move(arguments, 2, #arguments, 1, {})) end
    return usage(("unknown command '%s'"):format(name))
  end,
}
