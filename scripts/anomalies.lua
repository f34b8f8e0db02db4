-- What is unusual: an autoencoder learns what a machine's signal looks like, and finds where it does not look so.
--
--   rnnlua scripts/anomalies.lua [epochs]
--
-- The encoder squeezes a window of 24 values into 8 numbers, the decoder unfolds them again. Trained on a healthy machine
-- it can do that with healthy windows only: where the copy is bad, something is wrong.
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 30

rl.utils.set_random_seed(1)
local WINDOW <const>, HEALTHY <const>, WATCHED <const> = 24, 1200, 600

-- (1) The signal: two waves and a little noise. In the part that is watched three things go wrong.
local function signal(first, last)
  local noise, values = rl.random.normal{ shape = {last - first + 1}, stddev = 0.05 }, {}
  for t = first, last do
    values[#values + 1] = math.sin(2 * math.pi * t / 12) + 0.4 * math.sin(2 * math.pi * t / 24) + noise[t - first + 1]
  end
  return values
end
local healthy, watched = signal(1, HEALTHY), signal(HEALTHY + 1, HEALTHY + WATCHED)
local FAULTS <const> = { { 120, 129, "a spike" }, { 300, 323, "a flat line" }, { 480, 515, "a wave too fast" } }
for t = 120, 129 do watched[t] = watched[t] + 1.5 end
for t = 300, 323 do watched[t] = 0.1 end
for t = 480, 515 do watched[t] = math.sin(2 * math.pi * t / 5) end

local function windows(values, step)
  local list = {}
  for first = 1, #values - WINDOW + 1, step do
    local window = {}
    for k = 1, WINDOW do window[k] = { values[first + k - 1] } end
    list[#list + 1] = window
  end
  return rl.tensor(list, "float32")
end
local X = windows(healthy, 1)

-- (2) The model: LSTM, 8 numbers, LSTM. It is to give what it is given.
local model = rl.Sequential{
  rl.layers.LSTM{ 24, input_shape = {WINDOW, 1} },
  rl.layers.Dense{ 8, activation = "tanh", name = "code" },
  rl.layers.RepeatVector(WINDOW),
  rl.layers.LSTM{ 24, return_sequences = true },
  rl.layers.TimeDistributed(rl.layers.Dense(1)),
}
model:compile{ optimizer = rl.optimizers.Adam(0.01), loss = "mse" }
local history = model:fit(X, X, { epochs = epochs, batch_size = 64, validation_split = 0.2, verbose = 0 }).history
for k = 1, epochs do
  if k == 1 or k % 10 == 0 or k == epochs then
    print(("epoch %2d: copies are off by %.4f; of windows kept back %.4f (square mean)"):format(k, history.loss[k],
      history.val_loss[k]))
  end
end

-- (3) How far off is usual? The largest error in the healthy windows that were kept back, and a half more.
local function errors(x)
  local d = model:predict(x) - x
  return (d * d):mean(2):flatten()
end
local kept_back = errors(X[{ {math.floor(0.8 * #X) + 1, -1} }])
local limit = 1.5 * kept_back:max()
print(("an error above %.4f is unusual; the usual one is %.4f"):format(limit, kept_back:mean()))

-- (4) The part that is watched, window by window. A window is faulty if it holds a quarter of a fault's values or more.
local off = errors(windows(watched, 1))
local function faulty(first)
  local count = 0
  for _, fault in ipairs(FAULTS) do
    count = count + math.max(0, math.min(fault[2], first + WINDOW - 1) - math.max(fault[1], first) + 1)
  end
  return count >= WINDOW // 4, count == 0
end
local hits, faults, false_alarms, clean = 0, 0, 0, 0
for first = 1, #off do
  local bad, untouched = faulty(first)
  local alarm = off[first] > limit
  if bad then
    faults = faults + 1
    if alarm then hits = hits + 1 end
  elseif untouched then
    clean = clean + 1
    if alarm then false_alarms = false_alarms + 1 end
  end
end
for _, fault in ipairs(FAULTS) do
  local worst = off[{ {math.max(1, fault[1] - WINDOW // 2), math.min(#off, fault[2])} }]:max()
  print(("  %-16s at %d to %d: error up to %.4f, %s"):format(fault[3], fault[1], fault[2], worst,
    worst > limit and "found" or "missed"))
end
print(("%d of %d faulty windows found, %d false alarms in %d healthy ones"):format(hits, faults, false_alarms, clean))
