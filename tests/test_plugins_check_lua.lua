--- `rnnlua plugins check` of plugins in Lua: what their arguments are given, what is found, that all parts are looked at.
local run = dofile((debug.getinfo(1, "S").source:match "^@(.*/)" or "./") .. "support/plugins.lua")

--- What check prints of a plugin whose file has this text, and its exit status.
local function check(text, options)
  local folder = run.folder()
  local file = run.write(folder .. "/tried.lua", "local rl = require 'rnnlua'\n" .. text)
  local printed, status = run.rnnlua(("plugins check %s %s"):format(options or "", run.quote(file)))
  run.remove(folder)
  return printed, status
end

local function layer(name, args, call)
  return ("rl.register.layer { name = '%s', args = {%s}, call = function(self, x, options) %s end }\n"):format(name, args,
    call)
end

describe("required arguments that plugins check makes up", function()
  for _, kind in ipairs { "schedule", "optimizer", "loss", "metric", "initializer", "regularizer", "constraint",
                          "activation", "layer" } do
    it("are components of every kind: " .. kind, function()
      local text, status = check(layer("Takes", ("{'k', '%s'}"):format(kind), "return x * 2"))
      assert.equal("layer Takes: ok\n", text)
      assert.equal(0, status)
    end)
  end

  for range, wanted in pairs { ["(7, 8]"] = 8, ["[7, 8)"] = 7, ["(-9, -8)"] = false, ["(7.5, 9]"] = 8, ["(-inf, 0)"] = -1,
                               ["(3, inf)"] = 4, ["(2, 4)"] = 3 } do
    it("lie in the open or closed range of an integer: " .. range, function()
      local text = check(layer("Ranged", ("{'n', 'integer', range='%s'}"):format(range),
        ("assert(self.n == %s) return x * 2"):format(wanted)))
      if wanted then assert.equal("layer Ranged: ok\n", text) else assert.matches("layer Ranged: FAILED", text) end
    end)
  end

  it("lie in the open or closed range of a number", function()
    for _, range in ipairs { "(7, 8]", "(1, 1.5)", "(2, inf)", "(-inf, -3)", "[4, 4]" } do
      assert.equal("layer Ranged: ok\n", (check(layer("Ranged", ("{'n', 'number', range='%s'}"):format(range),
        "return x * 2"))))
    end
  end)
end)

describe("plugins check of several parts", function()
  it("goes on behind one that crashes, hangs or ends the process", function()
    local fine, text, status = layer("Fine", "", "return x"), nil, nil
    text, status = check(layer("First", "", "return x") .. layer("Ends", "", "os.exit(7)") .. fine .. layer("Hangs", "",
      "while true do end") .. layer("Kills", "", "os.execute 'kill -KILL $PPID'") .. layer("Last", "", "return x"),
      "--seconds 2")
    assert.matches("^layer First: ok\nlayer Ends: FAILED exit status 7\nlayer Fine: ok\n" ..
      "layer Hangs: FAILED did not end within 2 seconds\nlayer Kills: FAILED crashed: Kill[^\n]+\nlayer Last: ok\n$", text)
    assert.equal(1, status)
  end)

  it("tells what was printed before a traceback", function()
    local text = check(layer("Ends", "", "io.stderr:write('what it is\\nstack traceback:\\n\\t[C]: in ?\\n') os.exit(1)"))
    assert.matches("^layer Ends: FAILED exit status 1; it printed: what it is\n$", text)
  end)
end)

describe("plugins check of layers that are random", function()
  it("asks for the same where random numbers begin at the same", function()
    for _, noise in ipairs { "math.random()", "rl.random.uniform { shape = x.shape }" } do
      local text = check(layer("Noisy", "", ("if options.training then return x * (1 + %s) end return x"):format(noise)))
      assert.equal("layer Noisy: ok\n", text)
    end
    assert.matches("FAILED while training: output 1 is another in a second call on the same",
      (check("local n = 0 " .. layer("Counts", "", "n = n + 1 return options.training and x * n or x"))))
  end)
end)

describe("plugins check of schedules", function()
  it("finds one whose rate depends on the steps that it was asked for before", function()
    local function schedule(body)
      return (check(("local most = 0 rl.register.schedule { name = 'Decays', call = function(step) %s end }"):format(body)))
    end
    assert.matches("^schedule Decays: FAILED the rate of step %d+ is [^ ]+, then [^ ]+ where steps come in another order",
      schedule "most = math.max(most, step) return 1 / (1 + most)")
    assert.equal("schedule Decays: ok\n", schedule "return 1 / (1 + step)")
  end)
end)
