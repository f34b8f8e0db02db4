--- What models keep: gradients and optimizer state are there once training starts, and not before; nothing grows over
--- many calls.
local rl = require "rnnlua"

local program = arg[-1]
local bench = (arg[0]:match "^(.*/)" or "./") .. "bench/"

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

  --- What a script of tests/bench prints in a process of its own.
  local function output(script, argument)
    if os.getenv "RNNLUA_SANITIZED" or not io.open "/proc/self/status" then pending "resident memory can't be told" end
    local pipe <close> = assert(io.popen(("'%s' '%s%s' %s 2>&1"):format(program, bench, script, argument)))
    return pipe:read "a"
  end

  it("does not grow over fits, predictions, steps of streams and what else there is", function()
    local text, kinds = output("steady.lua", 6000), 0
    for name, calls, before, after in text:gmatch "\n(%a[^\n]-) +(%d+) +(%d+) +(%d+) +%-?%d+" do
      kinds = kinds + 1
      assert.equal("6000", calls)
      assert.message(name .. " leaves memory behind").is_true(after - before < 400) -- kB: 75 bytes a call
    end
    assert.message(text).is_true(kinds >= 16)
  end)

  it("of a large LSTM is a few copies of what it computes", function()
    local most = tonumber(output("peak.lua", ""):match "^%S+ (%S+)\n$")
    assert.is_true(most > 60) -- MB; the gates of a batch alone are 26
    assert.is_true(most < 200) -- PyTorch's is 860, without itself 340
  end)

  it("holds no more of a long series than its batches", function()
    local text, ways = output("endless.lua", 1000000), 0
    for name, grown in text:gmatch "\n +(%a[^\n]-) +1000000 [^\n]- (%-?%d+)%f[\n]" do
      ways = ways + 1
      assert.message(name .. " keeps data").is_true(tonumber(grown) < 2500) -- kB; the series is 4000 and more
    end
    assert.message(text).equal(3, ways)
  end)
end)
