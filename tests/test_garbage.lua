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
    if os.getenv "RNNLUA_SANITIZED" then pending "collections are not cheap under sanitizers" end
    local held = {} -- much that is alive, so that Lua's own collector would wait long
    for i = 1, 100 do held[i] = rl.zeros { 600, 500 } end
    collectgarbage()
    local before, a = collectgarbage "count", held[1]
    assert.is_true(peak(40, function() local _ = a + a end) < before + 12 * 1200)
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
