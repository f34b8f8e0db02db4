-- A model with two inputs and two outputs: what a machine will do next, from its last readings and what it is.
--
--   rnnlua scripts/two_inputs.lua [epochs]
--
-- A sequence and a few fixed facts go in by ways of their own and meet; the next reading, and whether it is too high,
-- come out.
local rl = require "rnnlua"
local L = rl.layers
local epochs = math.tointeger(arg[1]) or 30
local STEPS = 8

-- (1) The data: 300 machines, whose readings swing about a setting, each at its own pace. An alarm is wanted where the
-- next reading will be above 1.
rl.utils.set_random_seed(3)

local function machine()
  local setting, pace, start = math.random(), 0.3 + math.random(), 6 * math.random()
  local readings = {}
  for t = 1, STEPS + 1 do readings[t] = { setting + 0.5 * math.sin(start + pace * t) } end
  local next_reading = table.remove(readings)[1]
  return readings, { setting, pace }, next_reading
end

local series, facts, next_readings, alarms = {}, {}, {}, {}
for i = 1, 300 do
  series[i], facts[i], next_readings[i] = machine()
  alarms[i] = next_readings[i] > 1 and 1 or 0
end

-- (2) The model: layers are called on what they work on. A model may be a layer too: `mix` is one.
local readings = rl.Input{ shape = {STEPS, 1}, name = "readings" }
local known = rl.Input{ shape = {2}, name = "known" }
local mix = rl.Sequential{ L.Dense{16, activation = "tanh"}, L.Dense{24, activation = "tanh"}, name = "mix" }

local past = L.SimpleRNN(16)(readings)
local both = L.Concatenate(){ past, L.Dense{8, activation = "tanh"}(known) }
local mixed = L.Add(){ both, mix(both) }
local value = L.Dense{1, name = "value"}(mixed)
local alarm = L.Dense{1, activation = "sigmoid", name = "alarm"}(mixed)

local model = rl.Model{ inputs = {readings, known}, outputs = {value, alarm}, name = "machines" }
model:summary()

-- (3) Training: losses and metrics by the outputs' names, data by the inputs' and outputs' names.
model:compile{
  optimizer = rl.optimizers.Adam{ learning_rate = 0.01 },
  loss = { value = "mse", alarm = "binary_crossentropy" },
  loss_weights = { value = 1, alarm = 0.2 },
  metrics = { alarm = {"accuracy"} },
}
local history = model:fit({ readings = series, known = facts }, { value = next_readings, alarm = alarms },
  { epochs = epochs, batch_size = 16, validation_split = 0.2, verbose = 0 }).history

for _, name in ipairs{ "loss", "value_loss", "alarm_loss", "alarm_accuracy" } do
  print(("%-14s  first epoch %.4f, last %.4f, on other machines %.4f"):format(name, history[name][1],
    history[name][#history[name]], history["val_" .. name][#history[name]]))
end

-- (4) What it says of three machines, and what a part of it, which shares its weights, makes of one.
local values, warnings = table.unpack(model:predict{ series, facts })
for i = 1, 3 do
  print(("machine %d: %.2f will be read, the model says %.2f, alarm %.0f%%"):format(i, next_readings[i], values[i][1],
    100 * warnings[i][1]))
end
local summary_of_past = rl.Model{ inputs = readings, outputs = past }
print("16 numbers stand for its past, among them", summary_of_past:predict{ series[1] }[{ 1, {1, 3} }])
