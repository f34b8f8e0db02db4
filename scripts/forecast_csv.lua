-- A forecast from a CSV file: tomorrow's temperature from two weeks of weather.
--
--   rnnlua scripts/forecast_csv.lua [epochs [file.csv]]
--
-- Without a file it makes one: four years of days with temperature, pressure and wind.
local rl = require "rnnlua"
local epochs, path = math.tointeger(arg[1]) or 15, arg[2]

rl.utils.set_random_seed(1)
local DAYS, WINDOW = 1460, 14

-- (1) The file. Temperature follows the season, and the pressure of the day before; wind is noise.
local made = not path and os.tmpname()
if made then
  path = made
  local noise = rl.random.normal{ shape = {DAYS, 3} }:totable()
  local temperature, pressure, wind = {}, {}, {}
  local anomaly = 0
  for day = 1, DAYS do
    anomaly = 0.8 * anomaly + noise[day][2]
    pressure[day] = 1013 + 5 * anomaly
    temperature[day] = 10 - 10 * math.cos(2 * math.pi * day / 365) + 0.5 * noise[day][1]
      + (day > 1 and 0.6 * (pressure[day - 1] - 1013) or 0)
    wind[day] = math.abs(5 + 2 * noise[day][3])
  end
  assert(rl.utils.write_csv(path, { temperature = temperature, pressure = pressure, wind = wind },
    { columns = { "temperature", "pressure", "wind" } }))
end

-- (2) Reading it: a matrix with a row a day. The first 70 % are for training, and the scaler knows those alone.
local weather, names = rl.utils.read_csv(path, { as_tensor = true, dtype = "float32" })
assert(weather, names)
if made then os.remove(made) end
print(("%d days of %s"):format(#weather, table.concat(names, ", ")))
local cut = math.floor(0.7 * #weather)
local scaler = rl.utils.StandardScaler():fit(weather[{ {1, cut} }])
local scaled = scaler:transform(weather)

-- (3) Windows of 14 days, and the temperature of the day behind each: the target of the window that begins at row i
--     is row i + 14. Windows for the test begin where training has ended.
local function windows(first, last, shuffle)
  return rl.utils.timeseries_dataset_from_array(scaled, scaled[{ {WINDOW + 1, -1}, 1 }],
    { sequence_length = WINDOW, start_index = first, end_index = last, batch_size = 32, shuffle = shuffle, seed = 1 })
end
local train, test = windows(1, cut - 1, true), windows(cut + 1, #scaled - 1, false)
print(("%d batches for training, %d for the test"):format(train:cardinality(), test:cardinality()))

-- (4) The model and its training. The weights of the best epoch are kept in a file.
local model = rl.Sequential{
  rl.layers.GRU{ units = 16, input_shape = {WINDOW, #names} },
  rl.layers.Dense(1),
}
model:compile{ optimizer = rl.optimizers.Adam(0.005), loss = "mse", metrics = {"mae"} }
local name = os.tmpname()
local best = name .. ".npz"
local history = model:fit(train, {
  epochs = epochs, validation_data = test, verbose = 0,
  callbacks = { rl.callbacks.ModelCheckpoint{ best, save_best_only = true, save_weights_only = true } },
}).history
assert(model:load_weights(best))
os.remove(best)
os.remove(name)
for k = 1, epochs do
  if k == 1 or k % 5 == 0 then
    print(("epoch %2d: loss %.4f, val_loss %.4f"):format(k, history.loss[k], history.val_loss[k]))
  end
end

-- (5) Has it learned? In degrees, beside the forecast that tomorrow will be as today.
local deviation = 1 / scaler.scale[1]
local _, mae = model:evaluate(test, { verbose = 0 })
local off, count = 0, 0
for x, y in test:iter() do
  off, count = off + (y - x[{ {}, -1, 1 }]):abs():sum(), count + #y
end
print(("off by %.2f degrees on average; by %.2f if tomorrow is as today"):format(mae * deviation,
  off / count * deviation))

local week = model:predict(test:take(1))[{ {1, 7}, 1 }]
local _, y = test:iter()()
for day = 1, 7 do
  print(("day %d: forecast %5.1f, measured %5.1f"):format(day, week[day] * deviation + scaler.mean[1],
    y[day] * deviation + scaler.mean[1]))
end
