--- str.format of Python, as far as file names of checkpoints need it: "{epoch:02d}-{val_loss:.2f}".

--- As Python's str() of a float: as few digits as tell it from its neighbours.
local function plain(value)
  if math.type(value) ~= "float" then return tostring(value) end
  if value ~= value then return "nan" end
  if math.abs(value) == math.huge then return value > 0 and "inf" or "-inf" end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text:find "[.e]" and text or text .. ".0" end
  end
end

local CONVERSIONS = { d = "d", f = "f", F = "f", e = "e", E = "E", g = "g", G = "G" }

--- One value; nil, message where the format doesn't suit it.
local function field(value, spec)
  if spec == "" then return plain(value) end
  local flags, width, precision, kind = spec:match "^([+ ]?0?)(%d?%d?)(%.?%d?%d?)([%a%%]?)$"
  if not flags then return nil, ("the format '%s' is not understood"):format(spec) end
  if kind == "%" then return ("%" .. flags .. width .. precision .. "f"):format(value * 100) .. "%" end
  if kind == "" then kind = (math.type(value) == "integer" and precision == "") and "d" or "g" end
  local conversion = CONVERSIONS[kind]
  if not conversion or conversion == "d" and (not math.tointeger(value) or precision ~= "") then
    return nil, ("the format '%s' does not suit %s"):format(spec, value)
  end
  return ("%" .. flags .. width .. precision .. conversion):format(value)
end

--- @param template string fields in braces; {{ and }} stand for braces
--- @param values table numbers by name
--- @return string; nil and a message where a name isn't there or a format doesn't suit
return function(template, values)
  local failure
  local open, close = "\1", "\2" -- braces that are no fields
  local text = template:gsub("{{", open):gsub("}}", close):gsub("{([^{}]*)}", function(inside)
    local name, spec = inside:match "^([%w_]+):?(.*)$"
    local value = name and values[name]
    if type(value) ~= "number" then
      failure = failure or ("there is no '%s'"):format(name or inside)
      return ""
    end
    local written, message = field(value, spec)
    failure = failure or message
    return written or ""
  end)
  if not failure and text:find "[{}]" then failure = "a brace stands alone" end
  if failure then return nil, failure end
  return (text:gsub(open, "{"):gsub(close, "}"))
end
