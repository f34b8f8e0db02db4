--- Progress of fit, evaluate and predict, as Keras' Progbar prints it (keras/src/utils/progbar.py).
---
--- Three styles: "bar" redraws one line on a terminal; "lines" is Keras' verbose=2, one line when an epoch
--- is done; "plain" is one line an epoch, the epoch's number included, for pipes and files.
local core = require "rnnlua.core"

local Progress = {}
Progress.__index = Progress

local CELLS = 20
local INTERVAL = 0.05 -- seconds between redraws

--- What `verbose` means for this output: nil (silence), "bar", "lines" or "plain".
--- @param verbose string|integer|boolean "auto", 0, 1, 2, true, false
--- @param terminal boolean whether standard output is one
function Progress.style(verbose, terminal)
  if verbose == 0 or verbose == false then return nil end
  if verbose == 2 then return "lines" end
  return terminal and "bar" or "plain"
end

--- Whether colours are wanted: https://no-color.org
function Progress.colour() return (os.getenv "NO_COLOR" or "") == "" end

--- Whether the terminal shows UTF-8: the locale says so, or says nothing.
function Progress.utf8()
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local locale = os.getenv(name)
    if locale and locale ~= "" then return locale:lower():find("utf%-?8") ~= nil end
  end
  return true
end

local function write(text) io.stdout:write(text):flush() end

local function choose(given, default)
  if given == nil then return default() end
  return given
end

--- @param given table {target= batches or nil, style=, label= "Epoch 1/2" or nil}, and to look elsewhere than at
--- this process' terminal and clock: write=, clock=, colour=, utf8=
function Progress.new(given)
  local clock = given.clock or core.clock
  return setmetatable({
    target = given.target,
    style = given.style,
    label = given.label,
    write = given.write or write,
    clock = clock,
    colour = choose(given.colour, Progress.colour),
    utf8 = choose(given.utf8, Progress.utf8),
    start = clock(),
    drawn = -math.huge,
    width = 0,
    names = {},
    values = {},
  }, Progress)
end

local function paint(self, code, text)
  return self.colour and ("\27[%sm%s\27[0m"):format(code, text) or text
end

--- seconds for each step; the first one, with its setting up, is left out where there are more
local function step_time(self, current, now)
  if current == 0 then return 0 end
  local time
  if self.after_first and current > 1 then
    time = (now - self.after_first) / (current - 1)
  else
    time = (now - self.start) / current
  end
  if current == 1 then self.after_first = now end
  return time
end

local function time_text(seconds)
  if seconds >= 1 or seconds == 0 then return (" %.0fs/step"):format(seconds) end
  if seconds >= 1e-3 then return (" %.0fms/step"):format(seconds * 1e3) end
  return (" %.0fus/step"):format(seconds * 1e6)
end

local function remaining_text(seconds)
  local s = seconds // 1
  if s ~= s or s == math.huge then s = 0 end
  s = math.tointeger(s)
  if s > 3600 then return ("%d:%02d:%02d"):format(s // 3600, s % 3600 // 60, s % 60) end
  if s > 60 then return ("%d:%02d"):format(s // 60, s % 60) end
  return ("%ds"):format(s)
end

local function metric_text(self)
  local parts = {}
  for _, name in ipairs(self.names) do
    local value = self.values[name]
    local size = self.style == "bar" and math.abs(value) or value -- Keras' verbose=2 omits the abs
    local form = size > 1e-3 and " - %s: %.4f" or " - %s: %.4e"
    if value ~= value then form = " - %s: nan" end
    parts[#parts + 1] = form:format(name, value)
  end
  return table.concat(parts)
end

local function count_text(self, current)
  if not self.target then return ("%7d/Unknown"):format(current) end
  local digits = #tostring(self.target)
  return ("%" .. digits .. "d/%d"):format(current, self.target)
end

--- The bar's line, and its width on the screen.
local function bar_line(self, current, now, time, final)
  local count = count_text(self, current)
  local text, width = count, #count
  if self.target then
    local filled = CELLS * current // self.target
    text = paint(self, "1", count) .. " "
    if filled > 0 then text = text .. paint(self, "32", (self.utf8 and "━" or "="):rep(filled)) end
    text = text .. paint(self, "37", (self.utf8 and self.colour and "━" or "."):rep(CELLS - filled))
    width = width + 1 + CELLS
  end
  local clock = (self.target and not final) and remaining_text(time * (self.target - current))
    or ("%.0fs"):format(now - self.start)
  local rest = time_text(time) .. metric_text(self)
  return text .. " " .. paint(self, "1", clock) .. rest, width + 1 + #clock + #rest
end

local function draw(self, current, now, time, final)
  local line, width = bar_line(self, current, now, time, final)
  self.write(("\b"):rep(self.width) .. "\r" .. line .. (" "):rep(self.width - width)
    .. (final and "\n" or ""))
  self.width = width
end

--- Takes note of `logs` after `current` batches and redraws the bar if it is time to.
--- @param final boolean|nil the last call of the epoch: the line is finished
function Progress:update(current, logs, final)
  local fresh = {}
  for name, value in pairs(logs or {}) do
    if self.values[name] == nil then fresh[#fresh + 1] = name end
    self.values[name] = value
  end
  table.sort(fresh)
  table.move(fresh, 1, #fresh, #self.names + 1, self.names)

  local now = self.clock()
  if final then self.target = self.target or current end
  if self.style == "bar" then
    local time = step_time(self, current, now)
    if now - self.drawn < INTERVAL and not final then return end
    draw(self, current, now, time, final)
    self.drawn = now
  elseif final then
    self.write(("%s%s - %.0fs -%s%s\n"):format(self.label and self.label .. " - " or "",
      count_text(self, current), now - self.start, time_text(step_time(self, current, now)),
      metric_text(self)))
  end
end

return Progress
