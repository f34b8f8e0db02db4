--- Every tensor function, given thousands of odd arguments: it works or says, at the caller's line and beginning with
--- its own name, what is wrong; nothing crashes, and what it returns can be read.
local rl = require "rnnlua"
local core = require "rnnlua.core"

local FILE = debug.getinfo(1, "S").short_src

local ODD = {
  nil, 0, 1, -1, 2, 1.5, 0 / 0, math.huge, math.maxinteger, math.mininteger, true, "x", "float32", print, io.stdout,
  coroutine.create(print), {}, { 1, 2 }, { 1, 2, 3 }, { { 1, 2 }, { 3 } }, { { 1, 2 }, { 3, 4 } }, { axis = 1 },
  { axis = 9 }, { keepdims = true }, { nonsense = 1 }, { 1, axis = 2 }, { [3] = 1 }, { out = rl.zeros { 2, 3 } },
  rl.ones { 2, 3 }, rl.ones { 3, 2 }:transpose(), rl.ones({ 2, 3 }, "float64"), rl.zeros { 0 }, rl.zeros { 2, 0, 3 },
  rl.tensor(3), rl.tensor { true, false }, rl.tensor { { 1, 2, 3 }, { 4, 5, 6 } }, rl.ones { 1, 1, 1, 1, 1, 1, 1, 2 },
  rl.ones { 2, 3 }:gt(2), rl.ones { 3 }, rl.ones { 5 }, rl.tensor { 1, 2 },
}
local COUNT = 41 -- with the nil in front

--- A sequence of its own, the same in every run.
local state = 1
local function draw(n)
  state = (state * 6364136223846793005 + 1442695040888963407)
  return (state >> 33) % n + 1
end

local function arguments()
  local list = { n = draw(5) - 1 }
  for i = 1, list.n do list[i] = ODD[draw(COUNT)] end
  return list
end

local function check_message(message, names)
  if tostring(message):find "not enough memory$" then return end
  local text = tostring(message):match("^" .. FILE:gsub("%p", "%%%0") .. ":%d+: (.*)$")
  assert.is_true(text ~= nil, "not at the caller's line: " .. tostring(message))
  for _, name in ipairs(names) do
    if text:sub(1, #name + 1) == name .. ":" then return end
  end
  error("does not begin with the function's name: " .. text)
end

local function readable(value)
  if type(value) ~= "userdata" then return end
  assert.is_true(#tostring(value) > 0)
  if value.size > 0 and value.size < 1000 then value:totable() end
end

local function try(name, f)
  for _ = 1, 150 do
    local given = arguments()
    local ok, result = pcall(function() return f(table.unpack(given, 1, given.n)) end)
    if ok then readable(result) else check_message(result, { name, "tensor" }) end
  end
end

describe("odd arguments to", function()
  for _, functions in ipairs { core.tensor_functions, core.tensor_creators, core.random } do
    local names = {}
    for name in pairs(functions) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do it(name, function() try(name, functions[name]) end) end
  end
end)

describe("odd indices", function()
  local makers = {
    function() return rl.range(1, 24):reshape(2, 3, 4) end, function() return rl.range(1, 5) end,
    function() return rl.tensor(3) end, function() return rl.zeros { 2, 0 } end, function() return rl.tensor { true, false, true } end,
  }

  it("are used or refused", function()
    for _ = 1, 4000 do
      local t, index, value = makers[draw(#makers)](), ODD[draw(COUNT)], ODD[draw(COUNT)]
      if draw(2) == 1 then index = { ODD[draw(COUNT)], ODD[draw(COUNT)] } end
      local ok, result = pcall(function() return t[index] end)
      if ok then readable(result) else check_message(result, { "tensor" }) end
      ok, result = pcall(function() t[index] = value end)
      if ok then readable(t) else check_message(result, { "tensor" }) end
    end
  end)
end)
