--- Everything public and what is known about it, from declared arguments and doc comments: what `rnnlua doc`, the man
--- page, the file for editors and the reference page are made of.
---
--- An entry has path (as it is written: "rl.layers.Dense", "Model:fit"), group (the heading that it stands under), kind
--- ("layer", "function", "method", "field", "constructor", …), lines (what is said) and examples in them; params (by
--- position: {name, type, doc, optional}), named (arguments by name: {name, type, default, doc, required}), returns
--- ({type, doc}), for registered types described (core.describe) and aliases.
local core = require "rnnlua.core"
local comments = require "rnnlua.docs.comments"
local documented = require "rnnlua.documented"
local help = require "rnnlua.help"
local objects = require "rnnlua.docs.objects"
local signatures = require "rnnlua.docs.signatures"
local functions = require "rnnlua.help_functions"

local catalogue = {}

--- Where the types of a kind are found.
local NAMESPACES <const> = {
  layer = "rl.layers", activation = "rl.activations", initializer = "rl.initializers", regularizer = "rl.regularizers",
  constraint = "rl.constraints", loss = "rl.losses", metric = "rl.metrics", optimizer = "rl.optimizers",
  schedule = "rl.optimizers.schedules",
}

-- entries ----------------------------------------------------------------------------------------------------

--- A registered type: its arguments are declared.
local function type_entry(kind, made)
  local described = core.describe(made)
  local named = {}
  for i, arg in ipairs(described.args) do
    named[i] = { name = arg.name, type = arg.type, default = arg.default, required = arg.default == nil, range = arg.range,
      doc = arg.doc, common = arg.common, positional = not arg.common and i <= described.positional }
  end
  return { path = NAMESPACES[kind] .. "." .. described.name, name = described.name, group = NAMESPACES[kind], kind = kind,
    lines = { described.doc }, named = named, params = {}, returns = { { type = kind, doc = "" } }, is_type = true,
    aliases = described.aliases, value = made }
end

--- Arguments by name as options.lua has them.
local function named_of(spec)
  local named = {}
  for i, entry in ipairs(spec) do
    local words = {}
    for k, choice in ipairs(entry.choices or {}) do words[k] = choice[1] end
    named[i] = { name = entry[1], type = entry[2], default = entry[3] == nil and "nil" or tostring(entry[3]),
      range = #words > 0 and table.concat(words, "|") or nil, doc = entry.doc, positional = true }
  end
  return named
end

--- The names in "Model:fit(x, y, given)".
local function names_in(signature)
  local names = {}
  for name in (signature:match "%((.*)%)$" or ""):gmatch "[^,%s]+" do names[#names + 1] = name end
  return names
end

--- Parameters in the order of the signature with what @param lines say of them; self is left out.
local function params_of(signature, parsed)
  local known, params = {}, {}
  for _, param in ipairs(parsed.params) do known[param.name] = param end
  for _, name in ipairs(names_in(signature)) do
    local param = known[name]
    if name ~= "self" and name ~= "_" then
      params[#params + 1] = { name = name, type = param and param.type or "any", doc = param and param.doc,
        optional = param and param.type:find "%f[%w]nil$" ~= nil or param and param.type:find "%?$" ~= nil }
    end
  end
  return params
end

--- A Lua function: from its comment; `doc` where help knows better.
local function lua_entry(path, group, kind, f, comment)
  comment = comment or help.comment_on(f)
  local entry = { path = path, name = path:match "[%w_]+$", group = group, kind = kind, value = f, lines = {}, params = {},
    named = {}, returns = {}, undocumented = not comment or nil }
  if not comment then return entry end
  local parsed = comments.parse(comment[2])
  local spec = help.spec_of(f, comment[1])
  entry.lines, entry.returns = parsed.lines, parsed.returns
  entry.params, entry.source, entry.tags = params_of(comment[1], parsed), comment[1], parsed.params
  if spec then entry.named = named_of(spec) end
  return entry
end

--- A constructor written in Lua: rl.callbacks.EarlyStopping
local function constructor_entry(path, group, f)
  local made = documented[f]
  local comment = require "rnnlua.docs"[made.file][made.name] or type(f) == "function" and help.comment_on(f) or nil
  local entry = lua_entry(path, group, "constructor", f, comment)
  entry.named, entry.class = named_of(made.spec), made.name
  entry.params = {}
  return entry
end

--- What is written in C: a line of help_functions.lua or objects.lua.
local function line_entry(path, group, kind, signature, doc)
  local _, params, result = signatures.parse(signature)
  local returns = result and { { type = result, doc = "" } } or {}
  return { path = path, name = path:match "[%w_]+$", group = group, kind = kind, lines = { doc }, params = params or {},
    named = {}, returns = returns, signature = signature }
end

-- walking -----------------------------------------------------------------------------------------------------

local function is_class(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__call") or nil
end

local function c_function_entry(path, group, name)
  local line = functions[name]
  if not line then
    return { path = path, name = name, group = group, kind = "function", lines = {}, params = {}, named = {}, returns = {},
      undocumented = true }
  end
  local entry = line_entry(path, group, "function", "rl." .. line[1], line[2])
  if not entry.returns[1] then entry.returns[1] = { type = "tensor", doc = "" } end
  return entry
end

local function add_function(out, path, group, name, value)
  if documented[value] and documented[value].name then
    out[#out + 1] = constructor_entry(path, group, value)
  elseif debug.getinfo(value, "S").what == "C" then
    out[#out + 1] = c_function_entry(path, group, name)
  else
    out[#out + 1] = lua_entry(path, group, "function", value)
  end
end

local function sorted_names(namespace)
  local names = {}
  for name in pairs(namespace) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The class methods of rl.Sequential and rl.Model: from_config
local function add_class(out, path, group, class)
  out[#out + 1] = lua_entry(path, group, "constructor", is_class(class))
  for _, name in ipairs(sorted_names(class)) do
    if type(class[name]) == "function" and name:sub(1, 1) ~= "_" then
      out[#out + 1] = lua_entry(path .. "." .. name, group, "function", class[name])
    end
  end
end

--- A namespace that is called, too: rl.plot
local function add_called_namespace(out, path, group, value)
  local entry = constructor_entry(path, group, value)
  entry.class, entry.is_namespace = nil, true
  entry.params = { { name = "first", type = "any", doc = "what is drawn, or all arguments by name" },
    { name = "given", type = "table|nil", optional = true, doc = "arguments by name" } }
  out[#out + 1] = entry
  for _, name in ipairs(getmetatable(value).__fields(value)) do
    add_function(out, path .. "." .. name, path, name, value[name])
  end
end

local function add_namespace(out, path, namespace)
  for _, name in ipairs(sorted_names(namespace)) do
    local value, below = namespace[name], path .. "." .. name
    if type(value) == "function" then
      add_function(out, below, path, name, value)
    elseif documented[value] then
      add_called_namespace(out, below, path, value)
    elseif is_class(value) and not core.describe(value) then
      add_class(out, below, path, value)
    elseif type(value) == "table" and tostring(value):find "^<rl" and not tostring(value):find "^<rl%.plugins%." then
      add_namespace(out, below, value)
    end
  end
end

--- What scripts have registered is theirs; Lambda's type, too, which its constructor stands for.
local function add_types(out)
  local there = {}
  for _, entry in ipairs(out) do there[entry.path] = true end
  for _, plugin in ipairs(core.plugins()) do
    for _, made in ipairs(plugin.origin ~= "script" and plugin.types or {}) do
      local path = (NAMESPACES[made.kind] or "") .. "." .. made.name
      if NAMESPACES[made.kind] and not there[path] then out[#out + 1] = type_entry(made.kind, core.type(made.kind, made.name)) end
    end
  end
  table.sort(out, function(a, b)
    if a.group ~= b.group then return a.group < b.group end
    return a.path < b.path
  end)
end

-- classes -----------------------------------------------------------------------------------------------------

--- Class -> tables with its methods in Lua. What a class inherits stands with the class that has it.
local METHODS <const> = {
  Model = function() return require "rnnlua.models" end,
  Sequential = function() return getmetatable(require "rnnlua.sequential").methods end,
  Functional = function() return getmetatable(require "rnnlua.functional").methods end,
  Dataset = function() return require "rnnlua.dataset".methods end,
  GradientTape = function() return documented[require "rnnlua".GradientTape].methods end,
  StandardScaler = function() return documented[require "rnnlua".utils.StandardScaler].methods end,
  TextVectorization = function() return documented[require "rnnlua".utils.TextVectorization].methods end,
}

--- The class that another one has its methods from.
catalogue.parents = { Sequential = "Model", Functional = "Model", Optimizer = "Component", Metric = "Component",
  MinMaxScaler = "StandardScaler", Variable = "Tensor" }

catalogue.classes = { "Tensor", "Layer", "Model", "Sequential", "Functional", "History", "Stream", "Symbolic", "Component",
  "Optimizer", "Metric", "Mean", "Dataset", "GradientTape", "StandardScaler", "MinMaxScaler", "TextVectorization" }

local function add_tensor_methods(out)
  for _, name in ipairs(sorted_names(core.tensor_functions)) do
    local entry = c_function_entry("Tensor:" .. name, "Tensor", name)
    local first = entry.params[1] and entry.params[1].name
    if first == "t" or first == "v" or first == "condition" then
      entry.kind, entry.also = "method", "rl." .. name
      entry.params = table.move(entry.params, 2, #entry.params, 1, {})
      out[#out + 1] = entry
    end
  end
end

local function add_members(out, class)
  for _, line in ipairs(objects[class] or {}) do
    local path = class .. (line.method and ":" or ".") .. line.name
    out[#out + 1] = line_entry(path, class, line.method and "method" or "field", line.signature, line.doc)
  end
  if class == "Tensor" then add_tensor_methods(out) end
  local methods = METHODS[class] and METHODS[class]() or {}
  for _, name in ipairs(sorted_names(methods)) do
    if type(methods[name]) == "function" and name:sub(1, 1) ~= "_" then
      out[#out + 1] = lua_entry(class .. ":" .. name, class, "method", methods[name])
    end
  end
end

local made

--- @return table[] entries, those of a group side by side
function catalogue.entries()
  if made then return made end
  made = {}
  add_namespace(made, "rl", require "rnnlua")
  add_types(made)
  for _, class in ipairs(catalogue.classes) do add_members(made, class) end
  for _, entry in ipairs(made) do entry.examples = comments.examples(entry.lines) end
  return made
end

local function plain(path) return (path:gsub("^rl%.", ""):gsub(":", ".")) end

--- Entries of that path, or whose path ends so. A method that a function of rl is, too, is left out beside that.
local function matching(wanted, change)
  local found, there = {}, {}
  wanted = change(wanted)
  for _, entry in ipairs(catalogue.entries()) do
    local path = change(plain(entry.path))
    if (path == wanted or path:sub(-#wanted - 1) == "." .. wanted) and not there[entry.also or entry.path] then
      found[#found + 1] = entry
      there[entry.path] = true
    end
  end
  return found
end

--- The entries that a name may mean: its whole path or the end of it ("fit", "Model.fit", "model:fit"); in other letters
--- only if there is none in these.
--- @param name string
--- @return table[]
function catalogue.find(name)
  local found = matching(plain(name), function(path) return path end)
  return #found > 0 and found or matching(plain(name), string.lower)
end

return catalogue
