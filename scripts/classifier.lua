-- A classifier: which of three clouds of points does a point belong to?
--
--   rnnlua scripts/classifier.lua [epochs]
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 30

-- (1) The data: 300 points around three centres; the class is the number of the centre. Classes are
--     labels and count from 0, as everywhere in Keras.
rl.utils.set_random_seed(1)
local centres = { {0, 2}, {-2, -1}, {2, -1} }

local function points(count)
  local x, y = {}, {}
  local noise = rl.random.normal{ shape = {count, 2}, stddev = 0.8 }
  for i = 1, count do
    local class = (i - 1) % #centres
    local centre = centres[class + 1]
    x[i], y[i] = { centre[1] + noise[i][1], centre[2] + noise[i][2] }, class
  end
  return rl.tensor(x), rl.tensor(y)
end

local X, Y = points(300)
local X_test, Y_test = points(90)

-- (2) The model: its three outputs are probabilities, by softmax. "sparse" is the loss for classes
--     given as numbers; for rows such as {0, 1, 0} it is categorical_crossentropy.
local model = rl.Sequential{
  rl.layers.Dense{ 16, activation = "relu", input_shape = {2} },
  rl.layers.Dense{ 3, activation = "softmax" },
}
model:compile{
  optimizer = rl.optimizers.Adam{ learning_rate = 0.01 },
  loss = "sparse_categorical_crossentropy",
  metrics = {"accuracy"},
}

-- (3) Before and after training. Guessing would be right once in three times.
local function report(when)
  local loss, accuracy = model:evaluate(X_test, Y_test, { verbose = 0 })
  print(("%s: loss %.3f, accuracy %.3f on points not trained on"):format(when, loss, accuracy))
end

report("before training")
model:fit(X, Y, { epochs = epochs, verbose = 0 })
report("after training ")

-- (4) What it says of single points. argmax gives a position, which counts from 1; the class is one less.
for _, point in ipairs{ {0, 3}, {-3, -1}, {3, -2}, {0, 0} } do
  local p = model:predict{ point }
  print(("(%g, %g) is of class %d: %s"):format(point[1], point[2], p:argmax(-1)[1] - 1, tostring(p[1])))
end
