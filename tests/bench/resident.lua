--- Memory of this process as Linux tells it; nil elsewhere.
local resident = {}

local function field(name)
  local file <close> = io.open "/proc/self/status"
  for line in file and file:lines() or function() end do
    local kilobytes = line:match("^" .. name .. ":%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

--- Kilobytes resident now, after a collection of garbage.
function resident.now()
  collectgarbage()
  collectgarbage()
  return field "VmRSS"
end

--- Kilobytes resident at most so far.
function resident.peak() return field "VmHWM" end

return resident
