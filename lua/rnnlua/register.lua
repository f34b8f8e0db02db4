--- rl.register: layers, activations, losses, … written in Lua. What is registered is used as what is built in: found by
--- name, constructed with checked arguments, shown by help(), saved in configs, trained.
---
---     rl.register.layer {
---       name = "Scale", doc = "x times a learned vector",
---       args = { { "factor", "number", default = 1, doc = "what else it is multiplied by" } },
---       build = function(self, input_shape)
---         self.w = self:add_weight { name = "w", shape = { input_shape[#input_shape] }, initializer = "ones" }
---       end,
---       call = function(self, x, options) return x * self.w * self.factor end,
---     }
---     local layer = rl.layers.Scale { factor = 2 }
local core = require "rnnlua.core"
local cell = require "rnnlua.register.cell"
local declared = require "rnnlua.register.declared"
local options = require "rnnlua.options"
local script = require "rnnlua.script"

local register = {}

local FUNCTION <const>, STRING <const>, BOOLEAN <const> = "function", "string", "boolean"

--- What every specification may have: field -> Lua type, "!" where it is required.
local COMMON = { name = "string!", doc = STRING, aliases = "string|table", args = "table", positional = "number" }

local KINDS = {
  activation = { call = "function!", backward = FUNCTION },
  initializer = { call = "function!" },
  regularizer = { call = "function!", backward = FUNCTION },
  constraint = { call = "function!" },
  loss = { call = "function!", backward = FUNCTION, target = STRING },
  metric = { call = FUNCTION, state = "table", update = FUNCTION, result = FUNCTION, target = STRING,
             direction = STRING },
  optimizer = { update = "function!", slots = "number|table", start = "number|table", learning_rate = "number" },
  schedule = { call = "function!" },
  layer = { call = "function!", build = FUNCTION, backward = FUNCTION, compute_output_shape = FUNCTION,
            compute_mask = FUNCTION, supports_masking = BOOLEAN, inputs = "number|table",
            state_size = "number|table|function" },
}

local fail, check_name, sorted_keys = declared.fail, declared.check_name, declared.sorted_keys

local function is_one_of(value, kinds)
  for kind in kinds:gmatch "%a+" do
    if type(value) == kind and getmetatable(value) ~= "tensor" then return true end
  end
  return false
end

local function check_fields(who, spec, fields)
  for key in next, spec do
    if not (COMMON[key] or fields[key]) then
      fail(who, "unknown field '%s'%s", tostring(key), options.hint(key, sorted_keys(COMMON, fields)))
    end
  end
  for _, key in ipairs(sorted_keys(COMMON, fields)) do
    local kinds = COMMON[key] or fields[key]
    local value, required = spec[key], kinds:find "!" ~= nil
    if (value ~= nil or required) and not is_one_of(value, kinds) then
      local wanted = kinds:gsub("!", ""):gsub("|", " or a ")
      fail(who, "field '%s' must be a %s, got %s", key, wanted, options.describe(value))
    end
  end
end

--- "a b" or {"a", "b"} -> "a b"
local function aliases_of(who, given)
  if given == nil then return nil end
  local list = {}
  if type(given) == "string" then
    for word in given:gmatch "%S+" do list[#list + 1] = word end
  else
    list = table.move(given, 1, #given, 1, list)
  end
  for _, alias in ipairs(list) do check_name(who, "an alias", alias) end
  return #list > 0 and table.concat(list, " ") or nil
end

-- what single kinds have ----------------------------------------------------------------------------------------

local function names_of(who, what, given)
  if type(given) == "number" then
    local count = options.integer(given)
    if not count or count < 0 or count > 8 then fail(who, "%s must be in [0, 8], got %s", what, tostring(given)) end
    local names = {}
    for i = 1, count do names[i] = "slot" .. i end
    return names
  end
  if #given > 8 then fail(who, "at most 8 %s, got %d", what, #given) end
  for _, name in ipairs(given) do check_name(who, "a name among " .. what, name) end
  return given
end

local function starts_of(who, names, given)
  local starts = {}
  for i, name in ipairs(names) do
    local value = given
    if type(given) == "table" then value = given[name] end
    if value == nil then value = 0 end
    if type(value) ~= "number" then
      fail(who, "start of slot '%s' must be a number, got %s", name, options.describe(value))
    end
    starts[i] = value
  end
  return starts
end

local finish = {}

function finish.optimizer(who, spec, made)
  made.names = names_of(who, "slots", spec.slots or {})
  made.starts = starts_of(who, made.names, spec.start)
  if spec.learning_rate then made.learning_rate = ("%.14g"):format(spec.learning_rate) end
end

local function target(who, spec, made)
  if spec.target == nil then return end
  if spec.target ~= "same" and spec.target ~= "index" then
    fail(who, "target must be 'same' or 'index', got %s", options.describe(spec.target))
  end
  made.index_targets = spec.target == "index"
end

finish.loss = target

function finish.metric(who, spec, made)
  target(who, spec, made)
  made.maximized = spec.direction == "max"
  if spec.direction and spec.direction ~= "max" and spec.direction ~= "min" then
    fail(who, "direction must be 'max' or 'min', got %s", options.describe(spec.direction))
  end
  if not spec.call == not spec.update then fail(who, "give either call, or state, update and result") end
  if spec.call and (spec.state or spec.result) then fail(who, "state and result go with update, not with call") end
  if spec.call then return end
  if not (spec.state and spec.result) then fail(who, "update needs state and result beside it") end
  made.names = names_of(who, "state", spec.state)
  if #made.names == 0 then fail(who, "state is a list of names, and it is empty") end
end

function finish.layer(who, spec, made)
  if spec.state_size then return cell.finish(who, spec, made) end
  local given = spec.inputs or 1
  local least, most = given, given
  if type(given) == "table" then least, most = given[1], given[2] end
  least, most = options.integer(least), options.integer(most)
  if not least or not most or least < 1 or most < least or most > 8 then
    fail(who, "inputs must be a number in [1, 8], or {least, most}")
  end
  made.min_inputs, made.max_inputs = least, most
  made.supports_masking = spec.supports_masking
end

-- registering --------------------------------------------------------------------------------------------------

local FUNCTIONS = { "call", "backward", "build", "compute_output_shape", "compute_mask", "update", "result" }

local function register_type(kind, spec)
  local who = "register." .. kind
  if type(spec) ~= "table" or getmetatable(spec) ~= nil then
    fail(who, "a table expected, got %s", options.describe(spec))
  end
  check_fields(who, spec, KINDS[kind])
  check_name(who, "its name", spec.name)
  who = ("%s '%s'"):format(who, spec.name)
  local args = declared.arguments(who, kind, spec.args or {})
  local made = { name = spec.name, doc = spec.doc, aliases = aliases_of(who, spec.aliases), args = args,
                 positional = declared.positional(who, spec.positional, args) }
  for _, name in ipairs(FUNCTIONS) do made[name] = spec[name] end
  if finish[kind] then finish[kind](who, spec, made) end
  local names = {}
  for i, arg in ipairs(args) do names[i] = arg.name end
  made.class = script.class(kind, spec.name, names)
  return core.register(kind, made)
end

--- Registers an activation: y = call(x, self).
---     rl.register.activation { name = "cube", call = function(x) return x * x * x end }
--- x is rows x columns, y of the same shape. Its derivative comes from the tensor functions used; or give
--- backward(x, y, dy, self), which returns dx.
--- @param spec table name, call; backward, args, doc, aliases, positional
--- @return type activation its constructor; nil while a plugin is being loaded
function register.activation(spec) return register_type("activation", spec) end

--- Registers an initializer: call(shape, dtype, self) returns a tensor of that shape.
--- @param spec table name, call; args, doc, aliases, positional
--- @return type initializer
function register.initializer(spec) return register_type("initializer", spec) end

--- Registers a regularizer: call(w, self) returns a number or a tensor with one element. Its derivative comes from the
--- tensor functions used; or give backward(w, self), which returns it.
--- @param spec table name, call; backward, args, doc, aliases, positional
--- @return type regularizer
function register.regularizer(spec) return register_type("regularizer", spec) end

--- Registers a constraint: call(w, self) returns the weight as it shall be, of the same shape, after each update.
--- @param spec table name, call; args, doc, aliases, positional
--- @return type constraint
function register.constraint(spec) return register_type("constraint", spec) end

--- Registers a loss: values = call(y_true, y_pred, self).
--- Both are rows x columns, rows over all axes but the last one. Values are one a row, (rows) or (rows, 1); or (rows,
--- columns), whose mean over columns is taken; or one number for all rows, such as a mean over the batch, which each
--- row then counts with. Sample weights are applied to the values of rows. The derivative comes from the tensor
--- functions used; or give backward(y_true, y_pred, self), which returns d value of the row / d y_pred, rows x columns.
--- With target = "index" y_true has one class number (from 0) a row.
--- @param spec table name, call; backward, target, args, doc, aliases, positional
--- @return type loss
function register.loss(spec) return register_type("loss", spec) end

--- Registers a metric: the mean of call(y_true, y_pred, self), which returns a number or a tensor whose first axis is
--- rows. Or one with a state of numbers, all 0 at first:
---     rl.register.metric { name = "Largest", state = { "most" },
---       update = function(state, y_true, y_pred, weights, self)
---         state.most = math.max(state.most, (y_true - y_pred):abs():max())
---       end,
---       result = function(state, self) return state.most end }
--- weights has one number a row, or is nil. direction = "max" or "min" tells EarlyStopping which way is better.
--- @param spec table name, and call, or state, update and result; direction, target, args, doc, aliases, positional
--- @return type metric
function register.metric(spec) return register_type("metric", spec) end

--- Registers an optimizer: update(self, v) is called for each variable at each step.
---     rl.register.optimizer { name = "Momentum", args = { { "momentum", "number", default = 0.9 } }, slots = { "m" },
---       update = function(self, v)
---         v.slots.m = v.slots.m * self.momentum - v.gradients * v.learning_rate
---         return v.weights + v.slots.m
---       end }
--- v has weights, gradients, slots, step (from 1), learning_rate and shape. New weights are what it returns, or what
--- v.weights is then; new slots are what v.slots holds then. slots is a list of names, or a number (then they are slot1,
--- slot2, …); start is what they hold at first, a number or one a name. learning_rate, weight_decay and clipping are
--- arguments of every optimizer and done by the host; learning_rate= sets that one's default.
--- @param spec table name, update; slots, start, learning_rate, args, doc, aliases, positional
--- @return type optimizer
function register.optimizer(spec) return register_type("optimizer", spec) end

--- Registers a schedule: call(step, self), step from 0, returns the learning rate.
--- @param spec table name, call; args, doc, aliases, positional
--- @return type schedule
function register.schedule(spec) return register_type("schedule", spec) end

--- Registers a layer.
---   build(self, input_shape)    makes weights: self.w = self:add_weight{ name =, shape =, initializer =, regularizer =,
---                               constraint =, trainable = }; an extent of input_shape is -1 where it is not known
---   call(self, x, options)      returns y, or several tensors; options.training, options.mask (batch x time, or nil)
---   compute_output_shape(self, input_shape)   only where it cannot be found by calling the layer on zeros
---   backward(self, x, y, dy, options)         returns dx and {w = gradient, …}; else derived
---   inputs = n or {least, most}  with several inputs x, input_shape and options.mask are lists
---   supports_masking = true      the mask goes on to the next layer; compute_mask(self, x, mask) may return another
--- With state_size it is a cell: one timestep, which RNN takes through sequences. state_size is the size of its state, a
--- list of sizes where it has several, or a function of self that gives either. Then
---   build(self, input_shape)     gets the shape of x, (batch, features)
---   call(self, x, states, options)   returns y and the list of new states (or y, state, …); states is a list
---   compute_output_shape         tells of y; in backward x, y and dy are lists, x or y first, the states behind
--- Fields of self are the arguments, which are read-only, and what build puts there. A weight is a tensor that holds
--- the layer's numbers during each call. build and call also run on zeros, on a self of its own, when output shapes are
--- asked for.
--- Arguments, of every kind, are declared by args = { { name, type, default =, optional =, range =, choices =, doc = }, … }.
--- The type is integer, number, numbers, boolean, string, shape, or the name of a kind (activation, initializer, …,
--- layer), and then self has an object that can be called (but optimizers and layers). Without a default an argument is required, unless it is
--- optional: nil then. range is an interval as "[0, 1)", choices a list of strings. The required ones in front, or the
--- first, may be given by position; positional = n says how many.
--- @param spec table name, call; build, backward, compute_output_shape, compute_mask, supports_masking, inputs,
---   state_size, args, doc, aliases, positional
--- @return type layer
function register.layer(spec) return register_type("layer", spec) end

return register
