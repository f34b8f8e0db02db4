--- The arguments that a type registered from Lua declares: checked, and brought to the form that C reads.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local declared = {}

function declared.fail(who, message, ...) core.raise(who .. ": " .. message:format(...)) end

local fail = declared.fail

--- The keys of all these tables, sorted.
function declared.sorted_keys(...)
  local list = {}
  for _, fields in ipairs { ... } do
    for key in next, fields do list[#list + 1] = key end
  end
  table.sort(list)
  return list
end

local sorted_keys = declared.sorted_keys

function declared.check_name(who, what, name)
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" or #name > 63 then
    fail(who, "%s must be letters, digits and _, not begin with a digit, and have at most 63 of them, got %s", what,
      options.describe(name))
  end
end

local check_name = declared.check_name

local PLAIN = { integer = "integer", number = "number", boolean = "boolean", string = "string", shape = "shape",
                numbers = "numbers" }
local ENTRY = { "default", "optional", "range", "choices", "doc" }

--- kind -> its number in C
local kind_numbers, KIND_NAMES = {}, {}
for i, kind in ipairs(core.kinds()) do
  kind_numbers[kind] = i - 1
  if kind ~= "function" then KIND_NAMES[kind] = true end
end

local function check_entry(who, entry)
  if type(entry) ~= "table" then fail(who, "must be {name, type, default=, …}, got %s", options.describe(entry)) end
  for key in next, entry do
    local known = key == 1 or key == 2
    for _, name in ipairs(ENTRY) do known = known or key == name end
    if not known then fail(who, "unknown field '%s'%s", tostring(key), options.hint(key, ENTRY)) end
  end
  check_name(who, "its name", entry[1])
end

--- The default as C reads it; nil: the argument is required.
local function default_of(who, entry, arg_type)
  local value = entry.default
  if value == nil then return entry.optional and arg_type ~= "boolean" and "nil" or nil end
  local fits = type(value) == (arg_type == "integer" and "number" or arg_type)
  if arg_type == "integer" then fits = options.integer(value) ~= nil end
  if arg_type == "component" then fits = type(value) == "string" end
  local nothing = arg_type == "shape" or arg_type == "numbers"
  if nothing or value == "nil" then fits = false end
  if not fits then
    fail(who, "default %s is no %s%s", options.describe(value), arg_type == "component" and "name" or arg_type,
      nothing and " that can be declared; use optional = true" or "")
  end
  if arg_type == "number" then
    local short = ("%.14g"):format(value)
    return tonumber(short) == value and short or ("%.17g"):format(value)
  end
  return arg_type == "integer" and ("%d"):format(value) or tostring(value)
end

local INTERVAL <const> = "^[%[%(]%s*%-?[%w%.%+%-]+%s*,%s*%-?[%w%.%+%-]+%s*[%]%)]$"

local function range_of(who, entry, arg_type)
  local range, choices = entry.range, entry.choices
  if choices ~= nil then
    if arg_type ~= "string" or type(choices) ~= "table" or #choices == 0 then
      fail(who, "choices are a list of strings, for an argument that is a string")
    end
    for _, choice in ipairs(choices) do
      if type(choice) ~= "string" or choice:find("|", 1, true) then
        fail(who, "a choice is a string without |, got %s", options.describe(choice))
      end
    end
    return table.concat(choices, "|")
  end
  if range == nil then return nil end
  local numeric = arg_type == "integer" or arg_type == "number" or arg_type == "shape"
  if not numeric or type(range) ~= "string" or not range:find(INTERVAL) then
    fail(who, "range is an interval as \"[0, 1)\" or \"(0, inf)\", for numbers and shapes, got %s",
      options.describe(range))
  end
  return range
end

local INFINITE = { inf = math.huge, ["-inf"] = -math.huge }

local function is_in_interval(value, range)
  local open, low, high, close = range:match "^([%[%(])%s*([^%s,]+)%s*,%s*([^%s%]%)]+)%s*([%]%)])$"
  low, high = INFINITE[low] or tonumber(low), INFINITE[high] or tonumber(high)
  if not low or not high then return true end -- what is no number there C reads in its own way
  return (low < value or open == "[" and low == value) and (value < high or close == "]" and value == high)
end

--- A default outside of the range would be refused wherever the argument is left out.
local function check_default(who, entry, range)
  local value, choices = entry.default, entry.choices
  if value == nil or range == nil then return end
  local fits = false
  if choices then
    for _, choice in ipairs(choices) do fits = fits or choice == value end
  else
    fits = is_in_interval(value, range)
  end
  if not fits then
    fail(who, "default must be %s %s, got %s", choices and "one of" or "in", range, options.describe(value))
  end
end

--- One argument as C reads it.
local function argument_of(who, entry)
  check_entry(who, entry)
  local name, given = entry[1], entry[2]
  who = ("%s, argument '%s'"):format(who, name)
  local kind = kind_numbers[given]
  local arg_type = PLAIN[given] or kind and given ~= "function" and "component"
  if not arg_type then
    local kinds = sorted_keys(PLAIN, KIND_NAMES)
    fail(who, "its type must be one of %s, got %s%s", table.concat(kinds, ", "), options.describe(given),
      options.hint(given, kinds))
  end
  if entry.doc ~= nil and type(entry.doc) ~= "string" then fail(who, "doc must be a string") end
  local default, range = default_of(who, entry, arg_type), range_of(who, entry, arg_type)
  check_default(who, entry, range)
  return { name = name, type = arg_type, kind = kind, doc = entry.doc, default = default, range = range }
end

local OPTIMIZER_ARGS = { "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm" }
local RESERVED = {
  layer = { "name", "trainable", "input_shape", "input_dim", "dtype", "weights", "built", "add_weight" },
  optimizer = { "name", table.unpack(OPTIMIZER_ARGS) },
}

--- The arguments of a type as C reads them.
--- @param given table {{name, type, default=, optional=, range=, choices=, doc=}, …}
function declared.arguments(who, kind, given)
  local args, taken = {}, { get_config = true, class_name = true, kind = true, name = true }
  for _, name in ipairs(RESERVED[kind] or {}) do taken[name] = true end
  if #given > 50 then fail(who, "at most 50 arguments, got %d", #given) end
  for i, entry in ipairs(given) do
    local arg = argument_of(("%s, args[%d]"):format(who, i), entry)
    if taken[arg.name] then
      fail(who, "argument '%s' is declared twice, or is one that every %s has", arg.name, kind)
    end
    taken[arg.name] = true
    args[i] = arg
  end
  return args
end

--- How many arguments may be given by position: the required ones in front, or the first, unless told.
function declared.positional(who, given, args)
  if given ~= nil then
    local count = options.integer(given)
    if not count or count < 0 or count > #args then
      fail(who, "positional must be an integer in [0, %d], got %s", #args, options.describe(given))
    end
    return count
  end
  local leading = 0
  while args[leading + 1] and args[leading + 1].default == nil do leading = leading + 1 end
  return leading > 0 and leading or math.min(1, #args)
end

return declared
