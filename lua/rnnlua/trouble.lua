--- Tells once a fit where a loss that is not finite came from (src/model/trouble.c). The training goes on, as in Keras;
--- rl.callbacks.TerminateOnNaN ends it.
local options = require "rnnlua.options"

local trouble = {}

--- Warns on standard error if the trainer has found something since it was told to look out.
--- @param who string the method, @param epoch integer|nil counted from 1
function trouble.tell(who, trainer, epoch)
  local text, step = trainer:trouble()
  if not text then return end
  local when = ("step %d of the training"):format(step)
  if epoch then when = ("epoch %d, %s"):format(epoch, when) end
  options.warn(("%s: the loss is not finite, first in %s: %s"):format(who, when, text))
end

return trouble
