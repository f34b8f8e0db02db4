--- `rnnlua test`: runs scripted tests written in busted's words.
local test = {}

local usage = [[
usage: rnnlua test [options] [path ...]

Runs the tests in the files given, and in test_*.lua and *_spec.lua of the folders given (without a
path: of tests, spec or test, the first that is there).

  --filter PATTERN   only tests whose full name matches the Lua pattern; may repeat: any of them
  --format FORMAT    plain (the default), tap or junit
  --list             print the names of the tests and run none
  --help             print this

A file sees describe it before_each after_each setup teardown pending finally and assert; require finds
modules beside the file and in the folder that was given. The last line is `N passed, N failed`
(`, N skipped`). Exit status: 0; 1 if a test failed or none was found; 2 if the arguments are wrong.
]]

test.usage = usage -- for documentation

-- ---- the command line -------------------------------------------------------------------------------------

local formats = { plain = true, tap = true, junit = true }

local readers = {}
readers["--filter"] = function(options, value)
  local ok, message = pcall(string.find, "", value)
  if not ok then return "--filter: " .. message:gsub("^.-:%d+: ", "") end
  table.insert(options.filters, value)
end
readers["--format"] = function(options, value)
  if not formats[value] then
    return ("--format: expected plain, tap or junit, got '%s'"):format(value)
  end
  options.format = value
end

local flags = { ["--list"] = "list", ["--help"] = "help", ["-h"] = "help" }

--- @return table? # {filters=, format=, list=, help=, paths=}
--- @return string? # what is wrong with the arguments
local function read_arguments(args)
  local options, i = { filters = {}, format = "plain", paths = {} }, 1
  while i <= #args do
    local word = args[i]
    local name, value = word:match "^(%-%-[^=]+)=(.*)$"
    name = name or word
    if flags[word] then
      options[flags[word]] = true
    elseif readers[name] then
      if value == nil then i, value = i + 1, args[i + 1] end
      if value == nil then return nil, name .. " needs a value" end
      local wrong = readers[name](options, value)
      if wrong then return nil, wrong end
    elseif word == "--" then
      table.move(args, i + 1, #args, #options.paths + 1, options.paths)
      break
    elseif word:find "^%-." then
      return nil, ("unknown option '%s'"):format(word)
    else
      options.paths[#options.paths + 1] = word
    end
    i = i + 1
  end
  return options
end

-- ---- running one file -----------------------------------------------------------------------------------------

local function folder_of(path) return path:match "^(.*)/[^/]*$" or "." end

--- Modules beside the file come first, then those in the folder that was given.
local function search_path(file)
  local folders, templates = { folder_of(file.path), file.root }, {}
  for i, folder in ipairs(folders) do
    if i == 1 or folder ~= folders[1] then
      templates[#templates + 1] = folder .. "/?.lua;" .. folder .. "/?/init.lua"
    end
  end
  return table.concat(templates, ";") .. ";" .. package.path
end

--- A test that ends the process would end the run with it, and successfully.
local function refuse_exit() error("os.exit was called in a test", 2) end

local function install(words, file, program)
  for name, word in next, words do _G[name] = word end
  _G.assert = require "rnnlua.test.assert"
  _G.arg = { [-1] = program, [0] = file.path }
  package.path = search_path(file)
  os.exit = refuse_exit
end

--- Globals that a file makes stay in an environment of its own.
local function load_file(path)
  return loadfile(path, "t", setmetatable({}, { __index = _G }))
end

local function run_file(suite, reporter, file, program)
  local restore = require("rnnlua.test.isolate").snapshot()
  install(suite:words(), file, program)
  reporter.begin_file(file.path)
  local chunk, message = load_file(file.path)
  if chunk then
    suite:run_file(file.path, chunk, file.path)
  else
    suite.report { file = file.path, name = file.path, status = "failed", seconds = 0, message = message }
  end
  restore()
end

-- ---- the whole run ---------------------------------------------------------------------------------------------

--- Where the output must stay readable by a program, what tests print goes to standard error.
local function redirect_prints()
  local old_print, old_output = print, io.output()
  io.output(io.stderr)
  function print(...)
    local texts = table.pack(...)
    for i = 1, texts.n do texts[i] = tostring(texts[i]) end
    io.stderr:write(table.concat(texts, "\t"), "\n")
  end
  return function()
    print = old_print
    io.output(old_output)
  end
end

--- Several patterns are one filter to the suite: any of them may match.
local function any_of(patterns)
  if #patterns == 0 then return nil end
  return function(name)
    for _, pattern in ipairs(patterns) do
      if name:find(pattern) then return true end
    end
    return false
  end
end

local function run(options, files, program)
  local Suite, report = require "rnnlua.test.suite", require "rnnlua.test.report"
  local totals = { passed = 0, failed = 0, skipped = 0, listed = 0, notes = {} }
  local reporter = report[options.list and "list" or options.format](io.stdout)
  local restore = options.format ~= "plain" and redirect_prints() or function() end
  local suite = Suite.new({ filter = any_of(options.filters), list = options.list }, function(result)
    totals[result.status] = totals[result.status] + 1
    reporter.result(result)
  end, require("rnnlua.core").clock)
  for _, file in ipairs(files) do
    run_file(suite, reporter, file, program)
    if suite.interrupted then
      table.insert(totals.notes, "interrupted: the remaining tests were not run")
      break
    end
  end
  restore()
  if totals.passed + totals.failed + totals.listed == 0 then
    table.insert(totals.notes, "no test was run in: " .. table.concat(options.paths, " "))
  end
  reporter.finish(totals)
  return totals
end

--- The program as it was called: what comes first, before options of its own and the command.
local function program_of(args)
  local first = -1
  while args[first - 1] do first = first - 1 end
  return args[first]
end

--- @param args string[] # what follows `rnnlua test`, and at indices below 1 what goes before
--- @return integer # the exit status
function test.main(args)
  local options, wrong = read_arguments(args)
  if options == nil then
    io.stderr:write("rnnlua test: ", wrong, "\n", usage)
    return 2
  end
  if options.help then
    io.stdout:write(usage)
    return 0
  end
  local discover = require "rnnlua.test.discover"
  if #options.paths == 0 then options.paths[1] = discover.default_path() or "tests" end
  local files, message = discover.files(options.paths)
  if files == nil then
    io.stderr:write("rnnlua test: ", message, "\n")
    return 2
  end
  local totals = run(options, files, program_of(args))
  local found = totals.passed + totals.failed + totals.listed
  return totals.failed == 0 and found > 0 and 0 or 1
end

return test
