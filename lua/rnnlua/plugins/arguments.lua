--- Arguments to make a component with where nobody says any: its defaults, and for those that are required a value
--- that their type and range allow.
local core = require "rnnlua.core"

local arguments = {}

--- One of each kind that any of that kind may stand for.
local SAMPLES <const> = { activation = "tanh", initializer = "GlorotUniform", regularizer = "L2", constraint = "NonNeg",
  loss = "MeanSquaredError", metric = "CosineSimilarity", optimizer = "SGD", schedule = "ExponentialDecay" }

--- Whether x lies in the interval "[0, 1)", and its bounds.
local function interval(range)
  local open, low, high, close = range:match "^([%[(])%s*([^,]-)%s*,%s*([^%])]-)%s*([%])])$"
  low, high = tonumber(low) or -math.huge, tonumber(high) or math.huge
  local function fits(v)
    return (v > low or open == "[" and v == low) and (v < high or close == "]" and v == high)
  end
  return fits, low, high
end

--- x, or a number in the interval that is near it; bounds that are left out are not taken.
local function inside(range, x)
  if not range then return x end
  local fits, low, high = interval(range)
  if fits(x) then return x end
  local middle = low > -math.huge and high < math.huge and (low + high) / 2
  for _, v in ipairs { middle or low + 1, high - 1, low, high } do
    if fits(v) and math.abs(v) < math.huge then return v end
  end
  return x
end

--- The same of whole numbers: the one nearest to x.
local function whole_inside(range, x)
  if not range then return x end
  local fits, low, high = interval(range)
  if fits(x) then return x end
  local bound = x <= low and low or high
  local near = x <= low and { math.ceil(bound), math.floor(bound) + 1 } or { math.floor(bound), math.ceil(bound) - 1 }
  for _, v in ipairs(near) do
    if fits(v) then return v end
  end
  return x
end

--- Layers that one which wraps others may take: any, a recurrent one, a cell.
local LAYERS <const> = { "Dense", "SimpleRNN", "SimpleRNNCell" }

--- A component of that kind, itself made with what this module gives.
local function component(kind)
  if kind == "layer" then return core.type("layer", LAYERS[1])(3) end
  local made = core.type(kind, SAMPLES[kind] or core.type_names(kind)[1])
  return made(arguments.for_type(made))
end

--- A value for one declared argument.
local function sample(arg)
  if arg.type == "integer" then return whole_inside(arg.range, 3) end
  if arg.type == "number" or arg.type == "number or schedule" then return inside(arg.range, 0.5) end
  if arg.type == "boolean" then return true end
  if arg.type == "string" then return arg.range and arg.range:match "^[^|]+" or "x" end
  if arg.type == "shape" then
    local size = whole_inside(arg.range, 2)
    return { size, size }
  end
  if arg.type == "numbers" then return { inside(arg.range, 1) } end
  return component(arg.type:match "^(%a+) or list of" or arg.type)
end

--- The first sort of layer with which it can be made, for one of its arguments.
local function fitting_layer(made, given, name)
  for _, candidate in ipairs(LAYERS) do
    local known = core.type("layer", candidate)
    local way = { [name] = known and known(3) }
    for other, value in pairs(given) do way[other] = way[other] or value end
    if known and pcall(made, way) then return way[name] end
  end
  return given[name]
end

--- @param made type the type object
--- @return table<string, any> # what its constructor is to be given, beside defaults
function arguments.for_type(made)
  local given, layers = {}, {}
  for _, arg in ipairs(core.describe(made).args) do
    if not arg.common and arg.default == nil then
      given[arg.name] = sample(arg)
      if core.is_layer(given[arg.name]) then layers[#layers + 1] = arg.name end
    end
  end
  for _, name in ipairs(layers) do given[name] = fitting_layer(made, given, name) end
  return given
end

--- The same with each of its optional booleans turned round, one at a time.
--- @param made type the type object
--- @param given table<string, any>
--- @return {name: string, value: boolean, given: table<string, any>}[]
function arguments.flipped(made, given)
  local ways = {}
  for _, arg in ipairs(core.describe(made).args) do
    if arg.type == "boolean" and not arg.common and (arg.default == "true" or arg.default == "false") then
      local way = { name = arg.name, value = arg.default == "false", given = { [arg.name] = arg.default == "false" } }
      for name, value in pairs(given) do way.given[name] = value end
      ways[#ways + 1] = way
    end
  end
  return ways
end

return arguments
