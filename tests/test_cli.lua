-- The command line. Where lua5.4 is installed, its own answers are what ours are compared with.

local program = arg[-1]
if not program:find "^/" and program:find "/" then
  program = io.popen("pwd"):read "l" .. "/" .. program
end

local folder = os.tmpname()
os.remove(folder)
os.execute("mkdir -p " .. folder)

local function write(name, text)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read "a" or ""
  if file then file:close() end
  return text
end

--- Runs a shell command in which LUA stands for the interpreter.
--- @return string, string, integer # output, errors, exit status
local function run(command, interpreter)
  local shell = ("cd %s && unset LUA_INIT LUA_INIT_5_4; LUA='%s'; { %s\n} >out 2>err </dev/null"):format(
    folder, interpreter or program, command:gsub("LUA ", '"$LUA" '))
  local _, _, status = os.execute(shell)
  return read(folder .. "/out"), read(folder .. "/err"), status
end

local function plain(text, interpreter) return (text:gsub(interpreter:gsub("%p", "%%%0"), "LUA")) end

local reference = "lua5.4"
local _, _, missing = os.execute("command -v lua5.4 >/dev/null")
local compared = missing == 0 and it or pending -- without lua5.4 there is nothing to compare with

--- output, errors and exit status are lua's, but for the program's name
local function same_as_lua(name, command)
  compared(name, function()
    local out, err, status = run(command)
    local lua_out, lua_err, lua_status = run(command, reference)
    assert.equal(plain(lua_out, reference), plain(out, program))
    assert.equal(plain(lua_err, reference), plain(err, program))
    assert.equal(lua_status, status)
  end)
end

teardown(function() os.execute("rm -rf " .. folder) end)

describe("as lua:", function()
  write("args.lua", "for i = -9, 9 do io.write(i, '=[', tostring(arg[i]), '] ') end print(...)")
  write("fails.lua", "local function f() error('deep') end\nlocal function g() f() end\ng()")
  write("mod.lua", "print('mod loaded', ...) return { x = 15 }")
  write("init.lua", "print 'from a file'")

  describe("options", function()
    same_as_lua("-e runs in order", [[LUA -e 'a = 1' -e'print(a)' -e "a = 2; print(a)"]])
    same_as_lua("-e needs an argument", "LUA -e")
    same_as_lua("-e does not take an option for its argument", "LUA -e -v")
    same_as_lua("-l requires into a global", [[LUA -l mod -e 'print(mod.x)']])
    same_as_lua("-l with a name", [[LUA -l m=mod -l 'str=string' -e 'print(m.x, str.rep("x", 3))']])
    same_as_lua("-l needs an argument", "LUA -l")
    same_as_lua("-l of what is not there", "LUA -l no.such.module")
    same_as_lua("-v", "LUA -v")
    same_as_lua("-v with a script", "LUA -v args.lua 1 2")
    same_as_lua("-h is no option", "LUA -h")
    same_as_lua("options do not join", "LUA -vE")
    same_as_lua("unknown words with dashes", "LUA --no-such-option")
    same_as_lua("-E ignores the environment", [[LUA_PATH=x LUA_INIT='error(1)' LUA -E -e 'print(package.path)']])
    same_as_lua("LUA_PATH, LUA_CPATH", [[LUA_PATH='x;;' LUA_CPATH=y LUA -e 'print(package.path, package.cpath)']])
    same_as_lua("-- ends options", "cp args.lua ./-x; LUA -- -x a b")
    same_as_lua("-- before nothing reads standard input", "echo 'print(1, ...)' | LUA --")
    same_as_lua("- is standard input", "echo 'print(...)' | LUA - a b c")
    same_as_lua("standard input without options", "echo 'print(1 + 1)' | LUA")
    same_as_lua("a failing standard input is no failure", "echo 'error(1)' | LUA")
    same_as_lua("-i with input from a pipe", [[printf 'x = 1\nx\n=x\nfor i = 1, 2 do\nprint(i)\nend\nerror "e"\n' | LUA -i]])
    same_as_lua("-i after a script", [[printf 'y' | LUA -i -e 'y = 5']])
    same_as_lua("prompts", [[printf '1\nf(\n2' | LUA -e '_PROMPT = "a " _PROMPT2 = "b "' -i 2>/dev/null]])
    same_as_lua("print may be missing", [[echo 10 | LUA -e 'print = nil' -i]])
  end)

  describe("warnings", function()
    same_as_lua("are off", [[LUA -e 'warn "x"']])
    same_as_lua("-W turns them on", [[LUA -W -e 'warn("a", "b") warn "@off" warn "c" warn "@on" warn("@off", "d")']])
    same_as_lua("-W counts from where it stands", [[LUA -e 'warn "early"' -W -e 'warn "late"']])
    same_as_lua("of a finalizer at the end", [[LUA -W -e 'setmetatable({}, {__gc = function() error "gc" end})']])
  end)

  describe("scripts", function()
    same_as_lua("arg and ...", "LUA -W -e 'x = 1' args.lua a '' 'b c'")
    same_as_lua("arg without a script", "LUA -e 'for i = -1, 4 do print(i, arg[i]) end'")
    same_as_lua("a spoilt arg", "LUA -e 'arg = 1' args.lua")
    same_as_lua("an error has a traceback", "LUA fails.lua")
    same_as_lua("a missing file", "LUA no-such-file.lua")
    same_as_lua("a syntax error", "echo 'x = = 1' > bad.lua; LUA bad.lua")
    same_as_lua("os.exit with a number", "LUA -e 'os.exit(7)'")
    same_as_lua("os.exit with true closes the state", [[LUA -e 'setmetatable({}, {__gc = print}) os.exit(true, true)' | wc -l]])
    same_as_lua("an error that is a table", "LUA -e 'error {}'")
    same_as_lua("an error that is nil", "LUA -e 'error()'")
    same_as_lua("an error that prints itself",
      [[LUA -e 'error(setmetatable({}, {__tostring = function() return "myself" end}))']])
    same_as_lua("a first line for the shell", [[printf '#!/bin/x\nprint(debug.getinfo(1).currentline)' > sh.lua; LUA sh.lua]])
    same_as_lua("bytecode", [[LUA -e 'io.open("b.luac", "wb"):write(string.dump(load "print(1)")):close()'; LUA b.luac]])
  end)

  describe("LUA_INIT", function()
    same_as_lua("runs first", [[LUA_INIT='print(arg[0], #arg)' LUA args.lua 1]])
    same_as_lua("of the version wins", [[LUA_INIT_5_4='print(54)' LUA_INIT='print(0)' LUA -e 'print(1)']])
    same_as_lua("may name a file", [[LUA_INIT=@init.lua LUA -e 'print(1)']])
    same_as_lua("stops everything when it fails", [[LUA_INIT='error "init"' LUA -e 'print(1)']])
    same_as_lua("names the missing file", [[LUA_INIT=@none.lua LUA -e 'print(1)']])
  end)

  describe("Ctrl-C", function()
    same_as_lua("raises interrupted!", [[LUA -e 'local i = 0 while true do i = i + 1 end' & sleep 0.3; kill -INT $!; wait $!]])
    same_as_lua("can be caught once",
      [[LUA -e 'print(pcall(function() while true do end end)) print "on"' & sleep 0.3; kill -INT $!; wait $!]])
    same_as_lua("a second one kills",
      [[LUA -e 'pcall(function() while true do end end) while true do end' & sleep 0.3; kill -INT $!; sleep 0.2; kill -INT $!; wait $!]])
  end)

  same_as_lua("the collector's mode", "LUA -e 'print(collectgarbage \"incremental\")'")
  same_as_lua("what is global", [[LUA -e 'local n = {} for k in pairs(_G) do n[#n + 1] = k end table.sort(n) print(table.concat(n, " "))']])
end)

describe("rnnlua's own:", function()
  it("--version", function()
    local out, err, status = run "LUA --version"
    assert.matches("^rnnlua %d+%.%d+%.%d+  Lua 5%.4%.%d+\n$", out)
    assert.equal("", err)
    assert.equal(0, status)
  end)

  it("--help lists options and subcommands", function()
    local out, _, status = run "LUA --help"
    for _, word in ipairs { "-e stat", "--plugin NAME", "--threads N", "test [options]", "plugins [list] | info | check | new", "doc [NAME]", "new NAME", "examples [NAME", "./test" } do
      assert.truthy(out:find(word, 1, true), word)
    end
    assert.equal(0, status)
  end)

  it("a subcommand's word is no file, unless it is written as one", function()
    write("test", "print('the file', ...)")
    local out, _, status = run "LUA test --help"
    assert.matches("^usage: rnnlua test", out)
    assert.equal(0, status)
    assert.equal("the file\ta\n", (run "LUA ./test a"))
    assert.equal("the file\ta\n", (run "LUA -- test a"))
    os.remove(folder .. "/test")
  end)

  it("test gives its exit status", function()
    write("test_bad.lua", "it('fails', function() assert.equal(1, 2) end)")
    local _, _, status = run "LUA test test_bad.lua"
    assert.equal(1, status)
  end)

  it("plugins lists what is built in", function()
    local out, _, status = run "LUA plugins list"
    assert.matches("^NAME +VERSION +FROM +TIME +REGISTERS\n", out)
    assert.matches("\n%S+ +%S+ +built in", out)
    assert.equal(0, status)
    _, _, status = run "LUA plugins frobnicate"
    assert.equal(1, status)
  end)

  it("doc shows what help does, by name or path", function()
    assert.matches("units: integer", (run "LUA doc Dense"))
    assert.equal((run "LUA doc Dense"), (run "LUA doc rl.layers.Dense"))
    assert.matches("initializer.*\nrl%.zeros", (run "LUA doc zeros")) -- both of them
    assert.matches("rl has layers", (run "LUA doc"))
    local out, err, status = run "LUA doc Dnse"
    assert.equal("", out)
    assert.matches("nothing is known by the name 'Dnse' %(did you mean 'Dense'%?%)", err)
    assert.equal(1, status)
  end)

  it("--plugin says which one could not be loaded", function()
    local out, err, status = run "LUA --plugin no_such_plugin -e 'print(1)'"
    assert.equal("", out)
    assert.matches("no_such_plugin", err)
    assert.equal(1, status)
    _, err, status = run "LUA --plugin"
    assert.matches("'%-%-plugin' needs argument", err)
    assert.equal(1, status)
  end)

  it("--threads wants a number", function()
    for _, wrong in ipairs { "", "0", "x", "-1", "2.5", "257", "99999999999" } do
      local _, err, status = run("LUA --threads " .. wrong)
      assert.matches("'%-%-threads' needs a number from 1 to 256", err)
      assert.equal(1, status)
    end
  end)

  it("--threads sets the number of threads", function()
    local out, err = run [[LUA --threads 2 -e 'print(require "rnnlua".config.threads())']]
    assert.equal("2\n", out .. err)
  end)

  it("own options count into arg's negative part", function()
    assert.equal("--threads\t2\n", (run [[LUA --threads 2 -e 'print(arg[1], arg[2])']]))
  end)

  it("a copied binary runs alone, from any directory", function()
    local out, err = run([[cp "$LUA" copy && cd / && env -i ]] .. folder .. [[/copy -e 'print(require "rnnlua"._VERSION)']])
    assert.matches("^rnnlua %d", out .. err)
  end)

  it("plain scripts find nothing of ours among the globals", function()
    assert.equal("nil\tnil\n", (run [[LUA -e 'print(rl, help)']]))
  end)
end)
