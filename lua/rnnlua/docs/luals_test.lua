--- The file for editors about the words of `rnnlua test`: globals there, and busted's.
local luals_test = {}

local HEAD <const> = [[
---@meta
-- The words of `rnnlua test`, for the Lua language server: made by `rnnlua doc --luals-test`.

---@class rl.test.assert: function
---@overload fun(condition: any, message?: any, ...: any): any
---@field [string] any modifiers may stand in front: assert.is_not_nil, assert.are.same, assert.has_no.errors]]

--- Words that take a name and a body, and those that take a body alone.
local NAMED <const> = {
  { "describe", "A block of tests." }, { "context", "describe" }, { "insulate", "describe" }, { "expose", "describe" },
  { "it", "A test." }, { "spec", "it" }, { "test", "it" },
}
local UNNAMED <const> = {
  { "before_each", "Runs before each test of the block." }, { "after_each", "Runs after each test of the block." },
  { "setup", "Runs before the block's first test." }, { "lazy_setup", "setup" },
  { "teardown", "Runs after the block's last test." }, { "lazy_teardown", "teardown" },
  { "strict_setup", "setup" }, { "strict_teardown", "teardown" }, { "finally", "Runs at the end of this test, however it ends." },
}

--- @return string the file
function luals_test.text()
  local out, names = { HEAD }, {}
  for name in pairs(getmetatable(require "rnnlua.test.assert").assertions) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local is_name = require "rnnlua.docs.annotations".safe(name) == name
    if is_name then out[#out + 1] = ("---@field %s fun(...: any): any"):format(name) end
  end
  out[#out + 1] = "assert = {}\n"
  for _, word in ipairs(NAMED) do
    out[#out + 1] = ("---%s\n---@param name string\n---@param body function\nfunction %s(name, body) end\n"):format(word[2], word[1])
  end
  for _, word in ipairs(UNNAMED) do
    out[#out + 1] = ("---%s\n---@param body function\nfunction %s(body) end\n"):format(word[2], word[1])
  end
  out[#out + 1] = "---A test to come: at the end of one that cannot run here, or in place of `it`.\n---@param name? string why, or its "
    .. "name\n---@param body? function\nfunction pending(name, body) end"
  return table.concat(out, "\n") .. "\n"
end

return luals_test
