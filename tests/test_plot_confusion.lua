--- rl.plot.confusion_matrix: counts and shares by hand, what is taken for a class, and what is refused.
local rl = require "rnnlua"
local refused = require "support.refused"
local core = require "rnnlua.core"
local classes = require "rnnlua.plot.classes"
local confusion = require "rnnlua.plot.confusion"
local confusion_table = require "rnnlua.plot.confusion_table"

local ASCII = { width = 80, utf8 = false, colour = false }

--- The text of a matrix in a style of its own.
local function drawn(y_true, y_pred, given, look)
  local style, output = require "rnnlua.plot.style", nil
  local plain = style.plain
  style.plain = function() return look or ASCII end
  finally(function() style.plain = plain end)
  given = given or {}
  given.print_fn = function(text) output = text end
  rl.plot.confusion_matrix(y_true, y_pred, given)
  return output
end

describe("a confusion matrix", function()
  it("has true classes as rows and predicted ones as columns", function()
    assert.equal([[
             predicted
true        0       1       2     recall
     +------------------------+
   0 |     [2]      .       1 |    66.7%
   1 |      .      [2]      . |   100.0%
   2 |      .       1      [1]|    50.0%
     +------------------------+
       100.0%   66.7%   50.0%  precision
accuracy 71.4% (5 of 7)
]], drawn({ 0, 1, 2, 2, 1, 0, 0 }, { 0, 1, 2, 1, 1, 0, 2 }))
  end)

  it("has shares of the true class, the predicted one, or of all", function()
    local y_true, y_pred = { 0, 0, 0, 0, 1 }, { 0, 0, 0, 1, 1 }
    for _, how in ipairs { true, "true" } do
      local text = drawn(y_true, y_pred, { normalize = how, labels = { "cat", "dog" } })
      assert.matches("cat |  [0.75]   0.25 |", text, 1, true)
    end
    assert.matches("0 |  [1.00]   0.50 |", drawn(y_true, y_pred, { normalize = "pred" }), 1, true)
    assert.matches("0 |  [0.60]   0.20 |", drawn(y_true, y_pred, { normalize = "all" }), 1, true)
  end)

  it("says nothing of classes that never came or were never predicted", function()
    local text = drawn({ 0, 0 }, { 0, 0 })
    assert.matches("   1 |      .      [0]|        -", text, 1, true)
    assert.matches("       100.0%       -  precision", text, 1, true)
  end)

  it("has shades where there is colour", function()
    local text = drawn({ 0, 1 }, { 0, 0 }, {}, { width = 80, utf8 = true, colour = true })
    assert.matches("\27[97;48;5;34m      1 \27[0m", text, 1, true) -- all of class 0 was right
    assert.matches("\27[97;48;5;160m      1 \27[0m", text, 1, true) -- all of class 1 was wrong
  end)

  it("leaves out recall and precision where only the counts have room", function()
    assert.equal([[
      predicted
true     0    1
     +----------+
   0 |  [1]   . |
   1 |   1   [1]|
     +----------+
accuracy 66.7% (2 of 3)
]], drawn({ 0, 1, 1 }, { 0, 0, 1 }, {}, { width = 20, utf8 = false, colour = false }))
  end)

  it("goes closer together, then becomes shades with the pairs most often confused", function()
    local y_true, y_pred = {}, {}
    for i = 0, 59 do y_true[i + 1], y_pred[i + 1] = i % 10, i < 20 and i % 10 or (i + 1) % 10 end
    local ten = drawn(y_true, y_pred)
    assert.matches("true     0    1    2", ten, 1, true)
    local narrow = drawn(y_true, y_pred, {}, { width = 40, utf8 = false, colour = false })
    assert.matches("0 taken for 1: 4 of 6\n1 taken for 2: 4 of 6\n", narrow, 1, true)
    for _, case in ipairs { { ten, 80 }, { narrow, 40 } } do
      for line in case[1]:gmatch "[^\n]+" do assert.truthy(#line <= case[2], line) end
    end
  end)

  it("sums up to what it was given", function()
    local made = confusion.count({ 0, 1, 1, 2 }, { 0, 1, 2, 2 }, 3)
    assert.same({ { 1, 0, 0 }, { 0, 1, 1 }, { 0, 0, 1 } }, made.counts)
    assert.same({ 1, 2, 1 }, made.rows)
    assert.same({ 1, 1, 2 }, made.columns)
    assert.equal("75.0%", confusion_table.percent(made.right, made.all))
  end)
end)

describe("classes are", function()
  local function read(...) return (classes.read("f", ...)) end

  it("integers, in lists and tensors", function()
    assert.same({ 0, 2, 1 }, read({ 0, 2, 1 }, { 0, 0, 0 }))
    assert.same({ 0, 2, 1 }, read(rl.tensor { { 0.0 }, { 2.0 }, { 1.0 } }, { 0, 0, 0 }))
    assert.same({ 1, 0 }, read(rl.tensor { true, false }, { 0, 0 }))
  end)

  it("the largest of a row", function()
    assert.same({ 1, 2 }, read({ { 0, 1, 0 }, { 0, 0, 1 } }, { 0, 0 }))
    assert.same({ 1, 0 }, read(rl.tensor { { 0.2, 0.8 }, { 0.7, 0.3 } }, { 0, 0 }))
  end)

  it("1 from a probability of a half on", function()
    assert.same({ 0, 1, 1 }, read(rl.tensor { { 0.25 }, { 0.5 }, { 0.75 } }, { 0, 0, 0 }))
  end)

  it("names, in the order of labels or in their own", function()
    assert.same({ 1, 0 }, read({ "dog", "cat" }, { "cat", "cat" }))
    assert.same({ 0, 1 }, read({ "dog", "cat" }, { "cat", "cat" }, { "dog", "cat" }))
  end)
end)

describe("confusion_matrix refuses", function()
  local draw, who = rl.plot.confusion_matrix, "rl.plot.confusion_matrix: "
  local nan = 0 / 0

  it("nothing", function()
    refused(who .. "argument 'y_true' is required", function() draw() end)
    refused(who .. "argument 'y_pred' is required", function() draw({ 1 }) end)
    refused(who .. "y_true is empty", function() draw({}, {}) end)
  end)

  it("what does not match", function()
    refused(who .. "y_true has 3 samples, y_pred has 2", function() draw({ 0, 1, 2 }, { 0, 1 }) end)
    refused(who .. "there is a class 2, but argument 'labels' has 2 names (of the classes 0 to 1)",
      function() draw({ 0, 2 }, { 0, 1 }, { labels = { "a", "b" } }) end)
    refused(who .. "names on one side and numbers on the other need labels = {names of the classes 0, 1, …}",
      function() draw({ "a" }, { 0 }) end)
    refused(who .. "y_true has 'catt' at 1, which is not among the labels (did you mean 'cat'?)",
      function() draw({ "catt" }, { "cat" }, { labels = { "cat" } }) end)
  end)

  it("what is no class", function()
    refused(who .. "y_true: classes are integers from 0, got 2.5 at 2", function() draw({ 0, 2.5 }, { 0, 1 }) end)
    refused(who .. "y_true: classes are integers from 0, got -1 at 1", function() draw({ -1 }, { 0 }) end)
    refused(who .. "y_true: classes are integers from 0, got nan at 2", function() draw({ 0, nan }, { 0, 1 }) end)
    refused(who .. "y_pred has nan in it", function() draw({ 0 }, { { 0.5, nan } }) end)
    assert.error_matches(function() draw(core, { 0 }) end, "y_true")
  end)

  it("a kind of shares that is none", function()
    refused(who .. "argument 'normalize' must be one of true|pred|all, got 'tru' (did you mean 'true'?)",
      function() draw({ 0 }, { 0 }, { normalize = "tru" }) end)
  end)
end)
