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

--- Each line but once, where it came last.
local function latest(lines)
  local seen, kept = {}, {}
  for i = #lines, 1, -1 do
    if not seen[lines[i]] then
      seen[lines[i]] = true
      kept[#kept + 1] = lines[i]
    end
  end
  for i = 1, #kept // 2 do kept[i], kept[#kept + 1 - i] = kept[#kept + 1 - i], kept[i] end
  return kept
end

--- @param host table # of the REPL: remember, forget, and what src/host/lockfile.h has
function history.open(host)
  local self = setmetatable({ host = host, path = path(), entries = {} }, history)
  if self.path == nil then return self end
  host.make_folder(self.path:match "^(.*)/")
  for _, line in ipairs(latest(read_entries(self))) do self:remember(unescape(line)) end
  return self
end

--- @param entry string
function history:remember(entry)
  self.entries[#self.entries + 1] = entry
  self.host.remember(entry)
end

--- Takes out what is there of an entry, which is about to come last.
function history:forget(entry)
  for i = #self.entries, 1, -1 do
    if self.entries[i] == entry then
      table.remove(self.entries, i)
      return self.host.forget(i)
    end
  end
end

--- Blank lines and repetitions are left out; what was typed before moves to the end.
function history:add(entry)
  entry = entry:gsub("%s+$", "")
  if not entry:find "%S" or entry == self.entries[#self.entries] then return end
  self:forget(entry)
  self:remember(entry)
  local file = self.path and io.open(self.path, "a")
  if file then
    self.host.make_private(file)
    self.host.lock(file)
    file:write(escape(entry), "\n")
    file:close()
  end
end

return history
