-- Cells of several lines in the interactive session, key by key.
require "rnnlua"
local session = require "support.session"

if not session.available then
  pending "the session on a terminal (make support builds what it takes)"
  return
end

session.set_up()

local UP <const>, DOWN <const>, HOME <const>, END <const>, RIGHT <const> = "\27[A", "\27[B", "\27[H", "\27[F", "\27[C"
local ALT_ENTER <const> = "\27\r"

local function open_at_second_line()
  local s = session.open()
  s:run "t = {}"
  s:type "for i = 1, 2 do\r"
  s:expect ">> "
  return s
end

--- The values of a list in the session.
local function list(s, name) return (s:run(("table.concat(%s, ' ')"):format(name)):gsub("\n", "")) end

describe("a cell that is being typed", function()
  it("is edited as one when Up leaves its last line", function()
    local s = open_at_second_line()
    s:type "t[#t + 1] = i\r"
    s:expect ">> "
    s:type("end" .. UP .. UP .. END .. "\8\8\8\0083 do" .. DOWN .. DOWN .. END .. "\r")
    s:expect "\27[?2004h> "
    assert.equal("1 2 3", list(s, "t"))
  end)

  it("gets new lines between, indented as the one before", function()
    local s = open_at_second_line()
    s:type "  t[#t + 1] = i\r"
    s:expect ">> "
    s:type("end" .. UP .. END .. "\rt[#t + 1] = 10 * i")
    s:type(DOWN .. END .. "\r")
    s:expect "\27[?2004h> "
    assert.equal("1 10 2 20", list(s, "t"))
    s:type(UP .. UP)
    s:expect "  t[#t + 1] = 10 * i\r\n"
  end)

  it("runs at Alt-Enter wherever the cursor is", function()
    local s = open_at_second_line()
    s:type("t[i] = i end" .. UP .. ALT_ENTER)
    s:expect "\27[?2004h> "
    assert.equal("1 2", list(s, "t"))
  end)

  it("goes on with a new line at its end while it is not complete", function()
    local s = open_at_second_line()
    s:type("t[i] = i" .. UP .. DOWN .. END .. "\r")
    s:expect ">> "
    s:run "end"
    assert.equal("1 2", list(s, "t"))
  end)

  it("is written where its lines were, also wide ones", function()
    local s = session.open { columns = 20, env = { LC_ALL = "C.UTF-8" } }
    s:type "t = {\r"
    s:expect ">> "
    s:type "'가나다라마바사아자차카타파하',\r" -- 2 rows
    s:expect ">> "
    s:type "1}"
    s:pause()
    s.unseen = ""
    s:type(UP)
    s:expect "\r\27[3A\27[J" -- to the row of the prompt
    s:expect "> t = {"
  end)

  it("stays as it is if the screen is too small for all of it", function()
    local s = session.open { rows = 5 }
    for i = 1, 4 do
      s:type "t = {\r"
      s:expect ">> "
    end
    s:type(UP .. UP .. "1}}}}\r")
    s:expect "1}}}}\r\n"
    s:expect "\27[?2004h> "
    assert.equal("table\n", s:run "type(t)")
  end)

  it("is given up below its last row at Ctrl-C", function()
    local s = open_at_second_line()
    s:type("t[i] = i" .. UP .. UP)
    s:pause()
    s.unseen = ""
    s:type "\3"
    s:expect "\r\n" -- from the first line to the last
    s:expect "^C\r\n"
    s:expect "> "
  end)

  it("keeps the cursor's column, counted in characters", function()
    local s = open_at_second_line()
    s:type "-- 가나다\r"
    s:expect ">> "
    s:type("t[i] = i end" .. HOME .. RIGHT:rep(4) .. UP .. "x" .. DOWN .. END .. "\r")
    s:expect "\27[?2004h> "
    s:type(UP)
    s:expect "-- 가x나다"
  end)
end)

describe("Home and End", function()
  it("stay in the line, and go on to the ends of the cell the second time", function()
    local s = open_at_second_line()
    s:type("t[i] = i" .. UP .. DOWN .. HOME .. "do " .. HOME .. HOME .. "do " .. END .. END .. " end end end" .. "\r")
    s:expect "\27[?2004h> "
    assert.equal("1 2", list(s, "t"))
    s:type(UP .. UP)
    s:expect "do for i = 1, 2 do\r\n\rdo t[i] = i end end end"
  end)
end)

describe("a cell out of the history", function()
  it("is gone through line by line, and runs at Enter as it is", function()
    local s = open_at_second_line()
    s:type "t[#t + 1] = i\r"
    s:expect ">> "
    s:run "end"
    s:type(UP .. UP .. "\r")
    s:expect "\27[?2004h> "
    assert.equal("1 2 1 2", list(s, "t"))
    s:type("for" .. UP .. "\r")
    s:expect "\27[?2004h> "
    assert.equal("1 2 1 2 1 2", list(s, "t"))
  end)
end)

describe("a closing bracket", function()
  it("shows the one that it closes", function()
    local s = session.open { env = { INPUTRC = "/dev/null" } }
    s:type "f(1)"
    s:expect "f(1)\8\8\8\27[C\27[C" -- to the bracket and back
    s:type "\21x = 5\r"
    s:pause()
    assert.matches("5", s:run "x")
  end)
end)
