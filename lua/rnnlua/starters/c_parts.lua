--- What rl.plugins.new writes for activations, initializers, regularizers and constraints in C.
local starters = {}

starters.activation = [[
/*
** @PLUGIN@.c - the activation @TYPE@: x where x > 0, slope * x elsewhere.
*/
#include <rnnlua.h>

/* The arguments of the constructor: the host fills this in from the table below. */
typedef struct arguments {
  double slope;
} arguments;

static const rnn_arg args[] = {
    {"slope", RNN_ARG_NUMBER, offsetof(arguments, slope), "0.1", "[0, inf)", 0, "of the part below 0"},
};

/* y may be x */
static rnn_status forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x, float *y) {
  (void)cx;
  const arguments *a = self;
  for (int64_t i = 0; i < rows * columns; i++) y[i] = x[i] > 0 ? x[i] : (float)a->slope * x[i];
  return RNN_OK;
}

/* dx = dy * f'(x); dx may be dy. x may be read as the type says so below; y is not, and may be NULL. */
static rnn_status backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x,
                           const float *y, const float *dy, float *dx) {
  (void)cx, (void)y;
  const arguments *a = self;
  for (int64_t i = 0; i < rows * columns; i++) dx[i] = x[i] > 0 ? dy[i] : (float)a->slope * dy[i];
  return RNN_OK;
}

static const rnn_activation_type activation = {
    .type = {RNN_TYPE(rnn_activation_type, RNN_ACTIVATION, "@TYPE@"), .doc = "x where x > 0, slope * x elsewhere",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = forward,
    .backward = backward};

static const rnn_type *const types[] = {&activation.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the activation @TYPE@", types)
]]

starters.initializer = [[
/*
** @PLUGIN@.c - the initializer @TYPE@: numbers uniform in [-limit, limit).
*/
#include <rnnlua.h>

typedef struct arguments {
  double limit;
} arguments;

static const rnn_arg args[] = {
    {"limit", RNN_ARG_NUMBER, offsetof(arguments, limit), "0.05", "(0, inf)", 0, "of the interval, on either side"},
};

/* The same key gives the same numbers. */
static rnn_status fill(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key, float *out) {
  const arguments *a = self;
  int64_t size = rnn_size(shape);
  cx->host->random_uniform(key, 0, size, out); /* in [0, 1) */
  for (int64_t i = 0; i < size; i++) out[i] = (float)a->limit * (2 * out[i] - 1);
  return RNN_OK;
}

static const rnn_initializer_type initializer = {
    .type = {RNN_TYPE(rnn_initializer_type, RNN_INITIALIZER, "@TYPE@"), .doc = "uniform in [-limit, limit)",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .fill = fill};

static const rnn_type *const types[] = {&initializer.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the initializer @TYPE@", types)
]]

starters.regularizer = [[
/*
** @PLUGIN@.c - the regularizer @TYPE@: rate * the sum of squares.
*/
#include <rnnlua.h>

typedef struct arguments {
  double rate;
} arguments;

static const rnn_arg args[] = {
    {"rate", RNN_ARG_NUMBER, offsetof(arguments, rate), "0.01", "[0, inf)", 0, "what the sum of squares is multiplied by"},
};

/* Adds the penalty to *penalty, and scale * its derivative to gradient, which is NULL where it is not wanted. */
static rnn_status apply(rnn_context *cx, const void *self, const rnn_shape *shape, const float *w, float scale,
                        double *penalty, float *gradient) {
  (void)cx;
  const arguments *a = self;
  int64_t size = rnn_size(shape);
  double sum = 0;
  for (int64_t i = 0; i < size; i++) {
    sum += (double)w[i] * w[i];
    if (gradient) gradient[i] += scale * (float)(2 * a->rate) * w[i];
  }
  *penalty += a->rate * sum;
  return RNN_OK;
}

static const rnn_regularizer_type regularizer = {
    .type = {RNN_TYPE(rnn_regularizer_type, RNN_REGULARIZER, "@TYPE@"), .doc = "rate * the sum of squares",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .apply = apply};

static const rnn_type *const types[] = {&regularizer.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the regularizer @TYPE@", types)
]]

starters.constraint = [[
/*
** @PLUGIN@.c - the constraint @TYPE@: no weight is larger than limit, or smaller than -limit.
*/
#include <rnnlua.h>

typedef struct arguments {
  double limit;
} arguments;

static const rnn_arg args[] = {
    {"limit", RNN_ARG_NUMBER, offsetof(arguments, limit), "1", "(0, inf)", 0, "what weights may be at most"},
};

/* Changes w in place, after each update. */
static rnn_status apply(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  (void)cx;
  float limit = (float)((const arguments *)self)->limit;
  int64_t size = rnn_size(shape);
  for (int64_t i = 0; i < size; i++) w[i] = w[i] > limit ? limit : w[i] < -limit ? -limit : w[i];
  return RNN_OK;
}

static const rnn_constraint_type constraint = {
    .type = {RNN_TYPE(rnn_constraint_type, RNN_CONSTRAINT, "@TYPE@"), .doc = "clips weights to [-limit, limit]",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .apply = apply};

static const rnn_type *const types[] = {&constraint.type};
RNN_PLUGIN(@PLUGIN@, "0.1", "the constraint @TYPE@", types)
]]

return starters
