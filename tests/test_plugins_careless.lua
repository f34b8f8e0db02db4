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
