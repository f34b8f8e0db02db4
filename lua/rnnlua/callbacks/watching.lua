--- What callbacks share: how they are made, and how one watches a log.
local core = require "rnnlua.core"
local documented = require "rnnlua.documented"
local options = require "rnnlua.options"

local watching = {}

--- Where messages of callbacks go: standard output, as Keras'.
function watching.say(format, ...) print(format:format(...)) end

local function sorted_keys(logs)
  local names = {}
  for name in pairs(logs) do names[#names + 1] = name end
  table.sort(names)
  return names
end

watching.sorted_keys = sorted_keys

--- A function class(name, spec, methods) that puts a constructor into `list`; its arguments become fields. `file` is
--- where it is called, for help.
function watching.classes(list, file)
  return function(name, spec, methods)
    local meta = { __index = methods, __name = name, __tostring = function() return "<" .. name .. ">" end }
    local function construct(...)
      local self = setmetatable(options.arguments(name, spec, ...), meta)
      if methods.check then self:check() end
      return self
    end
    list[name] = construct
    documented[construct] = { name = name, spec = spec, file = file }
  end
end

-- watching one log ---------------------------------------------------------------------------------------

watching.MODES = { { "auto" }, { "min" }, { "max" } }

--- The direction in which self.monitor improves: 1 or -1. Raises where it can't be told.
local function direction(self)
  if self.mode == "max" then return 1 end
  if self.mode == "min" then return -1 end
  local known = self.model._directions or {}
  local name = self.monitor:gsub("^val_", "")
  if name == "loss" or known[name] then return known[name] or -1 end
  core.raise(("%s: it can't be told whether '%s' should grow or shrink%s; give mode = \"max\" or \"min\""):format(
    getmetatable(self).__name, self.monitor, options.hint(self.monitor, sorted_keys(known))))
end

watching.direction = direction

--- Whether `value` beats `reference` by more than min_delta; anything beats nil.
function watching.improves(self, value, reference)
  if reference == nil then return true end
  local up = direction(self) * (value - reference)
  return up > math.abs(self.min_delta)
end

function watching.warn_missing(self, what, logs)
  if self.warned then return end
  self.warned = true
  options.warn(("%s conditioned on metric `%s` which is not available. Available metrics are: %s"):format(
    what, self.monitor, table.concat(sorted_keys(logs), ",")))
end

return watching
