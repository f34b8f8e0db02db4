/* common.c - the arguments that kinds of components have in common */
#include "core/common.h"

#include <math.h>
#include <stddef.h>

#include "core/component.h"

#define NAME_ARG(T)                                          \
  {"name", RNN_ARG_STRING, offsetof(T, name), "nil", NULL, 0, \
   "what it is called in summaries, logs and messages"}
#define DTYPE_ARG(T) \
  {"dtype", RNN_ARG_STRING, offsetof(T, dtype), "float32", "float32", 0, "what it computes in"}

static const rnn_arg loss_args[] = {
    NAME_ARG(rnn_loss_common),
    {"reduction", RNN_ARG_STRING, offsetof(rnn_loss_common, reduction), "sum_over_batch_size",
     "sum_over_batch_size|sum|mean|mean_with_sample_weight|none", 0,
     "how rows make one number: their mean, their sum, the mean by the sum of weights, or none: one a row"},
    DTYPE_ARG(rnn_loss_common),
};

typedef struct metric_common {
  const char *name, *dtype;
} metric_common;

static const rnn_arg metric_args[] = {NAME_ARG(metric_common), DTYPE_ARG(metric_common)};

static const rnn_arg optimizer_args[] = {
    NAME_ARG(rnn_optimizer_extras),
    {"use_ema", RNN_ARG_BOOLEAN, offsetof(rnn_optimizer_extras, use_ema), "false", NULL, 0,
     "keep an exponential moving average of the weights, which replaces them at the end of fit"},
    {"ema_momentum", RNN_ARG_NUMBER, offsetof(rnn_optimizer_extras, ema_momentum), "0.99", "[0, 1]", 0,
     "average = ema_momentum * average + (1 - ema_momentum) * weight after each step"},
    {"ema_overwrite_frequency", RNN_ARG_INTEGER, offsetof(rnn_optimizer_extras, ema_overwrite_frequency),
     "nil", "[1, inf)", 0, "replace the weights by the average every so many steps, too"},
    {"loss_scale_factor", RNN_ARG_NUMBER, offsetof(rnn_optimizer_extras, loss_scale_factor), "nil",
     "(0, inf)", 0, "apply_gradients divides gradients by it: they are of a loss that scale_loss multiplied"},
    {"gradient_accumulation_steps", RNN_ARG_INTEGER,
     offsetof(rnn_optimizer_extras, gradient_accumulation_steps), "nil", "[2, inf)", 0,
     "make one step of the mean gradient of so many batches"},
};

static const rnn_arg named_args[] = {NAME_ARG(rnn_named_common)};

#define COMMON(NAME, ARGS, SELF) \
  {.name = NAME, RNN_ARGUMENTS(ARGS, SELF)}

static const rnn_type loss_common = COMMON("loss", loss_args, rnn_loss_common);
static const rnn_type metric_type = COMMON("metric", metric_args, metric_common);
static const rnn_type optimizer_common = COMMON("optimizer", optimizer_args, rnn_optimizer_extras);
static const rnn_type named_common = COMMON("named", named_args, rnn_named_common);

const rnn_type *rnn_common_type(rnn_kind kind) {
  switch (kind) {
    case RNN_LOSS: return &loss_common;
    case RNN_METRIC: return &metric_type;
    case RNN_OPTIMIZER: return &optimizer_common;
    case RNN_SCHEDULE: return &named_common;
    default: return NULL;
  }
}

/* ---- as by default ----------------------------------------------------------------------------- */

const rnn_component *rnn_common_defaults(rnn_kind kind) {
  static rnn_loss_common loss = {NULL, "sum_over_batch_size", "float32"};
  static metric_common metric = {NULL, "float32"};
  static rnn_optimizer_extras optimizer = {.ema_momentum = 0.99,
                                           .ema_overwrite_frequency = RNN_NIL_INTEGER,
                                           .loss_scale_factor = NAN,
                                           .gradient_accumulation_steps = RNN_NIL_INTEGER};
  static rnn_named_common named;
  static const rnn_component of_loss = {&loss_common, &loss}, of_metric = {&metric_type, &metric},
                             of_optimizer = {&optimizer_common, &optimizer},
                             of_others = {&named_common, &named};
  switch (kind) {
    case RNN_LOSS: return &of_loss;
    case RNN_METRIC: return &of_metric;
    case RNN_OPTIMIZER: return &of_optimizer;
    case RNN_SCHEDULE: return &of_others;
    default: return NULL;
  }
}
