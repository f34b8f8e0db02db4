--- A History as panels: what belongs together (loss and val_loss) in one, over the epochs.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local scale = require "rnnlua.plot.scale"

local of_history = {}

local WHO <const> = "rl.plot"
local NAN <const> = 0 / 0

--- The epochs of a log. One that came only in some epochs (val_loss with validation_freq) came in every k-th.
local function epochs_of(history, count)
  local all, list = history.epoch, {}
  local every = math.max(1, #all // math.max(1, count))
  for k = 1, count do list[k] = (all[math.min(#all, k * every)] or k - 1) + 0.0 end
  return list
end

local function base_of(name) return (name:gsub("^val_", "")) end

--- Names of logs: loss first, then the others by name.
local function chosen_logs(history, metrics)
  local names, known = {}, {}
  for name in pairs(history.history) do known[#known + 1] = name end
  for _, name in ipairs(metrics or known) do
    if type(name) ~= "string" or not history.history[name] then
      core.raise(("%s: the History has no log %s%s"):format(WHO, options.describe(name), options.hint(name, known)))
    end
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    local x, y = base_of(a), base_of(b)
    if x ~= y then return x == "loss" or (y ~= "loss" and x < y) end
    return a == x and b ~= x
  end)
  return names
end

local function add_series(panel, history, name)
  local y = {}
  for k, value in ipairs(history.history[name]) do
    y[k] = type(value) == "number" and scale.drawable(value) or NAN
    if panel.log then y[k] = y[k] > 0 and math.log(y[k], 10) or NAN end
  end
  panel.series[#panel.series + 1] = { name = name, y = y, x = epochs_of(history, #y) }
end

--- @param given table the arguments of rl.plot, y among them
--- @return table[] panels
function of_history.panels(given)
  local history, list = given.y, {}
  if #history.epoch == 0 then core.raise(WHO .. ": the History is empty: no epoch was run") end
  if given.x ~= nil then core.raise(WHO .. ": argument 'x' is not for a History, whose x are the epochs") end
  if given.labels then core.raise(WHO .. ": argument 'labels' is not for a History, whose logs have names") end
  if given.kind ~= "line" and given.kind ~= "scatter" then
    core.raise(('%s: a History is drawn with kind = "line" or "scatter", got \'%s\''):format(WHO, given.kind))
  end
  for _, name in ipairs(chosen_logs(history, given.metrics)) do
    local panel = list[#list]
    if not panel or panel.base ~= base_of(name) then
      panel = { kind = given.kind, base = base_of(name), series = {}, whole = true, xlabel = given.xlabel or "epoch",
        ylabel = given.ylabel, title = #list == 0 and given.title or nil, log = given.yscale == "log",
        height = not given.file and given.height or nil }
      list[#list + 1] = panel
    end
    add_series(panel, history, name)
  end
  for _, panel in ipairs(list) do panel.xlabel = panel == list[#list] and panel.xlabel or nil end
  return list
end

return of_history
