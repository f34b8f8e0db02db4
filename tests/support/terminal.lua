--- A program on a pseudo-terminal, driven as a person would: type, look, wait for what should appear.
---
--- Needs tests/support/pty.c, built by `make support` beside the program under test.
local clock = require("rnnlua.core").clock

local terminal = {}
terminal.__index = terminal

--- The program that runs this test, and whether the C part is there.
terminal.program = arg[-1]
local folder = terminal.program:match "^(.*)/" or "."
package.cpath = folder .. "/support/?.so;" .. package.cpath
local found, pty = pcall(require, "pty")
terminal.available = found

-- a machine may have no pseudo-terminals, a container without /dev/pts for one
if found then
  local opened, process = pcall(pty.spawn, { terminal.program, "-e", "" }, {})
  terminal.available = opened
  if opened then process:close() end
end

local INPUTRC <const> = debug.getinfo(1, "S").source:match "^@(.*)/" .. "/inputrc"
local PATIENCE <const> = 10 -- seconds; only a failing test waits so long

--- @param options {args: string[]?, env: table<string, string>?, rows: integer?, columns: integer?}?
function terminal.open(options)
  options = options or {}
  local env = { PATH = os.getenv "PATH", HOME = "/dev/null/home", TERM = "xterm", LANG = "C.UTF-8",
    INPUTRC = INPUTRC, ASAN_OPTIONS = os.getenv "ASAN_OPTIONS", LSAN_OPTIONS = os.getenv "LSAN_OPTIONS" }
  for name, value in pairs(options.env or {}) do env[name] = value or nil end
  local self = setmetatable({ unseen = "", all = "" }, terminal)
  local command = table.move(options.args or {}, 1, #(options.args or {}), 2, { terminal.program })
  self.process = pty.spawn(command, { env = env, rows = options.rows, columns = options.columns })
  return self
end

--- Takes in what the program wrote within `seconds`. False at the end of the program.
function terminal:look(seconds)
  local text = self.process:read(seconds)
  if text == nil then return false end
  -- readline leaves its paste mode after each line; what matters is what is to be seen
  self.unseen = (self.unseen .. text):gsub("\27%[%?2004l\r", "")
  self.all = (self.all .. text):gsub("\27%[%?2004l\r", "")
  return true
end

--- Gives the program time, as a person does who looks before typing on.
function terminal:pause(seconds)
  local deadline = clock() + (seconds or 0.2)
  repeat until not self:look(0.02) or clock() > deadline
end

function terminal:type(keys)
  local deadline = clock() + PATIENCE
  while #keys > 0 do
    keys = keys:sub(self.process:write(keys) + 1)
    if #keys > 0 and (not self:look(0.01) or clock() > deadline) then
      error("the program takes no keys", 2)
    end
  end
  return self
end

--- Waits until the text appears, and returns all that came before it, which is then seen.
function terminal:expect(text)
  local deadline = clock() + PATIENCE
  repeat
    local first, last = self.unseen:find(text, 1, true)
    if first then
      local before = self.unseen:sub(1, first - 1)
      self.unseen = self.unseen:sub(last + 1)
      return before
    end
  until not self:look(0.05) or clock() > deadline
  error(("expected %q on the terminal, saw %q"):format(text, self.unseen:sub(-400)), 2)
end

--- Types a line and returns what was written between its echo and the next prompt, without the
--- sequences that readline switches modes with.
function terminal:run(line, prompt)
  self:type(line .. "\r")
  self:expect(line .. "\r\n")
  local shown = self:expect(prompt or "\27[?2004h> ")
  return (shown:gsub("\27%[%?2004h", ""):gsub("\r\n", "\n"))
end

--- Ctrl-D. Returns the exit status, or fails if the program goes on.
function terminal:leave()
  self:pause() -- a key that comes between two lines may be lost, as in any shell
  self:type "\4"
  return self:wait()
end

function terminal:wait()
  local deadline = clock() + PATIENCE
  repeat until not self:look(0.5) or self.process:wait(0) or clock() > deadline
  return self.process:wait(0.5) or error("the program did not end", 2)
end

function terminal:close() self.process:close() end

return terminal
