--- Scripts' finalizers meet our objects when those were finalized already, for Lua finalizes what was made
--- last first. Each script here runs in a process of its own, which a fault would end with a signal.
require "rnnlua"
local program = arg[-1]
if not program:find "^/" then program = io.popen("pwd"):read "l" .. "/" .. program end

local COMMON <const> = [[
local rl = require "rnnlua"
local x, y = rl.ones { 4, 3 }, rl.ones { 4, 1 }
local function new_model()
  local model = rl.Sequential { rl.layers.Dense { units = 1, input_shape = { 3 }, kernel_initializer = "ones" } }
  model:compile { optimizer = "sgd", loss = "mse", metrics = { "mae" } }
  model:evaluate(x, y, { verbose = 0 })
  return model
end
--- An object older than all that comes after it: its finalizer f(object) is called after theirs.
local function finalized(f) return setmetatable({}, { __gc = f }) end
--- Other things where memory was given back.
local function reuse()
  local kept = {}
  for i = 1, 200 do kept[i] = rl.full({ i % 8 + 1 }, 7) end
  return kept
end
local function try(what, f, ...)
  local ok, message = pcall(f, ...)
  print(what, ok and "worked" or message)
end
]]

--- What the script prints on both streams. Fails unless it ends well.
local function output(script)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(COMMON, script)
  file:close()
  local pipe = io.popen(("'%s' '%s' 2>&1"):format(program, path))
  local text = pipe:read "a"
  local _, how, code = pipe:close()
  os.remove(path)
  assert.message(text).equal("exit 0", how .. " " .. code)
  return text
end

--- Each line is "what<tab>path:line: <message>".
local function assert_collected(text, kind, count)
  local lines = 0
  for line in text:gmatch "[^\n]+" do
    lines = lines + 1
    assert.message(text).matches("^[%w ]+\t[^:]+:%d+: " .. kind .. ": it was collected already$", line)
  end
  assert.message(text).equal(count, lines)
end

describe("A finalizer that meets", function()
  local methods = [[
    try("evaluate", function() r.model:evaluate(x, y, { verbose = 0 }) end)
    try("predict", function() r.model:predict(x) end)
    try("call", function() r.model(x) end)
    try("train on batch", function() r.model:train_on_batch(x, y) end)
    try("fit", function() r.model:fit(x, y, { verbose = 0 }) end)
  ]]
  local compile <const> = [[
    try("compile", function() r.model:compile { optimizer = "sgd", loss = "mse" }; r.model:evaluate(x, y) end)
  ]]

  it("a model that was collected gets an error", function()
    assert_collected(output("local r = finalized(function(r)" .. methods .. compile .. [[end)
      r.model = new_model()
      r = nil
      collectgarbage()]]), "model", 6)
  end)

  it("a model that was collected when the state closes gets an error", function()
    assert_collected(output("R = finalized(function(r)" .. methods .. "end) R.model = new_model()"), "model", 5)
  end)

  it("a model that is alive when the state closes can use it", function()
    assert.equal("predict\t4\t3.0\n", output [[
      R = { model = new_model() }
      R.guard = finalized(function() print("predict", #R.model:predict(x), R.model:predict(x)[1][1]) end)]])
  end)

  it("a trainer whose network was collected gets an error", function()
    assert_collected(output [[
      local r = finalized(function(r) try("evaluate", function() r.model:evaluate(x, y, { verbose = 0 }) end) end)
      r.model = new_model()
      local before = finalized(function(before) -- makes a trainer just before the network goes
        before.model:compile { optimizer = "sgd", loss = "mse" }
        before.model:evaluate(x, y, { verbose = 0 })
      end)
      before.model, r, before = r.model, nil, nil
      collectgarbage()
      collectgarbage()]], "model", 1)
  end)

  it("a layer that was collected gets an error", function()
    assert_collected(output [[
      local r = finalized(function(r)
        try("field", function() return r.layer.units end)
        try("call", function() r.layer(x) end)
        try("method", function() r.layer:get_weights() end)
        try("trainable", function() r.layer.trainable = false end)
        try("text", function() return tostring(r.layer) end)
        try("model", function() rl.Sequential { r.layer }:build { 4, 3 } end)
        try("get weights", function() r.model:get_weights() end)
      end)
      r.layer = rl.layers.Dense(1)
      r.layer(x)
      r.model = new_model()
      r = nil
      collectgarbage()]], "layer", 7)
  end)

  it("a component that was collected gets an error", function()
    assert_collected(output [[
      local r = finalized(function(r)
        try("field", function() return r.metric.name end)
        try("update", function() r.update(r.metric, y, y) end)
        try("result", function() r.result(r.metric) end)
        try("reset", function() r.reset(r.metric) end)
        try("call", function() r.metric(y, y) end)
        try("rate", function() r.optimizer.learning_rate = 0.5 end)
        try("text", function() return tostring(r.optimizer) end)
        try("compile", function() new_model():compile { optimizer = r.optimizer, loss = "mse" } end)
        try("argument", function() rl.layers.Dense { units = 1, kernel_initializer = r.optimizer } end)
      end)
      r.metric, r.optimizer = rl.metrics.MeanAbsoluteError(), rl.optimizers.Adam()
      r.update, r.result, r.reset = r.metric.update_state, r.metric.result, r.metric.reset_state
      r.metric(y, y)
      r = nil
      collectgarbage()]], "component", 9)
  end)
end)

describe("A view of a weight", function()
  local views = [[
    local layer = rl.layers.Dense { units = 2, kernel_initializer = "ones" }
    layer(x)
    r.whole, r.row, r.flat = layer.kernel, layer.kernel[2], layer.kernel:reshape { 6 }
  ]]
  local read = [[
    local kept = reuse()
    print(r.whole:sum(), r.row:sum(), r.flat:sum(), r.whole[{ {}, 1 }]:sum())
    r.whole[1][1] = 1 ]]
  local expected <const> = "6.0\t2.0\t6.0\t3.0\n"

  it("outlives its layer", function()
    assert.equal(expected, output("local r = {} do" .. views .. "end collectgarbage() collectgarbage()" .. read))
  end)

  it("can be read by a finalizer that runs after its layer's", function()
    assert.equal(expected, output("local r = finalized(function(r) " .. read .. [[ end)
      do ]] .. views .. [[ end
      r = nil
      collectgarbage()
      collectgarbage() ]]))
  end)

  it("can be read by a finalizer when the state closes", function()
    assert.equal(expected, output("local r = finalized(function(r) " .. read .. " end) do " .. views .. " end R = r"))
    assert.equal(expected, output("local r = finalized(function(r) " .. read .. " end) do " .. views ..
      " end R = r os.exit(true, true)"))
  end)

  it("can be brought back by a finalizer, as often as it likes", function()
    assert.equal(expected:rep(3), output([[
      local read = function(r) ]] .. read .. [[ end
      local third = finalized(function(r) read(r.views) end)
      local second = finalized(function(r) read(r.views); third.views = r.views; third = nil end)
      local first = finalized(function(r) read(r); second.views = r; second = nil end)
      do local r = first ]] .. views .. [[ end
      first = nil
      for _ = 1, 6 do collectgarbage() end ]]))
  end)

  it("can be brought back in generational and in incremental mode", function()
    for _, mode in ipairs { "generational", "incremental" } do
      assert.equal(("6.0\n"):rep(40), output([[
        collectgarbage "]] .. mode .. [["
        local done, next_one = 0, nil
        local function finish(r)
          if r.views then
            print(r.views.whole:sum())
            done = done + 1
            if next_one then next_one.views, next_one = r.views, nil end
          end
        end
        local function make()
          local a, b = finalized(finish), finalized(finish)
          local r = {}
          next_one, b.views = a, r ]] .. views .. [[
        end
        for _ = 1, 20 do
          make()
          local before, garbage = done, nil
          for i = 1, 1e5 do
            if done == before + 2 then break end
            garbage = { i }
          end
        end ]]))
    end
  end)

  it("gives the block back once nothing reaches it", function()
    if not require "support.native" "faults" then pending "tests/support/faults.c is not built" end
    assert.equal("true\ttrue\ttrue\n", output([[
      local support = arg[-1]:match "^(.*)/" .. "/support/"
      local faults = package.loadlib(support .. "faults.so", "luaopen_faults")()
      local function views(r) ]] .. views .. [[ end
      local function grown(collections, make)
        make()
        for _ = 1, 4 do collectgarbage() end
        local before = faults.live()
        for _ = 1, 20 do make() end
        for _ = 1, collections do collectgarbage() end
        return faults.live() - before
      end
      local kept = {}
      local function read(r) r.sum = r.whole:sum() end
      print(grown(2, function() views {} end) < 20, -- Lua's own tables may have grown
        grown(3, function() views(finalized(read)) end) < 20,
        grown(3, function() kept[#kept + 1] = {}; views(kept[#kept]) end) > 40) ]]))
  end)
end)

describe("Our finalizers", function()
  local with_functions <const> = [[
    local act = function() end
    local function mean(a, b) act() return (a - b):abs():mean(-1) end
    local function same(w) return w end
    local function rate() return 0.1 end
    local function ones(shape) return rl.ones(shape) end
    M = rl.Sequential { rl.layers.Dense { units = 1, input_shape = { 3 }, kernel_initializer = ones,
      kernel_constraint = same } }
    M:compile { loss = "mse", metrics = { mean }, optimizer = rl.optimizers.SGD { learning_rate = rate } }
    M:fit(x, y, { verbose = 0 })
  ]]

  it("let go of Lua functions when the state closes, in the middle of one of them too", function()
    assert.equal("", output(with_functions))
    assert.equal("", output(with_functions .. "act = function() os.exit(true, true) end M:fit(x, y, { verbose = 0 })"))
    assert.equal("", output(with_functions .. [[
      coroutine.wrap(function() act = function() os.exit(true, true) end M:fit(x, y, { verbose = 0 }) end)()]]))
  end)

  it("that run when the state closes can use Lua functions of a model that is alive", function()
    assert.equal("0.0\t0.0\n", output(with_functions .. [[
      M:set_weights { rl.ones { 3, 1 }, rl.full({ 1 }, -2) }
      M:evaluate(x, y, { verbose = 0 }) -- what a finalizer makes now would not be finalized itself
      R = finalized(function() print(M:evaluate(x, y, { verbose = 0 })) end)]]))
  end)

  it("are out of a script's reach", function()
    assert.equal("layer\tcomponent\tnetwork\ttrainer\tnil\tnil\n", output [[
      local model = new_model()
      print(getmetatable(model.layers[1]), getmetatable(rl.optimizers.SGD()), getmetatable(model._network),
        getmetatable(model._tester or model._trainer), model._network.__gc, (model._tester or model._trainer).__gc)]])
  end)

  it("leave a loss whole that is reset while it computes", function()
    assert.equal("done\n", output [[
      local loss, done = rl.losses.MeanSquaredError(), 0
      local function again() finalized(function() loss:reset_state(); done = done + 1; if done < 50 then again() end end) end
      again()
      local big = rl.ones { 1000, 1 }
      collectgarbage("incremental", 1, 1000)
      while done < 50 do loss:update_state(big, big) end
      print "done"]])
  end)
end)
