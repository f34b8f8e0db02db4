--- Values for declared arguments, made from core.describe: good ones, and ones that must be refused.
local core = require "rnnlua.core"

local declared = {}

--- every registered type: {object=, described=}
function declared.types()
  local list = {}
  for _, kind in ipairs(core.kinds()) do
    for _, name in ipairs(core.type_names(kind)) do
      local object = core.type(kind, name)
      list[#list + 1] = { object = object, described = core.describe(object) }
    end
  end
  return list
end

--- the ends of "[0, 1)" and whether they belong to it
local function interval(range)
  local open, low, high, close = range:match "^([%[%(])([^,]+), ([^%]%)]+)([%]%)])$"
  local function number(text) return text == "inf" and math.huge or text == "-inf" and -math.huge or tonumber(text) end
  return number(low), number(high), open == "[", close == "]"
end

local KIND = { activation = true, initializer = true, regularizer = true, constraint = true, loss = true,
               metric = true, optimizer = true, schedule = true, layer = true }

-- lists of whole numbers
local WHOLE = { axis = true, axes = true, shared_axes = true, padding = true, cropping = true }

--- a value that the argument takes
function declared.good(arg)
  if arg.type == "boolean" then return arg.default ~= "true" end
  if arg.type == "string" then return arg.range and arg.range:match "^[^|]+" or "text" end
  if arg.type == "shape" then return { arg.name == "dims" and 1 or 2 } end -- one axis can only stay where it is
  if arg.type == "layer" then return core.type("layer", "LSTM")(2) end
  if arg.type == "layer or list of layers" then return core.type("layer", "LSTMCell")(2) end
  if KIND[arg.type] then return core.type(arg.type, core.type_names(arg.type)[1]) end
  if WHOLE[arg.name] and arg.type == "numbers" then return { 2 } end
  if arg.type == "numbers" then return arg.name == "values" and { 0.25, 0.5 } or { 0.75 } end
  local whole = arg.type == "integer"
  if not arg.range then return whole and 3 or 0.25 end
  local low, high = interval(arg.range)
  if whole then return math.tointeger(math.min(high, math.max(low, 1))) end
  if low == -math.huge then return high - 1 end
  return high == math.huge and low + 1 or (low + high) / 2
end

--- values of a wrong type, each with what the message must say was expected and came
function declared.wrong_types(arg)
  local function expect(expected, cases)
    for _, case in ipairs(cases) do case.expected = expected end
    return cases
  end
  local number, text = { value = 7, got = "got 7" }, { value = "word", got = "got 'word'" }
  local flag, list = { value = true, got = "got true" }, { value = { x = 1 }, got = "got a table" }
  if arg.type == "integer" then
    return expect("an integer", { text, flag, list, { value = 1.5, got = "got 1.5" } })
  end
  if arg.type == "number" then return expect("a number", { text, flag, list }) end
  if arg.type == "boolean" then return expect("a boolean", { number, text, list }) end
  if arg.type == "string" then return expect("a string", { number, flag, list }) end
  if arg.type == "shape" then return expect("a shape", { number, text, flag }) end
  if arg.type == "numbers" then return expect("a number or a list of numbers", { text, flag }) end
  if arg.type == "number or schedule" then return expect("a number or a schedule", { text, flag }) end
  return expect("a name or object of kind " .. arg.type:match "^%a+", { number, flag })
end

--- a value of the right type outside of the range; nil where there is no range, or nothing outside
function declared.out_of_range(arg)
  if not arg.range then return nil end
  if arg.type == "string" then return "no_such_word" end
  local low, high, closed = interval(arg.range)
  local value
  if low > -math.huge then value = closed and low - 1 or low else value = high + 1 end
  value = (arg.type == "integer" or arg.type == "shape") and math.tointeger(value) or value
  return (arg.type == "shape" or arg.type == "numbers") and { value } or value
end

--- arguments that make a valid object: the required ones
function declared.minimal(described)
  local given = {}
  for _, arg in ipairs(described.args) do
    if arg.default == nil then given[arg.name] = declared.good(arg) end
  end
  return given
end

return declared
