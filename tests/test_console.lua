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

  it("has no escapes under NO_COLOR", function()
    assert.is_nil(shown("m:fit(X, Y, { epochs = 2 })", { env = { NO_COLOR = "1" } }):find "\27")
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
end)
