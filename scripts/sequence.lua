-- Recurrent neural networks: SimpleRNN
--
-- A recurrent network reads a sequence one step at a time and remembers what it has read: at each
-- step the same layer takes the new input and its own last output. Here it is to go on with a
-- sequence: given [0.0, 0.1, 0.2, 0.3] it should say 0.4.
local rl = require "rnnlua"

-- (1) The data: six sequences of four numbers, and the number that follows each.
--     [0,1,2,3], [1,2,3,4], … are divided by 10. SimpleRNN takes one number a timestep, so each
--     stands in a list of its own: X has the shape (6 samples, 4 timesteps, 1 feature).
local X, Y = {}, {}
for i = 0, 5 do
  local steps = {}
  for j = i, i + 3 do steps[#steps + 1] = { j / 10 } end
  X[#X + 1], Y[#Y + 1] = steps, (i + 4) / 10
end
X, Y = rl.tensor(X), rl.tensor(Y)
for i = 1, #X do print(tostring(X[i]) .. " --> " .. Y[i]) end

-- (2) The model: a SimpleRNN of 10 units, and a Dense layer behind it for the output.
--     input_shape = {timesteps, features}; timesteps is how often the layer repeats its
--     computation, 4 for the sequences printed above. return_sequences = false: only the output
--     after the last step goes on to the Dense layer.
local model = rl.Sequential{
  rl.layers.SimpleRNN{ units = 10, return_sequences = false, input_shape = {4, 1} },
  rl.layers.Dense(1),
}
model:compile{ optimizer = "adam", loss = "mse" }
model:summary()

-- (3) Training, and what the model says of the sequences it was trained on.
--     verbose = 0: nothing is printed while it trains.
model:fit(X, Y, { epochs = 100, verbose = 0 })
print(model:predict(X))

-- (4) Sequences that it has not seen. 1.0 and 0.3 would be right; the model comes near, but it has
--     not understood the rule: teaching a network general rules is still one of the hard problems.
print(model:predict{ {{0.6},{0.7},{0.8},{0.9}} })
print(model:predict{ {{-0.1},{0.0},{0.1},{0.2}} })
