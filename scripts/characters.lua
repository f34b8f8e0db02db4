-- Text, character by character: an LSTM reads a rhyme and then goes on writing by itself.
--
--   rnnlua scripts/characters.lua [epochs [file.txt]]
--
-- Without a file it reads a nursery rhyme. The temperature says how daring the writing is: near 0 it takes the
-- likeliest character, at 1 it draws as the model says, above that it invents.
local rl = require "rnnlua"
local epochs, path = math.tointeger(arg[1]) or 30, arg[2]

local RHYME = [[
this is the house that jack built.
this is the malt that lay in the house that jack built.
this is the rat that ate the malt that lay in the house that jack built.
this is the cat that killed the rat that ate the malt that lay in the house that jack built.
this is the dog that worried the cat that killed the rat that ate the malt that lay in the house that jack built.
this is the cow with the crumpled horn that tossed the dog that worried the cat that killed the rat that ate the malt that lay in the house that jack built.
]]

-- (1) The text as numbers: each character has an id, from 0 in the order of the alphabet.
rl.utils.set_random_seed(1)
local file = path and assert(io.open(path, "r"))
local text = file and file:read "a" or RHYME
if file then file:close() end
local characters, ids = {}, {}
for c in text:gmatch "." do
  if not ids[c] then
    ids[c] = true
    characters[#characters + 1] = c
  end
end
table.sort(characters)
for i, c in ipairs(characters) do ids[c] = i - 1 end
print(("%d characters, %d of them different"):format(#text, #characters))

-- (2) Windows of 20 characters, and for each character of a window the one that follows it: the target.
local WINDOW <const> = 20
local X, Y = {}, {}
for first = 1, #text - WINDOW do
  local x, y = {}, {}
  for k = 1, WINDOW do
    local at = first + k - 1
    x[k], y[k] = ids[text:sub(at, at)], ids[text:sub(at + 1, at + 1)]
  end
  X[#X + 1], Y[#Y + 1] = x, y
end
X, Y = rl.tensor(X, "float32"), rl.tensor(Y, "float32")

-- (3) The model: a vector for each character, an LSTM, and how likely each character is to come next.
local model = rl.Sequential{
  rl.layers.Embedding{ #characters, 16, input_shape = {WINDOW} },
  rl.layers.LSTM{ 64, return_sequences = true },
  rl.layers.Dense{ #characters, activation = "softmax" },
}
model:compile{ optimizer = rl.optimizers.Adam{ 0.01, clipnorm = 1 }, loss = "sparse_categorical_crossentropy",
  metrics = {"accuracy"} }
local history = model:fit(X, Y, { epochs = epochs, batch_size = 64, verbose = 0 }).history
for k = 1, epochs do
  if k == 1 or k % 10 == 0 or k == epochs then
    print(("epoch %2d: loss %.3f, the next character is right in %.0f %%"):format(k, history.loss[k],
      100 * history.accuracy[k]))
  end
end

-- (4) Writing. Probabilities are raised to the power 1 / temperature, and one character is drawn by them.
local function draw(probabilities, temperature)
  local weights, total = {}, 0
  for i = 1, #probabilities do
    weights[i] = probabilities[i] ^ (1 / temperature)
    total = total + weights[i]
  end
  local at = math.random() * total
  for i = 1, #weights do
    at = at - weights[i]
    if at < 0 then return i - 1 end
  end
  return #weights - 1
end

local function write(start, count, temperature)
  local window, written = {}, {}
  for c in start:gmatch "." do window[#window + 1] = ids[c] end
  for k = 1, count do
    local likely = model:predict_on_batch(rl.tensor({ window }, "float32"))
    local id = draw(likely[1][-1], temperature)
    written[k] = characters[id + 1]
    table.remove(window, 1)
    window[#window + 1] = id
  end
  return table.concat(written)
end

local start = text:sub(1, WINDOW)
for _, temperature in ipairs{ 0.2, 0.7, 1.5 } do
  print(("\ntemperature %.1f: %s[%s]"):format(temperature, start, write(start, 100, temperature)))
end
