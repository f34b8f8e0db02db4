--- rnnlua: what `require "rnnlua"` returns.
---
--- Nothing is made before it is asked for: a namespace (rl.layers) looks its fields up in the registry, or
--- requires the module that has them, at the first use. pairs() lists everything all the same, and a name
--- that does not exist is an error at the caller's line, with the nearest one that does.
local core = require "rnnlua.core"

--- @param path string what messages call the namespace
--- @param find fun(key: string): any the value of a field; nil if there is none
--- @param names fun(): string[] of all fields
local function namespace(path, find, names)
  local meta = { __name = path }

  function meta.__index(self, key)
    if type(key) ~= "string" then return nil end
    local value = find(key)
    if value == nil then
      local meant = core.suggest(key, names())
      core.raise(("%s has no '%s'%s"):format(path, key, meant and (" (did you mean '%s'?)"):format(meant) or ""))
    end
    rawset(self, key, value)
    return value
  end

  --- every name, for pairs() and completion: those known and those that a script has added
  function meta.__fields(self)
    local list, listed = {}, {}
    local function add(name)
      if not listed[name] then list[#list + 1] = name end
      listed[name] = true
    end
    for _, name in ipairs(names()) do add(name) end
    for name in next, self do add(name) end
    return list
  end

  function meta.__pairs(self)
    local list, i = meta.__fields(self), 0
    return function()
      i = i + 1
      if list[i] ~= nil then return list[i], self[list[i]] end
    end
  end

  function meta.__tostring() return "<" .. path .. ">" end

  return setmetatable({}, meta)
end

local function keys(...)
  local list = {}
  for _, t in ipairs { ... } do
    for key in next, t do list[#list + 1] = key end
  end
  table.sort(list)
  return list
end

--- The namespace of a plain table.
local function closed(path, fields)
  return namespace(path, function(key) return fields[key] end, function() return keys(fields) end)
end

--- The namespace of all types of one kind, by name and alias; `more` are functions that make other fields.
local function kind_namespace(path, kind, more, second_kind)
  return namespace(path, function(key)
    if more[key] then return more[key]() end
    return core.type(kind, key) or second_kind and core.type(second_kind, key)
  end, function()
    local names = core.type_names(kind, true)
    if second_kind then table.move(core.type_names(second_kind, true), 1, 1000, #names + 1, names) end
    for _, name in ipairs(keys(more)) do
      if not core.type(kind, name) then names[#names + 1] = name end
    end
    return names
  end)
end

local function getter(path, kind)
  return function()
    --- The object that a name, an object, a type or a config stands for: rl.losses.get("mse").
    --- @param value string|table|function|component
    --- @return component
    return function(value) return core.component(kind, value, path .. ".get", "identifier") end
  end
end

local function with_get(path, kind)
  return function() return kind_namespace(path, kind, { get = getter(path, kind) }) end
end

--- rl.metrics: the types, losses among them, and Mean and Sum, which look at values alone.
local function metrics()
  local more = { get = getter("rl.metrics", "metric") }
  for name, make in pairs(require "rnnlua.value_metrics") do more[name] = function() return make end end
  return kind_namespace("rl.metrics", "metric", more, "loss")
end

local function optimizers()
  return kind_namespace("rl.optimizers", "optimizer", {
    get = getter("rl.optimizers", "optimizer"),
    schedules = function() return kind_namespace("rl.optimizers.schedules", "schedule", {}) end,
  })
end

local function module(path, name)
  return function() return closed(path, require(name)) end
end

--- The functions of one plugin: rl.plugins.signal.smooth
local function plugin_functions(name)
  return namespace("rl.plugins." .. name, function(key) return core.plugin_function(name, key) end, function()
    local names = {}
    for _, plugin in ipairs(core.plugins()) do
      for _, made in ipairs(plugin.name == name and plugin.types or {}) do
        if made.kind == "function" then names[#names + 1] = made.name end
      end
    end
    return names
  end)
end

--- rl.plugins: functions about plugins, and the functions of each plugin under its name.
local function plugins()
  local fields = require "rnnlua.plugins"
  return namespace("rl.plugins", function(key)
    if fields[key] then return fields[key] end
    for _, plugin in ipairs(core.plugins()) do
      if plugin.name == key then return plugin_functions(key) end
    end
  end, function()
    local names = keys(fields)
    for _, plugin in ipairs(core.plugins()) do names[#names + 1] = plugin.name end
    return names
  end)
end

--- rl.utils: its own functions, and those of modules that are read when they are first asked for.
local function utils()
  local own = require "rnnlua.utils"
  local elsewhere = own._elsewhere
  return namespace("rl.utils", function(key)
    if elsewhere[key] then return require(elsewhere[key])[key] end
    return key:sub(1, 1) ~= "_" and own[key] or nil
  end, function()
    local names = keys(own, elsewhere)
    for i = #names, 1, -1 do
      if names[i]:sub(1, 1) == "_" then table.remove(names, i) end
    end
    return names
  end)
end

local function data()
  return closed("rl.data", { Dataset = closed("rl.data.Dataset", require "rnnlua.dataset".constructors) })
end

--- a function of rnnlua.files.arrays
local function of_arrays(name)
  return function() return require "rnnlua.files.arrays"[name] end
end

local function input() return require "rnnlua.input".new end

local model_classes = { Sequential = "rnnlua.sequential", Model = "rnnlua.functional" }

--- rl.layers: the types, Input, and Keras' functions that make a merge layer and call it.
local function layers()
  local more = { Input = input, Lambda = function() return require "rnnlua.lambda".new end }
  for _, name in ipairs { "add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot" } do
    more[name] = function() return require "rnnlua.merging"[name] end
  end
  return kind_namespace("rl.layers", "layer", more)
end

--- What makes each field of rl that is no tensor function.
local makers = {
  layers = layers,
  activations = with_get("rl.activations", "activation"),
  initializers = with_get("rl.initializers", "initializer"),
  regularizers = with_get("rl.regularizers", "regularizer"),
  constraints = with_get("rl.constraints", "constraint"),
  losses = with_get("rl.losses", "loss"),
  metrics = metrics,
  optimizers = optimizers,
  callbacks = module("rl.callbacks", "rnnlua.callbacks"),
  data = data,
  utils = utils,
  config = module("rl.config", "rnnlua.config"),
  plugins = plugins,
  register = module("rl.register", "rnnlua.register"),
  random = function() return closed("rl.random", core.random) end,
  models = function()
    return namespace("rl.models", function(key) return model_classes[key] and require(model_classes[key]) end,
      function() return keys(model_classes) end)
  end,
  Sequential = function() return require "rnnlua.sequential" end,
  Model = function() return require "rnnlua.functional" end,
  Input = input,
  GradientTape = function() return require "rnnlua.gradients.tape" end,
  gradient_check = function() return require "rnnlua.gradients.check" end,
  save = of_arrays "save",
  savez = of_arrays "savez",
  load = of_arrays "load",
  show_config = function() return require "rnnlua.about".show end,
  help = function() return require "rnnlua.help".help end,
  plot = function() return require "rnnlua.plot" end,
  _VERSION = function() return "rnnlua " .. core.version end,
}

core.set_hook("apply_gradients", function(...) require "rnnlua.gradients.apply".apply_gradients(...) end)
core.set_hook("adapt", function(...) require "rnnlua.adapting".adapt(...) end)
core.set_hook("build_optimizer", function(...) require "rnnlua.gradients.apply".build(...) end)

return namespace("rl", function(key)
  local make = makers[key]
  if make then return make() end
  return core.tensor_functions[key] or core.tensor_creators[key]
end, function() return keys(makers, core.tensor_creators, core.tensor_functions) end)
