--- Progress of fit, evaluate and predict, as Keras' Progbar prints it (keras/src/utils/progbar.py).
---
--- Three styles: "bar" redraws one line on a terminal; "lines" is Keras' verbose=2, one line when an epoch
--- is done; "plain" is one line an epoch, the epoch's number included, for pipes and files.
local core = require "rnnlua.core"

local Progress = {}
Progress.__index = Progress

local CELLS = { 20, 10, 5 } -- of the bar: the most that the terminal has room for
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

--- The terminal that this process writes to. While a bar is shown, what erases it is held back in front of whatever is
--- printed next, by a callback or anybody: that gets a line of its own, and the bar comes again below it.
local here = {
  write = write,
  columns = function() return core.columns(true) end,
  hold = core.hold_output,
  is_held = core.output_is_held,
  release = core.release_output,
}

--- What tests look at in its place: as wide as need be, and nobody else prints there.
local function elsewhere(given)
  return {
    write = given.write,
    columns = given.columns or function() return math.huge end,
    hold = function() end,
    is_held = function() return true end,
    release = function() return false end,
  }
end

local function choose(given, default)
  if given == nil then return default() end
  return given
end

--- @param given table {target= batches or nil, style=, label= "Epoch 1/2" or nil}, and to look elsewhere than at
--- this process' terminal and clock: write=, columns= function, clock=, colour=, utf8=
function Progress.new(given)
  local clock = given.clock or core.clock
  return setmetatable({
    target = given.target,
    style = given.style,
    label = given.label,
    screen = given.write and elsewhere(given) or here,
    clock = clock,
    colour = choose(given.colour, Progress.colour),
    utf8 = choose(given.utf8, Progress.utf8),
    start = clock(),
    drawn = -math.huge,
    width = 0, -- of the line on the screen; 0: there is none
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

local function bar_of(self, current, cells)
  local filled = cells * current // self.target
  return " " .. (filled > 0 and paint(self, "32", (self.utf8 and "━" or "="):rep(filled)) or "")
    .. paint(self, "37", (self.utf8 and self.colour and "━" or "."):rep(cells - filled))
end

--- The most cells that a bar may have beside `width` columns of text without taking one more line.
local function choose_cells(width, room)
  for _, cells in ipairs(CELLS) do
    if (width + cells) // room == (width - 1) // room then return cells end
  end
  return 0
end

--- The bar's line in at most `room` columns, and its width. The last one of an epoch has all metrics, if it takes more
--- lines: it is not redrawn. Before, the time of a step has to go first, and then metrics from the last on.
local function bar_line(self, current, now, time, final, room)
  local count = count_text(self, current)
  local clock = (self.target and not final) and remaining_text(time * (self.target - current))
    or ("%.0fs"):format(now - self.start)
  local metrics, width = metric_text(self), #count + 1 + #clock
  local rest = time_text(time) .. metrics
  if not final and width + #rest > room then rest = metrics end
  while not final and width + #rest > room and rest ~= "" do rest = rest:match "^(.*) %- " or "" end
  width = width + #rest
  local cells, bar = self.target and choose_cells(width, room) or 0, ""
  if cells > 0 then width, bar = width + 1 + cells, bar_of(self, current, cells) end
  return (self.target and paint(self, "1", count) or count) .. bar .. " " .. paint(self, "1", clock) .. rest, width
end

--- To the beginning of the line on the screen, whose end has wrapped if the terminal has become narrower.
local function back(self, columns)
  if self.width <= columns or not self.colour then return ("\b"):rep(self.width) .. "\r" end
  return ("\27[%dA\r\27[J"):format((self.width - 1) // columns)
end

--- Whether the line on the screen is as it was drawn, and not something printed in its place.
local function is_intact(self) return self.width == 0 or self.screen.is_held() end

--- What has to be written before a line: to where it begins.
local function approach(self, columns)
  local intact = is_intact(self)
  local is_open = self.screen.release() -- something was printed without a newline
  if not intact then self.width = 0 end
  return (is_open and "\n" or "") .. back(self, columns)
end

local function draw(self, current, now, time, final)
  local columns = self.screen.columns()
  local start = approach(self, columns)
  local line, width = bar_line(self, current, now, time, final, math.max(1, final and columns or columns - 1))
  self.screen.write(start .. line .. (" "):rep(self.width - width) .. (final and "\n" or ""))
  self.width = final and 0 or width
  if not final then self.screen.hold("\r" .. (" "):rep(width) .. "\r") end
end

--- Leaves the line where an error or Ctrl-C ended it: what comes next has one of its own.
function Progress:__close()
  if self.width == 0 then return end
  local intact = is_intact(self)
  if self.screen.release() or intact then self.screen.write "\n" end
  self.width = 0
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
    if now - self.drawn < INTERVAL and is_intact(self) and not final then return end
    draw(self, current, now, time, final)
    self.drawn = now
  elseif final then
    self.screen.write(("%s%s - %.0fs -%s%s\n"):format(self.label and self.label .. " - " or "",
      count_text(self, current), now - self.start, time_text(step_time(self, current, now)),
      metric_text(self)))
  end
end

return Progress
