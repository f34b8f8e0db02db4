--- rnnlua: what `require "rnnlua"` returns.
local core = require "rnnlua.core"

local rl = { core = core }

return rl
