--- How long something takes, for :time and :bench.
local core = require "rnnlua.core"

local timing = {}

local ENOUGH <const> = 0.5 -- seconds that a bench runs
local ROUND <const> = 1e-3 -- seconds of a round at least, beside which the clock is nothing
local MOST <const>, LEAST <const> = 200, 5 -- rounds

--- "1.5 ms"
--- @param seconds number
function timing.text(seconds)
  for _, unit in ipairs { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" } } do
    if seconds >= unit[1] then return ("%.3g %s"):format(seconds / unit[1], unit[2]) end
  end
  return ("%.0f ns"):format(seconds * 1e9)
end

local function bytes_text(bytes)
  for _, unit in ipairs { { 2 ^ 30, "GiB" }, { 2 ^ 20, "MiB" }, { 2 ^ 10, "KiB" } } do
    if bytes >= unit[1] then return ("%.3g %s"):format(bytes / unit[1], unit[2]) end
  end
  return ("%d B"):format(bytes)
end

--- Seconds a call.
local function round(f, calls)
  local start = core.clock()
  for _ = 1, calls do f() end
  return (core.clock() - start) / calls
end

--- What a call allocates through Lua, tensors included.
local function allocated(f)
  collectgarbage()
  collectgarbage "stop"
  local before = collectgarbage "count"
  local ok, message = pcall(f)
  local bytes = (collectgarbage "count" - before) * 1024
  collectgarbage "restart"
  if not ok then error(message, 0) end
  return math.max(0, math.floor(bytes + 0.5))
end

--- Runs f in rounds of so many calls that the clock is good enough, the first round left out.
--- @param f function
--- @return string # the shortest and the median time, and what a call allocates
function timing.bench(f)
  local calls, first = 1, round(f, 1)
  while first * calls < ROUND do
    calls = calls * 2
    first = round(f, calls)
  end
  local times, start = {}, core.clock()
  while #times < LEAST or (#times < MOST and core.clock() - start < ENOUGH) do times[#times + 1] = round(f, calls) end
  table.sort(times)
  return ("min %s, median %s of %d x %d calls; %s allocated a call"):format(timing.text(times[1]),
    timing.text(times[(#times + 1) // 2]), #times, calls, bytes_text(allocated(f)))
end

return timing
