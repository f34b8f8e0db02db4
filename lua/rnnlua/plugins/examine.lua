--- The other side of plugins.child: a process of its own that loads one plugin, and tells on file descriptor 3 what it
--- is, or checks all that it registers. `rnnlua -E plugins examine describe|check FILE [FIRST [FOLDERS]]` is
--- nobody's command but ours.
local core = require "rnnlua.core"

local examine = {}

local SEED <const> = 1

--- A line of fields, in which the separators are written as in Lua.
local function tell(out, ...)
  local fields = { ... }
  for i, field in ipairs(fields) do
    fields[i] = tostring(field):gsub("[\\\t\n]", { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n" })
  end
  out:write(table.concat(fields, "\t"), "\n")
  out:flush()
end

local function find_loaded(name)
  for _, plugin in ipairs(core.plugins()) do
    if plugin.name == name then return plugin end
  end
end

-- ---- a training step with it ------------------------------------------------------------------------------

local function rest_of(shape) return table.move(shape, 2, #shape, 1, {}) end

--- A model that has the part in it, and the shape of its input. nil: it does not fit in one.
local function model_with(made, part, used)
  local rl = require "rnnlua"
  local kind, dense = made.kind, { 2, input_shape = { 3 } }
  if kind == "layer" then
    local x, y = used.inputs[1], used.outputs[1]
    if #used.inputs > 1 or #used.outputs > 1 or #x < 2 or #y < 2 or x[1] ~= y[1] then return nil end
    local layers = { part, #y > 2 and rl.layers.Flatten() or nil }
    layers[#layers + 1] = rl.layers.Dense(2)
    table.insert(layers, 1, rl.Input { shape = rest_of(x) })
    return rl.Sequential(layers), x
  end
  if kind == "activation" then dense.activation = part end
  if kind == "initializer" or kind == "regularizer" or kind == "constraint" then dense["kernel_" .. kind] = part end
  return rl.Sequential { rl.layers.Dense(dense) }, { 4, 3 }
end

--- Numbers to learn, or class numbers for those that take such.
local function targets_of(made, rl, rows)
  if core.describe(made).target == "index" then return rl.zeros { rows, 1 } end
  return rl.random.uniform { shape = { rows, 2 } }
end

--- Trains a model with the part in it for two steps; nil, or what is wrong.
local function train(made, part, used)
  local rl = require "rnnlua"
  rl.utils.set_random_seed(SEED)
  local model, shape = model_with(made, part, used)
  if not model then return nil end
  local options = { optimizer = rl.optimizers.SGD(0.01), loss = "mse" }
  if made.kind == "metric" and core.describe(made).target == "index" then
    options.loss = "sparse_categorical_crossentropy"
  end
  if made.kind == "optimizer" or made.kind == "loss" then options[made.kind] = part end
  if made.kind == "schedule" then options.optimizer = rl.optimizers.SGD { learning_rate = part } end
  if made.kind == "metric" then options.metrics = { part } end
  model:compile(options)
  local x = rl.random.uniform { shape = shape }
  if used and used.indices then x = rl.zeros(shape) end
  local losses = model:fit(x, targets_of(made, rl, shape[1]), { epochs = 3, verbose = 0 }).history.loss
  for epoch, loss in ipairs(losses) do
    if loss ~= loss or math.abs(loss) == math.huge then return ("the loss of epoch %d is %g"):format(epoch, loss) end
  end
  if losses[1] == losses[3] and made.kind ~= "schedule" and made.kind ~= "constraint" then
    return ("training for 3 epochs left the loss at %g"):format(losses[1])
  end
end

-- ---- checking -----------------------------------------------------------------------------------------------

local function make(made, given)
  return made.kind == "function" and core.make_function(made, given) or made(given)
end

--- Checks it with each optional boolean turned round, where it can be made so and takes inputs that are tried.
--- @return string|nil # what is wrong
function examine.check_flags(made, given)
  for _, way in ipairs(require("rnnlua.plugins.arguments").flipped(made, given)) do
    local can, part = pcall(make, made, way.given)
    if can then
      local ok, message = core.check(part)
      if not ok and not message:find "^no input tried was accepted" then
        return ("with %s=%s: %s"):format(way.name, way.value, message)
      end
    end
  end
end

--- nil where all is well, else what is wrong.
local function check_part(made, given)
  local part = make(made, given)
  local used, message = nil, nil
  local ok, second = core.check(part)
  if ok then used = second else message = second end
  message = message or examine.check_flags(made, given)
  if message then return message end
  if made.kind == "function" then return nil end
  if made.kind == "layer" then part = made(given) end
  return train(made, part, used)
end

--- "with units=3: " where the part has required arguments
local function told_arguments(given)
  local texts = {}
  for name, value in pairs(given) do texts[#texts + 1] = ("%s=%s"):format(name, tostring(value)) end
  table.sort(texts)
  return #texts > 0 and "with " .. table.concat(texts, ", ") .. ": " or ""
end

--- nil, or what is wrong with a part, behind the arguments that it was made with.
local function wrong_with(made)
  local given = {}
  local ok, message = pcall(function()
    given = require("rnnlua.plugins.arguments").for_type(made)
    return check_part(made, given)
  end)
  if message == nil then return nil end
  if not ok and type(message) == "string" then message = message:gsub("^[^\n]-:%d+: ", "") end
  return told_arguments(given) .. tostring(message)
end

--- Checks the parts from number `first` on.
local function check_all(out, plugin, first)
  for i, made in ipairs(plugin.types) do tell(out, "part", i, made.kind, made.name) end
  for i = first, #plugin.types do
    local made = plugin.types[i]
    tell(out, "begin", i)
    local message = wrong_with(made)
    if message == nil then tell(out, "ok") else tell(out, "failed", message) end
  end
end

local function describe_all(out, plugin)
  local help = require "rnnlua.help"
  for _, made in ipairs(plugin.types) do tell(out, "type", made.kind, made.name, help.text(made)) end
end

--- @param mode "check"|"describe"
--- @param file string
--- @param first string? the number of the part that check begins with
--- @param folders string? a line each: where plugins are looked for that this one requires
--- @return integer # the exit status
function examine.main(mode, file, first, folders)
  local out = assert(io.open("/dev/fd/3", "w"))
  if folders then
    local list = {}
    for folder in folders:gmatch "[^\n]+" do list[#list + 1] = folder end
    require "rnnlua.plugins.search".use(list)
  end
  local start = core.clock()
  local name, message = require("rnnlua.plugins").load(file)
  if not name then
    tell(out, "refused", message)
    tell(out, "done")
    return 0
  end
  local plugin = find_loaded(name)
  tell(out, "plugin", plugin.name, plugin.version or "", plugin.doc or "", core.clock() - start)
  local work = mode == "check" and check_all or describe_all
  work(out, plugin, math.tointeger(first or 1))
  tell(out, "done")
  return 0
end

return examine
