--- rl.plot.model: a model's layers as boxes, with arrows from each to what reads it.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local Model = require "rnnlua.models"
local boxes = require "rnnlua.plot.boxes"
local graph = require "rnnlua.plot.graph"
local layout = require "rnnlua.plot.layout"
local output = require "rnnlua.plot.output"

local plot = {}

local WHO <const> = "rl.plot.model"

plot.SPEC = {
  { "file", "string", doc = "where to: a path that ends in .svg, .png, .pdf or .txt; standard output if not given" },
  { "width", "integer", low = 1, high = 10000,
    doc = "columns (default: the terminal's, at most 80); in a file pixels, as wide as may be (default: as it needs)" },
  { "height", "integer", low = 1, high = 10000, doc = "of a file, in pixels, as high as may be" },
  { "print_fn", "function", doc = "gets the text instead of standard output" },
}

local function text_of(all, look)
  local plain = not look.utf8
  for _, one in ipairs(plain and all or {}) do
    for i, line in ipairs(one.lines) do one.lines[i] = line:gsub("·", "-") end
  end
  local made = layout.of(all, look.width)
  return table.concat(made and boxes.draw(made, look) or boxes.list(all, look), "\n") .. "\n"
end

--- Draws a model: boxes with name, type, output shape and parameters of each layer, arrows from each to what reads
--- it.
---
---     local model = rl.Sequential{ rl.layers.LSTM{ 8, input_shape = {4, 1} }, rl.layers.Dense(1) }
---     rl.plot.model(model)
---
--- A layer called twice has two boxes. Lines that cross do not meet. A model too
--- wide for the terminal is a list. Files are drawn by Graphviz' dot or, where that is not found, by gnuplot. Returns
--- nothing; for a file true, or nil and a message where it can't be written.
--- @param model table Sequential or Model
--- @param given table|nil arguments by name
function plot.model(model, given)
  if type(model) ~= "table" or rawequal(model, Model) or type(rawget(model, "_layers")) ~= "table" then
    core.raise(("%s: a model expected, got %s"):format(WHO, options.describe(model)))
  end
  given = options.read(WHO, plot.SPEC, given)
  local all = graph.of(model)
  if #all == 0 then core.raise(("%s: model '%s' has no layers"):format(WHO, model.name)) end
  if given.file and output.ending(WHO, given.file) ~= "txt" then
    return require "rnnlua.plot.model_file".write(WHO, all, given)
  end
  return output.text(WHO, given, function(look) return text_of(all, look) end)
end

return plot
