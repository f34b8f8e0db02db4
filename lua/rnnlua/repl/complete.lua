--- What TAB offers: names, fields, methods, constructor arguments, modules and files.
local core = require "rnnlua.core"
local notes = require "rnnlua.repl.notes"

local KEYWORDS <const> = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto",
  "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }

-- ---- where the cursor is -----------------------------------------------------------------------------------

--- The end of the long bracket that opens at i, or nil if it never ends; false if none opens there.
local function skip_long(text, i)
  local level = text:match("^%[(=*)%[", i)
  if level == nil then return false end
  local _, last = text:find("]" .. level .. "]", i, true)
  return last
end

local function skip_comment(text, i)
  local last = skip_long(text, i + 2)
  if last ~= false then return last end
  local newline = text:find("\n", i, true)
  return newline
end

local function skip_quoted(text, i)
  local quote, at = text:sub(i, i), i + 1
  while at <= #text do
    local char = text:sub(at, at)
    if char == quote or char == "\n" then return at end
    at = at + (char == "\\" and 2 or 1)
  end
end

--- Walks over the text.
--- @return "code"|"string"|"comment" # where its end lies
--- @return integer[] # the brackets that are open
--- @return integer? # where the string opened
local function locate(text)
  local open, i = {}, 1
  while i <= #text do
    local char, last = text:sub(i, i), i
    if text:find("^%-%-", i) then
      last = skip_comment(text, i)
      if last == nil then return "comment", open end
    elseif char == '"' or char == "'" then
      last = skip_quoted(text, i)
      if last == nil then return "string", open, i end
    elseif char == "[" and skip_long(text, i) ~= false then
      last = skip_long(text, i)
      if last == nil then return "comment", open end -- in a long string: nothing to offer, either
    elseif char:find "[%(%[{]" then
      open[#open + 1] = i
    elseif char:find "[%)%]}]" then
      open[#open] = nil
    end
    i = last + 1
  end
  return "code", open
end

-- ---- the value left of a dot ---------------------------------------------------------------------------------

--- The text of the path that ends at the end of `text`: `a.b["c"][1].d`, without calls.
local function path_before(text)
  local first = #text + 1
  while true do
    local rest = text:sub(1, first - 1)
    local at = rest:match "()%.[%a_][%w_]*$" or rest:match "()%[%s*%-?%d+%s*%]$" or
      rest:match '()%[%s*"[^"\\]*"%s*%]$' or rest:match "()%[%s*'[^'\\]*'%s*%]$"
    if at then
      first = at
    else
      local name = rest:match "()[%a_][%w_]*$"
      return name and text:sub(name)
    end
  end
end

--- Looking at a value may call its __index, which may fail; then there is nothing to offer.
local function evaluate(path)
  local f = path and load("return " .. path, "=completion", "t")
  local ok, value = pcall(f or error)
  if ok then return value end
end

-- ---- names of a value ----------------------------------------------------------------------------------------

local function is_name(key) return type(key) == "string" and key:find "^[%a_][%w_]*$" ~= nil end

local function add_keys(names, value)
  for key in next, value do
    if is_name(key) then names[key] = true end
  end
end

--- The fields of a value, those of its metatable's __index, and what its metatable's __fields lists.
local function names_of(value)
  local names, seen = {}, 0
  while value ~= nil and seen < 10 do -- a chain of classes; ten are plenty
    if type(value) == "table" then add_keys(names, value) end
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" then break end
    local list = meta.__fields and select(2, pcall(meta.__fields, value))
    for _, name in ipairs(type(list) == "table" and list or {}) do names[name] = true end
    value, seen = rawget(meta, "__index"), seen + 1
    if type(value) ~= "table" then break end
  end
  return names
end

local function is_callable(value)
  if type(value) == "function" then return true end
  local meta = debug.getmetatable(value)
  return type(meta) == "table" and meta.__call ~= nil
end

--- Only what can be called may follow a colon.
local function keep_methods(names, value)
  for name in pairs(names) do
    local ok, field = pcall(function() return value[name] end)
    if not (ok and is_callable(field)) then names[name] = nil end
  end
end

-- ---- the kinds of completion ------------------------------------------------------------------------------------

local function starting_with(names, word)
  local matches = {}
  for name in pairs(names) do
    if name:sub(1, #word) == word and (word ~= "" or name:sub(1, 1) ~= "_") then matches[#matches + 1] = name end
  end
  table.sort(matches)
  return matches
end

local function complete_modules(word)
  local names = {}
  for name in pairs(package.preload) do
    if not name:find "%..*%." then names[name] = true end -- rnnlua.repl.show is nobody's business
  end
  for name in pairs(package.loaded) do
    if not name:find "^rnnlua%..*%." then names[name] = true end
  end
  for template in package.path:gmatch "[^;]+" do
    local folder, suffix = template:match "^(.-)%?(.*)$"
    local inner = word:match "^(.*%.)[^.]*$" or ""
    local entries = folder and core.listdir(folder == "" and "." or folder .. inner:gsub("%.", "/"))
    for _, entry in ipairs(entries or {}) do
      local module = suffix == ".lua" and entry:match "^([%w_-]+)%.lua$"
      if module then names[inner .. module] = true end
    end
  end
  return starting_with(names, word)
end

--- Plugins that rl.plugins.load finds by name.
local function complete_plugins(word)
  local names = {}
  for _, folder in ipairs(require("rnnlua.plugins").path()) do
    for _, entry in ipairs(core.listdir(folder) or {}) do
      local name = entry:match "^([%a_][%w_]*)%.so$" or entry:match "^([%a_][%w_]*)%.lua$"
      if name then names[name] = true end
    end
  end
  return starting_with(names, word)
end

local function complete_files(word)
  local folder = word:match "^(.*/)" or ""
  local names = {}
  for _, entry in ipairs(core.listdir(folder == "" and "." or folder) or {}) do
    if entry:sub(1, 1) ~= "." or word:sub(#folder + 1, #folder + 1) == "." then
      names[folder .. entry:gsub("/$", "")] = true
    end
  end
  return starting_with(names, word)
end

--- What the constructor in whose call the cursor stands declares: a list of arguments, perhaps empty.
local function declared_arguments(text, open)
  local at = open[#open]
  if at == nil or text:sub(at, at) ~= "{" then return {} end
  local constructor = evaluate(path_before((text:sub(1, at - 1):gsub("%s*%(?%s*$", ""))))
  local ok, description = pcall(core.describe, constructor)
  return ok and description and description.args or {}
end

--- @return table<string, table> # what is declared of each `name=`
local function argument_names(text, open)
  local names = {}
  if not text:find "[{,]%s*[%w_]*$" then return names end
  for _, argument in ipairs(declared_arguments(text, open)) do names[argument.name .. "="] = argument end
  return names
end

local function is_kind(word)
  for _, kind in ipairs(core.kinds()) do
    if kind == word then return true end
  end
  return false
end

--- The strings that an argument takes: `activation = "` names activations, also where nobody declares it,
--- as in model:compile{optimizer = "
local function argument_values(text, open)
  local name = text:match "([%a_][%w_]*)%s*=%s*$"
  local kind, values = name, {}
  for _, argument in ipairs(name and declared_arguments(text, open) or {}) do
    if argument.name == name then
      kind = argument.type
      for word in (kind == "string" and argument.range or ""):gmatch "[^|]+" do values[word] = true end
    end
  end
  if is_kind(kind) then
    for _, word in ipairs(core.type_names(kind, true)) do values[word] = true end
  end
  return values
end

local function complete_code(text, open)
  local word = text:match "[%a_][%w_]*$" or ""
  local before = text:sub(1, #text - #word)
  local separator = before:match "%.$" and not before:match "%.%.$" and "." or before:match ":$"
  if separator then
    local value = evaluate(path_before(before:sub(1, -2)))
    local names = names_of(value)
    if separator == ":" then keep_methods(names, value) end
    return word, starting_with(names, word), function(name)
      local ok, field = pcall(function() return value[name] end)
      return ok and notes.of_value(field) or ""
    end
  end
  local arguments = argument_names(text, open)
  local matches = starting_with(arguments, word)
  if #matches > 0 then return word, matches, function(name) return notes.of_argument(arguments[name]) end end
  local names = {}
  add_keys(names, _G)
  for _, keyword in ipairs(KEYWORDS) do names[keyword] = true end
  return word, starting_with(names, word), function(name)
    local value = rawget(_G, name)
    return value ~= nil and notes.of_value(value) or "keyword"
  end
end

--- @param pending string # the lines of the chunk before the one being edited
--- @param before string # that line up to the cursor
--- @return integer? # where in `before` the word starts
--- @return string[]? # what may stand there
--- @return string? # what follows a sole match
--- @return boolean? # whether these are file names
--- @return function? # gives what there is to say of a match
return function(pending, before)
  if pending == "" and before:find "^:" then
    local file = before:match "^:load%s+(.*)$"
    if file then return #before - #file + 1, complete_files(file), "", true end
    local names = {}
    for _, name in ipairs(require("rnnlua.repl.commands").names()) do names[name] = true end
    return 1, starting_with(names, before), " "
  end
  local text = pending .. before
  local place, open, quote_at = locate(text)
  if place == "comment" then return end
  if place == "code" then
    local word, matches, note = complete_code(text, open)
    return #before - #word + 1, matches, nil, false, note
  end
  local quote, word, left = text:sub(quote_at, quote_at), text:sub(quote_at + 1), text:sub(1, quote_at - 1)
  local start = #before - #word + 1
  if left:find "require%s*%(?%s*$" then return start, complete_modules(word), quote end
  if left:find "plugins%s*%.%s*load%s*%(?%s*$" then
    local names = complete_plugins(word)
    if #names > 0 then return start, names, quote end
  end
  local values = argument_values(left, open)
  if next(values) then return start, starting_with(values, word), quote end
  return start, complete_files(word), quote, true
end
