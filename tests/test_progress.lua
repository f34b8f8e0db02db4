--- The progress bar: the bytes Keras' Progbar writes, at the same times.
require "rnnlua"
local Progress = require "rnnlua.progress"
local golden = require "support.golden"

--- Plays the steps of a case; returns what was written.
local function play(case, options)
  local now, texts = 1000, {}
  local bar = Progress.new {
    target = case.target, style = case.style, label = options.label, colour = options.colour, utf8 = options.utf8,
    clock = function() return now end,
    write = function(text) texts[#texts + 1] = text end,
  }
  local seen = 0
  for _, step in ipairs(case.steps) do
    now = 1000 + step.seconds
    if step.step == "end" then
      bar:update(case.target or seen, step.logs, true)
    else
      seen = step.step
      bar:update(seen, step.logs)
    end
  end
  return texts
end

describe("the bar", function()
  for _, case in ipairs(golden "keras_console".progress) do
    it("writes what Keras writes: " .. case.name, function()
      local texts = play(case, { colour = true, utf8 = true })
      for i = 1, math.max(#texts, #case.texts) do assert.equal(case.texts[i], texts[i]) end
    end)
  end

  local three = golden "keras_console".progress[1]

  it("has no escapes without colour, and no UTF-8 where there is none", function()
    local texts = play(three, { colour = false, utf8 = false })
    assert.equal("\r1/3 ======.............. 1s 500ms/step - loss: 0.2500 - mae: 0.5000", texts[1])
    for _, text in ipairs(texts) do assert.is_nil(text:find "[\27\128-\255]") end
  end)

  it("is one line an epoch, without control characters, for a pipe", function()
    local case = { target = 3, style = "plain", steps = three.steps }
    local text = table.concat(play(case, { label = "Epoch 2/5", colour = true, utf8 = true }))
    assert.equal("Epoch 2/5 - 3/3 - 1s - 417ms/step - loss: 1.0000e-03 - mae: 0.3000 - val_loss: 123456.7890"
      .. " - val_mae: -5.0000e-01\n", text)
  end)
end)

describe("verbose", function()
  it("decides the style", function()
    assert.is_nil(Progress.style(0, true))
    assert.is_nil(Progress.style(false, true))
    assert.equal("bar", Progress.style("auto", true))
    assert.equal("bar", Progress.style(1, true))
    assert.equal("plain", Progress.style("auto", false))
    assert.equal("plain", Progress.style(1, false))
    assert.equal("lines", Progress.style(2, true))
    assert.equal("lines", Progress.style(2, false))
  end)
end)
