/* sgd.c - gradient descent, with momentum if wanted, as a plugin of its own: what every build has */
#include "optimizers/optimizers.h"

typedef struct sgd_self {
  rnn_optimizer_common common;
  double momentum;
  bool nesterov;
} sgd_self;

static const rnn_arg sgd_args[] = {
    RNN_OPTIMIZER_RATE_ARG(sgd_self, "0.01"),
    NUMBER_ARG(sgd_self, momentum, "0", "[0, 1]", "share of the last step that goes into this one"),
    {"nesterov", RNN_ARG_BOOLEAN, offsetof(sgd_self, nesterov), "false", NULL, 0,
     "look ahead by the momentum"},
    RNN_OPTIMIZER_ARGS(sgd_self, "nil"),
};

static int slot_count(const void *self) { return ((const sgd_self *)self)->momentum != 0; }

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  const sgd_self *a = self;
  const rnn_optimizer_functions *f = RNN_PICK(cx->host->cpu_level, rnn_optimizer);
  if (a->momentum == 0)
    f->sgd(u->count, u->learning_rate, u->weights, u->gradients);
  else
    (a->nesterov ? f->sgd_nesterov : f->sgd_momentum)(u->count, u->learning_rate,
                                                      (float)a->momentum, u->weights, u->gradients,
                                                      u->slots[0]);
  return RNN_OK;
}

const rnn_optimizer_type rnn_sgd = {
    .type = {OPTIMIZER("SGD"), .aliases = "sgd",
             .doc = "w -= lr g; with momentum: m = momentum m - lr g, w += m, or w += momentum m - "
                    "lr g (Nesterov)",
             RNN_ARGUMENTS(sgd_args, sgd_self), .positional = 3},
    .slot_count = slot_count,
    .update = update};

static const rnn_type *const types[] = {&rnn_sgd.type};

RNN_PLUGIN(sgd, "1.0", "gradient descent", types)
