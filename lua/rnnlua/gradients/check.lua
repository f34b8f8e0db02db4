--- rl.gradient_check: gradients by a tape against central differences.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local documented = require "rnnlua.documented"
local shapes = require "rnnlua.gradients.shapes"
local vjp = require "rnnlua.gradients".vjp

local f, to_tensor, is_tensor = core.tensor_functions, core.tensor_creators.tensor, shapes.is_tensor

--- By the narrowest dtype that takes part: the step, and what gradients may differ by. Differences are of fourth order
--- in the step, so that in float32 it can be large enough for rounding not to count.
local SETTINGS = {
  float64 = { eps = 1e-3, rtol = 1e-6, atol = 1e-8 },
  float32 = { eps = 2e-2, rtol = 1e-2, atol = 1e-3 },
}

local SPEC = {
  { "eps", "number", nil, above = 0, doc = "the step; by default 1e-3 in float64, 2e-2 in float32" },
  { "rtol", "number", nil, low = 0, doc = "relative tolerance: 1e-6 in float64, 1e-2 in float32" },
  { "atol", "number", nil, low = 0, doc = "absolute tolerance: 1e-8 in float64, 1e-3 in float32" },
}

local function is_float(t) return is_tensor(t) and (t.dtype == "float32" or t.dtype == "float64") end

local function is_callable(value)
  local meta = getmetatable(value)
  return type(value) == "function" or core.is_layer(value) or core.describe(value) ~= nil
    or type(meta) == "table" and meta.__call ~= nil
end

local function check_inputs(inputs)
  if is_tensor(inputs) then inputs = { inputs } end
  if not options.is_plain_table(inputs) then
    core.raise("gradient_check: inputs must be a list of tensors, got " .. options.describe(inputs))
  end
  if #inputs == 0 then core.raise "gradient_check: inputs must be a list of tensors, got an empty one" end
  for i, input in ipairs(inputs) do
    if not is_tensor(input) then
      core.raise(("gradient_check: input %d must be a tensor, got %s"):format(i, options.describe(input)))
    end
  end
  return inputs
end

--- What a result counts in the number that is differentiated: fixed, different for each element, far from 0. A list
--- entry is false for results that are no floats.
local function weights_of(results)
  local list = {}
  for k = 1, results.n do
    local result, numbers = results[k], {}
    list[k] = false
    if is_float(result) then
      for i = 1, result.size do numbers[i] = 0.5 + (i * 0.6180339887 + k * 0.37) % 1 end
      list[k] = f.reshape(to_tensor(numbers, "float64"), result.shape)
    end
  end
  return list
end

--- The weighted sum of results, in double precision.
local function value_of(results, weights)
  local sum = 0.0
  for k, weight in ipairs(weights) do
    local result = results[k]
    if weight and type(result) == "number" then sum = sum + result * f.item(weight)
    elseif weight then sum = sum + f.item(f.sum(f.astype(result, "float64") * weight)) end
  end
  return sum
end

--- Where an element is, from its number in C order: "[2][3]", "" for the only one.
local function place(shape, i)
  local parts = {}
  i = i - 1
  for axis = #shape, 1, -1 do
    table.insert(parts, 1, ("[%d]"):format(i % shape[axis] + 1))
    i = i // shape[axis]
  end
  return table.concat(parts)
end

--- Runs change(set), where set(h) puts x[i] + h in place of the i-th element of x and returns what was really added;
--- afterwards x is as before, whatever happened.
local function with_element(x, i, change)
  local flat = f.reshape(x, { x.size })
  local old = f.item(flat[{ { i, i } }])
  local ok, result = pcall(change, function(h)
    flat[i] = old + h
    return f.item(flat[{ { i, i } }]) - old
  end)
  flat[i] = old
  if not ok then error(result, 0) end
  return result
end

--- The derivative by one element: central differences at two distances, put together so that the error is of fourth
--- order.
local function derivative(evaluate, x, i, eps)
  return with_element(x, i, function(set)
    local function slope(h)
      local up = set(h)
      local above = evaluate()
      local down = set(-h)
      return (above - evaluate()) / (up - down)
    end
    return (4 * slope(eps) - slope(2 * eps)) / 3
  end)
end

--- A variable is changed where it lies; of other tensors f gets copies.
local function copies_of(inputs)
  local list = {}
  for i, input in ipairs(inputs) do list[i] = core.is_variable(input) and input or f.copy(input) end
  return list
end

--- The results, and the way back. Always with a tape: without one full reductions would be numbers to the function.
local function run(fn, inputs)
  return vjp(function(...)
    local given = { ... }
    for i, input in ipairs(inputs) do
      if core.is_variable(input) then given[i] = input end
    end
    return fn(table.unpack(given))
  end, inputs)
end

local function gradients_of(fn, inputs)
  local variables = {}
  for _, input in ipairs(inputs) do
    if core.is_variable(input) then variables[#variables + 1] = input end
  end
  local results, pullback = run(fn, inputs)
  local weights, seeds, any = weights_of(results), {}, false
  for k, weight in ipairs(weights) do
    seeds[k] = weight and f.astype(weight, results[k].dtype)
    any = any or weight
  end
  if not any then core.raise "gradient_check: the function returned no tensor of floats that depends on its inputs" end
  local of_inputs, of_variables = pullback(seeds, variables)
  local next_variable = 0
  for i, input in ipairs(inputs) do
    if core.is_variable(input) then
      next_variable = next_variable + 1
      of_inputs[i] = of_variables[next_variable]
    end
  end
  return of_inputs, results, weights
end

local function settings_for(inputs, results, given)
  local chosen = SETTINGS.float64
  for _, list in ipairs { inputs, results } do
    for _, t in pairs(list) do
      if is_tensor(t) and t.dtype == "float32" then chosen = SETTINGS.float32 end
    end
  end
  return given.eps or chosen.eps, given.rtol or chosen.rtol, given.atol or chosen.atol
end

--- Whether a tape's gradients of f agree with central differences, for every element of every input. f should be smooth
--- near the inputs and give the same result each time. The tolerances go by the dtypes that take part: tensor functions
--- compute in the inputs', so float64 ones are checked sharply; layers, activations and losses compute in float32.
---
---     local x, w = rl.random.normal{ shape = {2, 3} }, rl.random.normal{ shape = {3, 2} }
---     assert(rl.gradient_check(function(x, w) return x:matmul(w):tanh() end, { x, w }))
--- @param fn function of the inputs; returns one or more tensors
--- @param inputs table list of tensors, or one; variables and weights are changed in place meanwhile
--- @param given table|nil arguments by name
--- @return boolean
--- @return string|nil where they differ: input, element, both numbers
local function gradient_check(fn, inputs, given)
  if not is_callable(fn) then
    core.raise("gradient_check: a function expected, got " .. options.describe(fn))
  end
  inputs = check_inputs(inputs)
  given = options.read("gradient_check", SPEC, given)
  if core.is_recording() then core.raise "gradient_check: cannot be called while a tape records" end
  inputs = copies_of(inputs)
  local gradients, results, weights = gradients_of(fn, inputs)
  local eps, rtol, atol = settings_for(inputs, results, given)
  local function evaluate() return value_of((run(fn, inputs)), weights) end
  for k, input in ipairs(inputs) do
    local tape = is_float(input) and f.totable(f.reshape(gradients[k], { input.size })) or {}
    for i, by_tape in ipairs(tape) do
      local difference = derivative(evaluate, input, i, eps)
      if not (math.abs(by_tape - difference) <= atol + rtol * math.abs(difference)) then
        return false, ("gradient_check: input %d%s: the tape gives %.7g, central differences give %.7g"):format(k,
          place(input.shape, i), by_tape, difference)
      end
    end
  end
  return true
end

documented[gradient_check] = { spec = SPEC }

return gradient_check
