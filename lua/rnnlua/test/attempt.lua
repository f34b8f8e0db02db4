--- Calls that may fail: what a test, hook or describe body raised, told as a table.
local Failure = require("rnnlua.test.assert").Failure

local attempt = {}

local Pending = { __name = "pending" }

--- Ends the running test as pending.
function attempt.raise_pending(reason) error(setmetatable({ reason = reason }, Pending), 0) end

--- The traceback as far as the test's own code reaches, without the runner's frames.
local function own_traceback()
  local lines = {}
  for line in debug.traceback("", 3):gmatch "\n(\t[^\n]+)" do
    if line:find("lua/rnnlua/test/", 1, true) or line:find("in function 'xpcall'", 1, true) then break end
    if not line:find("in function 'error'", 1, true) and not line:find "lua/rnnlua/test%.lua" then lines[#lines + 1] = "  " .. line:sub(2) end
  end
  return table.concat(lines, "\n")
end

local function handler(value)
  local meta = getmetatable(value)
  if meta == Pending then return { pending = value.reason and tostring(value.reason) or "" } end
  if meta == Failure then return { message = tostring(value) } end
  local text = type(value) == "string" and value or type(meta) == "table" and meta.__tostring
    and tostring(value) or ("(error object is a %s value)"):format(type(value))
  local trace = own_traceback()
  return { message = trace == "" and text or text .. "\n" .. trace,
           interrupted = text:find "interrupted!$" ~= nil }
end

--- Calls f(...).
--- @return table? # nil if it returned; else {pending = reason} or {message =, interrupted =}
function attempt.call(f, ...)
  local ok, problem = xpcall(f, handler, ...)
  if not ok then return type(problem) == "table" and problem or { message = tostring(problem) } end
end

--- Calls every function, in order or from the last to the first, whatever the others raise.
--- @return table? # the first problem
function attempt.all(functions, backwards)
  local first
  for i = 1, #functions do
    local problem = attempt.call(functions[backwards and #functions + 1 - i or i])
    first = first or problem
  end
  return first
end

--- Calls functions in order until one fails.
--- @return table? # its problem
function attempt.each(functions)
  for _, f in ipairs(functions) do
    local problem = attempt.call(f)
    if problem then return problem end
  end
end

return attempt
