--- rl.plot in the terminal: pictures as text, checked by hand, and what is refused.
local rl = require "rnnlua"
local panels = require "rnnlua.plot.panels"
local picture = require "rnnlua.plot.picture"
local refused = require "support.refused"

local ASCII = { width = 24, utf8 = false, colour = false }
local PLAIN = { width = 24, utf8 = true, colour = false }
local COLOUR = { width = 24, utf8 = true, colour = true }
local nan <const>, inf <const> = 0 / 0, 1 / 0

local function drawn(given, look) return picture.text(panels.read(given), look) end

--- The text without the line break that a long string begins with.
local function same(expected, given, look) assert.equal(expected, drawn(given, look)) end

describe("lines", function()
  it("go through the points, with round numbers at the axes and the title above", function()
    same([[
            up
4 +
2 +          ***********
  |    ******
0 +****
  +-------+------------+
          2            4
]], { y = { 0, 1, 2, 3 }, height = 4, title = "up" }, ASCII)
  end)

  it("are Braille dots where the locale has them", function()
    same([[
4 ┤
2 ┤             ⣀⣀⠤⠤⠒⠒⠊⠉
  │      ⢀⣀⠤⠔⠒⠊⠉
0 ┤⣀⠤⠤⠒⠊⠉⠁
  └───────┬────────────┬
          2            4
]], { y = { 0, 1, 2, 3 }, height = 4 }, PLAIN)
  end)

  it("of several series have markers and a legend", function()
    same([[
4 +
2 ++++++++++++**********
  |    ****** ++++++
0 +****             ++++
  +-------+------------+
          2            4
   * a  + b
]], { y = { b = { 3, 2, 1, 0 }, a = { 0, 1, 2, 3 } }, height = 4 }, ASCII)
  end)

  it("have colours instead, where there are some", function()
    local text = drawn({ y = { a = { 0, 1 }, b = { 1, 0 } }, height = 3 }, COLOUR)
    assert.matches("\27[36m━━\27[0m a  \27[33m━━\27[0m b\n", text, 1, true)
    for line in text:gsub("\27%[[%d;]*m", ""):gmatch "[^\n]+" do assert.truthy(utf8.len(line) <= 24, line) end
  end)

  it("have gaps where values are not finite, and say so", function()
    same([[
3 +        *         ***
2 +                **
1 +*
  +----------------+----
                   5
2 of 6 values are not finite
]], { y = { 1, nan, 3, inf, 2, 3 }, height = 3 }, ASCII)
  end)

  it("lie in the middle where all values are the same", function()
    same([[
8 +
7 +*********************
6 +
  ++---------+---------+
   1         2         3
]], { y = { 7, 7, 7 }, height = 3 }, ASCII)
  end)

  it("of one point are a point", function()
    same([[
8 +
7 +          *
6 +
  +----------+----------
             1
]], { y = { 7 }, height = 3 }, ASCII)
  end)

  it("are left out where no value is finite", function()
    local text = drawn({ y = { nan, -inf }, height = 3 }, ASCII)
    assert.matches("2 of 2 values are not finite", text, 1, true)
    assert.is_nil(text:find("*", 1, true))
  end)

  it("have powers of ten at a logarithmic axis", function()
    same([[
    |               ****
 10 +         ******
    |   ******
0.1 +***
    +------+-----------+
           2           4
]], { y = { 0.1, 1, 10, 100 }, height = 4, yscale = "log" }, ASCII)
    local text = drawn({ y = { 0, 1 }, yscale = "log" }, ASCII)
    assert.matches("1 of 2 values are not positive and finite", text, 1, true)
  end)

  it("are the columns of a tensor", function()
    local t = rl.tensor { { 0, 3 }, { 1, 2 }, { 2, 1 }, { 3, 0 } }
    local text = drawn({ y = t, height = 4, labels = { "a", "b" } }, ASCII)
    assert.equal(drawn({ y = { a = { 0, 1, 2, 3 }, b = { 3, 2, 1, 0 } }, height = 4 }, ASCII), text)
    local list = { { 0, 1, 2, 3 }, rl.tensor { 3, 2, 1, 0 } }
    assert.equal(text, drawn({ y = list, height = 4, labels = { "a", "b" } }, ASCII))
  end)

  it("take values of any size", function()
    for _, y in ipairs { { -1e308, 1e308 }, { 1e-320, 2e-320 }, { 1e15, 1e15 + 1 }, { 1e308, 1e308 }, { 0, 0 },
      { -5e-7, 3e-7 }, { math.maxinteger, math.mininteger }, { 5e-324, 1e-323 } } do
      local text = drawn({ y = y, height = 5 }, ASCII)
      for line in text:gmatch "[^\n]+" do assert.truthy(#line <= 24, line) end
      assert.matches("*", text, 1, true)
    end
  end)

  it("of a million points show all of their range", function()
    local y = rl.zeros { 1000000 }
    y[500000], y[500001] = 1, -1
    same([[
 1 +         *
 0 +********************
-1 +          *
   +---------+---------+
            5e5      1e6
]], { y = y, height = 3 }, ASCII)
  end)
end)

describe("points", function()
  it("stand at x and y alone", function()
    same([[
4 +       *
2 +             *      *
  |*
0 +
  ++------------+-------
   0            2
]], { y = { 1, 4, 2, 3 }, x = { 0, 1, 2, 3 }, kind = "scatter", height = 4 }, ASCII)
  end)

  it("are larger than a dot where they are few", function()
    assert.matches("⠶", drawn({ y = { 1 }, x = { 1 }, kind = "scatter", height = 1 }, PLAIN), 1, true)
  end)
end)

describe("bars", function()
  it("begin at zero, each with its name and number", function()
    same([[
   cat |    ######## 4
   dog |#### -2
a bird |    ### 1.5
]], { y = { 4, -2, 1.5 }, x = { "cat", "dog", "a bird" }, kind = "bar" }, ASCII)
  end)

  it("have fractions of a character", function()
    same([[
a │█████████████████ 4
b │████████▌ 2
]], { y = { a = 4, b = 2 }, kind = "bar" }, { width = 22, utf8 = true })
  end)

  it("of several series stand below each other", function()
    same([[
x |################# 2
  |+++++++++ 1
y |? nan
  |
   ## p
   ++ q
1 of 3 values are not finite
]], { y = { p = { 2, nan }, q = { 1 } }, x = { "x", "y" }, kind = "bar" }, ASCII)
  end)

  it("are columns where they are many", function()
    local y = {}
    for i = 1, 100 do y[i] = i <= 50 and 2 or -2 end
    same([[
 2 +**********
 0 +********************
-2 +          **********
   +---------+---------+
            50       100
]], { y = y, kind = "bar", height = 3 }, ASCII)
  end)
end)

describe("histograms", function()
  it("count as numpy.histogram does", function()
    local count = require "rnnlua.plot.histogram".count
    -- numpy.histogram([1, 1, 1, 2, 2, 3, 4], bins=3): counts 3, 2, 2
    assert.same({ 3, 2, 2 }, count({ 1, 1, 1, 2, 2, 3, 4 }, 3).counts)
    assert.same({ 2, 1 }, count({ 0, 0, nan, 1 }, 2).counts)
  end)

  it("stand on their axis", function()
    same([[
count
4 +
  |#######
2 +#####################
  |#####################
0 +-------+------------+
          2            4
]], { y = { 1, 1, 1, 2, 2, 3, 4 }, kind = "hist", bins = 3, height = 4 }, ASCII)
  end)

  it("choose round edges", function()
    local made = require "rnnlua.plot.histogram".count { 0.3, 1.2, 3.9, 9.6 }
    assert.near(0, made.low, 1e-12)
    assert.near(5, made.step, 1e-12)
    assert.same({ 3, 1 }, made.counts)
  end)
end)

describe("heatmaps", function()
  it("shade a matrix from low to high", function()
    same([[
1 |    ----|
2 |****@@@@|
    1   2
   0  .:-=+*#%@ 3
]], { y = { { 0, 1 }, { 2, 3 } }, kind = "heatmap" }, ASCII)
  end)

  it("name rows and columns, and mark what is not finite", function()
    same([[
u │    ▒▒▒▒│
v │████????│
    p   q
   0  ░▒▓█ 2
1 of 4 values are not finite
]], { y = { { 0, 1 }, { 2, nan } }, kind = "heatmap", labels = { "u", "v" }, x = { "p", "q" } }, PLAIN)
  end)

  it("are means where a matrix is larger than the terminal", function()
    local small = require "rnnlua.plot.heatmap".shrink({ { 1, 3, 5, nan }, { 1, 3, nan, nan } }, 1, 2)
    assert.same({ { 2, 5 } }, small)
    local text = drawn({ y = rl.zeros { 300, 500 }, kind = "heatmap" }, ASCII)
    for line in text:gmatch "[^\n]+" do assert.truthy(#line <= 24, line) end
  end)
end)

-- Histories -----------------------------------------------------------------------------------------------------

describe("a History", function()
  local History = require "rnnlua.history"
  local function history(logs)
    local h = History.new {}
    for epoch, entry in ipairs(logs) do h:add(epoch - 1, entry) end
    return h
  end

  it("has a picture for what belongs together, loss first", function()
    local h = history { { accuracy = 0, loss = 2, val_loss = 1 }, { accuracy = 1, loss = 0, val_loss = 1 } }
    assert.equal([[
2 +******
1 ++++++++++++++++++++++
0 +                *****
  ++-------------------+
   0                   1
   * loss  + val_loss

1.0 +              *****
0.5 +     *********
0.0 +*****
    ++-----------------+
     0                 1
            epoch
     * accuracy
]], (picture.text(panels.read(h, { height = 3 }), ASCII)))
  end)

  it("knows in which epochs the validation ran", function()
    local h = history { { loss = 1 }, { loss = 1, val_loss = 3 }, { loss = 1 }, { loss = 1, val_loss = 4 } }
    local panel = panels.read(h)[1]
    assert.same({ 0, 1, 2, 3 }, panel.series[1].x)
    assert.same({ 1, 3 }, panel.series[2].x)
  end)

  it("shows chosen logs alone", function()
    local h = history { { loss = 1, mae = 2 } }
    assert.equal(1, #panels.read(h, { metrics = { "mae" } }))
    local message = "rl.plot: the History has no log 'mea' (did you mean 'mae'?)"
    refused(message, function() rl.plot(h, { metrics = { "mea" } }) end)
  end)

  it("comes from fit", function()
    local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } } }
    model:compile { optimizer = "sgd", loss = "mse" }
    local h, text = model:fit({ { 1 } }, { { 1 } }, { epochs = 2, verbose = 0 }), nil
    rl.plot(h, { print_fn = function(t) text = t end })
    assert.matches("loss", text, 1, true)
    assert.matches("epoch", text, 1, true)
  end)

  it("without an epoch is refused", function()
    refused("rl.plot: the History is empty: no epoch was run", function() rl.plot(history {}) end)
  end)
end)

-- what is refused -----------------------------------------------------------------------------------------------

describe("plot refuses", function()
  local cases = {
    { "rl.plot: argument 'y' is required: what to draw", {} },
    { "rl.plot: argument 'y' is empty: there is nothing to draw", { y = {} } },
    { "rl.plot: argument 'y' is empty: there is nothing to draw", { y = rl.zeros { 0 } } },
    { "rl.plot: argument 'y' is empty: there is nothing to draw", { y = rl.zeros { 0, 2 }, kind = "heatmap" } },
    { "rl.plot: argument 'y' must be a list of numbers, a tensor or a table of these by name, got 'x'", { y = "x" } },
    { "rl.plot: y must be numbers, got 'b' at 2", { y = { 1, "b" } } },
    { "rl.plot: y.loss must be numbers, got 'b' at 1", { y = { loss = { "b" } } } },
    { "rl.plot: argument 'x' has 2 values, y has 3", { y = { 1, 2, 3 }, x = { 1, 2 } } },
    { "rl.plot: argument 'x' has 1 values, y (series a) has 2", { y = { a = { 1, 2 }, b = { 1 } }, x = { 1 } } },
    { "rl.plot: argument 'x' may have names with kind = \"bar\" alone", { y = { 1 }, x = { "a" } } },
    { "rl.plot: numbers by name are for kind = \"bar\"; series by name are lists or tensors", { y = { a = 1 } } },
    { "rl.plot: argument 'labels' has 1 names for 2 series", { y = { { 1 }, { 2 } }, labels = { "a" } } },
    { "rl.plot: argument 'labels' has 3 names for 1 rows",
      { y = { { 1 } }, labels = { "a", "b", "c" }, kind = "heatmap" } },
    { "rl.plot: y must have two axes, its shape is (1, 1, 1)", { y = rl.zeros { 1, 1, 1 }, kind = "heatmap" } },
    { "rl.plot: y must have one axis, its shape is (2, 2, 2)", { y = rl.zeros { 2, 2, 2 } } },
    { "rl.plot: y has 17 columns, at most 16 are drawn as series; kind = \"heatmap\" shows them all",
      { y = rl.zeros { 2, 17 } } },
    { "rl.plot: a histogram has no argument 'x'", { y = { 1 }, x = { 1 }, kind = "hist" } },
    { "rl.plot: yscale = \"log\" is for lines and points", { y = { 1 }, yscale = "log", kind = "bar" } },
    { "rl.plot: argument 'file' must end in .svg, .png, .pdf or .txt, got 'loss.jpeg'",
      { y = { 1 }, file = "loss.jpeg" } },
    { "rl.plot: argument 'x' must be a list, got 5", { y = { { 1 } }, x = 5, kind = "heatmap" } },
    { "rl.plot: unknown argument 'titel' (did you mean 'title'?)", { y = { 1 }, titel = "t" } },
    { "rl.plot: argument 'metrics' is for a History", { y = { 1 }, metrics = { "loss" } } },
  }
  for _, case in ipairs(cases) do
    it(case[1], function() refused(case[1], function() rl.plot(case[2]) end) end)
  end

  it("a kind that is none, and names the nearest", function()
    assert.error_matches(function() rl.plot { y = { 1 }, kind = "lines" } end, "did you mean 'line'?")
  end)

  it("a model, and says what draws it", function()
    refused("rl.plot: y is a model; rl.plot.model(m) draws it, rl.plot(m.history) its training",
      function() rl.plot(rl.Sequential { rl.layers.Dense(1) }) end)
  end)

  it("a name of its own that is not there", function()
    refused("rl.plot has no 'models' (did you mean 'model'?)", function() return rl.plot.models end)
  end)
end)

describe("names of wide characters", function()
  it("take two columns each, accents none", function()
    same((" "):rep(13) .. "損失\nりんご │██████████████ 2\n  cafe\u{301} │███████ 1\n",
      { y = { 2, 1 }, kind = "bar", labels = { "りんご", "cafe\u{301}" }, title = "損失" }, PLAIN)
  end)

  it("are cut where they do not fit", function()
    local lines = {}
    for line in drawn({ y = { 2, 1 }, title = ("損失"):rep(9) }, PLAIN):gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal(" " .. ("損失"):rep(5) .. "損…", lines[1]) -- 23 columns: half a character is none
  end)
end)

describe("the ways to call it", function()
  local function text_of(...)
    local text
    local given = { ... }
    given[#given].print_fn = function(t) text = t end
    rl.plot(table.unpack(given))
    return text
  end

  it("lead to one picture", function()
    local named = text_of { y = { 1, 4, 9 }, width = 30 }
    assert.equal(named, text_of({ 1, 4, 9 }, { width = 30 }))
    assert.equal(named, text_of { { 1, 4, 9 }, width = 30 })
    assert.equal(named, text_of(rl.tensor { 1, 4, 9 }, { width = 30 }))
    assert.equal(named, text_of(rl.tensor { { 1 }, { 4 }, { 9 } }, { width = 30 }))
  end)

  it("take no commands for the terminal from names", function()
    assert.is_nil(text_of({ y = { ["a\27[2J"] = { 1 } }, title = "x\27]0;y\7\nz" }):find "[\27\7]")
  end)

  it("have help", function()
    local help = require "rnnlua.help"
    assert.matches("nan and infinity leave gaps", help.text(rl.plot), 1, true)
    assert.matches("kind: string, default \"line\" (line|scatter|bar|hist|heatmap)", help.text(rl.plot), 1, true)
    assert.matches("A layer called twice has two boxes", help.text(rl.plot.model), 1, true)
    assert.matches("normalize: boolean or string", help.text(rl.plot.confusion_matrix), 1, true)
  end)
end)
