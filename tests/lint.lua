--- The rules of the house that a compiler does not hold: `rnnlua tests/lint.lua` in the repository's root.
---
--- Prints each breach as file:line: rule, then how many files were read; exits with 1 if there was any.
local listdir = require("rnnlua.core").listdir

-- Who may include whom: each room's files may include their own room's and those listed.
local components = { "activations", "initializers", "regularizers", "constraints", "losses", "metrics",
                     "optimizers", "layers" }
local may_include = {
  kernels = {},
  core = { "kernels" },
  model = { "core" },
  bind = { "model", "core" },
  host = { "bind", "core" },
  main = { "host" },
  embed = {},
  plugins = {},
}
for _, room in ipairs(components) do may_include[room] = {} end

local sees_lua = { bind = true, host = true, main = true, embed = true }
local may_print = { host = true, main = true, embed = true }

local breaches, files_read = 0, 0

local function breach(path, line, rule)
  breaches = breaches + 1
  print(("%s:%d: %s"):format(path, line, rule))
end

-- ---- rules for C: each is called with the file's path, its room, a line and its number -----------------

--- "layers/rnn", of a file in a folder that is a plugin by itself within its room; nil for others
local function room_in_room(path) return path:match "^(layers/[%w_]+)/" end

local function room_of(path) return path:match "^src/([%w_]+)/" or path:match "^src/(main)%.c$" or "public" end

local function set(list)
  local result = {}
  for _, name in ipairs(list) do result[name] = true end
  return result
end

local function check_include(path, room, text, line)
  local lua_header = text:match '^%s*#%s*include%s*[<"]l[ua][aux]*lib%.h[>"]' or text:match '^%s*#%s*include%s*[<"]lua%.h[>"]'
  if lua_header and not sees_lua[room] then
    breach(path, line, "Lua's headers are for bind/, host/, main.c and embed/")
  end
  local target = text:match '^%s*#%s*include%s*"([^"]+)"'
  local target_room = target and target:match "^([%w_]+)/"
  if room == "public" and target and not target:find "^rnnlua" then
    breach(path, line, "a public header includes the C standard library alone")
  elseif target and room ~= "public" and room_in_room(target) and room_in_room(target) ~= room_in_room(path:sub(5)) then
    breach(path, line, ("%s is another room's within %s/"):format(target, room))
  elseif target_room and room ~= "public" and target_room ~= room
    and not set(may_include[room] or {})[target_room] then
    breach(path, line, ("%s/ may not include %s/"):format(room, target_room))
  end
end

local forbidden = { "exit", "_exit", "abort", "assert", "printf", "fprintf", "puts", "malloc", "calloc", "realloc",
                    "free", "aligned_alloc", "posix_memalign", "strdup" }
local where_allowed = { ["src/core/alloc.c"] = true }

local function check_calls(path, room, text, line)
  if may_print[room] or where_allowed[path] then return end
  for _, name in ipairs(forbidden) do
    for before in text:gmatch("(.?)%f[%w_]" .. name .. "%s*%(") do
      if before ~= "." and before ~= ">" then
        breach(path, line, ("%s() is not for files below host/ (memory: core/alloc.h)"):format(name))
      end
    end
  end
end

--- Comments and strings are no code: blanks in their place, so that lines keep their numbers.
local function without_comments(text)
  local function blanks(part) return (part:gsub("[^\n]", " ")) end
  text = text:gsub("\\.", "  "):gsub("'\"'", "   ")
  text = text:gsub('"[^"\n]*"', function(part) return '"' .. blanks(part:sub(2, -2)) .. '"' end)
  return (text:gsub("/%*.-%*/", blanks):gsub("//[^\n]*", blanks))
end

-- ---- rules for every text ----------------------------------------------------------------------------------

-- in two parts each, so that this file passes
local machine_paths = { "/wo" .. "rk/", "/opt/" .. "peers", "/ro" .. "ot/", "/tmp/" .. "w/" }

local function check_text(path, text, line)
  local expected_text = path:find "^tests/.*%.lua$" -- what is printed may end in blanks
  if text:find "[ \t]$" and not expected_text then breach(path, line, "blanks at the end of the line") end
  for _, machine_path in ipairs(machine_paths) do
    if text:find(machine_path, 1, true) then breach(path, line, "a path of one machine: " .. machine_path) end
  end
end

local function each_line(text, f)
  local number = 0
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    f(line, number)
  end
end

local function check_file(path)
  local file <close> = assert(io.open(path, "rb"))
  local text = file:read "a"
  files_read = files_read + 1
  if text ~= "" and text:sub(-1) ~= "\n" then breach(path, 1, "no newline at the end of the file") end
  each_line(text, function(line, number) check_text(path, line, number) end)
  if path:find "^src/.*%.[ch]$" then
    local room = room_of(path)
    if not may_include[room] and room ~= "public" then breach(path, 1, "an unknown room: " .. room) end
    each_line(text, function(line, number) check_include(path, room, line, number) end)
    each_line(without_comments(text), function(line, number) check_calls(path, room, line, number) end)
  end
end

local checked = { c = true, h = true, lua = true, md = true, py = true, sh = true }

local function walk(folder)
  local names = listdir(folder) or {}
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder .. "/" .. name
    if name:find "/$" then
      walk(path:sub(1, -2))
    elseif checked[name:match "%.(%w+)$"] then
      check_file(path)
    end
  end
end

for _, folder in ipairs { "src", "lua", "scripts", "tests" } do walk(folder) end
for _, name in ipairs { "Makefile", "README.md", ".ci/run" } do
  if io.open(name) then check_file(name) end
end
print(("lint: %d files, %d breaches"):format(files_read, breaches))
os.exit(breaches == 0)
