--- rl.GradientTape: records what a function computes, then gives gradients of it.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local documented = require "rnnlua.documented"
local engine = require "rnnlua.gradients.engine"
local shapes = require "rnnlua.gradients.shapes"

local is_tensor = shapes.is_tensor
local to_tensor, full = core.tensor_creators.tensor, core.tensor_creators.full

local methods = {}
local meta = { __name = "GradientTape" }

function meta.__index(_, key)
  local method = methods[key]
  if method then return method end
  core.raise(("GradientTape has no field '%s'%s"):format(tostring(key), options.hint(key, meta.__fields())))
end

function meta.__newindex(_, key) core.raise(("GradientTape: '%s' cannot be assigned"):format(tostring(key))) end

function meta.__fields()
  local names = {}
  for name in pairs(methods) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- What a tape is, by the object that scripts have: {tape =, persistent =, used =, watched =}.
local states = setmetatable({}, { __mode = "k" })

function meta.__tostring(self)
  local state = states[self]
  return ("<GradientTape%s>"):format(state.used and ", used" or "")
end

local function state_of(self, who)
  local state = states[self]
  if not state then core.raise(("%s: call it with a colon, tape:%s(…)"):format(who, who)) end
  return state
end

local function is_float(t) return t.dtype == "float32" or t.dtype == "float64" end

-- recording ---------------------------------------------------------------------------------------------------

local NESTED = "GradientTape: a tape is recording already, and gradients of gradients are not supported"

--- What went wrong in the function, in words where Lua's own do not say what to do.
local function explain(message)
  if type(message) == "string" and (message:find("attempt to yield across a C-call boundary", 1, true)
    or message:find("attempt to yield from outside a coroutine", 1, true)) then
    return "GradientTape: the function that a tape records cannot yield"
  end
  return message
end

local SPEC = { { "persistent", "boolean", false, doc = "gradient may be called more than once" } }

--- Runs f(tape) and records what it does with variables and with the tensors that tape:watch was told of. Full reductions,
--- as t:sum(), and single elements are tensors without axes then. An error in f goes through, and nothing records any
--- more.
---
---     local x = rl.Variable(rl.tensor{ 1.0, 2.0, 3.0 })
---     local tape, loss = rl.GradientTape(function() return (x * x):sum() end)
---     tape:gradient(loss, x) --> [2. 4. 6.]
--- @param f function gets the tape
--- @param given table|nil arguments by name
--- @return tape
--- @return any ... what f returns: local tape, loss = rl.GradientTape(function() … return loss end)
local function GradientTape(f, given)
  if type(f) ~= "function" then
    core.raise("GradientTape: a function that computes something expected, got " .. options.describe(f))
  end
  given = options.read("GradientTape", SPEC, given)
  if core.is_recording() then core.raise(NESTED) end
  local self = setmetatable({}, meta)
  local state = { tape = core.tape(), persistent = given.persistent, watched = {}, running = true }
  states[self] = state
  local results = table.pack(pcall(core.record, state.tape, f, self))
  state.running = false
  if not results[1] then
    core.tape_end(state.tape)
    state.used = true
    error(explain(results[2]), 0)
  end
  return self, table.unpack(results, 2, results.n)
end

--- Makes a tensor one whose gradient can be asked for. Variables, a model's weights among them, are watched anyway.
--- @param t tensor of floats, or a list of tensors
function methods.watch(self, t)
  local state = state_of(self, "watch")
  if not state.running then core.raise "watch: the tape does not record any more; call it in the function" end
  if type(t) == "table" then
    for _, entry in ipairs(t) do methods.watch(self, entry) end
    return
  end
  if not is_tensor(t) then core.raise("watch: a tensor expected, got " .. options.describe(t)) end
  if not is_float(t) then core.raise(("watch: a tensor of floats expected, got one of %s"):format(t.dtype)) end
  core.tape_watch(state.tape, t)
  state.watched[#state.watched + 1] = t
end

-- gradients ---------------------------------------------------------------------------------------------------

local function check_usable(state)
  if state.running then
    core.raise "gradient: the tape still records; call it after rl.GradientTape(…) has returned"
  end
  if core.is_recording() then
    core.raise "gradient: another tape records, and gradients of gradients are not supported"
  end
  if state.used then
    core.raise("gradient: this tape was used already; rl.GradientTape(f, {persistent = true}) makes one that can be"
      .. " used again")
  end
  if core.tape_spoiled(state.tape) then
    core.raise "gradient: a tensor that the tape has recorded was changed in place since, so gradients would be wrong"
  end
end

--- What gradients are of: a list of tensors of floats that the tape knows.
local function check_targets(state, targets)
  local single = not options.is_plain_table(targets)
  if single then targets = { targets } end
  for i = 1, single and 1 or #targets do
    local target = targets[i]
    if type(target) == "number" then
      core.raise("gradient: the loss is a Lua number, which has no gradients; compute it in the function that the tape"
        .. " records, from variables or watched tensors, and without rl.item")
    elseif not is_tensor(target) then
      core.raise("gradient: the loss must be a tensor, got " .. options.describe(target))
    elseif not is_float(target) then
      core.raise(("gradient: the loss must hold floats, got %s"):format(target.dtype))
    elseif not core.tape_watches(state.tape, target) then
      core.raise(("gradient: %s was not computed on this tape from variables or watched tensors"):format(
        #targets == 1 and "the loss" or "loss " .. i))
    end
  end
  if #targets == 0 then core.raise("gradient: a loss expected, got none") end
  return targets
end

local function check_sources(sources)
  local single = not options.is_plain_table(sources)
  if single then sources = { sources } end
  for i = 1, single and 1 or #sources do
    local source = sources[i]
    if not is_tensor(source) then
      core.raise(("gradient: %s must be a tensor, got %s"):format(single and "the source" or "source " .. i,
        options.describe(source)))
    end
  end
  return sources, single
end

--- Those of the sources that the tape has watched, and their places. What was done with other tensors alone is not
--- recorded, so no gradient of them would be whole.
local function watched_of(state, sources)
  local told, list, places = {}, {}, {}
  for _, t in ipairs(state.watched) do told[t] = true end
  for i, source in ipairs(sources) do
    if told[source] or core.tape_watches(state.tape, source) then
      list[#list + 1], places[#places + 1] = source, i
    end
  end
  return list, places
end

local function seeds_for(targets, given)
  local seeds = {}
  if given ~= nil and (is_tensor(given) or #targets == 1 and not (type(given) == "table" and is_tensor(given[1]))) then
    given = { given }
  end
  for i, target in ipairs(targets) do
    local seed = given and given[i]
    if seed == nil then seed = full(target.shape, 1, target.dtype)
    elseif not is_tensor(seed) then seed = to_tensor(seed, target.dtype) end
    if not shapes.same(seed.shape, target.shape) then
      core.raise(("gradient: output_gradients must have the loss's shape, (%s), got (%s)"):format(
        table.concat(target.shape, ", "), table.concat(seed.shape, ", ")))
    end
    seeds[i] = seed.dtype == target.dtype and seed or seed:astype(target.dtype)
  end
  return seeds
end

--- The gradients of a loss with respect to variables or watched tensors. Of a tensor with axes they are those of its sum,
--- or of its product with output_gradients.
--- @param loss tensor|table computed by the tape's function; several: of their sum
--- @param sources tensor|table a tensor, or a list of them, as model.trainable_variables
--- @param output_gradients tensor|nil of the loss's shape
--- @return tensor|table one gradient, or a list in the order of the sources; false where the loss does not depend on it
function methods.gradient(self, loss, sources, output_gradients)
  local state = state_of(self, "gradient")
  check_usable(state)
  local targets = check_targets(state, loss)
  local list, single = check_sources(sources)
  local seeds = seeds_for(targets, output_gradients)
  local result, watched, places = {}, watched_of(state, list)
  for i = 1, #list do result[i] = false end
  for i, g in ipairs(engine.backward(core.tape_records(state.tape), targets, seeds, watched)) do result[places[i]] = g end
  if not state.persistent then
    core.tape_end(state.tape)
    state.used = true
  end
  if single then return result[1] end
  return result
end

documented[GradientTape] = { spec = SPEC, methods = methods }

return GradientTape
