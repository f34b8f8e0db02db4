--- rl.Input: where data enters a model. It gives a symbolic tensor, which stands on an InputLayer.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local symbolic = require "rnnlua.symbolic"
local documented = require "rnnlua.documented"

-- the layer under an Input ---------------------------------------------------------------------------------

local InputLayer = { class_name = "InputLayer", kind = "layer", trainable = false, built = true }
local read = {}
local meta = { __name = "InputLayer" }

function read.name(self) return self._name end
function read.dtype(self) return self._dtype end
function read.output(self) return symbolic.field(self, "output") end
function read.output_shape(self) return shapes.batch(self._sample_shape) end
read.input, read.input_shape = read.output, read.output_shape
function read.weights() return {} end
read.trainable_weights, read.non_trainable_weights = read.weights, read.weights

function InputLayer.count_params() return 0 end
function InputLayer.get_weights() return {} end
function InputLayer.get_config(self)
  return { name = self._name, batch_shape = shapes.batch(self._sample_shape), dtype = self._dtype }
end
function InputLayer.set_weights(self, list)
  if type(list) ~= "table" or #list ~= 0 then core.raise(("%s (InputLayer): has no weights"):format(self._name)) end
end

local function fields()
  local names = {}
  for _, source in ipairs { InputLayer, read } do
    for name in pairs(source) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

function meta.__index(self, key)
  if InputLayer[key] ~= nil then return InputLayer[key] end
  if read[key] then return read[key](self) end
  if type(key) == "string" and key:sub(1, 1) == "_" then return nil end
  core.raise(("%s (InputLayer) has no field '%s'%s"):format(self._name, tostring(key), options.hint(key, fields())))
end

function meta.__fields() return fields() end
function meta.__tostring(self) return ("<InputLayer name=%s>"):format(self._name) end

--- A new one, and its symbolic tensor.
local function new_input(sample_shape, name, dtype)
  local layer = setmetatable({ _name = name or core.unique_name "input_layer", _dtype = dtype or "float32",
    _sample_shape = sample_shape }, meta)
  return symbolic.record(layer, {}, { shapes.batch(sample_shape) }, { dtype = dtype })[1]
end

-- the function -------------------------------------------------------------------------------------------------

local SPEC = {
  { "shape", "table", doc = "of one sample, the batch left out; -1 or false for an extent that may vary" },
  { "name", "string", doc = "what it is called; data may be given by it" },
  { "dtype", "string", doc = "of the data that is meant; models compute in float32 and convert", choices = { { "float32" }, { "float64" }, { "int32" }, { "int64" }, { "bool" } } },
  { "batch_size", "integer", low = 1, doc = "as Keras takes it: batches of other sizes are allowed all the same" },
  { "batch_shape", "table", doc = "the shape with the batch in front, in place of shape; the batch counts as batch_size" },
}

local function is_extent(value) return type(value) == "number" or value == false end

--- The extents, copied, with -1 for false.
local function copy_of(shape)
  local copy = { table.unpack(shape) }
  for i, extent in ipairs(copy) do copy[i] = extent or -1 end
  return copy
end

--- Where data enters a model: a symbolic tensor, whose shape has the batch in front. The shape given is that of one
--- sample; rl.Input{4, 1} is rl.Input{ shape = {4, 1} }.
---
---     rl.Input{ shape = {4, 1} }.shape[3] --> 1
--- @param shape table the shape, or all arguments by name
--- @param ... any the others by position, or a table of arguments by name
--- @return symbolic
local function Input(shape, ...)
  if select("#", ...) == 0 and type(shape) == "table" and is_extent(shape[1]) then
    local given = { shape = { table.unpack(shape) } } -- Input{4, 1}, Input{4, 1, name = "x"}
    for key, value in pairs(shape) do
      if type(key) == "string" then given[key] = value end
    end
    shape = given
  end
  local given = options.arguments("Input", SPEC, shape, ...)
  if given.batch_shape and given.shape then core.raise "Input: give 'shape' or 'batch_shape', not both" end
  if given.batch_shape and #given.batch_shape == 0 then
    core.raise "Input: argument 'batch_shape' begins with the batch, -1 or false if it may vary"
  end
  if given.batch_shape then given.shape = { table.unpack(given.batch_shape, 2) } end
  if given.shape == nil then core.raise("Input: argument 'shape' is required") end
  shape = copy_of(given.shape)
  shapes.check("Input", "shape", shape)
  return new_input(shape, given.name, given.dtype)
end

documented[Input] = { spec = SPEC }

local function is_layer(value) return getmetatable(value) == meta end

return {
  new = Input,
  is_layer = is_layer,
  --- Whether a value is what Input gave.
  is = function(value) return symbolic.is(value) and is_layer(value._node.operation) end,
  --- An Input of the same shape as another symbolic tensor.
  like = function(tensor) return new_input(shapes.sample(tensor._shape), nil, tensor._dtype) end,
  --- The Input that a config of an InputLayer describes.
  from_config = function(config) return new_input(shapes.sample(config.batch_shape), config.name, config.dtype) end,
}
