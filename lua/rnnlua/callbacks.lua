--- rl.callbacks: Keras' callbacks (keras/src/callbacks). Each constructor takes Keras' arguments.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local watching = require "rnnlua.callbacks.watching"

local callbacks = {
  ModelCheckpoint = require "rnnlua.callbacks.checkpoint",
  BackupAndRestore = require "rnnlua.callbacks.backup",
  SwapEMAWeights = require "rnnlua.callbacks.averages",
}

local say, sorted_keys = watching.say, watching.sorted_keys
local direction, improves, warn_missing = watching.direction, watching.improves, watching.warn_missing
local class = watching.classes(callbacks, "lua/rnnlua/callbacks.lua")
local MODES = watching.MODES

-- EarlyStopping -------------------------------------------------------------------------------------------

local EarlyStopping = {}

function EarlyStopping:on_train_begin()
  self.wait, self.stopped_epoch, self.best_epoch = 0, 0, 0
  self.best, self.best_weights, self.warned = nil, nil, nil
end

function EarlyStopping:on_epoch_end(epoch, logs)
  direction(self)
  local current = logs[self.monitor]
  if current == nil then return warn_missing(self, "Early stopping", logs) end
  if epoch < self.start_from_epoch then return end
  if self.restore_best_weights and not self.best_weights then
    self.best_weights, self.best_epoch = self.model:get_weights(), epoch
  end
  self.wait = self.wait + 1
  if improves(self, current, self.best) then
    self.best, self.best_epoch = current, epoch
    if self.restore_best_weights then self.best_weights = self.model:get_weights() end
    if self.baseline == nil or improves(self, current, self.baseline) then self.wait = 0 end
  elseif self.wait >= self.patience and epoch > 0 then
    self.stopped_epoch = epoch
    self.model.stop_training = true
  end
end

function EarlyStopping:on_train_end()
  if self.stopped_epoch > 0 and self.verbose > 0 then
    say("Epoch %d: early stopping", self.stopped_epoch + 1)
  end
  if self.restore_best_weights and self.best_weights then
    if self.verbose > 0 then
      say("Restoring model weights from the end of the best epoch: %d.", self.best_epoch + 1)
    end
    self.model:set_weights(self.best_weights)
  end
end

--- Stops when `monitor` has not improved by min_delta for `patience` epochs.
class("EarlyStopping", {
  { "monitor", "string", "val_loss", doc = "the log to watch" },
  { "min_delta", "number", 0, doc = "a smaller change is no improvement" },
  { "patience", "integer", 0, low = 0, doc = "epochs without improvement after which to stop" },
  { "verbose", "integer", 0, low = 0, high = 1, doc = "1: say when it acts" },
  { "mode", "string", "auto", choices = MODES,
    doc = "whether the log should shrink or grow; auto goes by the metric" },
  { "baseline", "number", doc = "the log has to beat this as well" },
  { "restore_best_weights", "boolean", false, doc = "end with the weights of the best epoch" },
  { "start_from_epoch", "integer", 0, low = 0, doc = "the epochs before this one (from 0) do not count" },
}, EarlyStopping)

-- learning rates ----------------------------------------------------------------------------------------------

--- The learning rate now, of a schedule too.
local function rate_of(model)
  local rate = model.optimizer.learning_rate
  if type(rate) == "number" then return rate end
  return rate(model._trainer and model._trainer:iterations() or 0)
end

local ReduceLROnPlateau = {}

function ReduceLROnPlateau:on_train_begin()
  self.best, self.wait, self.cooldown_counter, self.warned = nil, 0, 0, nil
end

--- Lowers the rate; false if it was at min_lr already.
local function reduce(self, epoch)
  local optimizer = self.model.optimizer
  local rate = rate_of(self.model)
  if rate <= self.min_lr then return false end
  rate = math.max(rate * self.factor, self.min_lr)
  optimizer.learning_rate = rate
  if self.verbose > 0 then
    say("\nEpoch %d: ReduceLROnPlateau reducing learning rate to %s.", epoch + 1, rate)
  end
  return true
end

function ReduceLROnPlateau:on_epoch_end(epoch, logs)
  direction(self)
  logs.learning_rate = rate_of(self.model)
  local current = logs[self.monitor]
  if current == nil then return warn_missing(self, "Learning rate reduction is", logs) end
  if self.cooldown_counter > 0 then
    self.cooldown_counter, self.wait = self.cooldown_counter - 1, 0
  end
  if improves(self, current, self.best) then
    self.best, self.wait = current, 0
  elseif self.cooldown_counter == 0 then
    self.wait = self.wait + 1
    if self.wait >= self.patience and reduce(self, epoch) then
      self.cooldown_counter, self.wait = self.cooldown, 0
    end
  end
end

--- Multiplies the learning rate by `factor` when `monitor` has not improved for `patience` epochs.
class("ReduceLROnPlateau", {
  { "monitor", "string", "val_loss", doc = "the log to watch" },
  { "factor", "number", 0.1, above = 0, below = 1, doc = "what the rate is multiplied by" },
  { "patience", "integer", 10, low = 0, doc = "epochs without improvement before that" },
  { "verbose", "integer", 0, low = 0, high = 1, doc = "1: say when it acts" },
  { "mode", "string", "auto", choices = MODES,
    doc = "whether the log should shrink or grow; auto goes by the metric" },
  { "min_delta", "number", 1e-4, doc = "a smaller change is no improvement" },
  { "cooldown", "integer", 0, low = 0, doc = "epochs to wait after a reduction" },
  { "min_lr", "number", 0.0, low = 0, doc = "the rate goes no lower" },
}, ReduceLROnPlateau)

local LearningRateScheduler = {}

function LearningRateScheduler:check()
  if not self.schedule then core.raise("LearningRateScheduler: argument 'schedule' is required") end
end

function LearningRateScheduler:on_epoch_begin(epoch)
  local optimizer = self.model.optimizer
  local rate = self.schedule(epoch, rate_of(self.model))
  if type(rate) ~= "number" then
    core.raise("LearningRateScheduler: schedule must return a number, got " .. options.describe(rate))
  end
  optimizer.learning_rate = rate
  if self.verbose > 0 then
    say("\nEpoch %d: LearningRateScheduler setting learning rate to %s.", epoch + 1, rate)
  end
end

function LearningRateScheduler:on_epoch_end(_, logs)
  logs.learning_rate = rate_of(self.model)
end

--- Sets the learning rate before each epoch to schedule(epoch, rate).
class("LearningRateScheduler", {
  { "schedule", "function", doc = "function(epoch, rate) that returns the rate of that epoch" },
  { "verbose", "integer", 0, low = 0, high = 1, doc = "1: say when it acts" },
}, LearningRateScheduler)

-- the others ------------------------------------------------------------------------------------------------------

local TerminateOnNaN = {}

function TerminateOnNaN:on_batch_end(batch, logs)
  local loss = logs.loss
  if loss == loss and math.abs(loss) ~= math.huge then return end
  if self.raise_error then
    core.raise(("NaN or Inf loss encountered at batch %d. Loss value: %s. Terminating training immediately."):format(
      batch, loss))
  end
  say("Batch %d: Invalid loss, terminating training", batch)
  self.model.stop_training = true
end

--- Stops at the first batch whose loss is NaN or infinite.
class("TerminateOnNaN", { { "raise_error", "boolean", false, doc = "raise an error instead of ending fit" } }, TerminateOnNaN)

local CSVLogger = {}

function CSVLogger:check()
  if not self.filename then core.raise("CSVLogger: argument 'filename' is required") end
end

function CSVLogger:on_train_begin()
  local old = self.append and io.open(self.filename, "r")
  self.header = not (old and old:read(1))
  if old then old:close() end
  local message
  self.file, message = io.open(self.filename, self.append and "a" or "w")
  if not self.file then core.raise("CSVLogger: " .. message) end
  self.keys = nil
end

--- The columns are those of the first epoch, sorted; val_ ones stand ready if it had none, as in Keras.
local function columns(logs)
  local keys = sorted_keys(logs)
  for _, key in ipairs(keys) do
    if key:find("^val_") then return keys end
  end
  for i = 1, #keys do keys[#keys + 1] = "val_" .. keys[i] end
  return keys
end

function CSVLogger:on_epoch_end(epoch, logs)
  if not self.keys then
    self.keys = columns(logs)
    if self.header then
      self.file:write("epoch", self.separator, table.concat(self.keys, self.separator), "\n")
    end
  end
  local row = { tostring(epoch) }
  for _, key in ipairs(self.keys) do
    row[#row + 1] = logs[key] and ("%.17g"):format(logs[key]) or "NA"
  end
  self.file:write(table.concat(row, self.separator), "\n"):flush()
end

function CSVLogger:on_train_end()
  if self.file then self.file:close() end
  self.file = nil
end

--- Writes the logs of each epoch to a file, a line an epoch.
class("CSVLogger", {
  { "filename", "string", doc = "the file to write" },
  { "separator", "string", ",", doc = "between values" },
  { "append", "boolean", false, doc = "go on with the file if there is one" },
}, CSVLogger)

--- A callback from functions that take no self:
---
---     local counted = 0
---     rl.callbacks.LambdaCallback{ on_epoch_end = function(epoch, logs) counted = counted + 1 end }
--- @param given table event -> function: on_epoch_begin and on_epoch_end (epoch, from 0, and logs), on_batch_begin and
--- on_batch_end, and on_train_, on_test_ or on_predict_ with begin, end, batch_begin, batch_end behind
--- @return table
function callbacks.LambdaCallback(given)
  if type(given) ~= "table" then
    core.raise("LambdaCallback: a table of functions expected, got " .. options.describe(given))
  end
  local CallbackList = require "rnnlua.callback_list"
  local self = {}
  for event, handler in pairs(given) do
    if not CallbackList.is_event(event) then
      core.raise(("LambdaCallback: unknown argument '%s'%s"):format(tostring(event),
        options.hint(event, CallbackList.events)))
    end
    if type(handler) ~= "function" then
      core.raise(("LambdaCallback: argument '%s' must be a function, got %s"):format(event,
        options.describe(handler)))
    end
    self[event] = function(_, ...) return handler(...) end
  end
  return self
end

return callbacks
