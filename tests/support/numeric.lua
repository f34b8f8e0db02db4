--- Gradients by differences of the loss, and those that training goes by.
local rl = require "rnnlua"

local numeric = {}

local function compiled(layers, x, rate)
  local model = rl.Sequential(layers())
  model:compile { optimizer = rl.optimizers.SGD(rate), loss = "mse" }
  model:build(x.shape)
  return model
end

--- The loss of a step of training that changes no trained weight; what forward does while training counts.
local function loss_of(model, x, y) return (model:train_on_batch(x, y)) end

--- The largest difference between gradients of the loss by all trained weights and its central differences, as a share
--- of the largest gradient.
--- @param layers function makes the model's layers anew; they must not draw random numbers
--- @param step number|nil by how much a weight is moved
--- @return number
function numeric.worst(layers, x, y, step)
  step = step or 1e-2
  local still, moved = compiled(layers, x, 0.0), compiled(layers, x, 1.0)
  moved:set_weights(still:get_weights())
  moved:train_on_batch(x, y)
  local worst, largest = 0, 0
  for i, variable in ipairs(still.trainable_weights) do
    local weights, after = variable:reshape { -1 }, moved.trainable_weights[i]:reshape { -1 }
    for k = 1, #weights do
      local at = weights[k]
      local gradient = at - after[k]
      weights[k] = at + step
      local up, above = weights[k], loss_of(still, x, y)
      weights[k] = at - step
      local down, below = weights[k], loss_of(still, x, y)
      weights[k] = at
      worst = math.max(worst, math.abs((above - below) / (up - down) - gradient))
      largest = math.max(largest, math.abs(gradient))
    end
  end
  return worst / largest
end

return numeric
