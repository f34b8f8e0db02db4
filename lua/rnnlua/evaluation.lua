--- evaluate, predict and the three that take one batch.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local feed = require "rnnlua.feed"
local trouble = require "rnnlua.trouble"
local busy = require "rnnlua.busy"
local compile = require "rnnlua.compile"
local CallbackList = require "rnnlua.callback_list"
local Progress = require "rnnlua.progress"

local evaluation = {}

--- What a method returns for its logs: the values in order, or one table.
local function results(names, logs, as_table)
  if as_table then return logs end
  local values = {}
  for i, name in ipairs(names.returned) do values[i] = logs[name] end
  return table.unpack(values, 1, #names)
end

local VERBOSE = { { "auto" } }
evaluation.VERBOSE = { "verbose", "string|integer|boolean", "auto", low = 0, high = 2, choices = VERBOSE,
  doc = "as of fit" }

--- Raises for an argument that only arrays have a use for.
function evaluation.refuse_with_generator(who, given, names)
  for _, name in ipairs(names) do
    if given and given[name] ~= nil and given[name] ~= false then
      core.raise(("%s: argument '%s' has no meaning where x is a function, which makes the batches itself")
        :format(who, name))
    end
  end
end

-- evaluate ------------------------------------------------------------------------------------------------

local EVALUATE = {
  { "batch_size", "integer", nil, low = 1, doc = "rows at once" },
  evaluation.VERBOSE,
  { "sample_weight", "any", doc = "a weight for each row" },
  { "steps", "integer", nil, low = 1, doc = "batches to take at most" },
  { "callbacks", "table", doc = "tables with functions named as Keras' events" },
  { "return_dict", "boolean", false, doc = "return one table instead of separate values" },
  { "lengths", "any", doc = "as of fit: how many timesteps of each row count" },
}
evaluation.EVALUATE = EVALUATE -- for help, as those below

--- One pass over a feed in test mode, with its events.
--- @return table logs, integer batches
function evaluation.run(walked, events, progress)
  walked:begin()
  events:fire("on_test_begin", {})
  local logs, done = feed.walk(walked, "test", events, progress, function() return false end)
  events:fire("on_test_end", logs)
  return logs, done
end

--- A feed for evaluating `set`, or what the function `x` returns.
function evaluation.feed(model, who, x, set, given)
  local tester
  local function acquire(sample)
    local names
    tester, names = compile.tester(model, who, sample)
    return tester, names
  end
  local walked = type(x) == "function"
    and feed.generator { model = model, who = who, next = x, mode = "test", steps = given.steps,
      expected = given.expected, acquire = acquire }
    or feed.arrays { set = set, mode = "test", batch_size = given.batch_size, steps = given.steps,
      acquire = acquire }
  return walked, function() compile.keep_tester(model, tester) end
end

function evaluation.evaluate(model, x, y, options_given)
  compile.check(model, "evaluate")
  y, options_given = data.shift_options(x, y, options_given)
  local given = options.read("evaluate", EVALUATE, options_given)
  local next_batch, set
  next_batch, given.expected = data.batches("evaluate", x, given.steps)
  if next_batch then
    evaluation.refuse_with_generator("evaluate", { y = y, batch_size = given.batch_size,
      sample_weight = given.sample_weight, lengths = given.lengths }, { "y", "batch_size", "sample_weight", "lengths" })
  else
    set = data.set(model, "evaluate", x, y, given.sample_weight, given.lengths)
  end
  local _ <close> = busy.begin(model, "being evaluated")
  local walked, finish = evaluation.feed(model, "evaluate", next_batch, set, given)
  local style = Progress.style(given.verbose, core.isatty(1))
  local progress <close> = style and Progress.new { target = walked:count(), style = style } or nil
  local params = { verbose = given.verbose, epochs = 1, steps = walked:count() }
  local logs, done = evaluation.run(walked, CallbackList.new("evaluate", given.callbacks, model, params),
    progress)
  if progress then progress:update(done, logs, true) end
  finish()
  return results(walked.names, logs, given.return_dict)
end

-- predict -------------------------------------------------------------------------------------------------

local PREDICT = {
  { "batch_size", "integer", 32, low = 1, doc = "rows at once" },
  { "verbose", "string|integer|boolean", 0, low = 0, high = 2, choices = VERBOSE, doc = "as of fit" },
  { "steps", "integer", nil, low = 1, doc = "batches to take at most" },
  { "callbacks", "table", doc = "tables with functions named as Keras' events" },
  { "lengths", "any", doc = "as of fit: how many timesteps of each row count" },
}
evaluation.PREDICT = PREDICT

--- One tensor, or as many as the model has outputs, by name where they were given so.
local function outputs(model, list)
  if model._output_keys then return require "rnnlua.named".back(list, model._output_keys) end
  return #list == 1 and list[1] or list
end

local function prepare(model, who, x)
  local list, rows = data.inputs(model, who, x)
  return model:_need_network(who, data.sample_shapes(list)), list, rows
end

--- Batch by batch, where somebody watches, or where batches come from a function. next_batch() gives the network,
--- the inputs of a batch, their rows and lengths, nil at the end.
local function predict_watched(model, next_batch, given, events, progress)
  local parts, batch = {}, 0
  events:fire("on_predict_begin", {})
  while batch < (given.steps or math.maxinteger) do
    local network, inputs, rows, lengths = next_batch()
    if not network then break end
    batch = batch + 1
    events:fire("on_predict_batch_begin", batch - 1, {})
    local result = network:predict(inputs, rows, lengths)
    events:fire("on_predict_batch_end", batch - 1, { outputs = outputs(model, result) })
    if progress then progress:update(batch, {}) end
    for i, tensor in ipairs(result) do
      parts[i] = parts[i] or {}
      parts[i][batch] = tensor
    end
  end
  events:fire("on_predict_end", {})
  if progress then progress:update(batch, {}, true) end
  if batch == 0 then core.raise "predict: x gave no batch" end
  local joined = {}
  for i, tensors in ipairs(parts) do joined[i] = core.tensor_functions.concatenate(tensors, 1) end
  return joined
end

--- Batches cut from arrays.
local function cut_batches(network, list, rows, batch_size, lengths)
  local done = 0
  return function()
    if done >= rows then return nil end
    local first = done + 1
    done = math.min(rows, done + batch_size)
    local part = data.slice({ x = list, lengths = lengths }, first, done)
    return network, part.x, batch_size, part.lengths
  end
end

--- Batches that a function gives; of what it returns the inputs alone count.
local function given_batches(model, next_batch)
  return function()
    local x = next_batch()
    if x ~= nil then return prepare(model, "predict", x) end
  end
end

--- @return userdata float32 tensor (a table of them for several outputs)
function evaluation.predict(model, x, options_given)
  local given = options.read("predict", PREDICT, options_given)
  local style = Progress.style(given.verbose, core.isatty(1))
  local next_batch, steps = data.batches("predict", x, given.steps)
  if next_batch then
    evaluation.refuse_with_generator("predict", options_given, { "batch_size", "lengths" })
    next_batch = given_batches(model, next_batch)
  else
    local network, list, rows = prepare(model, "predict", x)
    local lengths = data.lengths(model, "predict", given.lengths, rows)
    if not style and not given.callbacks and not given.steps then
      return outputs(model, network:predict(list, given.batch_size, lengths))
    end
    next_batch, steps = cut_batches(network, list, rows, given.batch_size, lengths), -(-rows // given.batch_size)
  end
  local _ <close> = busy.begin(model, "predicting")
  steps = given.steps or steps
  local events = CallbackList.new("predict", given.callbacks, model,
    { verbose = given.verbose, epochs = 1, steps = steps })
  local progress <close> = style and Progress.new { target = steps, style = style } or nil
  return outputs(model, predict_watched(model, next_batch, given, events, progress))
end

function evaluation.predict_on_batch(model, x)
  local network, list, rows = prepare(model, "predict_on_batch", x)
  return outputs(model, network:predict(list, rows))
end

--- What the layers of a model give, one by one, for a tape to record or with masks.
local function call_layers(model, x, given)
  local _, inputs = prepare(model, model._name, x)
  local walk = require "rnnlua.walk"
  if given.mask then inputs = walk.with_masks(model, inputs, given.mask) end
  local list
  list, model._activity_losses = walk.call(model, inputs, given.training)
  return list
end

local CALL = {
  { "training", "boolean", nil, doc = "whether layers act as in training" },
  { "mask", "any", nil, doc = "bool tensor, batch x timesteps, false where the input does not count; a list for several" },
}

--- model(x, {training=, mask=}): computes at once, which a tape records; on symbolic tensors, gives symbolic ones. Several outputs are several
--- values, one table where they were given by name.
function evaluation.call(model, x, options_given)
  local given = options.read(model._name, CALL, options_given)
  local list
  if model._symbolic_holds(x) then
    list = require "rnnlua.nesting".call(model, x, given.training)
  elseif given.mask or core.is_recording() then
    list = call_layers(model, x, given)
  else
    local network, inputs = prepare(model, model._name, x)
    list = network:forward(inputs, given.training or false)
  end
  if model._output_keys then return outputs(model, list) end
  return table.unpack(list)
end

-- one batch ---------------------------------------------------------------------------------------------------

local function one_batch(trainer, names, set, mode, as_table)
  trainer:bind { x = set.x, y = set.y, weights = set.weights, batch_size = set.rows }
  trainer:start(mode, false)
  trainer:run(1)
  if mode == "train" then trouble.tell("train_on_batch", trainer) end
  trainer:release()
  return results(names, feed.logs(trainer, names), as_table)
end

local TRAIN_ON_BATCH = {
  EVALUATE[3],
  { "class_weight", "table", doc = "class (from 0) -> weight of its rows" },
  EVALUATE[6],
}
evaluation.TRAIN_ON_BATCH = TRAIN_ON_BATCH

function evaluation.train_on_batch(model, x, y, options_given)
  compile.check(model, "train_on_batch")
  busy.refuse_in_fit(model, "train_on_batch")
  local known = options_given == nil and rawget(model, "_single") and rawget(model, "_trainer")
  if known and known:step("train_on_batch", x, y) then
    trouble.tell("train_on_batch", known)
    return known:logs() -- in this order, as there is one output
  end
  local given = options.read("train_on_batch", TRAIN_ON_BATCH, options_given)
  local set = data.set(model, "train_on_batch", x, y, data.weights(model, "train_on_batch", y, given))
  local trainer, names = compile.trainer(model, "train_on_batch", set)
  return one_batch(trainer, names, set, "train", given.return_dict)
end

local TEST_ON_BATCH = { EVALUATE[3], EVALUATE[6] }
evaluation.TEST_ON_BATCH = TEST_ON_BATCH

function evaluation.test_on_batch(model, x, y, options_given)
  compile.check(model, "test_on_batch")
  local given = options.read("test_on_batch", TEST_ON_BATCH, options_given)
  local set = data.set(model, "test_on_batch", x, y, given.sample_weight)
  local tester, names = compile.tester(model, "test_on_batch", set)
  compile.keep_tester(model, tester)
  return one_batch(tester, names, set, "test", given.return_dict)
end

return evaluation
