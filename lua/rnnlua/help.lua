--- What help(x) and `x?` show: everything is read from the declarations that constructors check against.
local core = require "rnnlua.core"

local help = {}

local WIDTH = 78
local NAME, DOC = "  ", "      " -- what argument names and their lines stand behind

--- Breaks text into lines of at most WIDTH columns, begun by `indent`; those after the first by `hanging`.
local function wrap(text, indent, hanging)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and #line + 1 + #word > WIDTH then
      lines[#lines + 1] = line
      line = nil
    end
    line = line and line .. " " .. word or (#lines > 0 and hanging or indent) .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- A default as it would be written in Lua: names of components are quoted.
local function literal(arg)
  local value = arg.default
  local plain = value == "nil" or value == "true" or value == "false" or tonumber(value)
  return plain and value or ('"%s"'):format(value)
end

--- "Dense(units, {activation=nil, use_bias=true, …})"; arguments of every layer are left out
local function signature(described)
  local leading, named = { described.kind == "function" and "x" or nil }, {}
  for i, arg in ipairs(described.args) do
    local required = arg.default == nil
    if not arg.common and i <= described.positional and required then
      leading[#leading + 1] = arg.name
    elseif not arg.common then
      named[#named + 1] = required and arg.name or arg.name .. "=" .. literal(arg)
    end
  end
  if #named == 0 then return ("%s(%s)"):format(described.name, table.concat(leading, ", ")) end
  local table_part = "{" .. table.concat(named, ", ") .. "}"
  if #leading == 0 then return described.name .. table_part end
  return ("%s(%s, %s)"):format(described.name, table.concat(leading, ", "), table_part)
end

--- "units: integer in [1, inf), required"
local function argument_line(arg)
  local range = arg.range and (arg.type == "string" and " (" .. arg.range .. ")" or " in " .. arg.range) or ""
  local default = arg.default == nil and "required" or "default " .. literal(arg)
  return ("%s: %s%s, %s"):format(arg.name, arg.type, range, default)
end

local function add_arguments(out, title, args)
  if #args == 0 then return end
  out[#out + 1] = ""
  out[#out + 1] = title
  for _, arg in ipairs(args) do
    out[#out + 1] = wrap(argument_line(arg), NAME, DOC)
    if arg.doc then out[#out + 1] = wrap(arg.doc, DOC) end
  end
end

--- The text for a type as core.describe gives it.
local function type_text(described)
  local own, common = {}, {}
  for _, arg in ipairs(described.args) do
    local list = arg.common and common or own
    list[#list + 1] = arg
  end
  local known_as = described.aliases and ", also known as " .. described.aliases:gsub(" ", ", ") or ""
  local out = {
    wrap(signature(described), "", DOC),
    wrap(described.kind .. known_as, NAME, DOC),
    "",
    wrap(described.doc or "no description", ""),
  }
  add_arguments(out, "Arguments:", own)
  add_arguments(out, ("Arguments of every %s:"):format(described.kind), common)
  return table.concat(out, "\n")
end

--- The text for something that lists its fields: a namespace, an object of ours.
local function fields_text(value, fields)
  return tostring(value) .. "\n" .. wrap(table.concat(fields, " "), NAME, NAME)
end

--- The types of that name, of any kind.
local function types_named(name)
  local found = {}
  for _, kind in ipairs(core.kinds()) do found[#found + 1] = core.type(kind, name) end
  return found
end

local function string_text(name)
  local texts = {}
  for _, type_object in ipairs(types_named(name)) do texts[#texts + 1] = type_text(core.describe(type_object)) end
  return #texts > 0 and table.concat(texts, "\n\n") or ("nothing is known by the name '%s'"):format(name)
end

local OVERVIEW = [[
help(x) tells what x is: help(rl.layers.Dense), help("Adam"), help(rl.layers), help(model).

rl has layers, activations, initializers, regularizers, constraints, losses, metrics, optimizers,
callbacks, models, utils, random and the tensor functions (rl.tensor, rl.zeros, …). A constructor takes its
arguments by name in a table, the leading ones also by position: rl.layers.Dense(1, {activation="relu"}).]]

-- functions ------------------------------------------------------------------------------------------

--- A doc comment: paragraphs filled, examples (indented lines) as they are, tags in words.
local function comment_text(comment)
  local out, paragraph, hanging = {}, {}, NAME
  local function flush()
    if #paragraph > 0 then out[#out + 1] = wrap(table.concat(paragraph, " "), NAME, hanging) end
    paragraph, hanging = {}, NAME
  end
  for line in (comment .. "\n"):gmatch "([^\n]*)\n" do
    local tag = line:match "^@%w+"
    if tag or line == "" or line:find "^%s%s" then flush() end
    if tag then
      hanging = DOC
      line = tag == "@param" and line:gsub("^@param (%S+) ", "%1: ") or line:gsub("^@return ", "returns ")
    end
    local verbatim = line == "" or line:find "^%s%s"
    local list = verbatim and out or paragraph
    list[#list + 1] = verbatim and line ~= "" and NAME .. line or line
  end
  flush()
  return table.concat(out, "\n")
end

--- "epochs: integer, default 1"
local function spec_line(entry)
  local line = ("%s: %s, default %s"):format(entry[1], entry[2]:gsub("|", " or "),
    type(entry[3]) == "string" and ('"%s"'):format(entry[3]) or tostring(entry[3]))
  local words = {}
  for i, choice in ipairs(entry.choices or words) do words[i] = choice[1] end
  return #words > 0 and line .. " (" .. table.concat(words, "|") .. ")" or line
end

local function add_spec(out, spec)
  out[#out + 1] = "\n" .. NAME .. "Arguments by name, in a table that comes last:"
  for _, entry in ipairs(spec) do
    out[#out + 1] = wrap(spec_line(entry), NAME .. NAME, DOC)
    if entry.doc then out[#out + 1] = wrap(entry.doc, NAME .. DOC) end
  end
end

--- Where methods keep the specification of their options: name -> module, field.
local OPTIONS = {
  ["Model:compile"] = { "rnnlua.compile", "COMPILE" },
  ["Model:fit"] = { "rnnlua.training", "FIT" },
  ["Model:evaluate"] = { "rnnlua.evaluation", "EVALUATE" },
  ["Model:predict"] = { "rnnlua.evaluation", "PREDICT" },
  ["Model:train_on_batch"] = { "rnnlua.evaluation", "TRAIN_ON_BATCH" },
  ["Model:test_on_batch"] = { "rnnlua.evaluation", "TEST_ON_BATCH" },
  ["Model:summary"] = { "rnnlua.summary", "SUMMARY" },
  ["Dataset.from_csv"] = { "rnnlua.dataset.csv_source", "SPEC" },
  ["methods:shuffle"] = { "rnnlua.dataset", "SHUFFLE" },
  ["sequences.pad_sequences"] = { "rnnlua.utils.sequences", "PAD" },
  ["sequences.timeseries_dataset_from_array"] = { "rnnlua.utils.sequences", "WINDOWS" },
  ["splitting.train_test_split"] = { "rnnlua.utils.splitting", "SPLIT" },
  ["scaling.normalize"] = { "rnnlua.utils.scaling", "NORMALIZE" },
  ["utils.read_csv"] = { "rnnlua.utils.csv", "READ" },
  ["utils.write_csv"] = { "rnnlua.utils.csv", "WRITE" },
  ["plot.confusion_matrix"] = { "rnnlua.plot.confusion", "SPEC" },
  ["plot.model"] = { "rnnlua.plot.model", "SPEC" },
}

--- The specification of what a function takes by name, or nil.
--- @param f function
--- @param signature string as the comment has it
function help.spec_of(f, signature)
  local place, made = OPTIONS[signature:match "^[^%(]+"], require "rnnlua.documented"[f]
  return place and require(place[1])[place[2]] or made and made.spec
end

--- A constructor written in Lua: rl.callbacks.EarlyStopping
local function constructor_text(made)
  local comment = require "rnnlua.docs"[made.file][made.name]
  local out = { made.name .. "{…}", comment and comment_text(comment[2]) }
  if #made.spec > 0 then add_spec(out, made.spec) end
  return table.concat(out, "\n")
end

--- The comment above a Lua function.
--- @return table|nil # {signature, text}
function help.comment_on(f)
  local info = debug.getinfo(f, "S")
  local file = require "rnnlua.docs"[info.source:sub(2)]
  return file and file[info.linedefined]
end

local function documented_text(value, comment)
  local out, spec = { comment[1], comment_text(comment[2]) }, help.spec_of(value, comment[1])
  if spec then add_spec(out, spec) end
  return table.concat(out, "\n")
end

--- A tensor function written in C; nil if it is none.
local function tensor_function_text(value)
  for _, source in ipairs { core.tensor_functions, core.tensor_creators, core.random } do
    for name, f in next, source do
      local entry = f == value and require "rnnlua.help_functions"[name]
      if entry then return ("rl.%s\n%s"):format(entry[1], wrap(entry[2], NAME)) end
    end
  end
end

local function function_text(value)
  local made, comment = require "rnnlua.documented"[value], help.comment_on(value)
  if made and made.name then return constructor_text(made) end
  if comment then return documented_text(value, comment) end
  local info = debug.getinfo(value, "S")
  if info.what == "C" then return tensor_function_text(value) or "a function written in C" end
  return ("a Lua function, %s:%d"):format(info.short_src, info.linedefined)
end

-- anything ------------------------------------------------------------------------------------------------

local function tensor_text(t)
  local extents, methods = {}, {}
  for i, extent in ipairs(t.shape) do extents[i] = tostring(extent) end
  for name in next, core.tensor_functions do methods[#methods + 1] = name end
  table.sort(methods)
  return ("a tensor of shape (%s%s), %s; its methods:\n%s"):format(table.concat(extents, ", "),
    #extents == 1 and "," or "", t.dtype, wrap(table.concat(methods, " "), NAME, NAME))
end

--- An object that isn't described: what calling it does, and its fields.
local function object_text(value, meta)
  local call, fields, made = rawget(meta, "__call"), rawget(meta, "__fields"), require "rnnlua.documented"[value]
  if made then return constructor_text(made) .. "\n\n" .. fields_text(value, fields(value)) end
  local comment = type(call) == "function" and help.comment_on(call)
  local text = fields and fields_text(value, fields(value))
    or ("%s (%s)"):format(tostring(value), meta.__name or type(value))
  return comment and text .. "\n\n" .. comment_text(comment[2]) or text
end

--- @param x any a type, an object, a namespace, a function, or a name as a string; nil for an overview
--- @return string text without a final newline
function help.text(x)
  if x == nil then return OVERVIEW end
  if type(x) == "string" then return string_text(x) end
  if type(x) == "function" then return function_text(x) end
  local described = core.describe(x)
  if described then
    local text = type_text(described)
    local is_type = getmetatable(x).__name == "type"
    return is_type and text or tostring(x) .. "\n\n" .. text
  end
  local meta = getmetatable(x)
  if meta == "tensor" then return tensor_text(x) end
  if type(meta) == "table" then return object_text(x, meta) end
  return ("%s (%s)"):format(tostring(x), type(x))
end

--- Prints what x is: signature, arguments with their defaults, what it does.
--- @param x any a constructor, an object, a namespace, a function, or a name as a string; nil: an overview
function help.help(x) print(help.text(x)) end

return help
