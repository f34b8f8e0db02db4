-- Training by hand: gradients from a tape, applied by the optimizer. It does what fit does, to the last digit.
--
--   rnnlua scripts/tape.lua [epochs]
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 100

-- (1) The notebook's windows: four numbers in, the next one out.
local X, Y = {}, {}
for i = 0, 5 do
  local steps = {}
  for j = i, i + 3 do steps[#steps + 1] = { j / 10 } end
  X[#X + 1], Y[#Y + 1] = steps, { (i + 4) / 10 }
end
X, Y = rl.tensor(X, "float32"), rl.tensor(Y, "float32")

local function new_model()
  return rl.Sequential{
    rl.layers.SimpleRNN{ units = 10, input_shape = {4, 1} },
    rl.layers.Dense(1),
  }
end

-- (2) One model by fit …
rl.utils.set_random_seed(1)
local fitted = new_model()
local taped = new_model()
taped:set_weights(fitted:get_weights())
fitted:compile{ optimizer = "adam", loss = "mse" }
local history = fitted:fit(X, Y, { epochs = epochs, shuffle = false, verbose = 0 }).history

-- (3) … and one by a loop of our own, from the same weights.
local optimizer = rl.optimizers.Adam{}
local mse = rl.losses.MeanSquaredError{}

local function single(number) return rl.tensor(number, "float32") end -- prints as float32, what models compute in

for epoch = 1, epochs do
  local tape, loss = rl.GradientTape(function()
    return mse(Y, taped(X, { training = true }))
  end)
  local variables = taped.trainable_variables
  optimizer:apply_gradients(tape:gradient(loss, variables), variables)
  if epoch == 1 or epoch % 20 == 0 then
    print(("epoch %3d: loss by fit %s, by the tape %s"):format(epoch, single(history.loss[epoch]), loss))
  end
end

-- (4) The same weights to the last bit?
local same = true
for i, weight in ipairs(fitted:get_weights()) do same = same and rl.equal(weight, taped:get_weights()[i]) end
print(("after %d epochs the weights are %s"):format(epochs, same and "the same" or "different"))
