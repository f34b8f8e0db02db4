--- Zip archives as numpy.savez makes and numpy.load reads them: entries stored or deflated, with the sizes of
--- zip64 where they are needed (PKWARE's APPNOTE 6.3). Functions return nil, message for what is wrong with a file.
local core = require "rnnlua.core"

local zip = {}

local LOCAL <const>, CENTRAL <const>, END <const> = 0x04034b50, 0x02014b50, 0x06054b50
local END64 <const>, LOCATOR64 <const> = 0x06064b50, 0x07064b50
local MOST32 <const>, MOST16 <const> = 0xffffffff, 0xffff
local DATE <const> = 1 << 5 | 1 -- 1980-01-01, as NumPy: the same arrays make the same bytes
local STORED <const>, DEFLATED <const> = 0, 8

-- writing -----------------------------------------------------------------------------------------------------

--- The extra field that holds the numbers which 32 bits can't.
local function extra64(...)
  local parts = {}
  for _, n in ipairs { ... } do
    if n >= MOST32 then parts[#parts + 1] = string.pack("<I8", n) end
  end
  local body = table.concat(parts)
  return body ~= "" and string.pack("<I2I2", 1, #body) .. body or ""
end

local function low(n) return math.min(n, MOST32) end

local function local_header(entry)
  local extra = entry.size >= MOST32 and string.pack("<I2I2I8I8", 1, 16, entry.size, entry.size) or ""
  return string.pack("<I4I2I2I2I2I2I4I4I4I2I2", LOCAL, extra == "" and 20 or 45, 0, STORED, 0, DATE, entry.crc,
    low(entry.size), low(entry.size), #entry.name, #extra) .. entry.name .. extra
end

local function central_header(entry)
  local extra = extra64(entry.size, entry.size, entry.offset)
  return string.pack("<I4I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4", CENTRAL, 3 << 8 | 45, extra == "" and 20 or 45, 0, STORED,
    0, DATE, entry.crc, low(entry.size), low(entry.size), #entry.name, #extra, 0, 0, 0, 0x180 << 16 | 0,
    low(entry.offset)) .. entry.name .. extra
end

local function ending(count, size, offset)
  local text = ""
  if count >= MOST16 or size >= MOST32 or offset >= MOST32 then
    text = string.pack("<I4I8I2I2I4I4I8I8I8I8", END64, 44, 45, 45, 0, 0, count, count, size, offset)
      .. string.pack("<I4I4I8I4", LOCATOR64, 0, offset + size, 1)
  end
  return text .. string.pack("<I4I2I2I2I2I4I4I2", END, 0, 0, math.min(count, MOST16), math.min(count, MOST16),
    low(size), low(offset), 0)
end

--- Writes entries to a file of core.create_file.
--- @param file userdata
--- @param entries table[] {name=, parts={strings and tensors}, size= bytes of them together}
--- @return true|nil, string message
function zip.write(file, entries)
  local offset, central = 0, {}
  for _, entry in ipairs(entries) do
    entry.crc, entry.offset = 0, offset
    for _, part in ipairs(entry.parts) do entry.crc = core.crc32(part, entry.crc) end
    local header = local_header(entry)
    local ok, message = file:write(header, table.unpack(entry.parts))
    if not ok then return nil, message end
    offset = offset + #header + entry.size
    central[#central + 1] = central_header(entry)
  end
  local directory = table.concat(central)
  return file:write(directory, ending(#entries, #directory, offset))
end

-- reading -------------------------------------------------------------------------------------------------------

local TAIL <const> = 22 + 65535 -- the ending and the longest comment behind it

local DAMAGED <const> = "it is no .npz file, or is cut off"

local function read_at(file, offset, n)
  if not file:seek("set", offset) then return nil end
  local bytes = n > 0 and file:read(n) or ""
  return bytes and #bytes == n and bytes or nil
end

local PIECE <const> = 1 << 22 -- bytes

--- The checksum of a part of the file, which is too long to be held in memory; nil where it is cut off.
local function sum_of(file, offset, n, tell)
  local sum = 0
  for done = 0, n - 1, PIECE do
    local part = read_at(file, offset + done, math.min(PIECE, n - done))
    if not part then return nil end
    sum = core.crc32(part, sum)
    tell(offset + done + #part)
  end
  return sum
end

--- Where the directory is: {count=, size=, offset=}; nil, message.
local function find_directory(file)
  local length = file:seek "end"
  local start = length and math.max(0, length - TAIL)
  local tail = length and read_at(file, start, length - start)
  if not tail then return nil, DAMAGED end
  local at
  for i = #tail - 21, 1, -1 do
    if string.unpack("<I4", tail, i) == END then
      at = i
      break
    end
  end
  if not at then return nil, DAMAGED end
  local count, size, offset = string.unpack("<I2I4I4", tail, at + 10)
  if count == MOST16 or size == MOST32 or offset == MOST32 then
    local signature, _, place = 0, 0, 0
    if at > 20 then signature, _, place = string.unpack("<I4I4I8", tail, at - 20) end
    local record = signature == LOCATOR64 and place >= 0 and place <= length and read_at(file, place, 56)
    if not record or string.unpack("<I4", record) ~= END64 then return nil, DAMAGED end
    count, size, offset = string.unpack("<I8I8I8", record, 33)
  end
  if count < 0 or size < 0 or offset < 0 or offset + size > length then return nil, DAMAGED end
  return { count = count, size = size, offset = offset, length = length }
end

--- Sizes and offset that the extra field has in place of 0xffffffff.
local function widen(entry, extra)
  local at = 1
  while at + 3 <= #extra do
    local id, n = string.unpack("<I2I2", extra, at)
    local body = extra:sub(at + 4, at + 3 + n)
    if id == 1 then
      local place = 1
      for _, field in ipairs { "size", "packed", "offset" } do
        if entry[field] == MOST32 and place + 7 <= #body then
          entry[field], place = string.unpack("<I8", body, place)
        end
      end
    end
    at = at + 4 + n
  end
end

--- The entry in the directory at byte `at`, and where the next one begins; nil if there is none.
local function read_entry(directory, at)
  if at + 45 > #directory or string.unpack("<I4", directory, at) ~= CENTRAL then return nil end
  local entry = {}
  local name_length, extra_length, comment_length
  entry.flags, entry.method, entry.crc, entry.packed, entry.size, name_length, extra_length, comment_length =
    string.unpack("<I2I2xxxxI4I4I4I2I2I2", directory, at + 8)
  entry.offset = string.unpack("<I4", directory, at + 42)
  local extra_at = at + 46 + name_length
  entry.name = directory:sub(at + 46, extra_at - 1)
  widen(entry, directory:sub(extra_at, extra_at + extra_length - 1))
  return entry, extra_at + extra_length + comment_length
end

local function unpack_entry(entry, bytes)
  if entry.method ~= DEFLATED then return nil, ("compression method %d is not known"):format(entry.method) end
  if entry.size > 1040 * #bytes + 64 then return nil, "the compressed data are damaged" end
  return core.inflate(bytes, entry.size)
end

--- The content of an entry: a string, or where in the file it lies, as {offset=, size=}; nil, message.
local function read_content(file, entry, length, watch)
  if entry.flags & 1 ~= 0 then return nil, "it is encrypted" end
  local header = entry.offset >= 0 and entry.offset <= length and read_at(file, entry.offset, 30)
  if not header or string.unpack("<I4", header) ~= LOCAL then return nil, "it is damaged" end
  local name_length, extra_length = string.unpack("<I2I2", header, 27)
  local start = entry.offset + 30 + name_length + extra_length
  if entry.packed < 0 or entry.size < 0 or start + entry.packed > length
    or entry.method == STORED and entry.packed ~= entry.size then
    return nil, "it is damaged"
  end
  local content, message, sum
  if entry.method == STORED then
    content = { offset = start, size = entry.size }
    sum = sum_of(file, start, entry.size, function(place) watch:update("checking", place, length) end)
    if not sum then return nil, "it is cut off" end
  else
    local packed = read_at(file, start, entry.packed)
    if not packed then return nil, "it is cut off" end
    content, message = unpack_entry(entry, packed)
    sum = content and core.crc32(content)
  end
  if content and sum ~= entry.crc then return nil, "it is damaged: its checksum is another one" end
  return content, message
end

--- Calls f(name, content) for each entry of an open file, content being a string or {offset=, size=} in the file; f
--- returns nil, message to stop.
--- @param watch table of files/watch
--- @return true|nil, string message
function zip.each(file, watch, f)
  local place, message = find_directory(file)
  if not place then return nil, message end
  local directory = read_at(file, place.offset, place.size)
  if not directory then return nil, DAMAGED end
  local at = 1
  for _ = 1, place.count do
    local entry, next_at = read_entry(directory, at)
    if not entry then return nil, "its directory is damaged" end
    local content, why = read_content(file, entry, place.length, watch)
    local ok = content
    if content then ok, why = f(entry.name, content) end
    if not ok then return nil, ("in the entry '%s': %s"):format(entry.name, why) end
    at = next_at
  end
  return true
end

return zip
