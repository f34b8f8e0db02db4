--- Times what rnnlua does beside others: `make bench`, or `build/rnnlua tests/bench/run.lua`.
---
--- Prints tables and asserts nothing. With PYTHON naming an interpreter that has them, NumPy, PyTorch and
--- Keras are timed too. Ratios compare medians with the first row of each table.
package.path = "tests/bench/?.lua;" .. package.path
local rl = require "rnnlua"
local measure = require "measure"
local sequences = require "sequences"

local program = arg[-1]
local tools = (program:match "^(.*)/" or ".") .. "/bench/"

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- What a command prints, line by line; nothing where it cannot be run.
local function lines_of(command)
  local lines = {}
  local pipe <close> = assert(io.popen(command .. " 2>/dev/null"))
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

-- ---- start-up --------------------------------------------------------------------------------------------

local function launched(rounds, names, commands)
  local lines = lines_of(tools .. "launch " .. rounds .. " " .. table.concat(commands, " -- "))
  local rows = {}
  for i, name in ipairs(names) do
    local best, median = (lines[i] or ""):match "^(%S+) (%S+)$"
    rows[i] = { name, best and tonumber(best) and { best = tonumber(best) / 1e3, median = tonumber(median) / 1e3 } }
  end
  return rows
end

local function start_up()
  local me = quote(program)
  measure.print_table("start and end", launched(60,
    { "lua5.4 -e ''", "rnnlua -e ''", "rnnlua scripts/sequence.lua" },
    { "lua5.4 -e ''", me .. " -e ''", me .. " scripts/sequence.lua" }))
  local python = os.getenv "PYTHON"
  if not python then return end
  measure.print_table("the notebook as a whole process", launched(3,
    { "rnnlua scripts/sequence.lua", "PyTorch", "Keras" },
    { me .. " scripts/sequence.lua", quote(python) .. " tests/bench/notebook_torch.py",
      quote(python) .. " tests/bench/notebook_keras.py" }))
end

-- ---- the notebook's training and prediction ---------------------------------------------------------------

local function notebook()
  local X, Y = {}, {}
  for i = 0, 5 do
    X[i + 1], Y[i + 1] = {}, (i + 4) / 10
    for j = i, i + 3 do table.insert(X[i + 1], { j / 10 }) end
  end
  local model = rl.Sequential {
    rl.layers.SimpleRNN { units = 10, input_shape = { 4, 1 } }, rl.layers.Dense(1),
  }
  model:compile { optimizer = "adam", loss = "mse" }
  return model, rl.tensor(X, "float32"), rl.tensor(Y, "float32")
end

local EPOCHS = 100

--- The step of a loop of one's own: a tape, and the optimizer.
local function taped_step(X, Y)
  local model = notebook()
  local mse, optimizer = rl.losses.MeanSquaredError {}, rl.optimizers.Adam {}
  local variables = model.trainable_variables
  return function()
    local tape, loss = rl.GradientTape(function() return mse(Y, model(X, { training = true })) end)
    optimizer:apply_gradients(tape:gradient(loss, variables), variables)
  end
end

--- The notebook's epoch written out in C: by hand for vectors, and plain.
local function bare_loops()
  local loops = {}
  for _, line in ipairs(lines_of(tools .. "bare_loop")) do
    local name, best, median = line:match "^(%S+) %S+ (%S+) (%S+)$"
    if name then loops[name] = { best = tonumber(best) / 1e6, median = tonumber(median) / 1e6 } end
  end
  return loops
end

local function divided(result, by) return { best = result.best / by, median = result.median / by } end

local function training(peers)
  local model, X, Y = notebook()
  model:fit(X, Y, { epochs = EPOCHS, verbose = 0 })
  local ours = measure.interleaved({
    fit = function() model:fit(X, Y, { epochs = EPOCHS, verbose = 0 }) end,
    batch = function() model:train_on_batch(X, Y) end,
    tape = taped_step(X, Y),
    predict = function() model:predict(X) end,
    direct = function() model:predict_on_batch(X) end,
  }, 20)
  local loops = bare_loops()
  measure.print_table("one epoch of the notebook (6 windows, 1 batch)", {
    { "a loop in C, by hand for vectors", loops.vectors },
    { "a plain loop in C", loops.plain },
    { ("rnnlua fit, epochs = %d, shuffled"):format(EPOCHS), divided(ours.fit, EPOCHS) },
    { "rnnlua train_on_batch", ours.batch },
    { "rnnlua GradientTape and apply_gradients", ours.tape },
    { "PyTorch, eager", peers["epoch PyTorch"] },
    { "Keras fit", peers["epoch Keras"] },
  })
  measure.print_table("predict of 6 windows", {
    { "rnnlua predict", ours.predict },
    { "rnnlua predict_on_batch", ours.direct },
    { "PyTorch, eager", peers["predict PyTorch"] },
    { "Keras predict", peers["predict Keras"] },
  })
end

-- ---- streams --------------------------------------------------------------------------------------------------

--- LSTM(16) of one feature, a timestep a call: alone, and a thousand sequences at once.
local function streams(peers)
  local model = rl.Sequential { rl.layers.LSTM { 16, input_shape = { -1, 1 } } }
  local with_head = rl.Sequential { rl.layers.LSTM { 16, input_shape = { -1, 1 } }, rl.layers.Dense(1) }
  local one, head, many = model:stream(), with_head:stream(), model:stream { batch = 1000 }
  local x = rl.random.normal { shape = { 1000, 1 } }
  local ours = measure.interleaved({
    one = function() return one(0.5) end,
    head = function() return head(0.5) end,
    many = function() return many(x) end,
  }, 20)
  measure.print_table("a streaming step, LSTM(16), 1 feature", {
    { "rnnlua s(x)", ours.one },
    { "rnnlua s(x), with Dense(1) behind", ours.head },
    { "PyTorch LSTMCell, no_grad", peers["stream PyTorch"] },
  })
  measure.print_table("the same for 1000 sequences in one call, a sequence", {
    { "rnnlua s(x)", divided(ours.many, 1000) },
    { "PyTorch LSTMCell, no_grad", peers["stream1000 PyTorch"] and divided(peers["stream1000 PyTorch"], 1000) },
  })
end

-- ---- tensors --------------------------------------------------------------------------------------------------

--- What a tape costs where it records, and where it only looks.
local function recording()
  local v, a = rl.Variable(rl.ones { 10, 10 }), rl.ones { 10, 10 }
  local function add() return a + a end
  local rows = { { "no tape", measure.interleaved({ it = add }, 20).it } }
  rl.GradientTape(function() rows[2] = { "a tape, of constants", measure.interleaved({ it = add }, 20).it } end)
  rows[3] = { "a tape, 100 of a variable recorded", divided(measure.interleaved({ it = function()
    rl.GradientTape(function()
      for _ = 1, 100 do local _ = v + a end
    end)
  end }, 20).it, 100) }
  measure.print_table("float32 10 x 10 add under a tape", rows)
end

local function tensors(peers)
  for _, n in ipairs { 10, 1000 } do
    local a, out = rl.ones { n, n }, rl.zeros { n, n }
    local ours = measure.interleaved({
      new = function() return a + a end,
      into = function() return a:add(a, { out = out }) end,
    }, 20)
    measure.print_table(("float32 %d x %d add"):format(n, n), {
      { "rnnlua a + a", ours.new },
      { "rnnlua a:add(a, {out=})", ours.into },
      { "NumPy", peers[("add%d numpy"):format(n)] },
      { "PyTorch", peers[("add%d PyTorch"):format(n)] },
    })
  end
  local b = rl.ones { 512, 512 }
  measure.print_table("float32 512 x 512 matmul", {
    { "rnnlua", measure.interleaved({ it = function() return b:matmul(b) end }, 10).it },
    { "NumPy", peers["matmul numpy"] },
    { "PyTorch", peers["matmul PyTorch"] },
  })
end

-- ---- components written in Lua beside their built-in twins -----------------------------------------------------

local function print_twins(title, functions, names)
  local ours = measure.interleaved(functions, 20)
  local rows = {}
  for i, name in ipairs(names) do rows[i] = { name, ours[name] } end
  measure.print_table(title, rows)
end

local function lua_bridge()
  local x = rl.random.normal { shape = { 32, 10 } }
  local activation = rl.register.activation { name = "bench_tanh", call = function(v) return v:tanh() end }
  local own, built_in = activation(), rl.activations.get "tanh"
  print_twins("tanh of 32 x 10 numbers", {
    ["built in"] = function() return built_in(x) end,
    ["the tensor function alone"] = function() return x:tanh() end,
    ["registered in Lua"] = function() return own(x) end,
  }, { "built in", "the tensor function alone", "registered in Lua" })
  rl.register.layer { name = "BenchDense", args = { { "units", "integer" } },
    build = function(self, shape)
      self.kernel = self:add_weight { name = "kernel", shape = { shape[2], self.units } }
      self.bias = self:add_weight { name = "bias", shape = { self.units }, initializer = "zeros" }
    end,
    call = function(self, v) return v:matmul(self.kernel) + self.bias end }
  local steps = {}
  local function step_of(name, layer, hidden)
    local model = rl.Sequential { layer, rl.layers.Dense(1) }
    model:compile { optimizer = "sgd", loss = "mse" }
    local y = rl.ones { 32, 1 }
    steps[name] = function() model:train_on_batch(hidden, y) end
  end
  step_of("Dense, tanh", rl.layers.Dense { 10, activation = "tanh", input_shape = { 10 } }, x)
  step_of("Dense, tanh in Lua", rl.layers.Dense { 10, activation = own, input_shape = { 10 } }, x)
  step_of("Dense in Lua, derived gradients", rl.layers.BenchDense { 10, input_shape = { 10 } }, x)
  print_twins("a training step of Dense(10), Dense(1), batch of 32", steps,
    { "Dense, tanh", "Dense, tanh in Lua", "Dense in Lua, derived gradients" })
end

-- The layer of scripts/attention.lua and its twin in C, which tests/support builds.
local function attention()
  if not rl.plugins.load(program:match "^(.*)/" .. "/support/plugin_attend.so") then return end
  rl.register.layer { name = "AttendInLua", args = { { "units", "integer" } }, inputs = 2, supports_masking = true,
    build = function(self, shapes)
      self.query = self:add_weight { name = "query", shape = { shapes[1][2], self.units } }
      self.key = self:add_weight { name = "key", shape = { shapes[2][3], self.units } }
    end,
    call = function(self, x, options)
      local agreement = (x[2]:matmul(self.key) * x[1]:matmul(self.query):expand_dims(2)):sum(-1) / math.sqrt(self.units)
      if options.mask and options.mask[2] then agreement = rl.where(options.mask[2], agreement, -1e9) end
      return (agreement:softmax(-1):expand_dims(3) * x[2]):sum(2)
    end,
    compute_mask = function() return nil end }
  local steps, names = {}, { "AttendInC", "AttendInLua" }
  local questions, lists = rl.random.normal { shape = { 32, 8 } }, rl.random.normal { shape = { 32, 20, 16 } }
  lists[{ {}, { 11, 20 } }] = 0
  for _, name in ipairs(names) do
    local question, list = rl.Input { shape = { 8 } }, rl.Input { shape = { 20, 16 } }
    local found = rl.layers[name](32) { question, rl.layers.Masking(0)(list) }
    local model = rl.Model { inputs = { question, list }, outputs = rl.layers.Dense(1)(found) }
    model:compile { optimizer = "sgd", loss = "mse" }
    local y = rl.ones { 32, 1 }
    steps[name] = function() model:train_on_batch({ questions, lists }, y) end
  end
  print_twins("a training step of attention over 20 timesteps, batch of 32", steps, names)
end

local function read_peers(script, arguments)
  local peers, python = {}, os.getenv "PYTHON"
  if not python then return peers end
  for _, line in ipairs(lines_of(quote(python) .. " tests/bench/" .. script .. (arguments or ""))) do
    local name, best, median = line:match "^(.+) (%S+) (%S+)$"
    if name and tonumber(best) then peers[name] = { best = tonumber(best), median = tonumber(median) } end
  end
  return peers
end

local function recurrent()
  local arguments = ""
  for _, work in ipairs(sequences.works) do arguments = arguments .. " " .. quote(sequences.argument(work)) end
  sequences.run(read_peers("sequences.py", arguments))
end

--- Which peers will be timed, and how to have more of them.
local function show_peers()
  local python = os.getenv "PYTHON"
  local found = python and lines_of(quote(python) .. " tests/bench/peers.py --list")[1]
  print("peers    " .. (found and found ~= "" and found or "none"))
  if found then return end
  print [[
         python3 -m venv peers && peers/bin/pip install numpy torch keras tensorflow
         make bench PYTHON=peers/bin/python        times those of them that are installed]]
end

rl.show_config()
show_peers()
start_up()
local peers = read_peers "peers.py"
training(peers)
streams(peers)
recording()
tensors(peers)
lua_bridge()
attention()
recurrent()
