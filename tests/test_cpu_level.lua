--- RNNLUA_CPU chooses the loops that run, for built-in code and plugins alike.
local program = arg[-1]

describe("RNNLUA_CPU", function()
  local best = io.popen(("%s -e 'require[[rnnlua]].show_config()'"):format(program)):read "a"
    :match "CPU level%s+(%w+)"
  local rank = { baseline = 0, v3 = 1, v4 = 2 }

  it("is a level's name", function() assert.truthy(rank[best]) end)

  for level in pairs(rank) do
    it("forces " .. level .. " where the machine has it", function()
      if rank[level] > rank[best] then pending("this machine has " .. best) end
      local command = ("RNNLUA_CPU=%s %s -e 'require[[rnnlua]].show_config()'"):format(level, program)
      local pipe <close> = io.popen(command)
      assert.equal(level, pipe:read("a"):match "CPU level%s+(%w+)")
    end)
  end

  it("is told when it names no level of this machine", function()
    local pipe <close> = io.popen(("RNNLUA_CPU=v9 %s -e 'print(1)' 2>&1"):format(program))
    local text = pipe:read "a"
    assert.matches("RNNLUA_CPU: expected baseline, v3 or v4, .* got 'v9'; using " .. best, text)
    assert.matches("\n1\n$", text)
  end)
end)
