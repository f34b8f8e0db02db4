--- Products that several threads compute at once are, bit for bit, those of one thread: whether the matrix library that
--- was chosen, or our own kernels, can be called so.
local plugins = require "support.plugins"

local level = require "rnnlua.core".config()[1][2]
local loaded = io.open(plugins.support .. "plugin_concurrent.so") ~= nil

--- The wrong and all of the products of a process of its own, where `threads` call at once.
local function count(threads, rounds, environment)
  local text = plugins.load(plugins.support .. "plugin_concurrent.so", environment, ([[
    local concurrent, x = rl.plugins.concurrent, rl.random.normal { shape = { 140000 } }
    rl.config.set_threads(1)
    local results = concurrent.products(x)
    rl.config.set_threads(%d)
    local counts = concurrent.count_wrong(x, results, { rounds = %d })
    local core, maps = require "rnnlua.core", io.open "/proc/self/maps"
    local opened = not maps or maps:read "a":find("blas", 1, true) ~= nil -- before config() does that itself
    print(rl.equal(results, concurrent.products(x)), counts[1], counts[2], (select(2, core.workers())),
      opened or not core.config()[2][2]:find "blas")
  ]]):format(threads, rounds))
  local same, wrong, all, loops, library = text:match "^concurrent\n(%w+)\t(%S+)\t(%S+)\t(%d+)\t(.-)\n$"
  assert.message(text).equal("true", same)
  assert.is_true(tonumber(loops) > 0)
  assert.message("the library was called").equal("true", library)
  return tonumber(wrong), tonumber(all)
end

describe("concurrent products", function()
  local rounds = os.getenv "RNNLUA_SANITIZED" and 200 or 30

  for _, threads in ipairs { 2, 7 } do
    it(("of the library chosen are right, %d at a time"):format(threads), function()
      if not loaded then pending "build/support/plugin_concurrent.so isn't built" end
      local wrong, all = count(threads, rounds)
      assert.equal(rounds * 8 * 16, all)
      assert.equal(0, wrong)
    end)
  end

  it("of our own kernels are right", function()
    if not loaded then pending "build/support/plugin_concurrent.so isn't built" end
    assert.equal(0, (count(3, 10, "RNNLUA_BLAS=none")))
  end)
end)

describe("a matrix library", function()
  local fake = plugins.support .. "fake_blas.so"

  -- LeakSanitizer may crash in the thread-local storage of a library opened late, here the fake one's
  local no_leak_check = 'ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"'

  --- What the library's name is, and the smallest and the largest number of a product of ones that threads share.
  local function product(parallel, core)
    return plugins.rnnlua("--threads 7 -e " .. plugins.quote [[
      local rl = require "rnnlua"
      local least, most = 300, 300
      for _ = 1, 50 do
        local c = rl.ones({ 300, 300 }, "float32"):matmul(rl.ones({ 300, 300 }, "float32"))
        least, most = math.min(least, c:min()), math.max(most, c:max())
      end
      print(require "rnnlua.core".config()[2][2], least, most)
    ]], ("RNNLUA_BLAS=%s FAKE_PARALLEL=%d FAKE_CORE=%s %s"):format(
      plugins.quote(fake), parallel, core or "Zen", no_leak_check))
  end

  for parallel, how in pairs { [1] = "with threads of its own", [2] = "with OpenMP" } do
    it("is kept to one thread, whoever calls it: built " .. how, function()
      if not io.open(fake) then pending "build/support/fake_blas.so isn't built" end
      assert.equal(fake .. "\t300\t300\n", (product(parallel)))
    end)
  end

  it("that does not know this processor, and would use its oldest kernels, is passed over", function()
    if not io.open(fake) then pending "build/support/fake_blas.so isn't built" end
    if level == "baseline" then pending "its oldest kernels are what this level has" end
    assert.equal("none\t300\t300\n", (product(1, "Prescott")))
  end)

  it("is opened only by name where our own kernels are faster", function()
    if level ~= "v4" then pending("this machine has " .. level) end
    assert.equal("none\n", (plugins.rnnlua("-e " .. plugins.quote [[
      local rl = require "rnnlua"
      rl.ones({ 600, 600 }, "float32"):matmul(rl.ones({ 600, 600 }, "float32"))
      print(require "rnnlua.core".config()[2][2])
    ]], "RNNLUA_BLAS=")))
  end)

  it("that is OpenBLAS' serial build is passed over", function()
    if not io.open(fake) then pending "build/support/fake_blas.so isn't built" end
    assert.equal("none\t300\t300\n", (product(0)))
  end)
end)
