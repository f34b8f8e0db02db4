/* rmsprop.c - RMSprop: steps divided by a running mean of the gradient's size. Hinton, Coursera
** 2012 */
#include <math.h>

#include "optimizers/optimizers.h"

typedef struct rmsprop_self {
  rnn_optimizer_common common;
  double rho, momentum, epsilon;
  bool centered;
} rmsprop_self;

static const rnn_arg rmsprop_args[] = {
    RNN_OPTIMIZER_RATE_ARG(rmsprop_self, "0.001"),
    NUMBER_ARG(rmsprop_self, rho, "0.9", "[0, 1]", "decay of the mean of squares"),
    NUMBER_ARG(rmsprop_self, momentum, "0", "[0, 1]",
               "share of the last step that goes into this one"),
    EPSILON_ARG(rmsprop_self),
    {"centered", RNN_ARG_BOOLEAN, offsetof(rmsprop_self, centered), "false", NULL, 0,
     "divide by the variance of the gradient in place of its mean square"},
    RNN_OPTIMIZER_ARGS(rmsprop_self, "nil"),
};

/* mean of squares; momentum if wanted; mean of gradients if wanted */
static int slot_count(const void *self) {
  const rmsprop_self *a = self;
  return 1 + (a->momentum > 0) + a->centered;
}

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const rmsprop_self *a = self;
  float rho = (float)a->rho, rest = (float)(1 - a->rho), epsilon = (float)a->epsilon;
  float *squares = u->slots[0];
  float *steps = a->momentum > 0 ? u->slots[1] : NULL;
  float *means = a->centered ? u->slots[1 + (steps != NULL)] : NULL;
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i];
    squares[i] = rho * squares[i] + rest * rnn_gradient_square(u, i);
    float spread = squares[i];
    if (means) {
      means[i] = rho * means[i] + rest * g;
      spread -= means[i] * means[i];
    }
    float step = u->learning_rate * g / sqrtf(spread + epsilon);
    if (steps) step = steps[i] = (float)a->momentum * steps[i] + step;
    u->weights[i] -= step;
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_rmsprop = {
    .type = {OPTIMIZER("RMSprop"), .aliases = "rmsprop",
             .doc = "v = rho v + (1 - rho) g^2; w -= lr g / sqrt(v + epsilon); centered: v less "
                    "the square of the mean gradient; momentum: of the whole step; Hinton 2012",
             RNN_ARGUMENTS(rmsprop_args, rmsprop_self), .positional = 5},
    .slot_count = slot_count,
    .update = update,
    .flags = RNN_OPTIMIZER_SQUARES};
