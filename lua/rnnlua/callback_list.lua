--- Callbacks: tables (or objects) with functions named as Keras' events. Each is called as a method,
---
---     function callback:on_epoch_end(epoch, logs) … end
---
--- with epochs and batches counted from 0 and `logs` a table. self.model and self.params are set before.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local CallbackList = {}
CallbackList.__index = CallbackList

local EVENTS = { "on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end" }
for _, kind in ipairs { "train", "test", "predict" } do
  for _, moment in ipairs { "begin", "end", "batch_begin", "batch_end" } do
    EVENTS[#EVENTS + 1] = "on_" .. kind .. "_" .. moment
  end
end
local is_event = {}
for _, event in ipairs(EVENTS) do is_event[event] = true end

CallbackList.events = EVENTS
function CallbackList.is_event(name) return is_event[name] or false end

--- The older names, which Keras calls too.
local ALSO = { on_train_batch_begin = "on_batch_begin", on_train_batch_end = "on_batch_end" }

local function looks_like_event(key, value)
  return type(key) == "string" and (key:find "^on_" or type(value) == "function" and key:find "^on%u")
end

local function check_names(who, source)
  for key, value in pairs(source) do
    if looks_like_event(key, value) and not is_event[key] then
      core.raise(("%s: a callback has no event '%s'%s"):format(who, key, options.hint(key, EVENTS)))
    end
    if is_event[key] and type(value) ~= "function" and not (getmetatable(value) or {}).__call then
      core.raise(("%s: %s must be a function, got %s"):format(who, key, options.describe(value)))
    end
  end
end

--- A table of functions none of which will ever be called is a mistake.
local function check_use(who, callback)
  for _, event in ipairs(EVENTS) do
    if callback[event] then return end
  end
  for key, value in pairs(callback) do
    if type(value) == "function" and type(key) == "string" and not key:find "^set_" then
      core.raise(("%s: '%s' is no event of callbacks%s"):format(who, key, options.hint("on_" .. key, EVENTS)))
    end
  end
end

--- Raises if `callback` cannot be one: no table, or an event's name is misspelt.
function CallbackList.check(who, callback)
  if type(callback) ~= "table" then
    core.raise(("%s: a callback must be a table, got %s"):format(who, options.describe(callback)))
  end
  check_names(who, callback)
  local meta = getmetatable(callback)
  if type(meta) == "table" and type(meta.__index) == "table" then check_names(who, meta.__index) end
  check_use(who, callback)
end

--- The list that was given: of callbacks, or one callback by itself.
local function as_list(who, given)
  if given == nil then return {} end
  if getmetatable(given) ~= nil or (given[1] == nil and next(given) ~= nil) then return { given } end
  for key in pairs(given) do
    if math.type(key) ~= "integer" or key < 1 or key > #given then
      core.raise(("%s: callbacks must be a list, it has a field '%s'"):format(who, tostring(key)))
    end
  end
  return given
end

--- @param who string the method, for messages
--- @param given table|nil one callback or a list
--- @param model table
--- @param params table {epochs=, steps=, verbose=}
function CallbackList.new(who, given, model, params)
  local list = as_list(who, given)
  local self = setmetatable({}, CallbackList)
  for i = 1, #list do
    CallbackList.check(("%s: callbacks[%d]"):format(who, i), list[i])
    self[i] = list[i]
  end
  for _, callback in ipairs(self) do
    callback.model, callback.params = model, params
    if callback.set_params then callback:set_params(params) end
    if callback.set_model then callback:set_model(model) end
  end
  return self
end

--- Whether any callback has one of these events.
function CallbackList:has(...)
  for _, event in ipairs { ... } do
    for _, callback in ipairs(self) do
      if callback[event] then return true end
    end
  end
  return false
end

--- Whether anybody wants to hear of each batch.
function CallbackList:has_batch_events(kind)
  return self:has("on_" .. kind .. "_batch_begin", "on_" .. kind .. "_batch_end")
    or kind == "train" and self:has("on_batch_begin", "on_batch_end")
end

--- Calls an event of every callback that has it, in their order.
function CallbackList:fire(event, ...)
  local also = ALSO[event]
  for _, callback in ipairs(self) do
    local handler = callback[event] or also and callback[also]
    if handler then handler(callback, ...) end
  end
end

return CallbackList
