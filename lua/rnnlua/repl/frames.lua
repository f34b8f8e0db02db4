--- The local variables where the last error of the session was raised, for :locals.
local frames = {}

local getinfo, getlocal = debug.getinfo, debug.getlocal -- whatever a script makes of debug

local MOST <const> = 20 -- frames that are kept

local last = {} -- innermost first: { where, names, values, f }

local function locals_of(level)
  local names, values = {}, {}
  for i = 1, 200 do
    local name, value = getlocal(level + 1, i)
    if name == nil then break end
    if not name:find "^%(" then -- a temporary
      names[#names + 1] = name
      values[#names] = value
    end
  end
  return names, values
end

--- Called where an error is raised: keeps what the functions of Lua hold that were typed or loaded, down to `base`.
--- @param base function # the function that ran the chunk
function frames.observe(base)
  last = {}
  local level = 2
  while #last < MOST do
    local info = getinfo(level, "Slnf")
    if info == nil or info.func == base then return end
    if info.what ~= "C" and not info.source:find "^[=@]lua/rnnlua/" then
      local names, values = locals_of(level)
      local name = info.what == "main" and "the chunk" or info.name and ("function '%s'"):format(info.name) or "a function"
      last[#last + 1] = { where = ("%s:%d: in %s"):format(info.short_src, info.currentline, name), names = names,
        values = values, f = info.func }
    end
    level = level + 1
  end
end

--- Whether the last error was raised by f itself, and by nothing that it called but functions of C and ours.
function frames.is_innermost(f) return last[1] ~= nil and last[1].f == f end

--- @param text fun(value: any): string # of a value, in short
function frames.print(text)
  if #last == 0 then return print "no error so far" end
  for _, frame in ipairs(last) do
    print(frame.where)
    for i, name in ipairs(frame.names) do print(("  %s = %s"):format(name, text(frame.values[i]))) end
  end
end

return frames
