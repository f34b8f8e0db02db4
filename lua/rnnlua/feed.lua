--- How batches reach a trainer: from arrays, which the trainer cuts itself, or from a generator, a function
--- that returns the next batch. Both are walked alike:
---
---     feed:begin()                 -- an epoch begins, metrics start anew
---     while feed:more() do         -- another batch is at hand
---       feed:run(n)                -- runs at most n batches, returns how many it ran
---     end
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"

local feed = {}

--- A table of logs from what trainer:logs() returns.
function feed.logs(trainer, names)
  local values, logs = { trainer:logs() }, {}
  for i, name in ipairs(names) do logs[name] = values[i] end
  return logs
end

-- arrays -----------------------------------------------------------------------------------------------

local Arrays = {}
Arrays.__index = Arrays

--- @param given table {set=, mode= "train"|"test", batch_size=, steps=, shuffle=, acquire=}; acquire(set) gives
--- the trainer and the names of its logs
function feed.arrays(given)
  local set = given.set
  local batch_size = given.batch_size
    or given.steps and -(-set.rows // given.steps) or 32
  local trainer, names = given.acquire(set)
  return setmetatable({
    trainer = trainer, names = names,
    mode = given.mode, shuffle = given.shuffle or false, steps = given.steps,
    binding = { x = set.x, y = set.y, weights = set.weights, lengths = set.lengths,
      batch_size = batch_size },
    batches = -(-set.rows // batch_size),
    left = 0, -- batches of the pass over the data; a pass of training may span epochs if `steps` is given
    todo = 0, -- batches of the epoch
  }, Arrays)
end

function Arrays:count() return self.steps or self.batches end

--- Training goes on where the last epoch stopped; a test begins at the first row, as in Keras.
function Arrays:begin()
  if self.left == 0 or self.mode == "test" then
    self.trainer:bind(self.binding)
    self.trainer:start(self.mode, self.shuffle)
    self.left = self.batches
  else
    self.trainer:reset()
  end
  self.todo = self:count()
end

function Arrays:more()
  if self.todo > 0 and self.left == 0 then
    options.warn("the data ran out after fewer batches than steps ask for; the epoch ends early")
    self.todo = 0
  end
  return self.todo > 0
end

function Arrays:run(n)
  local done = self.trainer:run(math.min(n, self.todo))
  self.left, self.todo = self.left - done, self.todo - done
  return done
end

-- generators -------------------------------------------------------------------------------------------------

local Generator = {}
Generator.__index = Generator

--- @param given table {model=, who=, next= function, mode=, steps=, expected=, acquire=}; `steps` ends an epoch,
--- `expected` is how many batches there will be, if somebody knows
function feed.generator(given)
  return setmetatable({
    model = given.model, who = given.who, next = given.next, mode = given.mode, steps = given.steps,
    expected = given.expected, acquire = given.acquire,
  }, Generator)
end

function Generator:count() return self.steps or self.expected end

function Generator:begin() self.done, self.batch, self.fresh = 0, nil, true end

function Generator:more()
  if self.batch then return true end
  if self.steps and self.done >= self.steps then return false end
  local x, y, weights = self.next()
  if x == nil and self.done == 0 then
    x, y, weights = self.next() -- that nil ended an epoch that `steps` had cut short
  end
  if x == nil then
    if self.done == 0 then
      core.raise(self.who .. ": the generator returned no batch for this epoch; after the nil that ends an "
        .. "epoch the next call must begin a new one")
    end
    return false
  end
  self.batch = data.set(self.model, self.who, x, y, weights)
  return true
end

function Generator:run()
  local batch = self.batch
  if not self.trainer then self.trainer, self.names = self.acquire(batch) end
  self.trainer:bind { x = batch.x, y = batch.y, weights = batch.weights, batch_size = batch.rows }
  self.trainer:start(self.mode, false, not self.fresh)
  self.trainer:run(1)
  self.batch, self.fresh, self.done = nil, false, self.done + 1
  return 1
end

-- walking --------------------------------------------------------------------------------------------------------

local LOOK = 0.02 -- seconds between looks at the clock while a bar is shown

--- How many batches to run at once: all, or while a bar is shown as many as take about LOOK seconds.
local function adapt(stride, seconds)
  if seconds < LOOK / 2 then return stride * 2 end
  if seconds > LOOK * 2 then return math.max(1, stride // 2) end
  return stride
end

--- Runs one epoch and tells whoever watches.
--- @param walked table a feed
--- @param events table callbacks; `kind` is "train" or "test"
--- @param progress table|nil a bar to redraw
--- @param stopped function says whether to stop after this batch
--- @return table logs of the epoch, integer batches done
function feed.walk(walked, kind, events, progress, stopped)
  local on_begin, on_end = "on_" .. kind .. "_batch_begin", "on_" .. kind .. "_batch_end"
  local watched = events:has_batch_events(kind)
  local bar = progress and progress.style == "bar" and progress
  local stride, done = (watched or bar) and 1 or math.maxinteger, 0
  while walked:more() do
    if watched then events:fire(on_begin, done, {}) end
    local started = bar and core.clock()
    done = done + walked:run(stride)
    if watched or bar then
      local logs = feed.logs(walked.trainer, walked.names)
      if watched then events:fire(on_end, done - 1, logs) end
      if bar then bar:update(done, logs) end
    end
    if bar and not watched then stride = adapt(stride, core.clock() - started) end
    if stopped() then break end
  end
  return feed.logs(walked.trainer, walked.names), done
end

return feed
