--- The larger example of src/plugins/README.md, tests/plugins/peephole.c, against the same computed step by step here.
local rl = require "rnnlua"
local folder = (arg[-1]:match "^(.*)/" or ".") .. "/support/"

local function load_peephole()
  for _, plugin in ipairs(rl.plugins.list()) do
    if plugin.name == "peephole" then return end
  end
  assert.equal("peephole", rl.plugins.load(folder .. "plugin_peephole.so"))
end

local function sigmoid(x) return 1 / (1 + math.exp(-x)) end
local function tanh(x) return (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1) end

--- One sequence, a list of lists of features, through the equations at the head of peephole.c: the h of each timestep.
local function expected_of(x, weights, units, mask)
  local w, u, b, p = weights[1], weights[2], weights[3], weights[4]
  local h, c, all = {}, {}, {}
  for k = 1, units do h[k], c[k] = 0, 0 end
  for t, features in ipairs(x) do
    local new_h, new_c = {}, {}
    local function sum(column)
      local z = b[column]
      for f, value in ipairs(features) do z = z + value * w[f][column] end
      for k = 1, units do z = z + h[k] * u[k][column] end
      return z
    end
    for k = 1, units do
      local i = sigmoid(sum(k) + p[k] * c[k])
      local f = sigmoid(sum(units + k) + p[units + k] * c[k])
      new_c[k] = f * c[k] + i * tanh(sum(2 * units + k))
      new_h[k] = sigmoid(sum(3 * units + k) + p[2 * units + k] * new_c[k]) * tanh(new_c[k])
    end
    if not mask or mask[t] then h, c = new_h, new_c end
    all[t] = h
  end
  return all
end

local function as_tables(layer)
  local weights = {}
  for i, weight in ipairs(layer:get_weights()) do weights[i] = weight:totable() end
  return weights
end

--- a layer with all of its weights random
local function random_layer(options)
  load_peephole()
  local layer = rl.layers.PeepholeLSTM(options)
  layer:build { -1, -1, 2 }
  local weights = {}
  for i, weight in ipairs(layer:get_weights()) do
    weights[i] = rl.random.uniform { shape = weight.shape, minval = -0.7, maxval = 0.7, seed = i }
  end
  layer:set_weights(weights)
  return layer
end

describe("PeepholeLSTM, a layer from outside", function()
  local x = rl.random.normal { shape = { 3, 5, 2 }, seed = 9 }

  it("computes what its formulas say", function()
    for _, sequences in ipairs { false, true } do
      local layer = random_layer { units = 4, return_sequences = sequences }
      local y = layer(x):totable()
      for row, steps in ipairs(x:totable()) do
        local expected = expected_of(steps, as_tables(layer), 4)
        for t = sequences and 1 or 5, 5 do
          for k = 1, 4 do assert.near(expected[t][k], (sequences and y[row][t] or y[row])[k], 1e-5) end
        end
      end
    end
  end)

  it("leaves out what is masked", function()
    if not pcall(function() return rl.layers.Masking end) then pending "no Masking layer" end
    local layer = random_layer { units = 3 }
    local data = x:totable()
    data[1][3], data[2][1] = { 0, 0 }, { 0, 0 }
    local model = rl.Sequential { rl.layers.Masking { input_shape = { 5, 2 } }, layer }
    local y = model:predict(data, { verbose = 0 }):totable()
    for row, steps in ipairs(data) do
      local mask = {}
      for t, features in ipairs(steps) do mask[t] = features[1] ~= 0 or features[2] ~= 0 end
      local expected = expected_of(steps, as_tables(layer), 3, mask)
      for k = 1, 3 do assert.near(expected[5][k], y[row][k], 1e-5) end
    end
  end)

  it("carries states from call to call where it is stateful", function()
    local stateful, whole = random_layer { units = 3, stateful = true }, random_layer { units = 3 }
    stateful(x[{ {}, { 1, 2 } }])
    local halves, y = stateful(x[{ {}, { 3, 5 } }]):totable(), whole(x):totable()
    for row = 1, 3 do
      for k = 1, 3 do assert.near(y[row][k], halves[row][k], 1e-6) end
    end
  end)

  it("trains, and is saved in a config", function()
    load_peephole()
    rl.utils.set_random_seed(3)
    local inputs, targets = {}, {}
    for i = 1, 20 do
      inputs[i] = {}
      for t = 1, 6 do inputs[i][t] = { math.sin(0.5 * (i + t)) } end
      targets[i] = { math.sin(0.5 * (i + 7)) }
    end
    local model = rl.Sequential { rl.layers.PeepholeLSTM { 8, input_shape = { 6, 1 } }, rl.layers.Dense(1) }
    model:compile { optimizer = rl.optimizers.Adam(0.02), loss = "mse" }
    local losses = model:fit(inputs, targets, { epochs = 100, verbose = 0 }).history.loss
    assert.is_true(losses[100] < 0.02 * losses[1])
    local copy = rl.layers.PeepholeLSTM(model.layers[1]:get_config())
    assert.equal(tostring(model.layers[1]), tostring(copy))
    assert.error_matches(function() copy { { 1, 2 } } end, "expected %(batch, timesteps, features%), got %(1, 2%)")
  end)
end)
