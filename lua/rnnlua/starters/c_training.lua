--- What rl.plugins.new writes for losses, metrics, optimizers and schedules in C.
local starters = {}

starters.loss = [[
/*
** @PLUGIN@.c - the loss @TYPE@: the mean over the last axis of (y_pred - y_true)^2 * weight.
*/
#include <rnnlua.h>

typedef struct arguments {
  double weight;
} arguments;

static const rnn_arg args[] = {
    {"weight", RNN_ARG_NUMBER, offsetof(arguments, weight), "1", "(0, inf)", 0, "multiplies the loss"},
};

/* values has one number a row, unweighted. d_pred, where it is not NULL, gets weights[row] * the derivative of the row's
** value; weights is not NULL then. */
static rnn_status compute(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                          const float *y_pred, const float *weights, float *values, float *d_pred) {
  (void)cx;
  double scale = ((const arguments *)self)->weight / (double)columns;
  for (int64_t r = 0; r < rows; r++) {
    double sum = 0;
    for (int64_t i = r * columns; i < (r + 1) * columns; i++) {
      double d = y_pred[i] - y_true[i];
      sum += d * d;
      if (d_pred) d_pred[i] = (float)(weights[r] * scale * 2 * d);
    }
    values[r] = (float)(scale * sum);
  }
  return RNN_OK;
}

static const rnn_loss_type loss = {
    .type = {RNN_TYPE(rnn_loss_type, RNN_LOSS, "@TYPE@"), .doc = "weight * mean((y_pred - y_true)^2) over the last axis",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .compute = compute};

static const rnn_type *const types[] = {&loss.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the loss @TYPE@", types)
]]

starters.metric = [[
/*
** @PLUGIN@.c - the metric @TYPE@: the share of predictions that are right to within a tolerance.
*/
#include <rnnlua.h>

typedef struct arguments {
  double tolerance;
} arguments;

static const rnn_arg args[] = {
    {"tolerance", RNN_ARG_NUMBER, offsetof(arguments, tolerance), "0.1", "[0, inf)", 0, "how far off is right"},
};

enum { RIGHT, ALL, STATE_SIZE };

static int64_t state_size(const void *self, int64_t columns) {
  (void)self, (void)columns;
  return STATE_SIZE; /* all 0 at first */
}

/* Adds a batch to the state. weights, one a row, may be NULL: all 1. */
static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  (void)cx;
  double tolerance = ((const arguments *)self)->tolerance;
  for (int64_t r = 0; r < rows; r++) {
    double weight = weights ? weights[r] : 1;
    for (int64_t i = r * columns; i < (r + 1) * columns; i++) {
      double d = y_pred[i] - y_true[i];
      if (d <= tolerance && d >= -tolerance) state[RIGHT] += weight;
      state[ALL] += weight;
    }
  }
  return RNN_OK;
}

static double result(const void *self, int64_t columns, const double *state) {
  (void)self, (void)columns;
  return state[ALL] > 0 ? state[RIGHT] / state[ALL] : 0;
}

static const rnn_metric_type metric = {
    .type = {RNN_TYPE(rnn_metric_type, RNN_METRIC, "@TYPE@"),
             .doc = "the share of predictions that are right to within a tolerance",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .state_size = state_size,
    .update = update,
    .result = result};

static const rnn_type *const types[] = {&metric.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the metric @TYPE@", types)
]]

starters.optimizer = [[
/*
** @PLUGIN@.c - the optimizer @TYPE@: gradient descent with momentum.
*/
#include <rnnlua.h>

/* Begins with what every optimizer has: the host clips gradients and decays weights by it. */
typedef struct arguments {
  rnn_optimizer_common common;
  double momentum;
} arguments;

static const rnn_arg args[] = {
    RNN_OPTIMIZER_RATE_ARG(arguments, "0.01"),
    {"momentum", RNN_ARG_NUMBER, offsetof(arguments, momentum), "0.9", "[0, 1)", 0, "share of the last step in this one"},
    RNN_OPTIMIZER_ARGS(arguments, "nil"),
};

/* Numbers that are kept for each weight from step to step, here the last step; all 0 at first. */
static int slot_count(const void *self) {
  (void)self;
  return 1;
}

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx;
  float momentum = (float)((const arguments *)self)->momentum, *last = u->slots[0];
  for (int64_t i = 0; i < u->count; i++) {
    last[i] = momentum * last[i] - u->learning_rate * u->gradients[i];
    u->weights[i] += last[i];
  }
  return RNN_OK;
}

static const rnn_optimizer_type optimizer = {
    .type = {RNN_TYPE(rnn_optimizer_type, RNN_OPTIMIZER, "@TYPE@"),
             .doc = "m = momentum m - learning_rate g, w += m", RNN_ARGUMENTS(args, arguments), .positional = 1},
    .slot_count = slot_count,
    .update = update};

static const rnn_type *const types[] = {&optimizer.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the optimizer @TYPE@", types)
]]

starters.schedule = [[
/*
** @PLUGIN@.c - the schedule @TYPE@: a learning rate that falls as 1 / (1 + step / half).
*/
#include <rnnlua.h>

typedef struct arguments {
  double first, half;
} arguments;

static const rnn_arg args[] = {
    {"first", RNN_ARG_NUMBER, offsetof(arguments, first), "0.01", "[0, inf)", 0, "the rate of step 0"},
    {"half", RNN_ARG_NUMBER, offsetof(arguments, half), "1000", "(0, inf)", 0, "the step that has half of it"},
};

/* step counts from 0 */
static rnn_status rate(rnn_context *cx, const void *self, int64_t step, double *value) {
  (void)cx;
  const arguments *a = self;
  *value = a->first / (1 + (double)step / a->half);
  return RNN_OK;
}

static const rnn_schedule_type schedule = {
    .type = {RNN_TYPE(rnn_schedule_type, RNN_SCHEDULE, "@TYPE@"), .doc = "first / (1 + step / half)",
             RNN_ARGUMENTS(args, arguments), .positional = 2},
    .rate = rate};

static const rnn_type *const types[] = {&schedule.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the schedule @TYPE@", types)
]]

return starters
