--- What models keep: gradients and optimizer state are there once training starts, and not before.
local rl = require "rnnlua"

local function resident()
  for line in io.lines "/proc/self/status" do
    local kilobytes = line:match "^VmRSS:%s+(%d+)"
    if kilobytes then return tonumber(kilobytes) / 1024 end
  end
end

describe("memory", function()
  it("evaluate makes no gradients and no optimizer state", function()
    if os.getenv "RNNLUA_SANITIZED" or not io.open "/proc/self/status" then pending "resident memory can't be told" end
    local model = rl.Sequential { rl.layers.Dense { 2000, kernel_initializer = "zeros", input_shape = { 2000 } } }
    model:compile { optimizer = "adam", loss = "mse" }
    local x = rl.zeros { 2, 2000 }
    local before = resident()
    model:evaluate(x, x, { verbose = 0 })
    assert.is_true(resident() - before < 8) -- MB; gradients and two slots would be 46
  end)
end)
