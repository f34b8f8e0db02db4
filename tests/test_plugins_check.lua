--- `rnnlua plugins check`, `list` and `info`: what they find in plugins that lie, leak, crash and hang, from a process of
--- their own; and that they find nothing in what is right.
local rl = require "rnnlua"
local core = require "rnnlua.core"

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")
local LYING = run.support .. "plugin_lying.so"

local function check(how, options)
  return run.rnnlua(("plugins check %s %s"):format(options or "", run.quote(LYING)), "LYING=" .. how)
end

describe("plugins check", function()
  it("says ok, and exits with 0, where all is well", function()
    local text, status = check "not"
    assert.equal("layer Lying: ok\n", text)
    assert.equal(0, status)
  end)

  for how, message in pairs {
    shape = "its shapes%(%) gave output 1 the shape %(.*%-5%) for inputs of known shapes",
    axes = "its shapes%(%) gave output 1 12 axes; 0 to 8 are possible",
    behind = "forward writes behind the end of output 1 %(%d+ numbers%)",
    before = "forward writes before the beginning of output 1",
    scratch = "forward writes behind the end of scratch %(4 numbers%)",
    unwritten = "forward leaves number 1 of %d+ of output 1 unwritten",
    nan = "forward makes number 1 of output 1 %-?nan",
    input = "forward changes input 1",
    twice = "output 1 is another in a second call on the same",
    kept = "output 1 is another where the call is not kept for backward",
    gradient = "the gradient of input 1 is wrong: number 1 has [^ ]+ by backward, [^ ]+ by differences",
    weight = "the gradient of weight 'w' is wrong",
    overwritten = "the gradient of weight 'w' is wrong",
    leak = "leaks memory: %d+ blocks more at each use",
    crash = "crashed: Segmentation fault",
    exit = "ended the process",
  } do
    it("finds it: " .. how, function()
      local sanitized = os.getenv "RNNLUA_SANITIZED"
      if sanitized and (how == "crash" or how == "leak" or how == "exit") then pending "not with sanitizers" end
      local text, status = check(how)
      assert.matches("^layer Lying: FAILED .*" .. message, text)
      assert.equal(1, status)
    end)
  end

  for how, message in pairs {
    small = "update writes behind the end of the state %(1 number%)",
    before = "update writes before the beginning of the state %(2 numbers%)",
    nan = "the result after 1 batch is %-?nan",
  } do
    it("finds it in a metric: " .. how, function()
      local file = run.quote(run.support .. "plugin_lying_metric.so")
      assert.matches("^metric LyingMetric: FAILED " .. message, (run.rnnlua("plugins check " .. file, "LYING=" .. how)))
      assert.equal("metric LyingMetric: ok\n", (run.rnnlua("plugins check " .. file)))
    end)
  end

  it("finds it where an optional boolean is switched on", function()
    assert.matches("^layer LyingFlag: FAILED with twice=true: the gradient of input 1 is wrong",
      (run.rnnlua("plugins check " .. run.quote(run.support .. "plugin_lying_flag.so"))))
  end)

  it("says of what is built in that tests check it, and checks what is loaded by its name", function()
    local text, status = run.rnnlua "plugins check dense"
    assert.equal("FAILED dense is built in: what is built in is checked by rnnlua's own tests\n", text)
    assert.equal(1, status)
    assert.equal("layer Lying: ok\n", (run.rnnlua(("--plugin %s plugins check lying"):format(run.quote(LYING)))))
  end)

  it("ends a plugin that hangs", function()
    local start = core.clock()
    assert.matches("^layer Lying: FAILED did not end within 1 seconds", (check("hang", "--seconds 1")))
    assert.is_true(core.clock() - start < 20)
  end)

  it("is not taken in by what a plugin prints", function()
    local text, status = check "noise"
    assert.equal("layer Lying: ok\n", text)
    assert.equal(0, status)
  end)

  it("tells why a file is refused, and what it was called wrongly with", function()
    local text, status = run.rnnlua("plugins check " .. run.quote(run.support .. "plugin_failing.so"))
    assert.matches("^FAILED .*no device of the kind that this needs", text)
    assert.equal(1, status)
    for arguments, message in pairs {
      ["check"] = "check needs one name or file",
      ["check a b"] = "check needs one name or file",
      ["check --second 1 a"] = "unknown option '%-%-second'",
      ["check --seconds x a"] = "%-%-seconds: expected a number in %(0, 86400%], got 'x'",
      ["info"] = "info needs one name or file",
      ["list x"] = "list takes no arguments",
      ["lst"] = "unknown command 'lst'",
      ["new"] = "new needs one name",
    } do
      local got, code = run.rnnlua("plugins " .. arguments)
      assert.matches("^rnnlua plugins: " .. message, got)
      assert.equal(1, code)
    end
  end)

  it("is a function too", function()
    local ok, result = rl.plugins.check(run.support .. "plugin_peephole.so")
    assert.message(tostring(result)).is_true(ok)
    assert.equal("peephole", result.name)
    assert.same({ { kind = "layer", name = "PeepholeLSTM", ok = true } }, result.parts)
    local wrong, refused = rl.plugins.check(run.support .. "plugin_too_new.so")
    assert.is_nil(wrong)
    assert.matches("needs ABI", refused.refused)
    assert.error_matches(function() rl.plugins.check(LYING, { second = 1 }) end, "did you mean 'seconds'")
    assert.error_matches(function() rl.plugins.check() end, "a file or a name expected, got nil")
  end)
end)

describe("what is built in", function()
  local arguments = require "rnnlua.plugins.arguments"
  -- what their required arguments can be does not follow from type and range
  local SKIPPED = { PiecewiseConstantDecay = true, Permute = true, Dot = true }

  it("passes the same checks", function()
    local others = {} -- what other tests have loaded
    for _, plugin in ipairs(rl.plugins.list()) do
      local standard = plugin.origin == "built in" or plugin.origin:find("/plugins/[%w_]+%.so$")
      for _, made in ipairs(standard and {} or plugin.types) do others[made] = true end
    end
    for _, kind in ipairs(core.kinds()) do
      for _, name in ipairs(core.type_names(kind)) do
        local made = core.type(kind, name)
        local ours = kind ~= "function" and not SKIPPED[name] and not others[made]
        local ok, part = true, nil
        if ours then
          ok, part = pcall(function() return made(arguments.for_type(made)) end)
          assert.message(("%s %s: %s"):format(kind, name, tostring(part))).is_true(ok)
          local right, message = core.check(part)
          assert.message(("%s %s: %s"):format(kind, name, tostring(message))).is_true(right)
          message = require "rnnlua.plugins.examine".check_flags(made, arguments.for_type(made))
          assert.message(("%s %s: %s"):format(kind, name, tostring(message))).is_nil(message)
        end
      end
    end
  end)
end)

describe("plugins list and info", function()
  it("show what is found without loading it, and what is refused", function()
    local folder = run.folder()
    finally(function() run.remove(folder) end)
    for _, name in ipairs { "example", "too_new" } do
      run.shell(("cp %s %s/%s.so"):format(run.quote(run.support .. "plugin_" .. name .. ".so"), run.quote(folder), name))
    end
    local text, status = run.rnnlua("plugins list", "RNNLUA_PLUGIN_PATH=" .. run.quote(folder))
    assert.equal(0, status)
    assert.matches("\ndense +1%.0 +built in +Dense\n", text)
    assert.matches("found, to be loaded by .-\nexample +1%.2 +[^\n]*/example%.so +%d+%.%d ms +double_up, Scale\n", text)
    assert.matches("refused:\n[^\n]*/too_new%.so\n[^\n]*needs ABI", text)
    local loaded = run.rnnlua("--plugin example plugins", "RNNLUA_PLUGIN_PATH=" .. run.quote(folder))
    assert.matches("\nexample +1%.2 +[^\n]*/example%.so +%d+%.%d ms +double_up, Scale\n", loaded)
    assert.is_nil(loaded:match "found, to be loaded")
  end)

  it("show what is found by the name that --plugin takes, in the order of lookup, and what is shadowed", function()
    local own = run.folder()
    finally(function() run.remove(own) end)
    run.shell(("mkdir %s/a %s/b"):format(own, own))
    run.write(own .. "/b/same.lua", "return { version = 'last' }")
    run.write(own .. "/a/same.lua", "return { version = 'middle' }")
    run.write(own .. "/a/other.lua", "return { name = 'inner', version = 'one' }")
    run.shell(("cp %s %s/a/same.so"):format(run.quote(run.support .. "plugin_example.so"), own))
    local environment = ("RNNLUA_PLUGIN_PATH=%s/a:%s/b"):format(own, own)
    local text = run.rnnlua("plugins list", environment):match "found, to be loaded by .*"
    assert.matches("\nother %(inner%) +one +[^\n]*/a/other%.lua[^\n]*\n" ..
      "same %(example%) +1%.2 +[^\n]*/a/same%.so +[^\n]* double_up, Scale\n" ..
      "same +middle +[^\n]*/a/same%.lua +[^\n]* shadowed by [^\n]*/a/same%.so\n" ..
      "same +last +[^\n]*/b/same%.lua +[^\n]* shadowed by [^\n]*/a/same%.so\n", text)
    text = run.rnnlua("--plugin same plugins list", environment):match "found, to be loaded by .*"
    assert.matches("\nsame +middle +[^\n]* shadowed by [^\n]*/a/same%.so\n", text)
  end)

  it("tell of folders of RNNLUA_PLUGIN_PATH that are passed over", function()
    local text = run.rnnlua("plugins list", "RNNLUA_PLUGIN_PATH=some/where:/nonexistent")
    assert.matches("\nrefused:\nsome/where\n  in RNNLUA_PLUGIN_PATH, but passed over: it is not absolute\n", text)
    text = run.rnnlua("plugins info nowhere", "RNNLUA_PLUGIN_PATH=some/where:/nonexistent")
    assert.matches("'nowhere' not found:.*\n\tnot in 'some/where' of RNNLUA_PLUGIN_PATH, which is passed over: it is not absolute\n",
      text)
  end)

  it("show arguments and documentation of a plugin, loaded or not", function()
    for _, name in ipairs { run.support .. "plugin_example.so", "dense" } do
      local text = run.rnnlua("plugins info " .. run.quote(name))
      assert.matches(name == "dense" and "^dense 1%.0, from built in\nDense\n" or "^example 1%.2, from .*plugin_example.so\n", text)
      assert.matches(name == "dense" and "units: integer in %[1, [^\n]-, required" or "factor: number in %(0, 10%], default 1", text)
    end
    local text, status = run.rnnlua "plugins info nowhere"
    assert.matches("plugin 'nowhere' not found", text)
    assert.equal(1, status)
  end)
end)
