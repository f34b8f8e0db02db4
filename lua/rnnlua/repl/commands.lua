--- The `:`-commands of the REPL, and `name?`.
local core = require "rnnlua.core"

local commands = {}

local function strip(text) return text:match "^%s*(.-)%s*$" end

-- ---- what there is: name, arguments, what it does ------------------------------------------------------------

local list = {
  { "help", "[name]", "this list, or help on a name, as help(name)" },
  { "time", "expression", "runs it and shows how long it took" },
  { "load", "file", "runs a Lua file in this session" },
  { "quit", "", "ends the session, as Ctrl-D" },
}

local run = {}

function run.help(session, argument)
  if argument ~= "" then return commands.show_help(session, argument) end
  for _, command in ipairs(list) do
    print(("  %-18s %s"):format(":" .. command[1] .. " " .. command[2], command[3]))
  end
  print(("  %-18s %s"):format("name?", "help on a name"))
  print(("  %-18s %s"):format("_", "the last value shown"))
  print "  TAB completes, Ctrl-R searches what was typed before, Ctrl-C gives up a line or stops what runs."
end

local function duration(seconds)
  for _, unit in ipairs { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" } } do
    if seconds >= unit[1] then return ("%.3g %s"):format(seconds / unit[1], unit[2]) end
  end
  return ("%.0f ns"):format(seconds * 1e9)
end

function run.time(session, argument)
  local f, message = load("return " .. argument, "=stdin", "t")
  if not f then f, message = load(argument, "=stdin", "t") end
  if not f then return session.show_error(message) end
  local seconds
  local function timed()
    local start = core.clock()
    local results = table.pack(f())
    seconds = core.clock() - start
    return table.unpack(results, 1, results.n)
  end
  if session.run(timed) then print(duration(seconds)) end
end

function run.load(session, argument)
  local f, message = loadfile(argument)
  if not f then return session.show_error(message) end
  session.run(f)
end

function run.quit(session) session.over = true end

-- ---- finding the one that was typed ----------------------------------------------------------------------------

local QUERY <const> = "^%s*([%a_][%w_.:]*)%s*%?%s*$"
local COMMAND <const> = "^:(%a%w*)%s*(.-)%s*$"

--- @param text string # the whole chunk so far
function commands.is_command(text)
  if text:find "\n" then return false end
  return text:find(COMMAND) ~= nil or text:find(QUERY) ~= nil
end

--- help of the value, if the text is the path to one, else of the text itself.
function commands.show_help(session, text)
  local f = load("return " .. text:gsub(":", "."), "=stdin", "t")
  local ok, value
  if f then ok, value = pcall(f) end
  if not ok or value == nil then value = text end
  session.run(function() help(value) end)
end

--- @return string[] # the names of all commands, with their colon
function commands.names()
  local names = {}
  for i, command in ipairs(list) do names[i] = ":" .. command[1] end
  return names
end

function commands.run(session, text)
  local query = text:match(QUERY)
  if query then return commands.show_help(session, query) end
  local name, argument = text:match(COMMAND)
  if run[name] then return run[name](session, strip(argument)) end
  local near = core.suggest(":" .. name, commands.names())
  session.show_error(("unknown command ':%s'%s"):format(name, near and (" (did you mean '%s'?)"):format(near)
    or "; :help lists them"))
end

return commands
