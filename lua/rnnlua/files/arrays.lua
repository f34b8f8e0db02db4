--- rl.save, rl.savez, rl.load: tensors in NumPy's files. numpy.load reads what is written here, and what numpy.save,
--- numpy.savez and numpy.savez_compressed write is read.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local npy = require "rnnlua.files.npy"
local zip = require "rnnlua.files.zip"
local watching = require "rnnlua.files.watch"

local arrays = {}

local to_tensor = core.tensor_creators.tensor

local function check_path(who, path)
  if type(path) ~= "string" or path == "" then
    core.raise(("%s: a file's path expected, got %s"):format(who, options.describe(path)))
  end
end

--- With NumPy's ending, which is added where it lacks.
local function with_ending(path, ending) return path:sub(-#ending) == ending and path or path .. ending end

local function check_array(who, what, value)
  if type(value) == "userdata" and getmetatable(value) == "tensor" then return value end
  if type(value) ~= "table" and type(value) ~= "number" and type(value) ~= "boolean" then
    core.raise(("%s: %s must be a tensor or a table of numbers, got %s"):format(who, what, options.describe(value)))
  end
  return to_tensor(value)
end

--- Runs write(file) on a new file that takes the place of `path` once all is written.
--- @return true|nil, string message
function arrays.replace(path, write)
  local file <close>, message = core.create_file(path)
  if not file then return nil, message end
  local ok, why = write(file)
  if not ok then return nil, why end
  return file:commit()
end

local ITEM = { float64 = 8, float32 = 4, int64 = 8, bool = 1 }

--- Writes named tensors as one .npz file.
--- @param list table[] {name, tensor}
function arrays.write_npz(path, list)
  local entries = {}
  for i, item in ipairs(list) do
    local name, tensor = item[1], item[2]:contiguous()
    local header = npy.header(tensor)
    entries[i] = { name = name .. ".npy", parts = { header, tensor },
      size = #header + tensor.size * ITEM[tensor.dtype] }
  end
  return arrays.replace(path, function(file) return zip.write(file, entries) end)
end

--- Writes a tensor to a .npy file, as numpy.save; the ending is added where it lacks. The file is there as a whole
--- or, where something fails, as it was before.
--- @param path string
--- @param tensor tensor|table
--- @return true; nil and a message where the file can't be written
function arrays.save(path, tensor)
  check_path("save", path)
  tensor = check_array("save", "the array", tensor):contiguous()
  return arrays.replace(with_ending(path, ".npy"), function(file) return file:write(npy.header(tensor), tensor) end)
end

local function savez_names(given)
  local positional, named = {}, {}
  for key in pairs(given) do
    if math.type(key) == "integer" and key >= 1 and key <= #given then
      positional[#positional + 1] = key
    elseif type(key) == "string" and key ~= "" then
      named[#named + 1] = key
    else
      core.raise("savez: arrays have names or stand in a list, got the key " .. options.describe(key))
    end
  end
  table.sort(named)
  return positional, named
end

--- Writes several tensors to one .npz file, as numpy.savez: those with a name under it, those without as arr_0,
--- arr_1, …; rl.savez("w.npz", { x = a, y = b }), rl.savez("w.npz", { a, b }).
--- @param path string the ending .npz is added where it lacks
--- @param given table tensors or nested tables of numbers, by name or in a list
--- @return true; nil and a message where the file can't be written
function arrays.savez(path, given)
  check_path("savez", path)
  if not options.is_plain_table(given) then
    core.raise("savez: a table of tensors expected, got " .. options.describe(given))
  end
  local positional, named = savez_names(given)
  local list = {}
  for i = 1, #positional do
    local name = "arr_" .. i - 1
    if given[name] ~= nil then core.raise(("savez: the name '%s' is that of the array at %d"):format(name, i)) end
    list[i] = { name, check_array("savez", ("the array at %d"):format(i), given[i]) }
  end
  for _, name in ipairs(named) do
    list[#list + 1] = { name, check_array("savez", ("the array '%s'"):format(name), given[name]) }
  end
  return arrays.write_npz(with_ending(path, ".npz"), list)
end

-- reading ----------------------------------------------------------------------------------------------------------

local function read_npz(file, watch)
  local result = {}
  local ok, message = zip.each(file, watch, function(name, content)
    local tensor, why
    if type(content) == "string" then tensor, why = npy.decode(content)
    else tensor, why = npy.read(file, watch, content) end
    if tensor then result[name:gsub("%.npy$", "")] = tensor end
    return tensor, why
  end)
  if not ok then return nil, message end
  return result
end

--- The tensor of an open .npy file or the tensors of a .npz file; nil, message.
local function read(file, watch)
  local magic, message = file:read(4)
  if message then return nil, message end -- a folder, for one
  if magic == nil then return nil, "it is empty" end
  if magic == "PK\3\4" or magic == "PK\5\6" then return read_npz(file, watch) end
  return npy.read(file, watch)
end

--- Reads a .npy file, which gives a tensor, or a .npz file, which gives a table of tensors by name. Which of the two
--- it is the content tells. Integers come as int64, float16 as float32; either byte order and Fortran's order of
--- elements are read.
--- @param path string
--- @return tensor|table; nil and a message where the file can't be read or is damaged
function arrays.load(path)
  check_path("load", path)
  local file <close>, message = io.open(path, "rb")
  if not file then return nil, message end
  local watch <close> = watching.begin(path)
  local result, why = read(file, watch)
  if result == nil then return nil, ("%s: %s"):format(path, why) end
  return result
end

return arrays
