--- What was typed, kept from session to session in $XDG_STATE_HOME/rnnlua/history.
---
--- One entry a line; a line break within an entry is written "\n", a backslash "\\". Each session appends
--- under a lock, so that several at once keep all entries. Where the file can't be written, as in a
--- read-only home, the session simply has no memory.
local history = {}
history.__index = history

local MAX_ENTRIES <const> = 5000

local function path()
  local state, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  if state and state:sub(1, 1) == "/" then return state .. "/rnnlua/history" end
  return home and home ~= "" and home .. "/.local/state/rnnlua/history" or nil
end

local escapes = { ["\n"] = "\\n", ["\\"] = "\\\\" }
local meanings = { ["\\n"] = "\n", ["\\\\"] = "\\" }

local function escape(entry) return (entry:gsub("[\n\\]", escapes)) end
local function unescape(line) return (line:gsub("\\[n\\]", meanings)) end

--- Reads the entries, and drops the oldest from the file when there are twice too many.
local function read_entries(self)
  local file = io.open(self.path, "r+")
  if file == nil then return {} end
  self.host.lock(file)
  local lines = {}
  for line in file:lines() do lines[#lines + 1] = line end
  if #lines > 2 * MAX_ENTRIES then
    lines = table.move(lines, #lines - MAX_ENTRIES + 1, #lines, 1, {})
    local text = table.concat(lines, "\n") .. "\n"
    file:seek "set"
    file:write(text)
    self.host.truncate(file, #text)
  end
  file:close()
  return lines
end

--- @param host table # of the REPL: remember, and what src/host/lockfile.h has
function history.open(host)
  local self = setmetatable({ host = host, path = path() }, history)
  if self.path == nil then return self end
  host.make_folder(self.path:match "^(.*)/")
  for _, line in ipairs(read_entries(self)) do
    self.last = unescape(line)
    host.remember(self.last)
  end
  return self
end

--- Blank lines and repetitions are left out.
function history:add(entry)
  entry = entry:gsub("%s+$", "")
  if not entry:find "%S" or entry == self.last then return end
  self.last = entry
  self.host.remember(entry)
  local file = self.path and io.open(self.path, "a")
  if file then
    self.host.make_private(file)
    self.host.lock(file)
    file:write(escape(entry), "\n")
    file:close()
  end
end

return history
