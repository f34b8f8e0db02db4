-- Sums as texts: an encoder reads "27+58=", a decoder writes "85". Nobody tells them what digits are.
--
--   rnnlua scripts/adder.lua [epochs [examples]]
--
-- The encoder's last state is all that the decoder knows of the question. Sums are written from the ones up ("58" for
-- 85), as one adds on paper: carries then go with the writing.
local rl = require "rnnlua"
local epochs, examples = math.tointeger(arg[1]) or 25, math.tointeger(arg[2]) or 4000

rl.utils.set_random_seed(2)
local ALPHABET <const> = "0123456789+=. " -- "=" begins an answer, "." ends it, " " pads
local UNITS <const>, QUESTION <const>, ANSWER <const> = 96, 5, 4

local function id(c) return ALPHABET:find(c, 1, true) - 1 end

--- Texts, padded, as one-hot tensors (texts, length, characters).
local function encode(texts, length)
  local rows = {}
  for i, text in ipairs(texts) do
    local row = {}
    for k = 1, length do row[k] = id(k <= #text and text:sub(k, k) or " ") end
    rows[i] = row
  end
  return rl.one_hot(rl.tensor(rows), #ALPHABET):astype "float32"
end

-- (1) Questions and answers; of the 10,000 sums the model sees some, and is asked others.
local sums = rl.random.permutation(10000):totable()
local function text_of(sum)
  local a, b = (sum - 1) // 100, (sum - 1) % 100
  return ("%d+%d"):format(a, b), tostring(a + b):reverse()
end
local questions, starts, answers, numbers = {}, {}, {}, {}
for i = 1, examples + 500 do
  local question, answer = text_of(sums[i])
  questions[i], starts[i], answers[i] = question:reverse(), "=" .. answer, answer .. "."
  numbers[i] = { question, answer:reverse() }
end
local asked, begun, wanted = encode(questions, QUESTION), encode(starts, ANSWER), encode(answers, ANSWER)
local train, test = { {1, examples} }, { {examples + 1, -1} }

-- (2) The model for training: the decoder is shown the right answer so far, and says the next character.
local encoder_in = rl.Input{ shape = {QUESTION, #ALPHABET} }
local decoder_in = rl.Input{ shape = {ANSWER, #ALPHABET} }
local encoder = rl.layers.LSTM{ UNITS, return_state = true }
local decoder = rl.layers.LSTM{ UNITS, return_sequences = true, return_state = true }
local writer = rl.layers.Dense{ #ALPHABET, activation = "softmax" }
local _, h, c = encoder(encoder_in)
local sequence = decoder(decoder_in, { initial_state = {h, c} })
local model = rl.Model{ inputs = {encoder_in, decoder_in}, outputs = writer(sequence) }
model:compile{ optimizer = rl.optimizers.Adam(0.005), loss = "categorical_crossentropy", metrics = {"accuracy"} }

model:fit({ asked[train], begun[train] }, wanted[train], {
  epochs = epochs, batch_size = 64, verbose = 0, validation_data = { { asked[test], begun[test] }, wanted[test] },
  callbacks = { { on_epoch_end = function(_, epoch, logs)
    if (epoch + 1) % 5 == 0 or epoch == 0 then
      print(("epoch %2d: loss %.3f; characters right in new sums: %.1f %%"):format(epoch + 1, logs.loss,
        100 * logs.val_accuracy))
    end
  end } },
})

-- (3) Two models for use, of the same layers: one reads, one writes a character at a time and hands its state on.
local reading = rl.Model{ inputs = encoder_in, outputs = {h, c} }
local step_in, h_in, c_in = rl.Input{ shape = {1, #ALPHABET} }, rl.Input{ shape = {UNITS} }, rl.Input{ shape = {UNITS} }
local step, h_out, c_out = decoder(step_in, { initial_state = {h_in, c_in} })
local writing = rl.Model{ inputs = {step_in, h_in, c_in}, outputs = { writer(step), h_out, c_out } }

--- What it answers to all of these questions at once.
local function answer(question)
  local state = reading:predict(question)
  local now, texts = encode({ "=" }, 1):repeat_elements(#question, 1), {}
  for i = 1, #question do texts[i] = "" end
  for _ = 1, ANSWER do
    local out = writing:predict{ now, state[1], state[2] }
    local ids = out[1]:argmax(-1) - 1
    for i = 1, #question do
      texts[i] = texts[i] .. ALPHABET:sub(ids[i][1] + 1, ids[i][1] + 1)
    end
    now, state = rl.one_hot(ids, #ALPHABET):astype "float32", { out[2], out[3] }
  end
  for i, text in ipairs(texts) do texts[i] = text:match "^[^.]*":reverse() end
  return texts
end

local answered, right = answer(asked[test]), 0
for i, text in ipairs(answered) do
  if text == numbers[examples + i][2] then right = right + 1 end
end
for i = 1, 8 do
  local question, truth = table.unpack(numbers[examples + i])
  print(("%6s = %-4s%s"):format(question, answered[i], answered[i] == truth and "" or "  no, " .. truth))
end
print(("%d of %d sums that it has never seen are right"):format(right, #answered))
