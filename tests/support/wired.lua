--- Models of layers called on each other's outputs, several of them perhaps, from a list of calls.
local Model = require "rnnlua.models"

local Wired = {}
local meta = Model._class("Wired", Wired)

function Wired:_graph() return self._spec end

--- @param inputs table sample shapes
--- @param calls table {layer =, inputs = numbers of tensors, inputs first, from 1}; the last one's first output is the
--- model's
--- @param output integer the number of the tensor that the model puts out
return function(inputs, calls, output)
  local layers = {}
  for i, call in ipairs(calls) do layers[i] = call.layer end
  local model = setmetatable({ _name = "wired", _layers = layers,
    _spec = { inputs = inputs, calls = calls, outputs = { output } } }, meta)
  model:_rebuild()
  return model
end
