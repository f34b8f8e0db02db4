--- What `assert.same` and `assert.tensor_near` mean by "the same" and "near".
local show = require "rnnlua.test.show"

local compare = {}

local function step(path, key)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" then return path .. "." .. key end
  return path .. "[" .. (type(key) == "string" and string.format("%q", key) or tostring(key)) .. "]"
end

local difference

local function table_difference(a, b, path, seen)
  if a == b then return nil end
  if seen[a] and seen[a][b] then return nil end -- a cycle: these two are being compared already
  seen[a] = seen[a] or {}
  seen[a][b] = true
  for key, value in next, a do
    local where = difference(value, b[key], step(path, key), seen)
    if where then return where end
  end
  for key in next, b do
    if a[key] == nil then return step(path, key) end
  end
end

local function tensor_difference(a, b, path, seen)
  return difference(a.dtype, b.dtype, path .. ".dtype", seen)
    or difference(a.shape, b.shape, path .. ".shape", seen)
    or difference(a:totable(), b:totable(), path, seen)
end

function difference(a, b, path, seen)
  if type(a) == "table" and type(b) == "table" then return table_difference(a, b, path, seen) end
  if show.is_tensor(a) and show.is_tensor(b) then return tensor_difference(a, b, path, seen) end
  if a ~= b then return path end
end

--- Where two values differ: nil if they are the same all the way down, else a path as `[2].name`, or
--- "" for the values themselves. Tensors are the same if dtype, shape and elements are.
--- @return string?
function compare.difference(expected, actual) return difference(expected, actual, "", {}) end

local function plain(value)
  if show.is_tensor(value) then return value:totable() end
  return value
end

local function close(expected, actual, tolerance)
  if expected == actual then return true end -- infinities among them
  if expected ~= expected or actual ~= actual then
    return expected ~= expected and actual ~= actual
  end
  return math.abs(expected - actual) <= tolerance.atol + tolerance.rtol * math.abs(expected)
end

local function as_number(value)
  if type(value) == "boolean" then return value and 1 or 0 end
  return value
end

--- Walks both at once; keeps in `worst` the element that is furthest off, returns a mismatch of shape.
local function walk(expected, actual, path, tolerance, worst)
  expected, actual = plain(expected), plain(actual)
  if type(expected) == "table" and type(actual) == "table" then
    if #expected ~= #actual then
      return ("%d rows were expected%s, %d came"):format(#expected, path == "" and "" or " at " .. path,
                                                         #actual)
    end
    for i = 1, #expected do
      local mismatch = walk(expected[i], actual[i], step(path, i), tolerance, worst)
      if mismatch then return mismatch end
    end
    return nil
  end
  expected, actual = as_number(expected), as_number(actual)
  if type(expected) ~= "number" or type(actual) ~= "number" then
    return ("a %s was expected%s, a %s came"):format(type(expected),
      path == "" and "" or " at " .. path, type(actual))
  end
  if not close(expected, actual, tolerance) then
    worst.count = worst.count + 1
    local off = math.abs(expected - actual)
    if off ~= off then off = math.huge end
    if worst.off == nil or off > worst.off then
      worst.off, worst.path, worst.expected, worst.actual = off, path, expected, actual
    end
  end
end

--- Compares numbers, nested tables of numbers and tensors in any mixture, element by element.
--- @param tolerance number|table # absolute, or {atol=, rtol=}; the bound is atol + rtol * |expected|
--- @return string? # nil if all are near (NaN is near NaN), else what is wrong
function compare.not_near(expected, actual, tolerance)
  if type(tolerance) == "table" then
    tolerance = { atol = tolerance.atol or 0, rtol = tolerance.rtol or 0 }
  else
    tolerance = { atol = tolerance or 1e-6, rtol = 0 }
  end
  local worst = { count = 0 }
  local mismatch = walk(expected, actual, "", tolerance, worst)
  if mismatch then return mismatch end
  if worst.count == 0 then return nil end
  return ("%d element%s too far off, most at %s: %s was expected, %s came (off by %.3g)"):format(
    worst.count, worst.count == 1 and " is" or "s are", worst.path == "" and "the number" or worst.path,
    show.value(worst.expected), show.value(worst.actual), worst.off)
end

return compare
