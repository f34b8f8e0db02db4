--- Types as the doc comments and declarations write them, in the language server's words.
local core = require "rnnlua.core"

local types = {}

--- Words of ours.
local WORDS <const> = {
  tensor = "rl.Tensor", layer = "rl.Layer", model = "rl.Model", sequential = "rl.Sequential", functional = "rl.Functional",
  dataset = "rl.Dataset", stream = "rl.Stream", tape = "rl.GradientTape", history = "rl.History", symbolic = "rl.Symbolic",
  component = "rl.Component", mean = "rl.Mean", standardscaler = "rl.StandardScaler", minmaxscaler = "rl.MinMaxScaler",
  textvectorization = "rl.TextVectorization", shape = "integer[]", dtype = "rl.Dtype", numbers = "number[]", type = "rl.Type",
}

--- Lua's.
local PLAIN <const> = { any = true, ["nil"] = true, boolean = true, number = true, integer = true, string = true,
  table = true, ["function"] = true, fun = true, ["true"] = true, ["false"] = true, userdata = true }

--- Arguments of tensor functions by their names, and of methods written in C.
local PARAMS <const> = {
  t = "tensor", u = "tensor|number", v = "tensor", data = "any", dtype = "dtype", shape = "shape", value = "tensor|number|boolean",
  n = "integer", first = "number", last = "number", step = "number", string = "string", axis = "integer|integer[]",
  axes = "integer", parts = "integer|integer[]", counts = "integer", repeats = "integer", positions = "tensor|integer[]",
  num_classes = "integer", descending = "boolean", keepdims = "boolean", condition = "tensor", low = "number|nil",
  high = "number|nil", decimals = "integer", tensors = "tensor[]", list = "tensor[]", rows = "integer[]", loss = "tensor|number",
  gradients = "tensor|table", variables = "tensor|tensor[]", y_true = "tensor|table", y_pred = "tensor|table",
  sample_weight = "tensor|table", values = "tensor|table|number", ["..."] = "integer", rtol = "number", atol = "number",
  mean = "number", stddev = "number", minval = "number", maxval = "number", seed = "integer", trainable = "boolean",
  name = "string",
}

--- What compile and its like take, where the declaration says "any".
local BY_NAME <const> = { optimizer = "rl.optimizer", loss = "rl.loss|table", metrics = "rl.metric|table",
  weighted_metrics = "rl.metric|table", callbacks = "table" }

local kinds

--- A word of a kind, as arguments are declared: a name or object of it.
local function is_kind(word)
  if not kinds then
    kinds = {}
    for _, kind in ipairs(core.kinds()) do kinds[kind] = kind ~= "layer" and kind ~= "function" end
  end
  return kinds[word]
end

--- The type of an argument of a tensor function, by its name; nil where none is known.
function types.of_param(name) return PARAMS[name] and types.text(PARAMS[name]) end

--- "layer or list of layers" -> "layer|layer[]"
local function without_words(text) return (text:gsub("list of (%a+)s%f[%A]", "%1[]"):gsub(" or ", "|")) end

--- Words in a type that are known to nobody.
--- @param text string
--- @return string[]
function types.unknown(text)
  local list = {}
  for word in without_words(text):gsub('"[^"]*"', ""):gsub("[%w_]+%??:%f[^:]", ""):gmatch "[%a_][%w_.]*" do
    if not (WORDS[word] or PLAIN[word] or is_kind(word)) then list[#list + 1] = word end
  end
  return list
end

--- @param text string "tensor|table|nil"
--- @return string
function types.text(text)
  return (without_words(text):gsub("%f[%w_]([%a_]+)%f[^%w_]", function(word)
    return WORDS[word] or is_kind(word) and "rl." .. word or word
  end))
end

--- The choices of an argument as string literals: "same"|"valid".
local function literals(range)
  local list = {}
  for word in range:gmatch "[^|]+" do list[#list + 1] = ('"%s"'):format(word) end
  return table.concat(list, "|")
end

--- The type of an argument by name.
--- @param arg table of catalogue's
--- @return string
function types.of_argument(arg)
  if BY_NAME[arg.name] and arg.type == "any" then return BY_NAME[arg.name] end
  local choices = arg.range and not arg.range:find "^[%[%(]" and literals(arg.range)
  local text = types.text(arg.type:gsub("|nil$", ""))
  if choices then text = text:gsub("%f[%w]string%f[%W]", (choices:gsub("%%", "%%%%"))) end
  return text
end

return types
