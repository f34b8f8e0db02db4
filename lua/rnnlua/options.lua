--- Arguments by name: checks them against a list of what a function takes, fills in defaults, and refuses
--- the rest with the words that the constructors written in C use.
---
--- A specification is a list in Keras' order; each entry is {name, kind, default, low=, high=, choices=, doc=}.
--- `kind` is "integer", "number", "boolean", "string", "table", "function", "any", or several joined by
--- "|". `low` and `high` bound numbers (both included; `above`, `below` exclude the bound).
local core = require "rnnlua.core"

local options = {}

--- What a message says it got: 5, 'text', a table, a tensor.
function options.describe(value)
  local kind = type(value)
  if kind == "string" then return "'" .. value .. "'" end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  local meta = getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name") or type(meta) == "string" and meta or kind
  return (name:find("^[aeiouAEIOU]") and "an " or "a ") .. name
end

--- The integer that a number is (5.0 is 5), or nil. Unlike math.tointeger it takes no strings.
function options.integer(value) return type(value) == "number" and math.tointeger(value) or nil end

--- " (did you mean 'epochs'?)", or "" where nothing is near
function options.hint(wrong, names)
  local right = type(wrong) == "string" and core.suggest(wrong, names)
  return right and (" (did you mean '%s'?)"):format(right) or ""
end

--- Whether a value is a table that isn't an object.
function options.is_plain_table(value) return type(value) == "table" and getmetatable(value) == nil end

local function names_of(spec)
  local names = {}
  for i, entry in ipairs(spec) do names[i] = entry[1] end
  return names
end

local function find(spec, name)
  for _, entry in ipairs(spec) do
    if entry[1] == name then return entry end
  end
end

local articles = { integer = "an integer", any = "a value" }

local function wanted(kinds)
  local words = {}
  for kind in kinds:gmatch("[^|]+") do words[#words + 1] = articles[kind] or "a " .. kind end
  return table.concat(words, " or ")
end

--- The value as one of the kinds (an integral float becomes an integer), or nil.
local function as_kind(value, kinds)
  for kind in kinds:gmatch("[^|]+") do
    if kind == "integer" then
      local integer = options.integer(value)
      if integer then return integer end
    elseif kind == "any" or type(value) == kind then
      return value
    end
  end
end

local function interval(entry)
  local low, high = entry.low or entry.above, entry.high or entry.below
  return ("%s%s, %s%s"):format(entry.low and "[" or "(", low or "-inf", high or "inf",
    entry.high and "]" or ")")
end

local function in_interval(entry, x)
  return x == x and (not entry.low or x >= entry.low) and (not entry.above or x > entry.above)
    and (not entry.high or x <= entry.high) and (not entry.below or x < entry.below)
end

local function bounded(entry) return entry.low or entry.above or entry.high or entry.below end

--- One value, checked. Raises at the caller's line.
local function check(who, entry, value)
  local name, kinds = entry[1], entry[2]
  local fits = as_kind(value, kinds)
  if fits == nil then
    core.raise(("%s: argument '%s' must be %s, got %s"):format(who, name, wanted(kinds),
      options.describe(value)))
  end
  if type(fits) == "number" and bounded(entry) and not in_interval(entry, fits) then
    core.raise(("%s: argument '%s' must be in %s, got %s"):format(who, name, interval(entry), fits))
  end
  if type(fits) == "string" and entry.choices and not find(entry.choices, fits) then
    core.raise(("%s: argument '%s' must be one of %s, got '%s'%s"):format(who, name,
      table.concat(names_of(entry.choices), "|"), fits, options.hint(fits, names_of(entry.choices))))
  end
  return fits
end

--- Reads `given` (a table, or nil: all defaults) by a specification; returns a new table.
--- @param who string the function, as messages name it
--- @param spec table
--- @param given table|nil
--- @return table
function options.read(who, spec, given)
  local values = {}
  for _, entry in ipairs(spec) do values[entry[1]] = entry[3] end
  if given == nil then return values end
  if type(given) ~= "table" then
    core.raise(("%s: options must be a table, got %s"):format(who, options.describe(given)))
  end
  for name, value in pairs(given) do
    local entry = find(spec, name)
    if not entry then
      core.raise(("%s: unknown argument %s%s"):format(who,
        type(name) == "string" and "'" .. name .. "'" or tostring(name),
        options.hint(name, names_of(spec))))
    end
    values[name] = check(who, entry, value)
  end
  return values
end

--- Reads a constructor's arguments: by name in one table, the leading ones also by position, alone or
--- before a table. A table alone is the table of names.
function options.arguments(who, spec, ...)
  local count = select("#", ...)
  local given = { ... }
  local last = given[count]
  local named = {}
  if options.is_plain_table(last) then
    count = count - 1
    for name, value in pairs(last) do named[name] = value end
  end
  local leading = count > 0 and given or named
  for i = 1, math.max(count, #named) do
    local entry = spec[i]
    if not entry then
      core.raise(("%s: at most %d arguments by position, got %d"):format(who, #spec, i))
    end
    local value = leading[i]
    if leading == named then named[i] = nil end
    if value ~= nil then
      if named[entry[1]] ~= nil then
        core.raise(("%s: argument '%s' is given twice"):format(who, entry[1]))
      end
      named[entry[1]] = value
    end
  end
  return options.read(who, spec, named)
end

--- Text of warnings, Python's channel for them: standard error. Training goes on.
function options.warn(message) options.note("warning: " .. message) end

--- @param message string a line for standard error
function options.note(message)
  io.stdout:flush() -- where a progress bar is shown, this erases it
  io.stderr:write(message, "\n")
end

return options
