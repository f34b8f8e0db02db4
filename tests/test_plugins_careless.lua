--- What a plugin in C asks of the host wrongly is refused with the reason, and nothing crashes.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")

local CALL <const> = "print(select(2, pcall(function() return rl.layers.Careless { name = 'c' } { { 1, 2 } } end)))"

--- what the program prints that loads the plugin, careless in that way
local function careless(how, script)
  return run.load(run.support .. "plugin_careless.so", "CARELESS=" .. how, script)
end

describe("a weight that a plugin adds is refused:", function()
  for how, message in pairs {
    none = "careless\n[[1. 2.]]\n",
    unknown = "c (Careless): weight 'kernel': extent 1 is not known; a weight's extents must be\n",
    negative = "c (Careless): weight 'kernel': extent 2 must be >= 0, got -3\n",
    axes = "c (Careless): weight 'kernel': must have 0 to 8 axes, got 9\n",
    no_axes = "c (Careless): weight 'kernel': must have 0 to 8 axes, got -1\n",
    nameless = "c (Careless): a weight must have a name, got NULL\n",
    empty = "c (Careless): a weight must have a name, got ''\n",
    huge = "c (Careless): not enough memory for its weights\n",
  } do
    it(how, function()
      local text = careless(how, CALL)
      assert.is_true(text:find(message, 1, true) ~= nil, text)
    end)
  end
end)

describe("memory that plan() asks for is refused, called by hand, in a model and in a check:", function()
  local MODEL <const> = CALL .. [[
    local layers = {}
    for i = 1, 80 do layers[i] = rl.layers.Careless { name = "c" .. i, input_shape = i == 1 and { 2 } or nil } end
    print(select(2, pcall(function() return rl.Sequential(layers):predict { { 1, 2 } } end)))]]
  for how, messages in pairs {
    none = { "\n[[1. 2.]]\n[[1. 2.]]\n", "ok" },
    saved = { "plan() set a size below 0: saved -100, scratch 0" },
    scratch = { "plan() set a size below 0: saved 0, scratch -1" },
    saved_huge = { "not enough memory: plan() set saved_size to 9223372036854775807 numbers, scratch_size to 0" },
    scratch_huge = { "not enough memory: plan() set saved_size to 0 numbers, scratch_size to 4611686018427387920" },
    many = { "model: not enough memory for a batch\n", "not enough memory" },
  } do
    it(how, function()
      local text = careless(how, MODEL)
      assert.is_true(text:find(messages[1], 1, true) ~= nil, text)
      local checked = run.rnnlua("plugins check " .. run.quote(run.support .. "plugin_careless.so"), "CARELESS=" .. how)
      assert.is_true(checked:find(messages[2] or messages[1], 1, true) ~= nil, checked)
    end)
  end
end)

describe("a failure that nothing is said about does not show the message of an earlier one:", function()
  local RUN <const> = [[
    local ok, earlier = pcall(rl.activations.relu, "x")
    ok, earlier = pcall(rl.layers.Dense, 0)
    assert(earlier:find "units")
    if not name then print(select(2, rl.plugins.load(file))) return end
    print(select(2, pcall(function()
      local layer = rl.layers.Careless { name = "c", input_shape = { 2 } }
      local model = rl.Sequential { rl.layers.Dense { 2, input_shape = { 2 } }, layer }
      model:compile { optimizer = "sgd", loss = "CarelessLoss" }
      model:fit({ { 1, 2 } }, { { 1, 2 } }, { verbose = 0 })
    end)))
    print(select(2, pcall(function() return rl.losses.CarelessLoss() ({ { 1 } }, { { 2 } }) end)))]]
  for where, who in pairs { shapes = "c (Careless): ", build = "c (Careless): ", plan = "c (Careless): ",
                            forward = "c (Careless): ", backward = "c (Careless): ", check = "", loss = "", init = "" } do
    it(where, function()
      local script = ("local file = %q "):format(run.support .. "plugin_careless.so") .. RUN
      local text = careless(where, script)
      assert.is_true(text:find(who .. "failed without a message (status 4)\n", 1, true) ~= nil, text)
      assert.is_nil(text:find "units")
      text = careless(where .. "_odd", script)
      assert.is_true(text:find(who .. "failed without a message (status 77)\n", 1, true) ~= nil, text)
    end)
  end
end)
