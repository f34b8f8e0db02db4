--- The `:`-commands of the REPL, and `name?`.
local chunks = require "rnnlua.repl.chunks"
local core = require "rnnlua.core"

local commands = {}

local function strip(text) return text:match "^%s*(.-)%s*$" end

-- ---- what there is: name, arguments, what it does ------------------------------------------------------------

local list = {
  { "help", "[name]", "this list, or help on a name, as help(name)" },
  { "time", "expression", "runs it and shows how long it took" },
  { "bench", "expression", "runs it again and again: the shortest and the median time, and what it allocates" },
  { "locals", "", "the local variables where the last error was raised" },
  { "load", "file", "runs a Lua file in this session" },
  { "save", "file", "writes what ran without an error to a new Lua file; :save! replaces one" },
  { "edit", "[file]", "opens $EDITOR on the file, or on what was typed last, then runs it" },
  { "page", "[expression]", "shows a value, or the last one, through $PAGER" },
  { "sh", "[command]", "runs a command of the shell, or the shell" },
  { "quit", "", "ends the session, as Ctrl-D" },
}

local run = {}

function run.help(session, argument)
  if argument ~= "" then return commands.show_help(session, argument) end
  for _, command in ipairs(list) do
    print(("  %-18s %s"):format(":" .. command[1] .. " " .. command[2], command[3]))
  end
  for _, line in ipairs { { "name?", "help on a name" }, { "who()", "the variables of this session" },
    { "expression;", "its value is not shown, but kept" }, { "_", "the last value" } } do
    print(("  %-18s %s"):format(line[1], line[2]))
  end
  print "  TAB completes, Ctrl-R searches what was typed before, Ctrl-C gives up a line or stops what runs."
end

--- The text as a function: an expression, whose value it returns, or statements. nil after an error, which was shown.
local function compile(session, text)
  local f, message = chunks.compile_piece(text)
  if not f then session.show_error(message) end
  return f
end

function run.time(session, argument)
  local f = compile(session, argument)
  if not f then return end
  local seconds
  local function timed()
    local start = core.clock()
    local results = table.pack(f())
    seconds = core.clock() - start
    return table.unpack(results, 1, results.n)
  end
  if session.run(timed) then print(require("rnnlua.repl.timing").text(seconds)) end
end

function run.bench(session, argument)
  local f = compile(session, argument)
  if f then session.run(function() print(require("rnnlua.repl.timing").bench(f)) end) end
end

function run.locals() require("rnnlua.repl.frames").print(require("rnnlua.repl.show").inline) end

function run.load(session, argument)
  local f, message = loadfile(argument)
  if not f then return session.show_error(message) end
  session.run(f)
end

-- ---- files, editors, shells -----------------------------------------------------------------------------------

function run.save(session, argument, force)
  if argument == "" then return session.show_error ":save: a file to write is missing" end
  local there <close> = io.open(argument)
  local is_folder = there and not there:read(0) and select(3, there:read(1)) ~= nil
  if is_folder then return session.show_error((":save: '%s' is a folder"):format(argument)) end
  if there and not force then
    return session.show_error((":save: '%s' is there already; :save! replaces it"):format(argument))
  end
  local text = table.concat(session.ran, "\n") .. (#session.ran > 0 and "\n" or "")
  local ok, message = require("rnnlua.files.arrays").replace(argument, function(file) return file:write(text) end)
  if not ok then return session.show_error(":save: " .. tostring(message)) end
  print(("%d chunks in %s"):format(#session.ran, argument))
end

--- Says how a command ended, if not well.
local function execute(session, command)
  io.stdout:flush()
  local ok, how, status = os.execute(command)
  if not ok then session.show_error(("%s %d"):format(how == "signal" and "ended by signal" or "exit status", status)) end
  return ok
end

function run.sh(session, argument)
  execute(session, argument ~= "" and argument or os.getenv "SHELL" or "sh")
end

local function edit_file(session, path)
  return execute(session, (os.getenv "VISUAL" or os.getenv "EDITOR" or "vi") .. " " .. require("rnnlua.shell").quote(path))
end

--- What was typed last, as the editor left it; nil if the editor failed.
local function edited_text(session)
  local path = os.tmpname()
  local named = path .. ".lua" -- editors colour by it
  os.rename(path, named)
  require("rnnlua.files.arrays").replace(named, function(file) return file:write(session.last or "", "\n") end)
  local text
  if edit_file(session, named) then
    local file <close> = io.open(named)
    text = file and file:read "a"
  end
  os.remove(named)
  return text
end

function run.edit(session, argument)
  if argument ~= "" then
    if edit_file(session, argument) then run.load(session, argument) end
    return
  end
  local text = edited_text(session)
  if text and text:find "%S" then session.run_text(text) end
end

function run.page(session, argument)
  local f = argument == "" and function() return _G._ end or compile(session, argument)
  if not f then return end
  session.run(function()
    local text = require("rnnlua.repl.show").results(f())
    io.stdout:flush()
    local pager <close> = assert(io.popen(os.getenv "PAGER" or "less -R", "w"))
    pager:write(text, "\n")
  end)
end

function run.quit(session) session.over = true end

-- ---- finding the one that was typed ----------------------------------------------------------------------------

local QUERY <const> = "^%s*([%a_][%w_.:]*)%s*%?%s*$"
local COMMAND <const> = "^:(%a%w*)(!?)%s*(.-)%s*$"

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
  local name, force, argument = text:match(COMMAND)
  if run[name] then return run[name](session, strip(argument), force == "!") end
  local near = core.suggest(":" .. name, commands.names())
  session.show_error(("unknown command ':%s'%s"):format(name, near and (" (did you mean '%s'?)"):format(near)
    or "; :help lists them"))
end

return commands
