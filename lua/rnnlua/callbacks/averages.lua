--- SwapEMAWeights (keras/src/callbacks/swap_ema_weights.py).
local core = require "rnnlua.core"
local watching = require "rnnlua.callbacks.watching"

local constructors = {}
local class = watching.classes(constructors, "lua/rnnlua/callbacks/averages.lua")

local SwapEMAWeights = {}

--- Puts the averages into the model, or the weights back.
local function show(self, averages)
  if averages == self.shown then return end
  if not self.model.optimizer.use_ema then
    core.raise("SwapEMAWeights: the model's optimizer must have use_ema = true")
  end
  if self.model._trainer then self.model._trainer:average "swap" end
  self.shown = averages
end

function SwapEMAWeights:on_train_begin() self.shown = false end

function SwapEMAWeights:on_epoch_begin()
  if self.swap_on_epoch then show(self, false) end
end

--- The end of fit takes the averages: after the last epoch they have to be where they are looked for.
function SwapEMAWeights:on_epoch_end(epoch)
  if not self.swap_on_epoch or self.shown then return end
  show(self, true)
  if epoch == self.params.epochs - 1 and self.model._trainer then self.model._trainer:average "set" end
end

function SwapEMAWeights:on_test_begin() show(self, true) end
function SwapEMAWeights:on_test_end() show(self, false) end
SwapEMAWeights.on_predict_begin, SwapEMAWeights.on_predict_end = SwapEMAWeights.on_test_begin, SwapEMAWeights.on_test_end

--- Lets validation, evaluate and predict see the moving averages of the weights, which an optimizer with use_ema keeps;
--- with swap_on_epoch also the callbacks after it in the list, at the end of each epoch.
class("SwapEMAWeights", {
  { "swap_on_epoch", "boolean", false, doc = "let callbacks at the end of an epoch see the averages, as ModelCheckpoint" },
}, SwapEMAWeights)

return constructors.SwapEMAWeights
