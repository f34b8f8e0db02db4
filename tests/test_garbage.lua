--- Large tensors that nobody holds do not pile up until Lua's collector has gone round.
local rl = require "rnnlua"

local function peak(count, f)
  local most = 0
  for _ = 1, count do
    f()
    most = math.max(most, collectgarbage "count")
  end
  return most
end

describe("Large tensors", function()
  it("that are garbage are collected before the next is made, where that is cheap", function()
    local a = rl.ones { 1000, 1000 }
    collectgarbage()
    local before = collectgarbage "count"
    local function add() local _ = a + a end
    add() -- the first collection is measured
    assert.is_true(peak(200, add) < before + 40 * 4096) -- as many as a slow machine may leave; all are 200
  end)

  it("are left alone where a script has stopped the collector", function()
    local a = rl.ones { 1000, 1000 }
    collectgarbage()
    local before = collectgarbage "count"
    collectgarbage "stop"
    local most = peak(10, function() local _ = a + a end)
    collectgarbage "restart"
    assert.is_true(most > before + 9 * 3900)
  end)
end)
