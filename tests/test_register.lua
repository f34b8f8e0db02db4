--- rl.register: what it takes and refuses, and plugins written in Lua, which come in whole or not at all.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local register = rl.register

local function identity(x) return x end

--- The message of f's failure, which must be raised at the line of this file that called.
local function failure(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  assert.matches("^[^:]*test_register%.lua:%d+: ", message)
  return message
end

local function refuses(kind, spec, expected)
  assert.matches(expected, failure(function() register[kind](spec) end), 1, true)
end

describe("rl.register", function()
  it("returns the constructor, and the type is found by its name and aliases", function()
    local Twice = register.activation { name = "twice", aliases = { "double" }, doc = "2 x", call = function(x) return x * 2 end }
    assert.equal(Twice, rl.activations.twice)
    assert.equal(Twice, rl.activations.double)
    assert.equal("2 x", Twice.doc)
    assert.equal("activation", Twice.kind)
    assert.tensor_near({ 2, 4 }, Twice()(rl.tensor { 1, 2 }), 0)
    assert.tensor_near({ 2, 4 }, rl.activations.get "double"(rl.tensor { 1, 2 }), 0)
  end)

  it("works from a function, a coroutine and a callback of fit", function()
    coroutine.wrap(function() register.activation { name = "from_coroutine", call = identity } end)()
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } } }
    model:compile { loss = "mse" }
    model:fit(rl.ones { 2, 1 }, rl.ones { 2, 1 }, { epochs = 2, verbose = 0, callbacks = { { on_epoch_end = function(_, epoch)
      register.layer { name = "FromCallback" .. epoch, call = function(_, x) return x end }
    end } } })
    for _, layer in ipairs { rl.layers.FromCallback0(), rl.layers.FromCallback1() } do
      assert.tensor_near({ { 1 } }, layer { { 1 } }, 0)
    end
    assert.tensor_near({ 1 }, rl.activations.from_coroutine()(rl.tensor { 1 }), 0)
  end)

  it("refuses what it does not know, at the caller's line", function()
    refuses("activation", 5, "register.activation: a table expected, got 5")
    refuses("activation", nil, "register.activation: a table expected, got nil")
    refuses("activation", rl.ones { 2 }, "register.activation: a table expected, got a tensor")
    refuses("activation", {}, "register.activation: field 'call' must be a function, got nil")
    refuses("activation", { call = identity }, "register.activation: field 'name' must be a string, got nil")
    refuses("activation", { name = "a b", call = identity }, "its name must be letters, digits and _")
    refuses("activation", { name = "x", cal = identity }, "unknown field 'cal' (did you mean 'call'?)")
    refuses("activation", { name = "x", call = "f" }, "field 'call' must be a function, got 'f'")
    refuses("activation", { name = "x", call = identity, aliases = { "a-b" } }, "an alias must be letters")
    refuses("activation", { name = "x", call = identity, build = identity }, "unknown field 'build'")
    refuses("layer", { name = "X", call = identity, inputs = 9 }, "inputs must be a number in [1, 8], or {least, most}")
    refuses("layer", { name = "X", call = identity, inputs = { 3, 2 } }, "inputs must be a number in [1, 8]")
    refuses("loss", { name = "X", call = identity, target = "idx" }, "target must be 'same' or 'index', got 'idx'")
    refuses("metric", { name = "X" }, "give either call, or state, update and result")
    refuses("metric", { name = "X", call = identity, update = identity }, "give either call, or state")
    refuses("metric", { name = "X", update = identity }, "update needs state and result beside it")
    refuses("metric", { name = "X", update = identity, result = identity, state = {} }, "state is a list of names")
    refuses("optimizer", { name = "X", update = identity, slots = 9 }, "slots must be in [0, 8], got 9")
    refuses("optimizer", { name = "X", update = identity, slots = { "m" }, start = { m = "x" } }, "start of slot 'm' must be a number")
    assert.error_matches(function() return register.lyer end, "rl.register has no 'lyer' %(did you mean 'layer'%?%)")
  end)

  it("refuses declarations of arguments that say nothing", function()
    local function args(given, expected)
      refuses("activation", { name = "x", call = identity, args = { given } }, expected)
    end
    args(5, "args[1]: must be {name, type, default=, …}, got 5")
    args({ 5, "number" }, "its name must be letters")
    args({ "a", "nmber" }, "its type must be one of")
    args({ "a", "nmber" }, "(did you mean 'number'?)")
    args({ "a", "number", defualt = 1 }, "unknown field 'defualt' (did you mean 'default'?)")
    args({ "a", "number", default = "1" }, "default '1' is no number")
    args({ "a", "integer", default = 1.5 }, "default 1.5 is no integer")
    args({ "a", "shape", default = "x" }, "use optional = true")
    args({ "a", "number", range = "0..1" }, "range is an interval")
    args({ "a", "string", range = "[0, 1]" }, "range is an interval")
    args({ "a", "number", choices = { "a" } }, "choices are a list of strings")
    args({ "a", "number", default = 2, range = "[0, 1]" }, "argument 'a': default must be in [0, 1], got 2")
    args({ "a", "integer", default = 0, range = "(0, inf)" }, "argument 'a': default must be in (0, inf), got 0")
    args({ "a", "string", default = "c", choices = { "a", "b" } }, "argument 'a': default must be one of a|b, got 'c'")
    args({ "name", "string" }, "argument 'name' is declared twice, or is one that every activation has")
    refuses("activation", { name = "x", call = identity, args = { { "a", "number" }, { "a", "number" } } }, "declared twice")
    refuses("activation", { name = "x", call = identity, args = {}, positional = 1 }, "positional must be an integer in [0, 0], got 1")
    refuses("optimizer", { name = "X", update = identity, args = { { "learning_rate", "number" } } }, "one that every optimizer has")
  end)

  it("refuses a name that is taken, naming both plugins, and keeps what was there", function()
    refuses("layer", { name = "Dense", call = identity }, "plugin script: there already is layer 'Dense', of plugin dense")
    refuses("loss", { name = "Mine", aliases = "mse", call = identity }, "there already is loss 'mse', of plugin mse")
    register.activation { name = "taken", call = identity }
    refuses("activation", { name = "taken", call = identity }, "there already is activation 'taken', of plugin script (script)")
    assert.error_matches(function() return rl.losses.Mine end, "rl.losses has no 'Mine'")
    assert.tensor_near({ { 1 } }, rl.layers.Dense { 1, kernel_initializer = "ones" } { { 1 } }, 0)
  end)

  it("declares arguments of every type", function()
    local seen
    register.layer { name = "Everything", positional = 2,
      args = { { "count", "integer", range = "[1, 10]" }, { "rate", "number", default = 0.1 },
               { "flag", "boolean", default = false }, { "mode", "string", default = "a", choices = { "a", "b" } },
               { "text", "string", optional = true }, { "list", "numbers", optional = true }, { "size", "shape", optional = true },
               { "activation", "activation", default = "relu" }, { "initializer", "initializer", optional = true },
               { "maybe", "integer", optional = true } },
      call = function(self, x)
        seen = self
        return self.activation(x)
      end }
    local layer = rl.layers.Everything(3, 0.5, { flag = true, mode = "b", size = { 2, -1 }, list = { 1, 2.5 } })
    assert.tensor_near({ { 0, 2 } }, layer { { -1, 2 } }, 0)
    assert.equal(3, seen.count)
    assert.equal(0.5, seen.rate)
    assert.is_true(seen.flag)
    assert.equal("b", seen.mode)
    assert.is_nil(seen.text)
    assert.is_nil(seen.maybe)
    assert.same({ 2, -1 }, seen.size)
    assert.same({ 1, 2.5 }, seen.list)
    local config = seen:get_config()
    assert.equal(3, config.count)
    assert.tensor_near({ { 0, 2 } }, rl.layers.Everything(layer:get_config()) { { -1, 2 } }, 0)
    local function fails(given, expected)
      assert.matches(expected, failure(function() rl.layers.Everything(given) end), 1, true)
    end
    fails({}, "Everything: argument 'count' is required")
    fails({ 11 }, "Everything: argument 'count' must be in [1, 10], got 11")
    fails({ 1, mode = "c" }, "Everything: argument 'mode' must be one of a|b, got 'c'")
    fails({ 1, activation = "rleu" }, "unknown activation 'rleu' (did you mean 'relu'?)")
    fails({ 1, 2, 3 }, "Everything: at most 2 arguments by position")
  end)

  it("lists what scripts registered as the plugin 'script'", function()
    for _, plugin in ipairs(rl.plugins.list()) do
      if plugin.name == "script" then
        assert.equal("script", plugin.origin)
        return
      end
    end
    error "not listed"
  end)

  it("is documented", function()
    local help = require "rnnlua.help"
    for _, kind in ipairs(core.kinds()) do
      if kind ~= "function" then assert.matches("Registers an? " .. kind, help.text(register[kind])) end
    end
  end)
end)

describe("A plugin written in Lua", function()
  local function begin(name) core.begin_plugin { name = name, version = "1.0", doc = "for tests", origin = name .. ".lua" } end

  it("comes in whole", function()
    begin "whole"
    assert.is_nil(register.activation { name = "staged", call = identity })
    assert.error_matches(function() return rl.activations.staged end, "has no 'staged'")
    register.layer { name = "Staged", call = function(_, x) return x end }
    assert.is_true((core.commit_plugin { name = "whole", version = "1.1" }))
    assert.tensor_near({ 1 }, rl.activations.staged()(rl.tensor { 1 }), 0)
    assert.tensor_near({ { 1 } }, rl.layers.Staged() { { 1 } }, 0)
    local list = rl.plugins.list()
    assert.equal("whole", list[#list].name)
    assert.equal("1.1", list[#list].version)
    assert.equal("whole.lua", list[#list].origin)
  end)

  it("leaves nothing where it is given up, or its name or a type's is taken", function()
    begin "given_up"
    register.activation { name = "never", call = identity }
    core.abort_plugin()
    assert.error_matches(function() return rl.activations.never end, "has no 'never'")
    begin "losses"
    register.activation { name = "never", call = identity }
    local ok, message = core.commit_plugin()
    assert.is_nil(ok)
    assert.matches("plugin losses is already loaded", message)
    begin "twice"
    register.activation { name = "never", call = identity }
    assert.error_matches(function() register.activation { name = "never", call = identity } end,
      "plugin twice: there already is activation 'never', of this plugin itself")
    core.abort_plugin()
    register.activation { name = "never", call = identity }
    assert.tensor_near({ 1 }, rl.activations.never()(rl.tensor { 1 }), 0)
  end)

  it("may be loaded while another is, which may find its own names taken then", function()
    begin "outer"
    register.activation { name = "contested", call = identity }
    begin "inner"
    register.activation { name = "contested", call = identity }
    assert.is_true((core.commit_plugin()))
    local ok, message = core.commit_plugin()
    assert.is_nil(ok)
    assert.matches("plugin outer: there already is activation 'contested', of plugin inner %(inner.lua%)", message)
    assert.error_matches(core.commit_plugin, "no plugin was begun")
    assert.error_matches(core.abort_plugin, "no plugin was begun")
  end)
end)
