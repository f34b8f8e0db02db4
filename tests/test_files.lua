--- rl.save, rl.savez, rl.load: NumPy's files, byte for byte; damaged ones; nothing is written by halves.
local rl = require "rnnlua"
local golden = require "support.golden"
local new_folder = require "support.folder"

local numpy = golden "numpy_files"

local function same_values(expected, t)
  if t.size == 0 then return end
  if t.ndim == 0 then return assert.equal(expected, t:item()) end
  if t.dtype == "bool" then return assert.same(expected, t:totable()) end
  expected = rl.tensor(expected, t.dtype)
  assert.truthy(rl.equal(expected:isnan(), t:isnan()))
  assert.truthy(rl.equal(expected:isnan():where(0, expected), t:isnan():where(0, t)))
end

describe("a .npy file of NumPy's is read:", function()
  for _, case in ipairs(numpy.arrays) do
    it(case.name, function()
      local folder <close> = new_folder()
      local t = assert(rl.load(folder:write("a.npy", case.bytes)))
      assert.equal(case.dtype, t.dtype)
      assert.same(case.shape, t.shape)
      same_values(case.values, t)
    end)
  end
end)

describe("a .npy file is the one that NumPy writes:", function()
  for _, case in ipairs(numpy.arrays) do
    if case.same then
      it(case.name, function()
        local folder <close> = new_folder()
        local t = assert(rl.load(folder:write("a.npy", case.bytes)))
        assert.is_true(rl.save(folder:path "b.npy", t))
        assert.equal(case.bytes, folder:read "b.npy")
      end)
    end
  end

  it("and a view's elements are written in their order", function()
    local folder <close> = new_folder()
    local t = rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
    assert(rl.save(folder:path "t.npy", t:transpose()))
    assert.tensor_near(t:transpose(), rl.load(folder:path "t.npy"), 0)
    assert(rl.save(folder:path "rows", { { 1.5 }, { 2 } })) -- the ending is added, tables are taken
    assert.tensor_near({ { 1.5 }, { 2 } }, rl.load(folder:path "rows.npy"), 0)
  end)
end)

describe("a .npz file", function()
  it("of numpy.savez is read by position and by name", function()
    local folder <close> = new_folder()
    local w = assert(rl.load(folder:write("w.npz", numpy.archives.stored)))
    assert.tensor_near({ { 0, 1, 2 }, { 3, 4, 5 } }, w.arr_0, 0)
    assert.tensor_near({ 1.5, -2.5 }, w.arr_1, 0)
    assert.same({ { true }, { false } }, w.arr_2:totable())
    assert.equal("float64", w.arr_1.dtype)
    w = assert(rl.load(folder:write("w.npz", numpy.archives.named)))
    assert.tensor_near({ 1.5, -2.5 }, w.b, 0)
    assert.is_nil(w.arr_0)
  end)

  it("of numpy.savez_compressed is read where zlib is there", function()
    local folder <close> = new_folder()
    local w, message = rl.load(folder:write("w.npz", numpy.archives.packed))
    if not w then return assert.matches("need zlib", message, 1, true) end
    assert.equal(499, w.arr_0[500])
    assert.equal("int64", w.arr_0.dtype)
    assert.same({ 0, 2 }, w.empty.shape)
  end)

  it("is read as it was written", function()
    local folder <close> = new_folder()
    local given = { rl.range(1, 3), { { 1, 2 } }, x = rl.ones({ 2, 2 }, "bool"), ["é/y"] = 7 }
    assert.is_true(rl.savez(folder:path "w", given))
    local w = assert(rl.load(folder:path "w.npz"))
    assert.tensor_near({ 1, 2, 3 }, w.arr_0, 0)
    assert.same({ 1, 2 }, w.arr_1.shape)
    assert.equal("bool", w.x.dtype)
    assert.equal(7, w["é/y"]:item())
    assert.is_true(rl.savez(folder:path "none.npz", {}))
    assert.same({}, rl.load(folder:path "none.npz"))
  end)

  it("has checksums", function()
    assert.equal(numpy.crc.crc, require("rnnlua.core").crc32(numpy.crc.bytes))
    local folder <close> = new_folder()
    local bytes = numpy.archives.stored
    local at = bytes:find("\0\0\160@", 1, true) -- 5.0, the last element of arr_0
    folder:write("w.npz", bytes:sub(1, at + 2) .. "A" .. bytes:sub(at + 4))
    local result, message = rl.load(folder:path "w.npz")
    assert.is_nil(result)
    assert.matches("w.npz: in the entry 'arr_0.npy': it is damaged: its checksum is another one", message, 1, true)
  end)
end)

describe("what is no file of arrays gives nil and a message:", function()
  for _, case in ipairs(numpy.refused) do
    it(case.name, function()
      local folder <close> = new_folder()
      local result, message = rl.load(folder:write("a.npy", case.bytes))
      assert.is_nil(result)
      assert.matches("a.npy: ", message, 1, true)
      assert.matches(case.message, message, 1, true)
    end)
  end

  it("missing, empty, a folder, something else", function()
    local folder <close> = new_folder()
    local cases = { { folder:path "missing.npy", "No such file" }, { folder.name, "directory" },
      { folder:write("empty.npy", ""), "it is empty" }, { folder:write("text.npy", "hello, world"), "it is no .npy file" },
      { folder:write("version.npy", "\x93NUMPY\9\0\0\0"), "its version 9" },
      { folder:write("header.npy", "\x93NUMPY\1\0\5\0{...}"), "its header is damaged" } }
    for _, case in ipairs(cases) do
      local result, message = rl.load(case[1])
      assert.is_nil(result)
      assert.matches(case[2], message, 1, true)
    end
  end)

  it("cut off anywhere, or with a byte changed anywhere", function()
    local folder <close> = new_folder()
    local function try(bytes)
      local result, message = rl.load(folder:write("x", bytes))
      if result == nil then assert.is_string(message) end
      return result
    end
    for _, whole in ipairs { numpy.arrays[1].bytes, numpy.archives.named, numpy.archives.packed } do
      for n = 0, #whole - 1, 7 do assert.message(n).is_nil(try(whole:sub(1, n))) end
      for i = 1, #whole, 5 do try(whole:sub(1, i - 1) .. string.char(whole:byte(i) ~ 0xff) .. whole:sub(i + 1)) end
    end
  end)
end)

describe("a file that can't be written", function()
  it("gives nil and a message, and what was there stays", function()
    local folder <close> = new_folder()
    for _, write in ipairs { function(path) return rl.save(path, { 1 }) end, function(path) return rl.savez(path, { { 1 } }) end } do
      local ok, message = write(folder:path "missing/x")
      assert.is_nil(ok)
      assert.matches("No such file", message, 1, true)
    end
    assert.same({}, folder:list())
    assert(os.execute(("mkdir '%s'"):format(folder:path "d.npy")))
    local ok, message = rl.save(folder:path "d.npy", { 1 })
    assert.is_nil(ok)
    assert.matches("directory", message, 1, true)
    assert.same({ "d.npy/" }, folder:list())
  end)

  it("is written as a whole or not at all", function()
    local core = require "rnnlua.core"
    local folder <close> = new_folder()
    folder:write("a", "old")
    do
      local file <close> = assert(core.create_file(folder:path "a"))
      assert(file:write "new and not complete")
      assert.equal("old", folder:read "a")
      assert.equal(2, #folder:list())
    end
    assert.equal("old", folder:read "a")
    assert.same({ "a" }, folder:list())
    local file <close> = assert(core.create_file(folder:path "a"))
    assert(file:write("new", ""))
    assert(file:commit())
    assert.equal("new", folder:read "a")
    assert.same({ "a" }, folder:list())
    assert.has_error(function() file:write "more" end)
  end)

  it("replaces what a link leads to, and keeps its rights", function()
    local folder <close> = new_folder()
    folder:write("real.npy", "old")
    assert(os.execute(("cd '%s' && ln -s real.npy link.npy && chmod 600 real.npy"):format(folder.name)))
    assert(rl.save(folder:path "link.npy", { 1, 2 }))
    assert.tensor_near({ 1, 2 }, rl.load(folder:path "real.npy"), 0)
    assert(os.execute(("test -h '%s' && test $(stat -c %%a '%s') = 600"):format(folder:path "link.npy", folder:path "real.npy")))
    assert.is_true(require("rnnlua.core").create_file("/dev/null"):commit()) -- written to, never replaced
    assert(os.execute "test -c /dev/null")
  end)
end)

describe("mistakes are errors:", function()
  it("of save, savez and load", function()
    assert.error_matches(function() rl.save(nil, { 1 }) end, "save: a file's path expected, got nil")
    assert.error_matches(function() rl.save("", { 1 }) end, "save: a file's path expected, got ''")
    assert.error_matches(function() rl.save "x" end, "save: the array must be a tensor or a table of numbers, got nil")
    assert.error_matches(function() rl.save("x", "y") end, "save: the array must be .* got 'y'")
    assert.error_matches(function() rl.savez("x", rl.ones { 2 }) end, "savez: a table of tensors expected, got a tensor")
    assert.error_matches(function() rl.savez("x", { a = "b" }) end, "savez: the array 'a' must be")
    assert.error_matches(function() rl.savez("x", { { 1 }, arr_0 = { 1 } }) end, "savez: the name 'arr_0' is that of the array at 1")
    assert.error_matches(function() rl.savez("x", { [true] = { 1 } }) end, "got the key true")
    assert.error_matches(function() rl.load() end, "load: a file's path expected, got nil")
    assert.is_nil(io.open "x.npy")
    assert.is_nil((rl.save("a\0b", { 1 })))
  end)
end)
