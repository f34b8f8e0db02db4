--- Gradients of what Lua functions compute: what plugins written in Lua, and rl.gradient_check, stand on.
local core = require "rnnlua.core"
local engine = require "rnnlua.gradients.engine"
local shapes = require "rnnlua.gradients.shapes"

local gradients = {}

local zeros, to_tensor, is_tensor = core.tensor_creators.zeros, core.tensor_creators.tensor, shapes.is_tensor

--- The gradient of an output, as a tensor of its shape; false where there is none.
local function seed(output, g, position)
  if not g or not is_tensor(output) then return false end
  if not is_tensor(g) then g = to_tensor(g, output.dtype) end
  if not shapes.same(g.shape, output.shape) then
    core.raise(("pullback: output %d has another shape than its gradient"):format(position))
  end
  return g
end

local function or_zeros(list, like)
  for i, gradient in ipairs(list) do list[i] = gradient or zeros(like[i].shape, like[i].dtype) end
  return list
end

--- Runs f(table.unpack(inputs)) with a tape of its own; a tape that records is suspended meanwhile. The function
--- returned computes gradients: pullback(output_grads [, variables]) returns a list with one gradient an input and one
--- with a gradient for each of the variables, zeros where nothing depends on it. It may be called more than once, as
--- long as nothing that f has used is changed in place.
--- @param f function gets tensors that stand for the inputs
--- @param inputs table list of tensors
--- @return table outputs, function pullback
function gradients.vjp(f, inputs)
  local tape = core.tape()
  local aliases = {}
  for i, input in ipairs(inputs) do aliases[i] = core.tape_alias(tape, input) end
  local outputs = table.pack(core.record(tape, f, table.unpack(aliases)))
  local function pull(output_grads, variables)
    local seeds = {}
    for i = 1, outputs.n do seeds[i] = seed(outputs[i], output_grads[i], i) end
    local sources = table.move(aliases, 1, #aliases, 1, {})
    table.move(variables, 1, #variables, #sources + 1, sources)
    local targets = {}
    for i = 1, outputs.n do targets[i] = seeds[i] and outputs[i] or false end
    local all = or_zeros(engine.backward(core.tape_records(tape), targets, seeds, sources), sources)
    return table.move(all, 1, #aliases, 1, {}), table.move(all, #aliases + 1, #all, 1, {})
  end
  local function pullback(output_grads, variables)
    if core.tape_spoiled(tape) then
      core.raise "pullback: a tensor that the function has used was changed in place since"
    end
    return core.record(false, pull, output_grads, variables or {})
  end
  return outputs, pullback
end

return gradients
