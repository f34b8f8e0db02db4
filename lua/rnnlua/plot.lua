--- rl.plot: pictures in the terminal, or in a file.
---
---     rl.plot(model.history)
---     rl.plot{ y = { sine = a, cosine = b }, x = t, title = "two waves" }
---     rl.plot{ y = { 3, 5 }, x = { "cat", "dog" }, kind = "bar", file = "pets.svg" }
---     rl.plot.model(model)
---     rl.plot.confusion_matrix(y_true, model:predict(x))
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local documented = require "rnnlua.documented"
local panels = require "rnnlua.plot.panels"
local output = require "rnnlua.plot.output"

local function call(_, first, given)
  local drawn, read = panels.read(first, given)
  return output.show("rl.plot", drawn, read)
end

local fields = {
  model = function() return require "rnnlua.plot.model".model end,
  confusion_matrix = function() return require "rnnlua.plot.confusion".confusion_matrix end,
}

local meta = { __name = "rl.plot", __call = call }

function meta.__index(self, key)
  if fields[key] then
    rawset(self, key, fields[key]())
    return rawget(self, key)
  end
  if type(key) ~= "string" then return nil end
  core.raise(("rl.plot has no '%s'%s"):format(key, options.hint(key, meta.__fields())))
end

function meta.__fields() return { "confusion_matrix", "model" } end

function meta.__tostring() return "<rl.plot>" end

local plot = setmetatable({}, meta)

local function declare(name, spec) documented[plot] = { name = name, spec = spec, file = "lua/rnnlua/plot.lua" } end

--- Draws y, or the History that fit returned, with what follows by name in a table:
---
---     local t = rl.linspace(0, 6, 50)
---     rl.plot{ y = { sine = t:sin(), cosine = t:cos() }, x = t, kind = "scatter", title = "both" }
---
--- Of a History: rl.plot(history, { file = "loss.png" }). y is a list of numbers, a tensor {n} (or {n, k}: a series a
--- column), a list of these or a table of them by name;
--- for a heatmap a matrix; for bars also numbers by name. nan and infinity leave gaps. Without `file` the picture
--- goes to standard output: in Braille dots, blocks and colours on a terminal, in plain characters elsewhere. Files
--- are drawn by gnuplot, but for .txt. Returns nothing; for a file true, or nil and a message where it can't be
--- written.
declare("plot", panels.SPEC)

return plot
