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

local function check_names(who, source)
  for key, value in pairs(source) do
    if is_event[key] then
      if type(value) ~= "function" and type(value) ~= "table" then
        core.raise(("%s: %s must be a function, got %s"):format(who, key, options.describe(value)))
      end
    elseif type(key) == "string" and key:find("^on_?%a") then
      core.raise(("%s: a callback has no event '%s'%s"):format(who, key, options.hint(key, EVENTS)))
    end
  end
end

--- Whether a table is one callback rather than a list of them.
local function is_callback(value)
  if getmetatable(value) ~= nil then return true end
  for key in pairs(value) do
    if type(key) == "string" then return true end
  end
  return false
end

--- Raises if `callback` cannot be one: no table, an event's name is misspelt, or it is no function.
function CallbackList.check(who, callback)
  if type(callback) ~= "table" then
    core.raise(("%s: a callback must be a table, got %s"):format(who, options.describe(callback)))
  end
  check_names(who, callback)
  local meta = getmetatable(callback)
  if type(meta) == "table" and type(meta.__index) == "table" then check_names(who, meta.__index) end
end

--- @param who string the method, for messages
--- @param given table|nil one callback or a list
--- @param model table
--- @param params table {epochs=, steps=, verbose=}
function CallbackList.new(who, given, model, params)
  local list = given == nil and {} or is_callback(given) and { given } or given
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
