--- The attention layer of scripts/attention.lua: two inputs and a mask, beside its twin in C.
local rl = require "rnnlua"

local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"

rl.register.layer { name = "AttendInLua", args = { { "units", "integer", range = "[1, inf)" } }, inputs = 2,
  supports_masking = true,
  build = function(self, shapes)
    self.query = self:add_weight { name = "query", shape = { shapes[1][2], self.units } }
    self.key = self:add_weight { name = "key", shape = { shapes[2][3], self.units } }
  end,
  call = function(self, x, options)
    local question, pairs_of = x[1]:matmul(self.query), x[2]
    local agreement = (pairs_of:matmul(self.key) * question:expand_dims(2)):sum(-1) / math.sqrt(self.units)
    local mask = options.mask and options.mask[2]
    if mask then agreement = rl.where(mask, agreement, -1e9) end
    return (agreement:softmax(-1):expand_dims(3) * pairs_of):sum(2)
  end,
  compute_mask = function() return nil end }

local QUESTIONS = rl.random.normal { shape = { 9, 3 }, seed = 1 }
local PAIRS = rl.random.normal { shape = { 9, 5, 4 }, seed = 2 }
for i = 1, 9 do
  for t = 2 + i // 3, 5 do PAIRS[i][t]:fill(0) end
end
local ANSWERS = rl.random.normal { shape = { 9, 1 }, seed = 3 }

local function trained(name)
  local question, list = rl.Input { shape = { 3 } }, rl.Input { shape = { 5, 4 } }
  local attend = rl.layers[name](6)
  local hidden = rl.layers.Dense { 3, kernel_initializer = rl.initializers.GlorotUniform { seed = 7 } }(question)
  local found = attend { hidden, rl.layers.Masking(0)(list) }
  local last = rl.layers.Dense { 1, kernel_initializer = rl.initializers.GlorotUniform { seed = 8 } }
  local model = rl.Model { inputs = { question, list }, outputs = last(found) }
  attend:set_weights { rl.random.normal { shape = { 3, 6 }, seed = 5 }, rl.random.normal { shape = { 4, 6 }, seed = 6 } }
  model:compile { optimizer = rl.optimizers.SGD(0.05), loss = "mse" }
  local losses = model:fit({ QUESTIONS, PAIRS }, ANSWERS,
    { epochs = 3, batch_size = 4, shuffle = false, verbose = 0 }).history.loss
  return losses, model
end

describe("An attention layer in Lua", function()
  it("trains under a mask with two inputs as its twin in C does, to 1e-6", function()
    local loaded, message = rl.plugins.load(folder .. "plugin_attend.so")
    if not loaded and not tostring(message):find "already" then pending(message) end
    local losses, model = trained "AttendInC"
    local own_losses, own = trained "AttendInLua"
    for epoch, loss in ipairs(losses) do assert.near(loss, own_losses[epoch], 1e-6) end
    for i, weight in ipairs(model:get_weights()) do assert.tensor_near(weight, own:get_weights()[i], 1e-6) end
    assert.tensor_near(model:predict { QUESTIONS, PAIRS }, own:predict { QUESTIONS, PAIRS }, 1e-6)
  end)

  it("minds the mask: what is padding has no say", function()
    local _, model = trained "AttendInLua"
    local longer = rl.zeros { 9, 5, 4 }
    local before = model:predict { QUESTIONS, PAIRS }
    longer:copy_from(PAIRS)
    assert.tensor_near(before, model:predict { QUESTIONS, longer }, 0)
    longer[1][5]:fill(2)
    assert.is_true(math.abs(model:predict { QUESTIONS, longer }[1][1] - before[1][1]) > 1e-6)
  end)
end)
