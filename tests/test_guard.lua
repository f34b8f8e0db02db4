--- The terminal after a session that a signal ends: as it was found, whatever the session was doing.
local terminal = require "support.terminal"

if not terminal.available then
  pending "sessions that signals end (make support builds what it takes)"
  return
end

local SIGNALS = { SIGHUP = 1, SIGQUIT = 3, SIGABRT = 6, SIGUSR1 = 10, SIGSEGV = 11, SIGALRM = 14, SIGTERM = 15 }
if os.getenv "RNNLUA_SANITIZED" then SIGNALS.SIGSEGV = nil end -- the sanitizer handles it

local function open(options)
  options = options or {}
  options.args = { "-i" }
  local s = terminal.open(options)
  s:expect "\27[?2004h> "
  return s
end

--- Ends the session and looks at what is left.
local function expect_sane(s, number)
  s.process:kill(number)
  assert.equal(128 + number, s:wait())
  assert.is_true(s.process:is_sane())
  local on = s.all:match ".*()\27%[%?2004h"
  local off = s.all:match ".*()\27%[%?2004l" or 0
  s:close()
  return on < off
end

for name, number in pairs(SIGNALS) do
  describe(name, function()
    it("while a line is edited", function()
      local s = open()
      s:type "half a li"
      s:expect "half a li"
      local cleared = expect_sane(s, number)
      -- where the line editor itself gives the terminal back, support.terminal hides that it ends its paste mode
      assert.is_true(cleared or number == 1 or number == 3 or number == 15)
    end)

    it("while matches are shown", function()
      local s = open()
      s:type "string.\t\t"
      s:expect "gmatch"
      expect_sane(s, number)
    end)

    it("while a chunk runs and the next line was typed ahead", function()
      local s = open()
      s:type "print('run'..'ning') while true do end\rx = 1\r"
      s:expect "running"
      expect_sane(s, number)
    end)
  end)
end

describe("a signal that ends a session", function()
  it("sends no escapes to a terminal that does not know them", function()
    local s = terminal.open { args = { "-i" }, env = { TERM = "dumb", RNNLUA_READLINE = "none" } }
    s:expect "> "
    s.process:kill(10)
    assert.equal(128 + 10, s:wait())
    s:close()
    assert.is_nil(s.all:find "\27")
  end)

  it("is ignored where the shell had it ignored", function()
    local pipe <close> = io.popen(([[(trap '' USR1; exec '%s' -i 2>&1 <<'END'
os.execute "kill -USR1 $PPID"
print "still here"
END
)]]):format(terminal.program))
    assert.matches("still here", pipe:read "a", 1, true)
  end)
end)
