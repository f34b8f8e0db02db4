--- Resident memory at most, in a process of its own: LSTM(512), batches of 64 x 50 steps x 256 features, some steps of
--- fit with Adam. peak.py is the same in PyTorch. Prints megabytes before the data and at the end.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local rl = require "rnnlua"
local resident = require "resident"

local start = resident.now()
local x, y = rl.random.normal { shape = { 128, 50, 256 } }, rl.random.normal { shape = { 128, 1 } }
local model = rl.Sequential { rl.Input { shape = { 50, 256 } }, rl.layers.LSTM(512), rl.layers.Dense(1) }
model:compile { optimizer = "adam", loss = "mse" }
model:fit(x, y, { epochs = 3, batch_size = 64, verbose = 0 })
print(("%.1f %.1f"):format(start / 1024, resident.peak() / 1024))
if arg[1] == "summary" then model:summary { memory = true } end
