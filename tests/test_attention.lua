--- Attention and MultiHeadAttention: shapes, what is seen, dropout, and what they say of mistakes.
local rl = require "rnnlua"

local layers = rl.layers

local function message_of(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "no error was raised")
  return (message:gsub("^[^:]+:%d+: ", ""))
end

describe("Attention", function()
  before_each(function() rl.utils.set_random_seed(2) end)

  it("is a mean of values, weighed by how alike query and key are", function()
    local q, v = rl.tensor { { { 1.0, 0.0 } } }, rl.tensor { { { 2.0, 0.0 }, { 0.0, 4.0 } } }
    local first = math.exp(2) / (math.exp(2) + 1)
    assert.tensor_near({ { { 2 * first, 4 * (1 - first) } } }, layers.Attention()({ q, v }), 1e-5)
    local y, scores = layers.Attention { return_attention_scores = true }({ q, v })
    assert.tensor_near({ { { first, 1 - first } } }, scores, 1e-5)
    assert.same({ 1, 1, 2 }, y.shape)
  end)

  it("sees nothing behind its own position if causal", function()
    local x = rl.random.normal { shape = { 2, 5, 3 } }
    local changed = x:copy()
    changed[{ {}, { 4, 5 } }] = 9
    for _, layer in ipairs { layers.Attention { use_causal_mask = true },
                             layers.MultiHeadAttention { 2, 3, use_causal_mask = true } } do
      local a, b = layer({ x, x }), layer({ changed, changed })
      assert.is_true(rl.equal(a[{ {}, { 1, 3 } }], b[{ {}, { 1, 3 } }]))
      assert.is_false(rl.allclose(a[{ {}, { 4, 5 } }], b[{ {}, { 4, 5 } }]))
    end
  end)

  it("drops weights while training alone", function()
    local x = rl.random.normal { shape = { 20, 10, 4 } }
    local layer = layers.Attention { dropout = 0.4, return_attention_scores = true }
    local _, kept = layer({ x, x })
    assert.is_true(kept:min() > 0)
    local _, dropped = layer({ x, x }, { training = true })
    assert.near(0.4, dropped:eq(0):astype("float32"):mean(), 0.04)
    local there = dropped:gt(0)
    assert.tensor_near((kept / 0.6)[there], dropped[there], 1e-5)
    local many = layers.MultiHeadAttention { 2, 3, dropout = 0.5 }
    assert.is_true(rl.equal(many({ x, x }), many({ x, x })))
    assert.is_false(rl.equal(many({ x, x }, { training = true }), many({ x, x }, { training = true })))
  end)

  it("gives the same bits at any number of threads", function()
    local x, threads = rl.random.normal { shape = { 6, 20, 16 } }, rl.config.threads()
    local layer, results = layers.MultiHeadAttention(4, 8), {}
    for i, count in ipairs { 1, 3 } do
      rl.config.set_threads(count)
      results[i] = layer({ x, x })
    end
    rl.config.set_threads(threads)
    assert.is_true(rl.equal(results[1], results[2]))
  end)

  it("says what does not fit", function()
    local attention = layers.Attention { name = "a" }
    local function refuses(expected, ...)
      local inputs = {}
      for i, shape in ipairs { ... } do inputs[i] = rl.zeros(shape) end
      assert.equal("a (Attention): " .. expected, message_of(function() attention(inputs) end))
    end
    refuses("expected at least 2 inputs, got 1", { 2, 3, 4 })
    refuses("expected at most 3 inputs, got 4", { 2, 3, 4 }, { 2, 3, 4 }, { 2, 3, 4 }, { 2, 3, 4 })
    refuses("expected a value of shape (batch, timesteps, features), got (2, 3)", { 2, 3, 4 }, { 2, 3 })
    refuses("expected a value of as many sequences as the query, (2, 3, 4), got (3, 3, 4)", { 2, 3, 4 }, { 3, 3, 4 })
    refuses("expected a query and a key of the same features, got (2, 3, 4) and (2, 3, 5)", { 2, 3, 4 }, { 2, 3, 5 })
    refuses("expected a value and a key of the same timesteps, got (2, 3, 5) and (2, 2, 4)", { 2, 3, 4 }, { 2, 3, 5 },
      { 2, 2, 4 })
    assert.error_matches(function() layers.Attention { score_mode = "cosine" } end, "must be one of dot|concat, got 'cosine'")
    assert.error_matches(function() layers.MultiHeadAttention { 0, 2 } end, "'num_heads' must be in %[1, 1e9%], got 0")
    assert.error_matches(function() layers.MultiHeadAttention { 2 } end, "'key_dim' is required")
  end)
end)

describe("MultiHeadAttention", function()
  it("takes query, value and key one after the other as well as in a list", function()
    local layer, q, v, k = layers.MultiHeadAttention(2, 3), rl.random.normal { 5, 6, 7 }, rl.random.normal { 5, 4, 2 },
      rl.random.normal { 5, 4, 3 }
    local expected = layer { q, v, k }
    assert.is_true(rl.equal(expected, layer(q, v, k)))
    assert.is_true(rl.equal(expected, layer(q, v, k, { training = false })))
    local a, b = rl.Input { shape = { 6, 7 } }, rl.Input { shape = { 4, 2 } }
    assert.same({ -1, 6, 7 }, layers.MultiHeadAttention(2, 3)(a, b).shape)
    assert.error_matches(function() layers.Dense(3)(q, v) end, "%(Dense%): takes one input, got 2$")
  end)
  it("has weights for inputs of their sizes, and an output of the query's or any other", function()
    local layer = layers.MultiHeadAttention(2, 3, 4)
    assert.same({ 5, 6, 7 }, layer({ rl.zeros { 5, 6, 7 }, rl.zeros { 5, 4, 2 }, rl.zeros { 5, 4, 3 } }).shape)
    assert.same({ 7, 2, 3 }, layer.query_kernel.shape)
    assert.same({ 3, 2, 3 }, layer.key_kernel.shape)
    assert.same({ 2, 2, 4 }, layer.value_kernel.shape)
    assert.same({ 2, 4, 7 }, layer.output_kernel.shape)
    assert.same({ 7 }, layer.output_bias.shape)
    local other = layers.MultiHeadAttention { 2, 3, output_shape = 9, return_attention_scores = true }
    local y, scores = other({ rl.zeros { 5, 6, 7 }, rl.zeros { 5, 4, 2 } })
    assert.same({ 5, 6, 9 }, y.shape)
    assert.same({ 5, 2, 6, 4 }, scores.shape)
    assert.error_matches(function() layer({ rl.zeros { 5, 6, 7 }, rl.zeros { 5, 4, 3 }, rl.zeros { 5, 4, 3 } }) end,
      "input 2 was built for shape %(None, 4, 2%), got %(5, 4, 3%)$")
    assert.error_matches(function() other({ rl.zeros { 5, 3, 7 }, rl.zeros { 5, 4, 3 } }) end,
      "%(MultiHeadAttention%): input 2 was built for shape %(None, 4, 2%), got %(5, 4, 3%)$")
    assert.error_matches(function() other({ rl.zeros { 5, 3, 8 }, rl.zeros { 5, 4, 2 } }) end,
      "%(MultiHeadAttention%): was built for inputs of shape %(None, 6, 7%), got %(5, 3, 8%)$")
    assert.error_matches(function() other({ rl.zeros { 5, 6, 7 }, rl.zeros { 5, 4, 2 }, rl.zeros { 5, 4, 3 } }) end,
      "%(MultiHeadAttention%): was built for 2 inputs, got 3$")
  end)
end)
