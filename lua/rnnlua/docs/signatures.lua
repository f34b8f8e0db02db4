--- Signatures as help_functions.lua and objects.lua write them, taken apart: "clip(t, low, high): tensor".
local signatures = {}

--- Pieces between commas that stand in no braces; each with how many square brackets are open: those are optional.
local function pieces(text)
  local list, word, braces, brackets = {}, "", 0, 0
  local function flush()
    word = word:match "^%s*(.-)%s*$"
    if word ~= "" then list[#list + 1] = { text = word, optional = brackets > 0 } end
    word = ""
  end
  for char in text:gmatch "." do
    if braces == 0 and (char == "," or char == "[" or char == "]") then
      flush()
      brackets = brackets + (char == "[" and 1 or char == "]" and -1 or 0)
    else
      braces = braces + (char == "{" and 1 or char == "}" and -1 or 0)
      word = word .. char
    end
  end
  flush()
  return list
end

--- {shape=, mean=0} -> the list of its fields, {name, default}
local function fields_of(text)
  local fields = {}
  for piece in text:sub(2, -2):gmatch "[^,]+" do
    local name, default = piece:match "^%s*([%w_]+)%s*=?%s*(.-)%s*$"
    fields[#fields + 1] = { name = name, default = default ~= "" and default or nil }
  end
  return fields
end

local function param_of(piece)
  local text = piece.text
  local param = { name = text, optional = piece.optional }
  if text:find "%.%.%.$" then
    param.name, param.of = "...", text:match "^([%w_]+)%.%.%."
  elseif text == "{t, ...}" then
    param.name = "tensors"
  elseif text:sub(1, 1) == "{" then
    param.name, param.fields = "options", fields_of(text)
  end
  return param
end

--- @param signature string
--- @return string name "clip", "random.normal", "Layer.name"
--- @return table|nil params {{name, optional, fields, of}, …}; nil for a field
--- @return string|nil result the type behind the colon
function signatures.parse(signature)
  local name, rest = signature:match "^([%w_.:]+)%((.*)$"
  if not name then
    local field, kind = signature:match "^([%w_.]+): (.+)$"
    return field, nil, kind
  end
  local inside, result = rest:match "^(.*)%): (.+)$"
  inside = inside or rest:match "^(.*)%)$"
  local params = {}
  for i, piece in ipairs(pieces(inside)) do params[i] = param_of(piece) end
  return name, params, result
end

return signatures
