--- golden "name" is the table in tests/golden/name.lua, wherever the test is run from.
local here = debug.getinfo(1, "S").source:match "^@(.*)support/golden%.lua$" or "tests/"

return function(name) return dofile(here .. "golden/" .. name .. ".lua") end
