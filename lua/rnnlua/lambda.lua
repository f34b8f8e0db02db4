--- rl.layers.Lambda: a Lua function as a layer (keras/src/layers/core/lambda_layer.py).
---
---     rl.layers.Lambda(function(x) return x * 2 end)
---     rl.layers.Lambda{ function(x, options) return x ^ options.power end, arguments = { power = 3 } }
---
--- It is a layer registered from Lua as any other. Its functions, which no declared argument can hold, are kept with the
--- component's Lua object, and found by a number, the argument `id`, from where else they are needed.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local documented = require "rnnlua.documented"

local lambda = {}

--- id -> what Lambda was given; held by the objects of components, so that they go together.
local kept = setmetatable({}, { __mode = "v" })
local count = 0

local function given_of(self)
  local given = rawget(self, "given") or kept[self.id]
  if not given then
    core.raise(("Lambda: there is no function %d in this process; give fn"):format(self.id))
  end
  return given
end

-- what the layer does -------------------------------------------------------------------------------------------------

--- What the function gets beside x: training, mask, and the arguments.
local function options_for(given, call_options, several)
  local result = { training = call_options.training, mask = call_options.mask }
  if several and result.mask then result.mask = result.mask[1] or nil end
  for name, value in pairs(given.arguments or {}) do result[name] = value end
  return result
end

local function call(self, inputs, call_options)
  local given, single = given_of(self), #inputs == 1
  return given.fn(single and inputs[1] or inputs, options_for(given, call_options, single))
end

--- nil: found by calling the function on zeros.
local function compute_output_shape(self, input_shapes)
  local wanted = given_of(self).output_shape
  if wanted == nil then return nil end
  local single = #input_shapes == 1
  if type(wanted) == "function" then return wanted(single and input_shapes[1] or input_shapes) end
  return { input_shapes[1][1], table.unpack(wanted) }
end

local function compute_mask(self, inputs, masks)
  local mask = given_of(self).mask
  if type(mask) ~= "function" then return mask end
  if #inputs == 1 then return mask(inputs[1], masks and masks[1] or nil) end
  return mask(inputs, masks)
end

local SPEC = {
  name = "Lambda", doc = "what a Lua function of x returns", inputs = { 1, 8 },
  args = { { "id", "integer", doc = "number of its function in this process" } },
  call = call, compute_output_shape = compute_output_shape, compute_mask = compute_mask,
  build = function(self) self.given = given_of(self) end,
}

--- The type, registered at the first use as a plugin of its own, so that no plugin under way takes it along.
local function type_of()
  local found = core.type("layer", "Lambda")
  if found then return found end
  local register = require "rnnlua.register"
  core.begin_plugin { name = "lambda", version = core.version, doc = "Lua functions as layers", origin = "rnnlua.lambda" }
  local ok, why = pcall(register.layer, SPEC)
  if not ok then
    core.abort_plugin()
    core.raise(why)
  end
  ok, why = core.commit_plugin()
  if not ok then core.raise("Lambda: " .. why) end
  return core.type("layer", "Lambda")
end

-- its constructor -------------------------------------------------------------------------------------------------------

local LAMBDA = {
  { "fn", "function", doc = "function(x, options) that returns a tensor; x is a list where there are several inputs; "
    .. "options has training, mask and what `arguments` has" },
  { "output_shape", "table|function",
    doc = "shape without the batch, or a function of the input shape; found by calling fn on zeros if not given" },
  { "mask", "any", doc = "the output's mask: a bool tensor, or function(x, mask) that returns one; none if not given" },
  { "arguments", "table", doc = "named values that fn gets in its options" },
}

--- Those arguments that are the type's, as name and input_shape, taken out of `named`.
local function take_others(named)
  local own, others = {}, {}
  for _, entry in ipairs(LAMBDA) do own[entry[1]] = true end
  for key, value in pairs(named) do
    if type(key) == "string" and not own[key] then
      others[key], named[key] = value, nil
    end
  end
  return others
end

local function check(given)
  local mask = given.mask
  if mask ~= nil and type(mask) ~= "function" and getmetatable(mask) ~= "tensor" then
    core.raise("Lambda: argument 'mask' must be a bool tensor or a function, got " .. options.describe(mask))
  end
  if type(given.output_shape) ~= "table" then return end
  for i, extent in ipairs(given.output_shape) do
    if not options.integer(extent) or extent < -1 then
      core.raise(("Lambda: argument 'output_shape': extent %d must be an integer >= 0, or -1 if unknown, got %s"):format(i,
        options.describe(extent)))
    end
  end
end

--- A layer that computes what a Lua function returns. Gradients come from the tensor functions used. It has no weights:
--- those of layers called in fn are not trained with the model; rl.register.layer makes layers that have some.
---
---     rl.layers.Lambda(function(x) return x * 2 end)(rl.ones{2}) --> [2. 2.]
---     rl.layers.Lambda{ function(x, options) return x ^ options.power end, arguments = { power = 3 } }
--- @return layer
function lambda.new(...)
  local arguments = { ... }
  local last, others = arguments[#arguments], {}
  if options.is_plain_table(last) then
    local named = {}
    for key, value in pairs(last) do named[key] = value end
    others = take_others(named)
    arguments[#arguments] = named
  end
  local given = options.arguments("Lambda", LAMBDA, table.unpack(arguments))
  check(given)
  if others.id == nil then
    if not given.fn then core.raise "Lambda: argument 'fn' is required, a function" end
    count = count + 1
    others.id = count
    kept[count] = given
  end
  local layer = type_of()(others)
  local object = core.layer_object(layer)
  rawset(object, "given", given.fn and given or given_of(object))
  return layer
end

documented[lambda.new] = { name = "Lambda", spec = LAMBDA, file = "lua/rnnlua/lambda.lua" }

return lambda
