-- An attention layer written in Lua: two inputs, a mask, learned weights, and no line about gradients.
--
--   rnnlua scripts/attention.lua [epochs]
--
-- Each sample is a list of 2 to 4 pairs (key, value), padded with zeros, and a question: one of its keys.
-- The model shall answer with the value that stands beside that key.
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 40
local KEYS, LONGEST, SAMPLES = 4, 6, 600

-- (1) The layer. x is a list: the questions (batch, keys) and the pairs (batch, time, keys + 1). What it returns is the
-- mean of the pairs, weighted by how well each one's projection agrees with that of the question.
rl.register.layer{
  name = "Attend", doc = "scaled dot-product attention of a question over a sequence",
  args = { {"units", "integer", range = "[1, inf)", doc = "size of the projections"} },
  inputs = 2, supports_masking = true,

  build = function(self, shapes)
    self.query = self:add_weight{ name = "query", shape = {shapes[1][2], self.units} }
    self.key = self:add_weight{ name = "key", shape = {shapes[2][3], self.units} }
  end,

  call = function(self, x, options)
    local question, pairs_of = x[1]:matmul(self.query), x[2]
    local agreement = (pairs_of:matmul(self.key) * question:expand_dims(2)):sum(-1) / math.sqrt(self.units)
    local mask = options.mask and options.mask[2] -- one for each input, false where there is none
    if mask then agreement = rl.where(mask, agreement, -1e9) end
    return (agreement:softmax(-1):expand_dims(3) * pairs_of):sum(2)
  end,

  compute_mask = function() return nil end, -- the answer has no timesteps any more
}

-- (2) The data.
rl.utils.set_random_seed(2)
local questions, lists, answers = rl.zeros{SAMPLES, KEYS}, rl.zeros{SAMPLES, LONGEST, KEYS + 1}, rl.zeros{SAMPLES, 1}
for i = 1, SAMPLES do
  local length = math.random(2, KEYS)
  local order = rl.random.permutation(KEYS)
  for step = 1, length do
    lists[i][step][order[step]] = 1
    lists[i][step][KEYS + 1] = math.random() * 2 - 1
  end
  local asked = math.random(length)
  questions[i][order[asked]] = 1
  answers[i][1] = lists[i][asked][KEYS + 1]
end

-- (3) The model: Masking says which timesteps are padding, and the layer sees that.
local question, list = rl.Input{ shape = {KEYS} }, rl.Input{ shape = {LONGEST, KEYS + 1} }
local found = rl.layers.Attend(16){ question, rl.layers.Masking(0)(list) }
local model = rl.Model{ inputs = {question, list}, outputs = rl.layers.Dense(1)(found) }
model:compile{ optimizer = rl.optimizers.Adam(0.02), loss = "mse" }
model:summary()

local history = model:fit({questions, lists}, answers, { epochs = epochs, batch_size = 50, verbose = 0 })
local losses = history.history.loss
print(("loss %.4f after 1 epoch, %.5f after %d"):format(losses[1], losses[#losses], #losses))
print("asked, expected, answered")
local predicted = model:predict{ questions, lists }
for i = 1, 5 do
  print(("  %d    %6.3f    %6.3f"):format(questions[i]:argmax(), answers[i][1], predicted[i][1]))
end
