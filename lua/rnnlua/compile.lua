--- model:compile: from names and objects to the components that a trainer takes.
---
--- What depends on the data ("accuracy", "crossentropy") is settled when the first data come, as in Keras
--- (keras/src/trainers/compile_utils.py).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local busy = require "rnnlua.busy"
local named = require "rnnlua.named"

local compile = {}

local COMPILE = {
  { "optimizer", "any", "rmsprop", doc = "a name or object of rl.optimizers" },
  { "loss", "any",
    doc = "a name or object of rl.losses; crossentropy picks one by the shapes; for several outputs a list, or a "
      .. "table by name" },
  { "metrics", "any",
    doc = "list of names, objects or functions of y_true and y_pred, shown beside the loss; accuracy picks one by the shapes" },
  { "loss_weights", "number|table", doc = "factor of the loss; a list or table by name for several outputs" },
  { "weighted_metrics", "any", doc = "metrics that sample weights apply to" },
}
compile.COMPILE = COMPILE -- for help

--- Words that stand for one of three components, by the shapes of targets and outputs.
local FAMILIES = {
  accuracy = { kind = "metric", "BinaryAccuracy", "SparseCategoricalAccuracy", "CategoricalAccuracy" },
  crossentropy = { kind = "loss", "BinaryCrossentropy", "SparseCategoricalCrossentropy",
    "CategoricalCrossentropy" },
}
FAMILIES.acc, FAMILIES.ce = FAMILIES.accuracy, FAMILIES.crossentropy

local function family_of(value) return type(value) == "string" and FAMILIES[value:lower()] or nil end

--- Which of a family: 1 binary, 2 sparse, 3 categorical.
local function member(y_shape, output_shape)
  local last_y, last = y_shape[#y_shape], output_shape[#output_shape]
  if last == 1 then return 1 end
  if #y_shape < #output_shape or last_y == 1 then return 2 end
  return 3
end

-- reading the arguments ------------------------------------------------------------------------------------

--- {fn = f, name = "within"}: a Lua function has no name of its own.
local function is_named_function(value, argument)
  if not options.is_plain_table(value) or value.fn == nil then return false end
  local wanted = { fn = "function", name = "string" }
  for key, field in pairs(value) do
    if type(field) ~= wanted[key] then
      core.raise(("compile: argument '%s' must be { fn = function, name = string }, got the key '%s' with a %s")
        :format(argument, tostring(key), type(field)))
    end
  end
  return true
end

--- Whether it is one metric, not a list of them.
local function is_single(value) return not options.is_plain_table(value) or value.class_name or value.fn end

--- A loss or metric as given: {component=, name=} or {family=, name=}. false where there is none.
local function read_one(kind, value, argument)
  if value == nil or value == false then return false end
  local family = family_of(value)
  if family and (kind == "metric" or family.kind == "loss") then
    return { family = family, name = value }
  end
  local name
  if kind == "metric" and is_named_function(value, argument) then value, name = value.fn, value.name end
  local component = core.component(kind, value, "compile", argument)
  return { component = component, name = name or type(value) == "string" and value or component.name }
end

--- Metrics for one output.
local function read_metrics(value, argument)
  if value == nil or value == false then return {} end
  if is_single(value) then value = { value } end
  local first = value[1]
  if #value == 1 and not is_single(first) then value = first end -- one list an output
  local list = {}
  for i = 1, #value do
    list[i] = read_one("metric", value[i], ("%s[%d]"):format(argument, i)) or nil
  end
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > #value then
      core.raise(("compile: argument '%s' must be a list, got a table with the key '%s'"):format(argument,
        tostring(key)))
    end
  end
  return list
end

-- for each output ---------------------------------------------------------------------------------------------

--- One value an output: from a list, from a table by the outputs' names, or the same one for all.
--- @param partial boolean outputs may be missing in a table by name
local function spread(value, argument, outputs, partial)
  local list = {}
  if value ~= nil and not is_single(value) then
    return named.list(("compile: argument '%s'"):format(argument), "output", value, outputs, partial)
  end
  for i = 1, #outputs do list[i] = value end
  return list
end

local function read_losses(value, outputs)
  if #outputs == 1 and options.is_plain_table(value) and not named.is(value) and #value ~= 1 then
    core.raise(("compile: argument 'loss' must name one loss for the model's one output, got %d"):format(#value))
  end
  local given, losses = spread(value, "loss", outputs), {}
  for i = 1, #outputs do losses[i] = read_one("loss", given[i], "loss") end
  return losses
end

local function read_loss_weights(value, outputs)
  if value == nil then return nil end
  local listed = type(value) == "table" and not named.is(value)
  if #outputs == 1 and listed and (#value ~= 1 or type(value[1]) ~= "number") then
    core.raise("compile: argument 'loss_weights' must be one number, or a list of one, for the model's one output")
  end
  local given, weights = spread(value, "loss_weights", outputs), {}
  for i = 1, #outputs do
    if type(given[i]) ~= "number" then
      core.raise(("compile: argument 'loss_weights': the weight of output '%s' must be a number, got %s"):format(
        outputs[i], options.describe(given[i])))
    end
    weights[i] = given[i] + 0.0
  end
  return weights
end

--- A list of metrics for each output. With one output all are meant for it; with several a list has one entry, a
--- metric or a list of them, for each.
local function read_all_metrics(value, argument, outputs)
  local by_output = options.is_plain_table(value) and not is_single(value) and named.is(value)
  if #outputs == 1 and not by_output then return { read_metrics(value, argument) } end
  local given, lists = spread(value, argument, outputs, true), {}
  for i = 1, #outputs do lists[i] = read_metrics(given[i], argument) end
  return lists
end

--- model:compile{…}. On an error the model stays as it was.
function compile.compile(model, given)
  busy.refuse(model, "compile")
  given = options.read("compile", COMPILE, given)
  local outputs = model:_names "output"
  local spec = {
    given = given,
    optimizer = core.component("optimizer", given.optimizer, "compile", "optimizer"),
    losses = read_losses(given.loss, outputs),
    loss_weights = read_loss_weights(given.loss_weights, outputs),
    metrics = read_all_metrics(given.metrics, "metrics", outputs),
    weighted_metrics = read_all_metrics(given.weighted_metrics, "weighted_metrics", outputs),
  }
  model._compiled, model._trainer, model._tester, model._trainer_names = spec, nil, nil, nil
end

-- making a trainer --------------------------------------------------------------------------------------------

local function settle(entry, y_shape, output_shape)
  local family = entry.family
  if not family then return entry.component end
  local name = family[member(y_shape, output_shape)]
  return core.component(family.kind, name, "compile", entry.name)
end

--- For each log 1 if it is better the larger it is, else -1: what EarlyStopping's mode = "auto" goes by.
--- @param names table of all logs; those of metrics come last
--- @param metrics table components of the metrics, in the same order
local function directions(names, metrics)
  local result, first = {}, #names - #metrics
  for i = 1, first do result[names[i]] = -1 end
  for i, component in ipairs(metrics) do
    result[names[first + i]] = core.describe(component).maximized and 1 or -1
  end
  return result
end

local function components(list, y_shape, output_shape)
  local result = {}
  for i, entry in ipairs(list) do result[i] = settle(entry, y_shape, output_shape) end
  return result
end

--- Whether any output has a loss.
local function has_loss(spec)
  for _, loss in ipairs(spec.losses) do
    if loss then return true end
  end
  return false
end

--- What core.trainer takes, and all metrics in one list.
local function settle_all(model, network, set)
  local spec, shapes, all = model._compiled, network:shapes(), {}
  local made = { optimizer = spec.optimizer, loss_weights = spec.loss_weights, losses = {}, metrics = {},
    weighted_metrics = {} }
  for o, id in ipairs(model._output_ids) do
    local y_shape, output_shape = set.y[o].shape, shapes[id]
    made.losses[o] = spec.losses[o] and settle(spec.losses[o], y_shape, output_shape)
    for _, which in ipairs { "metrics", "weighted_metrics" } do
      made[which][o] = components(spec[which][o], y_shape, output_shape)
      table.move(made[which][o], 1, #made[which][o], #all + 1, all)
    end
  end
  return made, all
end

local function new_trainer(model, who, set)
  local spec = model._compiled
  if not has_loss(spec) then core.raise(who .. ": no loss to compute; give compile a loss") end
  local network = model:_need_network(who, require "rnnlua.data".sample_shapes(set.x))
  if #model._output_ids ~= #spec.losses then
    core.raise(("%s: model '%s' was compiled for %d output%s and has %d; call compile again"):format(who, model._name,
      #spec.losses, #spec.losses == 1 and "" or "s", #model._output_ids))
  end
  local made, metrics = settle_all(model, network, set)
  local names = require "rnnlua.log_names".of(spec, model:_names "output")
  model._trainer_names = names
  model._directions = directions(names, metrics)
  return core.trainer(network, made)
end

--- Raises unless the model is compiled.
function compile.check(model, who)
  if not model._compiled then
    core.raise(("%s: model '%s' isn't compiled; call model:compile first"):format(who, model._name))
  end
end

--- The trainer that holds the optimizer's state, made at the first use.
--- @param set table data, for the shapes
--- @return userdata trainer, table names of its logs
function compile.trainer(model, who, set)
  if not model._trainer then
    model._trainer = new_trainer(model, who, set)
    if model._trainer_state then require "rnnlua.training_state".give(model) end
  end
  return model._trainer, model._trainer_names
end

--- A trainer of its own for evaluating, so that a fit which is under way keeps its place in the data. Give it
--- back with compile.keep_tester.
function compile.tester(model, who, set)
  local tester = model._tester or new_trainer(model, who, set)
  model._tester = nil
  return tester, model._trainer_names
end

function compile.keep_tester(model, tester)
  tester:release()
  model._tester = tester
end

return compile
