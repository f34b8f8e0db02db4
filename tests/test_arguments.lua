--- Constructors: every way to call them, and what they say of every argument that is wrong. The loops run
--- over whatever is registered, so that a new layer is covered as soon as it is there.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local declared = require "support.declared"

local FILE = debug.getinfo(1, "S").short_src

--- Runs f, a function written on one line, and returns its error without the position, which must be f's.
local function message_of(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "no error was raised")
  local line = debug.getinfo(f, "S").linedefined
  local position = ("%s:%d: "):format(FILE, line)
  assert.equal(position, message:sub(1, #position))
  return message:sub(#position + 1)
end

--- The message of a constructor call, raised on this line.
local function refusal(constructor, ...)
  local given = table.pack(...)
  return message_of(function() constructor(table.unpack(given, 1, given.n)) end)
end

local function contains(text, part)
  assert.is_true(text:find(part, 1, true) ~= nil, ("'%s' is not in '%s'"):format(part, text))
end

--- Arguments whose good value is refused by what the type checks beside ranges.
local REFUSED = {
  AUC = { num_labels = true },
  Bidirectional = { backward_layer = true }, -- one of the two must go backwards
  Normalization = { mean = true, variance = true }, -- both or none
}

local function with(described, name, value)
  local given = declared.minimal(described)
  given[name] = value
  return given
end

for _, entry in ipairs(declared.types()) do
  local described, construct = entry.described, entry.object
  local name = described.name

  describe(described.kind .. " " .. name, function()
    it("refuses a name that is not declared", function()
      contains(refusal(construct, with(described, "no_such_argument_at_all", 1)),
        name .. ": unknown argument 'no_such_argument_at_all'")
    end)

    it("is made again by its own configuration", function()
      local object = construct(declared.minimal(described))
      assert.equal(described.kind, object.kind)
      assert.equal(name, object.class_name)
      assert.same(object:get_config(), construct(object:get_config()):get_config())
    end)

    it("gives back the arguments it was given", function()
      for _, arg in ipairs(described.args) do
        local reads_back = not arg.common and not (REFUSED[name] or {})[arg.name]
          and arg.name ~= "output_shape" -- what every layer has as a field of its own
        if reads_back then
          local value = declared.good(arg)
          local got = construct(with(described, arg.name, value))[arg.name]
          if type(got) == "userdata" then
            assert.equal(core.is_layer(value) and value.class_name or value.name, got.class_name)
          else
            assert.same(value, got)
          end
        end
      end
    end)

    it("refuses more arguments by position than it takes", function()
      local given = {}
      for i = 1, described.positional do given[i] = declared.good(described.args[i]) end
      given[#given + 1] = 1
      contains(refusal(construct, table.unpack(given)), name .. ": ")
      contains(refusal(construct, table.unpack(given)), "by position")
    end)

    for _, arg in ipairs(described.args) do
      it("checks its argument " .. arg.name, function()
        local misspelt = arg.name .. "x"
        contains(refusal(construct, with(described, misspelt, declared.good(arg))),
          ("%s: unknown argument '%s' (did you mean '%s'?)"):format(name, misspelt, arg.name))
        for _, wrong in ipairs(declared.wrong_types(arg)) do
          local message = refusal(construct, with(described, arg.name, wrong.value))
          contains(message, ("%s: argument '%s' must be %s"):format(name, arg.name, wrong.expected))
          contains(message, wrong.got)
        end
        local outside = declared.out_of_range(arg)
        if outside ~= nil then
          local message = refusal(construct, with(described, arg.name, outside))
          contains(message, ("%s: argument '%s'"):format(name, arg.name))
          contains(message, arg.range)
        end
        if arg.default == nil then
          local given = declared.minimal(described)
          given[arg.name] = nil
          contains(refusal(construct, given), ("%s: argument '%s' is required"):format(name, arg.name))
        end
      end)
    end
  end)
end

describe("a constructor call", function()
  local Dense = rl.layers.Dense

  --- the configuration without the name, which is counted
  local function configuration(layer)
    local config = layer:get_config()
    config.name = nil
    return config
  end

  it("means the same by position, by name, and mixed", function()
    local wanted = configuration(Dense { units = 2, activation = "relu" })
    assert.same(wanted, configuration(Dense { 2, activation = "relu" }))
    assert.same(wanted, configuration(Dense(2, { activation = "relu" })))
    assert.same(wanted, configuration(Dense(2, "relu")))
    assert.same(wanted, configuration(Dense { 2, "relu" }))
    assert.same(wanted, configuration(Dense(2, "relu", { use_bias = true })))
    assert.same(configuration(Dense { units = 2 }), configuration(Dense(2)))
    assert.same(configuration(Dense { units = 2 }), configuration(Dense { 2 }))
    assert.same(configuration(Dense { units = 2 }), configuration(Dense(2, nil)))
    assert.same(configuration(Dense { units = 2 }), configuration(Dense(2.0)))
  end)

  it("takes several arguments by position where the type says so", function()
    local config = rl.regularizers.L1L2(0.5, 0.25):get_config()
    assert.equal(0.5, config.l1)
    assert.equal(0.25, config.l2)
    assert.equal(0.25, rl.regularizers.L1L2 { 0.5, 0.25 }.l2)
    assert.equal(0.25, rl.regularizers.L1L2(nil, 0.25).l2)
    local adam = rl.optimizers.Adam(0.5, 0.25, 0.125, 1e-3, true)
    assert.same({ 0.5, 0.25, 0.125, 1e-3, true },
      { adam.learning_rate, adam.beta_1, adam.beta_2, adam.epsilon, adam.amsgrad })
    assert.equal(0.25, rl.optimizers.AdamW(0.5, 0.25).weight_decay)
    assert.equal("sigmoid", rl.layers.SimpleRNN(2, "sigmoid").activation.class_name)
  end)

  it("takes a component by name, as object, as type, and from a configuration", function()
    for _, value in ipairs { "relu", rl.activations.relu {}, rl.activations.relu, { class_name = "relu" },
                             { class_name = "relu", config = { threshold = 0 } } } do
      assert.equal("relu", Dense { units = 1, activation = value }.activation.class_name)
    end
    local l2 = rl.regularizers.L2(0.5)
    assert.equal(0.5, Dense { units = 1, kernel_regularizer = l2 }.kernel_regularizer.l2)
    assert.equal(0.5, Dense { units = 1, kernel_regularizer = { class_name = "L2", config = { l2 = 0.5 } } }
      .kernel_regularizer.l2)
  end)

  it("takes input_shape with -1 or false for an unknown extent, and input_dim", function()
    assert.same({ -1, 4, 1 }, Dense { units = 1, input_shape = { 4, 1 } }.input_shape)
    assert.same({ -1, -1, 1 }, Dense { units = 1, input_shape = { false, 1 } }.input_shape)
    assert.same({ -1, -1, 1 }, Dense { units = 1, input_shape = { -1, 1 } }.input_shape)
    assert.same({ -1, 8 }, Dense { units = 1, input_dim = 8 }.input_shape)
    assert.is_nil(Dense(1).input_shape)
  end)

  it("knows names cut short", function()
    assert.error_matches(function() rl.random.normal { shape = { 2 }, std = 1 } end, "did you mean 'stddev'")
    assert.error_matches(function() Dense { 1, activ = "relu" } end, "did you mean 'activation'")
    assert.error_matches(function() Dense { 1, kernel_initializer = "glorot" } end, "did you mean 'glorot_uniform'")
  end)

  it("says what is wrong with the call as a whole", function()
    local cases = {
      { { 1, { units = 2 } }, "Dense: argument 'units' is given twice" },
      { { { 1, units = 2 } }, "Dense: argument 'units' is given twice" },
      { { {}, 1 }, "Dense: the table of named arguments must come last" },
      { { 1, "relu", true, 2 }, "Dense: at most 3 arguments by position, got one at position 4" },
      { { { 1, "relu", true, 2 } }, "Dense: at most 3 arguments by position, got one at position 4" },
      { { { units = 1, [2.5] = 1 } }, "Dense: an argument's name is a string, got 2.5" },
      { { { units = 1, [true] = 1 } }, "Dense: an argument's name is a string, got true" },
      { { { units = 1, activaton = "relu" } },
        "Dense: unknown argument 'activaton' (did you mean 'activation'?)" },
      { { "x" }, "Dense: argument 'units' must be an integer, got 'x'" },
      { {}, "Dense: argument 'units' is required" },
      { { -3 }, "Dense: argument 'units' must be in [1, 1e9], got -3" },
      { { 0 / 0 }, "Dense: argument 'units' must be an integer, got" },
      { { math.huge }, "Dense: argument 'units' must be an integer, got inf" },
      { { rl.zeros { 2 } }, "Dense: argument 'units' must be an integer, got a tensor" },
      { { { units = 1, 5, 6 } }, "Dense: " },
    }
    for _, case in ipairs(cases) do contains(refusal(Dense, table.unpack(case[1])), case[2]) end
    contains(refusal(rl.optimizers.Adam, rl.Sequential {}), "Adam: unknown argument '_")
  end)

  it("says what is wrong with a component", function()
    local function refused(value) return refusal(Dense, 1, { activation = value }) end
    assert.equal("Dense: argument 'activation': unknown activation 'rleu' (did you mean 'relu'?)",
      refused "rleu")
    assert.equal("Dense: argument 'activation' must be a name or object of kind activation, got " ..
      "MeanSquaredError, of kind loss", refused(rl.losses.mse))
    assert.equal("Dense: argument 'activation' must be a name or object of kind activation, got " ..
      "L2, of kind regularizer", refused(rl.regularizers.L2(1)))
    for _, value in ipairs { {}, rl.Sequential {}, { class_name = 1 }, { class_name = "relu", config = 1 },
                             { class_name = "relu", config = {}, threshold = 1 } } do
      assert.equal("Dense: argument 'activation': a table needs the fields class_name, a string, and config, a table",
        refused(value))
    end
    assert.equal("Dense: argument 'activation': unknown activation 'rleu' (did you mean 'relu'?)",
      refused { class_name = "rleu" })
    assert.equal("relu: unknown argument 'treshold' (did you mean 'threshold'?)",
      refused { class_name = "relu", config = { treshold = 1 } })
  end)

  it("says what is wrong with a shape", function()
    local function refused(value) return refusal(Dense, 1, { input_shape = value }) end
    assert.equal("Dense: argument 'input_shape' must be a shape, got 4", refused(4))
    assert.equal("Dense: argument 'input_shape': extent 2 must be in [1, inf), got 0", refused { 4, 0 })
    assert.equal("Dense: argument 'input_shape': extent 1 must be an integer, got 'x'", refused { "x" })
    assert.equal("Dense: argument 'input_shape': extent 1 must be an integer, got 1.5", refused { 1.5 })
    assert.equal("Dense: argument 'input_shape': extent 1 must be an integer, got true", refused { true })
    assert.equal("Dense: argument 'input_shape' must be a list of integers, got a table with a field 'x'",
      refused { 4, x = 1 })
    contains(refused { [1] = 4, [3] = 1 }, "Dense: argument 'input_shape'")
    assert.equal("Dense: argument 'input_shape' has 9 extents, at most 8 are supported",
      refused { 1, 2, 3, 4, 5, 6, 7, 8, 9 })
    assert.equal("Dense: argument 'input_shape' has 8 extents, at most 7 are supported",
      refused { 1, 2, 3, 4, 5, 6, 7, 8 })
    assert.equal("Dense: give 'input_shape' or 'input_dim', not both",
      refusal(Dense, 1, { input_shape = { 4 }, input_dim = 4 }))
  end)

  it("refuses a dtype other than float32 and a name that is too long", function()
    assert.equal("Dense: argument 'dtype' must be one of float32, got 'float64'",
      refusal(Dense, 1, { dtype = "float64" }))
    assert.equal("Dense: argument 'name' is longer than 63 bytes",
      refusal(Dense, 1, { name = ("n"):rep(64) }))
    assert.equal(("n"):rep(63), Dense(1, { name = ("n"):rep(63) }).name)
  end)

  it("is reported where a script made it, even inside of our own Lua modules", function()
    assert.equal("rl.losses.get: argument 'identifier': unknown loss 'mze' (did you mean 'mse'?)",
      message_of(function() rl.losses.get "mze" end))
  end)
end)

describe("the namespaces", function()
  it("suggest the nearest name", function()
    local function missing(f) return message_of(f) end
    assert.equal("rl has no 'layer' (did you mean 'layers'?)", missing(function() return rl.layer end))
    assert.equal("rl.layers has no 'Desne' (did you mean 'Dense'?)", missing(function() return rl.layers.Desne end))
    assert.equal("rl.losses has no 'mes' (did you mean 'mse'?)", missing(function() return rl.losses.mes end))
    assert.equal("rl.optimizers has no 'Adm' (did you mean 'Adam'?)", missing(function() return rl.optimizers.Adm end))
    assert.equal("rl.optimizers.schedules has no 'qqqqqqqq'", missing(function() return rl.optimizers.schedules.qqqqqqqq end))
    assert.equal("rl.config has no 'thread' (did you mean 'threads'?)", missing(function() return rl.config.thread end))
  end)

  it("have one object for a type's name and its aliases", function()
    assert.equal(rl.losses.mse, rl.losses.MeanSquaredError)
    assert.equal("<loss MeanSquaredError>", tostring(rl.losses.mse))
    assert.equal("MeanSquaredError", rl.losses.mse.name)
  end)

  it("list everything with pairs, and answer rawget and positions with nil", function()
    local seen = {}
    for name, value in pairs(rl.layers) do seen[name] = value end
    assert.equal(rl.layers.Dense, seen.Dense)
    assert.equal(rl.layers.SimpleRNN, seen.SimpleRNN)
    for _, path in ipairs { "layers", "activations", "initializers", "regularizers", "constraints", "losses", "metrics",
                            "optimizers", "callbacks", "utils", "random", "models", "plugins", "config" } do
      assert.is_table(rl[path])
      assert.is_not_nil(next((function() local t = {} for k in pairs(rl[path]) do t[k] = 1 end return t end)()))
    end
    assert.is_nil(rawget(rl, "nothing"))
    assert.is_nil(rl[1])
  end)

  it("give the version, threads and plugins", function()
    assert.matches("^rnnlua %d+%.%d+%.%d+$", rl._VERSION)
    local threads = rl.config.threads()
    rl.config.set_threads(2)
    assert.equal(2, rl.config.threads())
    rl.config.set_threads(threads)
    assert.equal("set_threads: an integer >= 1 expected, got 0", message_of(function() rl.config.set_threads(0) end))
    assert.equal("built in", rl.plugins.list()[1].origin)
  end)

  it("say why a plugin can't be loaded", function()
    local name, message = rl.plugins.load "/no/such/plugin.so"
    assert.is_nil(name)
    contains(message, "/no/such/plugin.so")
    name, message = rl.plugins.load "no_such_plugin"
    assert.is_nil(name)
    contains(message, "plugin 'no_such_plugin' not found")
  end)
end)

describe("help", function()
  local help = require "rnnlua.help"

  it("shows what is declared of every type", function()
    for _, entry in ipairs(declared.types()) do
      local text = help.text(entry.object)
      contains(text, entry.described.name)
      for _, arg in ipairs(entry.described.args) do contains(text, "\n  " .. arg.name .. ": ") end
      for line in text:gmatch "[^\n]+" do assert.is_true(utf8.len(line) <= 80, line) end
    end
  end)

  it("shows how every tensor function is called", function()
    for _, name in ipairs { "tensor_creators", "tensor_functions", "random" } do
      for function_name, f in pairs(core[name]) do
        contains(help.text(f), (name == "random" and "rl.random." or "rl.") .. function_name .. "(")
      end
    end
  end)

  it("shows the comments above our Lua functions", function()
    for _, space in ipairs { rl.utils, rl.callbacks, rl.plugins, rl.config } do
      for name, f in pairs(space) do
        local text = help.text(f)
        contains(text, name)
        assert.is_nil(text:find "^a Lua function, lua/rnnlua", name .. " has no doc comment")
      end
    end
    local model = rl.Sequential { rl.layers.Dense(1) }
    contains(help.text(model.fit), "validation_split: number, default 0")
    local _, times = help.text(model.fit):gsub("batch_size[:=]", "")
    assert.equal(2, times) -- validation_batch_size is the other
    contains(help.text(model.compile), 'optimizer: any, default "rmsprop"')
    contains(help.text(rl.callbacks.EarlyStopping), "restore_best_weights: boolean, default false")
    contains(help.text(model), "get_weights")
  end)

  it("tells of objects, names, namespaces and anything else", function()
    contains(help.text(rl.optimizers.Adam { learning_rate = 0.5 }), "<Adam learning_rate=0.5>\n")
    contains(help.text(rl.layers.Dense(1)), "units: integer in [1, 1e9], required")
    contains(help.text "mse", "MeanSquaredError")
    contains(help.text "cosine_similarity", "metric")
    contains(help.text "no such thing", "nothing is known")
    contains(help.text(rl.layers), "SimpleRNN")
    contains(help.text(nil), "help(rl.layers.Dense)")
    contains(help.text(rl.zeros), "zeros(shape")
    contains(help.text(print), "C")
    contains(help.text(declared.good), "declared.lua")
    contains(help.text(12), "12")
    contains(help.text(rl.zeros { 2, 3 }), "a tensor of shape (2, 3), float32")
  end)
end)
