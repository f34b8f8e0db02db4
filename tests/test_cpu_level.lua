--- RNNLUA_CPU chooses the loops that run, for built-in code and plugins alike; on each level, with any number of threads
--- and without a BLAS library, numbers are Keras' and NumPy's.
local program = arg[-1]
local here = arg[0]:match "^(.*/)" or "./"

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

describe("expected numbers", function()
  --- Tests of what is the same on every level: files and texts, and callbacks around a training.
  local LEFT_OUT = { arrays = true, callbacks = true, checkpoints = true, cpu_level = true, data_utils = true,
                     files = true, print = true, progress = true, summary = true }

  --- The test files that compare with numbers from elsewhere, and products with their oracle.
  local function golden_files()
    local list = {}
    for _, name in ipairs(require "rnnlua.core".listdir(here)) do
      local part = name:match "^test_([%w_]+)%.lua$"
      local file <close> = part and not LEFT_OUT[part] and io.open(here .. name) or nil
      local text = file and file:read "a" or ""
      if text:find('support.golden"', 1, true) or part == "products" then list[#list + 1] = here .. name end
    end
    return list
  end

  local function passes(environment, threads)
    local files = golden_files()
    assert.is_true(#files >= 10)
    local command = ("%s '%s' --threads %d test '%s' 2>&1"):format(environment, program, threads,
      table.concat(files, "' '"))
    local pipe <close> = assert(io.popen(command))
    assert.matches("\n%d%d%d%d* passed, 0 failed\n$", pipe:read "a")
  end

  local best = io.popen(("env -u RNNLUA_CPU '%s' -e 'require[[rnnlua]].show_config()'"):format(program)):read "a"
    :match "CPU level%s+(%w+)"

  for rank, level in ipairs { "baseline", "v3", "v4" } do
    for _, threads in ipairs { 1, 2, 7 } do
      it(("come out on level %s with %d threads"):format(level, threads), function()
        if rank > ({ baseline = 1, v3 = 2, v4 = 3 })[best] then pending("this machine has " .. best) end
        passes("RNNLUA_CPU=" .. level, threads)
      end)
    end
  end

  it("come out without a BLAS library", function() passes("RNNLUA_BLAS=none", 2) end)
end)
