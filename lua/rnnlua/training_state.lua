--- The state of a training as a file: weights, the optimizer's slots, random numbers, the epoch.
local core = require "rnnlua.core"
local fields = require "rnnlua.model_fields"
local weights_file = require "rnnlua.weights_file"
local shapes = require "rnnlua.shapes"
local arrays = require "rnnlua.files.arrays"

local training_state = {}

local tensor = core.tensor_creators.tensor

local function integers(...) return tensor({ ... }, "int64") end

--- @param model table one that has been trained
--- @param epoch integer the one to begin with
--- @param batch integer batches of it that were run
--- @return true; nil and a message
function training_state.write(model, path, epoch, batch)
  local list = weights_file.list(model)
  local iterations, slots = model._trainer:state()
  local rate = model.optimizer.learning_rate
  list[#list + 1] = { "position", integers(epoch, batch, iterations) }
  list[#list + 1] = { "optimizer_slots", slots }
  list[#list + 1] = { "random_state", integers(core.random_state()) }
  list[#list + 1] = { "layer_streams", integers(core.layer_streams(fields.distinct_layers(model))) }
  if type(rate) == "number" then list[#list + 1] = { "learning_rate", tensor(rate, "float64") } end
  return arrays.write_npz(path, list)
end

local NEEDED = { "position", "optimizer_slots", "random_state", "layer_streams" }

--- @return table state; nil and a message where the file can't be read
function training_state.read(path)
  local state, message = arrays.load(path)
  if not state then return nil, message end
  for _, name in ipairs(NEEDED) do
    if type(state) ~= "table" or not state[name] then
      return nil, ("%s: it holds no state of a training"):format(path)
    end
  end
  state.epoch = state.position[1]
  return state
end

--- The optimizer's numbers, where there is a trainer that can tell how many it wants.
local function check_slots(model, state, who)
  if not model._trainer then return end
  local _, own = model._trainer:state()
  local slots = state.optimizer_slots
  if shapes.equal(own.shape, slots.shape) then return end
  core.raise(("%s: the state is that of another optimizer or model: its numbers have shape %s, expected %s"):format(who,
    shapes.text(slots.shape), shapes.text(own.shape)))
end

--- Gives a model the state. Raises where it is another model's; the model is unchanged then.
function training_state.apply(model, state, who)
  local layers = fields.distinct_layers(model)
  local streams = state.layer_streams:totable()
  local list = weights_file.collect(who, model, state)
  if #streams ~= 2 * #layers then
    core.raise(("%s: the state is that of %d layers, model '%s' has %d"):format(who, #streams // 2, model.name, #layers))
  end
  check_slots(model, state, who)
  core.set_weights(who .. ": " .. model:_title(), layers, list)
  core.set_layer_streams(layers, table.unpack(streams))
  core.set_random_state(table.unpack(state.random_state:totable()))
  if state.learning_rate then model.optimizer.learning_rate = state.learning_rate:item() end
  model._trainer_state = { iterations = state.position[3], slots = state.optimizer_slots }
  if model._trainer then training_state.give(model) end
end

--- Gives the trainer what `apply` has left for it; called where one is made.
function training_state.give(model)
  local state = model._trainer_state
  model._trainer_state = nil
  if state then model._trainer:set_state(state.iterations, state.slots) end
end

return training_state
