--- model:fit. Lua walks epochs, callbacks, generators and progress over a trainer in C; where nobody watches
--- the trainer runs whole epochs by itself.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local busy = require "rnnlua.busy"
local compile = require "rnnlua.compile"
local History = require "rnnlua.history"
local trouble = require "rnnlua.trouble"

local training = {}

local FIT = {
  { "batch_size", "integer", nil, low = 1, doc = "rows a step; 32 if not given" },
  { "epochs", "integer", 1, low = 0, doc = "passes over the data" },
  { "verbose", "string|integer|boolean", "auto", low = 0, high = 2, choices = { { "auto" } },
    doc = "0: nothing; 1: a bar; 2: a line an epoch; auto: a bar on a terminal, else lines" },
  { "callbacks", "table", doc = "tables with functions named as Keras' events, or one of them" },
  { "validation_split", "number", 0, low = 0, below = 1,
    doc = "share of the rows, the last ones, that is kept from training and evaluated after each epoch" },
  { "validation_data", "table|function",
    doc = "{x, y [, sample_weight] [, lengths =]}, a generator or a Dataset, evaluated after each epoch" },
  { "shuffle", "boolean", true, doc = "take the rows in a new order each epoch" },
  { "class_weight", "table", doc = "class (from 0) -> weight of its rows in the loss; others count 1" },
  { "sample_weight", "any", doc = "a weight for each row, or for each of its timesteps" },
  { "lengths", "any",
    doc = "how many timesteps of each row count, as by a mask: an integer a row; for several inputs a list or table by name" },
  { "initial_epoch", "integer", 0, low = 0,
    doc = "number of the first epoch, when going on with a training" },
  { "steps_per_epoch", "integer", nil, low = 1, doc = "batches an epoch; the next one goes on in the data" },
  { "validation_steps", "integer", nil, low = 1,
    doc = "batches of the validation data to evaluate, from its first row" },
  { "validation_batch_size", "integer", nil, low = 1, doc = "batch_size if not given" },
  { "validation_freq", "integer|table", 1, low = 1,
    doc = "evaluate every so many epochs, or after those in a list (counted from 1)" },
}
training.FIT = FIT -- for help

-- the data ------------------------------------------------------------------------------------------------

--- Validation data as {x=, count=, set=}: x a generator, or set arrays; nil for none.
local function validation_of(model, given)
  local held = given.validation_data
  if held == nil then return nil end
  local batches, count = data.batches("fit: validation_data", held, given.validation_steps)
  if batches then return { x = batches, count = count } end
  if getmetatable(held) or #held < 2 or #held > 3 then
    core.raise("fit: argument 'validation_data' must be a table {x, y} or {x, y, sample_weight}, a function or "
      .. "a Dataset")
  end
  return { set = data.set(model, "fit: validation_data", held[1], held[2], held[3], held.lengths) }
end

--- Training and validation data, checked: set (nil for a generator), validation (or nil).
local function gather(model, x, y, given, explicit)
  if type(x) == "function" then
    local evaluation = require "rnnlua.evaluation"
    evaluation.refuse_with_generator("fit", { y = y }, { "y" })
    evaluation.refuse_with_generator("fit", explicit,
      { "batch_size", "shuffle", "validation_split", "sample_weight", "class_weight", "lengths" })
    return nil, validation_of(model, given)
  end
  local set = data.set(model, "fit", x, y, data.weights(model, "fit", y, given), given.lengths)
  if given.validation_split > 0 and given.validation_data == nil then
    local held
    set, held = data.split("fit", set, given.validation_split)
    if given.class_weight then held.weights = nil end -- classes weigh in training only
    return set, { set = held }
  end
  return set, validation_of(model, given)
end

-- a fit under way --------------------------------------------------------------------------------------------

--- Tells the person who pressed Ctrl-C what there is now, and how to go on; over the ^C where no bar was shown.
local function tell_interrupt(run)
  local first, done, epochs = run.first or run.given.initial_epoch, #run.history.epoch, run.given.epochs
  if not run.style or not core.isatty(2) or first + done >= epochs then return end
  options.note(("\rfit: stopped by Ctrl-C in epoch %d of %d; the weights are kept, and model.history has %d epoch%s. "
    .. "To go on from here: initial_epoch = %d"):format(first + done + 1, epochs, done, done == 1 and "" or "s",
    first + done))
end

--- A value whose closing ends the fit, on an error too.
local function begin(run)
  local model = run.model
  busy.refuse_in_fit(model, "fit")
  if model._trainer then model._trainer:look_out() end
  return busy.begin(model, busy.FIT, function(problem)
    if model._trainer then
      trouble.tell("fit", model._trainer)
      model._trainer:release()
    end
    run.history:settle()
    local message = type(problem) == "string" and problem:match "^[^\n]*" or "" -- a traceback may follow
    if message:find "interrupted!$" then tell_interrupt(run) end
  end)
end

--- With an optimizer that has use_ema the weights become their moving average, as in Keras.
local function finalize(run)
  if run.given.epochs > 0 and run.model._trainer then run.model._trainer:average "take" end
end

-- the fast way -------------------------------------------------------------------------------------------------

local CHUNK = 1024 -- epochs in one call of the trainer; their logs' room is made beforehand

--- Writes down the epochs whose logs the trainer has written.
local function count_epochs(history, list, initial_epoch)
  for i = #history.epoch + 1, #list do history.epoch[i] = initial_epoch + i - 1 end
end

--- Epochs without an onlooker.
local function run_unwatched(run)
  local set, given, history = run.set, run.given, run.history
  local trainer, names = compile.trainer(run.model, "fit", set)
  local batch_size = given.batch_size or 32
  trainer:bind { x = set.x, y = set.y, weights = set.weights, lengths = set.lengths, batch_size = batch_size }
  run.params.steps = -(-set.rows // batch_size)
  local total, lists = given.epochs - given.initial_epoch, {}
  local room = math.min(total, 16 * CHUNK)
  for i, name in ipairs(names) do
    lists[i] = core.list(room)
    history.history[name] = lists[i]
  end
  history.epoch = core.list(room)
  -- on an error too: Ctrl-C may come right after the trainer's return
  local _ <close> = setmetatable({}, {
    __close = function() count_epochs(history, lists[1], given.initial_epoch) end,
  })
  local done = 0
  while done < total do
    local wanted = math.min(CHUNK, total - done)
    local ran, cut = trainer:epochs(wanted, given.shuffle, lists, done + 1)
    done = done + ran
    trouble.tell("fit", trainer, given.initial_epoch + done)
    if cut then core.raise("interrupted!") end
  end
  finalize(run)
end

-- the watched way ----------------------------------------------------------------------------------------------

local function new_feed(run)
  local feed = require "rnnlua.feed"
  local model, given = run.model, run.given
  local function acquire(set) return compile.trainer(model, "fit", set) end
  if run.set then
    return feed.arrays { set = run.set, mode = "train", batch_size = given.batch_size,
      steps = given.steps_per_epoch, shuffle = given.shuffle, acquire = acquire }
  end
  return feed.generator { model = model, who = "fit", next = run.generator, mode = "train",
    steps = given.steps_per_epoch, expected = run.batches, acquire = acquire }
end

local function validates(run, epoch)
  local frequency = run.given.validation_freq
  if type(frequency) == "number" then return (epoch + 1) % frequency == 0 end
  for _, number in ipairs(frequency) do
    if number == epoch + 1 then return true end
  end
  return false
end

--- Evaluates the validation data and adds val_ logs.
local function validate(run, logs)
  local evaluation, held = require "rnnlua.evaluation", run.validation
  if not held.feed then
    held.feed, held.finish = evaluation.feed(run.model, "fit: validation_data", held.x, held.set, {
      expected = held.count,
      batch_size = run.given.validation_batch_size or run.given.batch_size,
      steps = run.given.validation_steps,
    })
  end
  for name, value in pairs((evaluation.run(held.feed, run.events))) do logs["val_" .. name] = value end
end

local function progress_for(run, epoch)
  if not run.style then return nil end
  local Progress = require "rnnlua.progress"
  local label = run.given.epochs > 1 and ("Epoch %d/%d"):format(epoch + 1, run.given.epochs)
  if label and run.style ~= "plain" then io.stdout:write(label, "\n"):flush() end
  return Progress.new { target = run.steps, style = run.style, label = run.style == "plain" and label or nil }
end

local function run_epoch(run, epoch)
  local model, events = run.model, run.events
  run.feed:begin()
  events:fire("on_epoch_begin", epoch, {})
  local progress <close> = progress_for(run, epoch)
  local logs, done = require "rnnlua.feed".walk(run.feed, "train", events, progress,
    function()
      trouble.tell("fit", run.feed.trainer, epoch + 1)
      return model._stop_training
    end)
  if run.validation and validates(run, epoch) then validate(run, logs) end
  events:fire("on_epoch_end", epoch, logs)
  run.history:add(epoch, logs)
  run.steps = run.steps or done
  if progress then progress:update(done, logs, true) end
  return logs
end

local function run_watched(run)
  local given, logs = run.given, nil
  run.feed = new_feed(run)
  run.steps = run.feed:count()
  run.params.steps = run.steps
  run.events = require "rnnlua.callback_list".new("fit", given.callbacks, run.model, run.params)
  run.events:fire("on_train_begin", {})
  local first = run.model._initial_epoch or given.initial_epoch -- where a backup goes on
  run.model._initial_epoch, run.first = nil, first
  for epoch = first, given.epochs - 1 do
    logs = run_epoch(run, epoch)
    if run.model._stop_training then break end
  end
  if run.validation and run.validation.finish then run.validation.finish() end
  finalize(run)
  run.events:fire("on_train_end", logs or {})
end

-- the method -----------------------------------------------------------------------------------------------------

local function read_options(explicit)
  local given = options.read("fit", FIT, explicit)
  if given.initial_epoch > given.epochs then
    core.raise(("fit: argument 'initial_epoch' must be at most epochs, %d, got %d"):format(given.epochs,
      given.initial_epoch))
  end
  return given
end

--- What is known of a fit before it begins. `batches` is how many a pass over a dataset has.
local function new_run(model, x, y, given, explicit, batches)
  local params = { verbose = given.verbose, epochs = given.epochs }
  local run = { model = model, given = given, params = params, history = History.new(params),
    batches = batches }
  run.generator = type(x) == "function" and x or nil
  run.set, run.validation = gather(model, x, y, given, explicit)
  if given.verbose ~= 0 and given.verbose ~= false then
    run.style = require "rnnlua.progress".style(given.verbose, core.isatty(1))
  end
  return run
end

local function is_watched(run)
  local given = run.given
  return run.style or run.validation or run.generator or given.callbacks or given.steps_per_epoch
end

--- Trains `model` on x (inputs) and y (targets), tensors or nested tables with one row a sample; or on what
--- the function x returns: inputs, targets [, weights] of the next batch, nil at the end of an epoch; or on a Dataset
--- of batches.
--- Errors in the data leave the model as it was; Ctrl-C stops after a batch, with weights and model.history
--- as they are then, raises "interrupted!" and, on a terminal, says how to go on. The first loss that is not finite is looked into, and a warning on
--- standard error names the data, layer or step that it comes from; the training goes on, as in Keras.
--- @return table history
function training.fit(model, x, y, explicit)
  compile.check(model, "fit")
  y, explicit = data.shift_options(x, y, explicit)
  local given = read_options(explicit)
  local next_batch, batches = data.batches("fit", x, given.steps_per_epoch)
  local run = new_run(model, next_batch or x, y, given, explicit, batches)
  local _ <close> = begin(run)
  model._history, model._stop_training = run.history, false
  if is_watched(run) then
    run_watched(run)
  else
    run_unwatched(run)
  end
  return run.history
end

return training
