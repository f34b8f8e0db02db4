--- The rule of every function that has a gradient, by the name that the tape records; engine.lua says what a rule is.
---
--- Where a function has a kink the rules give what TensorFlow gives (tensorflow/python/ops/math_grad.py).
local rules = {}

for _, part in ipairs { "elementwise", "reductions", "layout", "joining", "products", "components" } do
  for name, rule in pairs(require("rnnlua.gradients.rules_" .. part)) do rules[name] = rule end
end

return rules
