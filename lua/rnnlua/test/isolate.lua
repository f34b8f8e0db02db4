--- Keeps test files from disturbing one another: what one changes is put back before the next.
local isolate = {}

--- The tables that any test could change, to be restored entry by entry.
local function guarded_tables()
  local tables = { _G, package, package.loaded, package.preload, package.searchers }
  for _, name in ipairs { "string", "table", "math", "io", "os", "coroutine", "utf8", "debug" } do
    tables[#tables + 1] = package.loaded[name]
  end
  return tables
end

local function copy(source)
  local result = {}
  for key, value in next, source do result[key] = value end
  return result
end

--- Modules of the host stay loaded: they hold on to state in C that is there once.
local function stays(key) return type(key) == "string" and (key == "rnnlua" or key:find "^rnnlua%.") end

local function restore(target, saved)
  for key in next, copy(target) do
    if saved[key] == nil and not (target == package.loaded and stays(key)) then target[key] = nil end
  end
  for key, value in next, saved do
    if not rawequal(rawget(target, key), value) then target[key] = value end
  end
end

--- @return function # puts back globals, loaded modules, the standard libraries, io's default files, locale
function isolate.snapshot()
  local saved = {}
  for _, target in ipairs(guarded_tables()) do saved[target] = copy(target) end
  local input, output, locale = io.input(), io.output(), os.setlocale()
  return function()
    for target, entries in next, saved do restore(target, entries) end
    io.input(input)
    io.output(output)
    os.setlocale(locale)
    debug.sethook()
    collectgarbage()
  end
end

return isolate
