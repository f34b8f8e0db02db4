--- Arguments to make a component with where nobody says any: its defaults, and for those that are required a value
--- that their type and range allow.
local core = require "rnnlua.core"

local arguments = {}

local SAMPLES <const> = { activation = "linear", initializer = "zeros", loss = "mse", optimizer = "sgd" }

--- x, or a number in the interval "[0, 1)" that is near it
local function inside(range, x)
  if not range then return x end
  local open, low, high, close = range:match "^([%[(])%s*([^,]+),%s*([^%])]+)([%])])$"
  low, high = tonumber(low) or -math.huge, tonumber(high) or math.huge
  local function fits(v)
    return (v > low or open == "[" and v == low) and (v < high or close == "]" and v == high)
  end
  if fits(x) then return x end
  if low > -math.huge and high < math.huge then return (low + high) / 2 end
  return low > -math.huge and low + 1 or high - 1
end

local function component(kind)
  if kind == "layer" then return require("rnnlua").layers.Dense(3) end
  local name = SAMPLES[kind] or core.type_names(kind)[1]
  return core.component(kind, name, "check", kind)
end

--- A value for one declared argument.
local function sample(arg)
  if arg.type == "integer" then return math.floor(inside(arg.range, 3)) end
  if arg.type == "number" or arg.type == "number or schedule" then return inside(arg.range, 0.5) end
  if arg.type == "boolean" then return true end
  if arg.type == "string" then return arg.range and arg.range:match "^[^|]+" or "x" end
  if arg.type == "shape" then return { 2, 2 } end
  if arg.type == "numbers" then return { inside(arg.range, 1) } end
  return component(arg.type)
end

--- @param made type the type object
--- @return table<string, any> # what its constructor is to be given, beside defaults
function arguments.for_type(made)
  local given = {}
  for _, arg in ipairs(core.describe(made).args) do
    if not arg.common and arg.default == nil then given[arg.name] = sample(arg) end
  end
  return given
end

return arguments
