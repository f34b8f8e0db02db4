--- What models show on a terminal: summary() and the progress bar as Keras', colours only where wanted.
require "rnnlua"
local terminal = require "support.terminal"

if not terminal.available then
  pending "models on a terminal (make support builds what it takes)"
  return
end

local MODEL = [[
  local rl = require "rnnlua"
  local m = rl.Sequential { rl.layers.SimpleRNN { 10, input_shape = { 4, 1 } }, rl.layers.Dense(1) }
  m:compile { optimizer = "sgd", loss = "mse", metrics = { "mae" } }
  local X, Y = rl.ones { 8, 4, 1 }, rl.ones { 8 }
]]

--- What a chunk writes to a terminal, which it is run on to its end.
local function shown(chunk, options)
  options = options or {}
  options.args = { "-e", MODEL .. chunk }
  local t = terminal.open(options)
  assert.equal(options.status or 0, t:wait())
  t:close()
  return (t.all:gsub("\r\n", "\n"))
end

describe("summary() on a terminal", function()
  it("is Keras' table in colour", function()
    local text = shown "m:summary()"
    assert.matches('\27[1mModel: "sequential"\27[0m\n┏', text, 1, true)
    assert.matches("│ simple_rnn (\27[38;5;33mSimpleRNN\27[0m)          │ (\27[38;5;45mNone\27[0m, \27[38;5;34m10\27[0m)", text, 1, true)
    assert.matches("\27[1m Total params: \27[0m\27[38;5;34m131\27[0m (524.00 B)", text, 1, true)
  end)

  it("is as wide as the terminal allows, at most 88", function()
    for columns, width in pairs { [60] = 56, [80] = 76, [200] = 88 } do
      local first = shown("m:summary()", { columns = columns }):match "\n(┏[^\n]*┓)\n"
      assert.equal(width, utf8.len(first))
    end
  end)

  it("has no colour under NO_COLOR", function()
    local text = shown("m:summary()", { env = { NO_COLOR = "1" } })
    assert.matches("│ simple_rnn (SimpleRNN)          │ (None, 10)             │           120 │", text, 1, true)
    assert.is_nil(text:find "\27")
  end)

  it("is the plain table where the locale has no UTF-8", function()
    for _, env in ipairs { { LANG = "C" }, { LC_ALL = "POSIX" }, { LANG = "de_DE.ISO-8859-1" } } do
      local text = shown("m:summary()", { env = env })
      assert.matches("\n_+\nLayer %(type%) ", text)
      assert.is_nil(text:find "[\27\128-\255]")
    end
  end)
end)

describe("the progress bar on a terminal", function()
  it("is redrawn in place and ends with all logs", function()
    local text = shown "m:fit(X, Y, { epochs = 2, batch_size = 2, validation_data = { X, Y } })"
    local bar = "\27[1m4/4\27[0m \27[32m" .. ("━"):rep(20) .. "\27[0m\27[37m\27[0m \27[1m0s\27[0m "
    local first, last = text:match "^Epoch 1/2\n(.-)Epoch 2/2\n(.-)\n$"
    for _, line in ipairs { first, last } do
      local final = line:match "\r([^\r]*)$"
      assert.equal(bar, final:sub(1, #bar))
      assert.matches("^%d+%a?s/step %- loss: %S+ %- mae: %S+ %- val_loss: %S+ %- val_mae: %S+%s*$", final:sub(#bar + 1))
      assert.truthy(select(2, line:gsub("\r", "")) >= 2)
    end
  end)

  it("has no Epoch line for one epoch, and none at all with verbose = 0", function()
    assert.is_nil(shown("m:fit(X, Y)"):find "Epoch")
    assert.equal("", shown "m:fit(X, Y, { verbose = 0 })")
  end)

  it("is there for evaluate and predict too", function()
    assert.matches("8/8\27[0m \27[32m", shown "m:evaluate(X, Y, { batch_size = 1 })", 1, true)
    assert.matches("8/8.-%d+%a?s/step *\n$", shown "m:predict(X, { batch_size = 1, verbose = 1 })")
    assert.equal("", shown "m:predict(X)")
  end)

  it("of a generator counts until it knows how many there are", function()
    local text = shown [[
      local calls = 0
      m:fit(function()
        calls = calls + 1
        if calls % 4 ~= 0 then return X, Y end
      end, nil, { epochs = 2 })]]
    assert.matches("      1/Unknown", text, 1, true)
    local _, second = text:match "^Epoch 1/2\n(.-)Epoch 2/2\n(.*)$"
    assert.is_nil(second:find "Unknown")
    assert.matches("3/3\27[0m", second, 1, true)
  end)

  --- The lines that stand on an endless screen in the end, without colours.
  local function screen(text)
    local lines, line, at = {}, {}, 1
    for mark in text:gsub("\27%[[%d;]*m", ""):gmatch(utf8.charpattern) do
      if mark == "\n" then
        lines[#lines + 1], line, at = table.concat(line):match "^(.-) *$", {}, 1
      elseif mark == "\r" then
        at = 1
      elseif mark == "\b" then
        at = math.max(1, at - 1)
      else
        line[at], at = mark, at + 1
      end
    end
    lines[#lines + 1] = table.concat(line)
    return lines
  end

  local function count(lines, wanted)
    local n = 0
    for _, line in ipairs(lines) do
      if line == wanted then n = n + 1 end
    end
    return n
  end

  --- What was written from a beginning of a line on, without colours.
  local function lines_drawn(text)
    local lines = {}
    for line in text:gsub("\27%[[%d;]*m", ""):gsub("\b", ""):gmatch "\r([^\r\n]+)" do
      if line:find "%S" then lines[#lines + 1] = line:match "^(.-) *$" end
    end
    return lines
  end

  it("gives what callbacks print lines of their own, and comes again below", function()
    local text = shown([[
      local slow = { on_train_batch_end = function(_, batch)
        if batch % 2 == 1 then print("after batch " .. batch) end
        local till = os.clock() + 0.06
        repeat until os.clock() > till
      end }
      m:fit(X, Y, { batch_size = 1, callbacks = slow })]], { columns = 120 })
    local lines = screen(text)
    for batch = 1, 7, 2 do assert.equal(1, count(lines, "after batch " .. batch)) end
    assert.equal(6, #lines)
    assert.matches("^8/8 ━━━", lines[5])
    assert.truthy(select(2, text:gsub("5/8", "")) >= 1)
  end)

  it("does not write over a line that was begun, nor over a warning", function()
    local lines = screen(shown([[
      local warn = require "rnnlua.options".warn
      m:fit(X, Y, { batch_size = 4, callbacks = { on_train_batch_end = function(_, batch)
        if batch == 0 then io.write "begun" else warn "mind this" end
      end } })]], { columns = 120 }))
    assert.equal(1, count(lines, "begun"))
    assert.equal(1, count(lines, "warning: mind this"))
    assert.matches("^2/2 ━━━", lines[3])
  end)

  it("gives way to the bar of an evaluation in a callback", function()
    local lines = screen(shown([[
      m:fit(X, Y, { batch_size = 4, callbacks = { on_train_batch_end = function() m:evaluate(X, Y) end } })]],
      { columns = 120 }))
    for i = 1, 2 do assert.matches("^1/1 ━━━[━]+ %d+s %d+%a?s/step %- loss: %S+ %- mae: %S+$", lines[i]) end
    assert.matches("^2/2 ━━━", lines[3])
    assert.equal(4, #lines)
  end)

  it("stays on one line of a narrow terminal, and ends with all metrics", function()
    local text = shown("m:fit(X, Y, { batch_size = 1, validation_data = { X, Y } })", { columns = 30 })
    local drawn = lines_drawn(text)
    for i = 1, #drawn - 1 do assert.truthy(utf8.len(drawn[i]) <= 29) end
    assert.matches("^1/8 .*%d+s %- loss: %S+$", drawn[1])
    assert.matches("loss: %S+ %- mae: %S+ %- val_loss: %S+ %- val_mae: %S+", drawn[#drawn])
  end)

  it("goes with the window, whatever COLUMNS was", function()
    local t = terminal.open { columns = 100, env = { COLUMNS = "100" }, args = { "-e", MODEL .. [[
      m:fit(X, Y, { batch_size = 1, callbacks = { on_train_batch_end = function(_, batch)
        if batch == 3 then io.read() end
      end } })]] } }
    t:expect "mae"
    t.process:resize(24, 31)
    t:type "\r"
    assert.equal(0, t:wait())
    t:close()
    local drawn = lines_drawn(t.all)
    assert.truthy(utf8.len(drawn[1]) > 31)
    assert.matches("^4/8 .*%d+s %- loss: %S+$", drawn[2])
    assert.truthy(utf8.len(drawn[2]) <= 30)
  end)

  it("has no escapes under NO_COLOR", function()
    assert.is_nil(shown("m:fit(X, Y, { epochs = 2 })", { env = { NO_COLOR = "1" } }):find "\27")
  end)
end)

describe("progress in a pipe", function()
  --- What a chunk writes to a pipe, both outputs together.
  local function piped(chunk)
    local folder <close> = require "support.folder"()
    local script = folder:write("script.lua", MODEL .. chunk)
    local pipe <close> = io.popen(("'%s' '%s' 2>&1"):format(terminal.program, script))
    return pipe:read "a"
  end

  it("is lines of text, in the order of what callbacks print", function()
    local text = piped [[
      m:fit(X, Y, { epochs = 2, batch_size = 4, callbacks = { on_epoch_end = function(_, epoch) print("end", epoch) end } })
      m:fit(X, Y, { epochs = 1, batch_size = 4, verbose = 2 })
      m:evaluate(X, Y)
      m:predict(X, { verbose = 1 })
    ]]
    assert.is_nil(text:find "[%c\128-\255]" and text:find "[^%g \t\n]")
    local form = "^end\t0\nEpoch 1/2 %- 2/2 %- [^\n]+mae: %S+\nend\t1\nEpoch 2/2 %- 2/2 %- [^\n]+\n2/2 %- [^\n]+\n"
      .. "1/1 %- [^\n]+\n1/1 %- [^\n]+\n$"
    assert.matches(form, text)
  end)
end)

describe("Ctrl-C on a terminal", function()
  it("stops a fit that shows its progress", function()
    local t = terminal.open { args = { "-e", MODEL .. [[
      local ok, message = pcall(function() m:fit(X, Y, { epochs = 10000000 }) end)
      print()
      print(ok, message, #m.history.epoch == #m.history.history.loss)]] } }
    t:expect "Epoch 20/"
    t:type "\3"
    t:expect "false\t"
    t:expect "interrupted!\ttrue"
    assert.equal(0, t:wait())
    t:close()
  end)

  local SLOW = [[
    local slow = { on_train_batch_end = function()
      local till = os.clock() + 0.01
      repeat until os.clock() > till
    end }
  ]]

  it("leaves the bar, and gives the message a line of its own that says how to go on", function()
    local t = terminal.open { columns = 120, args = { "-e", MODEL .. SLOW .. [[
      m:fit(X, Y, { epochs = 300, batch_size = 1, callbacks = slow })]] } }
    t:expect "Epoch 3/300"
    t:expect "mae"
    t:type "\3"
    assert.equal(1, t:wait())
    t:close()
    local text = t.all:gsub("\27%[[%d;]*m", ""):gsub("\r\n", "\n")
    local epoch, count = text:match "[\r\n]fit: stopped by Ctrl%-C in epoch (%d+) of 300; the weights are kept, and model.history has (%d+) epochs%. To go on from here: initial_epoch = %d+\n"
    assert.equal(tonumber(epoch), tonumber(count) + 1)
    assert.matches("initial_epoch = " .. count .. "\n[^\n]*interrupted!\nstack traceback", text)
  end)
end)
