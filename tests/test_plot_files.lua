--- rl.plot in files and on a terminal: what the programs that draw are told, what is said where they are missing or
--- fail.
local rl = require "rnnlua"
local new_folder = require "support.folder"
local plugins = require "support.plugins"
local terminal = require "support.terminal"
local program = require "rnnlua.plot.program"

local quote = plugins.quote

--- Runs a text in a process whose PATH has these programs: name -> shell script.
local function run(folder, text, programs)
  os.execute(("mkdir -p %s/bin"):format(folder.name))
  for name, script in pairs(programs) do
    local path = folder:write("bin/" .. name, "#!/bin/sh\n" .. script .. "\n")
    os.execute("chmod +x " .. quote(path))
  end
  local script = folder:write("script.lua", "local rl = require 'rnnlua'\n" .. text)
  return plugins.rnnlua(quote(script), ("PATH=%s LC_ALL=C.UTF-8"):format(quote(folder:path "bin")))
end

--- For gnuplot -d SCRIPT, or dot -Tsvg SCRIPT: gives the script itself.
local TELL <const> = "IFS=\nwhile read -r line; do printf '%s\\n' \"$line\"; done < \"$2\""

describe("a program that draws", function()
  it("is asked for where it is missing", function()
    local folder <close> = new_folder()
    local text = run(folder, ([[
print(rl.plot({ 1, 2 }, { file = "loss.svg" }))
print(rl.plot.model(rl.Sequential{ rl.layers.Dense(1) }, { file = "m.png" }))
print(rl.plot.confusion_matrix({ 0 }, { 0 }, { file = "c.pdf" }))]]), {})
    assert.equal([[
nil	rl.plot: writing loss.svg needs gnuplot, which was not found in PATH: apt install gnuplot-nox
nil	rl.plot.model: writing m.png needs Graphviz' dot or gnuplot, which was not found in PATH: apt install graphviz
nil	rl.plot.confusion_matrix: writing c.pdf needs gnuplot, which was not found in PATH: apt install gnuplot-nox
]], text)
  end)

  it("is quoted where it fails, and the file stays as it was", function()
    local folder <close> = new_folder()
    local old = folder:write("loss.svg", "old")
    local text = run(folder, ("print(rl.plot({ 1, 2 }, { file = %q }))"):format(old),
      { gnuplot = "echo \"\\\"$2\\\" line 3: no such terminal\" >&2; exit 1" })
    local expected = 'nil\trl.plot: %s was not written: gnuplot failed: "script" line 3: no such terminal\n'
    assert.equal(expected:format(old), text)
    assert.equal("old", folder:read "loss.svg")
    assert.same({ "bin/", "loss.svg", "script.lua" }, folder:list())
  end)

  it("that says nothing is told of by its exit status", function()
    local folder <close> = new_folder()
    local script = ("print(rl.plot({ 1, 2 }, { file = %q }))"):format(folder:path "x.png")
    local text = run(folder, script, { gnuplot = "exit 3" })
    assert.matches("was not written: gnuplot failed: exit 3", text, 1, true)
    text = run(folder, script, { gnuplot = "exit 0" })
    assert.matches("was not written: gnuplot failed: it drew nothing", text, 1, true)
  end)

  it("gets names in quotes in which nothing is replaced, and no path", function()
    local folder <close> = new_folder()
    local path = folder:path "it's `date` $HOME.svg"
    local call = [[print(rl.plot({ y = { ["a'`id`"] = { 1, 0/0, 3 } }, title = "x'\ny", file = %q }))]]
    local text = run(folder, call:format(path), { gnuplot = TELL })
    assert.equal("true\n", text)
    local script = folder:read "it's `date` $HOME.svg"
    assert.matches("set title 'x'' y (1 of 3 values are not finite)'", script, 1, true)
    assert.matches("title 'a''`id`'", script, 1, true)
    assert.matches("set terminal svg size 800,500", script, 1, true)
    assert.matches("$p1_1 << EOD\n1 1\n\n3 3\nEOD", script, 1, true) -- the gap is an empty line
    assert.is_nil(script:find("date", 1, true))
  end)

  it("gets few points of many", function()
    local folder <close> = new_folder()
    local call = "rl.plot(rl.random.normal{ shape = { 100000 } }, { file = %q, width = 200 })"
    run(folder, call:format(folder:path "x.svg"), { gnuplot = TELL })
    local _, lines = folder:read("x.svg"):gsub("\n", "")
    assert.truthy(lines > 200 and lines < 900, lines)
  end)

  it("is told of points between two gaps, which no line goes through", function()
    local folder <close> = new_folder()
    local path = folder:path "x.svg"
    run(folder, ([[
local y = {}
for i = 1, 100 do y[i] = 0 end
y[40], y[41], y[42] = 0 / 0, 7, 0 / 0
rl.plot({ y = y, file = %q })]]):format(path), { gnuplot = TELL })
    assert.matches("$p1_1_lonely << EOD\n41 7\nEOD", folder:read "x.svg", 1, true)
  end)

  it("is dot for models, if it is there", function()
    local folder <close> = new_folder()
    local text = run(folder, ([[
local x = rl.Input{ shape = { 2 }, name = 'a"b\\' }
print(rl.plot.model(rl.Model{ inputs = x, outputs = rl.layers.Dense{ 1, name = "d" }(x) }, { file = %q }))]]):format(
      folder:path "m.svg"), { dot = "echo \"$1\"\n" .. TELL })
    assert.equal("true\n", text)
    local script = folder:read "m.svg"
    assert.matches("^%-Tsvg\n", script)
    assert.matches([[n1 [label="a\"b\\ (InputLayer)\n(None, 2)"];]], script, 1, true)
    assert.matches("n1 -> n2;", script, 1, true)
    assert.is_nil(script:find "graph %[size=")
  end)

  it("is told how large a model's picture may be", function()
    local folder <close> = new_folder()
    local text = run(folder, ([[
print(rl.plot.model(rl.Sequential{ rl.layers.Dense{ 1, input_shape = { 2 } } }, { file = %q, width = 480, height = 288 }))
print(rl.plot.model(rl.Sequential{ rl.layers.Dense{ 1, input_shape = { 2 } } }, { file = %q, width = 480 }))]]):format(
      folder:path "m.svg", folder:path "w.svg"), { dot = TELL })
    assert.equal("true\ntrue\n", text)
    assert.matches('size="5.000,3.000!"', folder:read "m.svg", 1, true)
    assert.matches('size="5.000,1', folder:read "w.svg", 1, true)
  end)
end)

describe("a text file", function()
  it("needs no program", function()
    local folder <close> = new_folder()
    assert.truthy(rl.plot({ 1, 2 }, { file = folder:path "x.txt", width = 30 }))
    assert.matches("2", folder:read "x.txt", 1, true)
    assert.is_nil(folder:read("x.txt"):find "\27")
  end)

  it("that can't be written gives nil and a message", function()
    local ok, message = rl.plot({ 1, 2 }, { file = "/nonexistent/x.txt" })
    assert.is_nil(ok)
    assert.equal("rl.plot: /nonexistent/x.txt: No such file or directory", message)
  end)
end)

-- the real ones -----------------------------------------------------------------------------------------------

local BEGINS = { svg = "^<%?xml", png = "^\137PNG", pdf = "^%%PDF" }

local function draws(name, draw)
  if not program.find(name) then
    pending("needs " .. name)
    return
  end
  for ending, begin in pairs(BEGINS) do
    it("as ." .. ending, function()
      local folder <close> = new_folder()
      local path = folder:path("a b'c." .. ending)
      for _, f in ipairs(draw) do
        local ok, message = f(path)
        assert.truthy(ok, message)
        assert.matches(begin, folder:read("a b'c." .. ending))
      end
      assert.same({ "a b'c." .. ending }, folder:list())
    end)
  end
end

describe("gnuplot draws", function()
  local nan = 0 / 0
  local hostile = "it's `id` $x @y %d \\ {/=20 z} ü"
  local pictures = {
    { y = { [hostile] = { 1, nan, 3 }, b = { 3, 2, 1 } }, title = hostile, xlabel = hostile, ylabel = hostile },
    { y = { nan } }, { y = { 7 } }, { y = { 7, 7 } }, { y = { 0.1, 10 }, yscale = "log" }, { y = { -1e308, 1e308 } },
    { y = { 1, 2 }, kind = "scatter" },
    { y = { 1, -2 }, x = { hostile, "b" }, kind = "bar" }, { y = rl.range(1, 200), kind = "bar" },
    { y = { nan }, kind = "bar" },
    { y = { 1, 2, 2 }, kind = "hist" }, { y = { { 1, 2 }, { 3, 4 } }, kind = "hist", bins = 2 },
    { y = { { 1, nan } }, kind = "heatmap" }, { y = { { nan } }, kind = "heatmap" },
    { y = rl.zeros { 300, 200 }, kind = "heatmap" },
  }
  local list = {}
  for i, given in ipairs(pictures) do
    list[i] = function(path)
      given.file = path
      return rl.plot(given)
    end
  end
  list[#list + 1] = function(path) return rl.plot.confusion_matrix({ 0, 1, 1 }, { 0, 1, 0 }, { file = path }) end
  draws("gnuplot", list)
end)

describe("dot draws", function()
  local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } }
  draws("dot", { function(path) return rl.plot.model(model, { file = path }) end })
end)

describe("gnuplot draws models", function()
  local model_file, graph = require "rnnlua.plot.model_file", require "rnnlua.plot.graph"
  local path = program.find "gnuplot"
  if not path then
    pending "needs gnuplot"
    return
  end
  it("where there is no dot", function()
    local all = graph.of(rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } })
    local bytes, message = program.run("gnuplot", { path, "-d" }, model_file.gnuplot(all, "svg", {}))
    assert.matches("dense", bytes or message, 1, true)
  end)

  it("as large as is asked for, in proportion", function()
    local all = graph.of(rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } })
    local function size_of(given)
      local bytes = program.run("gnuplot", { path, "-d" }, model_file.gnuplot(all, "svg", given))
      local width, height = bytes:match 'width="(%d+)" height="(%d+)"'
      return tonumber(width), tonumber(height)
    end
    local width, height = size_of {}
    local wide, high = size_of { width = 2 * width }
    assert.equal(2 * width, wide)
    assert.equal(2 * height, high)
    wide, high = size_of { width = 2 * width, height = height // 2 }
    assert.equal(height // 2, high)
    assert.truthy(wide < width)
  end)
end)

-- a terminal -----------------------------------------------------------------------------------------------------

describe("on a terminal", function()
  if not terminal.available then
    pending "needs a pseudo-terminal"
    return
  end
  local TEXT <const> = "rl = require 'rnnlua' rl.plot{ y = { a = { 0, 1 }, b = { 1, 0 } }, height = 3 } print 'done'"

  local function shown(options)
    options.args = { "-e", TEXT }
    local screen = terminal.open(options)
    finally(function() screen:close() end)
    return screen:expect "done"
  end

  it("there are colours and Braille dots, as wide as it", function()
    local text = shown { columns = 40 }
    assert.matches("\27[36m", text, 1, true)
    assert.matches("\27[33m━━\27[0m b", text, 1, true)
    assert.equal(39, utf8.len((text:gsub("\27%[[%d;]*m", ""):match "(└[^\r\n]*)")) + 4)
  end)

  it("NO_COLOR takes markers instead", function()
    local text = shown { env = { NO_COLOR = "1" } }
    assert.is_nil(text:find "\27%[%d")
    assert.matches("* a  + b", text, 1, true)
  end)

  it("a locale without UTF-8 gets ASCII", function()
    assert.is_nil((shown { env = { LANG = "C" } }):find "[\128-\255]")
  end)

  it("a narrow one still has a picture", function()
    local text = shown { columns = 10 }
    assert.matches("━━", text, 1, true)
  end)
end)
