--- The interactive session: reads a chunk from the terminal, runs it, shows what it returned.
---
--- The C side (src/host/interact.c) loops over the function that `start` returns and gives it `host`:
--- line editing, protected calls, file locks. What is typed is Lua; only where a fresh chunk begins are
--- `:command` and `name?` looked for, neither of which can begin a Lua chunk.
local chunks = require "rnnlua.repl.chunks"
local colour = require "rnnlua.repl.colour"

local repl = {}

-- ---- reading ---------------------------------------------------------------------------------------------

--- _PROMPT or _PROMPT2, or what lua has in their place. Colours in them are marked, as they take no room.
local function prompt(host, continues)
  local text = continues and _PROMPT2 or not continues and _PROMPT or nil
  if text == nil then return continues and ">> " or "> " end
  text = tostring(text)
  return host.library() and text:gsub("\27%[[%d;]*m", "\1%0\2") or text
end

--- Reads lines, of which Up may make one again, to be edited as a whole.
--- @param text string? # the lines before
--- @param shown string? # what the screen shows of them
--- @return string? # with the new one
--- @return string? # what the screen shows now
--- @return boolean # whether more lines are to come
local function read_more(session, text, shown)
  local mark = prompt(session.host, text)
  local line, how, point = session.host.read(mark, shown)
  while how == "up" do
    local resumed = { text = text .. "\n" .. line, point = #text + 1 + point, shown = shown .. "\n" .. mark .. line:sub(1, point) }
    text, shown, session.pending = nil, nil, ""
    mark = prompt(session.host)
    line, how, point = session.host.read(mark, resumed)
  end
  if line == nil and text == nil then return nil end
  if line == nil then print() end
  if not line then return false end
  if line:find "\n" then line = line:gsub("\n$", "") end -- Enter is the newline that ends a pasted block
  return text and text .. "\n" .. line or line, (shown and shown .. "\n" or "") .. mark .. line, how == "unfinished"
end

--- Reads lines until they are a chunk, and remembers it as one entry of the history.
--- @return string? # the chunk; nil at the end of input, false if Ctrl-C or Ctrl-D gave it up
--- @return function[]|string # the compiled pieces, or why there are none
local function read_chunk(session)
  local text, shown, unfinished
  session.pending = ""
  while true do
    text, shown, unfinished = read_more(session, text, shown)
    if not text then return text end
    if session.commands.is_command(text) then
      session.history:add(text)
      return text
    end
    local pieces, message, incomplete = chunks.compile(text)
    if not (incomplete or unfinished) then
      session.history:add(text)
      return text, pieces or message
    end
    session.pending = text .. "\n"
  end
end

-- ---- running ----------------------------------------------------------------------------------------------

--- The line of a chunk of several that a message begins with.
local function source_line(message, text)
  local number = tonumber(message:match "^stdin:(%d+):")
  local line = number and text and text:find "\n" and chunks.lines(text)[number]
  return line and ("\n  %d | %s"):format(number, line) or ""
end

--- @param text string? # the chunk whose error it is
local function show_error(message, text)
  message = tostring(message)
  io.stdout:flush()
  if message:find "^[^\n]*interrupted!" then io.stderr:write "\n" end -- the terminal has just shown ^C
  local first, rest = message:match "^(.-)(\nstack traceback:\n.*)$"
  first = first or message
  io.stderr:write(colour.error(first), source_line(first, text), rest and colour.faint(rest) or "", "\n")
  io.stderr:flush()
end

--- Prints values as a person reads them, and keeps the first as `_`.
local function show_results(silently, ...)
  local count = select("#", ...)
  if count == 0 then return end
  if (...) ~= nil then _G._ = (...) end
  if silently then return end
  print(require("rnnlua.repl.show").results(...))
end

--- Runs f as the user's code. Returns whether it ended well.
--- @param text string? # where it was typed
local function run(session, f, text)
  local silently = text ~= nil and chunks.is_silent(text)
  local results = table.pack(session.host.run(f))
  if not results[1] then
    show_error(results[2], require("rnnlua.repl.frames").is_innermost(f) and text or nil)
    return false
  end
  local shown = table.pack(session.host.run(function() show_results(silently, table.unpack(results, 2, results.n)) end))
  if not shown[1] then show_error(shown[2]) end
  return shown[1]
end

--- Runs the pieces of a chunk up to one that fails.
local function run_pieces(session, pieces, text)
  session.last = text
  for _, piece in ipairs(pieces) do
    if not run(session, piece, text) then return end
  end
  if text:find "%S" then session.ran[#session.ran + 1] = text end
end

--- Runs text that was not typed at the prompt.
local function run_text(session, text)
  local pieces, message = chunks.compile(text)
  session.history:add(text)
  if not pieces then return show_error(message, text) end
  run_pieces(session, pieces, text)
end

local function step(session)
  local text, pieces = read_chunk(session)
  if text == nil then
    print()
    return false
  end
  if text and pieces == nil then
    session.commands.run(session, text)
  elseif type(pieces) == "string" then
    session.last = text
    show_error(pieces, text)
  elseif text then
    run_pieces(session, pieces, text)
  end
  return not session.over
end

local function no_note() return "" end

--- Tells the host what TAB offers, and how a list of it is shown.
local function connect_completion(session)
  local note, files
  session.host.complete_with(function(before)
    local start, matches, append
    start, matches, append, files, note = require("rnnlua.repl.complete")(session.pending, before)
    return start, matches, append, files
  end, function(names)
    local shown = {}
    for i, name in ipairs(names) do shown[i] = files and name:match "([^/]*)$" or name end
    print(require("rnnlua.repl.matches")(shown, note or no_note))
  end)
end

-- ---- starting ---------------------------------------------------------------------------------------------

--- @param host table # see src/host/lineedit.h, lockfile.h, interact.c
--- @return function # reads and runs one chunk; returns false at the end of the session
function repl.start(host)
  local session = { host = host, pending = "", over = false, ran = {}, commands = require "rnnlua.repl.commands" }
  session.history = require("rnnlua.repl.history").open(host)
  session.run = function(f) return run(session, f) end
  session.run_text = function(text) run_text(session, text) end
  session.show_error = show_error
  host.observe_errors(function() require("rnnlua.repl.frames").observe(host.run) end)
  connect_completion(session)
  if rl == nil then rl = require "rnnlua" end
  if help == nil then help = function(...) return require("rnnlua.help").help(...) end end
  if who == nil then who = require("rnnlua.repl.who")(_G) end
  print(("rnnlua %s  %s  (:help for help, Ctrl-D to leave)"):format(host.version, host.lua_version))
  return function() return step(session) end
end

return repl
