--- The file for editors: it is Lua, declares each thing once, and refers to what it declares.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")
local core = require "rnnlua.core"
local catalogue = require "rnnlua.docs.catalogue"

local text = require "rnnlua.docs.luals".text()
local lines = {}
for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end

--- What stands in a type's text: words that are no field names and no string literals.
local function words_of(kind)
  local words = {}
  kind = kind:gsub('"[^"]*"', ""):gsub("[%w_]+%??: ", " ")
  for word in kind:gmatch "[%a_][%w_.]*" do words[#words + 1] = word end
  return words
end

local BUILT_IN <const> = {}
for word in ("any nil boolean number integer string table function fun true false userdata"):gmatch "%S+" do BUILT_IN[word] = true end

local declared = {} -- classes and aliases
for _, line in ipairs(lines) do
  local name = line:match "^%-%-%-@class ([%w_.]+)" or line:match "^%-%-%-@alias ([%w_.]+)"
  if name then declared[name] = (declared[name] or 0) + 1 end
end

--- The type of an annotation, which ends at the first blank outside of brackets.
local function type_in(rest) return (require "rnnlua.docs.comments".split_type(rest)) end

local readers = {
  param = function(rest) return type_in(rest:match "^%S+%s+(.*)$") end,
  ["return"] = type_in,
  overload = function(rest) return rest end,
  alias = function(rest) return rest:match "^%S+%s+(.*)$" end,
  class = function(rest) return rest:match "^[%w_.]+: (%S+)" or "" end,
  type = type_in,
  field = function(rest) return type_in(rest:match "^%[[^%]]*%]%??%s+(.*)$" or rest:match "^%S+%s+(.*)$") end,
  operator = function(rest) return rest:gsub("^%w+", "") end,
}

describe("the file for editors", function()
  it("is Lua, and names its module", function()
    assert.truthy(load(text, "=rnnlua.lua", "t"))
    assert.equal("---@meta rnnlua", lines[1])
    assert.matches("\nreturn rl\n$", text)
  end)

  it("runs, so that nothing is put where nothing is", function()
    local rl = load(text, "=rnnlua.lua", "t", {})()
    assert.equal("function", type(rl.layers.Dense))
    assert.equal(rl.losses.MeanSquaredError, rl.losses.mse)
    assert.equal(rl.losses.MeanSquaredError, rl.metrics.mse)
    assert.equal(rl.layers.Conv1D, rl.layers.Convolution1D)
  end)

  it("declares each class and alias once", function()
    for name, count in pairs(declared) do assert.message(name).equal(1, count) end
    local functions = {}
    for _, line in ipairs(lines) do
      local name = line:match "^function ([%w_.:]+)"
      assert.message(name).falsy(name and functions[name])
      if name then functions[name] = true end
    end
  end)

  it("has annotations that refer to what there is", function()
    local wrong = {}
    for i, line in ipairs(lines) do
      local tag, rest = line:match "^%-%-%-@(%w+)%s+(.*)$"
      for _, word in ipairs(tag and readers[tag] and words_of(readers[tag](rest)) or {}) do
        if not declared[word] and not BUILT_IN[word] then wrong[#wrong + 1] = ("%d: %s: %s"):format(i, word, line) end
      end
      if tag and not readers[tag] and tag ~= "meta" then wrong[#wrong + 1] = ("%d: @%s"):format(i, tag) end
    end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("has an @param for each parameter, in order", function()
    local params, checked = {}, 0
    for _, line in ipairs(lines) do
      local name = line:match "^%-%-%-@param ([%w_.]+)"
      local inside = line:match "^function [%w_.:]+%((.*)%) end$"
      if name then params[#params + 1] = name end
      if inside then
        assert.message(line).equal(inside, table.concat(params, ", "))
        params, checked = {}, checked + 1
      end
    end
    assert.truthy(checked > 400)
  end)

  it("has everything in the catalogue, constructors with each of their arguments", function()
    local missing = {}
    for _, entry in ipairs(catalogue.entries()) do
      local class = entry.name == "Model" or entry.name == "Sequential"
      local head = "\nfunction " .. entry.path .. "("
      if entry.kind == "field" then head = ("\n%s = nil\n"):format(entry.path) end
      if class or entry.is_namespace then head = "\n" .. entry.path .. " = {}" end
      if not text:find(head, 1, true) then missing[#missing + 1] = entry.path end
      local arguments = text:match(("\n%%-%%-%%-@class %s%%.args\n(.-)\n\n"):format((("rl." .. entry.path:gsub("^rl%.", ""):gsub(":", ".")):gsub("%p", "%%%0"))))
      for _, arg in ipairs(entry.named) do
        local there = arguments and ("\n" .. arguments):find(("\n%%-%%-%%-@field %s%%?? "):format(arg.name))
        if not there then missing[#missing + 1] = entry.path .. " " .. arg.name end
      end
    end
    assert.equal("", table.concat(missing, "\n"))
  end)

  it("offers the strings that a component may be", function()
    for _, kind in ipairs { "activation", "loss", "optimizer", "initializer" } do
      local names = text:match(("\n%%-%%-%%-@alias rl%%.%s%%.name ([^\n]+)"):format(kind))
      for _, name in ipairs(core.type_names(kind, true)) do assert.matches(('"%s"'):format(name), names, 1, true) end
    end
    assert.matches('---@field padding? "valid"|"same"|"causal" ', text, 1, true)
    assert.matches("---@field [1]? integer units\n", text, 1, true)
  end)

  it("is what the command writes", function()
    local output, status = run.rnnlua "doc --luals"
    assert.equal(0, status)
    assert.matches("^%-%-%-@meta rnnlua\n", output)
    assert.matches("\nfunction Model:fit(x, y, given) end\n", output, 1, true)
  end)
end)

describe("the file for editors about tests", function()
  local words = run.rnnlua "doc --luals-test"

  it("is Lua, and has every word and assertion that a test file sees", function()
    local chunk = assert(load(words, "=rnnlua_test.lua", "t", {}))
    chunk()
    for word in pairs(require "rnnlua.test.suite".new({}):words()) do
      if word ~= "assert" then assert.matches(("\nfunction %s("):format(word), words, 1, true) end
    end
    for name in pairs(getmetatable(assert).assertions) do
      if name ~= "true" and name ~= "false" and name ~= "nil" and name ~= "function" then
        assert.matches(("\n---@field %s fun"):format(name), words, 1, true)
      end
    end
  end)
end)
