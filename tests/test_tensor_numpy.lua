--- Operators, functions of elements, reductions, indexing and random streams: what NumPy 2 gives.
require "rnnlua"

local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local golden = dofile(here .. "support/golden.lua")
local arrays = dofile(here .. "support/arrays.lua")

describe("tensors as NumPy", function() arrays.run(golden "numpy_tensor") end)
