--- Starters: every kind in both languages builds by the command that is printed, passes check, and trains; and they never
--- write over anything.
local core = require "rnnlua.core"
local rl = require "rnnlua"

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")

local own
setup(function() own = run.folder() end)
teardown(function() run.remove(own) end)

describe("plugins new", function()
  for _, kind in ipairs(core.kinds()) do
    for _, language in ipairs { "c", "lua" } do
      if kind ~= "function" or language == "c" then
        it(("%s in %s"):format(kind, language), function()
          local name = ("my_%s_%s"):format(kind, language)
          local text, status = run.rnnlua(("plugins new %s --kind %s --language %s --dir %s"):format(name, kind, language, own))
          assert.message(text).equal(0, status)
          assert.matches("^wrote " .. own .. "/" .. name, text)
          local build = text:match "\nbuild it:  ([^\n]+)"
          if build then
            local output, code = run.shell((build:gsub("%-Wall", "-Wall -Wextra -Werror", 1)))
            assert.message(output).equal(0, code)
          end
          local file = text:match "check it:  rnnlua plugins check ([^\n]+)"
          local result, code = run.rnnlua("plugins check " .. file)
          assert.message(result).equal(0, code)
          assert.matches("^" .. kind .. " [%w_]+: ok\n$", result)
        end)
      end
    end
  end

  it("never writes over a file", function()
    local file = run.write(own .. "/precious.c", "mine")
    local written, message = rl.plugins.new("precious", { dir = own })
    assert.is_nil(written)
    assert.equal(own .. "/precious.c is there already; it is left as it is", message)
    assert.equal("mine", io.open(file):read "a")
  end)

  it("refuses what cannot be a plugin, and says why", function()
    for name, message in pairs {
      ["two words"] = "a name is made of letters, digits and _",
      ["1st"] = "a name is made of letters",
      [""] = "a name is made of letters",
      dense = "there already is a plugin dense %(built in%)",
      flatten = "there already is layer 'Flatten'",
      list = "plugin name 'list' is taken by rl.plugins.list",
    } do
      local written, why = rl.plugins.new(name, { dir = own })
      assert.is_nil(written)
      assert.matches(message, why)
    end
    assert.matches("cannot be written in Lua alone", select(2, rl.plugins.new("f", { kind = "function", language = "lua" })))
    assert.matches("No such file", select(2, rl.plugins.new("f", { dir = own .. "/nowhere" })))
    assert.error_matches(function() rl.plugins.new("f", { kind = "layr" }) end, "did you mean 'layer'")
    assert.error_matches(function() rl.plugins.new("f", { language = "fortran" }) end, "must be one of c|lua")
    assert.error_matches(function() rl.plugins.new(3) end, "a name expected, got number")
  end)
end)

describe("a plain function of a plugin", function()
  local function try(text)
    return (run.load(own .. "/my_function_c.so", nil, "local f = rl.plugins.my_function_c.my_function_c " .. text))
  end

  it("is called on tensors, with arguments by position and by name", function()
    assert.equal("my_function_c\n[1. 4. 9.]\n[ 1.  8. 27.]\n[[1. 8.]]\n<function my_function_c>\n",
      try "print(f(rl.tensor { 1, 2, 3 })) print(f(rl.tensor { 1, 2, 3 }, 3)) print(f({ { 1, 2 } }, { power = 3 })) print(f)")
  end)

  it("refuses what it does not take", function()
    local text = try [[print(pcall(f)) print(pcall(f, "x")) print(pcall(f, { 1 }, { powr = 2 })) print(pcall(f, { 1 }, { power = 0 }))
      print(pcall(f, { 1 }, 2, 3)) print(pcall(function() return rl.plugins.my_function_c.nothing end))]]
    assert.matches("input 1: expected a tensor or nested tables, got nothing", text)
    assert.matches("input 1: expected a tensor or nested tables, got 'x'", text)
    assert.matches("unknown argument 'powr' %(did you mean 'power'%?%)", text)
    assert.matches("argument 'power' must be in %[1, 100%], got 0", text)
    assert.matches("at most 1 argument by position", text)
    assert.matches("rl.plugins.my_function_c has no 'nothing'", text)
  end)

  it("is recorded by a tape", function()
    assert.equal("my_function_c\n[ 3.  4. 12.]\n", try [[local x = rl.Variable(rl.tensor { 1.5, 2, 6 })
      local y
      local tape = rl.GradientTape(function() y = f(x):sum() end) print(tape:gradient(y, x))]])
  end)

  it("is listed, completed and helped with", function()
    assert.equal("my_function_c\nmy_function_c\ntrue\n", try [[for name in pairs(rl.plugins.my_function_c) do print(name) end
      print(require("rnnlua.help").text(f):find("the exponent", 1, true) ~= nil)]])
  end)
end)
