--- What is under way with a model. While a fit, an evaluation or a prediction has not ended, callbacks,
--- generators and other coroutines get their turn; what would pull the network or a trainer from under it is
--- refused until it has.
local core = require "rnnlua.core"

local busy = {}

local meta = {}

local FIT = "being fitted"
busy.FIT = FIT

function meta.__close(mark, problem)
  mark.marks[mark] = nil
  if mark.finish then mark.finish(problem) end
end

--- Marks the model until the value returned is closed: local _ <close> = busy.begin(…).
--- @param model table
--- @param doing string what messages say the model is: busy.FIT, or in words: "predicting"
--- @param finish function|nil called in the end, on an error too, which it gets
function busy.begin(model, doing, finish)
  local marks = model._under_way
  if not marks then
    marks = setmetatable({}, { __mode = "k" }) -- weak: a coroutine dropped half-way does not keep its model busy
    model._under_way = marks
  end
  local mark = setmetatable({ doing = doing, thread = coroutine.running(), marks = marks, finish = finish }, meta)
  marks[mark] = true -- last, so that nothing can fail between this and the caller's <close>
  return mark
end

--- What is under way, a fit before anything else; nil if nothing is.
local function find(model)
  local found
  for mark in pairs(model._under_way or {}) do
    if coroutine.status(mark.thread) ~= "dead" and (not found or mark.doing == FIT) then found = mark end
  end
  return found
end

local function refuse(model, who, mark)
  local where = coroutine.status(mark.thread) == "suspended"
    and " in a suspended coroutine (resume it to the end, or close it with coroutine.close)" or ""
  core.raise(("%s: model '%s' is %s%s"):format(who, model._name, mark.doing, where))
end

--- Raises while a fit is under way: there is one trainer, and it has its place in the data.
function busy.refuse_in_fit(model, who)
  local mark = find(model)
  if mark and mark.doing == FIT then refuse(model, who, mark) end
end

--- Raises while anything is under way: what `who` does changes the network or the trainers.
function busy.refuse(model, who)
  local mark = find(model)
  if mark then refuse(model, who, mark) end
end

return busy
