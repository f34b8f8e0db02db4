/* adagrad.c - Adagrad and Adadelta: steps divided by the gradients' size so far */
#include <math.h>

#include "optimizers/optimizers.h"

/* ---- Adagrad: Duchi et al. 2011 -------------------------------------------------------------- */

typedef struct adagrad_self {
  rnn_optimizer_common common;
  double initial_accumulator_value, epsilon;
} adagrad_self;

static const rnn_arg adagrad_args[] = {
    RNN_OPTIMIZER_RATE_ARG(adagrad_self, "0.001"),
    NUMBER_ARG(adagrad_self, initial_accumulator_value, "0.1", "[0, inf)",
               "where the sum of squares starts"),
    EPSILON_ARG(adagrad_self),
    RNN_OPTIMIZER_ARGS(adagrad_self, "nil"),
};

static int adagrad_slot_count(const void *self) {
  (void)self;
  return 1;
}

static float adagrad_slot_start(const void *self, int slot) {
  (void)slot;
  return (float)((const adagrad_self *)self)->initial_accumulator_value;
}

static rnn_status adagrad_update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  float epsilon = (float)((const adagrad_self *)self)->epsilon, *sums = u->slots[0];
  for (int64_t i = 0; i < u->count; i++) {
    float g = u->gradients[i];
    sums[i] += rnn_gradient_square(u, i);
    u->weights[i] -= u->learning_rate * g / sqrtf(sums[i] + epsilon);
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_adagrad = {
    .type = {OPTIMIZER("Adagrad"), .aliases = "adagrad",
             .doc = "s += g^2; w -= lr g / sqrt(s + epsilon); Duchi et al. 2011",
             RNN_ARGUMENTS(adagrad_args, adagrad_self), .positional = 3},
    .slot_count = adagrad_slot_count,
    .slot_start = adagrad_slot_start,
    .update = adagrad_update,
    .flags = RNN_OPTIMIZER_SQUARES};

/* ---- Adadelta: Zeiler 2012 ------------------------------------------------------------------- */

typedef struct adadelta_self {
  rnn_optimizer_common common;
  double rho, epsilon;
} adadelta_self;

static const rnn_arg adadelta_args[] = {
    RNN_OPTIMIZER_RATE_ARG(adadelta_self, "0.001"),
    NUMBER_ARG(adadelta_self, rho, "0.95", "[0, 1]", "decay of both means"),
    EPSILON_ARG(adadelta_self),
    RNN_OPTIMIZER_ARGS(adadelta_self, "nil"),
};

static int adadelta_slot_count(const void *self) {
  (void)self;
  return 2;
}

static rnn_status adadelta_update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  const adadelta_self *a = self;
  float rho = (float)a->rho, rest = (float)(1 - a->rho), epsilon = (float)a->epsilon;
  float *gradients = u->slots[0], *steps = u->slots[1]; /* means of squares */
  for (int64_t i = 0; i < u->count; i++) {
    float square = rnn_gradient_square(u, i);
    gradients[i] = rho * gradients[i] + rest * square;
    float scale = sqrtf(steps[i] + epsilon) / sqrtf(gradients[i] + epsilon);
    steps[i] = rho * steps[i] + rest * (scale * scale * square);
    u->weights[i] -= u->learning_rate * (scale * u->gradients[i]);
  }
  return RNN_OK;
}

const rnn_optimizer_type rnn_adadelta = {
    .type = {OPTIMIZER("Adadelta"), .aliases = "adadelta",
             .doc = "v = rho v + (1 - rho) g^2; d = g sqrt(x + epsilon) / sqrt(v + epsilon); x = "
                    "rho x + (1 - rho) d^2; w -= lr d; Zeiler 2012, arXiv:1212.5701",
             RNN_ARGUMENTS(adadelta_args, adadelta_self), .positional = 3},
    .slot_count = adadelta_slot_count,
    .update = adadelta_update,
    .flags = RNN_OPTIMIZER_SQUARES};
