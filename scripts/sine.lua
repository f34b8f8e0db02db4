-- A forecast: what comes next in a noisy sine wave, from the 20 values before it.
--
--   rnnlua scripts/sine.lua [epochs]
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 20

-- (1) The series: a sine of period 25 with a little noise, and every window of 20 values in it. A
--     window is a sample: 20 timesteps of one feature; the value after it is what to forecast.
rl.utils.set_random_seed(1)
local LENGTH, WINDOW, NOISE = 420, 20, 0.1

local noise = rl.random.normal{ shape = {LENGTH}, stddev = NOISE }
local series = {}
for t = 1, LENGTH do series[t] = math.sin(2 * math.pi * t / 25) + noise[t] end

local X, Y = {}, {}
for first = 1, LENGTH - WINDOW do
  local steps = {}
  for t = first, first + WINDOW - 1 do steps[#steps + 1] = { series[t] } end
  X[first], Y[first] = steps, { series[first + WINDOW] }
end
X, Y = rl.tensor(X), rl.tensor(Y)
print(("%d windows of %d values"):format(#X, WINDOW))

-- (2) The model. The SimpleRNN reads the window and keeps 16 numbers of it; Dense makes the forecast.
local model = rl.Sequential{
  rl.layers.SimpleRNN{ units = 16, input_shape = {WINDOW, 1} },
  rl.layers.Dense(1),
}
model:compile{ optimizer = rl.optimizers.Adam{ learning_rate = 0.01 }, loss = "mse", metrics = {"mae"} }

-- (3) Training, 32 windows a batch. The last fifth of the windows is held back: val_loss is the error
--     on values that the model has not been trained on.
local history = model:fit(X, Y, {
  epochs = epochs, batch_size = 32, validation_split = 0.2, verbose = 0,
}).history
for k = 1, epochs do
  if k == 1 or k % 5 == 0 then
    print(("epoch %2d: loss %.4f, val_loss %.4f, val_mae %.4f"):format(
      k, history.loss[k], history.val_loss[k], history.val_mae[k]))
  end
end

-- (4) Has it learned? A forecast that only repeats the last value is the one to beat; the noise in the
--     values held back, which nobody can know before, is what remains for one who knows the sine.
local first_held = math.floor(#X * 0.8) + 1
local naive, unknowable = 0, 0
for i = first_held, #X do
  naive = naive + (Y[i][1] - X[i][WINDOW][1]) ^ 2
  unknowable = unknowable + noise[i + WINDOW] ^ 2
end
local held_back = #X - first_held + 1
print(("val_loss: %.4f by the model, %.4f by repeating the last value, %.4f is the noise"):format(
  history.val_loss[epochs], naive / held_back, unknowable / held_back))

-- (5) The forecast goes on by itself: each value it makes is read as the next one, for one period.
local window = X[#X]:totable()
local forecast = {}
for t = 1, 25 do
  local value = model:predict{ window }[1][1]
  forecast[t] = ("%.2f"):format(value)
  table.remove(window, 1)
  window[WINDOW] = { value }
end
print("one period ahead: " .. table.concat(forecast, " "))
