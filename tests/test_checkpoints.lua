--- Weights in files, ModelCheckpoint, BackupAndRestore.
local rl = require "rnnlua"
local golden = require "support.golden"
local new_folder = require "support.folder"

local keras = golden "keras_files"

local function rnn_model()
  return rl.Sequential { rl.layers.SimpleRNN { 3, input_shape = { 4, 2 } }, rl.layers.Dense(1) }
end

describe("load_weights", function()
  it("reads what numpy.savez wrote of a Keras model's weights", function()
    local folder <close> = new_folder()
    local model = rnn_model()
    assert.is_true(model:load_weights(folder:write("w.npz", keras.weights.file)))
    assert.tensor_near(keras.weights.y, model:predict(keras.weights.x), 1e-6)
    assert.is_true(model:save_weights(folder:path "again.npz"))
    local ours, theirs = rl.load(folder:path "again.npz"), rl.load(folder:path "w.npz")
    for i = 0, 4 do assert.is_true(rl.equal(theirs["arr_" .. i], ours["arr_" .. i])) end
    assert.is_nil(ours.arr_5)
  end)

  it("changes nothing where a shape or the number of weights is wrong", function()
    local folder <close> = new_folder()
    local model = rnn_model()
    local before, path = model:get_weights(), folder:path "w.npz"
    local function refused(given, pattern)
      assert(rl.savez(path, given))
      assert.error_matches(function() model:load_weights(path) end, pattern)
      for i, weight in ipairs(model:get_weights()) do assert.is_true(rl.equal(before[i], weight)) end
    end
    local list = rnn_model():get_weights()
    list[4] = rl.ones { 2, 1 }
    refused(list, "load_weights: .*w.npz: sequential.* %(Sequential%): weight 4, 'kernel' of layer dense.*, "
      .. "expected shape %(3, 1%), got %(2, 1%)")
    list[5] = nil
    refused(list, "it has 4 arrays %(arr_0, arr_1, …%), sequential.* %(Sequential%) has 5 weights")
    local more = rnn_model():get_weights()
    more.extra = { 1 }
    refused(more, "the array 'extra' is none of the weights, which are arr_0 to arr_4")
    assert(rl.save(folder:path "one.npy", { 1 }))
    os.rename(folder:path "one.npy", folder:path "one.npz")
    assert.error_matches(function() model:load_weights(folder:path "one.npz") end, "one array without a name")
  end)

  it("gives nil and a message for a file that isn't there or is damaged", function()
    local folder <close> = new_folder()
    local ok, message = rnn_model():load_weights(folder:path "w.npz")
    assert.is_nil(ok)
    assert.matches("w.npz: No such file", message, 1, true)
    ok, message = rnn_model():load_weights(folder:write("w.npz", keras.weights.file:sub(1, -10)))
    assert.is_nil(ok)
    assert.matches("w.npz: it is no .npz file, or is cut off", message, 1, true)
    ok, message = rnn_model():save_weights(folder:path "no/w.npz")
    assert.is_nil(ok)
    assert.matches("No such file", message, 1, true)
  end)

  it("wants a built model, and a name that ends in .npz", function()
    local folder <close> = new_folder()
    local unbuilt = rl.Sequential { rl.layers.Dense(1) }
    assert.error_matches(function() unbuilt:save_weights(folder:path "w.npz") end, "save_weights: model '.*' isn't built")
    assert.error_matches(function() unbuilt:load_weights(folder:path "w.npz") end, "load_weights: model '.*' isn't built")
    assert.error_matches(function() rnn_model():save_weights "w.weights.h5" end, "names end in .npz, got 'w.weights.h5'")
    assert.error_matches(function() rnn_model():load_weights "w" end, "names end in .npz, got 'w'")
    assert.error_matches(function() rnn_model():load_weights() end, "load_weights: a file's path expected, got nil")
  end)
end)

-- ModelCheckpoint -------------------------------------------------------------------------------------------

local function printed(f)
  local lines, real = {}, _G.print
  _G.print = function(text) lines[#lines + 1] = text end
  local ok, message = pcall(f)
  _G.print = real
  assert(ok, message)
  return lines
end

--- What keras_files.py does with Keras' callback.
local function play(arguments)
  local given, paths = { save_weights_only = true }, {}
  for name, value in pairs(arguments) do given[name] = value end
  given.filepath = given.filepath .. ".npz"
  local callback = rl.callbacks.ModelCheckpoint(given)
  callback.model = { save_weights = function(_, path)
    paths[#paths + 1] = path:gsub("%.npz$", "")
    return true
  end }
  local said = printed(function()
    for epoch, value in ipairs(keras.values) do
      callback:on_epoch_begin(epoch - 1, {})
      for batch = 0, 2 do
        if callback.on_train_batch_end then callback:on_train_batch_end(batch, { loss = value }) end
      end
      callback:on_epoch_end(epoch - 1, { loss = value, val_loss = value, accuracy = 1 - value })
    end
  end)
  return paths, said
end

describe("ModelCheckpoint writes and says what Keras' does:", function()
  for i, case in ipairs(keras.checkpoints) do
    it(("%d: %s"):format(i, case.arguments.filepath), function()
      local paths, said = play(case.arguments)
      assert.same(case.paths, paths)
      assert.same(case.said, said)
    end)
  end
end)

local X, Y = rl.linspace(-1, 1, 20):reshape(10, 2), rl.linspace(0, 1, 10)

local function dense_model(optimizer)
  local model = rl.Sequential { rl.layers.Dense { 4, activation = "tanh", input_shape = { 2 } }, rl.layers.Dropout(0.3),
    rl.layers.Dense(1) }
  model:compile { optimizer = optimizer or "adam", loss = "mse" }
  return model
end

describe("ModelCheckpoint", function()
  it("leaves the weights of the best epoch in its file", function()
    local folder <close> = new_folder()
    local model = dense_model()
    local path = folder:path "sub/folder/best-{epoch:02d}.npz"
    local checkpoint = rl.callbacks.ModelCheckpoint { path, monitor = "loss", save_best_only = true, save_weights_only = true }
    local seen = {}
    local losses = model:fit(X, Y, { epochs = 8, verbose = 0, callbacks = { checkpoint,
      rl.callbacks.LambdaCallback { on_epoch_end = function(epoch) seen[epoch + 1] = model:get_weights() end } } }).history.loss
    local best = 1
    for k, loss in ipairs(losses) do
      if loss < losses[best] then best = k end
    end
    assert.is_true(model:load_weights(folder:path(("sub/folder/best-%02d.npz"):format(best))))
    for i, weight in ipairs(model:get_weights()) do assert.is_true(rl.equal(seen[best][i], weight)) end
  end)

  it("saves every so many batches", function()
    local folder <close> = new_folder()
    dense_model():fit(X, Y, { epochs = 2, batch_size = 2, verbose = 0, callbacks = { rl.callbacks.ModelCheckpoint {
      folder:path "e{epoch}b{batch}.npz", save_weights_only = true, save_freq = 3 } } })
    assert.same({ "e1b3.npz", "e2b1.npz", "e2b4.npz" }, folder:list())
  end)

  it("refuses what can't be", function()
    local new = rl.callbacks.ModelCheckpoint
    assert.error_matches(function() new() end, "ModelCheckpoint: argument 'filepath' is required")
    assert.error_matches(function() new "w.npz" end, "give save_weights_only = true")
    assert.error_matches(function() new { "w.h5", save_weights_only = true } end, "must end in .npz .* got 'w.h5'")
    assert.error_matches(function() new { "w.npz", save_weights_only = true, save_freq = "batch" } end, "must be one of epoch")
    assert.error_matches(function() new { "w.npz", save_weights_only = true, save_freq = 0 } end, "must be in %[1, inf%), got 0")
    local folder <close> = new_folder()
    local function fit(name)
      local callback = new { folder:path(name), save_weights_only = true, monitor = "loss" }
      return function() dense_model():fit(X, Y, { verbose = 0, callbacks = { callback } }) end
    end
    assert.error_matches(fit "{val_los:.2f}.npz", "can't be filled in: there is no 'val_los'; there are epoch, loss")
    assert.error_matches(fit "{loss:02d}.npz", "the format '02d' does not suit")
    assert.error_matches(fit "{loss:>9}.npz", "the format '>9' is not understood")
    assert.error_matches(fit "{loss.npz", "a brace stands alone")
    folder:write("file", "")
    assert.error_matches(fit "file/w.npz", "ModelCheckpoint: .*file: ")
    assert.same({ "file" }, folder:list())
  end)
end)

-- BackupAndRestore --------------------------------------------------------------------------------------------

--- Losses of a fit; with `stop_after` the script "dies" after that many epochs.
local function train(folder, optimizer, stop_after, more)
  rl.utils.set_random_seed(7)
  local model = dense_model(optimizer())
  local callbacks = {}
  if folder then
    local given = { folder:path "backup" }
    for name, value in pairs(more or {}) do given[name] = value end
    callbacks[1] = rl.callbacks.BackupAndRestore(given)
  end
  if stop_after then
    callbacks[2] = rl.callbacks.LambdaCallback { on_epoch_end = function(epoch)
      if epoch + 1 == stop_after then error "power cut" end
    end }
  end
  local options = { epochs = 6, batch_size = 3, verbose = 0, callbacks = callbacks, validation_data = { X, Y } }
  local ok, result = pcall(model.fit, model, X, Y, options)
  if stop_after then
    assert.is_false(ok)
    assert.matches("power cut", result)
    return
  end
  assert(ok, result)
  return result.history, result.epoch
end

local OPTIMIZERS = {
  adam = function() return rl.optimizers.Adam { learning_rate = 0.05, amsgrad = true } end,
  momentum = function() return rl.optimizers.SGD { learning_rate = 0.05, momentum = 0.9 } end,
  plain = function() return rl.optimizers.SGD(0.1) end,
  scheduled = function()
    return rl.optimizers.RMSprop { learning_rate = rl.optimizers.schedules.ExponentialDecay { 0.1, 5, 0.9 } }
  end,
}

describe("BackupAndRestore", function()
  for name, optimizer in pairs(OPTIMIZERS) do
    it("goes on as if nothing had happened: " .. name, function()
      local folder <close> = new_folder()
      local whole = train(nil, optimizer)
      train(folder, optimizer, 4)
      assert.same({ "latest.npz" }, require("rnnlua.core").listdir(folder:path "backup"))
      local rest, epochs = train(folder, optimizer)
      assert.same({ 4, 5 }, epochs)
      assert.same({ whole.loss[5], whole.loss[6] }, rest.loss)
      assert.same({ whole.val_loss[5], whole.val_loss[6] }, rest.val_loss)
      assert.same({}, folder:list()) -- deleted at the end
    end)
  end

  it("goes on where batches come from a function", function()
    local folder <close> = new_folder()
    local function run(stop)
      rl.utils.set_random_seed(3)
      local model, i = dense_model(), 0
      local function batches()
        i = i + 1
        if i % 3 ~= 0 then return X, Y end
      end
      local callbacks = { rl.callbacks.BackupAndRestore(folder:path "b"), rl.callbacks.LambdaCallback {
        on_epoch_end = function(epoch) if epoch + 1 == stop then error "stop" end end } }
      local ok, history = pcall(model.fit, model, batches, { epochs = 4, verbose = 0, callbacks = callbacks })
      return ok and history.history.loss
    end
    local whole = run()
    assert.is_false(run(2))
    local rest = run()
    assert.equal(2, #rest)
    assert.same({ whole[3], whole[4] }, rest)
  end)

  it("falls back to the state before where the last one is damaged", function()
    local folder <close> = new_folder()
    local whole = train(nil, OPTIMIZERS.adam)
    train(folder, OPTIMIZERS.adam, 4, { double_checkpoint = true })
    folder:write("backup/latest.npz", "damaged")
    local rest, epochs = train(folder, OPTIMIZERS.adam, nil, { delete_checkpoint = false })
    assert.same({ 3, 4, 5 }, epochs)
    assert.same({ whole.loss[4], whole.loss[5], whole.loss[6] }, rest.loss)
    assert.same({ "latest.npz", "latest.npz.bkp" }, (function()
      local names = require("rnnlua.core").listdir(folder:path "backup")
      table.sort(names)
      return names
    end)())
  end)

  it("saves after batches, and does not go on with a finished training", function()
    local folder <close> = new_folder()
    train(folder, OPTIMIZERS.adam, 1, { save_freq = 3 }) -- four batches an epoch
    assert.equal(1, #require("rnnlua.core").listdir(folder:path "backup"))
    local _, epochs = train(folder, OPTIMIZERS.adam, nil, { delete_checkpoint = false })
    assert.same({ 0, 1, 2, 3, 4, 5 }, epochs)
    _, epochs = train(folder, OPTIMIZERS.adam)
    assert.same({}, epochs)
  end)

  it("refuses another model's or optimizer's state, and changes nothing", function()
    local folder <close> = new_folder()
    train(folder, OPTIMIZERS.adam, 2)
    local function refused(model, pattern)
      local before = model:get_weights()
      assert.error_matches(function()
        model:fit(X, Y, { verbose = 0, callbacks = rl.callbacks.BackupAndRestore(folder:path "backup") })
      end, pattern)
      for i, weight in ipairs(model:get_weights()) do assert.is_true(rl.equal(before[i], weight)) end
    end
    refused(dense_model "sgd", "BackupAndRestore: .*backup: the state is that of another optimizer or model")
    local other = rl.Sequential { rl.layers.Dense { 1, input_shape = { 2 } } }
    other:compile { loss = "mse" }
    refused(other, "it has 4 arrays .* has 2 weights")
    folder:write("backup/latest.npz", "damaged")
    refused(other, "BackupAndRestore: .*latest.npz: it is no .npy file")
    assert.error_matches(function() rl.callbacks.BackupAndRestore() end, "argument 'backup_dir' is required")
    local unbuilt = rl.Sequential { rl.layers.Dense(1) }
    unbuilt:compile { loss = "mse" }
    assert.error_matches(function()
      unbuilt:fit(function() return X, Y end, { steps_per_epoch = 1, verbose = 0, callbacks = rl.callbacks.BackupAndRestore "b" })
    end, "must be built before fit")
  end)
end)
