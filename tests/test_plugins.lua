--- Plugins from outside: built from rnnlua.h alone, loaded, used in a model, and refused with the reason.
local rl = require "rnnlua"

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")
local folder = run.support
local EXAMPLE = folder .. "plugin_example.so"

--- loaded once in this process; plugins are never unloaded
local function load_example()
  for _, plugin in ipairs(rl.plugins.list()) do
    if plugin.name == "example" then return end
  end
  assert.equal("example", rl.plugins.load(EXAMPLE))
end

describe("a plugin from outside", function()
  it("is listed with its version and file", function()
    load_example()
    local listed
    for _, plugin in ipairs(rl.plugins.list()) do
      if plugin.name == "example" then listed = plugin end
    end
    assert.equal("1.2", listed.version)
    assert.equal("an activation and a layer, for tests", listed.doc)
    assert.equal(EXAMPLE, listed.origin)
  end)

  it("brings types that are used as ours are", function()
    load_example()
    assert.same({ 2, -4 }, rl.activations.double_up(rl.tensor { 1, -2 }):totable())
    local layer = rl.layers.Scale { factor = 3, name = "s", input_shape = { 2 } }
    assert.same({ { 3, 6 } }, layer { { 1, 2 } }:totable())
    assert.same({ 1, 1 }, layer.scale:totable())
    assert.same({ -1, 2 }, layer.output_shape)
    assert.equal("<Scale factor=3.0 name=s>", tostring(layer))
    assert.equal("<Scale factor=3.0 name=s>", tostring(rl.layers.Scale(layer:get_config())))
    assert.error_matches(function() rl.layers.Scale { factor = 0 } end, "Scale: argument 'factor' must be in %(0, 10%], got 0")
    assert.error_matches(function() rl.layers.Scale { factr = 1 } end, "did you mean 'factor'")
    assert.error_matches(function() layer(rl.ones { 2 }) end, "s %(Scale%): expected %(batch, ..., features%), got 1 axes")
  end)

  it("trains in a model beside ours", function()
    load_example()
    rl.utils.set_random_seed(1)
    local model = rl.Sequential {
      rl.layers.Scale { factor = 2, input_shape = { 1 } },
      rl.layers.Dense { 1, activation = "double_up", kernel_initializer = "ones" },
    }
    model:compile { optimizer = rl.optimizers.SGD(0.001), loss = "mse" }
    local losses = model:fit({ { 1 }, { 2 } }, { { 2 }, { 4 } }, { epochs = 100, verbose = 0 }).history.loss
    assert.near(10, losses[1], 1e-5) -- y = 4 x at first, wanted 2 x
    assert.is_true(losses[100] < 0.1 * losses[1])
  end)

  it("is refused where it can't be used, and nothing of it stays", function()
    load_example()
    local count = #rl.plugins.list()
    local function refused(file)
      local name, message = rl.plugins.load(folder .. file)
      assert.is_nil(name)
      assert.equal(count, #rl.plugins.list())
      return message
    end
    assert.equal("example", rl.plugins.load(folder .. "plugin_example.so")) -- the same file: nothing is done
    assert.equal(count, #rl.plugins.list())
    local copy = os.tmpname()
    finally(function() os.remove(copy) end)
    os.execute(("cp %splugin_example.so %s && chmod 644 %s"):format(folder, copy, copy))
    local again, why = rl.plugins.load(copy)
    assert.is_nil(again)
    assert.matches("plugin example is already loaded from .*/plugin_example.so", why)
    assert.matches("plugin too_new needs ABI 0%.%d+, rnnlua has 0%.%d+", refused "plugin_too_new.so")
    assert.matches("plugin needy requires plugin nowhere, which cannot be loaded: plugin 'nowhere' not found",
      refused "plugin_needy.so")
    assert.matches("no symbol rnn_plugin_descriptor; is it a plugin of rnnlua%?", refused "faults.so")
    assert.matches("no_such_file%.so", refused "no_such_file.so")
    assert.error_matches(function() rl.plugins.load(3) end, "plugins.load: a file or a name expected, got number")
  end)

  for broken, message in pairs {
    none = "^broken\n<activation good>",
    again = "plugin broken: there already is activation 'good', of this plugin itself",
    alias = "plugin broken: there already is activation 'swish', of plugin activations %(.+%)",
    own_alias = "plugin broken: there already is activation 'well', of this plugin itself",
    slot = "plugin broken: activation 'half': required function 'backward' is missing",
    argument = "plugin broken: activation 'stray': argument 'far' lies outside of its struct",
    range = "plugin broken: activation 'stray': argument 'far' is not declared well",
    size = "plugin broken: activation 'small': its vtable has %d+ bytes, at least %d+ expected",
    head = "plugin broken: a type says that its vtable has 4 bytes; the head alone, rnn_type, has %d+",
    null = "plugin broken: registers NULL in place of a type",
    ["function"] = "plugin broken: function 'masked': is a plain function and cannot have 'mask'",
    nameless = "plugin broken: a type is called 'NULL'",
    rate = "plugin broken: optimizer 'Rateless': argument 'learning_rate' is missing: its self begins with",
    twice = "plugin broken: activation 'stray': argument 'far' is declared twice",
    over = "plugin broken: activation 'stray': argument 'far' lies on the bytes of another",
    common = "plugin broken: activation 'stray': argument 'get_config' is one that every object of the kind has",
    crooked = "plugin broken: activation 'stray': argument 'far' lies where a field of its type cannot",
    word = "plugin broken: activation 'stray': argument 'far' has the default 'x', which is no integer",
    half_one = "argument 'far' has the default '1%.5', which is no integer",
    one = "argument 'far' has the default 'one', which is no number",
    maybe = "argument 'far' has the default 'maybe', which is no boolean",
    no_rate = "argument 'far' has the default 'nil', which is no number",
    large = "argument 'far' has the default '7', which is outside of its range",
    choice = "argument 'far' has the default 'left', which is outside of its range",
    greedy = "plugin broken: layer 'Greedy': max_inputs is 9, at most 8 allowed",
    crossed = "plugin broken: layer 'Crossed': min_inputs is 3, more than max_inputs, which is 2",
    shadowing = "plugin broken: layer 'Shadowing': argument 'trainable' is one that every object of the kind has",
  } do
    it("comes in whole or not at all: " .. broken, function()
      local text = run.load(folder .. "plugin_broken.so", "BROKEN=" .. broken,
        "print(name and rl.activations.fine or pcall(rl.activations.good))")
      assert.matches(message, text)
      if broken ~= "none" then assert.matches("rl.activations has no 'good'", text) end
    end)
  end

  it("is found by name in RNNLUA_PLUGIN_PATH alone, not in the current folder", function()
    local function load(path)
      local script = "local rl = require 'rnnlua' print((rl.plugins.load 'plugin_example'))"
      return (run.shell(("cd '%s' && RNNLUA_PLUGIN_PATH='%s' XDG_DATA_HOME=/nonexistent '%s' -e \"%s\""):format(folder,
        path, run.program, script)))
    end
    assert.equal("example\n", load("/nonexistent:" .. folder))
    assert.equal("nil\n", load "/nonexistent")
    assert.equal("nil\n", load ".")
    assert.equal("nil\n", load "")
  end)

  it("is not found by way of the environment under -E, in which plugins are looked at all the same", function()
    local own = run.folder()
    finally(function() run.remove(own) end)
    run.shell("mkdir -p " .. own .. "/data/rnnlua/plugins")
    run.write(own .. "/base.lua", "return {}")
    run.write(own .. "/data/rnnlua/plugins/user.lua", "return {}")
    run.write(own .. "/needs.lua", "return { requires = 'base' }")
    local environment = ("RNNLUA_PLUGIN_PATH=%s XDG_DATA_HOME=%s/data "):format(own, own)
    for _, name in ipairs { "base", "user" } do
      local program = ("%s HOME=/nonexistent %s %%s --plugin %s -e 'print(1)'"):format(environment, run.quote(run.program), name)
      assert.equal("1\n", (run.shell(program:format "")))
      assert.matches("plugin '" .. name .. "' not found", (run.shell(program:format "-E")))
    end
    assert.equal("ok: it registers nothing\n", (run.rnnlua("plugins check needs", environment)))
  end)
end)

describe("a descriptor is looked at before anything of the plugin runs:", function()
  for broken, message in pairs {
    major = "plugin needs ABI 1%.%d+, rnnlua has 0%.%d+: another major version",
    word = "plugin is for 32%-bit machines, rnnlua is for 64%-bit ones",
    head = "plugin descriptor is cut short: it says that it has 8 bytes, rnnlua expects %d+",
    short = "plugin descriptor is cut short: it says that it has %d+ bytes, rnnlua expects %d+",
    nameless = "plugin descriptor has no name",
    empty = "plugin is called ''; a name is made of letters",
    odd = "plugin is called 'two words'; a name is made of letters",
    field = "plugin name 'load' is taken by rl.plugins.load",
    no_init = "plugin descriptor has no function init",
    none = "init was called",
  } do
    it(broken, function()
      local text = run.load(folder .. "plugin_descriptor.so", "BROKEN=" .. broken,
        "for _, p in ipairs(rl.plugins.list()) do if p.origin ~= 'built in' then print(p.name) end end")
      assert.matches("plugin_descriptor%.so: .*" .. message, text)
      assert.is_nil(text:match "\ndescriptor\n")
    end)
  end
end)

describe("a plugin made for ABI 0.1", function()
  it("has the defaults of what it lacks", function()
    local text = run.load(folder .. "plugin_old_minor.so", nil, [[
      print(rl.layers.Negate()(rl.tensor { { 1, 2 } }))
      local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } }, rl.layers.Negate() }
      model:compile { optimizer = rl.optimizers.Descent { learning_rate = 0.1 }, loss = "mse" }
      local losses = model:fit({ { 1 } }, { { 3 } }, { epochs = 40, verbose = 0 }).history.loss
      print(losses[40] < 0.01 * losses[1])]])
    assert.equal("old_minor\n[[-1. -2.]]\ntrue\n", text)
    assert.equal("optimizer Descent: ok\nlayer Negate: ok\n",
      (run.rnnlua("plugins check " .. run.quote(folder .. "plugin_old_minor.so"))))
  end)
end)

describe("a plugin that needs a symbol that nobody has", function()
  it("is refused with the symbol's name", function()
    assert.matches("undefined symbol: no_such_function_anywhere", (run.load(folder .. "plugin_unresolved.so")))
  end)
end)

describe("a plugin whose init fails after three registrations", function()
  it("leaves none of them, shows its own message, and may be tried again", function()
    local text = run.load(folder .. "plugin_failing.so", nil, [[
      for i = 1, 3 do print(pcall(function() return rl.activations["failing_" .. i] end)) end
      print(select(2, rl.plugins.load "]] .. folder .. [[plugin_failing.so"))]])
    local first = text:match "^[^\n]*plugin_failing%.so: no device of the kind that this needs\n"
    assert.is_true(first ~= nil)
    assert.equal(first, text:match "[^\n]*\n$")
    for i = 1, 3 do assert.matches(("false\t[^\n]*rl.activations has no 'failing_%d'"):format(i), text) end
  end)
end)

describe("plugins that need others", function()
  local function load(name)
    return (run.load(name, "RNNLUA_PLUGIN_PATH=" .. run.quote(folder)))
  end

  it("are refused where two need each other, naming both", function()
    assert.equal("plugin plugin_mutual_a requires plugin_mutual_b, which requires plugin_mutual_a\n", load "plugin_mutual_a")
    assert.equal("plugin plugin_mutual_b requires plugin_mutual_a, which requires plugin_mutual_b\n",
      load(folder .. "plugin_mutual_b.so"))
  end)
end)

describe("a file that is no plugin", function()
  local own
  setup(function() own = run.folder() end)
  teardown(function() run.remove(own) end)

  local function refused(path) return (run.load(path)) end

  it("is refused with what it is", function()
    assert.matches("text%.so: is not a shared object", refused(run.write(own .. "/text.so", ("text "):rep(50))))
    assert.matches("short%.so: is not a shared object", refused(run.write(own .. "/short.so", "x")))
    assert.matches("empty%.so: is empty, not a shared object", refused(run.write(own .. "/empty.so", "")))
    assert.matches("is a directory, not a plugin", refused(own .. "/"))
    assert.matches("No such file", refused(own .. "/nothing.so"))
    local program = assert(io.open(EXAMPLE, "rb"))
    local bytes = program:read "a"
    program:close()
    if bytes:sub(1, 4) ~= "\127ELF" then pending "no ELF files here" end
    assert.matches("cut%.so: is a shared object cut short after 20 bytes", refused(run.write(own .. "/cut.so", bytes:sub(1, 20))))
    assert.matches("other%.so: is for another processor %(ELF machine 4660%), rnnlua is for %d+",
      refused(run.write(own .. "/other.so", bytes:sub(1, 18) .. "\x34\x12" .. bytes:sub(21))))
    assert.matches("narrow%.so: is for 32%-bit machines, rnnlua is for 64%-bit ones",
      refused(run.write(own .. "/narrow.so", bytes:sub(1, 4) .. "\1" .. bytes:sub(6))))
    assert.matches("half%.so: is a shared object cut short after 5000 bytes",
      refused(run.write(own .. "/half.so", bytes:sub(1, 5000))))
  end)
end)

describe("what every user may write to", function()
  local own
  setup(function()
    own = run.folder()
    run.shell(("cp %s %s/example.so && mkdir -m 777 %s/open && mkdir -m 755 %s/shut && cp %s %s/open/ && ln -s %s/open %s/link")
      :format(EXAMPLE, own, own, own, EXAMPLE, own, own, own))
  end)
  teardown(function() run.remove(own) end)

  it("is not loaded: a file, by path or by name", function()
    run.shell(("cp %s %s/shut/writable.so && chmod 666 %s/shut/writable.so"):format(EXAMPLE, own, own))
    local message = "shut/writable%.so: every user may write to this file, so it is not loaded"
    assert.matches(message, (run.load(own .. "/shut/writable.so")))
    assert.matches(message, (run.load("writable", "RNNLUA_PLUGIN_PATH=" .. own .. "/shut")))
  end)

  it("is not searched: a folder, or a link to it", function()
    local message = "plugin 'plugin_example': .*/open: every user may write to this directory, so no plugin is loaded from it"
    assert.matches(message, (run.load("plugin_example", "RNNLUA_PLUGIN_PATH=" .. own .. "/open")))
    assert.matches(message, (run.load("plugin_example", "RNNLUA_PLUGIN_PATH=" .. own .. "/link")))
    assert.matches("refused:\n.*/open: every user may write", (run.rnnlua("plugins", "RNNLUA_PLUGIN_PATH=" .. own .. "/open")))
    assert.equal("example\n", (run.load("example", "RNNLUA_PLUGIN_PATH=" .. own)))
  end)

  it("does not hinder the user's own folder", function()
    run.shell(("mkdir -p %s/data/rnnlua/plugins && cp %s %s/data/rnnlua/plugins/mine.so"):format(own, EXAMPLE, own))
    local text = run.shell(("XDG_DATA_HOME=%s/data '%s' --plugin mine -e 'print(require(\"rnnlua\").layers.Scale)'"):format(own,
      run.program))
    assert.equal("<layer Scale>\n", text)
  end)
end)

describe("a plugin written in Lua", function()
  local own
  setup(function() own = run.folder() end)
  teardown(function() run.remove(own) end)

  local CUBE = "require('rnnlua').register.activation { name = 'cubic', call = function(x) return x * x * x end }\n"

  local function load(name, text, more)
    run.write(own .. "/" .. name .. ".lua", text)
    return (run.load(name, "RNNLUA_PLUGIN_PATH=" .. own, more))
  end

  it("comes in with what it returns, or by its file's name", function()
    local list = "local l = rl.plugins.list() l = l[#l] print(l.name, l.version, l.doc, #l.types, l.seconds > 0) " ..
      "print(rl.activations.cubic(rl.tensor { 2 }))"
    assert.equal("cubes\ncubes\t2.0\tx^3\t1\ttrue\n[8.]\n",
      load("first", CUBE .. "return { name = 'cubes', version = '2.0', doc = 'x^3' }", list))
    assert.matches("^second\nsecond\t.*\n%[8%.%]\n$", load("second", CUBE, list))
  end)

  it("comes in whole or not at all, and says why", function()
    local after = "print(pcall(function() return rl.activations.cubic end))"
    for text, message in pairs {
      [CUBE .. "error('no, thanks')"] = "broken%.lua:2: no, thanks",
      [CUBE .. "return 3"] = "broken%.lua: returned a number; expected nothing or a table",
      [CUBE .. "return { name = 'a b' }"] = "broken%.lua: is called 'a b'; a name is made of letters",
      [CUBE .. "return { nam = 'a' }"] = "broken%.lua: returned a table with a field 'nam'; expected name, version",
      [CUBE .. "return { doc = 3 }"] = "broken%.lua: returned a table whose field 'doc' is no string",
      [CUBE .. "return { name = 'check' }"] = "plugin name 'check' is taken by rl.plugins.check",
      [CUBE .. "return { name = 'sgd' }"] = "plugin sgd is already loaded from built in",
      [CUBE .. "return { requires = 'nowhere' }"] = "requires plugin nowhere, which cannot be loaded",
      [CUBE .. CUBE] = "there already is activation 'cubic'",
      [CUBE .. "coroutine.yield()"] = "attempt to yield",
      ["x ="] = "broken%.lua:1: unexpected symbol",
      ["\27Lua"] = "binary chunk",
    } do
      local got = load("broken", text, after)
      assert.matches(message, got)
      assert.matches("false\t[^\n]*rl.activations has no 'cubic'", got)
    end
  end)

  it("brings what it requires, in either language", function()
    run.shell(("cp %s %s/example.so"):format(EXAMPLE, own))
    assert.equal("needs\n<layer Scale>\n<activation cubic>\n",
      load("needs", CUBE .. "return { requires = 'example' }", "print(rl.layers.Scale) print(rl.activations.cubic)"))
  end)
end)
