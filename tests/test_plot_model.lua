--- rl.plot.model: boxes and arrows, checked by hand, and that lines lead where the model leads.
local rl = require "rnnlua"
local graph = require "rnnlua.plot.graph"
local layout = require "rnnlua.plot.layout"
local boxes = require "rnnlua.plot.boxes"
local refused = require "support.refused"
local L = rl.layers

local UTF8 = { width = 60, utf8 = true }

local function text_of(all, look)
  local made = layout.of(all, look.width)
  return table.concat(made and boxes.draw(made, look) or boxes.list(all, look), "\n") .. "\n"
end

local function drawn(model, look) return text_of(graph.of(model), look) end

local function chain()
  return rl.Sequential { L.SimpleRNN { 10, input_shape = { 4, 1 }, name = "rnn" }, L.Dense { 1, name = "dense" } }
end

local function branches()
  local x = rl.Input { shape = { 4 }, name = "x" }
  local a = L.Dense { 3, name = "a" }(x)
  local b = L.Dense { 3, name = "b" }(a)
  return rl.Model { inputs = x, outputs = L.Add { name = "sum" } { a, b } }
end

describe("a model's picture", function()
  it("has room for wide names", function()
    local m = rl.Sequential { rl.layers.Dense { 2, input_shape = { 3 }, name = "層一" } }
    assert.matches([[
┌───────────────────────┐
│     層一 (Dense)      │
│ (None, 2) · 8 params  │
└───────────────────────┘
]], drawn(m, UTF8), 1, true)
  end)

  it("of a chain goes straight down", function()
    assert.equal([[
┌─────────────────────────┐
│          input          │
│      (None, 4, 1)       │
└────────────┬────────────┘
             ▼
┌─────────────────────────┐
│     rnn (SimpleRNN)     │
│ (None, 10) · 120 params │
└────────────┬────────────┘
             ▼
┌─────────────────────────┐
│      dense (Dense)      │
│  (None, 1) · 11 params  │
└─────────────────────────┘
]], drawn(chain(), UTF8))
  end)

  it("leads past a layer on the right", function()
    assert.equal([[
┌───────────────────────┐
│    x (InputLayer)     │
│       (None, 4)       │
└───────────┬───────────┘
            ▼
┌───────────────────────┐
│       a (Dense)       │
│ (None, 3) · 15 params │
└──────────┬────────────┘
           └─┬────────────────┐
             ▼                │
┌───────────────────────┐     │
│       b (Dense)       │     │
│ (None, 3) · 12 params │     │
└──────────┬────────────┘     │
         ┌─┘ ┌────────────────┘
         ▼   ▼
┌───────────────────────┐
│       sum (Add)       │
│       (None, 3)       │
└───────────────────────┘
]], drawn(branches(), UTF8))
  end)

  it("is a list where there is no room", function()
    assert.equal([[
x (InputLayer)
  (None, 4)
a (Dense)
  (None, 3) · 15 para…
b (Dense)
  (None, 3) · 12 para…
sum (Add)
  (None, 3) ← a, b
]], drawn(branches(), { width = 22, utf8 = true }))
  end)

  it("shows each call of a shared layer, and models inside as boxes", function()
    local shared = L.Dense { 2, name = "shared" }
    local inner = rl.Sequential { L.Dense { 2, input_shape = { 2 } }, name = "inner" }
    local p, q = rl.Input { shape = { 2 }, name = "p" }, rl.Input { shape = { 2 }, name = "q" }
    local text = drawn(rl.Model { inputs = { p, q }, outputs = L.Add {} { shared(p), inner(shared(q)) } }, UTF8)
    assert.matches("shared (Dense)", text, 1, true)
    assert.matches("shared (Dense), call 2", text, 1, true)
    assert.matches("inner (Sequential)", text, 1, true)
  end)

  it("says of layers that they are not built", function()
    assert.matches("not built", drawn(rl.Sequential { L.Dense(1) }, UTF8), 1, true)
  end)

  it("is ASCII where the locale is", function()
    local text
    rl.plot.model(branches(), { print_fn = function(t) text = t end })
    assert.matches("a (Dense)", text, 1, true)
    local ascii = text_of(graph.of(branches()), { width = 60, utf8 = false }):gsub("·", "-")
    assert.is_nil(ascii:find "[\128-\255]")
  end)

  it("of anything else is refused", function()
    refused("rl.plot.model: a model expected, got nil", function() rl.plot.model() end)
    refused("rl.plot.model: a model expected, got a table", function() rl.plot.model {} end)
    assert.error_matches(function() rl.plot.model(L.Dense(1)) end, "rl.plot.model: a model expected, got a")
    assert.error_matches(function() rl.plot.model(rl.Sequential {}) end, "has no layers")
    assert.error_matches(function() rl.plot.model(chain(), { fil = "x.svg" }) end, "did you mean 'file'?")
  end)
end)

-- lines, followed as a reader does --------------------------------------------------------------------------------

--- The characters of a picture by row and column, from 0.
local function cells_of(text)
  local cells, y = {}, 0
  for line in text:gmatch "([^\n]*)\n" do
    cells[y] = {}
    local x = 0
    for _, code in utf8.codes(line) do
      cells[y][x] = utf8.char(code)
      x = x + 1
    end
    y = y + 1
  end
  return cells
end

local DOWN = { ["│"] = "d", ["┼"] = "d", ["└"] = "r", ["┘"] = "l", ["├"] = "dr", ["┤"] = "dl", ["┴"] = "lr",
  ["●"] = "dlr", ["▼"] = "!" }
local RIGHT = { ["─"] = "r", ["┼"] = "r", ["┐"] = "d", ["┬"] = "dr", ["┴"] = "r", ["┘"] = "", ["┤"] = "d",
  ["●"] = "dr" }
local LEFT = { ["─"] = "l", ["┼"] = "l", ["┌"] = "d", ["┬"] = "dl", ["┴"] = "l", ["└"] = "", ["├"] = "d",
  ["●"] = "dl" }
local STEPS = { d = { 0, 1, DOWN }, r = { 1, 0, RIGHT }, l = { -1, 0, LEFT } }

--- Adds the arrow heads that a line leads to; it never goes up.
local function follow(cells, x, y, direction, heads)
  local dx, dy, meaning = table.unpack(STEPS[direction])
  x, y = x + dx, y + dy
  local ways = meaning[cells[y] and cells[y][x]] or error(("a line ends at %d, %d"):format(x, y))
  for way in ways:gmatch "." do
    if way == "!" then heads[#heads + 1] = { x, y } else follow(cells, x, y, way, heads) end
  end
end

local function random_boxes(count)
  local all = {}
  for i = 1, count do
    local one = { name = "b" .. i, lines = { "b" .. i, ("x"):rep(math.random(1, 12)) }, sources = {}, rank = 1 }
    for _ = 1, i > 1 and math.random(0, 3) or 0 do
      local source = all[math.random(i - 1)]
      if not one.sources[source] then one.sources[#one.sources + 1] = source end
      one.sources[source] = true
      one.rank = math.max(one.rank, source.rank + 1)
    end
    all[i] = one
  end
  return all
end

local function box_below(all, left, head)
  for _, one in ipairs(all) do
    if one.y == head[2] + 1 and one.x - left < head[1] and head[1] < one.x - left + one.width - 1 then return one end
  end
end

--- Names that the lines out of a box lead to, and those that should be there.
local function reached(all, one, cells, left)
  local heads, got, expected = {}, {}, {}
  local bottom = one.y + 3
  for x = one.x - left, one.x - left + one.width - 1 do
    if cells[bottom][x] == "┬" then follow(cells, x, bottom, "d", heads) end
  end
  for _, head in ipairs(heads) do got[#got + 1] = box_below(all, left, head).name end
  for _, reader in ipairs(all) do
    if reader.sources[one] then expected[#expected + 1] = reader.name end
  end
  table.sort(got)
  table.sort(expected)
  return expected, got
end

it("lines lead to what reads a layer, and nowhere else", function()
  math.randomseed(7)
  for _ = 1, 60 do
    local all = random_boxes(math.random(2, 14))
    local made = layout.of(all, math.huge)
    local cells = cells_of(table.concat(boxes.draw(made, UTF8), "\n") .. "\n")
    local left = math.huge
    for _, one in ipairs(all) do left = math.min(left, one.x) end
    for _, one in ipairs(all) do assert.same(reached(all, one, cells, left)) end
  end
end)
