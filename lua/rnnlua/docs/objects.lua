--- What objects have that no Lua function with a comment gives: fields, and methods written in C. One line each:
--- "Class.field: type | what it is", "Class:method(arguments): what it returns | what it does".
---
--- Those of tensors that rl has as functions, too, stand in help_functions.lua.
local TEXT = [==[
Tensor.shape: integer[] | the extents of its axes
Tensor.ndim: integer | how many axes it has
Tensor.size: integer | how many elements it has
Tensor.dtype: dtype | what its elements are: float64, float32, int64 or bool
Layer.name: string | what it is called in summaries, logs and messages
Layer.class_name: string | "Dense"
Layer.kind: string | "layer"
Layer.trainable: boolean | whether training changes the weights; may be assigned
Layer.built: boolean | whether it has its weights
Layer.dtype: string | "float32"
Layer.weights: tensor[] | all weights; what is written to them counts in the layer
Layer.trainable_weights: tensor[] | those that training changes
Layer.non_trainable_weights: tensor[] | the others
Layer.variables: tensor[] | weights, by the name that tapes' users look for
Layer.trainable_variables: tensor[] | trainable_weights
Layer.non_trainable_variables: tensor[] | non_trainable_weights
Layer.input_shape: shape|nil | of what it was built for, -1 where any extent goes; of several inputs a list of shapes
Layer.output_shape: shape|nil | of what it gives; of several outputs a list of shapes
Layer.input: symbolic | what it was called on, where that was symbolic
Layer.output: symbolic | what it gave then
Layer:get_config(): table | the constructor's arguments, by name
Layer:get_weights(): tensor[] | copies of its weights, in Keras' order
Layer:set_weights(list) | sets its weights, in the order of get_weights; nothing is changed unless all fit
Layer:count_params(): integer | how many numbers its weights have; the layer has to be built
Layer:build(shape) | makes the weights for inputs of this shape, the batch's axis in front
Layer:adapt(data) | of Normalization: takes mean and variance from data, a Dataset or a function that gives batches
Layer:reset_states([rows]) | sets what a stateful layer carries to 0: of all sequences, or of those in a list, from 1
Layer:compute_output_shape(shape): shape | the shape of what it would give for inputs of a shape, the batch in front
Component.name: string | what it is called
Component.class_name: string | "Adam"
Component.kind: string | "optimizer", "loss", "metric", "activation" and so on
Component:get_config(): table | the constructor's arguments, by name
Optimizer:apply_gradients(gradients, variables) | one step; a list or one of each, in the same order; false gradients are left out
Optimizer:build(variables) | makes the state for these variables, which else is made at the first step
Optimizer:scale_loss(loss): tensor|number | the loss times loss_scale_factor, whose gradients apply_gradients divides by it
Optimizer:finalize_variable_values(variables) | with use_ema: the averages take the place of the weights
Metric:update_state(y_true, y_pred [, sample_weight]) | counts these rows too
Metric:result(): number | what it comes to so far
Metric:reset_state() | begins anew
Mean:update_state(values [, sample_weight]) | adds a number, a tensor or a table of numbers
Mean:result(): number | the mean, or the sum, of what was added
Mean:reset_state() | begins anew
Model.name: string | what it is called
Model.class_name: string | "Sequential" or "Functional"
Model.built: boolean | whether it has its weights
Model.compiled: boolean | whether compile was called
Model.layers: layer[] | the layers, in order
Model.history: history|nil | what the last fit returned
Model.optimizer: optimizer|nil | the one that compile made or was given
Model.loss: any | what compile was given
Model.stop_training: boolean | true makes fit end after this epoch; callbacks assign it
Model.metrics_names: string[] | of what evaluate returns, in its order
Model.weights: tensor[] | all weights, those of models inside too; what is written to them counts in the model
Model.variables: tensor[] | weights, by the name that tapes' users look for
Model.trainable_weights: tensor[] | those that training changes
Model.trainable_variables: tensor[] | trainable_weights: what tape:gradient is given
Model.non_trainable_weights: tensor[] | the others
Model.non_trainable_variables: tensor[] | non_trainable_weights
Model.losses: number[]|tensor[] | the regularizers' penalties, for loops of one's own: tensors where a tape records
Model.input_shape: shape | the batch in front, -1 where any extent goes; of several inputs a list of shapes
Model.output_shape: shape | likewise
Model.inputs: symbolic[] | where data enters: rl.Model{inputs = m.inputs, outputs = m:get_layer("x").output} is a part of m
Model.outputs: symbolic[] | what it gives
Model.input: symbolic|symbolic[] | the only one of inputs, or all
Model.output: symbolic|symbolic[] | the only one of outputs, or all
Model.input_names: string[] | by which data may be given
Model.output_names: string[] | by which targets, losses and metrics may be given
Model.trainable: boolean | whether one of its layers is; assigning sets all
History.history: table<string, number[]> | a list for each log (loss, val_loss, …), the k-th entry for the k-th epoch
History.epoch: integer[] | the numbers of the epochs, from 0
History.params: table | how fit was run: epochs, steps, verbose
Stream:reset([rows]) | begins anew: all sequences, or those in a list, from 1
Symbolic.shape: shape | the batch in front, -1 where any extent goes
Symbolic.ndim: integer | how many axes it has
Symbolic.dtype: dtype | of the data that is meant
Symbolic.name: string | of the layer that it comes from
StandardScaler.mean: tensor | of each feature, as fit saw it
StandardScaler.var: tensor | of each feature, as fit saw it
MinMaxScaler.data_min: tensor | of each feature, as fit saw it
MinMaxScaler.data_max: tensor | of each feature, as fit saw it
]==]

--- Class -> list of {name, signature, doc, method = whether it is one}, in the order above
local objects = {}
for line in TEXT:gmatch "([^\n]+)\n" do
  local signature, doc = line:match "^(.-) | (.+)$"
  local class, mark, name = signature:match "^(%a+)([.:])([%w_]+)"
  objects[class] = objects[class] or {}
  local list = objects[class]
  list[#list + 1] = { name = name, signature = signature, doc = doc, method = mark == ":" }
end
return objects
