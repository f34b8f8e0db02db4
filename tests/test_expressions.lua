--- Random expressions over tensors of mixed dtypes and shapes: slices, broadcasting, promotion, reductions
--- and views in one another, against NumPy.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local golden = dofile(here .. "support/golden.lua")
local arrays = dofile(here .. "support/arrays.lua")

describe("as NumPy", function() arrays.run(golden "numpy_expressions") end)
