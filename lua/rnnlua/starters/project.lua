--- What `rnnlua new` writes: a forecast from a CSV file, small enough to be changed into something of one's own.
local project = {}

local README <const> = [[
# @NAME@

A forecast with rnnlua: the next month of a series, from the twelve before it.

    rnnlua @NAME@/main.lua         # train, judge, forecast
    rnnlua test @NAME@             # the tests

- `data.csv` has the numbers, a line a month; put yours in its place.
- `forecast.lua` is the model: reading, windows, training.
- `main.lua` runs it and prints what it says.
- `tests/test_forecast.lua` is what has to stay true.

`rnnlua doc` tells about everything in `rl`, `rnnlua examples` has more to read.
]]

local MAIN <const> = [[
-- @NAME@: the next month of data.csv, from the twelve before it.
--
--   rnnlua main.lua [epochs]
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path -- forecast.lua lies beside this file

local rl = require "rnnlua"
local forecast = require "forecast"
local epochs = math.tointeger(arg[1]) or 60

rl.utils.set_random_seed(1)
local series = forecast.read(here .. "/data.csv")
local train, rest = forecast.split(series)
local model, scaler = forecast.train(train, epochs)
model:summary()

print(("off by %.1f on average on months that it has not seen; by %.1f if next month is as this one"):format(
  forecast.error(model, scaler, rest), forecast.naive_error(rest)))
print(("next month: %.1f"):format(forecast.next(model, scaler, series)))
]]

local FORECAST <const> = [[
--- The model of @NAME@: functions that main.lua and the tests share.
local rl = require "rnnlua"

local forecast = { window = 12 }

--- The column `value` of a CSV file, as a tensor with a row a month.
function forecast.read(path)
  local columns, message = rl.utils.read_csv(path, { columns = { "value" } })
  assert(columns, message) -- a file that is not there gives nil and why
  return columns.value:astype("float32"):reshape(-1, 1)
end

--- The first four fifths, and the rest with the window before it.
function forecast.split(series)
  local cut = math.floor(0.8 * #series)
  return series[{ {1, cut} }], series[{ {cut - forecast.window + 1, -1} }]
end

--- x: (samples, window, 1), y: (samples, 1), the row behind each window.
function forecast.windows(series)
  local x, y = {}, {}
  for i = 1, #series - forecast.window do
    x[i], y[i] = series[{ {i, i + forecast.window - 1} }], series[i + forecast.window]
  end
  return rl.stack(x), rl.stack(y)
end

--- The model, and the scaler that brings the series to where the model is at home.
--- @return rl.Sequential
--- @return rl.StandardScaler
function forecast.train(series, epochs)
  local scaler = rl.utils.StandardScaler():fit(series)
  local x, y = forecast.windows(scaler:transform(series))
  local model = rl.Sequential{
    rl.layers.GRU{ units = 16, input_shape = {forecast.window, 1} },
    rl.layers.Dense(1),
  }
  model:compile{ optimizer = rl.optimizers.Adam{ learning_rate = 0.01 }, loss = "mse" }
  model:fit(x, y, { epochs = epochs, verbose = 0 })
  return model, scaler
end

--- The mean error in the series' own unit.
function forecast.error(model, scaler, series)
  local x, y = forecast.windows(scaler:transform(series))
  local said = scaler:inverse_transform(model:predict(x))
  return (said - scaler:inverse_transform(y)):abs():mean()
end

--- The same of a forecaster who says that nothing changes.
function forecast.naive_error(series)
  local w = forecast.window
  return (series[{ {w + 1, -1} }] - series[{ {w, -2} }]):abs():mean()
end

--- The month behind the last one: a number.
function forecast.next(model, scaler, series)
  local last = scaler:transform(series[{ {-forecast.window, -1} }])
  return scaler:inverse_transform(model:predict(last:expand_dims(1)))[1][1]
end

return forecast
]]

local TEST <const> = [[
--- What has to stay true of @NAME@: rnnlua test @NAME@
local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
package.path = here .. "/../?.lua;" .. package.path

local rl = require "rnnlua"
local forecast = require "forecast"

describe("@NAME@", function()
  local series = forecast.read(here .. "/../data.csv")

  it("reads a row a month", function()
    assert.same({ #series, 1 }, series.shape)
    assert.is_false(series:isnan():any())
  end)

  it("has the row behind each window as its target", function()
    local x, y = forecast.windows(rl.range(1, 20):reshape(20, 1))
    assert.same({ 20 - forecast.window, forecast.window, 1 }, x.shape)
    assert.equal(forecast.window, x[1][-1][1])
    assert.equal(forecast.window + 1, y[1][1])
  end)

  it("forecasts better than one who says that nothing changes", function()
    rl.utils.set_random_seed(1)
    local train, rest = forecast.split(series)
    local model, scaler = forecast.train(train, 60)
    assert.truthy(forecast.error(model, scaler, rest) < 0.7 * forecast.naive_error(rest))
  end)
end)
]]

--- Ten years of months: a slow rise, the seasons, and a noise that is the same each time.
local function data()
  local lines, noise = { "month,value" }, 1
  for i = 0, 119 do
    noise = (noise * 16807) % 2147483647 -- Park and Miller's
    local value = 100 + 0.3 * i + 25 * math.sin(2 * math.pi * i / 12) + 6 * (noise / 2147483647 - 0.5)
    lines[#lines + 1] = ("%d-%02d,%.1f"):format(2015 + i // 12, i % 12 + 1, value)
  end
  return table.concat(lines, "\n") .. "\n"
end

--- @param name string of the project
--- @return {[1]: string, [2]: string}[] files in the order they are written: path and text
function project.files(name)
  local function filled(text) return (text:gsub("@NAME@", name)) end
  return {
    { "README.md", filled(README) }, { "main.lua", filled(MAIN) }, { "forecast.lua", filled(FORECAST) },
    { "tests/test_forecast.lua", filled(TEST) }, { "data.csv", data() },
  }
end

return project
