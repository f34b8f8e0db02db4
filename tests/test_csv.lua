--- rl.utils.read_csv and write_csv.
local rl = require "rnnlua"
local new_folder = require "support.folder"

local read_csv, write_csv = rl.utils.read_csv, rl.utils.write_csv

--- What read_csv gives for a text.
local function read(text, given)
  local folder <close> = new_folder()
  return read_csv(folder:write("a.csv", text), given)
end

--- The message that it gives.
local function refusal(text, given)
  local result, message = read(text, given)
  assert.is_nil(result)
  return message
end

describe("read_csv", function()
  it("gives columns by name, in their types", function()
    local columns, names = read "id,x,name,gap\n1,0.5,ann,2\n2,-1e3,bob,\n3,.25,NA,4\n"
    assert.same({ "id", "x", "name", "gap" }, names)
    assert.equal("int64", columns.id.dtype)
    assert.same({ 1, 2, 3 }, columns.id:totable())
    assert.equal("float64", columns.x.dtype)
    assert.same({ 0.5, -1000.0, 0.25 }, columns.x:totable())
    assert.same({ "ann", "bob", "NA" }, columns.name)
    assert.equal("float64", columns.gap.dtype) -- integers with a gap are floats, as in pandas
    assert.equal(2, columns.gap[1])
    assert.is_nan(columns.gap[2])
  end)

  it("knows the words for what is missing, and infinity", function()
    local columns = read "a\nNA\nnan\nnull\nN/A\n\"\"\ninf\n-Infinity\n1\n"
    for i = 1, 5 do assert.is_nan(columns.a[i]) end
    assert.same({ 1 / 0, -1 / 0, 1 }, columns.a[{ { 6, 8 } }]:totable())
  end)

  it("takes quotes, blank lines, any line ends, a byte-order mark", function()
    local columns, names = read '\xEF\xBB\xBF"a, b",c\r\n"1","x ""y"""\r\n\r\n 2 ,"two\nlines, one value"\r\n3,5" pipe'
    assert.same({ "a, b", "c" }, names)
    assert.same({ 1, 2, 3 }, columns["a, b"]:totable())
    assert.same({ 'x "y"', "two\nlines, one value", '5" pipe' }, columns.c)
  end)

  it("takes what it is told: separator, header, columns, dtype, max_rows", function()
    local columns, names = read("1;2;a\n3;4;b\n", { separator = ";", header = false })
    assert.same({ 1, 2, 3 }, names)
    assert.same({ 2, 4 }, columns[2]:totable())
    columns, names = read("a,b,c\n1,2,3\n4,5,6\n", { columns = { "c", 1 }, dtype = { c = "float32", a = "string" }, max_rows = 1 })
    assert.same({ "c", "a" }, names)
    assert.equal("float32", columns.c.dtype)
    assert.same({ 3 }, columns.c:totable())
    assert.same({ "1" }, columns.a)
    assert.is_nil(columns.b)
    local tensor, order = read("a\tb\n1\t2\n3\t\n", { separator = "\t", as_tensor = true })
    assert.same({ 2, 2 }, tensor.shape)
    assert.equal(3, tensor[2][1])
    assert.is_nan(tensor[2][2])
    assert.same({ "a", "b" }, order)
    assert.equal("float32", read("a\n1\n", { as_tensor = true, dtype = "float32" }).dtype)
    assert.same({ "a", "a.1", "a.2" }, select(2, read "a,a,a\n1,2,3\n"))
  end)

  it("rounds numbers as Lua does", function()
    math.randomseed(8)
    local texts = { "0", "-0.0", "1e22", "1e23", "123456789012345678", "9007199254740993", "0.1", "5e-324", "2.2250738585072011e-308",
      "1.7976931348623157e308", "1e400", "4.35", "00012.50", "1.", ".5", "+7", "123456789012345678901234567890", "1E5", "3.0e+2" }
    for _ = 1, 3000 do
      local digits = math.random(1, 25)
      local text = {}
      for i = 1, digits do text[i] = math.random(0, 9) end
      table.insert(text, math.random(1, digits + 1), ".")
      texts[#texts + 1] = table.concat(text) .. (math.random(2) == 1 and "e" .. math.random(-30, 30) or "")
    end
    local column = read("x\n" .. table.concat(texts, "\n") .. "\n", { dtype = "float64" }).x
    for i, text in ipairs(texts) do assert.message(text).equal(tonumber(text) + 0.0, column[i]) end
  end)

  it("keeps what is no number as text", function()
    for _, text in ipairs { "1.2.3", "1e", "e5", "--1", "1 2", "0x10", "1,5", ".", "-", "1_000", "infinit" } do
      assert.message(text).same({ text }, read(("x;y\n%s;1\n"):format(text), { separator = ";" }).x)
    end
    assert.same({ "1", "b" }, read "x\n1\nb\n".x)
    local large = read "x\n9007199254740993\n".x -- beyond what a float64 tells apart: no integer
    assert.equal("float64", large.dtype)
  end)

  it("gives nil and a message for a file that is wrong", function()
    local ok, message = read_csv "/nonexistent/a.csv"
    assert.is_nil(ok)
    assert.matches("/nonexistent/a.csv: No such file", message, 1, true)
    assert.matches("a.csv: it is empty", refusal "", 1, true)
    assert.matches("a.csv: it is empty", refusal "\n\n", 1, true)
    assert.matches("a.csv: it has no rows", refusal "a,b\n", 1, true)
    assert.matches("a.csv: line 4 has 1 value, expected 2", refusal "a,b\n1,2\n\n3\n", 1, true)
    assert.matches("a.csv: line 2 has 3 values, expected 2", refusal "a,b\n1,2,3\n", 1, true)
    assert.matches("a.csv: line 3: a quoted value does not end", refusal 'a,b\n1,2\n3,"x\n', 1, true)
    assert.matches("line 2, column 1: a number expected, got 'x'", refusal("a\nx\n", { dtype = "float32" }), 1, true)
    assert.matches("column 'a' has values that are no integers", refusal("a\n1.5\n", { dtype = "int64" }), 1, true)
    assert.is_nil((read_csv "/"))
  end)

  it("survives any bytes", function()
    math.randomseed(5)
    local alphabet = { ",", '"', "\n", "\r", "1", "a", "\0", " ", "-", ".", "e", "\255" }
    for _ = 1, 500 do
      local bytes = {}
      for i = 1, math.random(40) do bytes[i] = alphabet[math.random(#alphabet)] end
      local result, message = read(table.concat(bytes))
      if result == nil then assert.is_string(message) end
    end
  end)

  it("refuses mistakes", function()
    local folder <close> = new_folder()
    local path = folder:write("a.csv", "price,day\n1,x\n")
    assert.error_matches(function() read_csv() end, "read_csv: a file's path expected, got nil")
    assert.error_matches(function() read_csv(path, { columns = { "Price" } }) end, "a.csv has no column 'Price' %(did you mean 'price'%?%)")
    assert.error_matches(function() read_csv(path, { columns = {} }) end, "argument 'columns' has no names")
    assert.error_matches(function() read_csv(path, { dtype = "int32" }) end, "must be float32, float64, int64 or string, got 'int32'")
    assert.error_matches(function() read_csv(path, { separator = "1" }) end, "must be one character")
    assert.error_matches(function() read_csv(path, { sep = ";" }) end, "unknown argument 'sep'")
    assert.error_matches(function() read_csv(path, { as_tensor = true, dtype = "string" }) end, "strings can't be in a tensor")
  end)
end)

describe("write_csv", function()
  it("writes columns and tensors, which read_csv reads as they were", function()
    local folder <close> = new_folder()
    local path = folder:path "a.csv"
    local x = rl.random.normal { shape = { 50 }, dtype = "float64", seed = 1 } * 1e5
    local y = rl.random.normal { shape = { 50 }, seed = 2 }
    local names = {}
    for i = 1, 50 do names[i] = ({ "plain", "with, comma", 'with "quotes"', "two\nlines", "" })[i % 5 + 1] end
    assert.is_true(write_csv(path, { x = x, y = y, n = rl.range(1, 50, 1, "int64"), name = names }, { columns = { "n", "x", "y", "name" } }))
    local columns, order = read_csv(path, { dtype = { y = "float32", name = "string" } })
    assert.same({ "n", "x", "y", "name" }, order)
    assert.is_true(rl.equal(x, columns.x))
    assert.is_true(rl.equal(y, columns.y))
    assert.same(names, columns.name)
    assert.equal("int64", columns.n.dtype)
    assert.is_true(write_csv(path, rl.tensor { { 1, 2.5 }, { 0 / 0, 1 / 0 } }, { columns = { "a", "b" }, separator = ";" }))
    assert.equal("a;b\n1.0;2.5\n;inf\n", folder:read "a.csv")
    assert.is_true(write_csv(path, { { 1, 2 }, { 3, 4 } }, { header = false }))
    assert.equal("1,2\n3,4\n", folder:read "a.csv")
    assert.is_true(write_csv(path, { b = { 1.5 }, a = { 2 } }))
    assert.equal("a,b\n2,1.5\n", folder:read "a.csv")
    assert.is_true(write_csv(path, rl.tensor { true, false }:expand_dims(-1)))
    assert.equal("0\nTrue\nFalse\n", folder:read "a.csv")
    assert.same({ "a.csv" }, folder:list())
  end)

  it("gives nil and a message where it can't, refuses mistakes", function()
    local ok, message = write_csv("/nonexistent/a.csv", { a = { 1 } })
    assert.is_nil(ok)
    assert.matches("No such file", message, 1, true)
    assert.error_matches(function() write_csv(nil, {}) end, "write_csv: a file's path expected, got nil")
    assert.error_matches(function() write_csv("x", {}) end, "there are no columns")
    assert.error_matches(function() write_csv("x", "y") end, "a tensor or a table of columns expected, got 'y'")
    assert.error_matches(function() write_csv("x", { a = { 1 }, b = { 1, 2 } }) end, "column 'b' has 2 values, 'a' 1")
    assert.error_matches(function() write_csv("x", { a = { "s", 1 } }) end, "column 'a' has 1 at 2, expected a string")
    assert.error_matches(function() write_csv("x", { a = 3 }) end, "column 'a' must be a tensor or a list, got 3")
    assert.error_matches(function() write_csv("x", { a = { 1 } }, { columns = { "b" } }) end, "the data have no column 'b'")
    assert.error_matches(function() write_csv("x", rl.ones { 2, 2, 2 }) end, "must have two axes")
    assert.error_matches(function() write_csv("x", rl.ones { 2, 2 }, { columns = { "a" } }) end, "'columns' has 1 names, the data have 2")
    assert.is_nil(io.open "x")
  end)
end)
