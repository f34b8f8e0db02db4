--- Symbolic tensors: what rl.Input gives, and what layers and models give that are called on such. They have a
--- shape and stand in no memory; a model is made of what leads from some of them to others.
---
--- A call of a layer, model or Input is a node: {operation, inputs, outputs, index, training, graph}; `index` counts
--- the calls of the operation from 1, `graph` is what a called model consisted of. Fields that begin with _ are this
--- folder's own.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local shapes = require "rnnlua.shapes"
local Model = require "rnnlua.models"

local symbolic = {}

-- messages say "got a " and this
local meta = { __name = "symbolic tensor (it has no numbers: call layers on it)", __symbolic = true }

local nodes = setmetatable({}, { __mode = "k" }) -- operation -> its nodes

--- Whether a value is a symbolic tensor.
function symbolic.is(value) return getmetatable(value) == meta end

-- the tensor ---------------------------------------------------------------------------------------------

local read = {}
function read.shape(self) return { table.unpack(self._shape) } end
function read.ndim(self) return #self._shape end
function read.dtype(self) return self._dtype end
function read.name(self) return self._name end

local FIELDS = { "dtype", "name", "ndim", "shape" }

local function origin(self) return ("the output of '%s'"):format(self._node.operation.name) end

function meta.__index(self, key)
  if read[key] then return read[key](self) end
  if type(key) == "string" and key:sub(1, 1) == "_" then return nil end
  if type(key) == "string" and core.tensor_functions[key] then
    core.raise(("%s: %s is symbolic: it has no numbers; call a layer on it"):format(key, origin(self)))
  end
  core.raise(("%s is symbolic and has no field '%s'%s"):format(origin(self), tostring(key),
    options.hint(key, FIELDS)))
end

function meta.__newindex(self, key)
  core.raise(("%s is symbolic: '%s' cannot be assigned"):format(origin(self), tostring(key)))
end

function meta.__fields() return FIELDS end
function meta.__len(self) core.raise(origin(self) .. " is symbolic: it has no rows yet") end

function meta.__tostring(self)
  return ("<symbolic tensor %s of '%s'>"):format(shapes.text(self._shape), self._node.operation.name)
end

-- nodes ------------------------------------------------------------------------------------------------------

--- Writes down a call.
--- @param operation any a layer, a model or what rl.Input stands on
--- @param inputs table symbolic tensors
--- @param output_shapes table
--- @param node table|nil more fields of the node: training, graph, dtype
--- @return table the outputs
function symbolic.record(operation, inputs, output_shapes, node)
  node = node or {}
  local list = nodes[operation] or {}
  nodes[operation] = list
  node.operation, node.inputs, node.outputs, node.index = operation, inputs, {}, #list + 1
  for i, shape in ipairs(output_shapes) do
    node.outputs[i] = setmetatable({ _shape = shape, _dtype = node.dtype or "float32", _name = operation.name,
      _node = node, _index = i }, meta)
  end
  list[#list + 1] = node
  return node.outputs
end

--- All calls of an operation.
function symbolic.nodes(operation) return nodes[operation] or {} end

local function alone_or_all(tensors)
  return #tensors == 1 and tensors[1] or table.move(tensors, 1, #tensors, 1, {})
end

--- layer.input, layer.output: of the first call; a list where there are several. A layer of a Sequential is called
--- when this is asked for.
--- @param key string "input" or "output"
function symbolic.field(layer, key)
  local owner = Model._owners[layer]
  if not nodes[layer] and owner then owner:_symbolic() end
  local first = symbolic.nodes(layer)[1]
  if not first then
    core.raise(("%s (%s): there is no '%s' before the layer is called on a symbolic tensor, as rl.Input gives"):format(
      layer.name, layer.class_name, key))
  end
  return alone_or_all(key == "input" and first.inputs or first.outputs)
end

-- calling layers ---------------------------------------------------------------------------------------------

local function shapes_of(tensors)
  local list = {}
  for i, tensor in ipairs(tensors) do list[i] = tensor._shape end
  return list
end
symbolic.shapes_of = shapes_of

--- Calls a layer, which is built. Several outputs are several values.
--- @param inputs table symbolic tensors; initial states are among them
--- @param training boolean|nil overrides the model's mode
--- @param mask any refused: masks come from the layers before
local function call_layer(layer, inputs, training, mask)
  local title = ("%s (%s)"):format(layer.name, layer.class_name)
  for i, tensor in ipairs(inputs) do
    if not symbolic.is(tensor) then
      core.raise(("%s: input %d is %s among symbolic tensors"):format(title, i, options.describe(tensor)))
    end
  end
  if mask ~= nil then
    core.raise(title .. ": argument 'mask' has no meaning for symbolic tensors; their masks come from the layers before")
  end
  local outputs = symbolic.record(layer, inputs, core.build_layer(layer, shapes_of(inputs)), { training = training })
  return table.unpack(outputs)
end

core.set_hook("symbolic_call", call_layer)

-- arithmetic: what there is a layer for ---------------------------------------------------------------------------

local function layer_of(name, ...) return require "rnnlua".layers[name](...) end

--- a op b, where one is a number: its rescaling
local function rescaled(tensor, scale, offset) return layer_of("Rescaling", { scale = scale, offset = offset })(tensor) end

local function refuse(symbol, other)
  core.raise(("'%s' of a symbolic tensor and %s: there is no layer for that"):format(symbol,
    symbolic.is(other) and "another" or options.describe(other)))
end

--- A metamethod: `merge` for two symbolic tensors, scale and offset of (tensor, number) and (number, tensor).
local function arithmetic(symbol, merge, with_number, of_number)
  return function(a, b)
    local tensor, other = a, b
    if not symbolic.is(a) then tensor, other = b, a end
    if symbolic.is(other) then
      if not merge then refuse(symbol, other) end
      return layer_of(merge)({ a, b })
    end
    local scaling = tensor == a and with_number or tensor == b and of_number
    if type(other) ~= "number" or not scaling then refuse(symbol, other) end
    return rescaled(tensor, scaling(other))
  end
end

local function plus(n) return 1.0, n end
local function times(n) return n, 0.0 end
meta.__add = arithmetic("+", "Add", plus, plus)
meta.__sub = arithmetic("-", "Subtract", function(n) return 1.0, -n end, function(n) return -1.0, n end)
meta.__mul = arithmetic("*", "Multiply", times, times)
meta.__div = arithmetic("/", nil, function(n) return 1.0 / n, 0.0 end, nil)
meta.__pow = arithmetic("^")
meta.__mod = arithmetic("%")
meta.__idiv = arithmetic("//")
function meta.__unm(a) return rescaled(a, -1.0, 0.0) end

return symbolic
