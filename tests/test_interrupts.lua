--- Ctrl-C within what takes long: loops in C find it, wherever they are.
local rl = require "rnnlua"
local folder = require "support.folder"
local faults = require "support.native" "faults"

if not faults then
  pending "Ctrl-C in long loops (make support builds what it takes)"
  return
end

local MANY <const> = 1 << 21

--- Functions by what they do, each of which takes long.
local function tensor_work()
  local row, square = rl.random.normal { MANY, seed = 1 }, rl.random.normal { { 1500, 1500 }, seed = 2 }
  local positions = rl.ones({ MANY }):astype "int64"
  local bytes = row:tobytes()
  return {
    ["copy"] = function() row:copy() end,
    ["astype"] = function() row:astype "float64" end,
    ["contiguous"] = function() square:transpose():contiguous() end,
    ["copy_from"] = function() square:copy_from(square:transpose()) end,
    ["fill"] = function() row:copy_from(1) end,
    ["zeros"] = function() rl.zeros { MANY } end,
    ["ones"] = function() rl.ones { MANY } end,
    ["range"] = function() rl.range(1, MANY) end,
    ["linspace"] = function() rl.linspace(0, 1, MANY) end,
    ["frombuffer"] = function() rl.frombuffer(bytes, "float32") end,
    ["totable"] = function() row:totable() end,
    ["add"] = function() rl.add(row, row) end,
    ["sum"] = function() row:sum() end,
    ["matmul"] = function() square:matmul(square) end,
    ["sort"] = function() row:sort() end,
    ["argsort"] = function() row:argsort() end,
    ["softmax of one line"] = function() row:softmax() end,
    ["softmax along the first axis"] = function() square:softmax(1) end,
    ["take"] = function() row:take(positions) end,
    ["repeat_elements"] = function() row:repeat_elements(2) end,
    ["one_hot"] = function() positions:one_hot(2) end,
    ["concatenate"] = function() rl.concatenate { row, row } end,
    ["permutation"] = function() rl.random.permutation(MANY) end,
    ["normal"] = function() rl.random.normal { MANY } end,
  }
end

local function sorted_names(work)
  local names = {}
  for name in pairs(work) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function expect_interrupt(f)
  local ok, message = faults.press(f)
  assert.is_false(ok)
  assert.matches("interrupted!$", message)
end

describe("Ctrl-C is found in the middle of", function()
  local work = tensor_work()
  for _, name in ipairs(sorted_names(work)) do
    it(name, function() expect_interrupt(work[name]) end)
  end

  for _, name in ipairs { "orthogonal", "glorot_uniform", "he_normal", "random_normal", "random_uniform" } do
    it("the initializer " .. name, function()
      local function build()
        return rl.Sequential { rl.layers.Dense { 512, input_shape = { 512 }, kernel_initializer = name } }
      end
      expect_interrupt(build)
      assert.equal(2, #build():get_weights())
    end)
  end

  it("files of arrays and CSV files, written and read", function()
    local here <close> = folder()
    local t = rl.ones { MANY }
    expect_interrupt(function() rl.save(here:path "x.npy", t) end)
    expect_interrupt(function() rl.savez(here:path "x.npz", { t }) end)
    assert.same({}, here:list())
    assert(rl.save(here:path "x.npy", t))
    assert(rl.savez(here:path "x.npz", { t }))
    local csv = here:write("x.csv", "a,b\n" .. ("1,2\n"):rep(10000))
    expect_interrupt(function() rl.load(here:path "x.npy") end)
    expect_interrupt(function() rl.load(here:path "x.npz") end)
    expect_interrupt(function() rl.utils.read_csv(csv) end)
    assert.equal(10000, rl.utils.read_csv(csv).a.size)
  end)
end)

describe("Ctrl-C within a layer", function()
  local L = rl.layers

  --- A model of one layer after another layer, and data for it.
  local function model_of(layer)
    local model = rl.Sequential { L.Identity { input_shape = { 6, 4 } }, layer, L.Flatten(), L.Dense(1) }
    model:compile { optimizer = "sgd", loss = "mse" }
    return model, rl.random.normal { { 8, 6, 4 }, seed = 3 }, rl.ones { 8, 1 }
  end

  local layers = {
    BatchNormalization = function() return L.BatchNormalization() end,
    Conv1D = function() return L.Conv1D { 3, 2 } end,
    Dense = function() return L.Dense(3) end,
    Dropout = function() return L.Dropout(0.5) end,
    LSTM = function() return L.LSTM(3) end,
    LayerNormalization = function() return L.LayerNormalization() end,
  }
  for _, name in ipairs(sorted_names(layers)) do
    it(("%s ends a step before its weights change"):format(name), function()
      local model, X, Y = model_of(layers[name]())
      model:fit(X, Y, { verbose = 0 })
      local before = model:get_weights()
      local ok = pcall(expect_interrupt, function() model:train_on_batch(X, Y) end)
      assert.is_true(ok)
      for i, weight in ipairs(model:get_weights()) do assert.is_true(weight:equal(before[i])) end
      expect_interrupt(function() model:predict(X) end)
      assert.same({ 8, 1 }, model:predict(X).shape)
    end)
  end
end)
