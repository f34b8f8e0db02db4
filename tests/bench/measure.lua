--- Times functions in turn, and prints tables of what came out.
local clock = require("rnnlua.core").clock

local measure = {}

--- How often f must run for a sample to take about 5 ms.
local function calibrate(f)
  local count = 1
  while true do
    local start = clock()
    for _ = 1, count do f() end
    local seconds = clock() - start
    if seconds > 0.005 then return count end
    count = count * (seconds > 0.0005 and math.ceil(0.006 / seconds) or 10)
  end
end

--- Runs every function in turn, `rounds` times over, so that a slow moment of the machine meets them all.
--- @param functions table<string, function>
--- @return table<string, {best: number, median: number}> # seconds a call
function measure.interleaved(functions, rounds)
  local counts, samples = {}, {}
  for name, f in pairs(functions) do counts[name], samples[name] = calibrate(f), {} end
  for round = 1, rounds do
    for name, f in pairs(functions) do
      local start = clock()
      for _ = 1, counts[name] do f() end
      samples[name][round] = (clock() - start) / counts[name]
    end
  end
  local results = {}
  for name, list in pairs(samples) do
    table.sort(list)
    results[name] = { best = list[1], median = list[(#list + 1) // 2] }
  end
  return results
end

local units = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" }, { 1e-9, "ns" } }

local function duration(seconds)
  if seconds == nil or seconds ~= seconds then return "-" end
  for _, unit in ipairs(units) do
    if seconds >= unit[1] then return ("%.3g %s"):format(seconds / unit[1], unit[2]) end
  end
  return ("%.3g ns"):format(seconds * 1e9)
end

--- Prints one row a measurement: best, median, and how its median compares with the first row's.
--- @param rows table[] # {name, {best=, median=}}; a missing measurement prints -
function measure.print_table(title, rows)
  print(("\n%-52s %10s %10s %8s"):format(title, "best", "median", "ratio"))
  local base = rows[1][2] and rows[1][2].median
  for _, row in ipairs(rows) do
    local name, result = row[1], row[2] or {}
    local ratio = base and result.median and result.median == result.median
      and ("%.2f"):format(result.median / base) or "-"
    print(("  %-50s %10s %10s %8s"):format(name, duration(result.best), duration(result.median), ratio))
  end
end

return measure
