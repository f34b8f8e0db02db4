--- Trains on a CSV file larger than memory should be: how fast rows come, and how much is resident at most.
---
---     rnnlua tests/bench/big_csv.lua [megabytes [folder]]
---
--- Makes the file in the folder (/tmp) and deletes it again.
local rl = require "rnnlua"
local megabytes, folder = tonumber(arg[1]) or 100, arg[2] or "/tmp"

--- The resident set's peak in MB; nil where the system does not tell.
local function peak()
  local file = io.open "/proc/self/status"
  local text = file and file:read "a"
  if file then file:close() end
  return text and tonumber(text:match "VmHWM:%s*(%d+)") // 1024
end

local path = os.tmpname()
os.remove(path)
path = folder .. "/" .. path:match "[^/]*$" .. ".csv"
local file = assert(io.open(path, "wb"))
local _ <close> = setmetatable({}, { __close = function() os.remove(path) end })
file:write "a,b,c,d,e,f,g,h,y\n"
local lines = {}
for i = 1, 1000 do
  local row, sum = {}, 0
  for k = 1, 8 do
    row[k] = math.random() * 2 - 1
    sum = sum + row[k] * k / 8
  end
  row[9] = sum
  for k = 1, 9 do row[k] = ("%.6f"):format(row[k]) end
  lines[i] = table.concat(row, ",")
end
local block = table.concat(lines, "\n") .. "\n"
local blocks = math.ceil(megabytes * 1e6 / #block)
for _ = 1, blocks do assert(file:write(block)) end
file:close()
print(("%.0f MB, %d rows in %s"):format(blocks * #block / 1e6, blocks * 1000, path))

local data = assert(rl.data.Dataset.from_csv(path, { label = "y" })):shuffle(10000, 1):batch(256)
local model = rl.Sequential { rl.layers.Dense { 8, activation = "tanh", input_shape = { 8 } }, rl.layers.Dense(1) }
model:compile { optimizer = "adam", loss = "mse" }
local start = rl.utils.wall_clock()
local loss = model:fit(data, { verbose = 0 }).history.loss[1]
local seconds = rl.utils.wall_clock() - start
print(("%.1f s, %.0f MB/s, %.0f rows/s, loss %.4f, at most %s MB resident"):format(seconds, blocks * #block / 1e6 / seconds,
  blocks * 1000 / seconds, loss, peak() or "?"))
