--- What completion says of a name beside it: the kind of its value, or what an argument takes.
local core = require "rnnlua.core"
local objects = require "rnnlua.repl.objects"

local notes = {}

local MOST <const> = 24 -- characters of a value

local function short(text) return utf8.len(text) and utf8.len(text) > MOST and text:sub(1, utf8.offset(text, MOST) - 1) .. "…" or text end

local function is_callable(meta) return type(meta) == "table" and rawget(meta, "__call") ~= nil end

--- "layer" of rl.layers.Dense, "activation" of rl.activations.relu; nil of what is no component
local function component_kind(value)
  if type(value) ~= "userdata" and type(value) ~= "table" then return end
  local ok, description = pcall(core.describe, value)
  return ok and type(description) == "table" and description.kind or nil
end

--- @param value any
--- @return string
function notes.of_value(value)
  local kind = type(value)
  if kind == "number" or kind == "boolean" then return tostring(value) end
  if kind == "string" then return short(("%q"):format((value:gsub("%c.*", "")))) end
  if kind == "function" then return kind end
  local component = component_kind(value)
  if component then return component end
  local name, about = objects.line(value)
  if objects.is_tensor(value) then return about end
  if kind == "table" and name == kind and is_callable(debug.getmetatable(value)) then return "function" end
  return short(name)
end

--- @param argument {type: string, default: string?, required: boolean}
--- @return string
function notes.of_argument(argument)
  if argument.default == nil or argument.default == "nil" then return argument.type end
  return short(("%s, %s"):format(argument.type, argument.default))
end

return notes
