--- Where plugins are looked for by name: RNNLUA_PLUGIN_PATH, the user's data folder, the installed ones. Never the
--- current folder, nor one named relative to it: what is loaded is what was put there to be loaded.
local core = require "rnnlua.core"

local search = {}

local ENDINGS <const> = { ".so", ".lua" }

local function is_absolute(folder) return folder:sub(1, 1) == "/" end

local fixed -- the folders that search.use was given

--- Has these folders searched from now on, whatever the environment says.
--- @param folders string[]
function search.use(folders) fixed = folders end

--- The folders searched, in this order. Those that are relative are left out; under -E those of the environment are.
--- @return string[]
function search.path()
  if fixed then return fixed end
  local folders, seen = {}, {}
  local function add(folder)
    if is_absolute(folder) and not seen[folder] then folders[#folders + 1] = folder end
    seen[folder] = true
  end
  for folder in (core.getenv "RNNLUA_PLUGIN_PATH" or ""):gmatch "[^:]+" do
    add(#folder > 1 and folder:gsub("/+$", "") or folder)
  end
  local home, data = os.getenv "HOME", core.getenv "XDG_DATA_HOME"
  if data and is_absolute(data) then
    add(data .. "/rnnlua/plugins")
  elseif home then
    add(home .. "/.local/share/rnnlua/plugins")
  end
  for _, folder in ipairs(core.installed_folders()) do add(folder) end
  return folders
end

--- The folders of RNNLUA_PLUGIN_PATH that are not searched, since they are relative.
--- @return string[]
function search.passed_over()
  local folders = {}
  for folder in (not fixed and core.getenv "RNNLUA_PLUGIN_PATH" or ""):gmatch "[^:]+" do
    if not is_absolute(folder) then folders[#folders + 1] = folder end
  end
  return folders
end

--- A file that may be loaded, without links; nil and why not. A file that any user may change is refused.
--- @param file string
--- @return string|nil path
--- @return string|nil message
function search.check_file(file)
  local status, message = core.file_status(file)
  if not status then return nil, message end
  if status.kind ~= "file" then
    return nil, ("%s: is %s, not a plugin"):format(file, status.kind == "folder" and "a directory" or "no regular file")
  end
  if status.open then
    return nil, ("%s: every user may write to this file, so it is not loaded (chmod o-w helps)"):format(status.path)
  end
  return status.path
end

--- Whether a folder may be searched; where not, why not: nil and no message where there is none.
--- @return string|nil path without links
--- @return string|nil message
function search.check_folder(folder)
  local status = core.file_status(folder)
  if not status or status.kind ~= "folder" then return nil end
  if status.open then
    return nil, ("%s: every user may write to this directory, so no plugin is loaded from it (chmod o-w helps)"):format(
      status.path)
  end
  return status.path
end

--- The plugin files of a folder, by name, in the order of lookup: "x.so" before "x.lua".
--- @return {name: string, file: string}[]
function search.files(folder)
  local files = {}
  for _, entry in ipairs(core.listdir(folder) or {}) do
    for rank, ending in ipairs(ENDINGS) do
      local name = entry:sub(-#ending) == ending and entry:sub(1, -#ending - 1):match "^[%a_][%w_]*$"
      if name then files[#files + 1] = { name = name, rank = rank, file = folder .. "/" .. entry } end
    end
  end
  table.sort(files, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.rank < b.rank
  end)
  return files
end

--- The file of a plugin by its name, its ending may be given; nil and where it was looked for, or why it is refused.
--- @param name string
--- @return string|nil file without links
--- @return string|nil message
function search.find(name)
  local stem, tried = name:gsub("%.so$", ""):gsub("%.lua$", ""), {}
  for _, folder in ipairs(search.path()) do
    for _, ending in ipairs(ENDINGS) do
      local file = folder .. "/" .. stem .. ending
      if core.file_status(file) then
        local _, refused = search.check_folder(folder)
        if refused then return nil, ("plugin '%s': %s"):format(name, refused) end
        return search.check_file(file)
      end
    end
    tried[#tried + 1] = ("\n\tno '%s.so' or '.lua' in '%s'"):format(stem, folder)
  end
  for _, folder in ipairs(search.passed_over()) do
    tried[#tried + 1] = ("\n\tnot in '%s' of RNNLUA_PLUGIN_PATH, which is passed over: it is not absolute"):format(folder)
  end
  local beside = core.file_status(name)
  return nil, ("plugin '%s' not found%s:%s"):format(name,
    beside and beside.kind == "file" and (" (a file is given with a path: './%s')"):format(name) or "",
    table.concat(tried))
end

--- The file that a user means: a path with a / is taken as it is, anything else is a name.
function search.locate(name)
  if name:find("/", 1, true) then return search.check_file(name) end
  return search.find(name)
end

return search
