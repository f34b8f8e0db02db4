--- Lists with one entry for each input or output of a model, which may also be given by name, as Keras' dicts.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local named = {}

--- Whether a value is a plain table with names among its keys.
function named.is(value)
  if not options.is_plain_table(value) then return false end
  for key in pairs(value) do
    if type(key) == "string" then return true end
  end
  return false
end

local function quoted(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = "'" .. name .. "'" end
  return table.concat(list, ", ")
end
named.quoted = quoted

local function check_names(who, what, value, names)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  for key in pairs(value) do
    if not known[key] then
      core.raise(("%s: there is no %s %s%s; the model has %s"):format(who, what,
        type(key) == "string" and "'" .. key .. "'" or "at position " .. tostring(key), options.hint(key, names),
        quoted(names)))
    end
  end
end

--- The entries in the order of names. Raises for a name that the model lacks, for one that is missing unless
--- `partial`, and for a list of another length.
--- @param who string the function, or "compile: argument 'loss'"
--- @param what string "input" or "output", as messages call an entry
--- @param value table by name, or a list
--- @param names table
--- @param partial boolean|nil entries by name may be missing: they are nil
function named.list(who, what, value, names, partial)
  if named.is(value) then
    check_names(who, what, value, names)
    local list = {}
    for i, name in ipairs(names) do
      list[i] = value[name]
      if value[name] == nil and not partial then
        core.raise(("%s: nothing is given for %s '%s'"):format(who, what, name))
      end
    end
    return list
  end
  if not options.is_plain_table(value) then
    core.raise(("%s: a table expected with an entry for each of the %ss %s, got %s"):format(who, what, quoted(names),
      options.describe(value)))
  end
  if #value ~= #names then
    core.raise(("%s: expected %d entries, one for each of the %ss %s, got %d"):format(who, #names, what, quoted(names),
      #value))
  end
  return value
end

--- A list as the model's caller is to see it: by name where the model was made with names.
function named.back(list, keys)
  if not keys then return list end
  local result = {}
  for i, key in ipairs(keys) do result[key] = list[i] end
  return result
end

return named
