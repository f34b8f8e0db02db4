--- Which files are tests: those named, and in folders test_*.lua and *_spec.lua, all the way down.
local listdir = require("rnnlua.core").listdir

local discover = {}

local function is_test_file(name)
  return name:find "^test_.*%.lua$" ~= nil or name:find "_spec%.lua$" ~= nil
end

local function join(folder, name)
  if folder == "." then return name end
  return folder:find "/$" and folder .. name or folder .. "/" .. name
end

local function walk(folder, names, files, root)
  table.sort(names)
  for _, name in ipairs(names) do
    local path = join(folder, name)
    if name:find "/$" then
      path = path:sub(1, -2)
      local inner = name:sub(1, 1) ~= "." and listdir(path)
      if inner then walk(path, inner, files, root) end
    elseif is_test_file(name) then
      files[#files + 1] = { path = path, root = root }
    end
  end
end

--- @param paths string[] # files, taken whatever their name, and folders
--- @return table[]? # {path=, root=}: root is the folder that was given, or the file's own
--- @return string? # why a path cannot be read
function discover.files(paths)
  local files = {}
  for _, path in ipairs(paths) do
    local names, message = listdir(path)
    if names then
      walk(path, names, files, path)
    else
      local file = io.open(path)
      if file == nil then return nil, message end
      file:close()
      files[#files + 1] = { path = path, root = path:match "^(.*)/[^/]*$" or "." }
    end
  end
  return files
end

--- Where tests are looked for when no path was given.
function discover.default_path()
  for _, name in ipairs { "tests", "spec", "test" } do
    if listdir(name) then return name end
  end
end

return discover
