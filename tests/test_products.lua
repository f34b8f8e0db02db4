--- The host's products (sgemm, pack, multiply_packed) beside loops in double: tests/plugins/products.c.
local rl = require "rnnlua"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")
assert.equal("products", rl.plugins.load(run.support .. "plugin_products.so"))
local compare = rl.plugins.products.compare

local function check(m, n, k, options)
  options = options or {}
  local sizes = { m, n, k, options.row or 0, options.vector or 0, options.transpose and 1 or 0, options.start or 0 }
  local result = compare(rl.tensor(sizes)):totable()
  local where = ("m, n, k, row, vector, transpose, start = %s"):format(table.concat(sizes, ", "))
  assert.is_true(result[1] <= 1e-5 * math.sqrt(k) + 1e-6, ("%s: off by %g"):format(where, result[1]))
  assert.equal(0, result[2], where .. ": numbers that depend on how many rows there are")
end

describe("A product with a packed matrix", function()
  it("is right for every number of rows and columns around a block's", function()
    for m = 1, 26 do
      for _, n in ipairs { 1, 3, 4, 8, 9, 16, 17, 31, 32, 33, 64, 127, 130 } do check(m, n, 7) end
    end
  end)

  it("is right at every depth", function()
    for _, k in ipairs { 0, 1, 2, 3, 31, 256, 257, 700 } do check(5, 40, k) end
  end)

  it("starts from a row, or from what is there", function()
    for _, m in ipairs { 1, 5, 16 } do
      for start = 0, 2 do check(m, 37, 11, { start = start }) end
    end
  end)

  it("takes a part of the matrix, packed as it is or transposed", function()
    for _, transpose in ipairs { false, true } do
      for row = 0, 3 do
        for vector = 0, 2 do
          for _, n in ipairs { 5, 16, 50 } do
            check(9, n, 13, { row = row, vector = vector, transpose = transpose, start = 1 })
          end
        end
      end
    end
  end)
end)

describe("sgemm", function()
  local function check_sgemm(m, n, k)
    for bits = 0, 15 do
      local sizes = { m, n, k, bits & 1, bits >> 1 & 1, bits >> 2 & 1, (bits >> 3) * 3 }
      local result = rl.plugins.products.sgemm(rl.tensor(sizes)):totable()
      local where = "m, n, k, transpose a, transpose b, beta, padding = " .. table.concat(sizes, ", ")
      assert.is_true(result[1] <= 1e-5 * math.sqrt(k) + 1e-6, ("%s: off by %g"):format(where, result[1]))
      assert.equal(0, result[2], where .. ": numbers between rows were written to")
    end
  end

  it("is right for shapes around those of blocks, panels and single columns", function()
    for _, m in ipairs { 1, 2, 5, 7, 23, 25, 40 } do
      for _, n in ipairs { 1, 2, 7, 16, 17, 33 } do
        for _, k in ipairs { 0, 1, 9, 31, 32, 70 } do check_sgemm(m, n, k) end
      end
    end
  end)

  it("is right for products in several tiles, and beyond a panel's depth", function()
    check_sgemm(60, 70, 257)
    check_sgemm(150, 130, 20)
    check_sgemm(35, 20, 1500)
    check_sgemm(130, 300, 420) -- BLAS, where there is one
  end)
end)
