--- First minutes: `rnnlua new` writes what runs and passes as it is, `rnnlua examples` finds, runs and shows the scripts.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")

local own
setup(function() own = run.folder() end)
teardown(function() run.remove(own) end)

local function in_own(command) return run.shell(("cd %s && %s"):format(run.quote(own), command)) end
local function rnnlua(arguments) return in_own(run.quote(run.program) .. " " .. arguments) end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

describe("rnnlua new", function()
  it("writes a project that runs and passes, from wherever it is run", function()
    local text, status = rnnlua "new my-project"
    assert.message(text).equal(0, status)
    for _, name in ipairs { "README.md", "main.lua", "forecast.lua", "tests/test_forecast.lua", "data.csv" } do
      assert.matches("wrote my-project/" .. name, text, 1, true)
      assert.is_nil(read(own .. "/my-project/" .. name):find "@%u+@")
    end
    local program = run.quote(run.program)
    local output, code = rnnlua(text:match "run it: +rnnlua ([^\n]+)")
    assert.message(output).equal(0, code)
    local model, naive = output:match "off by ([%d.]+) on average .-; by ([%d.]+) if"
    assert.message(output).truthy(tonumber(model) < 0.7 * tonumber(naive))
    for _, command in ipairs { program .. " " .. text:match "test it: +rnnlua ([^\n]+)",
      ("cd my-project && %s test"):format(program), ("cd / && %s test %s/my-project"):format(program, run.quote(own)) } do
      output, code = in_own(command)
      assert.message(output).equal(0, code)
      assert.matches("\n3 passed, 0 failed\n$", output)
    end
  end)

  it("writes tests that can fail", function()
    rnnlua "new broken"
    local path = own .. "/broken/forecast.lua"
    run.write(path, (read(path):gsub("series%[i %+ forecast.window%]", "series[i]")))
    local output, code = rnnlua "test broken"
    assert.equal(1, code)
    assert.matches("[12] failed\n$", output)
  end)

  it("takes the folder to write it to, blanks in it quoted where they are to be typed", function()
    local text = rnnlua "new first --dir 'a b/'"
    assert.matches("wrote a b/first/main.lua\n", text, 1, true)
    assert.matches("test it:  rnnlua test 'a b/first'\n", text, 1, true)
    assert.matches("3 passed", (rnnlua "test 'a b/first'"))
  end)

  it("leaves what is there as it is", function()
    run.write(own .. "/file", "mine")
    os.execute("mkdir " .. run.quote(own .. "/empty"))
    for _, name in ipairs { "file", "empty" } do
      local text, status = rnnlua("new " .. name)
      assert.equal(("rnnlua new: %s is there already; it is left as it is\n"):format(name), text)
      assert.equal(1, status)
    end
    assert.equal("mine", read(own .. "/file"))
    assert.is_nil(io.open(own .. "/empty/main.lua"))
  end)

  it("refuses what is no name, and says why", function()
    for arguments, message in pairs {
      [""] = "a name is needed",
      ["''"] = "a name is made of letters, digits, _ and -, and begins with a letter, got ''",
      ["1st"] = "got '1st'",
      ["../up"] = "got '../up'",
      ["'two words'"] = "got 'two words'",
      [("x"):rep(61)] = "a name is made of",
      ["a b"] = "one name expected, got 'b' too",
      ["--fast a"] = "unknown option '--fast'",
      ["a --dir"] = "'--dir' needs an argument",
      ["a --dir file/x"] = "Not a directory",
    } do
      local text, status = rnnlua("new " .. arguments)
      assert.matches(message, text, 1, true)
      assert.message(arguments).equal(1, status)
    end
  end)
end)

describe("rnnlua examples", function()
  it("lists every script with what it is about", function()
    local text, status = rnnlua "examples"
    assert.equal(0, status)
    local folder = text:match "\nThey lie in ([^\n]+)%.\n"
    local count = 0
    for _, entry in ipairs(require "rnnlua.core".listdir(folder)) do
      local name = entry:match "^([%w_]+)%.lua$"
      if name then
        local first = read(folder .. "/" .. entry):match "^%-%- ([^\n]+)"
        assert.message(name .. " begins with a line on what it is about").truthy(first and #first > 20)
        assert.matches(("\n%s +%s\n"):format(name, (first:gsub("%p", "%%%0"))), "\n" .. text)
        count = count + 1
      end
    end
    assert.truthy(count >= 12)
  end)

  it("runs one by its name, with arguments", function()
    local text, status = rnnlua "examples sine 5"
    assert.message(text).equal(0, status)
    assert.matches("val_loss", text)
    assert.is_nil(text:find("epoch 10", 1, true))
    assert.matches("is of class 0", (rnnlua "examples classifier.lua 1"))
  end)

  it("gives it the arg that a script of that path has", function()
    local copy = own .. "/copied" -- a program with examples beside it, as installed
    assert(os.execute(("mkdir -p %s/bin %s/share/rnnlua/examples && cp %s %s/bin/rnnlua"):format(copy, copy,
      run.quote(run.program), copy)))
    local plugins = run.support:gsub("support/$", "plugins")
    os.execute(("test -d %s && cp -r %s %s/bin/plugins"):format(plugins, plugins, copy))
    run.write(copy .. "/share/rnnlua/examples/sequence.lua", "-- Prints.\nprint(arg[0]:match '[^/]*$', arg[1], arg[2], #arg, ...)\n"
      .. "print(arg[-1], arg[-2]) if arg[1] == 'fail' then error 'no' end")
    local program = copy .. "/bin/rnnlua"
    assert.equal(("sequence.lua\ta\tb c\t2\ta\tb c\n%s\tnil\n"):format(program), (run.shell(program .. " examples sequence a 'b c'")))
    local text, status = run.shell(program .. " examples sequence fail")
    assert.equal(1, status)
    assert.matches("sequence.lua:3: no\nstack traceback", text)
  end)

  it("shows one as it is written", function()
    local text = rnnlua "examples show tape"
    local folder = rnnlua "examples":match "\nThey lie in ([^\n]+)%.\n"
    assert.equal(read(folder .. "/tape.lua"), text)
  end)

  it("says what is wrong", function()
    for arguments, message in pairs {
      classifer = "there is no example 'classifer' (did you mean 'classifier'?)",
      ["show sequense"] = "there is no example 'sequense' (did you mean 'sequence'?)",
      zzzzzzzzzz = "there is no example 'zzzzzzzzzz'; rnnlua examples lists them",
      ["../tests/lint"] = "there is no example",
      show = "show needs one name",
      ["show a b"] = "show needs one name",
      ["--all"] = "usage: rnnlua examples",
    } do
      local text, status = rnnlua("examples " .. arguments)
      assert.matches(message, text, 1, true)
      assert.message(arguments).equal(1, status)
    end
  end)

  it("says so where there are none", function()
    assert(os.execute(("mkdir -p %s/alone/b/c/d && cp %s %s/alone/b/c/d/"):format(own, run.quote(run.program), own)))
    local text, status = run.shell(("%s/alone/b/c/d/rnnlua examples"):format(own))
    assert.matches("the examples were not installed", text)
    assert.equal(1, status)
  end)
end)
