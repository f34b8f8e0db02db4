--- The test runner, as a user drives it: whole runs over files written for the purpose.
local program = arg[-1]

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local folder

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name, "w"))
  file:write(text)
  return folder .. "/" .. name
end

--- Runs `rnnlua test …`; returns what it printed on both streams, and its exit status.
local function run(...)
  local words = { quote(program), "test" }
  for _, word in ipairs { ... } do words[#words + 1] = quote(word) end
  local pipe = assert(io.popen("cd " .. quote(folder) .. " && " .. table.concat(words, " ") .. " 2>&1"))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

local function last_line(text) return text:match "([^\n]*)\n$" end

before_each(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. quote(folder)))
  if not program:find "^/" then
    local pipe = assert(io.popen("pwd"))
    program = pipe:read "l" .. "/" .. program
    pipe:close()
  end
end)

after_each(function() os.execute("rm -r " .. quote(folder)) end)

describe("a run", function()
  it("ends with the closing line and status 0", function()
    write("test_a.lua", [[it("one", function() end) it("two", function() assert.equal(2, 2) end)]])
    local text, status = run "test_a.lua"
    assert.equal("2 passed, 0 failed", last_line(text))
    assert.equal(0, status)
  end)

  it("tells tests what program runs them, whatever options it was given", function()
    write("test_a.lua", 'it("has a program", function() assert.matches("rnnlua$", arg[-1]) end)')
    local pipe <close> = io.popen(("cd %s && %s --threads 2 test test_a.lua 2>&1"):format(quote(folder), quote(program)))
    assert.equal("1 passed, 0 failed", last_line(pipe:read "a"))
  end)

  it("fails with status 1, showing both values, file and line", function()
    write("test_a.lua", 'it("sums", function()\n  assert.equal("two", "three")\nend)')
    local text, status = run "test_a.lua"
    assert.equal(1, status)
    assert.equal("0 passed, 1 failed", last_line(text))
    assert.matches("FAILED  test_a.lua  sums\n  test_a.lua:2: not equal", text, 1, true)
    assert.matches('"two"    | "three"', text, 1, true)
  end)

  it("counts what is pending as skipped and says why", function()
    write("test_a.lua", [[
      it("runs", function() end)
      it("waits", function() pending("no GPU here") end)
      pending("is not written")
      it("has no body")]])
    local text, status = run "test_a.lua"
    assert.equal("1 passed, 0 failed, 3 skipped", last_line(text))
    assert.matches("waits: no GPU here", text, 1, true)
    assert.equal(0, status)
  end)

  it("fails where no test was found", function()
    write("test_a.lua", "local nothing = 1")
    local text, status = run "."
    assert.equal("0 passed, 0 failed", last_line(text))
    assert.matches("no test was run in: .", text, 1, true)
    assert.equal(1, status)
    assert.equal(1, select(2, run("--filter", "nobody", ".")))
  end)

  it("tells a file that does not load, by name, and goes on", function()
    write("test_a.lua", "it('x', function( end)")
    write("test_b.lua", "it('y', function() end)")
    local text, status = run "."
    assert.matches("FAILED  test_a.lua", text, 1, true)
    assert.matches("test_a.lua:1: ", text, 1, true)
    assert.equal("1 passed, 1 failed", last_line(text))
    assert.equal(1, status)
  end)

  it("shows the traceback of an error, ending in the test", function()
    write("test_a.lua", "local function deep() local t = nil return t.x end\nit('x', function()\n  local a = deep()\nend)")
    local text = run "."
    assert.matches("test_a.lua:1: attempt to index a nil value", text, 1, true)
    assert.matches("test_a.lua:3: in function", text, 1, true)
    assert.is_nil(text:find("rnnlua/test", 1, true))
  end)

  it("shows the helper's line and the test's where a helper's assertion fails", function()
    write("helper.lua", "return function(x)\n  assert.equal(1, x)\nend")
    write("test_a.lua", "local check = require 'helper'\nit('x', function()\n  check(2)\nend)")
    local text = run "."
    assert.matches("helper.lua:2: (called from test_a.lua:3) not equal", text, 1, true)
  end)

  it("refuses os.exit, which would end the run in success", function()
    write("test_a.lua", "it('x', function() os.exit(0) end)")
    local text, status = run "."
    assert.matches("test_a.lua:1: os.exit was called in a test", text, 1, true)
    assert.equal(1, status)
  end)

  it("stops at Ctrl-C", function()
    write("test_a.lua", "it('x', function() error('interrupted!') end) it('y', function() end)")
    write("test_b.lua", "it('z', function() end)")
    local text, status = run "."
    assert.equal("0 passed, 1 failed", last_line(text))
    assert.matches("the remaining tests were not run", text, 1, true)
    assert.equal(1, status)
  end)
end)

describe("files", function()
  it("are found in folders by name, and taken as given otherwise", function()
    assert(os.execute("mkdir -p " .. quote(folder .. "/t/deep/er") .. " " .. quote(folder .. "/t/.git")))
    local test = "it('t', function() end)"
    for _, name in ipairs { "t/test_a.lua", "t/deep/er/b_spec.lua", "t/helper.lua", "t/.git/test_no.lua" } do
      write(name, test)
    end
    assert.equal("t/deep/er/b_spec.lua: t\nt/test_a.lua: t\n", (run("--list", "t")))
    assert.equal("t/helper.lua: t\n", (run("--list", "t/helper.lua")))
  end)

  it("are looked for in tests without a path", function()
    assert(os.execute("mkdir " .. quote(folder .. "/tests")))
    write("tests/test_a.lua", "it('t', function() end)")
    assert.equal("1 passed, 0 failed", last_line((run())))
  end)

  it("that are missing are an error", function()
    local text, status = run "no/such"
    assert.matches("no/such: No such file or directory", text, 1, true)
    assert.equal(2, status)
  end)

  it("do not see each other's globals, modules and changes to the libraries", function()
    write("m.lua", "return { n = 0 }")
    write("test_a.lua", [[
      plain, _G.set = 1, 1
      string.shout, package.path = string.upper, package.path .. ";?.other"
      require("m").n = 7
      it("changed", function() assert.equal(1, plain + set - 1) assert.equal("A", ("a"):shout()) end)]])
    write("test_b.lua", [[
      it("sees nothing", function()
        assert.is_nil(plain) assert.is_nil(set) assert.is_nil(string.shout)
        assert.is_nil(package.path:find("other", 1, true))
        assert.equal(0, require("m").n)
      end)]])
    assert.equal("2 passed, 0 failed", last_line((run "." )))
  end)

  it("require modules beside them and in the folder given", function()
    assert(os.execute("mkdir -p " .. quote(folder .. "/t/sub") .. " " .. quote(folder .. "/t/support")))
    write("t/support/near.lua", "return 'root'")
    write("t/sub/beside.lua", "return 'beside'")
    write("t/sub/test_a.lua", [[
      it("finds", function()
        assert.equal("beside", require "beside")
        assert.equal("root", require "support.near")
      end)]])
    assert.equal("1 passed, 0 failed", last_line((run "t")))
  end)
end)

describe("blocks", function()
  it("run setups, tests, finally and teardowns in busted's order", function()
    write("test_a.lua", [[
      local log = {}
      local function note(word) return function() log[#log + 1] = word end end
      describe("outer", function()
        setup(note "setup") teardown(note "teardown")
        lazy_setup(note "lazy")
        before_each(note "before") after_each(note "after")
        it("a", function() finally(note "finally") note "a" () end)
        describe("inner", function()
          note "body" ()
          before_each(note "before inner") after_each(note "after inner")
          it("b", note "b")
        end)
      end)
      it("logged", function()
        assert.equal("setup lazy before a finally after body before before inner b after inner after teardown",
                     table.concat(log, " "))
      end)]])
    assert.equal("3 passed, 0 failed", last_line((run ".")))
  end)

  it("whose body or setup fails are one failure, and the next ones run", function()
    write("test_a.lua", [[
      describe("broken body", function() error("oh") end)
      describe("broken setup", function()
        setup(function() error("ah") end)
        it("never runs", function() end)
      end)
      it("runs", function() end)]])
    local text = run "."
    assert.equal("1 passed, 2 failed", last_line(text))
    assert.matches("broken body", text, 1, true)
    assert.matches("broken setup (setup)", text, 1, true)
  end)

  it("run after_each and finally also where the test fails", function()
    write("test_a.lua", [[
      local log = {}
      describe("d", function()
        after_each(function() log[#log + 1] = "after" end)
        it("fails", function() finally(function() log[#log + 1] = "finally" end) error("x") end)
      end)
      it("logged", function() assert.same({ "finally", "after" }, log) end)]])
    assert.equal("1 passed, 1 failed", last_line((run ".")))
  end)

  it("cannot be declared inside a test", function()
    write("test_a.lua", "it('x', function()\n  it('y', function() end)\nend)")
    assert.matches("test_a.lua:2: it cannot be called while a test or hook is running", (run "."), 1, true)
  end)

  it("need a name and a function", function()
    write("test_a.lua", "describe(function() end)")
    assert.matches("test_a.lua:1: describe: argument 1 must be a string, got function", (run "."), 1, true)
  end)
end)

describe("options", function()
  before_each(function()
    write("test_a.lua", [[
      describe("sum", function()
        it("of two", function() end)
        it("of <three>", function() assert.equal(3, 4) end)
        it("of four", function() pending("later") end)
      end)
      it("product", function() print("noise") end)]])
  end)

  it("--filter keeps the tests whose full name matches", function()
    assert.equal("1 passed, 0 failed", last_line((run("--filter", "^sum of two$", "."))))
    assert.equal("2 passed, 0 failed", last_line((run("--filter=two", "--filter=product", "."))))
    assert.matches("malformed pattern", (run("--filter", "[", ".")))
  end)

  it("--list names the tests and runs none", function()
    local text, status = run("--list", ".")
    assert.equal("test_a.lua: sum of two\ntest_a.lua: sum of <three>\ntest_a.lua: sum of four\n" ..
                 "test_a.lua: product\n", text)
    assert.equal(0, status)
  end)

  it("--format tap", function()
    local text, status = run("--format", "tap", ".")
    assert.equal(1, status)
    assert.matches("^TAP version 13\n", text)
    assert.matches("\nok 1 - sum of two\n", text, 1, true)
    assert.matches("\nnot ok 2 - sum of <three>\n", text, 1, true)
    assert.matches("\nok 3 - sum of four # SKIP later\n", text, 1, true)
    assert.matches("\n1..4\n", text, 1, true)
    assert.equal("# 2 passed, 1 failed, 1 skipped", last_line(text))
  end)

  it("--format junit", function()
    write("out.sh", quote(program) .. " test --format=junit . 2>err >out.xml")
    os.execute("cd " .. quote(folder) .. " && sh out.sh")
    local file <close> = assert(io.open(folder .. "/out.xml"))
    local text = file:read "a"
    assert.matches('^<%?xml version="1.0" encoding="UTF%-8"%?>\n<testsuites tests="4" failures="1" skipped="1">', text)
    assert.matches('name="sum of &lt;three&gt;"', text, 1, true)
    assert.matches('<skipped message="later"/>', text, 1, true)
    assert.matches('<failure message="test_a.lua:3: not equal">', text, 1, true)
    assert.matches("</testsuites>\n$", text)
    assert.is_nil(text:find("noise", 1, true))
    local errors <close> = assert(io.open(folder .. "/err"))
    assert.equal("2 passed, 1 failed, 1 skipped", last_line(errors:read "a"))
  end)

  it("that are unknown or wrong are errors with status 2", function()
    for _, case in ipairs { { "--lis", "unknown option '--lis'" }, { "-x", "unknown option '-x'" },
                            { "--format=html", "expected plain, tap or junit, got 'html'" },
                            { "--filter", "--filter needs a value" } } do
      local text, status = run(case[1])
      assert.matches("rnnlua test: ", text, 1, true)
      assert.matches(case[2], text, 1, true)
      assert.equal(2, status)
    end
  end)

  it("--help explains", function()
    local text, status = run "--help"
    assert.matches("^usage: rnnlua test", text)
    assert.equal(0, status)
  end)
end)

describe("assert", function()
  local function failure(f)
    local ok, problem = pcall(f)
    assert.is_false(ok)
    return tostring(problem)
  end

  it("is Lua's own when called", function()
    assert.same({ 1, 2, 3 }, { assert(1, 2, 3) })
    assert.matches("^%S*test_runner.lua:%d+: bad$", failure(function() local _ = assert(false, "bad") end))
    assert.matches("assertion failed!$", failure(function() assert(nil) end))
    assert.matches("value expected", failure(function() assert() end))
    local object = {}
    assert.equal(object, select(2, pcall(function() assert(nil, object) end)))
  end)

  it("reads busted's chains of words", function()
    assert.are.equal(1, 1)
    assert.is.truthy(1)
    assert.is_true(true)
    assert.is_not.is_nil(1)
    assert.is_not_nil(1)
    assert.has_no.errors(function() end)
    assert.has.errors(function() error("x") end)
    assert.are_not.same({ 1 }, { 2 })
    assert.is.a.number(1)
    assert.is_string("")
    assert.False(false)
    assert.no.near(1, 2, 0.5)
    assert.has.error.matches(function() error("abc") end, "b")
  end)

  it("refuses a word it does not know", function()
    assert.error_matches(function() assert.is_eqal(1, 1) end, "assert has no word 'eqal'", 1, true)
    assert.error_matches(function() assert.is(1) end, "says nothing", 1, true)
  end)

  it("passes and fails where it should", function()
    local boom = function() error("boom") end
    local cases = { -- word, arguments that hold, arguments that do not
      { "equal", { 1, 1.0 }, { 1, "1" } }, { "same", { { a = { 1 } }, { a = { 1 } } }, { { 1 }, { 1, 2 } } },
      { "near", { 1, 1.05, 0.1 }, { 1, 1.2, 0.1 } }, { "truthy", { 0 }, { false } },
      { "falsy", { nil }, { 0 } }, { "is_nil", { nil }, { false } }, { "is_nan", { 0 / 0 }, { 1 } },
      { "matches", { "^a", "ab" }, { "^b", "ab" } }, { "is_function", { print }, { {} } },
      { "unique", { { 1, 2, {} } }, { { 1, 2, 1 } } },
      { "tensor_near", { { 1, { 2 } }, { 1, { 2.0001 } }, 1e-3 }, { { 1, { 2 } }, { 1, { 2.0001 } }, 1e-6 } },
      { "has_error", { boom, "boom" }, { boom, "bang" } }, { "error_matches", { boom, "^bo+m$" }, { boom, "bang" } },
    }
    for _, case in ipairs(cases) do
      local word, good, bad = table.unpack(case)
      assert[word](table.unpack(good, 1, 3))
      assert["not_" .. word](table.unpack(bad, 1, 3))
      assert.is_false((pcall(assert[word], table.unpack(bad, 1, 3))))
      assert.is_false((pcall(assert["not_" .. word], table.unpack(good, 1, 3))))
    end
  end)

  it("says where two tables differ", function()
    assert.matches("not the same at %[2%]%.name", failure(function()
      assert.same({ 1, { name = "x" } }, { 1, { name = "y" } })
    end))
    local a, b = { 1 }, { 1 }
    a.self, b.self = a, b
    assert.same(a, b)
  end)

  it("says which element is furthest off", function()
    local text = failure(function() assert.tensor_near({ { 1, 2 }, { 3, 4 } }, { { 1, 2.5 }, { 3, 4.25 } }, 0.1) end)
    assert.matches("2 elements are too far off, most at [1][2]: 2 was expected, 2.5 came", text, 1, true)
    text = failure(function() assert.tensor_near({ { 1, 2 } }, { { 1, 2, 3 } }, 0.1) end)
    assert.matches("2 rows were expected at [1], 3 came", text, 1, true)
    assert.is_false((pcall(assert.tensor_near, { 0 / 0 }, { 1 }, 1)))
    assert.tensor_near({ 0 / 0, 1 / 0 }, { 0 / 0, 1 / 0 }, 0)
    assert.tensor_near(100, 101, { rtol = 0.02 })
  end)

  it("puts a message of the caller's first", function()
    assert.matches(": seed 3: not equal", failure(function() assert.equal(1, 2, "seed 3") end), 1, true)
    assert.matches(": seed 4: not truthy", failure(function() assert.message("seed 4").is_truthy(nil) end), 1, true)
  end)

  it("gives back what it was given, and the error of has_error", function()
    assert.equal(5, (assert.truthy(5)))
    assert.matches("boom$", (assert.has_error(function() error("boom") end)))
  end)
end)
