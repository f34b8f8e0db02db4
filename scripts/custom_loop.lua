-- A training loop of one's own: batches by train_on_batch, and a stop when nothing improves.
--
--   rnnlua scripts/custom_loop.lua [epochs]
--
-- fit with the callback EarlyStopping does the same; this is for when a loop has to do more.
local rl = require "rnnlua"
local epochs = math.tointeger(arg[1]) or 200

-- (1) The data: y = x1 * x2 with a little noise; 200 rows to train on, 100 to judge by.
rl.utils.set_random_seed(1)
local X = rl.random.uniform{ shape = {300, 2}, minval = -1, maxval = 1 }
local Y = X[{ {}, 1 }] * X[{ {}, 2 }] + rl.random.normal{ shape = {300}, stddev = 0.05 }
local X_train, Y_train = X[{ {1, 200} }], Y[{ {1, 200} }]
local X_valid, Y_valid = X[{ {201, 300} }], Y[{ {201, 300} }]

local model = rl.Sequential{
  rl.layers.Dense{ 24, activation = "tanh", input_shape = {2} },
  rl.layers.Dense(1),
}
model:compile{ optimizer = rl.optimizers.Adam{ learning_rate = 0.02 }, loss = "mse" }

-- (2) One epoch: the rows in a new order, 20 at a time. An int64 tensor as index takes these rows.
local BATCH = 20

local function train_epoch()
  local order = rl.random.permutation(#X_train)
  local total = 0
  for first = 1, #X_train, BATCH do
    local rows = order[{ {first, first + BATCH - 1} }]
    total = total + model:train_on_batch(X_train[rows], Y_train[rows])
  end
  return total / (#X_train / BATCH)
end

-- (3) Training until the loss on the other rows has not improved for ten epochs; the best weights are kept.
local PATIENCE = 10
local best, best_epoch, best_weights = math.huge, 0, nil

for epoch = 1, epochs do
  local loss = train_epoch()
  local valid_loss = model:test_on_batch(X_valid, Y_valid)
  if epoch == 1 or epoch % 20 == 0 then
    print(("epoch %3d: loss %.4f, validation loss %.4f"):format(epoch, loss, valid_loss))
  end
  if valid_loss < best then
    best, best_epoch, best_weights = valid_loss, epoch, model:get_weights()
  elseif epoch - best_epoch >= PATIENCE then
    print(("epoch %3d: no better since epoch %d, stopped"):format(epoch, best_epoch))
    break
  end
end
model:set_weights(best_weights)

-- (4) Has it learned? The products of some pairs.
print(("validation loss %.4f; the noise alone makes %.4f"):format(best, 0.05 ^ 2))
for _, pair in ipairs{ {0.5, 0.5}, {-0.5, 0.8}, {0.9, -0.9}, {0, 0.7} } do
  print(("%5.2f * %5.2f = %5.2f, the model says %5.2f"):format(
    pair[1], pair[2], pair[1] * pair[2], model:predict{ pair }[1][1]))
end
