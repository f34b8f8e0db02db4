--- Rules of gradients: layers, and activations, losses and regularizers applied to tensors. All of them are computed by
--- the components' own functions in C.
local core = require "rnnlua.core"
local shapes = require "rnnlua.gradients.shapes"

local f = core.tensor_functions
local rules = {}

--- @param run userdata the call, with what the layer has saved for this
--- @param inputs table as given
--- @param weights table addresses of all of the layer's
function rules.layer(step, run, inputs, weights)
  local gs, wanted_inputs, wanted_weights = {}, {}, {}
  for i = 1, #step.ys do gs[i] = step.gs[i] or false end
  for i, input in ipairs(inputs) do wanted_inputs[i] = step.wants(input) or false end
  for i, weight in ipairs(weights) do wanted_weights[i] = step.wants(weight) or false end
  local of_inputs, of_weights = core.layer_gradients(run, gs, wanted_inputs, wanted_weights)
  for i, input in ipairs(inputs) do step.give(input, of_inputs[i]) end
  for i, weight in ipairs(weights) do step.give(weight, of_weights[i]) end
end

function rules.activation(step, component, x, single)
  if step.wants(x) then step.give(x, core.activation_gradient(component, single, step.y, step.g)) end
end

function rules.penalty(step, component, w, single)
  if step.wants(w) then step.give(w, core.penalty_gradient(component, single, step.g)) end
end

--- Losses that stay the same if both arguments change places: C computes gradients of the second alone.
local SYMMETRIC = { MeanSquaredError = true, MeanAbsoluteError = true, Huber = true, LogCosh = true,
  CosineSimilarity = true }

--- @param reduced boolean whether the result is what a loss object made of the rows' losses, else it is those
function rules.loss(step, component, y_true, y_pred, weights, reduced)
  if step.wants(y_pred) then
    step.give(y_pred, core.loss_gradient(component, y_true, y_pred, weights, step.g, reduced))
  end
  if step.wants(y_true) then
    if not SYMMETRIC[component.class_name] then
      core.raise(("gradient: %s has no gradient with respect to y_true; rl.stop_gradient(y_true) makes it a constant")
        :format(component.class_name))
    end
    local like = f.reshape(y_true, y_pred.shape)
    step.give(y_true, f.reshape(core.loss_gradient(component, y_pred, like, weights, step.g, reduced), y_true.shape))
  end
  if step.wants(weights) then
    core.raise(("gradient: %s has no gradient with respect to sample_weight; multiply the rows' losses by it instead")
      :format(component.class_name))
  end
end

return rules
