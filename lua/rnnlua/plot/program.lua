--- Programs that draw files: looked for in PATH when they are needed, run in a process of their own.
local program = {}

--- A word for the shell as it is.
local quote = require("rnnlua.shell").quote

--- Where a program lies; nil where PATH does not have it.
function program.find(name)
  local pipe = io.popen("command -v " .. quote(name) .. " 2>/dev/null")
  if not pipe then return nil end
  local path = pipe:read "l"
  return pipe:close() and path and path ~= "" and path or nil
end

--- A temporary file, which is gone when its variable is.
local function temporary(bytes)
  local name = os.tmpname()
  local guard = setmetatable({ name = name }, { __close = function() os.remove(name) end })
  if not bytes then return guard end
  local file, message = io.open(name, "wb")
  if not file then return nil, message end
  local ok, why = file:write(bytes)
  local closed, reason = file:close()
  if not (ok and closed) then
    os.remove(name)
    return nil, why or reason
  end
  return guard
end

local function read_all(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a" or ""
end

--- What a program complained about, in one line: the line that tells most stands last. The script's path is of no
--- use.
local function complaint(path, script)
  local words = {}
  for line in read_all(path):gmatch "[^\n]+" do
    local told = line:gsub("^%s+", ""):gsub("%s+$", "")
    local first, last = told:find(script, 1, true)
    if first then told = told:sub(1, first - 1) .. "script" .. told:sub(last + 1) end
    if told:find "%w" then words[#words + 1] = told end
  end
  return table.concat(words, "; ", math.max(1, #words - 2)):sub(1, 400)
end

--- Runs a program on a script in a temporary file.
--- @param name string as messages call it
--- @param words string[] the program and its arguments; the script's path follows
--- @param script string
--- @return string|nil what it wrote to its standard output; nil where it failed
--- @return string|nil message with what it wrote to its standard error
function program.run(name, words, script)
  local input <close>, message = temporary(script)
  if not input then return nil, message end
  local errors <close> = temporary()
  local command = {}
  for i, word in ipairs(words) do command[i] = quote(word) end
  local line = ("%s %s 2>%s </dev/null"):format(table.concat(command, " "), quote(input.name), quote(errors.name))
  local pipe, why = io.popen(line)
  if not pipe then return nil, ("%s could not be run: %s"):format(name, why) end
  local bytes = pipe:read "a"
  local ok, how, status = pipe:close()
  if ok and bytes and bytes ~= "" then return bytes end
  local told = complaint(errors.name, input.name)
  if told == "" then told = ok and "it drew nothing" or ("%s %d"):format(how, status) end
  return nil, ("%s failed: %s"):format(name, told)
end

--- "rl.plot: writing loss.svg needs gnuplot, which was not found in PATH: apt install gnuplot-nox"
function program.missing(who, path, what, package)
  return ("%s: writing %s needs %s, which was not found in PATH: apt install %s"):format(who, path, what, package)
end

return program
