--- Runs expressions over named tensors and compares what they give with what NumPy gave.
local rl = require "rnnlua"

local arrays = {}

local function join(list) return "(" .. table.concat(list, ", ") .. ")" end

--- {dtype, shape, data} as a tensor
function arrays.tensor(spec)
  local dtype, shape, data = spec[1], spec[2], spec[3]
  return #data > 0 and rl.tensor(data, dtype):reshape(shape) or rl.zeros(shape, dtype)
end

local function tolerance(dtype) return dtype == "float32" and 3e-6 or 1e-12 end

local function alike(expected, got, dtype)
  if expected == got or (expected ~= expected and got ~= got) then return true end
  if type(expected) ~= "number" or type(got) ~= "number" or dtype == "int64" then return false end
  return math.abs(expected - got) <= tolerance(dtype) * (1 + math.abs(expected))
end

--- Raises unless `got`, a tensor or, for a result without axes, a number or boolean, is what `spec` says:
--- dtype, shape and every element, floats within a few roundings.
function arrays.assert_like(spec, got)
  local dtype, shape, data = spec[1], spec[2], spec[3]
  if #shape == 0 and type(got) ~= "userdata" then
    assert.is_true(alike(data[1], got, dtype), ("expected %s, got %s"):format(data[1], got))
    return
  end
  assert.equal(dtype, got.dtype)
  assert.equal(join(shape), join(got.shape))
  local elements = got:reshape(-1):totable()
  for i, expected in ipairs(data) do
    if not alike(expected, elements[i], dtype) then
      error(("element %d: expected %s, got %s"):format(i, expected, elements[i]), 2)
    end
  end
end

--- One test for each case of a golden file: {inputs = {name = spec}, cases = {{expression, spec}}}.
function arrays.run(golden)
  local inputs = {}
  for name, spec in pairs(golden.inputs) do inputs[name] = arrays.tensor(spec) end
  for _, case in ipairs(golden.cases) do
    it(case[1], function()
      local compute = assert(load("local rl, A = ... return " .. case[1]))
      arrays.assert_like(case[2], compute(rl, inputs))
    end)
  end
  it("changes no input", function()
    for name, spec in pairs(golden.inputs) do arrays.assert_like(spec, inputs[name]) end
  end)
end

return arrays
