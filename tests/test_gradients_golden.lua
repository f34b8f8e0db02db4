--- Small programs under a tape, beside the same programs under TensorFlow's (tests/golden/tensorflow_gradients.py).
local rl = require "rnnlua"
local golden = require "support.golden" "tensorflow_gradients"

local programs = {}

function programs.attention(q, k, v)
  local scores = q:matmul(k:transpose(1, 3, 2)) / 2
  return scores:softmax():matmul(v)
end

function programs.layer_norm(x, gain, shift)
  return (x - x:mean(-1, true)) / (x:std(-1, true) + 1e-3) * gain + shift
end

function programs.rnn_by_hand(x, w, u, b)
  local h = rl.zeros({ x.shape[1], u.shape[1] }, "float64")
  for step = 1, x.shape[2] do h = (x[{ {}, step }]:matmul(w) + h:matmul(u) + b):tanh() end
  return h
end

function programs.gather_and_join(x, y)
  local both = rl.concatenate({ x[rl.tensor { 3, 1, 3 }], y }, 2)
  return both:max(1) * both:abs():sum() - y:prod(1)[1]
end

function programs.mixed_logits(x, w)
  local logits = x:matmul(w)
  local p = logits - logits:exp():sum(-1, true):log()
  return -(p * rl.one_hot({ 0, 2, 1 }, 3)):sum(-1):mean() + 0.01 * (w ^ 2):sum()
end

function programs.stacked(x, y)
  local s = rl.stack({ x, y, x * y }, 2)
  return s:sort():cumsum(2) * rl.where(s:gt(0), s, 0.5 * s)
end

function programs.ties(x, y)
  return rl.maximum(x, y) + 2 * rl.minimum(x, y) + x:max() + x:relu() + y:clip(-1, 1) + x:abs()
end

function programs.powers(x, y)
  return x ^ y + x % y + y ^ 2 + x:sqrt() * y:log() + x:sign() + y:floor() * x
end

describe("Beside TensorFlow,", function()
  for _, case in ipairs(golden) do
    it(case.name .. " and its gradients", function()
      local inputs = {}
      for i, value in ipairs(case.inputs) do inputs[i] = rl.Variable(rl.tensor(value, "float64")) end
      local tape, result = rl.GradientTape(function() return programs[case.name](table.unpack(inputs)) end)
      assert.message("result").tensor_near(rl.tensor(case.result), result, { rtol = 1e-7, atol = 1e-8 })
      for i, g in ipairs(tape:gradient(result, inputs)) do
        assert.message("gradient " .. i).tensor_near(rl.tensor(case.gradients[i], "float64"), g, { rtol = 1e-7, atol = 1e-8 })
      end
    end)
  end
end)
