--- rl.config: settings of the running program.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local config = {}

--- How many threads long computations may use. Results do not depend on it.
--- @return integer
function config.threads() return core.threads() end

--- Sets how many threads long computations may use.
--- @param count integer at least 1
function config.set_threads(count)
  if math.type(count) ~= "integer" or count < 1 then
    core.raise(("set_threads: an integer >= 1 expected, got %s"):format(options.describe(count)))
  end
  core.set_threads(count)
end

return config
