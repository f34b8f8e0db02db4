/* adam.c - Adam and AdamW. Kingma and Ba 2014, arXiv:1412.6980; Loshchilov and Hutter,
** arXiv:1711.05101 */
#include <math.h>

#include "optimizers/optimizers.h"

typedef struct adam_self {
  rnn_optimizer_common common;
  double beta_1, beta_2, epsilon;
  bool amsgrad;
} adam_self;

#define ADAM_ARGS                                                                              \
  NUMBER_ARG(adam_self, beta_1, "0.9", "[0, 1)", "decay of the mean of gradients"),            \
      NUMBER_ARG(adam_self, beta_2, "0.999", "[0, 1)", "decay of the mean of their squares"),  \
      EPSILON_ARG(adam_self),                                                                  \
      {"amsgrad", RNN_ARG_BOOLEAN, offsetof(adam_self, amsgrad), "false", NULL, 0,             \
       "divide by the largest mean of squares so far"}

static const rnn_arg adam_args[] = {
    RNN_OPTIMIZER_RATE_ARG(adam_self, "0.001"),
    ADAM_ARGS,
    RNN_OPTIMIZER_ARGS(adam_self, "nil"),
};

static const rnn_arg adamw_args[] = {
    RNN_OPTIMIZER_RATE_ARG(adam_self, "0.001"),
    RNN_OPTIMIZER_ARGS(adam_self, "0.004"),
    ADAM_ARGS,
};

static int slot_count(const void *self) { return ((const adam_self *)self)->amsgrad ? 3 : 2; }

/* In float32 throughout, as Keras does: beta_2's power cancels against 1, so that in double the
** losses of a hundred steps would differ by 1e-4. */
static adam_step step_of(const adam_self *self, const rnn_update *u) {
  float power_1 = powf((float)self->beta_1, (float)u->step);
  float power_2 = powf((float)self->beta_2, (float)u->step);
  return (adam_step){.alpha = u->learning_rate * sqrtf(1 - power_2) / (1 - power_1),
                     .one_minus_beta_1 = (float)(1 - self->beta_1),
                     .one_minus_beta_2 = (float)(1 - self->beta_2),
                     .epsilon = (float)self->epsilon};
}

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  const rnn_optimizer_functions *f = RNN_PICK(cx->host->cpu_level, rnn_optimizer);
  adam_step step = step_of(self, u);
  if (((const adam_self *)self)->amsgrad)
    f->amsgrad(u->count, &step, u->weights, u->gradients, u->squares, u->slots[0], u->slots[1], u->slots[2]);
  else
    f->adam(u->count, &step, u->weights, u->gradients, u->squares, u->slots[0], u->slots[1]);
  return RNN_OK;
}

#define ADAM_DOC                                                                                 \
  "alpha = lr sqrt(1 - beta_2^t) / (1 - beta_1^t); m += (g - m)(1 - beta_1); "                    \
  "v += (g^2 - v)(1 - beta_2); w -= alpha m / (sqrt(v) + epsilon)"

const rnn_optimizer_type rnn_adam = {
    .type = {OPTIMIZER("Adam"), .aliases = "adam",
             .doc = ADAM_DOC "; Kingma and Ba 2014, arXiv:1412.6980",
             RNN_ARGUMENTS(adam_args, adam_self), .positional = 5},
    .slot_count = slot_count,
    .update = update,
    .flags = RNN_OPTIMIZER_SQUARES};

static rnn_status adamw_check(rnn_context *cx, void *self) {
  if (!isnan(((adam_self *)self)->common.weight_decay)) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "AdamW: argument 'weight_decay' must be a number, got nil");
}

const rnn_optimizer_type rnn_adamw = {
    .type = {OPTIMIZER("AdamW"), .aliases = "adamw",
             .doc = "Adam with weight decay: " ADAM_DOC
                    "; Loshchilov and Hutter 2017, arXiv:1711.05101",
             RNN_ARGUMENTS(adamw_args, adam_self), .positional = 2, .check = adamw_check},
    .slot_count = slot_count,
    .update = update,
    .flags = RNN_OPTIMIZER_SQUARES};
