--- BackupAndRestore (keras/src/callbacks/backup_and_restore.py).
local core = require "rnnlua.core"
local watching = require "rnnlua.callbacks.watching"
local checkpoint = require "rnnlua.training_state"

local constructors = {}
local class = watching.classes(constructors, "lua/rnnlua/callbacks/backup.lua")

local BackupAndRestore = {}

function BackupAndRestore:paths()
  local latest = self.backup_dir .. "/latest.npz"
  return latest, latest .. ".bkp"
end

local function on_train_batch_end(self, batch)
  self.seen = self.seen + 1
  if self.seen < self.save_freq then return end
  self.seen = 0
  self:save(self.epoch, batch + 1)
end

function BackupAndRestore:check()
  if not self.backup_dir or self.backup_dir == "" then
    core.raise("BackupAndRestore: argument 'backup_dir' is required")
  end
  self.seen = 0
  if self.save_freq ~= "epoch" then self.on_train_batch_end = on_train_batch_end end
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

function BackupAndRestore:on_train_begin()
  self.epoch = 0
  local latest, previous = self:paths()
  if not self.model.built then
    core.raise(("BackupAndRestore: model '%s' must be built before fit; give its first layer an input_shape"):format(
      self.model.name))
  end
  if not exists(latest) and not exists(previous) then return end
  local state, message = checkpoint.read(latest)
  if not state and exists(previous) then state = checkpoint.read(previous) end
  if not state then core.raise("BackupAndRestore: " .. message) end
  checkpoint.apply(self.model, state, "BackupAndRestore: " .. self.backup_dir)
  self.epoch = state.epoch
  self.model._initial_epoch = state.epoch
end

--- @param epoch integer the one to begin with, @param batch integer how many of its batches were run
function BackupAndRestore:save(epoch, batch)
  local latest, previous = self:paths()
  local ok, message = core.mkdir(self.backup_dir)
  if ok and self.double_checkpoint and exists(latest) then ok, message = os.rename(latest, previous) end
  if ok then ok, message = checkpoint.write(self.model, latest, epoch, batch) end
  if not ok then core.raise("BackupAndRestore: " .. message) end
end

function BackupAndRestore:on_epoch_end(epoch)
  self.epoch = epoch + 1
  if self.save_freq == "epoch" then self:save(self.epoch, 0) end
end

function BackupAndRestore:on_train_end()
  if not self.delete_checkpoint then return end
  local latest, previous = self:paths()
  os.remove(latest)
  os.remove(previous)
  os.remove(self.backup_dir) -- if nothing else is in it
end

--- Keeps the state of a training in a folder, and goes on from there where a fit was cut off: weights, the optimizer's
--- state, random numbers and the number of the epoch. Where each epoch begins with the first row (no steps_per_epoch,
--- no generator that goes on) and the script is the same, the losses are those of a fit that was never cut off.
class("BackupAndRestore", {
  { "backup_dir", "string", doc = "the folder; nothing else should be in it" },
  { "save_freq", "string|integer", "epoch", low = 1, choices = { { "epoch" } },
    doc = "epoch, or a number of batches; going on begins with the first batch of that epoch all the same" },
  { "double_checkpoint", "boolean", false, doc = "keep the state before the last one, too" },
  { "delete_checkpoint", "boolean", true, doc = "delete it all at the end of fit" },
}, BackupAndRestore)

return constructors.BackupAndRestore
