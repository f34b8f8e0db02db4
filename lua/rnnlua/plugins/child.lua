--- Looking at a plugin from a process of its own: what it is, what it registers, whether it does what it should. A
--- plugin that crashes, hangs or ends the process does so there.
local core = require "rnnlua.core"
local search = require "rnnlua.plugins.search"

local child = {}

local DESCRIBE_SECONDS <const> = 20

local function unescape(field) return (field:gsub("\\(.)", { n = "\n", t = "\t", ["\\"] = "\\" })) end

--- The records that the child told: lists of fields.
local function parse(report)
  local records = {}
  for line in report:gmatch "([^\n]*)\n" do
    local fields = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do fields[#fields + 1] = unescape(field) end
    records[#records + 1] = fields
  end
  return records
end

--- The last line that a child printed, before the traceback if there is one, to go with a message.
local function last_words(printed)
  local line = printed:gsub("\nstack traceback:.*$", ""):match "([^\n]+)\n*$"
  return line and ("; it printed: " .. line:sub(1, 200)) or ""
end

--- Runs the child. Its records, how it ended ("" if all went well) and what it printed.
local function run(mode, file, seconds, first)
  local folders = table.concat(search.path(), "\n") -- what it requires is found where it would be found here
  local arguments = { "-E", "plugins", "examine", mode, file, tostring(first or 1), folders }
  local report, printed, ended = core.run_self(arguments, seconds)
  local records = parse(report)
  local last = records[#records]
  if last and last[1] == "done" and ended == "" then return records, "" end
  if ended == "" then ended = "ended the process" end
  return records, ended .. last_words(printed)
end

local function take_plugin(result, fields)
  result.name, result.version, result.doc = fields[2], fields[3], fields[4]
  result.seconds = tonumber(fields[5])
end

--- What a file is and registers, by loading it elsewhere.
--- @param file string
--- @return {name: string, version: string, doc: string, seconds: number, types: {kind: string, name: string, help: string}[], refused: string?}
function child.describe(file)
  local records, ended = run("describe", file, DESCRIBE_SECONDS)
  local result = { file = file, types = {} }
  for _, fields in ipairs(records) do
    if fields[1] == "plugin" then take_plugin(result, fields) end
    if fields[1] == "refused" then result.refused = fields[2] end
    if fields[1] == "type" then
      result.types[#result.types + 1] = { kind = fields[2], name = fields[3], help = fields[4] }
    end
  end
  if ended ~= "" then result.refused = "loading it " .. ended end
  return result
end

--- What one run of the child told of the parts from `first` on, into result. The number of the part that it ended in,
--- nil where it came to its end or did not get as far.
local function take_run(result, records)
  local begun
  for _, fields in ipairs(records) do
    local what = fields[1]
    if what == "plugin" then take_plugin(result, fields) end
    if what == "refused" then result.refused = fields[2] end
    if what == "part" then
      local i = math.tointeger(fields[2])
      result.parts[i] = result.parts[i] or { kind = fields[3], name = fields[4], ok = false, message = "not checked" }
    end
    if what == "begin" then begun = math.tointeger(fields[2]) end
    if what == "ok" or what == "failed" then
      result.parts[begun].ok, result.parts[begun].message = what == "ok", fields[2]
      begun = nil
    end
  end
  return begun
end

--- Checks all that a file registers. Where a part ends the child, or does not end, another one goes on behind it.
--- @param file string
--- @param seconds number how long it may take; anew behind a part that ended it
--- @return {ok: boolean, name: string?, parts: {kind: string, name: string, ok: boolean, message: string?}[], refused: string?}
function child.check(file, seconds)
  local result, first = { ok = true, file = file, parts = {} }, 1
  repeat
    local records, ended = run("check", file, seconds, first)
    local begun = take_run(result, records)
    if begun then
      result.parts[begun].message = ended
      first = begun + 1
    elseif ended ~= "" then
      result.refused = (result.name and "checking it " or "loading it ") .. ended
    end
  until not begun or first > #result.parts
  for _, part in ipairs(result.parts) do result.ok = result.ok and part.ok end
  if result.refused then result.ok = false end
  return result
end

return child
