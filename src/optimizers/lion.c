/* lion.c - Lion: every weight moves by the same amount, only the sign is learned. Chen et al.
** 2023 */
#include "optimizers/optimizers.h"

typedef struct lion_self {
  rnn_optimizer_common common;
  double beta_1, beta_2;
} lion_self;

static const rnn_arg lion_args[] = {
    RNN_OPTIMIZER_RATE_ARG(lion_self, "0.001"),
    NUMBER_ARG(lion_self, beta_1, "0.9", "(0, 1]", "share of the mean in the sign"),
    NUMBER_ARG(lion_self, beta_2, "0.99", "[0, 1]", "decay of the mean of gradients"),
    RNN_OPTIMIZER_ARGS(lion_self, "nil"),
};

static int slot_count(const void *self) {
  (void)self;
  return 1;
}

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const lion_self *a = self;
  float beta_1 = (float)a->beta_1, beta_2 = (float)a->beta_2, *m = u->slots[0];
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i], way = m[i] * beta_1 + g * (1 - beta_1);
    u->weights[i] -= u->learning_rate * (float)((way > 0) - (way < 0));
    m[i] = m[i] * beta_2 + g * (1 - beta_2);
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_lion = {
    .type = {OPTIMIZER("Lion"), .aliases = "lion",
             .doc = "w -= lr sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g; Chen "
                    "et al. 2023, arXiv:2302.06675",
             RNN_ARGUMENTS(lion_args, lion_self), .positional = 3},
    .slot_count = slot_count,
    .update = update};
