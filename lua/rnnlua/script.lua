--- What components written in Lua stand on, called from C (src/bind/script*.c): the objects they see as `self`, trying
--- a layer for its output shapes, and recording calls for their derivatives.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local script = {}

local unpack = table.unpack


-- objects ------------------------------------------------------------------------------------------------------

local methods = {}

--- The arguments that the object was made with: what the constructor takes to make an equal one.
--- @return table config
function methods.get_config(self)
  local config = {}
  for name, value in next, getmetatable(self).arguments do config[name] = value end
  return config
end

local layer_methods = { get_config = methods.get_config }

local WEIGHT = {
  { "name", "string" },
  { "shape", "table" },
  { "initializer", "any", "glorot_uniform" },
  { "regularizer", "any" },
  { "constraint", "any" },
  { "trainable", "boolean", true },
}

local function part(kind, value, who)
  return value ~= nil and core.component(kind, value, who, kind) or nil
end

local function check_weight(given)
  if type(given) ~= "table" then
    core.raise(("add_weight: a table of arguments expected, got %s"):format(options.describe(given)))
  end
  for key in next, given do
    local known, names = false, {}
    for i, entry in ipairs(WEIGHT) do
      names[i], known = entry[1], known or entry[1] == key
    end
    if not known then
      core.raise(("add_weight: unknown argument '%s'%s"):format(tostring(key), options.hint(key, names)))
    end
  end
  for _, entry in ipairs(WEIGHT) do
    local name, kind = entry[1], entry[2]
    local value = given[name]
    local required = entry[3] == nil and kind ~= "any"
    if (required or value ~= nil) and kind ~= "any" and type(value) ~= kind then
      core.raise(("add_weight: argument '%s' must be a %s, got %s"):format(name, kind, options.describe(value)))
    end
  end
end

--- Adds a weight to the layer; only while build runs.
---   name         what it is called: layer.w, and in weight files
---   shape        its extents
---   initializer  "glorot_uniform"
---   regularizer, constraint   none
---   trainable    true
--- @return tensor w of that shape: keep it in self; in each call it holds the layer's numbers
function layer_methods.add_weight(self, given)
  check_weight(given)
  local name = given.name
  local who = ("add_weight '%s'"):format(name)
  if #name == 0 or #name > 31 then core.raise(who .. ": a name has 1 to 31 bytes") end
  if getmetatable(self).declared[name] then core.raise(who .. ": the layer has an argument of that name") end
  local initializer = given.initializer == nil and "glorot_uniform" or given.initializer
  return core.add_weight(self, name, given.shape, part("initializer", initializer, who),
    part("regularizer", given.regularizer, who), part("constraint", given.constraint, who),
    given.trainable ~= false)
end

--- What objects of a type share. `names` are those of its arguments.
function script.class(kind, type_name, names)
  local declared, own = {}, kind == "layer" and layer_methods or methods
  for _, name in ipairs(names) do declared[name] = true end
  local class = { __name = type_name, declared = declared, own = own }

  function class.guard(self, key, value)
    if declared[key] or own[key] then
      core.raise(("%s: self.%s is %s and cannot be assigned"):format(type_name, key,
        declared[key] and "an argument" or "a method"))
    end
    rawset(self, key, value)
  end

  class.fallback = { __index = own }
  return class
end

--- A new `self`: fields are the script's own; behind them lie the arguments, which are read-only, then methods.
function script.object(arguments, class)
  setmetatable(arguments, class.fallback)
  return setmetatable({}, {
    __name = class.__name,
    __index = arguments,
    __newindex = class.guard,
    declared = class.declared,
    arguments = arguments,
  })
end

-- the shapes of outputs --------------------------------------------------------------------------------------------

local function is_list_of_shapes(value)
  return type(value) == "table" and type(value[1]) == "table"
end

--- What compute_output_shape says, as a list of shapes; nil where it leaves that to trying.
function script.output_shapes(compute_output_shape, self, input_shape)
  local results = { compute_output_shape(self, input_shape) }
  if results[1] == nil then return nil end
  local shapes = is_list_of_shapes(results[1]) and results[1] or results
  for _, shape in ipairs(shapes) do
    for axis, extent in ipairs(type(shape) == "table" and shape or {}) do
      if type(extent) == "number" and extent < -1 then
        error(("compute_output_shape: extent %d must be >= 0, or -1 if unknown, got %s"):format(axis, extent), 0)
      end
    end
  end
  return shapes
end

--- The shape with axis i set to sizes[i] where it is not known.
local function with_sizes(shape, sizes)
  local result = {}
  for axis, extent in ipairs(shape) do result[axis] = extent < 0 and sizes[axis] or extent end
  return result
end

--- The shapes of what call returns for zeros of these shapes.
local function shapes_of_call(call, self, shapes, several)
  local inputs = {}
  for i, shape in ipairs(shapes) do inputs[i] = core.tensor_creators.zeros(shape) end
  local outputs = table.pack(call(self, several and inputs or inputs[1], { training = false }))
  local result = {}
  for i = 1, math.max(outputs.n, 1) do
    local y = outputs[i]
    if type(y) == "table" or type(y) == "number" then y = core.tensor_creators.tensor(y) end
    if y == nil and i > 1 then break end
    if getmetatable(y) ~= "tensor" then
      error(("call: expected a tensor, got %s"):format(options.describe(y)), 0)
    end
    result[i] = y.shape
  end
  return result
end

--- How an extent depends on the inputs, given what it was for two different sizes of each axis that varies: itself,
--- -2 - (axis - 1) where it is that axis', or -1.
local function pattern(a, b, sizes_a, sizes_b)
  if a == b then return a end
  for axis = 1, #sizes_a do
    if a == sizes_a[axis] and b == sizes_b[axis] then return -1 - axis end
  end
  return -1
end

local SIZES_A <const> = { 2, 5, 7, 11, 13, 17, 19, 23 }
local SIZES_B <const> = { 3, 6, 8, 12, 14, 18, 20, 24 }

--- Builds and calls the layer on zeros.
--- @param input_shape table as build gets it; extents below 0 vary
--- @return integer[][] shapes one an output; extents as `pattern` has them
script["try"] = function(call, build, self, input_shape, several)
  if build then build(self, input_shape) end
  local shapes = several and input_shape or { input_shape }
  local small, large, varies = {}, {}, false
  for i, shape in ipairs(shapes) do
    small[i], large[i] = with_sizes(shape, SIZES_A), with_sizes(shape, SIZES_B)
    for _, extent in ipairs(shape) do varies = varies or extent < 0 end
  end
  local a = shapes_of_call(call, self, small, several)
  if not varies then return a end
  local b = shapes_of_call(call, self, large, several)
  for i, shape in ipairs(a) do
    if #a ~= #b or #shape ~= #b[i] then
      error("call: the number of outputs, or of their axes, depends on the size of the input", 0)
    end
    for axis, extent in ipairs(shape) do shape[axis] = pattern(extent, b[i][axis], SIZES_A, SIZES_B) end
  end
  return a
end

-- derivatives --------------------------------------------------------------------------------------------------------

local function vjp(f, inputs) return require "rnnlua.gradients".vjp(f, inputs) end

local function is_tensor(value) return getmetatable(value) == "tensor" end

--- dx of an activation.
function script.pull(call, x, dy, self)
  local outputs, pullback = vjp(function(v) return call(v, self) end, { x })
  if not is_tensor(outputs[1]) then
    error(("expected a tensor, got %s"):format(options.describe(outputs[1])), 0)
  end
  return pullback { dy }[1]
end

--- What a regularizer says of w, and its derivative; nil where that is zero.
function script.value_and_gradient(call, w, self)
  local outputs, pullback = vjp(function(v) return call(v, self) end, { w })
  local value = outputs[1]
  if not is_tensor(value) or value.size ~= 1 then return value, nil end
  return value, pullback { core.tensor_creators.full(value.shape, 1) }[1]
end

--- What turns the gradient of a loss' values into that of y_pred (nil: they do not depend on it), and the values.
function script.record_loss(call, y_true, y_pred, self)
  local outputs, pullback = vjp(function(v) return call(y_true, v, self) end, { y_pred })
  if not is_tensor(outputs[1]) then return nil, outputs[1] end
  return function(gradient) return pullback { gradient }[1] end, outputs[1]
end

--- A layer's call, recorded: the pullback, which finds gradients of inputs and of the layer's weights (variables to
--- every tape), and the outputs.
function script.record_layer(call, self, several, inputs, call_options)
  local outputs, pullback = vjp(function(...)
    return call(self, several and { ... } or (...), call_options)
  end, inputs)
  return pullback, unpack(outputs, 1, outputs.n)
end

return script
