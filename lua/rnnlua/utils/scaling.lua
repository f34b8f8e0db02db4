--- rl.utils.normalize (keras.utils), StandardScaler and MinMaxScaler (sklearn.preprocessing).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local documented = require "rnnlua.documented"

local scaling = {}

local where = core.tensor_functions.where

--- A float tensor with rows; float64 stays as it is.
local function array(who, x)
  if data.is_tensor(x) and x.dtype == "float64" then return x end
  return data.tensor(who, "x", x)
end

-- normalize ----------------------------------------------------------------------------------------------------

local NORMALIZE = {
  { "axis", "integer", -1, doc = "along which the norm is taken" },
  { "order", "number", 2, above = 0,
    doc = "of the norm: 2 Euclid's, 1 sums of absolute values, math.huge the largest" },
}
scaling.NORMALIZE = NORMALIZE -- for help

--- x divided by its norms along an axis; where a norm is 0, x as it is.
--- @param x tensor|table
--- @param ... any axis and order by position, or a table of arguments by name
--- @return tensor
function scaling.normalize(x, ...)
  local given = options.arguments("normalize", NORMALIZE, ...)
  x = array("normalize", x)
  local size, axis, norm = x:abs(), given.axis, nil
  if axis == 0 or math.abs(axis) > x.ndim then
    core.raise(("normalize: axis %d is out of range for %d axes"):format(axis, x.ndim))
  end
  if given.order == math.huge then norm = size:max(axis, true)
  elseif given.order == 1 then norm = size:sum(axis, true)
  elseif given.order == 2 then norm = (x * x):sum(axis, true):sqrt()
  else norm = (size ^ given.order):sum(axis, true) ^ (1 / given.order) end
  return x / where(norm:eq(0), 1, norm)
end

-- scalers --------------------------------------------------------------------------------------------------------

local classes = { StandardScaler = {}, MinMaxScaler = {} }

--- Columns of x: (rows, features), the leading axes taken together; one axis is one feature. Computed in float64.
local function columns(who, x)
  x = array(who, x)
  if x.size == 0 then core.raise(who .. ": x is empty") end
  local features = x.ndim > 1 and x.shape[x.ndim] or 1
  return x:astype("float64"):reshape { -1, features }, features
end

local function check_fitted(self, who, x)
  if not self.features then core.raise(("%s: call %s:fit first"):format(who, getmetatable(self).__name)) end
  x = array(who, x)
  local features = x.ndim > 1 and x.shape[x.ndim] or 1
  if features ~= self.features then
    core.raise(("%s: x has %d features, fit saw %d"):format(who, features, self.features))
  end
  return x
end

--- (x + shift) · scale in float64, in x's own dtype again.
local function apply(x, f)
  local result = f(x.ndim > 1 and x:astype "float64" or x:astype("float64"):expand_dims(-1))
  if x.ndim <= 1 then result = result:squeeze(-1) end
  return result:astype(x.dtype)
end

local shared = {}

--- Remembers what `x` needs: statistics of each feature, the last axis; values that are nan do not count.
--- @param x tensor|table (rows, features), (samples, timesteps, features), or one feature
--- @return table self
function shared:fit(x)
  local rows, features = columns(self.name .. ":fit", x)
  self:_measure(rows, rows:isnan())
  self.features = features
  return self
end

--- x scaled, in the same shape and dtype.
--- @param x tensor|table
--- @return tensor
function shared:transform(x)
  x = check_fitted(self, self.name .. ":transform", x)
  return apply(x, function(t) return t * self.scale + self.shift end)
end

--- What transform was given: numbers in their own units again, of forecasts for one.
--- @param x tensor|table
--- @return tensor
function shared:inverse_transform(x)
  x = check_fitted(self, self.name .. ":inverse_transform", x)
  return apply(x, function(t) return (t - self.shift) / self.scale end)
end

--- fit, then transform.
--- @param x tensor|table
--- @return tensor
function shared:fit_transform(x) return self:fit(x):transform(x) end

--- Means and standard deviations without the nans.
function classes.StandardScaler:_measure(rows, missing)
  local count = rows.shape[1] - missing:astype("float64"):sum(1)
  self.mean = where(missing, 0, rows):sum(1) / count
  local off = where(missing, 0, rows - self.mean)
  self.var = (off * off):sum(1) / count
  local deviation = self.var:sqrt()
  local constant = deviation:le(self.mean:abs() * 1e-15) -- rounding alone
  self.scale = 1 / where(constant, 1, deviation)
  self.shift = -self.mean * self.scale
end

function classes.MinMaxScaler:_measure(rows, missing)
  self.data_min = where(missing, math.huge, rows):min(1)
  self.data_max = where(missing, -math.huge, rows):max(1)
  local low, high = self.feature_range[1], self.feature_range[2]
  local range = self.data_max - self.data_min
  self.scale = (high - low) / where(range:eq(0), 1, range)
  self.shift = low - self.data_min * self.scale
end

local function check_range(self)
  local range = self.feature_range or { 0, 1 }
  if #range ~= 2 or type(range[1]) ~= "number" or type(range[2]) ~= "number" or not (range[1] < range[2]) then
    core.raise("MinMaxScaler: argument 'feature_range' must be {low, high} with low < high")
  end
  self.feature_range = range
end

local function class(name, spec, check)
  local methods = setmetatable(classes[name], { __index = shared })
  local meta = { __name = name, __tostring = function() return "<" .. name .. ">" end }
  local fields = { "fit", "transform", "inverse_transform", "fit_transform" }
  function meta.__index(_, key)
    local method = methods[key]
    if method == nil and type(key) == "string" and not key:find "^features$" then
      core.raise(("%s has no field '%s'%s"):format(name, key, options.hint(key, fields)))
    end
    return method
  end
  function meta.__fields() return fields end
  local function construct(...)
    local self = options.arguments(name, spec, ...)
    self.name = name
    check(self)
    return setmetatable(self, meta)
  end
  scaling[name] = construct
  documented[construct] = { name = name, spec = spec, file = "lua/rnnlua/utils/scaling.lua", methods = shared }
end

--- Brings each feature, the last axis, to mean 0 and standard deviation 1: (x - mean) / deviation, with the mean and
--- deviation of what fit saw. Constant features become 0. Fields: mean, var; methods: fit, transform,
--- inverse_transform, fit_transform.
---
---     local scaler = rl.utils.StandardScaler():fit{ {1}, {2}, {3} }
---     scaler:inverse_transform(scaler:transform{ {4} })[1][1] --> 4.0
--- @return standardscaler
class("StandardScaler", {}, function() end)

--- Brings each feature, the last axis, to a range, by the smallest and largest values that fit saw. Constant features
--- become its lower end. Fields: data_min, data_max; methods as StandardScaler's.
--- @return minmaxscaler
class("MinMaxScaler", { { "feature_range", "table", doc = "{low, high}; {0, 1} if not given" } }, check_range)

return scaling
