--- Tables of what memory costs: `PYTHON=python3 rnnlua tests/bench/memory.lua [calls]`. First the most that is resident
--- with a large LSTM, beside PyTorch; then resident memory over many calls (steady.lua), a million of each by default.
local here, program = arg[0]:match "^(.*/)" or "./", arg[-1]

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function peak(name, command)
  local pipe <close> = assert(io.popen(command .. " 2>/dev/null"))
  local start, most = (pipe:read "l" or ""):match "^(%S+) (%S+)$"
  if not start then return print(("  %-20s %10s"):format(name, "-")) end
  print(("  %-20s %10s %10s %12.1f"):format(name, start, most, most - start))
end

print(("%-22s %10s %10s %12s"):format("LSTM(512), 64 x 50 x 256", "start", "peak MB", "peak - start"))
peak("rnnlua", quote(program) .. " " .. quote(here .. "peak.lua"))
local python = os.getenv "PYTHON"
if python then peak("PyTorch", quote(python) .. " " .. quote(here .. "peak.py")) end
print()
os.execute(("%s %s %s"):format(quote(program), quote(here .. "steady.lua"), arg[1] or ""))
