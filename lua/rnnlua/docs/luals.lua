--- The file for editors: what rl has, in the annotations of the Lua language server (https://luals.github.io).
local core = require "rnnlua.core"
local catalogue = require "rnnlua.docs.catalogue"
local types = require "rnnlua.docs.types"
local annotations = require "rnnlua.docs.annotations"

local luals = {}

local add_doc, add_params, add_returns = annotations.add_doc, annotations.add_params, annotations.add_returns
local add_arguments_class, add_argument_list = annotations.add_arguments_class, annotations.add_argument_list
local safe = annotations.safe

local HEAD <const> = [[
---@meta rnnlua
-- What rnnlua %s has, for the Lua language server: made by `rnnlua doc --luals` from the declared arguments and doc
-- comments. Settings of a project: { "workspace.library": ["…/share/rnnlua/luals"], "runtime.version": "Lua 5.4" }

---@alias rl.Dtype "float64"|"float32"|"int64"|"bool"
]]

-- entries -----------------------------------------------------------------------------------------------------

local RESULTS <const> = { layer = "rl.Layer", optimizer = "rl.Optimizer", metric = "rl.Metric", loss = "rl.Metric" }

--- How a type is called on data, beside being constructed.
local CALLS <const> = {
  activation = "fun(x: rl.Tensor): rl.Tensor", regularizer = "fun(w: rl.Tensor): number",
  constraint = "fun(w: rl.Tensor): rl.Tensor",
  loss = "fun(y_true: rl.Tensor|table, y_pred: rl.Tensor|table): rl.Tensor",
  metric = "fun(y_true: rl.Tensor|table, y_pred: rl.Tensor|table): rl.Tensor",
}

--- Dense(1), Dense(1, {…}): overloads for the leading arguments by position.
local function add_overloads(out, named, class, result)
  local leading = {}
  for _, arg in ipairs(named) do
    if not arg.positional or #leading == 3 then break end
    leading[#leading + 1] = ("%s: %s"):format(safe(arg.name), types.of_argument(arg))
    out[#out + 1] = ("---@overload fun(%s, args?: %s): %s"):format(table.concat(leading, ", "), class, result)
  end
end

--- A constructor that takes its arguments by name, the leading ones also by position.
local function add_constructor(out, entry, path, result)
  local class = entry.path .. ".args"
  add_arguments_class(out, class, entry.named, true)
  add_doc(out, entry.lines)
  add_argument_list(out, entry.named)
  add_overloads(out, entry.named, class, result)
  if CALLS[entry.kind] then out[#out + 1] = "---@overload " .. CALLS[entry.kind] end
  out[#out + 1] = ("---@param args%s %s"):format(entry.named[1] and entry.named[1].required and "" or "?", class)
  out[#out + 1] = "---@return " .. result
  out[#out + 1] = ("function %s(args) end\n"):format(path)
end

--- A function or method whose parameters are known by position.
local function add_function(out, entry, path)
  if #entry.named > 0 then
    entry.arguments_class = ("rl." .. entry.path:gsub("^rl%.", ""):gsub(":", ".")) .. ".args"
    add_arguments_class(out, entry.arguments_class, entry.named)
  end
  add_doc(out, entry.lines)
  if annotations.is_reduction(entry) then return annotations.add_reduction(out, entry, path) end
  local names = add_params(out, entry)
  add_returns(out, entry.returns)
  out[#out + 1] = ("function %s(%s) end\n"):format(path, names)
end

--- The place of a path within the file: rl.layers.Dense, or Model:fit of a local.
local function add_entry(out, entry, path)
  if entry.is_type then
    return add_constructor(out, entry, path, RESULTS[entry.kind] or "rl.Component")
  end
  if entry.class then
    local result = entry.returns[1] and types.text(entry.returns[1].type) or "table"
    return add_constructor(out, entry, path, result)
  end
  return add_function(out, entry, path)
end

--- Types by their other names: rl.losses.mse
local function add_aliases(out, entry)
  local namespace = entry.path:match "^(.*)%.[^.]+$"
  for name in (entry.aliases or ""):gmatch "%S+" do out[#out + 1] = ("%s.%s = %s"):format(namespace, name, entry.path) end
  if entry.kind == "loss" then -- losses are metrics, too
    for name in (entry.name .. " " .. (entry.aliases or "")):gmatch "%S+" do
      if not core.type("metric", name) then out[#out + 1] = ("rl.metrics.%s = %s"):format(name, entry.path) end
    end
  end
  out[#out + 1] = ""
end

-- namespaces and classes ----------------------------------------------------------------------------------------

--- rl.relu | "relu" …: the names of a kind, its objects, functions, and what a config is.
local function add_kinds(out)
  for _, kind in ipairs(core.kinds()) do
    if kind ~= "layer" and kind ~= "function" then
      local names = {}
      for i, name in ipairs(core.type_names(kind, true)) do names[i] = ('"%s"'):format(name) end
      out[#out + 1] = ("---@alias rl.%s.name %s"):format(kind, table.concat(names, "|"))
      out[#out + 1] = ("---@alias rl.%s rl.%s.name|rl.Component|function|table"):format(kind, kind)
    end
  end
  out[#out + 1] = ""
end

local OPERATORS <const> = { "add", "sub", "mul", "div", "idiv", "mod", "pow" }

local CLASS_DOCS <const> = {
  Tensor = "Numbers along axes. t[i] is row i (from 1), t[{ {1, 3}, -1 }] rows 1 to 3 of the last column.",
  Layer = "A layer. Called on a tensor it computes, called on a symbolic tensor it becomes part of a model.",
  Model = "What Sequential and functional models share. Called on a tensor a model computes.",
  Sequential = "A stack of layers.", Functional = "What leads from some symbolic tensors to others.",
  History = "What fit returns.", Stream = "A model fed a timestep at a time: s(x) gives what it makes of all so far.",
  Symbolic = "A tensor to come: what rl.Input gives, and layers called on it.",
  Component = "An activation, loss, optimizer, …: arguments are its fields.", Optimizer = "Makes steps from gradients.",
  Metric = "A metric, or a loss: m(y_true, y_pred) computes; or count batches and ask for the result.",
  Mean = "rl.metrics.Mean and Sum: metrics of values alone.", Dataset = "Rows that come one after the other.",
  GradientTape = "What was computed with variables, recorded.", StandardScaler = "Brings features to mean 0, deviation 1.",
  MinMaxScaler = "Brings features to a range.", TextVectorization = "Texts as numbers.",
}
luals.CLASS_DOCS = CLASS_DOCS

--- Classes whose objects can be called: what that gives.
local CALLABLE <const> = {
  Layer = { "rl.Tensor", "rl.Tensor" }, Model = { "rl.Tensor", "rl.Tensor" },
  Component = { "rl.Tensor", "rl.Tensor" }, Stream = { "any", "number|rl.Tensor" }, Mean = { "any", "number" },
  TextVectorization = { "string|string[]", "rl.Tensor" },
}

--- Those with fields that only their arguments or weights name.
local OPEN <const> = { Layer = true, Component = true }

local function add_class_head(out, class, fields)
  local parent = catalogue.parents[class]
  out[#out + 1] = "--- " .. CLASS_DOCS[class]
  out[#out + 1] = ("---@class rl.%s%s"):format(class, parent and ": rl." .. parent or "")
  if class == "Tensor" then
    for _, name in ipairs(OPERATORS) do out[#out + 1] = ("---@operator %s(rl.Tensor|number): rl.Tensor"):format(name) end
    out[#out + 1] = "---@operator unm: rl.Tensor\n---@operator len: integer\n---@field [integer] any row or element\n---@field [table] any several"
  end
  local call = CALLABLE[class]
  if call then out[#out + 1] = ("---@operator call(%s): %s"):format(call[1], call[2]) end
  if OPEN[class] then out[#out + 1] = "---@field [string] any arguments and weights by their names" end
  out[#out + 1] = ("local %s = {}\n"):format(class)
  for _, entry in ipairs(fields) do -- a @field would be missed in tables that are given where a tensor may be, too
    add_doc(out, entry.lines)
    out[#out + 1] = ("---@type %s\n%s.%s = nil\n"):format(types.text(entry.returns[1].type), class, entry.name)
  end
end

local function add_class(out, class)
  local fields, methods = {}, {}
  for _, entry in ipairs(catalogue.entries()) do
    if entry.group == class then
      local list = entry.kind == "field" and fields or methods
      list[#list + 1] = entry
    end
  end
  add_class_head(out, class, fields)
  for _, entry in ipairs(methods) do add_function(out, entry, entry.path) end
end

--- A namespace that is called, too.
local function add_called(out, entry)
  add_arguments_class(out, entry.path .. ".args", entry.named)
  add_doc(out, entry.lines)
  add_argument_list(out, entry.named)
  out[#out + 1] = ("---@class %s\n---@overload fun(first: %s.args|any, given?: %s.args): ...\n%s = {}\n"):format(entry.path,
    entry.path, entry.path, entry.path)
end

--- rl.layers = {} and so on, before what stands in them.
local function add_namespaces(out)
  local seen = { rl = true }
  local function add(path)
    if not path or seen[path] then return end
    seen[path] = true
    add(path:match "^(.*)%.[^.]+$") -- rl.data before rl.data.Dataset
    out[#out + 1] = ("---@class %s\n---@field [string] any what plugins and scripts register\n%s = {}\n"):format(
      path, path)
  end
  for _, entry in ipairs(catalogue.entries()) do
    local path = entry.path:match "^(rl%..*)%.[^.]+$"
    if entry.is_namespace then
      seen[entry.path] = true
      add_called(out, entry)
    elseif path and not path:find "%.Model$" and not path:find "%.Sequential$" then add(path) end
  end
end

--- rl.Model and rl.Sequential are called, and have functions.
local function add_model_class(out, entry, result)
  local has = entry.path .. ".Constructor"
  if #entry.named > 0 then add_arguments_class(out, entry.path .. ".args", entry.named) end
  add_doc(out, entry.lines)
  out[#out + 1] = "---@class " .. has
  out[#out + 1] = ("---@overload fun(given?: table, named?: table): %s"):format(result)
  if #entry.named > 0 then out[#out + 1] = ("---@overload fun(given: %s.args): %s"):format(entry.path, result) end
  out[#out + 1] = entry.path .. " = {}\n"
end

local MODEL_CLASSES <const> = { Model = "rl.Functional", Sequential = "rl.Sequential" }

--- @return string the file
function luals.text()
  local out = { HEAD:format(core.version) }
  add_kinds(out)
  out[#out + 1] = "---@class rl.Type what a constructor is: call it\n---@field name string\n---@field kind string\n---@field doc string\n"
  for _, class in ipairs(catalogue.classes) do add_class(out, class) end
  out[#out + 1] = "---@class rl\nlocal rl = {}\n\n---@type string \"rnnlua X.Y.Z\"\nrl._VERSION = \"\"\n"
  add_namespaces(out)
  for _, entry in ipairs(catalogue.entries()) do
    local class = MODEL_CLASSES[entry.name]
    if class and entry.kind == "constructor" and not entry.class then
      add_model_class(out, entry, class)
    elseif entry.path:find "^rl%." and not entry.is_namespace then
      add_entry(out, entry, entry.path)
      add_aliases(out, entry)
    end
  end
  out[#out + 1] = "return rl\n"
  return table.concat(out, "\n")
end

return luals
