--- History: what fit returns and keeps as model.history.
---
--- `history` holds a list for each log (loss, val_loss, …), the k-th entry for the k-th epoch run;
--- `epoch` the numbers of those epochs, from 0; `params` how fit was run: epochs, steps (batches an epoch,
--- nil where a generator decides) and verbose.
local History = { __name = "History" }
History.__index = History

--- @param params table
function History.new(params) return setmetatable({ history = {}, epoch = {}, params = params }, History) end

--- Adds the logs of one epoch.
function History:add(epoch, logs)
  local position = #self.epoch + 1
  for name, value in pairs(logs) do
    local list = self.history[name]
    if not list then
      list = {}
      self.history[name] = list
    end
    list[position] = value
  end
  self.epoch[position] = epoch
end

--- Drops what an interrupted epoch had begun to write, so that every list ends with the same epoch.
function History:trim()
  for _, list in pairs(self.history) do
    for i = #list, #self.epoch + 1, -1 do list[i] = nil end
  end
end

function History:__tostring()
  local names = {}
  for name in pairs(self.history) do names[#names + 1] = name end
  table.sort(names)
  return ("<History: %d epochs of %s>"):format(#self.epoch, table.concat(names, ", "))
end

return History
