--- Train steps of recurrent layers and a plain network, beside PyTorch and Keras: forward, backward, Adam.
local rl = require "rnnlua"
local measure = require "measure"

local sequences = {}

--- One row a work: what it is called, the layer, and batch x timesteps x features -> units. The last is a stack of
--- Dense layers over a batch of features.
sequences.works = {
  { "SimpleRNN", batch = 32, time = 50, features = 16, units = 64 },
  { "LSTM", batch = 32, time = 50, features = 8, units = 32 },
  { "LSTM", batch = 32, time = 100, features = 64, units = 128 },
  { "GRU", batch = 32, time = 100, features = 64, units = 128 },
  { "LSTM", batch = 64, time = 50, features = 256, units = 512 },
  { "Dense", batch = 128, features = 784, units = 512, outputs = 10 },
}

function sequences.title(work)
  if work[1] == "Dense" then
    return ("%d-%d-%d-%d, batch %d"):format(work.features, work.units, work.units, work.outputs, work.batch)
  end
  return ("%s(%d), %d x %d x %d"):format(work[1], work.units, work.batch, work.time, work.features)
end

--- What the peers' script is told: "LSTM 32 50 8 32 1".
function sequences.argument(work)
  return ("%s %d %d %d %d %d"):format(work[1], work.batch, work.time or 1, work.features, work.units,
    work.outputs or 1)
end

local function model_of(work)
  local model
  if work[1] == "Dense" then
    model = rl.Sequential { rl.Input { shape = { work.features } }, rl.layers.Dense(work.units, "relu"),
      rl.layers.Dense(work.units, "relu"), rl.layers.Dense(work.outputs) }
  else
    model = rl.Sequential { rl.Input { shape = { work.time, work.features } }, rl.layers[work[1]](work.units),
      rl.layers.Dense(1) }
  end
  model:compile { optimizer = "adam", loss = "mse" }
  return model
end

--- Multiply-adds of a training step's matrix products: forward, and twice that backward.
local function multiply_adds(work)
  local gates = ({ SimpleRNN = 1, LSTM = 4, GRU = 3 })[work[1]]
  if not gates then
    return 3 * work.batch * work.units * (work.features + work.units + work.outputs)
  end
  return 3 * work.batch * work.time * gates * work.units * (work.features + work.units)
end

--- What two cores reach in a product of 512 x 512 matrices, in multiply-adds a second.
local function peak()
  local a = rl.random.normal { shape = { 512, 512 } }
  local seconds = measure.interleaved({ it = function() a:matmul(a) end }, 10).it.best
  return 512 ^ 3 / seconds
end

local function train_step(work)
  local model = model_of(work)
  local shape = work.time and { work.batch, work.time, work.features } or { work.batch, work.features }
  local x = rl.random.normal { shape = shape }
  local y = rl.random.normal { shape = { work.batch, work.outputs or 1 } }
  return function() model:train_on_batch(x, y) end
end

--- Prints a table for each work.
--- @param peers table<string, {best: number, median: number}> # by "PyTorch LSTM 32 50 8 32 1"
function sequences.run(peers)
  local most = peak()
  print(("\nGEMM peak here (512 x 512, rnnlua's): %.0f GF/s"):format(2 * most / 1e9))
  for _, work in ipairs(sequences.works) do
    local ours = measure.interleaved({ step = train_step(work) }, 11).step
    local share = multiply_adds(work) / ours.median / most
    measure.print_table(sequences.title(work) .. ", train step", {
      { ("rnnlua (%.0f %% of the GEMM peak)"):format(100 * share), ours },
      { "PyTorch, eager", peers["PyTorch " .. sequences.argument(work)] },
      { "Keras train_on_batch", peers["Keras " .. sequences.argument(work)] },
    })
  end
end

return sequences
