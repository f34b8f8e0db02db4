--- Plugins from outside: built from rnnlua.h alone, loaded, used in a model, and refused with the reason.
local rl = require "rnnlua"

local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"
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
    assert.matches("plugin example is already loaded from ", refused "plugin_example.so")
    assert.matches("plugin too_new needs ABI 0%.%d+, rnnlua has 0%.%d+", refused "plugin_too_new.so")
    assert.matches("plugin needy requires plugin nowhere, which is not loaded", refused "plugin_needy.so")
    assert.matches("no symbol rnn_plugin_descriptor; is it a plugin of rnnlua%?", refused "faults.so")
    assert.matches("no_such_file%.so", refused "no_such_file.so")
  end)

  for broken, message in pairs {
    none = "^broken\n<activation good>",
    again = "plugin broken: there already is activation 'good'",
    alias = "plugin broken: there already is activation 'swish'",
    own_alias = "plugin broken: there already is activation 'well'",
    slot = "plugin broken: activation 'half': required function 'backward' is missing",
    argument = "plugin broken: activation 'stray': argument 'far' lies outside of its struct",
    ["function"] = "plugin broken: function 'masked': is a plain function and cannot have 'mask'",
    size = "plugin broken: activation 'small': its vtable has %d+ bytes, at least %d+ expected",
  } do
    it("comes in whole or not at all: " .. broken, function()
      local script = "local rl = require 'rnnlua' local name, message = rl.plugins.load(arg[1]) " ..
        "print(name or message) print(name and rl.activations.fine or pcall(rl.activations.good))"
      local path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write(script):close()
      finally(function() os.remove(path) end)
      local pipe <close> = assert(io.popen(("BROKEN=%s %s %s %s 2>&1"):format(broken, arg[-1], path,
        folder .. "plugin_broken.so")))
      assert.matches(message, pipe:read "a")
    end)
  end

  it("is found by name in RNNLUA_PLUGIN_PATH alone, not in the current folder", function()
    local script = "local rl = require 'rnnlua' print((rl.plugins.load 'plugin_example'))"
    local function run(path)
      local command = ("cd '%s' && RNNLUA_PLUGIN_PATH='%s' XDG_DATA_HOME=/nonexistent '%s' -e \"%s\"")
      local program = arg[-1]:find "^/" and arg[-1] or io.popen("pwd"):read "l" .. "/" .. arg[-1]
      local pipe = assert(io.popen(command:format(folder, path, program, script)))
      local text = pipe:read "a"
      pipe:close()
      return text
    end
    assert.equal("example\n", run("/nonexistent:" .. (folder:find "^/" and folder or ".")))
    assert.equal("nil\n", run "/nonexistent")
  end)
end)
