--- rl.data.Dataset: rows that come one after the other, as tf.data has them. Constructors say where they come from,
--- methods what is done to them; each gives a new dataset, and nothing runs before somebody asks for elements:
---
---     local train = rl.data.Dataset.from_tensor_slices(x, y):shuffle(1000, 42):batch(32)
---     model:fit(train, { epochs = 5 })
---     for x, y in train:iter() do … end
---
--- An element is one or more values, tensors or numbers: x, y [, weights]. A value may also be a table of tensors,
--- for models with several inputs, or a string.
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local blocks = require "rnnlua.dataset.blocks"
local sources = require "rnnlua.dataset.sources"
local steps = require "rnnlua.dataset.steps"
local shuffle = require "rnnlua.dataset.shuffle"
local documented = require "rnnlua.documented"

local Dataset, methods = {}, {}

local meta = { __name = "Dataset" }

local function method_names()
  local names = {}
  for name in pairs(methods) do names[#names + 1] = name end
  table.sort(names)
  return names
end

function meta.__index(_, key)
  local method = methods[key]
  if method then return method end
  core.raise(("Dataset has no field '%s'%s"):format(tostring(key), options.hint(key, method_names())))
end

function meta.__newindex(_, key) core.raise(("Dataset: '%s' cannot be assigned"):format(tostring(key))) end

function meta.__fields() return method_names() end

local private = setmetatable({}, { __mode = "k" }) -- dataset -> source

function meta.__tostring(self)
  local count = private[self].count
  return ("<Dataset of %s>"):format(count == math.huge and "endless elements" or count and count .. " elements"
    or "elements")
end

--- A dataset of a source (dataset/sources.lua).
local function new(source)
  local self = setmetatable({}, meta)
  private[self] = source
  return self
end

local function source_of(self, who)
  local source = private[self]
  if not source then core.raise(("%s: call it with a colon, dataset:%s(…)"):format(who, who)) end
  return source
end

local function need_function(who, f)
  if type(f) ~= "function" and not (getmetatable(f) or {}).__call then
    core.raise(("%s: a function expected, got %s"):format(who, options.describe(f)))
  end
end

-- where rows come from -----------------------------------------------------------------------------------------

--- The arrays meant: several arguments, or the entries of one table that holds tensors.
local function arrays_of(who, ...)
  local list = table.pack(...)
  if list.n == 0 then core.raise(who .. ": arrays expected") end
  local first = list[1]
  if list.n == 1 and options.is_plain_table(first) and blocks.is_tensor(first[1]) then return first end
  for i = 1, list.n do
    if list[i] == nil then core.raise(("%s: array %d is nil"):format(who, i)) end
  end
  return list
end

--- The rows of arrays, which have as many rows: from_tensor_slices(x, y), or from_tensor_slices{x, y} of tensors. An
--- argument that is a table of tensors, by name or in a list, gives elements that are such tables.
---
---     local x, y = rl.zeros{10, 4}, rl.ones{10}
---     rl.data.Dataset.from_tensor_slices(x, y):batch(4):cardinality() --> 3
--- @param ... tensor|table arrays, with as many rows
--- @return dataset
function Dataset.from_tensor_slices(...)
  return new(sources.slices(blocks.of_arrays("from_tensor_slices", arrays_of("from_tensor_slices", ...))))
end

--- One element: these values.
--- @param ... any
--- @return dataset
function Dataset.from_tensors(...)
  local list = arrays_of("from_tensors", ...)
  return new(sources.single(blocks.pack(table.unpack(list, 1, list.n or #list))))
end

--- What an iterator gives. `make` is called where a pass begins and returns a function that returns the values of the
--- next element, and nil at the end.
--- @param make function
--- @return dataset
function Dataset.from_generator(make)
  need_function("from_generator", make)
  return new(sources.generator(make))
end

--- The integers from first to last, both included, as Lua's for; one number is the last.
---
---     for n in rl.data.Dataset.range(3):iter() do io.write(n, " ") end --> 1 2 3
--- @param first integer
--- @param last integer|nil
--- @param step integer|nil 1 if not given
--- @return dataset
function Dataset.range(first, last, step)
  if last == nil then first, last = 1, first end
  local given = options.read("range", { { "first", "integer" }, { "last", "integer" }, { "step", "integer", 1 } },
    { first = first, last = last, step = step })
  if not given.first or not given.last then core.raise "range: the first and the last number expected, got nil" end
  if given.step == 0 then core.raise "range: argument 'step' must not be 0" end
  local count = math.max(0.0, (given.last + 0.0 - given.first) // given.step + 1)
  if count > 2 ^ 40 then core.raise(("range: %.0f numbers are too many"):format(count)) end
  count = math.tointeger(count)
  if count == 0 then return new(steps.take(sources.single(blocks.pack(0)), 0)) end
  return new(sources.slices { rows = count, count = 1,
    core.tensor_creators.range(given.first, given.last, given.step, "int64") })
end

--- Several datasets side by side: an element has the values of all.
--- @param ... dataset
--- @return dataset
function Dataset.zip(...)
  local list = {}
  for i, dataset in ipairs { ... } do
    if not private[dataset] then
      core.raise(("zip: argument %d must be a Dataset, got %s"):format(i, options.describe(dataset)))
    end
    list[i] = private[dataset]
  end
  if #list == 0 then core.raise "zip: datasets expected" end
  return new(steps.zip(list))
end

--- The rows of a CSV file, which is read in pieces, so that it may be larger than memory. An element is x, the values
--- of the columns asked for, or x, y where a label is.
--- @param path string
--- @param given table|nil arguments by name
--- @return dataset|nil # nil and a message where the file can't be read
function Dataset.from_csv(path, given)
  local source, message = require "rnnlua.dataset.csv_source".open(path, given)
  if not source then return nil, message end
  return new(source)
end

-- what is done to them --------------------------------------------------------------------------------------------

local function count_argument(who, name, value, low, default)
  return options.read(who, { { name, "integer", default, low = low } }, { [name] = value })[name]
end

local function need_count(who, name, value, low)
  local count = count_argument(who, name, value, low)
  if count == nil then core.raise(("%s: argument '%s' is required"):format(who, name)) end
  return count
end

--- What f(values…) returns in place of each element.
--- @param f function of the values of an element
--- @return dataset
function methods:map(f)
  local source = source_of(self, "map")
  need_function("map", f)
  return new(steps.map(source, f))
end

--- The elements for which f(values…) is true.
--- @param f function of the values of an element; true keeps it
--- @return dataset
function methods:filter(f)
  local source = source_of(self, "filter")
  need_function("filter", f)
  return new(steps.filter(source, f))
end

--- The first elements.
--- @param count integer
--- @return dataset
function methods:take(count)
  return new(steps.take(source_of(self, "take"), need_count("take", "count", count, 0)))
end

--- All but the first elements.
--- @param count integer
--- @return dataset
function methods:skip(count)
  return new(steps.skip(source_of(self, "skip"), need_count("skip", "count", count, 0)))
end

--- All elements over and over, `count` times, or without end. (`repeat` is a word of Lua's own.)
--- @param count integer|nil without one: without end
--- @return dataset
function methods:repeat_(count)
  local source = source_of(self, "repeat_")
  if count == -1 then count = nil end -- as in tf.data
  return new(steps.repeat_(source, count_argument("repeat_", "count", count, 0, math.huge)))
end

--- Those of another dataset after its own.
--- @param other dataset
--- @return dataset
function methods:concatenate(other)
  local source = source_of(self, "concatenate")
  if not private[other] then core.raise("concatenate: a Dataset expected, got " .. options.describe(other)) end
  return new(steps.concatenate(source, private[other]))
end

--- Keeps the elements in memory when they come for the first time, and gives them from there afterwards.
--- @return dataset
function methods:cache() return new(steps.cache(source_of(self, "cache"))) end

--- The dataset as it is: nothing is gained by fetching ahead here, and scripts written for tf.data say it.
--- @return dataset
function methods:prefetch()
  source_of(self, "prefetch")
  return self
end

local SHUFFLE = {
  { "buffer_size", "integer", nil, low = 1, doc = "rows at hand, of which one is drawn; all rows: a true shuffle" },
  { "seed", "integer", doc = "the order is a function of this number and of how many passes there were" },
  { "reshuffle_each_iteration", "boolean", true, doc = "another order in each pass" },
}

--- The elements in random order: one of `buffer_size` at hand is drawn, and the next one comes in its place. Without
--- a seed rl.utils.set_random_seed decides.
--- @param ... any arguments by position, or a table of them by name
--- @return dataset
function methods:shuffle(...)
  local source = source_of(self, "shuffle")
  local given = options.arguments("shuffle", SHUFFLE, ...)
  if not given.buffer_size then core.raise "shuffle: argument 'buffer_size' is required" end
  return new(shuffle(source, { size = given.buffer_size, seed = given.seed, again = given.reshuffle_each_iteration }))
end

local BATCH = {
  { "batch_size", "integer", nil, low = 1, doc = "elements at a time" },
  { "drop_remainder", "boolean", false, doc = "leave out what is left at the end and makes no whole batch" },
}

local function batch_arguments(who, spec, ...)
  local given = options.arguments(who, spec, ...)
  if not given.batch_size then core.raise(who .. ": argument 'batch_size' is required") end
  return given
end

--- `batch_size` elements at a time as one, stacked along a new first axis. The last one is smaller unless
--- drop_remainder is true.
--- @param ... any arguments by position, or a table of them by name
--- @return dataset
function methods:batch(...)
  local source, given = source_of(self, "batch"), batch_arguments("batch", BATCH, ...)
  return new(steps.batch(source, given.batch_size, given.drop_remainder))
end

local PADDED = { BATCH[1], { "padding_value", "number", 0, doc = "what shorter elements are filled up with" }, BATCH[2] }

--- batch of elements that differ in length: each is made as long as the longest of its batch, along all axes, by
--- padding_value behind.
--- @param ... any arguments by position, or a table of them by name
--- @return dataset
function methods:padded_batch(...)
  local source, given = source_of(self, "padded_batch"), batch_arguments("padded_batch", PADDED, ...)
  return new(steps.padded_batch(source, given.batch_size, given.drop_remainder, given.padding_value))
end

documented[methods.batch], documented[methods.padded_batch] = { spec = BATCH }, { spec = PADDED }

--- The rows of each element one by one.
--- @return dataset
function methods:unbatch() return new(steps.unbatch(source_of(self, "unbatch"))) end

-- asking for elements ----------------------------------------------------------------------------------------------

--- How many elements there are: an integer, math.huge, or nil where nobody knows before a pass ends.
--- @return number|nil
function methods:cardinality() return source_of(self, "cardinality").count end

local AT_ONCE <const> = 32 -- rows taken from a source that has them side by side

--- Begins a pass: for x, y in dataset:iter() do … end
--- @return function that returns the values of the next element, nil at the end
function methods:iter()
  local next_block, block, i = source_of(self, "iter").open(), nil, 0
  return function()
    if not block or i == block.rows then
      block, i = next_block(AT_ONCE), 0
      if not block then return nil end
    end
    i = i + 1
    return blocks.unpack(block, i)
  end
end

--- For fit, evaluate and predict: a function as they take it (nil ends a pass, and the call after that begins the
--- next one), and the number of batches of a pass, nil if nobody knows. Raises unless elements are batches.
local function batches(who, dataset)
  local source = private[dataset]
  if source.batched == false then
    core.raise(who .. ": the dataset gives single rows; let it end in :batch(32)")
  end
  local next_element
  return function()
    next_element = next_element or dataset:iter()
    local values = table.pack(next_element())
    if values[1] == nil then next_element = nil end
    return table.unpack(values, 1, values.n)
  end, source.count
end

return {
  constructors = Dataset,
  methods = methods, -- for help
  new = new,
  is = function(value) return private[value] ~= nil end,
  batches = batches,
  SHUFFLE = SHUFFLE,
}
