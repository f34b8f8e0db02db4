--- Annotations of the Lua language server for single things: docs, arguments, parameters, results.
local types = require "rnnlua.docs.types"

local annotations = {}

local KEYWORDS <const> = { ["end"] = true, ["repeat"] = true, ["and"] = true, ["or"] = true, ["not"] = true,
  ["true"] = true, ["false"] = true, ["nil"] = true, ["function"] = true }

--- One line without what would end a comment's line.
local function one_line(text) return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")) end

--- Lines of documentation; what is indented stays Markdown's code.
function annotations.add_doc(out, lines)
  for _, line in ipairs(lines) do
    for part in (line .. "\n"):gmatch "([^\n]*)\n" do out[#out + 1] = ("---%s"):format(part == "" and "" or " " .. part) end
  end
end

local function default_text(arg)
  if arg.default == nil then return " (required)" end
  return (" (default %s)"):format(arg.default)
end

local function range_text(arg) return arg.range and arg.range:find "^[%[%(]" and " in " .. arg.range or "" end

--- The class of a table of arguments by name. Those that may stand in front without a name are numbered.
--- @param by_position boolean|nil whether they may
function annotations.add_arguments_class(out, class, named, by_position)
  out[#out + 1] = "---@class " .. class
  for _, arg in ipairs(named) do
    out[#out + 1] = ("---@field %s%s %s %s%s%s"):format(arg.name, arg.required and not arg.positional and "" or "?",
      types.of_argument(arg), one_line(arg.doc or ""), range_text(arg), default_text(arg))
  end
  local place = 0
  for _, arg in ipairs(by_position and named or {}) do
    if arg.positional then
      place = place + 1
      out[#out + 1] = ("---@field [%d]? %s %s"):format(place, types.of_argument(arg), arg.name)
    end
  end
  out[#out + 1] = ""
end

--- For what an editor shows of a constructor: a list of its arguments.
function annotations.add_argument_list(out, named)
  if #named > 0 then out[#out + 1] = "---" end
  for _, arg in ipairs(named) do
    if not arg.common then
      out[#out + 1] = ("--- - `%s`: %s%s%s"):format(arg.name, one_line(arg.doc or ""), range_text(arg), default_text(arg))
    end
  end
end

--- Results. One that may be nil with a message has that as a second one.
function annotations.add_returns(out, returns)
  for _, result in ipairs(returns) do
    local kind, doc = types.text((result.type:gsub("^true$", "boolean"))), one_line(result.doc)
    local rest, may_fail = doc:match "^%.%.%.%s*(.*)$", #returns == 1 and doc:find "nil and a message"
    if may_fail and not kind:find "|nil$" then kind = kind .. "|nil" end
    out[#out + 1] = rest and ("---@return %s ... %s"):format(kind, rest) or ("---@return %s%s"):format(kind,
      doc ~= "" and " # " .. doc or "")
    if may_fail then out[#out + 1] = "---@return string|nil message" end
  end
end

local function type_of(param)
  if param.fields then
    local fields = {}
    for i, field in ipairs(param.fields) do
      fields[i] = ("%s?: %s"):format(field.name, types.of_param(field.name) or "any")
    end
    return "{ " .. table.concat(fields, ", ") .. " }"
  end
  if param.of then return types.of_param(param.of) end
  return param.type and types.text(param.type) or types.of_param(param.name) or "any"
end

--- A name that is none of Lua's own.
function annotations.safe(name) return KEYWORDS[name] and name .. "_" or name end

--- "---@param x rl.Tensor doc", and the names for the function's parentheses.
function annotations.add_params(out, entry)
  local names = {}
  for i, param in ipairs(entry.params) do
    local kind, optional = type_of(param), param.optional
    if param.name == "given" and #entry.named > 0 then kind = entry.arguments_class end
    if param.name == "..." and #entry.named > 0 then kind = entry.arguments_class .. "|any" end
    if optional then kind = kind:gsub("|nil$", ""):gsub("%?$", "") end
    local name, mark = annotations.safe(param.name), optional and param.name ~= "..." and "?" or ""
    out[#out + 1] = ("---@param %s%s %s %s"):format(name, mark, kind, one_line(param.doc or "")):gsub("%s+$", "")
    names[i] = name
  end
  return table.concat(names, ", ")
end

--- Whether a function reduces: it gives a number without an axis, a tensor with one.
function annotations.is_reduction(entry)
  local result = entry.returns[1]
  if not (result and result.type:find "^%a+|tensor$") then return false end
  for _, param in ipairs(entry.params) do
    if param.name == "axis" then return true end
  end
  return false
end

--- The two ways a reduction is called, which give different things.
function annotations.add_reduction(out, entry, path)
  local is_method = entry.kind == "method"
  out[#out + 1] = ("---@overload fun(%s: rl.Tensor): %s"):format(is_method and "self" or "t", entry.returns[1].type:match "^%a+")
  local params = {}
  for i, param in ipairs(entry.params) do
    params[i] = param.name == "axis" and setmetatable({ optional = false }, { __index = param }) or param
  end
  local names = annotations.add_params(out, { params = params, named = {} })
  out[#out + 1] = ("---@return rl.Tensor\nfunction %s(%s) end\n"):format(path, names)
end

return annotations
