-- Opinions: whether a sentence praises or blames. Sentences have different lengths, and "not" turns what follows.
--
--   rnnlua scripts/sentiment.lua [epochs]
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 6

-- (1) A small language. What a sentence says is decided by its last judgement: "it was not good but fine" is praise.
rl.utils.set_random_seed(1)
local GOOD = { "good", "great", "lovely", "fine", "brilliant", "moving", "funny" }
local BAD = { "bad", "awful", "dull", "boring", "poor", "silly", "weak" }
local THINGS = { "the film", "this book", "her song", "the plot", "that play", "his acting" }
local FILLERS = { "really", "very", "quite", "so", "rather" }

local function pick(list) return list[math.random(#list)] end

local function judgement()
  local praise, negated = math.random() < 0.5, math.random() < 0.4
  local words = { negated and "was not" or "was" }
  for _ = 1, math.random(0, 2) do words[#words + 1] = pick(FILLERS) end
  words[#words + 1] = pick(praise and GOOD or BAD)
  return table.concat(words, " "), praise ~= negated
end

local function sentence()
  local said, praise = judgement()
  local words = { pick(THINGS), said }
  for _ = 1, math.random(0, 2) do
    said, praise = judgement()
    words[#words + 1] = "but then it " .. said
  end
  return table.concat(words, " "), praise and 1 or 0
end

local sentences, labels = {}, {}
for i = 1, 2000 do sentences[i], labels[i] = sentence() end

-- (2) Words as numbers from 2 up; 0 pads short sentences and is masked, 1 stands for words that were never seen.
local vectorize = rl.utils.TextVectorization{}
vectorize:adapt(sentences)
local X, Y = vectorize(sentences), rl.tensor(labels, "float32")
print(("%d sentences of at most %d words, %d different words"):format(#X, X.shape[2], #vectorize:get_vocabulary()))
local x, x_test, y, y_test = rl.utils.train_test_split(X, Y, { test_size = 0.25, seed = 1 })

-- (3) The model. mask_zero: the LSTM passes the padding by, and its state is that of the last word.
local model = rl.Sequential{
  rl.layers.Embedding{ #vectorize:get_vocabulary(), 8, mask_zero = true, input_shape = {X.shape[2]} },
  rl.layers.LSTM(16),
  rl.layers.Dense{ 1, activation = "sigmoid" },
}
model:compile{ optimizer = rl.optimizers.Adam(0.01), loss = "binary_crossentropy", metrics = {"accuracy"} }
local history = model:fit(x, y, { epochs = epochs, validation_data = {x_test, y_test}, verbose = 0 }).history
for k = 1, epochs do
  print(("epoch %d: loss %.3f, accuracy %.3f; on new sentences %.3f"):format(k, history.loss[k], history.accuracy[k],
    history.val_accuracy[k]))
end

-- (4) Has it learned the language, or only words? Sentences where these say the opposite.
local TRIALS = {
  { "the film was great", 1 }, { "the film was not great", 0 }, { "the film was not dull", 1 },
  { "this book was good but then it was boring", 0 }, { "his acting was awful but then it was not silly", 1 },
  { "the plot was not very very good", 0 },
}
local texts, right = {}, 0
for i, trial in ipairs(TRIALS) do texts[i] = trial[1] end
local says = model:predict(rl.utils.pad_sequences(vectorize(texts):totable(), { maxlen = X.shape[2], padding = "post" }))
for i, trial in ipairs(TRIALS) do
  if (says[i][1] > 0.5) == (trial[2] == 1) then right = right + 1 end
  print(("  %.3f  %s"):format(says[i][1], trial[1]))
end
print(("%d of %d are understood; accuracy on new sentences %.3f, by guessing about 0.5"):format(right, #TRIALS,
  history.val_accuracy[epochs]))
