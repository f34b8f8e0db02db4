--- Cells, and RNN over them: what test_cells_golden.lua, which compares with Keras, does not see.
local rl = require "rnnlua"
local core = require "rnnlua.core"
local numeric = require "support.numeric"
local run = require "support.plugins"
require "support.cells"

local L = rl.layers
local normal = function(...) return rl.random.normal { shape = { ... } } end

local OURS = {
  { "SimpleRNN", L.SimpleRNN, L.SimpleRNNCell }, { "LSTM", L.LSTM, L.LSTMCell }, { "GRU", L.GRU, L.GRUCell },
}

--- A list of cells of all sorts, made anew.
local function mixed() return { L.LSTMCell(2), L.MinimalGatedCell(3), L.SlowFastCell(2, 3, 4) } end

local MASK = { { 1, 1, 1, 1 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 } }

local function masked(x)
  return x * rl.tensor(MASK):reshape(3, 4, 1)
end

before_each(function() rl.utils.set_random_seed(4) end)

describe("RNN over a cell of ours", function()
  local WAYS = {
    {}, { return_sequences = true, go_backwards = true }, { return_sequences = true, zero_output_for_mask = true },
    { stateful = true, return_sequences = true },
  }

  --- losses and weights of a model with that layer
  local function trained(make, weights)
    rl.utils.set_random_seed(7)
    local model = rl.Sequential { rl.Input { shape = { 4, 2 } }, L.Masking(), make(), L.Dense(2) }
    local sequences = #model.layers[2].output_shape == 3
    model:compile { optimizer = "adam", loss = "mse" }
    if weights then model:set_weights(weights) end
    rl.utils.set_random_seed(8)
    local x = masked(normal(3, 4, 2))
    local y = sequences and normal(3, 4, 2) or normal(3, 2)
    local losses = model:fit(x, y, { epochs = 4, verbose = 0, shuffle = false }).history.loss
    return losses, model:get_weights()
  end

  for _, kind in ipairs(OURS) do
    it("is " .. kind[1] .. " to the bit, dropout of a seed included", function()
      for _, way in ipairs(WAYS) do
        local function options(units)
          local list = { units, dropout = 0.3, recurrent_dropout = 0.2, seed = 3 }
          return list
        end
        local plain, over = options(5), { kind[3](options(5)) }
        for name, value in pairs(way) do plain[name], over[name] = value, value end
        local model = rl.Sequential { rl.Input { shape = { 4, 2 } }, kind[2](plain), L.Dense(2) }
        local first = model:get_weights()
        local losses, weights = trained(function() return kind[2](plain) end, first)
        local own_losses, own_weights = trained(function() return L.RNN(over) end, first)
        assert.same(losses, own_losses)
        for i, weight in ipairs(weights) do assert.tensor_near(weight, own_weights[i], 0) end
      end
    end)
  end

  it("draws the masks of dropout anew for each cell of several", function()
    local layer = L.RNN { L.SimpleRNNCell { 4, dropout = 0.5, activation = "linear" },
      L.SimpleRNNCell { 4, dropout = 0.5, activation = "linear" } }
    local x = rl.ones { 2, 3, 4 }
    assert.is_true((layer(x, { training = true }) - layer(x)):abs():max() > 0)
    assert.is_true((layer(x, { training = true }) - layer(x, { training = true })):abs():max() > 0)
  end)

  it("gives the weights that its cell has by hand", function()
    local layer, cell = L.RNN { L.LSTMCell(3), return_sequences = true, return_state = true }, L.LSTMCell(3)
    local x = normal(2, 4, 5)
    layer:build { 2, 4, 5 }
    cell:build { 2, 5 }
    cell:set_weights(layer:get_weights())
    local y, h, c
    local outputs = { layer(x) }
    for t = 1, 4 do
      if h then y, h, c = cell(x[{ {}, t }], { h, c }) else y, h, c = cell(x[{ {}, t }]) end
      assert.tensor_near(outputs[1][{ {}, t }], y, 1e-6)
    end
    assert.tensor_near(outputs[2], h, 1e-6)
    assert.tensor_near(outputs[3], c, 1e-6)
  end)
end)

describe("The gradient of", function()
  local CASES = {
    { "RNN over LSTMCell", function() return L.RNN(L.LSTMCell(3)) end },
    { "RNN over a cell written in Lua", function() return L.RNN(L.MinimalGatedCell(3)) end },
    { "RNN over a cell with two states", function() return L.RNN { L.SlowFastCell(3, 2, 2), return_sequences = true } end },
    { "RNN over cells of all sorts", function() return L.RNN { mixed(), go_backwards = true } end },
    { "RNN whose masked outputs are zeros",
      function() return L.RNN { mixed(), return_sequences = true, zero_output_for_mask = true } end },
    { "Bidirectional of RNN", function() return L.Bidirectional(L.RNN { mixed(), return_sequences = true }) end },
  }

  for _, case in ipairs(CASES) do
    it(case[1], function()
      for _, mask in ipairs { false, true } do
        local function make()
          return { rl.Input { shape = { 4, 2 } }, mask and L.Masking() or L.Identity(), L.Dense(3), case[2](), L.Dense(2) }
        end
        local x = normal(3, 4, 2)
        if mask then x = masked(x) end
        local sequences = #rl.Sequential(make()).output_shape == 3
        assert.is_true(numeric.worst(make, x, sequences and normal(3, 4, 2) or normal(3, 2)) < 3e-3)
      end
    end)
  end

  it("states, initial and returned, and of cells called by hand", function()
    local layer = L.RNN { mixed(), return_sequences = true, return_state = true }
    local sizes = { 2, 2, 3, 2, 3 }
    local inputs = { normal(3, 4, 2) }
    for i, size in ipairs(sizes) do inputs[1 + i] = normal(3, size) end
    local mask = rl.tensor(MASK)
    assert.is_true(rl.gradient_check(function(...)
      local total = 0
      for i, y in ipairs { layer({ ... }, { mask = mask }) } do total = total + (y * y):sum() * i end
      return total
    end, inputs))
    local cell = L.StackedRNNCells(mixed())
    inputs[1] = normal(3, 2)
    assert.is_true(rl.gradient_check(function(...)
      local total = 0
      for i, y in ipairs { cell { ... } } do total = total + (y * y):sum() * i end
      return total
    end, inputs))
  end)
end)

describe("RNN", function()
  it("passes every check of the host, over cells of all sorts", function()
    for _, layer in ipairs {
      L.RNN(L.MinimalGatedCell(3)), L.RNN { mixed(), return_sequences = true, go_backwards = true, stateful = true },
      L.RNN { L.SlowFastCell(3, 2, 4), return_sequences = true, return_state = true, zero_output_for_mask = true },
      L.RNN { L.GRUCell(2), L.LSTMCell(2), go_backwards = true, return_sequences = true },
      L.StackedRNNCells(mixed()), L.Bidirectional(L.RNN { L.SlowFastCell(2, 3, 2), return_state = true }),
    } do
      local ok, message = core.check(layer)
      assert.message(tostring(layer) .. ": " .. tostring(message)).is_true(ok)
    end
  end)

  it("takes cells of plugins in C", function()
    if not rl.plugins.load(run.support .. "plugin_leaky.so") then return pending "tests/support is not built" end
    local ok, message = core.check(L.RNN { L.LeakyCell(3), return_sequences = true })
    assert.message(message).is_true(ok)
    local layer = L.RNN { L.LeakyCell { 1, keep = 0.25 }, return_sequences = true }
    layer:build { 1, 2, 1 }
    layer:set_weights { rl.tensor { { 1.0 } } }
    local first = 0.75 * math.tanh(0.5)
    assert.tensor_near({ { { first }, { 0.25 * first + 0.75 * math.tanh(-1) } } }, layer(rl.tensor { { { 0.5 }, { -1 } } }),
      1e-6)
  end)

  it("is made anew from its config, over one cell or a list", function()
    for _, cells in ipairs { L.LSTMCell { 3, use_bias = false }, mixed(), { L.GRUCell(2) } } do
      local layer = L.RNN { cells, return_sequences = true }
      local again = L.RNN(layer:get_config())
      assert.same(layer:get_config(), again:get_config())
      local x = normal(2, 3, 2)
      layer(x)
      again:build { 2, 3, 2 }
      again:set_weights(layer:get_weights())
      assert.tensor_near(layer(x), again(x), 0)
    end
    assert.equal("LSTMCell", L.RNN(L.LSTMCell(2)):get_config().cell.class_name)
    assert.equal("GRUCell", L.RNN { L.GRUCell(1), L.GRUCell(2) }.cell[2].class_name)
    assert.equal(2, L.RNN(L.LSTMCell(2)).cell.units)
    local stacked = L.StackedRNNCells(mixed())
    assert.same(stacked:get_config().cells, L.StackedRNNCells(stacked:get_config()):get_config().cells)
  end)

  it("takes its cells in any way that arguments come", function()
    local function cells() return { L.GRUCell(2), L.LSTMCell(3) } end
    for _, layer in ipairs {
      L.RNN(cells()), L.RNN { cells() }, L.RNN { cell = cells() }, L.RNN(cells(), { name = "x" }), L.RNN(table.unpack { cells() }),
      L.RNN { L.GRUCell(2), L.LSTMCell(3), name = "y" }, L.RNN(L.StackedRNNCells(cells())),
      L.RNN { L.StackedRNNCells { cells = cells() } }, L.RNN { cell = { L.StackedRNNCells { L.GRUCell(2) }, L.LSTMCell(3) } },
      L.RNN { L.RNN { cells() }:get_config().cell },
    } do
      layer:build { 2, 3, 4 }
      local shapes = {}
      for i, weight in ipairs(layer:get_weights()) do shapes[i] = weight.shape end
      assert.same({ { 4, 6 }, { 2, 6 }, { 2, 6 }, { 2, 12 }, { 3, 12 }, { 12 } }, shapes)
    end
    assert.same({ 2, 5 }, L.RNN(L.MinimalRNNCell(5), { return_sequences = false }):compute_output_shape { 2, 3, 4 })
  end)

  it("saves and loads its weights within a model, and sums up", function()
    local function model()
      return rl.Sequential { rl.Input { shape = { 4, 2 } }, L.RNN { mixed(), name = "over" }, L.Dense(1) }
    end
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local one, other, x = model(), model(), normal(3, 4, 2)
    assert.is_true((one:predict(x) - other:predict(x)):abs():max() > 0)
    one:save_weights(path .. ".npz")
    finally(function() os.remove(path .. ".npz") end)
    other:load_weights(path .. ".npz")
    assert.tensor_near(one:predict(x), other:predict(x), 0)
    local again = rl.Sequential.from_config(one:get_config())
    again:set_weights(one:get_weights())
    assert.tensor_near(one:predict(x), again:predict(x), 0)
    local lines = {}
    one:summary { print_fn = function(line) lines[#lines + 1] = line end }
    assert.matches("over %(RNN%) +%(None, 4%)", table.concat(lines, "\n"))
  end)

  it("is streamed, stateful or not", function()
    for _, stateful in ipairs { false, true } do
      local model = rl.Sequential { rl.Input { shape = { 4, 2 } }, L.RNN { mixed(), stateful = stateful }, L.Dense(1) }
      local x, stream = normal(1, 4, 2), model:stream()
      local y
      for _ = 1, 2 do
        for t = 1, 4 do y = stream(x[{ 1, t }]) end
        assert.near(model:predict(x)[{ 1, 1 }], y, 1e-6)
        stream:reset()
        model:reset_states()
      end
    end
  end)

  it("stands in functional models, its states going in and out", function()
    local x, h, c = rl.Input { shape = { 4, 2 } }, rl.Input { shape = { 3 } }, rl.Input { shape = { 3 } }
    local encoder = L.RNN { L.LSTMCell(3), return_state = true }
    local _, encoded_h, encoded_c = encoder(x, { initial_state = { h, c } })
    local y = L.RNN { L.LSTMCell(3), return_sequences = true }(x, { initial_state = { encoded_h, encoded_c } })
    local model = rl.Model { inputs = { x, h, c }, outputs = y }
    model:compile { optimizer = "sgd", loss = "mse" }
    local data = { normal(5, 4, 2), normal(5, 3), normal(5, 3) }
    local losses = model:fit(data, normal(5, 4, 3), { epochs = 3, verbose = 0 }).history.loss
    assert.is_true(losses[3] < losses[1])
    local again = rl.Model.from_config(model:get_config())
    again:set_weights(model:get_weights())
    assert.tensor_near(model:predict(data), again:predict(data), 0)
  end)

  it("takes a cell as a layer of a model too", function()
    local x, h, c = rl.Input { shape = { 3 } }, rl.Input { shape = { 2 } }, rl.Input { shape = { 2 } }
    local cell = L.LSTMCell(2)
    local y, new_h, new_c = cell(x, { h, c })
    local model = rl.Model { inputs = { x, h, c }, outputs = { y, new_h, new_c } }
    local data = { normal(4, 3), normal(4, 2), normal(4, 2) }
    for i, output in ipairs { cell(data[1], { data[2], data[3] }) } do
      assert.tensor_near(output, model:predict(data)[i], 0)
    end
  end)

  it("tells in help what it takes", function()
    local text = require "rnnlua.help".text(L.RNN)
    assert.matches("cell: layer or list of layers, required", text, 1, true)
    assert.matches("StackedRNNCells", text, 1, true)
    assert.equal("<RNN cell={GRUCell(units=2), LSTMCell(units=3)} name=r>",
      tostring(L.RNN { L.GRUCell(2), L.LSTMCell(3), name = "r" }))
  end)
end)

describe("A cell", function()
  it("tells its state_size, as Keras has it", function()
    assert.equal(3, L.GRUCell(3).state_size)
    assert.same({ 2, 2 }, L.LSTMCell(2).state_size)
    assert.same({ 3, 2 }, L.SlowFastCell(3, 2, 4).state_size)
    assert.equal(5, L.MinimalRNNCell(5).state_size)
    assert.same({ 2, 2, 3, 2, 3 }, L.StackedRNNCells(mixed()).state_size)
    assert.error_matches(function() return L.LSTM(2).state_size end, "has no field 'state_size'")
  end)

  it("called on x alone begins with zeros", function()
    for _, cell in ipairs { L.LSTMCell(2), L.SlowFastCell(2, 2, 3), L.StackedRNNCells { L.GRUCell(2), L.MinimalRNNCell(2) } } do
      local x, zeros = normal(3, 4), rl.zeros { 3, 2 }
      local alone, given = { cell(x) }, { cell(x, { zeros, zeros }) }
      for i, y in ipairs(given) do assert.tensor_near(y, alone[i], 0) end
    end
  end)

  it("may return states behind y, without a list, and have its own backward", function()
    rl.register.layer { name = "ExplicitCell", args = { { "units", "integer" } },
      state_size = function(self) return { self.units } end,
      build = function(self, input_shape)
        self.w = self:add_weight { name = "w", shape = { input_shape[2], self.units } }
      end,
      call = function(self, x, states)
        local y = x:matmul(self.w) + states[1] * 0.5
        return y, y
      end,
      compute_output_shape = function(self, input_shape) return { input_shape[1], self.units } end,
      backward = function(self, x, _, dy)
        local sum = dy[1] + dy[2]
        return { sum:matmul(self.w:transpose()), sum * 0.5 }, { w = x[1]:transpose():matmul(sum) }
      end }
    local ok, message = core.check(L.RNN { L.ExplicitCell(3), return_sequences = true })
    assert.message(message).is_true(ok)
  end)

  it("written in Lua keeps the initializers of both directions until all weights are filled", function()
    rl.register.layer { name = "CollectingCell", state_size = 2,
      build = function(self, input_shape)
        collectgarbage()
        self.w = self:add_weight { name = "w", shape = { input_shape[2], 2 }, initializer = rl.initializers.Constant(0.5),
                                   regularizer = rl.regularizers.L2(0.1) }
        collectgarbage()
      end,
      call = function(self, x) return x:matmul(self.w), { x:matmul(self.w) } end }
    local layer = L.Bidirectional(L.RNN(L.CollectingCell()))
    layer:build { 2, 3, 4 }
    for _, weight in ipairs(layer:get_weights()) do assert.tensor_near(rl.full({ 4, 2 }, 0.5), weight, 0) end
  end)

  it("keeps what the weights of each layer made of it need", function()
    rl.register.layer { name = "PenalizedCell", state_size = 2,
      build = function(self, shape)
        self.w = self:add_weight { name = "w", shape = { 2, 2 }, regularizer = rl.regularizers.L2(0.1),
                                   constraint = rl.constraints.MaxNorm(2) }
      end,
      call = function(self, x, states)
        local h = rl.tanh(x:matmul(self.w) + states[1])
        return h, { h }
      end }
    local cell = L.PenalizedCell()
    local models = {}
    for i = 1, 3 do
      models[i] = rl.Sequential { rl.Input { shape = { 4, 2 } }, L.RNN(cell), L.Dense(1) }
      models[i]:compile { optimizer = "sgd", loss = "mse" }
    end
    for _ = 1, 3 do
      collectgarbage()
      for i = 1, 3 do
        local loss = models[i]:train_on_batch(normal(3, 4, 2), normal(3, 1))
        assert.is_true(loss == loss and loss < 100)
      end
    end
  end)

  it("written in Lua may draw random numbers while training", function()
    rl.register.layer { name = "NoisyCell", state_size = 2,
      call = function(_, x, states, options)
        local y = x * 0.5 + states[1]
        if options.training then y = y + rl.random.normal { shape = y.shape } end
        return y, { y }
      end }
    local layer, x = L.RNN(L.NoisyCell()), normal(3, 4, 2)
    assert.tensor_near(x:sum(2) * 0.5, layer(x), 1e-6)
    assert.is_true((layer(x, { training = true }) - layer(x)):abs():max() > 0.01)
  end)
end)

describe("What is no cell, or a wrong call of one,", function()
  local function refuses(what, message, f)
    it("is refused: " .. what, function()
      local ok, got = pcall(f)
      assert.is_false(ok)
      assert.matches(message, got, 1, true)
      assert.matches("test_cells.lua:", got, 1, true)
    end)
  end

  refuses("nothing", "RNN: argument 'cell' is required", function() L.RNN {} end)
  refuses("nil by name", "RNN: argument 'cell' is required", function() L.RNN { cell = nil } end)
  refuses("an empty list", "RNN: argument 'cell' must be a list of cells, got an empty one", function() L.RNN { {} } end)
  refuses("an empty list of cells", "StackedRNNCells: argument 'cells' must be a list of cells, got an empty one",
    function() L.StackedRNNCells { cells = {} } end)
  refuses("a layer", "RNN: argument 'cell' must be a cell, as LSTMCell, or a list of cells, got Dense",
    function() L.RNN(L.Dense(3)) end)
  refuses("a recurrent layer", "or a list of cells, got LSTM", function() L.RNN(L.LSTM(3)) end)
  refuses("a layer among cells", "or a list of cells, got Dense", function() L.RNN { { L.LSTMCell(2), L.Dense(3) } } end)
  refuses("a number", "RNN: argument 'cell' must be a name or object of kind layer, got 3", function() L.RNN(3) end)
  refuses("a number among cells", "'cell' must be a name or object of kind layer, got 3",
    function() L.RNN { { L.LSTMCell(2), 3 } } end)
  refuses("a regularizer", "got L2, of kind regularizer", function() L.RNN(rl.regularizers.L2(0.1)) end)
  refuses("a list with a hole", "must be a list of objects", function() L.RNN { cell = { L.LSTMCell(2), [3] = L.LSTMCell(2) } } end)
  refuses("the same cell twice", "RNN: argument 'cell' has the same LSTMCell twice", function()
    local cell = L.LSTMCell(2)
    L.RNN { cell, cell }
  end)
  refuses("too many states", "at most 8 states of all cells together", function()
    local cells = {}
    for i = 1, 5 do cells[i] = L.LSTMCell(2) end
    L.RNN(cells)
  end)
  refuses("too many outputs", "at most 8 outputs are supported", function()
    local cells = {}
    for i = 1, 4 do cells[i] = L.LSTMCell(2) end
    L.RNN({ table.unpack(cells) }, { return_state = true })(normal(2, 3, 2))
  end)
  refuses("too many states of both directions", "Bidirectional: at most 8 states of stateful layers are supported, got 10",
    function() L.Bidirectional(L.RNN { mixed(), stateful = true }) end)
  refuses("too few states", "expected 1 input, or 3 with the initial states, got 2",
    function() L.RNN(L.LSTMCell(2)) { normal(2, 3, 4), normal(2, 2) } end)
  refuses("a state of another size", "expected an initial state of shape (2, 2), got (2, 3)",
    function() L.RNN { { L.MinimalRNNCell(2) } }({ normal(2, 3, 4), normal(2, 3) }) end)
  refuses("no timesteps", "expected (batch, timesteps, features), got (2, 3)", function()
    L.RNN(L.MinimalRNNCell(2))(normal(2, 3))
  end)
  refuses("too few states of a cell", "expected x and 2 states, got 2 inputs",
    function() L.LSTMCell(2)(normal(3, 4), { normal(3, 2) }) end)
  refuses("a sequence for a cell", "expected one timestep, (batch, features), got (2, 3, 4)",
    function() L.GRUCell(2)(normal(2, 3, 4)) end)
  refuses("a sequence for a cell written in Lua", "expected one timestep, (batch, features), got (2, 3, 4)",
    function() L.MinimalRNNCell(2)(normal(2, 3, 4)) end)
  refuses("a state of another size for a cell written in Lua", "expected state 1 of shape (3, 2), got (3, 5)",
    function() L.MinimalRNNCell(2)(normal(3, 4), { normal(3, 5) }) end)
  refuses("a mask for a cell", "takes no mask",
    function() L.GRUCell(2)(normal(2, 3), { mask = rl.ones { 2, 3 } }) end)
  refuses("other features", "was built for", function()
    local layer = L.RNN(L.LSTMCell(2))
    layer(normal(2, 3, 4))
    layer(normal(2, 3, 5))
  end)

  local count = 0
  local function cell(spec)
    count = count + 1
    spec.name = "WrongCell" .. count
    return rl.register.layer(spec)
  end
  local function give(_, x, states) return x, states end

  refuses("a state_size of text", "field 'state_size' must be a number or a table or a function, got 'x'",
    function() cell { call = give, state_size = "x" } end)
  refuses("a state_size of 0", "state_size must be a whole number of at least 1", function() cell { call = give, state_size = 0 } end)
  refuses("an empty state_size", "state_size must have 1 to 7 numbers, got 0", function() cell { call = give, state_size = {} } end)
  refuses("inputs beside state_size", "field 'inputs' does not go with state_size",
    function() cell { call = give, state_size = 1, inputs = 2 } end)
  refuses("a state_size that fails", "no size today", function()
    cell { call = give, state_size = function() error "no size today" end }()
  end)
  refuses("a state_size that gives nothing", "state_size must be a whole number of at least 1, or a list of such, got nil",
    function() cell { call = give, state_size = function() end }() end)
  refuses("a call that gives no states", "call: expected y and 1 state, got 1 value",
    function() L.RNN(cell { call = function(_, x) return x end, state_size = 2 }())(normal(2, 3, 2)) end)
  refuses("a call that gives a state another size", "call: expected state 1 of shape (2, 2), got (2, 3)",
    function() L.RNN(cell { call = function(_, x) return x, { x } end, state_size = 2 }())(normal(2, 4, 3)) end)
  refuses("a call that fails in the middle", "not today", function()
    local calls = 0
    local layer = L.RNN(cell { state_size = 2, call = function(_, x, states)
      calls = calls + 1
      if calls > 4 then error "not today" end
      return x, states
    end }())
    layer(normal(2, 9, 2))
  end)
end)
