--- Cells registered from Lua: layers with a state_size, written as Keras' cells are, brought to the form of other layers:
--- lists of inputs and of outputs, x or y first, the states behind.
local core = require "rnnlua.core"
local declared = require "rnnlua.register.declared"
local options = require "rnnlua.options"

local cell = {}

local fail = declared.fail

local MOST_STATES <const> = 7 -- x is an input too

local function check_size(who, size)
  local whole = options.integer(size)
  if not whole or whole < 1 then
    fail(who, "state_size must be a whole number of at least 1, or a list of such, got %s", options.describe(size))
  end
  return whole
end

--- The sizes of a cell's states.
--- @param given any what the specification has, or what its function returned
--- @return integer[] sizes
local function sizes_of(who, given)
  if type(given) ~= "table" then return { check_size(who, given) } end
  if #given < 1 or #given > MOST_STATES then
    fail(who, "state_size must have 1 to %d numbers, got %d", MOST_STATES, #given)
  end
  local sizes = {}
  for i, size in ipairs(given) do sizes[i] = check_size(who, size) end
  return sizes
end

--- What C asks for the sizes: a function of self.
local function reader(who, given)
  if type(given) == "function" then return function(self) return sizes_of(who, (given(self))) end end
  local sizes = sizes_of(who, given)
  return function() return sizes end
end

--- States of zeros, where a cell was called on x alone.
local function zeros(x, sizes)
  local states = {}
  for i, size in ipairs(sizes) do states[i] = core.tensor_creators.zeros { x.shape[1], size } end
  return states
end

--- call(self, x, states, options) -> y, {states} or y, states…
local function adapt_call(call, read_sizes)
  return function(self, inputs, given)
    local x, states = inputs[1], table.move(inputs, 2, #inputs, 1, {})
    if #states == 0 then states = zeros(x, read_sizes(self)) end
    local results = table.pack(call(self, x, states, given))
    local new = results[2]
    if type(new) == "table" then return results[1], table.unpack(new) end
    return table.unpack(results, 1, results.n)
  end
end

--- compute_output_shape(self, input_shape), which tells of y alone
local function adapt_output_shape(compute, read_sizes)
  return function(self, shapes)
    local x = shapes[1]
    local all = { (compute(self, x)) }
    for _, size in ipairs(read_sizes(self)) do all[#all + 1] = { x[1], size } end
    return all
  end
end

--- Brings what a specification with a state_size says to the form of other layers.
--- @param who string what messages begin with
--- @param spec table as given
--- @param made table what C gets; changed
function cell.finish(who, spec, made)
  for _, key in ipairs { "inputs", "supports_masking", "compute_mask" } do
    if spec[key] ~= nil then fail(who, "field '%s' does not go with state_size: a cell sees one timestep", key) end
  end
  local read_sizes = reader(who, spec.state_size)
  made.min_inputs, made.max_inputs = 1, MOST_STATES + 1
  made.state_size = read_sizes
  made.call = adapt_call(spec.call, read_sizes)
  if spec.build then made.build = function(self, shapes) return spec.build(self, shapes[1]) end end
  if spec.compute_output_shape then
    made.compute_output_shape = adapt_output_shape(spec.compute_output_shape, read_sizes)
  end
end

return cell
