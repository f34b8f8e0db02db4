/* ftrl.c - follow the regularized leader: sparse weights for wide models. McMahan et al. 2013 */
#include <math.h>

#include "optimizers/optimizers.h"

typedef struct ftrl_self {
  rnn_optimizer_common common;
  double learning_rate_power, initial_accumulator_value;
  double l1_regularization_strength, l2_regularization_strength;
  double l2_shrinkage_regularization_strength, beta;
} ftrl_self;

static const rnn_arg ftrl_args[] = {
    RNN_OPTIMIZER_RATE_ARG(ftrl_self, "0.001"),
    NUMBER_ARG(ftrl_self, learning_rate_power, "-0.5", "(-inf, 0]",
               "how the rate falls with the sum of squares"),
    NUMBER_ARG(ftrl_self, initial_accumulator_value, "0.1", "[0, inf)",
               "where the sum of squares starts"),
    NUMBER_ARG(ftrl_self, l1_regularization_strength, "0", "[0, inf)",
               "L1 penalty, which makes weights 0"),
    NUMBER_ARG(ftrl_self, l2_regularization_strength, "0", "[0, inf)",
               "L2 penalty on weights"),
    NUMBER_ARG(ftrl_self, l2_shrinkage_regularization_strength, "0", "[0, inf)",
               "L2 penalty added to the gradient alone"),
    NUMBER_ARG(ftrl_self, beta, "0", NULL, "the paper's beta"),
    RNN_OPTIMIZER_ARGS(ftrl_self, "nil"),
};

static int slot_count(const void *self) {
  (void)self;
  return 2;
}

static float slot_start(const void *self, int slot) {
  return slot == 0 ? (float)((const ftrl_self *)self)->initial_accumulator_value : 0;
}

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const ftrl_self *a = self;
  float rate = u->learning_rate, power = (float)-a->learning_rate_power;
  float l1 = (float)a->l1_regularization_strength;
  float l2 = (float)a->l2_regularization_strength + (float)a->beta / (2 * rate);
  float shrinkage = (float)(2 * a->l2_shrinkage_regularization_strength);
  float *sums = u->slots[0], *linear = u->slots[1];
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i], w = u->weights[i];
    float sum = sums[i] + rnn_gradient_square(u, i);
    float root = powf(sum, power);
    linear[i] += g + shrinkage * w - (root - powf(sums[i], power)) / rate * w;
    float kept = fminf(fmaxf(linear[i], -l1), l1);
    u->weights[i] = (kept - linear[i]) / (root / rate + 2 * l2);
    sums[i] = sum;
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_ftrl = {
    .type = {OPTIMIZER("Ftrl"), .aliases = "ftrl",
             .doc = "s' = s + g^2; z += g + 2 l2_shrinkage w - (s'^-p - s^-p) w / lr, p the "
                    "learning_rate_power; w = (clip(z, -l1, l1) - z) / (s'^-p / lr + 2 l2 + beta / "
                    "lr); McMahan et al. 2013",
             RNN_ARGUMENTS(ftrl_args, ftrl_self), .positional = 7},
    .slot_count = slot_count,
    .slot_start = slot_start,
    .update = update,
    .flags = RNN_OPTIMIZER_SQUARES};
