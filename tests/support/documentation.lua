--- For tests of documentation: what an entry of the catalogue lacks, and runs of the examples in doc comments.
local types = require "rnnlua.docs.types"

local documentation = {}

local function check_types(add, what, text)
  for _, word in ipairs(types.unknown(text)) do add(("%s: nobody knows the type '%s'"):format(what, word)) end
end

--- @param entry table of the catalogue
--- @return string[] what is missing or wrong
function documentation.complaints(entry)
  local list = {}
  local function add(what) list[#list + 1] = entry.path .. ": " .. what end
  if not entry.lines[1] or not entry.lines[1]:find "%w" then add "has no word about it" end
  local known = {}
  for _, param in ipairs(entry.params) do
    known[param.name] = true
    if entry.tags then -- in Lua, with a comment
      if param.doc == nil then add(("parameter '%s' has no @param"):format(param.name)) end
      check_types(add, param.name, param.type)
    elseif not param.fields and not types.of_param(param.of or param.name) then
      add(("nobody knows the type of parameter '%s'"):format(param.name))
    end
    for _, field in ipairs(param.fields or {}) do
      if not types.of_param(field.name) then add(("nobody knows the type of '%s'"):format(field.name)) end
    end
  end
  for _, tag in ipairs(entry.class and {} or entry.tags or {}) do
    if not known[tag.name] then add(("@param '%s' is no parameter"):format(tag.name)) end
  end
  for _, arg in ipairs(entry.named) do
    if not (arg.doc and arg.doc:find "%w") then add(("argument '%s' has no doc"):format(arg.name)) end
    check_types(add, arg.name, arg.type:gsub(" or ", "|"))
  end
  for _, result in ipairs(entry.returns) do check_types(add, "returns", result.type) end
  return list
end

-- examples --------------------------------------------------------------------------------------------------------

local function trimmed(text) return (text:gsub("%s*\n%s*", "\n"):gsub("^%s+", ""):gsub("%s+$", "")) end

--- The example as a chunk in which each line with --> tells what it gave, and what it should give.
local function instrumented(text)
  local lines, wanted = {}, {}
  for line in text:gmatch "([^\n]*)\n" do
    local code, expected = line:match "^(.-)%s*%-%->%s?(.*)$"
    if not code then
      lines[#lines + 1] = line
    elseif code == "" then -- more of the line before
      wanted[#wanted] = wanted[#wanted] .. "\n" .. expected
      lines[#lines + 1] = ""
    else
      wanted[#wanted + 1] = expected
      local form = load("return " .. code) and "_got(%d, %s)" or "%2$s _got(%1$d)"
      lines[#lines + 1] = form == "_got(%d, %s)" and form:format(#wanted, code) or ("%s _got(%d)"):format(code, #wanted)
    end
  end
  return table.concat(lines, "\n"), wanted
end

--- What an example sees as globals: Lua's, rl, and a print and io.write whose text is kept.
local function environment(kept)
  local function write(...) for _, value in ipairs { ... } do kept.text = kept.text .. tostring(value) end end
  local function show(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    kept.text = kept.text .. table.concat(words, "\t") .. "\n"
  end
  local env = { rl = require "rnnlua", print = show, io = setmetatable({ write = write }, { __index = io }) }
  function env._got(k, ...)
    if select("#", ...) > 0 then show(...) end
    kept.got[k], kept.text = kept.text, ""
  end
  return setmetatable(env, { __index = _G })
end

--- Runs an example, in which `code --> result` says what code prints or gives; more lines of the result follow as --> alone.
--- @param text string
--- @return string|nil message what went wrong
--- @return integer count of results compared
function documentation.run(text)
  local source, wanted = instrumented(text)
  local kept = { text = "", got = {} }
  local chunk, message = load(source, "=example", "t", environment(kept))
  if not chunk then return message, 0 end
  local stdout = io.stdout
  io.stdout = { write = function(self, ...) -- pictures go there
    for _, piece in ipairs { ... } do kept.text = kept.text .. tostring(piece) end
    return self
  end, flush = function() end }
  local ok, why = pcall(chunk)
  io.stdout = stdout
  if not ok then return tostring(why), 0 end
  for k, expected in ipairs(wanted) do
    local got = trimmed(kept.got[k] or "(not reached)")
    if got ~= trimmed(expected) then return ("expected %s, got %s"):format(trimmed(expected), got), k end
  end
  return nil, #wanted
end

return documentation
