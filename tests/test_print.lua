--- tostring(tensor) is NumPy's text.
local rl = require "rnnlua"

local golden = dofile((debug.getinfo(1, "S").source:match "^@(.*/)" or "") .. "support/golden.lua")

describe("tostring(tensor)", function()
  for _, case in ipairs(golden "numpy_print") do
    local expression, text = case[1], case[2]
    it("prints " .. (#expression > 60 and expression:sub(1, 57) .. "..." or expression), function()
      local make = assert(load("local rl = ... return " .. expression))
      assert.equal(text, tostring(make(rl)))
    end)
  end

  it("looks at no more than what it shows", function()
    local row = rl.zeros { 1, 20000000 } -- to look at all of it would take a tenth of a second
    local started = os.clock()
    assert.equal("[[0. 0. 0. ... 0. 0. 0.]]", tostring(row))
    assert.is_true(os.clock() - started < 0.01)
  end)

  it("names what it was given instead of a tensor", function()
    local to_string = debug.getmetatable(rl.zeros { 1 }).__tostring
    assert.error_matches(function() to_string {} end, "tostring: argument 1 must be a tensor, got a table")
  end)
end)
