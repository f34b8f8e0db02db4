--- History: what fit returns and keeps as model.history.
---
--- `history` holds a list for each log (loss, val_loss, …), the k-th entry for the k-th epoch run;
--- `epoch` the numbers of those epochs, from 0; `params` how fit was run: epochs, steps (batches an epoch,
--- nil where a generator decides) and verbose.
local History = { __name = "History" }
History.__index = History

--- @param params table
function History.new(params) return setmetatable({ history = {}, epoch = {}, params = params }, History) end

--- Adds the logs of one epoch. A log that comes only in some epochs (val_loss with validation_freq) has as many
--- entries as it came, as in Keras.
function History:add(epoch, logs)
  local undo = { [self.epoch] = #self.epoch }
  for name in pairs(logs) do
    local list = self.history[name] or {}
    undo[list], self.history[name] = #list, list
  end
  self.undo = undo -- Ctrl-C may come between any two lines here
  for name, value in pairs(logs) do table.insert(self.history[name], value) end
  self.epoch[#self.epoch + 1] = epoch
  self.undo = nil
end

--- Drops what an interrupted add has begun.
function History:settle()
  for list, length in pairs(self.undo or {}) do
    for i = #list, length + 1, -1 do list[i] = nil end
  end
  self.undo = nil
end

function History:__tostring()
  local names = {}
  for name in pairs(self.history) do names[#names + 1] = name end
  table.sort(names)
  return ("<History: %d epochs of %s>"):format(#self.epoch, table.concat(names, ", "))
end

return History
