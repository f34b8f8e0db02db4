--- busted's words, and the walk through what they declare.
---
--- As in busted the body of a `describe` runs when its turn comes: after the setups of the block around
--- it and after the tests declared before it. A file is the outermost block.
local attempt = require "rnnlua.test.attempt"

local Suite = {}
Suite.__index = Suite

--- @param options table # filter: whether a full name is wanted, fun(name): boolean; list: only tell the names
--- @param report fun(result: table) # {file, name, status = "passed|failed|skipped", seconds, message}
--- @param clock fun(): number # seconds
function Suite.new(options, report, clock)
  return setmetatable({
    filter = options.filter, list = options.list, report = report, clock = clock,
    file = nil,    -- the file that is being run
    block = nil,   -- the describe whose body is running, where words may declare
    finally = nil, -- the functions given to `finally` by the running test
  }, Suite)
end

local hooks = { "setup", "teardown", "lazy_setup", "lazy_teardown", "before_each", "after_each" }

local function new_block(name, parent, body)
  local block = { name = name, parent = parent, body = body, children = {} }
  for _, hook in ipairs(hooks) do block[hook] = {} end
  return block
end

local function full_name(block, name)
  local parts = { name }
  while block and block.parent do
    table.insert(parts, 1, block.name)
    block = block.parent
  end
  return table.concat(parts, " ")
end

--- The blocks around and including this one, the file first.
local function lineage(block)
  local blocks = {}
  while block do
    table.insert(blocks, 1, block)
    block = block.parent
  end
  return blocks
end

local function is_test(child) return child.children == nil end

-- ---- running ------------------------------------------------------------------------------------------

function Suite:tell(block, name, status, seconds, message)
  self.report { file = self.file, name = name and full_name(block, name) or full_name(block.parent, block.name),
                status = status, seconds = seconds or 0, message = message }
end

local function lazy_setups(blocks)
  for _, block in ipairs(blocks) do
    if not block.begun then
      block.begun = true
      local problem = attempt.each(block.lazy_setup)
      if problem then return problem end
    end
  end
end

--- before_each from the outside in, the body, finally, after_each from the inside out of every block
--- whose before_each was begun.
function Suite:perform(test)
  local blocks = lineage(test.block)
  local problem, begun = lazy_setups(blocks), 0
  while not problem and begun < #blocks do
    begun = begun + 1
    problem = attempt.each(blocks[begun].before_each)
  end
  self.finally = {}
  if not problem then problem = attempt.call(test.body) end
  local last = attempt.all(self.finally, true)
  problem = problem or last
  self.finally = nil
  for depth = begun, 1, -1 do
    last = attempt.all(blocks[depth].after_each)
    problem = problem or last
  end
  return problem
end

function Suite:run_test(test)
  local name = full_name(test.block, test.name)
  if self.filter and not self.filter(name) then return end
  if self.list then return self:tell(test.block, test.name, "listed") end
  if test.body == nil then
    return self:tell(test.block, test.name, "skipped", 0, test.reason or "no test body")
  end
  local start = self.clock()
  local problem = self:perform(test)
  local seconds = self.clock() - start
  if problem == nil then return self:tell(test.block, test.name, "passed", seconds) end
  self:tell(test.block, test.name, problem.pending and "skipped" or "failed", seconds,
            problem.pending or problem.message)
  self.interrupted = self.interrupted or problem.interrupted
end

--- Whether a setup of this block would be for nothing: no test in it passes the filter.
function Suite:nothing_to_run(block)
  for _, child in ipairs(block.children) do
    if not is_test(child) then return false end
    if not self.filter or self.filter(full_name(block, child.name)) then return false end
  end
  return true
end

function Suite:run_children(block)
  for _, child in ipairs(block.children) do
    if self.interrupted then return end
    if is_test(child) then self:run_test(child) else self:run_block(child) end
  end
end

--- @return boolean # whether all of these ran without an error; if not, that is told as a failure
function Suite:hooks_ran(block, what, problem)
  if problem == nil then return true end
  self.interrupted = self.interrupted or problem.interrupted
  self:tell(block, what, problem.pending and "skipped" or "failed", 0,
            problem.pending or problem.message)
  return false
end

function Suite:run_block(block, ...)
  self.block = block
  local problem = attempt.call(block.body, ...)
  self.block = nil
  if problem then
    self.interrupted = self.interrupted or problem.interrupted
    return self:tell(block, nil, problem.pending and "skipped" or "failed", 0,
                     problem.pending or problem.message)
  end
  if self.list then return self:run_children(block) end
  if self:nothing_to_run(block) then return end
  if self:hooks_ran(block, "(setup)", attempt.each(block.setup)) then self:run_children(block) end
  if block.begun then
    self:hooks_ran(block, "(lazy_teardown)", attempt.all(block.lazy_teardown))
  end
  self:hooks_ran(block, "(teardown)", attempt.all(block.teardown))
end

--- Runs one file. `body` is its compiled chunk, `...` what it gets as arguments.
function Suite:run_file(path, body, ...)
  self.file = path
  self:run_block(new_block(path, nil, body), ...)
end

-- ---- the words ---------------------------------------------------------------------------------------------

local function check_argument(word, position, value, kind, optional)
  if type(value) ~= kind and not (optional and value == nil) then
    error(("%s: argument %d must be a %s, got %s"):format(word, position, kind, type(value)), 4)
  end
end

function Suite:declare(word)
  if self.block == nil then
    error(("%s cannot be called while a test or hook is running"):format(word), 4)
  end
  return self.block.children
end

--- @return table<string, function> # describe, it, … as a test file sees them
function Suite:words()
  local words = {}

  local function describe(word, name, body)
    check_argument(word, 1, name, "string")
    check_argument(word, 2, body, "function")
    local children = self:declare(word)
    children[#children + 1] = new_block(name, self.block, body)
  end

  local function it(word, name, body, reason)
    check_argument(word, 1, name, "string")
    check_argument(word, 2, body, "function", true)
    local children = self:declare(word)
    children[#children + 1] = { name = name, block = self.block, body = body, reason = reason }
  end

  for _, word in ipairs { "describe", "context", "insulate", "expose" } do
    words[word] = function(name, body) return (describe(word, name, body)) end
  end
  for _, word in ipairs { "it", "spec", "test" } do
    words[word] = function(name, body) return (it(word, name, body)) end
  end

  function words.pending(name, body)
    if self.finally then attempt.raise_pending(name) end
    check_argument("pending", 1, name, "string")
    check_argument("pending", 2, body, "function", true)
    local children = self:declare "pending"
    children[#children + 1] = { name = name, block = self.block, reason = "pending" }
  end

  function words.finally(f)
    if self.finally == nil then error("finally can only be called in a test", 2) end
    check_argument("finally", 1, f, "function")
    table.insert(self.finally, f)
  end

  for _, hook in ipairs(hooks) do
    words[hook] = function(f)
      check_argument(hook, 1, f, "function")
      self:declare(hook)
      table.insert(self.block[hook], f)
    end
  end
  words.strict_setup, words.strict_teardown = words.setup, words.teardown
  return words
end

return Suite
