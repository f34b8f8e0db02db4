--- The scripts are whole examples: each runs, quickly, and shows that something was learned.
local program = arg[-1]
local scripts = debug.getinfo(1, "S").source:match "^@(.-)tests/[^/]*$" .. "scripts/"
if scripts == "scripts/" then scripts = "./scripts/" end

local function run(name, arguments)
  local command = ("'%s' '%s%s.lua' %s 2>&1"):format(program, scripts, name, arguments or "")
  local started = require "rnnlua".utils.wall_clock()
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  assert.message(text).equal(0, status)
  return text, require "rnnlua".utils.wall_clock() - started
end

describe("sequence.lua", function()
  local text = run "sequence"

  it("begins as the notebook does", function()
    local expected = {}
    for i = 0, 5 do
      expected[#expected + 1] = ("[[%s]\n [0.%d]\n [0.%d]\n [0.%d]] --> 0.%d\n"):format(i == 0 and "0. " or "0." .. i,
        i + 1, i + 2, i + 3, i + 4)
    end
    expected = table.concat(expected) .. [[
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
simple_rnn (SimpleRNN)       (None, 10)                120       
_________________________________________________________________
dense (Dense)                (None, 1)                 11        
Total params: 131
Trainable params: 131
Non-trainable params: 0
_________________________________________________________________
]]
    assert.equal(expected, text:sub(1, #expected))
  end)

  it("ends with a (6, 1) array and two (1, 1) arrays", function()
    local rest = text:match "\n_+\n(%[%[[^_]*)$"
    local numbers = {}
    for number in rest:gmatch "%-?%d+%.%d*" do numbers[#numbers + 1] = tonumber(number) end
    assert.equal(8, #numbers)
    assert.matches("^%[%[[^\n]*%]\n %[[^\n]*%]\n %[[^\n]*%]\n %[[^\n]*%]\n %[[^\n]*%]\n %[[^\n]*%]%]\n%[%[[^\n]*%]%]\n%[%[[^\n]*%]%]\n$", rest)
    -- each run starts from weights of its own, so that is all that holds for every one
    for i = 1, 8 do assert.message("prediction " .. i).near(0.5, numbers[i], 2) end
  end)
end)

describe("attention.lua", function()
  it("learns to answer, by a layer written in Lua with two inputs and a mask", function()
    local text = run "attention"
    local first, last = text:match "loss ([%d.]+) after 1 epoch, ([%d.]+) after 40"
    assert.message(text).truthy(tonumber(last) < 0.01 * tonumber(first))
    assert.matches("attend %(Attend%)", text)
  end)
end)

describe("sine.lua", function()
  it("forecasts better than the last value does", function()
    local text = run "sine"
    local model, naive = text:match "val_loss: ([%d.]+) by the model, ([%d.]+) by repeating the last value"
    assert.message(text).truthy(tonumber(model) < 0.5 * tonumber(naive))
    assert.matches("epoch 20: loss", text, 1, true)
  end)

  it("takes the number of epochs", function() assert.is_nil(run("sine", "5"):find("epoch 10", 1, true)) end)
end)

describe("classifier.lua", function()
  it("tells the clouds apart", function()
    local text = run "classifier"
    local before, after = text:match "before training: loss [%d.]+, accuracy ([%d.]+).-after training : loss [%d.]+, accuracy ([%d.]+)"
    assert.message(text).truthy(tonumber(after) > 0.9 and tonumber(after) > tonumber(before))
    for _, line in ipairs { "(0, 3) is of class 0", "(-3, -1) is of class 1", "(3, -2) is of class 2" } do
      assert.matches(line, text, 1, true)
    end
  end)
end)

describe("custom_loop.lua", function()
  it("stops early, near the noise", function()
    local text = run "custom_loop"
    assert.matches("no better since epoch %d+, stopped", text)
    assert.message(text).truthy(tonumber(text:match "\nvalidation loss ([%d.]+)") < 0.01)
  end)
end)

describe("forecast_csv.lua", function()
  it("forecasts better than the last value does", function()
    local text = run "forecast_csv"
    local model, naive = text:match "off by ([%d.]+) degrees on average; by ([%d.]+) if tomorrow is as today"
    assert.message(text).truthy(tonumber(model) < 0.5 * tonumber(naive))
    assert.matches("1460 days of temperature, pressure, wind", text, 1, true)
  end)
end)

describe("characters.lua", function()
  it("learns which character comes next, and writes at three temperatures", function()
    local text = run("characters", "12")
    local first = text:match "epoch  1: loss [%d.]+, the next character is right in (%d+) %%"
    local last = text:match "epoch 12: loss [%d.]+, the next character is right in (%d+) %%"
    assert.message(text).truthy(tonumber(first) < 40 and tonumber(last) > 70)
    for _, temperature in ipairs { "0.2", "0.7", "1.5" } do
      local written = text:match("temperature " .. temperature .. ": this is the house th(%b[])")
      assert.message(text).equal(102, #written)
    end
  end)

  it("reads a text that it is given", function()
    local name = os.tmpname()
    local file = assert(io.open(name, "w"))
    file:write(("abcabc "):rep(20))
    file:close()
    assert.matches("^140 characters, 4 of them different\n", (run("characters", "1 " .. name)))
    os.remove(name)
  end)
end)

describe("sentiment.lua", function()
  it("understands sentences that it has not seen", function()
    local text = run("sentiment", "4")
    local right, accuracy = text:match "(%d) of 6 are understood; accuracy on new sentences ([%d.]+)"
    assert.message(text).truthy(tonumber(right) >= 5 and tonumber(accuracy) > 0.9)
  end)
end)

describe("adder.lua", function()
  it("learns to write what it is taught, and answers by its states", function()
    local text = run("adder", "10 1000")
    local first = text:match "epoch  1: .-new sums: ([%d.]+) %%"
    local last = text:match "epoch 10: .-new sums: ([%d.]+) %%"
    assert.message(text).truthy(tonumber(last) > tonumber(first) + 5)
    assert.matches("\n *%d+%+%d+ = %d+", text)
    assert.matches("\n%d+ of 500 sums that it has never seen are right\n$", text)
  end)
end)

describe("anomalies.lua", function()
  it("finds what is unusual, and little else", function()
    local text = run("anomalies", "15")
    local hits, faults, alarms, clean = text:match "(%d+) of (%d+) faulty windows found, (%d+) false alarms in (%d+) healthy"
    assert.message(text).truthy(tonumber(hits) > 0.9 * tonumber(faults) and tonumber(alarms) < 0.05 * tonumber(clean))
    assert.equal(3, select(2, text:gsub(", found\n", "")))
  end)
end)

describe("tape.lua", function()
  it("trains as fit does, to the last digit", function()
    local text, lines = run "tape", 0
    for by_fit, by_tape in text:gmatch "epoch +%d+: loss by fit ([%d.e-]+), by the tape ([%d.e-]+)\n" do
      assert.equal(by_fit, by_tape)
      lines = lines + 1
    end
    assert.message(text).equal(6, lines)
    assert.matches("after 100 epochs the weights are the same", text, 1, true)
  end)
end)

describe("two_inputs.lua", function()
  it("learns both outputs", function()
    local text = run "two_inputs"
    local first, last = text:match "value_loss +first epoch ([%d.]+), last ([%d.]+)"
    assert.message(text).truthy(tonumber(last) < 0.2 * tonumber(first))
    assert.message(text).truthy(tonumber(text:match "alarm_accuracy.- on other machines ([%d.]+)") > 0.8)
  end)
end)

describe("each script", function()
  for _, name in ipairs { "sequence", "sine", "classifier", "custom_loop", "forecast_csv", "two_inputs", "tape",
    "sentiment" } do
    it(name .. " runs from any directory", function()
      local pipe = assert(io.popen(("cd / && '%s' '%s%s.lua' >/dev/null 2>&1"):format(
        program:find "^/" and program or io.popen "pwd":read "l" .. "/" .. program,
        scripts:find "^/" and "" or io.popen "pwd":read "l" .. "/" .. scripts, name)))
      local _, _, status = pipe:close()
      assert.equal(0, status)
    end)
  end
end)
