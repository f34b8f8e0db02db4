--- ModelCheckpoint (keras/src/callbacks/model_checkpoint.py).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local watching = require "rnnlua.callbacks.watching"
local python_format = require "rnnlua.callbacks.python_format"

local constructors = {}
local class = watching.classes(constructors, "lua/rnnlua/callbacks/checkpoint.lua")
local say = watching.say

local ModelCheckpoint = {}

--- Counts batches, as Keras: whether `save_freq` of them were seen since the last file.
local function is_due(self, batch)
  local last = self.last_batch
  self.seen = self.seen + (last and batch > last and batch - last or batch + 1)
  self.last_batch = batch
  if self.seen < self.save_freq then return false end
  self.seen = 0
  return true
end

--- The file's name with epoch (from 1), batch (from 1) and logs filled in.
local function path_of(self, epoch, batch, logs)
  local values = { epoch = epoch + 1, batch = batch and batch + 1 }
  for name, value in pairs(logs) do values[name] = value end
  local path, message = python_format(self.filepath, values)
  if not path then
    core.raise(("ModelCheckpoint: argument 'filepath', '%s', can't be filled in: %s; there are %s"):format(
      self.filepath, message, table.concat(watching.sorted_keys(values), ", ")))
  end
  return path
end

--- Whether a file is to be written; with save_best_only whether the log got better.
local function is_wanted(self, epoch, logs, path)
  local current = logs[self.monitor]
  if not self.save_best_only then
    if self.verbose > 0 then say("\nEpoch %d: saving model to %s", epoch + 1, path) end
    return true
  elseif current == nil then
    options.warn(("Can save best model only with %s available."):format(self.monitor))
    return true
  end
  local best = self.best and ("%.5f"):format(self.best) or "None"
  if not watching.improves(self, current, self.best) then
    if self.verbose > 0 then say("\nEpoch %d: %s did not improve from %s", epoch + 1, self.monitor, best) end
    return false
  end
  if self.verbose > 0 then
    say("\nEpoch %d: %s improved from %s to %.5f, saving model to %s", epoch + 1, self.monitor, best, current, path)
  end
  self.best = current
  return true
end

local function save(self, epoch, batch, logs)
  local path = path_of(self, epoch, batch, logs)
  if self.save_best_only then watching.direction(self) end
  if not is_wanted(self, epoch, logs, path) then return end
  local folder = path:match "^(.+)/[^/]*$"
  if folder then
    local ok, message = core.mkdir(folder)
    if not ok then core.raise("ModelCheckpoint: " .. message) end
  end
  local ok, message = self.model:save_weights(path)
  if not ok then core.raise("ModelCheckpoint: " .. message) end
  if self.verbose > 0 then say("\nEpoch %d: finished saving model to %s", epoch + 1, path) end
end

local function on_train_batch_end(self, batch, logs)
  if is_due(self, batch) then save(self, self.epoch, batch, logs) end
end

function ModelCheckpoint:check()
  if not self.filepath then core.raise("ModelCheckpoint: argument 'filepath' is required") end
  if not self.save_weights_only then
    core.raise("ModelCheckpoint: files of whole models are not supported yet; give save_weights_only = true")
  end
  if not self.filepath:find "%.npz$" then
    core.raise(("ModelCheckpoint: argument 'filepath' must end in .npz where save_weights_only = true, got '%s'"):format(
      self.filepath))
  end
  self.best, self.min_delta, self.seen = self.initial_value_threshold, 0, 0
  if self.save_freq ~= "epoch" then self.on_train_batch_end = on_train_batch_end end -- else nobody watches batches
end

function ModelCheckpoint:on_epoch_begin(epoch) self.epoch = epoch end

function ModelCheckpoint:on_epoch_end(epoch, logs)
  if self.save_freq == "epoch" then save(self, epoch, nil, logs) end
end

--- Writes the model's weights to a file (model:save_weights) after each epoch or every so many batches, or only where
--- `monitor` has improved. The file's name may have Python's formats in it, which are filled with the number of the
--- epoch (from 1), of the batch and the logs: "best-{epoch:02d}-{val_loss:.2f}.npz". Folders are made.
class("ModelCheckpoint", {
  { "filepath", "string", doc = "the file, with {epoch:02d} and other formats filled in; ends in .npz" },
  { "monitor", "string", "val_loss", doc = "the log to watch" },
  { "verbose", "integer", 0, low = 0, high = 1, doc = "1: say when it acts" },
  { "save_best_only", "boolean", false, doc = "write only where the log is better than ever before" },
  { "save_weights_only", "boolean", false, doc = "must be true: whole models can't be saved yet" },
  { "mode", "string", "auto", choices = watching.MODES,
    doc = "whether the log should shrink or grow; auto goes by the metric" },
  { "save_freq", "string|integer", "epoch", low = 1, choices = { { "epoch" } },
    doc = "epoch, or a number of batches" },
  { "initial_value_threshold", "number", doc = "what the log has to beat the first time" },
}, ModelCheckpoint)

return constructors.ModelCheckpoint
