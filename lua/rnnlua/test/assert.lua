--- `assert` in a test: Lua's own when called, and a tree of words in the manner of busted's luassert.
---
--- assert.equal, assert.are.equal, assert.is_not_nil, assert.has_no.errors, … are read word by word:
--- modifiers (is are was has does a an; not no) may stand before an assertion; `_` and `.` separate.
local compare = require "rnnlua.test.compare"
local show = require "rnnlua.test.show"

--- Lua's own, with the caller's position where that would give this file's.
local function lua_assert(_, ...)
  local condition, message = ...
  if condition then return ... end
  local count = select("#", ...)
  if count == 0 then message = "bad argument #1 to 'assert' (value expected)" end
  if count == 1 then message = "assertion failed!" end
  error(message, 2)
end

-- ---- the assertions: each returns whether it holds, and how to tell that it does not ----------------

local assertions = {}

--- @param arity integer # arguments of the assertion; one more may be a message
--- @param check fun(...): boolean, table? # holds?, {title=, expected=, actual=} where it does not
local function assertion(names, arity, check)
  for name in names:gmatch "%S+" do assertions[name] = { arity = arity, check = check, name = name } end
end

assertion("equal equals", 2, function(expected, actual)
  return expected == actual, { title = "not equal", negated = "equal, which was not wanted",
                               expected = expected, actual = actual }
end)

assertion("same", 2, function(expected, actual)
  local where = compare.difference(expected, actual)
  return where == nil, {
    title = "not the same" .. ((where or "") ~= "" and " at " .. where or ""),
    negated = "the same, which was not wanted", expected = expected, actual = actual,
  }
end)

assertion("near", 3, function(expected, actual, tolerance)
  for i, value in ipairs { expected, actual, tolerance } do
    if type(value) ~= "number" then
      error(("near: argument %d must be a number, got %s"):format(i, type(value)), 0)
    end
  end
  local near = math.abs(expected - actual) <= tolerance or expected == actual
  return near, { title = ("not near: off by %.6g, %g is allowed"):format(math.abs(expected - actual), tolerance),
                 negated = ("within %g, which was not wanted"):format(tolerance),
                 expected = expected, actual = actual }
end)

assertion("tensor_near", 3, function(expected, actual, tolerance)
  local wrong = compare.not_near(expected, actual, tolerance)
  return wrong == nil, { title = wrong, negated = "near, which was not wanted",
                         expected = expected, actual = actual }
end)

local function one_value(names, wanted, holds)
  assertion(names, 1, function(actual)
    return holds(actual), { title = "not " .. wanted, negated = wanted .. ", which was not wanted",
                            wanted = wanted, actual = actual }
  end)
end

one_value("truthy", "truthy (neither false nor nil)", function(v) return v and true or false end)
one_value("falsy falsey", "falsy (false or nil)", function(v) return not v end)
one_value("true", "true", function(v) return v == true end)
one_value("false", "false", function(v) return v == false end)
one_value("nil", "nil", function(v) return v == nil end)
one_value("nan", "nan", function(v) return v ~= v end)
one_value("callable", "callable", function(v)
  return type(v) == "function" or (getmetatable(v) or {}).__call ~= nil
end)
for name in ("number string table function userdata boolean thread"):gmatch "%a+" do
  one_value(name, "a " .. name, function(v) return type(v) == name end)
end

assertion("unique", 1, function(list)
  local pair
  for i = 1, #list do
    for j = 1, i - 1 do
      if not pair and compare.difference(list[j], list[i]) == nil then pair = { j, i } end
    end
  end
  return pair == nil, { title = pair and ("entries %d and %d are the same"):format(pair[1], pair[2]),
                        negated = "unique, which was not wanted", wanted = "no two the same", actual = list }
end)

local function matches(text, pattern, init, plain)
  if (getmetatable(text) or {}).__tostring then text = tostring(text) end
  return type(text) == "string" and text:find(pattern, init, plain) ~= nil
end

assertion("matches match", 4, function(pattern, actual, init, plain)
  return matches(actual, pattern, init, plain), {
    title = "no match for the pattern", negated = "a match for the pattern, which was not wanted",
    expected = pattern, actual = actual,
  }
end)

local function without_position(message)
  return type(message) == "string" and message:gsub("^[^\n]-:%d+: ", "", 1) or message
end

local function must_be_function(word, f)
  if type(f) ~= "function" and not (getmetatable(f) or {}).__call then
    error(("%s: argument 1 must be a function, got %s"):format(word, type(f)), 0)
  end
end

assertion("error errors", 2, function(f, expected)
  must_be_function("has_error", f)
  local ok, message = pcall(f)
  local bare = without_position(message)
  local holds = not ok and (expected == nil or compare.difference(expected, bare) == nil
                            or compare.difference(expected, message) == nil)
  return holds, {
    title = ok and "no error was raised" or "another error was raised",
    negated = "an error was raised, which was not wanted",
    wanted = expected == nil and "any error" or nil, expected = expected,
    actual = not ok and message or nil, shown = ok and "no error" or nil,
    unwanted = "no error", returns = message,
  }
end)

--- The pattern may match the message with or without the position in front of it.
assertion("error_matches error_match", 4, function(f, pattern, init, plain)
  must_be_function("error_matches", f)
  local ok, message = pcall(f)
  local text = type(message) == "string" and message or tostring(message)
  local holds = not ok and (pattern == nil or matches(without_position(text), pattern, init, plain)
                            or matches(text, pattern, init, plain))
  return holds, {
    title = ok and "no error was raised" or "the error does not match the pattern",
    negated = "the error matches, which was not wanted",
    expected = pattern, actual = not ok and message or nil, shown = ok and "no error" or nil,
    returns = message,
  }
end)

-- ---- a failure: what is raised ------------------------------------------------------------------------

local Failure = {}
Failure.__index = Failure
Failure.__name = "test failure"

--- The position, what is wrong, and expected beside actual.
function Failure:__tostring()
  local head = self.where .. self.message
  return self.detail and head .. "\n" .. self.detail or head
end

local function position(info) return info.source:gsub("^@", "") .. ":" .. info.currentline .. ": " end

--- file:line of whoever called into the runner, and of the test, where a helper in another file did.
local function caller()
  local nearest, outermost
  for level = 2, 100 do
    local info = debug.getinfo(level, "Sl")
    local ours = info and info.source:find "^@lua/rnnlua/test"
    if info == nil or ours and nearest then break end
    if not ours and info.currentline > 0 then
      nearest, outermost = nearest or info, info
    end
  end
  if nearest == nil then return "" end
  if nearest.source == outermost.source then return position(nearest) end
  return position(nearest) .. "(called from " .. position(outermost):sub(1, -3) .. ") "
end

local function raise(report, negated, message)
  local detail
  if negated then
    detail = show.columns("not wanted", report.unwanted and "an error" or report.wanted
                            or show.value(report.expected), "actual", show.value(report.actual))
  else
    detail = show.columns("expected", report.wanted or show.value(report.expected), "actual",
                          report.shown or show.value(report.actual))
  end
  error(setmetatable({
    where = caller(), detail = detail,
    message = (message and tostring(message) .. ": " or "") .. (negated and report.negated or report.title),
  }, Failure), 0)
end

-- ---- the tree of words ----------------------------------------------------------------------------------

local modifiers = { is = true, are = true, was = true, has = true, does = true, a = true, an = true,
                    ["not"] = "negates", no = "negates" }

--- Splits `tokens` into modifiers and one assertion, the longest name first.
--- @return table? assertion, boolean? negated, string? unknown
local function resolve(tokens)
  local found, negated, i = nil, false, 1
  while i <= #tokens do
    local last = #tokens
    local word
    repeat
      word = table.concat(tokens, "_", i, last)
      last = last - 1
    until last < i or assertions[word] or modifiers[word]
    if assertions[word] then found = assertions[word]
    elseif modifiers[word] == "negates" then negated = not negated
    elseif not modifiers[word] then return nil, nil, word end
    i = last + 2
  end
  return found, negated
end

local TOKENS, MESSAGE = {}, {} -- keys that no word can be
local Word = {}

function Word.__call(self, ...)
  local found, negated, unknown = resolve(self[TOKENS])
  if found == nil then
    error(unknown and ("assert has no word '%s'"):format(unknown)
          or ("assert.%s says nothing yet"):format(table.concat(self[TOKENS], ".")), 2)
  end
  local arguments = table.pack(...)
  local ran, holds, report = pcall(found.check, table.unpack(arguments, 1, found.arity))
  if not ran then error(holds, 2) end
  if holds == negated then
    raise(report, negated, arguments[found.arity + 1] or rawget(self, MESSAGE))
  end
  if report.returns ~= nil then return report.returns end
  return ...
end

local function node(tokens, message)
  return setmetatable({ [TOKENS] = tokens, [MESSAGE] = message }, Word)
end

function Word.__index(self, key)
  local tokens = { table.unpack(self[TOKENS]) }
  for token in tostring(key):lower():gmatch "[^_]+" do tokens[#tokens + 1] = token end
  local child = node(tokens, rawget(self, MESSAGE))
  rawset(self, key, child)
  return child
end

local root = node({})
rawset(root, "message", function(message) return node({}, message) end)

return setmetatable({ Failure = Failure }, {
  assertions = assertions, -- for documentation
  __call = lua_assert,
  __index = function(_, key) return root[key] end,
})
