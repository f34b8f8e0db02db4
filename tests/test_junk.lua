--- Every function of the host is called with arguments of every sort, drawn from a fixed seed. Nothing is
--- asked of the results; the process must live, errors must be texts that start at a script's line, and a
--- model must predict afterwards what it predicted before. Under the sanitizers this finds what no thought-out
--- test does. RNNLUA_JUNK=n makes it n times as long.
local rl = require "rnnlua"

local ROUNDS <const> = 40 * (tonumber(os.getenv "RNNLUA_JUNK") or 1)

-- ---- a random stream of the test's own: what is called may change math.random's ----------------------------

local state = 20240

local function below(n)
  state = (state * 6364136223846793005 + 1442695040888963407) & math.maxinteger
  return (state >> 33) % n + 1
end

local function pick(list) return list[below(#list)] end

-- ---- what is called ------------------------------------------------------------------------------------------

-- these print, or would change the run for the tests that follow
local LEFT_OUT <const> = { show_config = true, help = true, set_threads = true, CSVLogger = true,
  ["rl.plugins.load"] = true, ["rl.plugins.new"] = true, ["rl.plugins.found"] = true,
  save = true, savez = true, write_csv = true }

local callables = {}

local function add(name, f)
  if not LEFT_OUT[name] and not LEFT_OUT[name:match "[%w_]+$"] then callables[#callables + 1] = { name = name, f = f } end
end

local function is_callable(value) return type(value) == "function" or (getmetatable(value) or {}).__call ~= nil end

for name, value in pairs(rl) do
  if is_callable(value) then
    add("rl." .. name, value)
  elseif type(value) == "table" or type(value) == "userdata" then
    for inner, f in pairs(value) do
      if is_callable(f) then add("rl." .. name .. "." .. inner, f) end
    end
  end
end
table.sort(callables, function(a, b) return a.name < b.name end)

local model = rl.Sequential { rl.layers.Dense { 2, input_shape = { 3 } } }
model:compile { loss = "mse" }
local layer = model.layers[1]
for _, name in ipairs { "fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "set_weights",
                        "get_layer", "add", "compile", "build" } do
  add("model:" .. name, function(...)
    local m = rl.Sequential { rl.layers.Dense { 2, input_shape = { 3 } } }
    m:compile { loss = "mse" }
    return m[name](m, ...)
  end)
end
for _, name in ipairs { "set_weights", "build" } do
  add("layer:" .. name, function(...) return rl.layers.Dense(2)[name](rl.layers.Dense(2), ...) end)
end
for name, make in pairs(rl.data.Dataset) do add("rl.data.Dataset." .. name, make) end
for _, name in ipairs { "map", "filter", "take", "skip", "repeat_", "concatenate", "shuffle", "batch", "padded_batch", "unbatch",
                        "cache" } do
  add("dataset:" .. name, function(f, ...)
    if f == print then f = tostring end -- it would be called, and print
    local dataset = rl.data.Dataset.from_tensor_slices(rl.ones { 3, 2 }, { 1, 2, 3 })
    for _ in dataset[name](dataset, f, ...):take(5):iter() do end
  end)
end
for _, name in ipairs { "StandardScaler", "MinMaxScaler" } do
  add(name .. ":fit_transform", function(...) return rl.utils[name]():fit_transform(...) end)
end
for _, name in ipairs { "adapt", "encode", "decode", "set_vocabulary" } do
  add("TextVectorization:" .. name, function(...)
    local vectorize = rl.utils.TextVectorization { vocabulary = { "x" } }
    return vectorize[name](vectorize, ...)
  end)
end
add("layer()", function(...) return layer(...) end)
add("t[i]", function(i) return rl.ones { 2, 3 }[i] end)
add("t[i] = v", function(i, v) rl.ones { 2, 3 }[i] = v end)

-- ---- what it is called with --------------------------------------------------------------------------------------

local values = {
  0, 1, -1, 2, 3, 7, 0.5, -0.0, 2.0, 1e300, -1e300, 1 / 0, 0 / 0, math.maxinteger, math.mininteger, 1 << 53,
  true, false, "", "x", "float32", "int64", "bool", "relu", "mse", "adam", "sum", ("long "):rep(200), "%s%n", "\0",
  print, coroutine.create(print), io.stdout, model, layer, rl.layers.Dense, rl.optimizers.Adam(0.1),
  rl.tensor(1), rl.tensor { 1, 2, 3 }, rl.ones { 2, 3 }, rl.ones { 3, 2 }:transpose(), rl.zeros { 0 }, rl.zeros { 2, 0 },
  rl.ones({ 2, 3 }, "int64"), rl.ones({ 2, 3 }, "bool"), rl.ones { 1, 1, 1, 1, 1, 1, 1, 1 }, rl.ones { 2, 3, 2 }[{ {}, -1 }],
  rl.tensor { 0 / 0, 1 / 0, -1 / 0 }, rl.tensor { math.maxinteger, math.mininteger },
}

local names = { "axis", "keepdims", "out", "shape", "dtype", "units", "activation", "learning_rate", "name", "batch_size",
                "epochs", "verbose", "seed", "mean", "stddev", "x", "callbacks", "loss", "input_shape", "rate", 1, 2, 3 }

local function value(depth)
  local kind = below(depth < 3 and 10 or 7)
  if kind <= 7 then return pick(values) end
  local t = {}
  for _ = 1, below(4) - 1 do
    if kind == 8 then t[#t + 1] = value(depth + 1)
    else t[pick(names)] = value(depth + 1) end
  end
  if kind == 10 and below(2) == 1 then t.verbose = 0 end
  return t
end

local function arguments()
  local list = { n = below(5) - 1 }
  for i = 1, list.n do list[i] = below(12) > 1 and value(1) or nil end
  return list
end

-- ---- the calls ----------------------------------------------------------------------------------------------------

local sample = rl.tensor { { 0.5, -1, 2 } }
local reference = model:predict(sample)

--- What is called may print (fit does) or wait for input (print is among the values).
local function quietly(f)
  local old_print, old_output = print, io.output()
  io.output "/dev/null"
  print = function() end
  local results = table.pack(pcall(f))
  io.output():close()
  io.output(old_output)
  print = old_print
  return table.unpack(results, 1, results.n)
end

describe("junk is survived by", function()
  for _, callable in ipairs(callables) do
    it(callable.name, function()
      for round = 1, ROUNDS do
        local given = arguments()
        local ok, message = quietly(function() return callable.f(table.unpack(given, 1, given.n)) end)
        if not ok then
          assert.message("round " .. round).is_string(message)
          assert.message("round " .. round).is_nil(message:find("lua/rnnlua/", 1, true), message)
        end
      end
      assert.tensor_near(reference, model:predict(sample), 0)
    end)
  end
end)
