--- A line on the terminal that tells how far reading a file has come, where that takes long; gone at the end. Where
--- standard output is no terminal there is none.
---
---     local watch <close> = watching.begin(path)
---     watch:update("reading", bytes_done, bytes_in_all)
local core = require "rnnlua.core"
local text_width = require "rnnlua.text_width"

local watching = {}

local Watch = {}
Watch.__index = Watch

local PATIENCE <const> = 1 -- seconds until the line comes
local INTERVAL <const> = 0.1 -- and between redraws

local function write(text) io.stdout:write(text):flush() end

--- @param path string
--- @param given table|nil to look elsewhere than at this process' terminal and clock: write=, columns=, clock=
function watching.begin(path, given)
  given = given or {}
  local clock = given.clock or core.clock
  return setmetatable({
    name = path:match "[^/]*$",
    write = given.write or core.isatty(1) and write,
    columns = given.columns or function() return core.columns(true) end,
    clock = clock,
    due = clock() + PATIENCE,
    width = 0,
  }, Watch)
end

local function size_text(bytes)
  if bytes >= 1e9 then return ("%.1f GB"):format(bytes / 1e9) end
  return ("%.1f MB"):format(bytes / 1e6)
end

--- @param verb string "reading", "parsing"
--- @param done integer bytes, @param total integer
function Watch:update(verb, done, total)
  local now = self.write and self.clock()
  if not now or now < self.due then return end
  self.due = now + INTERVAL
  local share = ("%d%% of %s"):format(100 * done // total, size_text(total))
  local text = ("%s %s: %s"):format(verb, self.name, share)
  if text_width.of(text) >= self.columns() then text = ("%s: %s"):format(verb, share) end
  self.write("\r" .. text .. (" "):rep(self.width - text_width.of(text)))
  self.width = math.max(self.width, text_width.of(text))
end

--- Takes the line away.
function Watch:__close()
  if self.width > 0 then self.write("\r" .. (" "):rep(self.width) .. "\r") end
  self.width = 0
end

return watching
