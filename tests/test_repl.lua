-- The interactive session, as a person at a terminal meets it.
require "rnnlua"
local session = require "support.session"

if not session.available then
  pending "the session on a terminal (make support builds what it takes)"
  return
end

session.set_up()

local open, new_state, folder = session.open, session.new_state, session.folder
local UP <const>, DOWN <const>, CTRL_C <const> = "\27[A", "\27[B", "\3"
local PASTE <const>, END_OF_PASTE <const> = "\27[200~", "\27[201~"

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

describe("the session", function()
  it("greets with the versions, leaves at Ctrl-D with status 0 and a sane terminal", function()
    local s = open { no_prompt = true }
    s:expect "rnnlua "
    s:expect "Lua 5.4"
    s:expect "> "
    assert.equal(0, s:leave())
    assert.is_true(s.process:is_sane())
  end)

  it("has rl preset, and leaves to a script what the script has set", function()
    local s = open()
    assert.equal("table\n", s:run "type(rl)")
    local other = open { args = { "-e", "rl = 'mine'", "-i" } }
    assert.equal("mine\n", other:run "rl")
  end)

  it("keeps the terminal sane when a chunk ends the program", function()
    local s = open()
    s:type "os.exit(3)\r"
    assert.equal(3, s:wait())
    assert.is_true(s.process:is_sane())
  end)

  it("keeps the terminal sane when it is terminated while a line is edited", function()
    local s = open()
    s:type "half a li"
    s:expect "half a li"
    s.process:kill(15)
    assert.equal(128 + 15, s:wait())
    assert.is_true(s.process:is_sane())
  end)

  it("loads no line editor for a script", function()
    local script = [[local maps = io.open("/proc/self/maps") and io.open("/proc/self/maps"):read "a" or ""
      print(maps:find "readline" or maps:find "libedit")]]
    local pipe = io.popen(("'%s' -e '%s' </dev/null"):format(terminal.program, script))
    assert.equal("nil\n", pipe:read "a")
    pipe:close()
  end)

  it("works without a line editor", function()
    local s = open { env = { RNNLUA_READLINE = "none" } }
    s:type "1 + 41\r"
    s:expect "42\r\n> "
    s:type "for i = 1, 2 do\r"
    s:expect ">> "
    s:type(CTRL_C)
    s:expect "> "
    s:type "'still' .. 'here'\r"
    s:expect "stillhere\r\n> "
    assert.equal(0, s:leave())
  end)
end)

--- Without colours.
local function plain(text) return (text:gsub("\27%[[%d;]*m", "")) end

describe("results", function()
  it("print as lua prints them", function()
    local s = open()
    assert.equal("2\t0.5\ttrue\tnil\n", s:run "1 + 1, 1 / 2, true, nil")
    assert.equal("a\tb\n", s:run "'a\\tb'")
    assert.equal("1\ta\nb\n", s:run "1, 'a\\nb'")
    assert.equal("nil\n", s:run "nil")
    assert.equal("7\n", s:run "= 7")
    assert.equal("", s:run "x = 5")
    assert.equal("", s:run "")
    assert.equal("", s:run "-- nothing")
    assert.equal("5\n", s:run "x -- a comment")
  end)

  it("are kept in _", function()
    local s = open()
    s:run "20 + 1"
    assert.equal("42\n", s:run "_ * 2")
    s:run "y = 1"
    assert.equal("42\n", s:run "_")
  end)

  it("show tables, also in tables, in an order that stays", function()
    local s = open()
    assert.equal("{}\n", s:run "{}")
    assert.equal([[{1, "two", {3}, a = true, b = {}, [1.5] = "x"}]],
      (s:run "{1, 'two', {3}, b = {}, a = true, [1.5] = 'x'}"):gsub("%[1.5%] = \"x\", a = true, b = {}",
        "a = true, b = {}, [1.5] = \"x\""):gsub("\n", ""))
    assert.equal('{["a b"] = 1, f = function(x, ...)}\n', s:run "{f = function(x, ...) end, ['a b'] = 1}")
    assert.equal('{"line\\nbreak"}\n', s:run '{"line\\nbreak"}')
  end)

  it("stop at cycles, depth and length", function()
    local s = open()
    s:run "t = {1} t.self = t"
    assert.equal("{1, self = <cycle>}\n", s:run "t")
    s:run "shared = {1}"
    assert.equal("{{1}, {1}}\n", s:run "{shared, shared}")
    assert.matches("{%.%.%.}", s:run "{{{{{{{{1}}}}}}}}")
    s:run "long = {} for i = 1, 100000 do long[i] = i end"
    local shown = s:run "long"
    assert.matches("%.%.%. %(99900 more%)", shown)
    assert.is_true(#shown < 2000)
  end)

  it("break long tables into lines that fit", function()
    local s = open { columns = 50 }
    local shown = s:run "{alpha = ('x'):rep(20), beta = ('y'):rep(20), gamma = 1}"
    assert.equal(('{\n  alpha = "%s",\n  beta = "%s",\n  gamma = 1\n}\n'):format(("x"):rep(20), ("y"):rep(20)), shown)
  end)

  it("show tensors as NumPy does", function()
    local s = open()
    local shown = s:run "rl.tensor{{0, 0.1}, {0.2, 0.3}}"
    assert.equal("[[0.  0.1]\n [0.2 0.3]]\nfloat64 tensor of shape (2, 2)\n", plain(shown))
    assert.equal("0.1\n", s:run "_[1][2]")
    assert.equal("{<float64 tensor of shape (2, 2)>}\n", s:run "{rl.zeros({2, 2}, 'float64')}")
  end)

  it("show a model by its summary", function()
    local s = open { columns = 90 }
    local shown = plain(s:run "rl.Sequential { rl.layers.Dense { 1, input_shape = { 3 } } }")
    assert.matches('^Model: "sequential"\n', shown)
    assert.matches("Total params: 4 %(16.00 B%)\n", shown)
  end)

  it("show a History by a curve and the last value of each log", function()
    local s = open()
    s:run "m = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 }, kernel_initializer = 'zeros' } }"
    s:run "m:compile { optimizer = rl.optimizers.SGD { 0.125 }, loss = 'mse' }"
    s:run "h = m:fit({ 1 }, { 1 }, { epochs = 3, verbose = 0 })" -- a step halves what is left
    assert.equal("<History: 3 epochs of loss>\n  loss  █▂▁  0.0625\n", s:run "h")
    s:run "h.history.loss = {} for i = 1, 1000 do h.history.loss[i] = i % 500 end"
    assert.equal(40, utf8.len(s:run("h"):match "loss  (%S+)  0\n"))
    s:run "h.history.loss = { 0/0, 1, 1/0 }"
    assert.matches("loss  %?▁%?  inf\n", s:run "h")
  end)

  it("are not shown, but kept, where the line ends with a semicolon", function()
    local s = open()
    assert.equal("", s:run "6 * 7;")
    assert.equal("42\n", s:run "6 * 7 -- not this one;")
    assert.equal("42\n", s:run "_")
    assert.equal("", s:run "_ + 1; ")
    assert.equal("43\n", s:run "_")
  end)

  it("are those of the last expression of a line", function()
    local s = open()
    assert.equal("3\n", s:run "local x = 1; x + 2")
    assert.equal("a;b\n", s:run "y = 'a;b'; y")
  end)

  it("show what is in a namespace", function()
    assert.matches("^<rl.layers> has\n  .*Dense,.*SimpleRNN", open():run "rl.layers")
  end)

  it("that cannot print themselves leave the session alive", function()
    local s = open()
    assert.matches("no text", s:run "setmetatable({}, {__tostring = function() error 'no text' end})")
    assert.equal("1\n", s:run "1")
  end)
end)

describe("chunks", function()
  it("go on over several lines, with the second prompt", function()
    local s = open()
    s:type "for i = 1, 2 do\r"
    s:expect ">> "
    s:type "print(i * 10)\r"
    s:expect ">> "
    s:type "end\r"
    s:expect "10\r\n20\r\n"
    s:expect "> "
  end)

  it("keep blank lines", function()
    local s = open()
    s:type "text = [[a\r\r\rb]] error 'here'\r"
    s:expect "stdin:4: here"
    s:expect "\27[?2004h> "
    assert.equal("a\n\n\nb\n", s:run "text")
  end)

  it("honour _PROMPT and _PROMPT2", function()
    local s = open()
    s:run("_PROMPT, _PROMPT2 = 'ready: ', 'more: '", "ready: ")
    s:type "f = function()\r"
    s:expect "more: "
    s:type "end\r"
    s:expect "ready: "
  end)

  it("may have a coloured prompt, which takes no more room than it shows", function()
    local s = open { columns = 40 }
    s:type "_PROMPT = '\\27[1;36mready\\27[0m> '\r"
    s:expect "ready"
    s:type(("x"):rep(30))
    s:pause()
    s:type "\1"
    s:pause()
    assert.falsy(s.unseen:find("\27[A", 1, true), "7 and 30 columns are one row of 40")
  end)

  it("end what is local, as in lua", function()
    local s = open()
    s:run "local hidden = 1"
    assert.equal("nil\n", s:run "hidden")
  end)

  it("that fail show message and traceback, and keep all variables", function()
    local s = open { env = { NO_COLOR = "1" } }
    s:run "x = 42"
    assert.equal("stdin:1: boom\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n",
      s:run "y = 1 error 'boom'")
    assert.equal("42\t1\n", s:run "x, y")
    assert.matches("^stdin:1: .*unexpected symbol near '%)'\n$", s:run "a = )")
    assert.equal("(error object is a table value)", (s:run "error {}"):match "^[^\n]*")
  end)

  it("may read from the terminal", function()
    local s = open()
    s:type "line = io.read()\r"
    s:expect "io.read()\r\n"
    s:pause()
    s:type "typed in\r"
    s:expect "> "
    assert.equal("typed in\n", s:run "line")
  end)

  it("given up by Ctrl-D in the middle leave a fresh prompt", function()
    local s = open()
    s:type "do\r"
    s:expect ">> "
    s:type "\4"
    s:expect "\27[?2004h> "
    assert.equal("1\n", s:run "1")
  end)
end)

describe("Ctrl-C", function()
  it("cancels the line being edited", function()
    local s = open()
    s:type "this is no Lua"
    s:expect "no Lua"
    s:type(CTRL_C)
    s:expect "^C\r\n"
    s:expect "> "
    assert.equal("3\n", s:run "1 + 2")
  end)

  it("cancels a chunk begun on lines before", function()
    local s = open()
    s:type "while true do\r"
    s:expect ">> "
    s:type(CTRL_C)
    s:expect "\27[?2004h> "
    assert.equal("3\n", s:run "1 + 2")
  end)

  it("stops a chunk that runs, again and again", function()
    local s = open()
    s:run "n = 0"
    for _ = 1, 3 do
      s:type "while true do n = n + 1 end\r"
      s:expect "end\r\n"
      s:pause()
      s:type(CTRL_C)
      s:expect "interrupted!"
      s:expect "> "
    end
    assert.equal("true\n", s:run "n > 0")
  end)

  it("stops long work in C: a loop of products, a training", function()
    local s = open()
    s:run "a = rl.random.normal{shape = {400, 400}}"
    s:type "while true do local b = a:matmul(a):exp() end\r"
    s:expect "end\r\n"
    s:pause()
    s:type(CTRL_C)
    s:expect "interrupted!"
    s:expect "\27[?2004h> "
    s:run "m = rl.Sequential{rl.layers.Dense{units = 1, input_shape = {1}}}"
    s:run "m:compile{optimizer = 'sgd', loss = 'mse'}"
    s:type "m:fit({{1}, {2}}, {{3}, {4}}, {epochs = 1000000000, verbose = 0})\r"
    s:expect "})\r\n"
    s:pause()
    s:type(CTRL_C)
    s:expect "interrupted!"
    s:expect "\27[?2004h> "
    assert.equal("true\n", s:run "#m.history.epoch > 10 and #m.history.history.loss == #m.history.epoch")
  end)
end)

describe("pasting", function()
  local lines = {}
  for i = 1, 199 do lines[i] = ("total = (total or 0) + %d -- line %d"):format(i, i) end
  lines[200] = "total"

  it("200 lines in brackets is one chunk, whose last value shows", function()
    local s = open()
    s:type(PASTE .. table.concat(lines, "\r") .. END_OF_PASTE)
    for i = 1, 199 do s:expect(("+ %d -- line %d\r\n"):format(i, i)) end -- each on a row of its own
    s:type "\r"
    s:expect "\r\n19900\r\n"
    s:expect "> "
    assert.equal("19900\n", s:run "total")
    assert.not_matches("unexpected", s.all)
  end)

  it("200 lines without brackets runs them all, none garbled", function()
    local s = open()
    s:type(table.concat(lines, "\r") .. "\r")
    s:expect "\r\n19900\r\n"
    for i = 1, 199 do assert.truthy(s.all:find(("+ %d -- line %d\r\n"):format(i, i), 1, true), i) end
    assert.not_matches("stdin:", s.all)
    assert.equal(0, s:leave())
    assert.is_true(s.process:is_sane())
  end)

  it("a function of 200 lines, tabs and all", function()
    local s = open()
    local body = { "function big(x)" }
    for i = 2, 198 do body[i] = "\tx = x + 1 -- \t" .. i end
    body[199], body[200] = "\treturn x", "end"
    s:type(PASTE .. table.concat(body, "\r") .. "\r" .. END_OF_PASTE .. "\r")
    s:expect "return x"
    s:expect "\27[?2004h> "
    assert.equal("197\n", s:run "big(0)")
  end)

  it("statements, locals, then expressions in a mixed block", function()
    local s = open()
    s:type(PASTE .. "local a = 4\rlocal b = 5\ra * b" .. END_OF_PASTE .. "\r")
    s:expect "\r\n20\r\n"
    s:type(PASTE .. "1 + 1\r2 + 2\rz = 9\rz" .. END_OF_PASTE .. "\r")
    s:expect "\r\n2\r\n4\r\n9\r\n"
  end)

  it("a block taller than the screen waits for Enter, and Ctrl-C gives it up", function()
    local s = open { rows = 10 }
    s:type(PASTE .. table.concat(lines, "\r", 1, 20) .. END_OF_PASTE)
    s:expect ">> "
    s:type(CTRL_C)
    s:expect "\27[?2004h> "
    assert.equal("nil\n", s:run "total")
    s:type(PASTE .. table.concat(lines, "\r", 1, 20) .. "\rtext = [[\r\r" .. END_OF_PASTE)
    s:expect ">> "
    s:type "end]]\r"
    s:expect "\27[?2004h> "
    assert.equal("210\t\nend\n", s:run "total, text")
  end)

  it("errors name the line of the block", function()
    local s = open()
    s:type(PASTE .. "a = 1\rb = 2\rerror 'third'" .. END_OF_PASTE .. "\r")
    s:expect "stdin:3: third"
  end)
end)

describe("a resized window", function()
  it("is used for what is edited and shown next", function()
    local s = open { columns = 80 }
    s:type "q = 'before"
    s:expect "before"
    s.process:resize(30, 40)
    s:pause()
    s:type(" after'\r")
    s:expect "after'\r\n"
    s:expect "> "
    assert.equal("before after\n", s:run "q")
    assert.equal("40\n", s:run "require 'rnnlua.core'.columns()")
    s:type(("x"):rep(60))
    s:expect(("x"):rep(60))
    s:type "\1" -- to the start of the line, which is now one row up
    s:expect "\27[A"
    s:type(CTRL_C)
    s:expect "> "
  end)
end)

describe("history", function()
  it("lasts from session to session, entries of several lines whole", function()
    local state = new_state()
    local s = open { env = { XDG_STATE_HOME = state } }
    s:run "first = 'back\\\\slash'"
    s:type "for i = 7, 7 do\r"
    s:expect ">> "
    s:type "print(i)\r"
    s:expect ">> "
    s:type "end\r"
    s:expect "7\r\n"
    assert.equal(0, s:leave())
    local t = open { env = { XDG_STATE_HOME = state } }
    t:type(UP)
    t:expect "end"
    t:type "\r"
    t:expect "\r\n7\r\n"
    t:expect "> "
    t:type(UP .. UP .. UP .. UP) -- through the lines of the last entry
    t:expect "'back" -- only what differs from the entry before is written
    t:type "\r"
    t:expect "> "
    assert.equal("back\\slash\n", t:run "first")
  end)

  it("is searched for what begins as the line does", function()
    local s = open()
    s:run "a = 1"
    s:run "b = 2"
    s:run "a = 3"
    s:run "b = 4"
    s:type("a" .. UP .. UP .. DOWN .. UP .. "\r")
    s:pause()
    assert.equal("1\n", s:run "a")
  end)

  it("has what was typed again but once, the last time", function()
    local state = new_state()
    local s = open { env = { XDG_STATE_HOME = state } }
    for _, line in ipairs { "x = 1", "x = 2", "x = 1", "x = 1" } do s:run(line) end
    s:type(UP .. UP .. UP .. "\r") -- there are no more than two
    s:pause()
    assert.equal("2\n", s:run "x")
    assert.equal(0, s:leave())
    s = open { env = { XDG_STATE_HOME = state } }
    s:type(UP .. UP .. UP .. UP .. "\r")
    s:pause()
    assert.equal("1\n", s:run "x")
  end)

  it("keeps what sessions at the same time type", function()
    local state = new_state()
    local a = open { env = { XDG_STATE_HOME = state } }
    local b = open { env = { XDG_STATE_HOME = state } }
    for i = 1, 5 do
      a:run("a = " .. i)
      b:run("b = " .. i)
    end
    a:leave()
    b:leave()
    local text = read(state .. "/rnnlua/history")
    for i = 1, 5 do
      assert.truthy(text:find("a = " .. i .. "\n", 1, true))
      assert.truthy(text:find("b = " .. i .. "\n", 1, true))
    end
  end)

  it("lies in ~/.local/state by default, and is no one else's to read", function()
    local s = open { env = { HOME = folder .. "/home", XDG_STATE_HOME = "not/absolute" } }
    s:run "1 + 1"
    s:leave()
    assert.equal("1 + 1\n", read(folder .. "/home/.local/state/rnnlua/history"))
    local listing = io.popen(("cd '%s/home/.local/state' && ls -ld rnnlua rnnlua/history"):format(folder))
    assert.matches("^drwx%-%-%-%-%-%-.*\n%-rw%-%-%-%-%-%-%-", listing:read "a")
    listing:close()
  end)

  it("leaves out blank lines and repetitions", function()
    local state = new_state()
    local s = open { env = { XDG_STATE_HOME = state } }
    for _, line in ipairs { "1", "1", "", "2", "1" } do s:run(line) end
    s:leave()
    assert.equal("1\n2\n1\n", read(state .. "/rnnlua/history"))
  end)

  it("drops its oldest entries when there are too many", function()
    local state = new_state()
    os.execute(("mkdir -p '%s/rnnlua'"):format(state))
    local file = assert(io.open(state .. "/rnnlua/history", "w"))
    for i = 1, 10001 do file:write("x = ", i, "\n") end
    file:close()
    open({ env = { XDG_STATE_HOME = state } }):leave()
    local text = read(state .. "/rnnlua/history")
    local _, count = text:gsub("\n", "")
    assert.equal(5000, count)
    assert.matches("^x = 5002\n", text)
    assert.matches("\nx = 10001\n$", text)
  end)

  it("is no condition: an unwritable place is a session without memory", function()
    local s = open { env = { XDG_STATE_HOME = "/proc/nowhere" } }
    assert.equal("2\n", s:run "1 + 1")
    assert.equal(0, s:leave())
  end)
end)

describe("TAB", function()
  local function completes(typed, expected)
    local s = open()
    s:type(typed .. "\t")
    s:expect(expected)
    s:type(CTRL_C)
    s:expect "> "
    return s
  end

  it("completes globals and keywords", function()
    completes("collectg", "collectgarbage")
    completes("retu", "return")
  end)
  it("completes fields", function() completes("string.forma", "string.format") end)
  it("completes fields along a path", function()
    local s = open()
    s:run "deep = {list = {{inside = 1}}}"
    s:type "deep.list[1].ins\t"
    s:expect "deep.list[1].inside"
  end)
  it("shows what is possible", function()
    local s = open()
    s:type "string.re\t"
    s:expect "rep "
    s:expect "reverse"
    s:expect "> string.re"
  end)
  it("completes methods, and only those after a colon", function()
    local s = open()
    s:run "object = setmetatable({number = 1}, {__index = {nudge = print}})"
    s:type "object:nu\t"
    s:expect "object:nudge"
    s:type(CTRL_C)
    s:expect "> "
    s:run "text = 'x'"
    s:type "text:rev\t"
    s:expect "text:reverse"
  end)
  it("completes what a tensor has", function()
    local s = open()
    s:run "t = rl.zeros{2}"
    s:type "t:resha\t"
    s:expect "t:reshape"
    s:type(CTRL_C)
    s:expect "> "
    s:type "t.dty\t"
    s:expect "t.dtype"
  end)
  it("completes the fields of rl and its namespaces", function()
    completes("rl.layers.SimpleR", "rl.layers.SimpleRNN")
    completes("rl.rand", "rl.random")
  end)
  it("completes a constructor's arguments", function()
    completes("rl.layers.Dense{uni", "rl.layers.Dense{units=")
    completes("rl.layers.SimpleRNN{units = 3, return_seq", "return_sequences=")
    local s = open()
    s:type "m = rl.layers.Dense{\r"
    s:expect ">> "
    s:type "  kernel_init\t"
    s:expect "kernel_initializer="
  end)
  it("completes the strings that an argument takes", function()
    completes("rl.layers.Dense{units = 1, activation = 'softpl", "'softplus'")
    completes("rl.layers.Dense{units = 1, kernel_initializer = 'glorot_n", "'glorot_normal'")
    completes('model:compile{optimizer = "adad', '"adadelta"')
  end)
  it("completes module names", function()
    completes('require "rnnlua.co', 'require "rnnlua.co')
    completes('require("rnnlu', 'require("rnnlua')
  end)
  it("completes file names", function()
    local file = assert(io.open(folder .. "/data with blanks.csv", "w"))
    file:close()
    completes("io.open('" .. folder .. "/dat", "data with blanks.csv'")
    completes(":load " .. folder .. "/dat", "data with blanks.csv")
  end)
  it("completes commands", function() completes(":qu", ":quit") end)
  it("indents where there is nothing yet", function()
    local s = open()
    s:type "\tx = 1\r"
    s:expect "  x = 1"
  end)
  it("survives values that object to being looked at", function()
    local s = open()
    s:run "hostile = setmetatable({}, {__index = function() error 'no' end, __fields = error, __pairs = error})"
    s:type "hostile.x.y\thostile:z\t"
    s:pause()
    s:type(CTRL_C)
    s:expect "> "
    assert.equal("1\n", s:run "1")
  end)
end)

describe("help", function()
  it("tells what is declared, of a value or a name", function()
    local s = open { env = { NO_COLOR = "1" } }
    assert.matches("units", s:run "help(rl.layers.Dense)")
    assert.matches("units", s:run "rl.layers.Dense?")
    assert.matches("units", s:run ":help rl.layers.Dense")
    assert.matches("return_sequences", s:run "help 'SimpleRNN'")
  end)
end)

describe("commands", function()
  it("who() lists the variables of the session, what they are and how large", function()
    local s = open()
    assert.equal("no variables yet\n", s:run "who()")
    s:run "x, name, t = 1.5, 'n', { 1, 2, k = 3 }"
    s:run "T = rl.zeros { 2, 3 }"
    s:run "m = rl.Sequential { rl.layers.Dense { 1, input_shape = { 3 } } }"
    assert.equal([[
T     tensor      float32 (2, 3)
m     Sequential  'sequential', 1 layers, 4 parameters
name  string      "n"
t     table       3 entries
x     number      1.5
]], s:run "who()")
  end)

  it("who() takes values as they are", function()
    local s = open()
    s:run "a = setmetatable({}, { __name = 5 })"
    s:run "function no() error 'no' end"
    s:run "b = setmetatable({}, { __name = 'B', __tostring = no })"
    s:run "c = setmetatable({}, { __index = no, __metatable = false })"
    assert.equal("a   table     0 entries\nb   B\nc   table     0 entries\nno  function\n", s:run "who()")
  end)

  it(":bench tells the shortest and the median time, and what a call allocates", function()
    local s = open()
    assert.matches("^min %d[%d.]* .?s, median %d[%d.]* .?s of %d+ x %d+ calls; 0 B allocated a call\n$", s:run ":bench 1 + 1")
    local kib = s:run(":bench ('x'):rep(100000)"):match "; ([%d.]+) KiB allocated a call"
    assert.near(100000 / 1024, tonumber(kib), 5)
    assert.matches("attempt to index a nil value", s:run ":bench nothing.x")
  end)

  it(":locals shows what the functions held where the last error was raised", function()
    local s = open()
    assert.equal("no error so far\n", s:run ":locals")
    s:run "function f(a, b) local c = { a } return c.x.y + b end"
    s:run "function g(n) local r = f(n, 'two') return r end"
    assert.matches("attempt to index a nil value", s:run "local x = g(1)")
    assert.equal([[
stdin:1: in function 'f'
  a = 1
  b = "two"
  c = {1}
stdin:1: in function 'g'
  n = 1
stdin:1: in the chunk
]], s:run ":locals")
  end)

  it("errors of whatever kind leave the session as it was", function()
    local s = open()
    s:run "x = 20"
    s:run "function deep(n) return 1 + deep(n + 1) end"
    assert.matches("stack overflow", s:run "deep(1)")
    assert.matches("n = %d+", s:run ":locals")
    s:run "loop = setmetatable({}, {})"
    s:run "getmetatable(loop).__index = function(t, k) return t[k + 1] end"
    assert.matches("C stack overflow", s:run "loop[1]")
    assert.matches("pattern too complex", s:run "('x'):rep(3e5):find(('x?'):rep(3e5))")
    s:run "function again() error(setmetatable({}, { __tostring = again })) end"
    assert.matches("C stack overflow", s:run "again()")
    assert.matches("error object is a nil value", s:run "error(nil)")
    assert.matches("error object is a table value", s:run "error({})")
    assert.equal("20\n", s:run "x")
  end)

  it("errors show the line of a chunk of several, if it is in the chunk itself", function()
    local s = open()
    s:type "for i = 1, 2 do\r"
    s:expect ">> "
    assert.matches("\n  2 | nothing.x = i end\n", plain(s:run "nothing.x = i end"))
    s:type "function f()\r"
    s:expect ">> "
    s:run "return nothing.x end"
    assert.is_nil(s:run("f()"):find("|", 1, true))
  end)

  it(":save writes what ran without an error, and replaces nothing unasked", function()
    local s, path = open(), folder .. "/saved.lua"
    s:run "x = 20"
    s:run "error 'wrong'"
    s:run "y = x + 1"
    s:run "return )"
    assert.equal(("2 chunks in %s\n"):format(path), s:run(":save " .. path))
    assert.equal("x = 20\ny = x + 1\n", read(path))
    assert.matches("is there already; :save! replaces it", s:run(":save " .. path))
    s:run "z = 1"
    assert.equal(("3 chunks in %s\n"):format(path), s:run(":save! " .. path))
    assert.matches("No such file", s:run(":save " .. folder .. "/missing/x.lua"))
    assert.matches("a file to write is missing", s:run ":save")
    assert.matches("'" .. folder .. "' is a folder\n", plain(s:run(":save! " .. folder)))
  end)

  it(":sh runs a command, and tells how it ended if not well", function()
    local s = open()
    assert.equal("hi\n", s:run ":sh echo hi")
    assert.matches("^exit status 3\n", plain(s:run ":sh exit 3"))
  end)

  it(":edit runs what the editor leaves, of a file or of what was typed last", function()
    local editor = folder .. "/editor"
    local file <close> = assert(io.open(editor, "w"))
    file:write "#!/bin/sh\nsed -i s/20/21/ \"$1\"\n"
    file:close()
    os.execute("chmod +x " .. editor)
    local s = open { env = { EDITOR = editor } }
    s:run "x = 20 * 2"
    s:run ":edit"
    assert.equal("42\n", s:run "x")
    local script <close> = assert(io.open(folder .. "/script.lua", "w"))
    script:write "y = 20"
    script:close()
    s:run(":edit " .. folder .. "/script.lua")
    assert.equal("21\n", s:run "y")
    s = open { env = { EDITOR = "false" } }
    assert.matches("^exit status 1\n", plain(s:run ":edit"))
  end)

  it(":page sends a value through $PAGER", function()
    local s = open { env = { PAGER = "sed s/^/paged:/" } }
    assert.equal("paged:{1, 2}\n", s:run ":page {1, 2}")
    s:run "5"
    assert.equal("paged:5\n", s:run ":page")
  end)

  it("are listed by :help", function()
    local shown = open():run ":help"
    for _, name in ipairs { ":time", ":load", ":quit", "name?" } do assert.truthy(shown:find(name, 1, true), name) end
  end)
  it(":time shows value and time", function()
    assert.matches("^3\n[%d.]+ [mun]?s\n$", open():run ":time 1 + 2")
  end)
  it(":load runs a file in the session", function()
    local file = assert(io.open(folder .. "/loaded.lua", "w"))
    file:write "loaded = 'yes'"
    file:close()
    local s = open { env = { NO_COLOR = "1" } }
    s:run(":load " .. folder .. "/loaded.lua")
    assert.equal("yes\n", s:run "loaded")
    assert.matches("No such file", s:run(":load " .. folder .. "/missing.lua"))
  end)
  it(":quit ends the session", function()
    local s = open()
    s:type ":quit\r"
    assert.equal(0, s:wait())
    assert.is_true(s.process:is_sane())
  end)
  it("that are misspelt are answered with a suggestion", function()
    assert.matches("unknown command ':tmie' %(did you mean ':time'%?%)", open():run ":tmie 1")
  end)
  it("are looked for only where a chunk begins", function()
    local s = open()
    s:type "text = [[\r"
    s:expect ">> "
    s:type ":quit\r"
    s:expect ">> "
    s:type "x?]]\r"
    s:expect "\27[?2004h> "
    assert.equal(":quit\nx?\n", s:run "text")
    assert.equal("", s:run "::label:: y = 1")
  end)
  it("mean nothing where input is no terminal", function()
    local pipe = io.popen(("printf ':quit\\nprint(1)?\\n7\\n' | '%s' -i 2>&1"):format(terminal.program))
    local text = pipe:read "a"
    pipe:close()
    assert.matches("unexpected symbol near ':'", text)
    assert.matches("\n7\n", text)
  end)
end)

describe("colour", function()
  local function coloured(env) return open({ env = env }):run("error 'x'", "> "):find "\27%[[%d;]*m" ~= nil end
  it("marks errors on a terminal", function() assert.is_true(coloured {}) end)
  it("is left out under NO_COLOR", function() assert.is_false(coloured { NO_COLOR = "1" }) end)
  it("is left out on a dumb terminal", function() assert.is_false(coloured { TERM = "dumb" }) end)
end)

describe("text beyond ASCII", function()
  it("is edited by characters", function()
    local s = open()
    s:type "k = '한글é"
    s:type "\127\127'\r"
    s:expect "> "
    assert.equal("한\n", s:run "k")
  end)
end)
