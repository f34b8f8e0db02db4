--- NumPy's .npy format: a magic string, a header that is a Python dictionary, the elements
--- (numpy/lib/format.py). Functions here return nil, message for what is wrong with a file's content.
local core = require "rnnlua.core"

local npy = {}

local MAGIC <const> = "\x93NUMPY"
local GROWTH <const> = 21 -- blanks that NumPy leaves for the first extent to grow into

-- writing ---------------------------------------------------------------------------------------------------

local little = string.pack("=I2", 1):byte() == 1
local CODES = { float64 = "f8", float32 = "f4", int64 = "i8", bool = "b1" }

local function descr(dtype)
  local order = dtype == "bool" and "|" or little and "<" or ">"
  return order .. CODES[dtype]
end

--- The bytes before the elements of a tensor, as numpy.save writes them.
--- @param tensor userdata
--- @return string
function npy.header(tensor)
  local shape = tensor.shape
  local extents = table.concat(shape, ", ") .. (#shape == 1 and "," or "")
  local text = ("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"):format(descr(tensor.dtype), extents)
  if #shape > 0 then text = text .. (" "):rep(GROWTH - #tostring(shape[1])) end
  text = text .. (" "):rep(64 - (#MAGIC + 4 + #text + 1) % 64) .. "\n"
  return MAGIC .. string.pack("<BBI2", 1, 0, #text) .. text
end

-- reading ---------------------------------------------------------------------------------------------------

--- What an array is read from: {size= bytes, part= function(first, last) gives bytes, elements= function(first, code,
--- swapped, shape) gives the tensor}.
local function of_string(bytes)
  return {
    size = #bytes,
    part = function(first, last) return bytes:sub(first, last) end,
    elements = function(...) return core.decode_array(bytes, ...) end,
  }
end

local function of_file(file, watch, place)
  local all = file:seek "end"
  local offset, size = place and place.offset or 0, place and place.size or all
  return {
    size = size,
    part = function(first, last)
      file:seek("set", offset + first - 1)
      return file:read(math.min(last, size) - first + 1) or ""
    end,
    elements = function(first, code, swapped, shape)
      return core.read_array(file, offset + first, code, swapped, shape,
        function(done) watch:update("reading", offset + first - 1 + done, all) end)
    end,
  }
end

--- Where the header's text begins and ends, counted in bytes from 1; nil, message.
local function find_header(source)
  local bytes = source.part(1, #MAGIC + 6)
  if bytes:sub(1, #MAGIC) ~= MAGIC then return nil, "it is no .npy file" end
  local major = bytes:byte(#MAGIC + 1)
  local format = major == 1 and "<I2" or (major == 2 or major == 3) and "<I4"
  if not format then return nil, ("its version %s of the .npy format is not known"):format(major or "(missing)") end
  local start = #MAGIC + 3
  if #bytes < start + string.packsize(format) - 1 then return nil, "it is cut off within its header" end
  local length, first = string.unpack(format, bytes, start)
  if source.size < first + length - 1 then return nil, "it is cut off within its header" end
  return first, first + length - 1
end

local function parse_shape(text)
  local shape = {}
  for part in text:gmatch "[^,]+" do
    local extent = math.tointeger(tonumber(part:match "^%s*(%d+)L?%s*$"))
    if not extent then
      if part:find "^%s*$" then break end
      return nil
    end
    shape[#shape + 1] = extent
  end
  return shape
end

local function parse_header(text)
  local order = text:match "['\"]fortran_order['\"]%s*:%s*(%a+)"
  local shape = text:match "['\"]shape['\"]%s*:%s*%(([^)]*)%)"
  shape = shape and parse_shape(shape)
  local descr_text = text:match "['\"]descr['\"]%s*:%s*['\"]([^'\"]*)['\"]"
  if not (shape and descr_text and (order == "True" or order == "False")) then
    if text:find "['\"]descr['\"]%s*:%s*%[" then return nil, "its elements are records, which a tensor can't hold" end
    return nil, "its header is damaged"
  end
  return { descr = descr_text, fortran = order == "True", shape = shape }
end

local READABLE = {}
for code in ("f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1"):gmatch "%w+" do READABLE[code] = true end

--- The code of the elements and whether their bytes must be swapped; nil, message.
local function element_code(text)
  local order, code = text:match "^([<>|=])(.+)$"
  if not READABLE[code] then
    return nil, ("its elements are '%s', which a tensor can't hold (floats, integers and bool are read)"):format(text)
  end
  return code, (order == "<" and not little) or (order == ">" and little)
end

--- Number of elements; nil where the extents are too large for any file.
local function count_of(shape)
  local count = 1.0
  for _, extent in ipairs(shape) do count = count * extent end
  return count < 2.0 ^ 53 and math.tointeger(count) or nil
end

local function reversed(shape)
  local result = {}
  for i = #shape, 1, -1 do result[#result + 1] = shape[i] end
  return result
end

local MAX_AXES <const> = 8

local function read(source)
  local first, last = find_header(source)
  if not first then return nil, last end
  local header, message = parse_header(source.part(first, last))
  if not header then return nil, message end
  local code, swapped = element_code(header.descr)
  if not code then return nil, swapped end
  if #header.shape > MAX_AXES then
    return nil, ("it has %d axes, a tensor at most %d"):format(#header.shape, MAX_AXES)
  end
  local count, there = count_of(header.shape), source.size - last
  local size = tonumber(code:sub(2))
  if not count or count > there // size then
    return nil, ("it is cut off: its header promises shape (%s), the file has %d bytes of elements"):format(
      table.concat(header.shape, ", "), there)
  end
  local shape = header.fortran and reversed(header.shape) or header.shape
  local tensor
  tensor, message = source.elements(last + 1, code, swapped, shape)
  if not tensor then return nil, message end
  return header.fortran and #shape > 1 and tensor:transpose():contiguous() or tensor
end

--- The tensor in the bytes of an .npy file; nil, message.
--- @param bytes string the whole file
function npy.decode(bytes) return read(of_string(bytes)) end

--- The tensor in an open .npy file; nil, message.
--- @param watch table of files/watch
--- @param place table|nil {offset=, size=} where it is a part of the file
function npy.read(file, watch, place) return read(of_file(file, watch, place)) end

return npy
