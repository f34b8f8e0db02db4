--- Axes: which numbers stand at an axis, how they are written, and where a value lies between its ends.
local scale = {}

local HUGE <const> = 4e307 -- differences of what lies within are finite, and stay so when rounded to ticks
local LEAST <const> = 1e-290 -- below, powers of ten lose their digits
local NAN <const> = 0 / 0

local function is_finite(x) return x > -math.huge and x < math.huge end

--- A number as pictures have it: what is not finite is nan, which leaves a gap; the largest are cut.
function scale.drawable(x)
  if x > -HUGE and x < HUGE then return x + 0.0 end
  if not is_finite(x) then return NAN end
  return x > 0 and HUGE or -HUGE
end

--- The smallest and largest finite number of some lists; nil where there is none.
--- @param lists number[][]
--- @return number|nil low, number high
function scale.extent(lists)
  local low, high = math.huge, -math.huge
  for _, list in ipairs(lists) do
    for i = 1, #list do
      local x = list[i]
      if x < low and x > -math.huge then low = x end -- nan is not less
      if x > high and x < math.huge then high = x end
    end
  end
  if low > high then return nil end
  return low, high
end

--- A range with room in it: one value alone, or values that differ by rounding, get some around them.
function scale.spread(low, high)
  if low == nil then return 0.0, 1.0 end
  local size = math.max(math.abs(low), math.abs(high))
  if high - low > math.max(size * 1e-12, LEAST) then return low, high end
  local around = size > LEAST and size * 0.1 or 1.0
  return low - around, high + around
end

--- The least of 1, 2, 2.5 and 5 times a power of ten that is not below x > 0.
local function nice(x)
  local power = 10.0 ^ math.floor(math.log(x, 10))
  for _, factor in ipairs { 1, 2, 2.5, 5 } do
    if factor * power >= x * (1 - 1e-9) then return factor * power end
  end
  return 10 * power
end

--- The distance between ticks, of which at most `most` + 1 lie in a range.
--- @param whole boolean|nil only integers: epochs, classes
function scale.step(low, high, most, whole)
  local step = nice((high - low) / math.max(1, most))
  if whole and step < 1 then return 1.0 end
  return whole and step == 2.5 and 5.0 or step
end

--- Multiples of step within a range, from low to high.
function scale.ticks(low, high, step)
  local list = {}
  local first = math.ceil(low / step - 1e-6)
  for k = 0, 1000 do
    local value = (first + k) * step
    if value > high + step * 1e-6 then break end
    list[#list + 1] = value == 0 and 0.0 or value -- no -0
  end
  return list
end

--- 1.5e-05 is written 1.5e-5
local function exponent(value, digits)
  local text = ("%." .. digits .. "e"):format(value)
  local mantissa, sign, power = text:match "^(.-)e([+-])0*(%d+)$"
  if mantissa:find "%." then mantissa = mantissa:gsub("%.?0+$", "") end
  return mantissa .. "e" .. (sign == "-" and "-" or "") .. power
end

local function decimals_of(step)
  for decimals = 0, 6 do
    local scaled = step * 10.0 ^ decimals
    if math.abs(scaled - math.floor(scaled + 0.5)) < 1e-6 * scaled then return decimals end
  end
  return 6
end

--- How ticks are written: all with the same decimals, or, where they are large or small, all with an exponent.
--- @param ticks number[]
--- @param step number
--- @return string[]
function scale.labels(ticks, step)
  local largest = 0
  for _, tick in ipairs(ticks) do largest = math.max(largest, math.abs(tick)) end
  local digits = math.max(0, math.ceil(math.log(math.max(largest / step, 1), 10))) + 1
  local texts = {}
  for i, tick in ipairs(ticks) do
    if largest >= 1e6 or step < 1e-5 then
      texts[i] = tick == 0 and "0" or exponent(tick, math.min(digits, 15))
    else
      texts[i] = ("%." .. decimals_of(step) .. "f"):format(tick)
    end
  end
  return texts
end

--- A number alone, in few characters.
function scale.number(value)
  if value ~= value then return "nan" end
  if not is_finite(value) then return value > 0 and "inf" or "-inf" end
  if value == math.floor(value) and math.abs(value) < 1e6 then return ("%d"):format(value // 1) end
  local size = math.abs(value)
  if size >= 1e6 or size < 1e-4 then return exponent(value, 3) end
  local text = ("%.4g"):format(value)
  return text:find "e" and ("%.0f"):format(value) or text
end

--- An axis over a range.
--- @param low number
--- @param high number
--- @param most integer how many steps have room
--- @param given table {whole = only integers, closed = begins and ends with a tick}
--- @return {low: number, high: number, ticks: number[], labels: string[]}
function scale.axis(low, high, most, given)
  low, high = scale.spread(low, high)
  local step = scale.step(low, high, most, given.whole)
  if given.closed then
    low, high = math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step
  end
  local ticks = scale.ticks(low, high, step)
  return { low = low, high = high, ticks = ticks, labels = scale.labels(ticks, step) }
end

--- Powers of ten, where their exponents run from low to high; few where many would have no room.
function scale.log_axis(low, high, most)
  low, high = math.floor(low + 1e-6), math.ceil(high - 1e-6)
  if low == high then high = low + 1 end
  local ticks, labels = {}, {}
  for tick = low, high, math.ceil((high - low) / math.max(2, most)) do
    ticks[#ticks + 1], labels[#labels + 1] = tick, scale.number(10.0 ^ tick)
  end
  return { low = low, high = high, ticks = ticks, labels = labels }
end

--- Which of `count` places, from 0, a value has on an axis; nil where it lies outside or is nan.
function scale.place(axis, value, count)
  local share = (value - axis.low) / (axis.high - axis.low)
  if not (share >= -1e-9 and share <= 1 + 1e-9) then return nil end
  return (share * (count - 1) + 0.5) // 1 | 0
end

return scale
