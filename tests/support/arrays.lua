--- Runs expressions over named tensors and compares what they give with what NumPy gave.
local rl = require "rnnlua"

local arrays = {}

local function join(list) return "(" .. table.concat(list, ", ") .. ")" end

--- {dtype, shape, data} as a tensor
function arrays.tensor(spec)
  local dtype, shape, data = spec[1], spec[2], spec[3]
  return #data > 0 and rl.tensor(data, dtype):reshape(shape) or rl.zeros(shape, dtype)
end

--- How far off a result may be: some roundings of float32 where it comes in anywhere.
local function tolerance_of(expression, inputs)
  if expression:find "float32" then return 3e-6 end
  for name in expression:gmatch "A%.(%w+)" do
    if inputs[name][1] == "float32" then return 3e-6 end
  end
  return 1e-12
end

local function alike(expected, got, dtype, tolerance)
  if expected == got or (expected ~= expected and got ~= got) then return true end
  if type(expected) ~= "number" or type(got) ~= "number" or dtype == "int64" then return false end
  return math.abs(expected - got) <= tolerance * (1 + math.abs(expected))
end

--- Raises unless `got`, a tensor or, for a result without axes, a number or boolean, is what `spec` says:
--- dtype, shape and every element, floats within tolerance * (1 + size).
function arrays.assert_like(spec, got, tolerance)
  local dtype, shape, data = spec[1], spec[2], spec[3]
  if #shape == 0 and type(got) ~= "userdata" then
    assert.is_true(alike(data[1], got, dtype, tolerance), ("expected %s, got %s"):format(data[1], got))
    return
  end
  assert.equal(dtype, got.dtype)
  assert.equal(join(shape), join(got.shape))
  local elements = got:reshape(-1):totable()
  for i, expected in ipairs(data) do
    if not alike(expected, elements[i], dtype, tolerance) then
      error(("element %d: expected %s, got %s"):format(i, expected, elements[i]), 2)
    end
  end
end

local function set(t, index, value)
  t[index] = value
  return t
end

--- One test for each case of a golden file: {inputs = {name = spec}, cases = {{expression, spec}}}.
function arrays.run(golden)
  local inputs = {}
  for name, spec in pairs(golden.inputs) do inputs[name] = arrays.tensor(spec) end
  for _, case in ipairs(golden.cases) do
    it(case[1], function()
      local compute = assert(load("local rl, A, set = ... return " .. case[1]))
      arrays.assert_like(case[2], compute(rl, inputs, set), tolerance_of(case[1], golden.inputs))
    end)
  end
  it("changes no input", function()
    for name, spec in pairs(golden.inputs) do arrays.assert_like(spec, inputs[name], 0) end
  end)
end

return arrays
