--- How tensor functions are called: name -> {signature, one line}. Those that take a tensor t first are its
--- methods too: t:sum(1) is rl.sum(t, 1). What they give is a tensor, unless a type stands behind the colon.
local TEXT = [==[
tensor(data [, dtype]) | a new tensor from nested tables, a number, a boolean or a tensor; infers its dtype
zeros(shape [, dtype]) | zeros; float32 unless told otherwise, as for every creator below
ones(shape [, dtype]) | ones
full(shape, value [, dtype]) | one value everywhere
eye(n [, dtype]) | ones on the diagonal of an n by n matrix
range(first, last [, step [, dtype]]) | numbers from first to last, both included, as Lua's for
linspace(first, last, n [, dtype]) | n evenly spaced numbers, both ends included
frombuffer(string, dtype [, shape]) | the bytes of a C-ordered array
tobytes(t): string | the elements in C order, as a string
totable(t): table | nested tables of Lua numbers or booleans; of a tensor without axes its element
item(t): number|boolean | the only element as a Lua value; a number is given back as it is
reshape(t, ...) | the same elements in another shape; one extent may be -1
flatten(t) | a copy along one axis
transpose(t [, axes...]) | axes reversed, or in the order given
permute(t, axes...) | new axis i is the old axis axes[i]
squeeze(t [, axis]) | without its axes of extent 1, or without one of them or those in a table
expand_dims(t, axis) | with a new axis of extent 1, or those in a table, counted in the result
flip(t [, axis]) | in reverse order along all axes, or one, or those in a table
astype(t, dtype) | a copy in another dtype: float64, float32, int64 or bool
copy(t) | a copy
contiguous(t) | t itself if its elements lie side by side, else a copy
fill(t, value) | writes one value everywhere
copy_from(t, u) | writes u's elements into t; u broadcasts
concatenate({t, ...} [, axis]) | joined along an axis that is there
stack({t, ...} [, axis]) | joined along a new axis
split(t, parts [, axis]): tensor[] | equal parts, or cut before the positions in a table
tile(t, counts...) | so many copies along each axis
repeat_elements(t, repeats [, axis]) | every element so often in a row
take(t, positions [, axis]) | the elements at these positions, which count from 1
one_hot(t, num_classes [, axis [, dtype]]) | 1 at the label, which counts from 0, and 0 elsewhere
sort(t [, axis [, descending]]) | a sorted copy; nan comes last
argsort(t [, axis [, descending]]) | the positions, from 1, in the order of their elements
matmul(t, u): tensor|number | the matrix product, over leading axes that broadcast
dot(t, u): tensor|number | numpy.dot: over the last axis of t and the last but one of u
sum(t [, axis [, keepdims]]): number|tensor | the sum of all elements, or along an axis
mean(t [, axis [, keepdims]]): number|tensor | the mean
prod(t [, axis [, keepdims]]): number|tensor | the product
max(t [, axis [, keepdims]]): number|tensor | the largest element
min(t [, axis [, keepdims]]): number|tensor | the smallest element
std(t [, axis [, keepdims]]): number|tensor | the standard deviation, divided by n
var(t [, axis [, keepdims]]): number|tensor | the variance, divided by n
any(t [, axis [, keepdims]]): boolean|tensor | whether an element is true or not 0
all(t [, axis [, keepdims]]): boolean|tensor | whether every element is true or not 0
argmax(t [, axis]): integer|tensor | the position of the largest element, from 1; a class is p:argmax(-1) - 1
argmin(t [, axis]): integer|tensor | the position of the smallest element, from 1
cumsum(t [, axis]) | running sums
where(condition, t, u) | elements of t where condition is true, of u elsewhere
clip(t, low, high) | elements below low become low, above high become high; nil: no bound
round(t [, decimals]) | halves go to the even neighbour
maximum(t, u) | the larger of both, element by element
minimum(t, u) | the smaller of both, element by element
add(t, u) | t + u
sub(t, u) | t - u
mul(t, u) | t * u
div(t, u) | t / u
floordiv(t, u) | t // u
mod(t, u) | t % u
pow(t, u) | t ^ u
neg(t) | -t
eq(t, u) | whether elements are equal: a bool tensor, as for the comparisons below
ne(t, u) | whether elements differ
lt(t, u) | whether t's element is less than u's
le(t, u) | whether t's element is at most u's
gt(t, u) | whether t's element is greater than u's
ge(t, u) | whether t's element is at least u's
equal(t, u): boolean | whether shapes and all elements are equal: a Lua boolean
allclose(t, u [, {rtol, atol}]): boolean | whether all elements are near each other: a Lua boolean
logical_and(t, u) | whether both elements are true or not 0
logical_or(t, u) | whether one of both elements is true or not 0
logical_not(t) | whether the element is false or 0
isnan(t) | whether the element is nan
isinf(t) | whether the element is inf or -inf
exp(t) | e to the power of each element
log(t) | natural logarithm
sqrt(t) | square root
abs(t) | absolute value
sign(t) | -1, 0 or 1
floor(t) | the next integer below
ceil(t) | the next integer above
sin(t) | sine
cos(t) | cosine
tanh(t) | hyperbolic tangent
sigmoid(t) | 1 / (1 + exp(-t))
relu(t) | max(t, 0)
Variable(value [, {trainable=true, name=, dtype=}]) | a tensor that is there to be trained: every tape watches it
assign(v, value) | a variable's numbers become these, of the same shape
assign_add(v, value) | v = v + value, in place
assign_sub(v, value) | v = v - value, in place
stop_gradient(t) | the same numbers, which no gradient goes through
random.normal({shape=, mean=0, stddev=1, dtype="float32", seed=}) | normally distributed numbers
random.uniform({shape=, minval=0, maxval=1, dtype="float32", seed=}) | even numbers; minval may come, maxval not
random.shuffle(t [, axis [, {seed=}]]) | a copy whose rows along the axis are in random order
random.permutation(n [, {seed=}]) | the positions 1 to n in random order
softmax(t [, axis]) | exp(t) divided by its sum along an axis
]==]

local functions = {}
for line in TEXT:gmatch "([^\n]+)\n" do
  local signature, doc = line:match "^(.-) | (.+)$"
  functions[signature:match "([%w_]+)%("] = { signature, doc }
end
return functions
