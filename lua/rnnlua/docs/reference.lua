--- The reference: one page of Markdown with everything in the catalogue.
local core = require "rnnlua.core"
local catalogue = require "rnnlua.docs.catalogue"
local classes = require "rnnlua.docs.luals".CLASS_DOCS

local reference = {}

local function join(list, f)
  local words = {}
  for i, entry in ipairs(list) do words[i] = f(entry) end
  return table.concat(words, ", ")
end

local function default_of(arg)
  local text = arg.default
  if text == nil then return "" end
  local plain = text == "nil" or text == "true" or text == "false" or tonumber(text)
  return plain and text or ('"%s"'):format(text)
end

--- "rl.layers.Dense{units, activation=nil, …}", "rl.clip(t, low, high)", "Model:fit(x, y [, given])"
function reference.signature(entry)
  if entry.kind == "field" then return entry.path end
  if entry.is_type or entry.class then
    local own = {}
    for _, arg in ipairs(entry.named) do
      if not arg.common then own[#own + 1] = arg end
    end
    return ("%s{%s}"):format(entry.path, join(own, function(arg)
      return arg.default == nil and arg.name or arg.name .. "=" .. default_of(arg)
    end))
  end
  local text = ""
  for i, param in ipairs(entry.params) do
    local name = param.of and param.of .. "..." or param.name
    if param.fields then name = "{" .. join(param.fields, function(field) return field.name .. "=" end) .. "}" end
    local comma = i > 1 and ", " or ""
    text = text .. (param.optional and (" [%s%s]"):format(comma, name) or comma .. name)
  end
  return ("%s(%s)"):format(entry.path, (text:gsub("^ ", "")))
end

--- Cells of a table hold no line and no bar.
local function cell(text) return ((text or ""):gsub("%s+", " "):gsub("|", "\\|")) end

local function add_arguments(out, named)
  if #named == 0 then return end
  out[#out + 1] = "\n| argument | type | default | |\n|---|---|---|---|"
  for _, arg in ipairs(named) do
    local default = arg.default == nil and "required" or "`" .. cell(default_of(arg)) .. "`"
    out[#out + 1] = ("| `%s` | %s%s | %s | %s |"):format(arg.name, cell(arg.type:gsub("|", " or ")),
      arg.range and " " .. cell(arg.range) or "", default, cell(arg.doc))
  end
end

local function add_params(out, entry)
  for _, param in ipairs(entry.params) do
    if param.doc then out[#out + 1] = ("- `%s`: %s%s"):format(param.name, param.type, param.doc ~= "" and ", " .. param.doc or "") end
  end
  for _, result in ipairs(entry.returns) do
    if not entry.is_type and entry.kind ~= "field" then
      out[#out + 1] = ("- returns %s%s"):format(result.type, result.doc ~= "" and ", " .. result.doc or "")
    end
  end
end

local function add_entry(out, entry)
  local own = {}
  for _, arg in ipairs(entry.named) do
    if not arg.common then own[#own + 1] = arg end
  end
  out[#out + 1] = ("\n### `%s`\n"):format(reference.signature(entry))
  if entry.aliases then out[#out + 1] = ("Also `%s`.\n"):format(entry.aliases:gsub(" ", "`, `")) end
  if entry.also then out[#out + 1] = ("Also `%s`.\n"):format(entry.also) end
  for _, line in ipairs(entry.lines) do out[#out + 1] = line end
  out[#out + 1] = ""
  add_params(out, entry)
  add_arguments(out, own)
end

--- Fields of a class: a list.
local function add_field(out, entry)
  out[#out + 1] = ("- `%s`: %s, %s"):format(entry.path, entry.returns[1].type, entry.lines[1])
end

--- What every layer, optimizer, … takes beside its own arguments; said once, in front of them.
local function add_common(out, entry)
  local common = {}
  for _, arg in ipairs(entry.named) do
    if arg.common then common[#common + 1] = arg end
  end
  if #common == 0 then return end
  out[#out + 1] = ("\nEvery %s also takes:"):format(entry.kind)
  add_arguments(out, common)
end

local HEAD <const> = [[
# rnnlua %s: reference

Made by `rnnlua doc --reference` from declared arguments and doc comments. Constructors take their arguments by name in a
table, the leading ones also by position. Positions (rows, axes, timesteps) count from 1 and -1 is the last; labels (classes,
epochs) count from 0.

    local rl = require "rnnlua"
]]

--- @return string the page
function reference.text()
  local out, group, seen = { HEAD:format(core.version) }, nil, {}
  for _, entry in ipairs(catalogue.entries()) do
    if entry.group ~= group then
      group = entry.group
      out[#out + 1] = ("\n## %s\n"):format(group)
      if classes[group] then out[#out + 1] = classes[group] .. "\n" end
    end
    if entry.is_type and not seen[entry.kind] then
      seen[entry.kind] = true
      add_common(out, entry)
    end
    local add = entry.kind == "field" and add_field or add_entry
    add(out, entry)
  end
  return table.concat(out, "\n") .. "\n"
end

return reference
