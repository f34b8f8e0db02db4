--- Attention in Lua, as src/plugins/README.md has it, beside its twin in C: two inputs, one of them masked; the same
--- outputs, gradients and losses.
local rl = require "rnnlua"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")

--- the file attention.lua of the page, loaded; false where the page is not there
local function load_both()
  if pcall(function() return rl.layers.DotAttention end) then return true end
  local page = io.open "src/plugins/README.md"
  if not page then return false end
  local text = page:read "a":match "\n```lua\n(%-%- attention%.lua\n.-\n)```"
  page:close()
  local folder = run.folder()
  local name, message = rl.plugins.load(run.write(folder .. "/attention.lua", text))
  run.remove(folder)
  assert.message(message).equal("attention", name)
  assert.equal("c_attention", rl.plugins.load(run.support .. "plugin_attention.so"))
  return true
end

local function twins()
  if not load_both() then pending "not run in the repository's root" end
  local made = { rl.layers.DotAttention(3), rl.layers.CAttention(3) }
  for _, layer in ipairs(made) do
    layer { rl.zeros { 1, 2, 4 }, rl.zeros { 1, 2, 5 } }
    layer:set_weights { rl.random.normal { shape = { 4, 3 }, seed = 1 }, rl.random.normal { shape = { 5, 3 }, seed = 2 } }
  end
  return made[1], made[2]
end

local Q = rl.random.normal { shape = { 6, 3, 4 }, seed = 3 }
local V = rl.random.normal { shape = { 6, 7, 5 }, seed = 4 }

describe("Attention in Lua and in C", function()
  it("gives the same outputs", function()
    local in_lua, in_c = twins()
    assert.tensor_near(in_c { Q, V }, in_lua { Q, V }, 1e-6)
  end)

  it("trains alike in a functional model, under a mask", function()
    if not load_both() then pending "not run in the repository's root" end
    local masked = V:copy()
    masked[{ 1, { 4, 7 } }], masked[{ 3, { 2, 7 } }] = 0, 0
    local losses, weights = {}, nil
    for i, made in ipairs { rl.layers.DotAttention, rl.layers.CAttention } do
      rl.utils.set_random_seed(1)
      local q, v = rl.Input { shape = { 3, 4 } }, rl.Input { shape = { 7, 5 } }
      local y = made(3) { q, rl.layers.Masking()(v) }
      y = rl.layers.Dense(1)(rl.layers.Flatten()(y))
      local model = rl.Model { inputs = { q, v }, outputs = y }
      model:compile { optimizer = rl.optimizers.Adam(0.01), loss = "mse" }
      weights = weights or model:get_weights()
      model:set_weights(weights)
      rl.utils.set_random_seed(2) -- the order of rows
      losses[i] = model:fit({ Q, masked }, rl.ones { 6, 1 }, { epochs = 20, batch_size = 2, verbose = 0 }).history.loss
    end
    assert.is_true(losses[1][20] < losses[1][1])
    for epoch, loss in ipairs(losses[1]) do assert.near(loss, losses[2][epoch], 1e-6 * math.max(1, loss)) end
  end)

  it("has in C what plugins check asks for", function()
    local ok, result = rl.plugins.check(run.support .. "plugin_attention.so")
    assert.message(tostring(result)).is_true(ok)
  end)
end)
