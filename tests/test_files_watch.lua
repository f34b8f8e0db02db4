--- The line that tells how far reading a file has come.
require "rnnlua"
local watching = require "rnnlua.files.watch"
local folder = require "support.folder"
local terminal = require "support.terminal"

describe("the line while a file is read", function()
  local now, texts
  local function begin(path, columns)
    now, texts = 100, {}
    return watching.begin(path, {
      clock = function() return now end,
      columns = function() return columns or 80 end,
      write = function(text) texts[#texts + 1] = text end,
    })
  end

  it("comes after a second, is redrawn ten times a second, and goes", function()
    do
      local watch <close> = begin "/data/big.npy"
      for _, seconds in ipairs { 0.5, 0.99, 1.01, 1.05, 1.2 } do
        now = 100 + seconds
        watch:update("reading", seconds * 1e9 // 1 | 0, 2000000000)
      end
    end
    assert.same({ "\rreading big.npy: 50% of 2.0 GB", "\rreading big.npy: 60% of 2.0 GB",
      "\r" .. (" "):rep(30) .. "\r" }, texts)
  end)

  it("leaves out the name where the terminal is narrow, and is as wide as it looks", function()
    local watch = begin("時系列.csv", 30)
    now = 102
    watch:update("parsing", 1500000, 3000000)
    assert.equal("\rparsing: 50% of 3.0 MB", texts[1])
  end)

  it("never comes where reading is quick", function()
    do
      local watch <close> = begin "small.npy"
      now = 100.9
      watch:update("reading", 1, 2)
    end
    assert.same({}, texts)
  end)
end)
