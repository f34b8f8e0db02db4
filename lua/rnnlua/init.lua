--- rnnlua: what `require "rnnlua"` returns.
local core = require "rnnlua.core"

local rl = { core = core }

for name, create in pairs(core.tensor_creators) do rl[name] = create end
for name, method in pairs(core.tensor_functions) do rl[name] = method end

return rl
