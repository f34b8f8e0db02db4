/* regression.c - more losses of a difference (mse.c), element by element, then the mean over the last axis */
#include <math.h>

#include "losses/losses.h"

static double sign(double x) { return (x > 0) - (x < 0); }

/* ---- mean absolute ------------------------------------------------------------------------------ */

static double mean_absolute_error(const no_arguments *self, float t, float p) {
  (void)self;
  return fabsf(t - p);
}

static double mean_absolute_error_slope(const no_arguments *self, float t, float p) {
  (void)self;
  return sign(p - t);
}

MEAN_OVER_COLUMNS(mean_absolute_error, no_arguments)

const rnn_loss_type rnn_mean_absolute_error = {
    .type = {LOSS("MeanAbsoluteError"), .aliases = "mean_absolute_error mae MAE",
             .doc = "mean(|y_true - y_pred|) over the last axis"},
    .compute = mean_absolute_error_compute};

/* ---- in per cent, of logarithms -------------------------------------------------------------- */

static double mean_absolute_percentage_error(const no_arguments *self, float t, float p) {
  (void)self;
  return 100.0 * fabsf((t - p) / fmaxf(fabsf(t), EPSILON));
}

static double mean_absolute_percentage_error_slope(const no_arguments *self, float t, float p) {
  (void)self;
  return 100.0 * sign(p - t) / fmaxf(fabsf(t), EPSILON);
}

MEAN_OVER_COLUMNS(mean_absolute_percentage_error, no_arguments)

const rnn_loss_type rnn_mean_absolute_percentage_error = {
    .type = {LOSS("MeanAbsolutePercentageError"),
             .aliases = "mean_absolute_percentage_error mape MAPE",
             .doc = "100 mean(|y_true - y_pred| / max(|y_true|, 1e-7)) over the last axis"},
    .compute = mean_absolute_percentage_error_compute};

static double log_plus_one(float x) { return log1p(x < EPSILON ? EPSILON : x); } /* NaN passes */

static double mean_squared_logarithmic_error(const no_arguments *self, float t, float p) {
  (void)self;
  double d = log_plus_one(p) - log_plus_one(t);
  return d * d;
}

static double mean_squared_logarithmic_error_slope(const no_arguments *self, float t, float p) {
  (void)self;
  if (p < EPSILON) return 0;
  return 2 * (log_plus_one(p) - log_plus_one(t)) / (1.0 + p);
}

MEAN_OVER_COLUMNS(mean_squared_logarithmic_error, no_arguments)

const rnn_loss_type rnn_mean_squared_logarithmic_error = {
    .type = {LOSS("MeanSquaredLogarithmicError"),
             .aliases = "mean_squared_logarithmic_error msle MSLE",
             .doc = "mean((log(y_true + 1) - log(y_pred + 1))^2) over the last axis, both at least "
                    "1e-7"},
    .compute = mean_squared_logarithmic_error_compute};

/* ---- quadratic near 0, linear far from it ---------------------------------------------------- */

typedef struct huber_self {
  double delta;
} huber_self;

static const rnn_arg huber_args[] = {
    {"delta", RNN_ARG_NUMBER, offsetof(huber_self, delta), "1", "(0, inf)", 0,
     "where the quadratic part ends"},
};

static double huber(const huber_self *self, float t, float p) {
  double d = fabsf(p - t);
  return d <= self->delta ? 0.5 * d * d : self->delta * (d - 0.5 * self->delta);
}

static double huber_slope(const huber_self *self, float t, float p) {
  double d = p - t;
  return fabs(d) <= self->delta ? d : self->delta * sign(d);
}

MEAN_OVER_COLUMNS(huber, huber_self)

const rnn_loss_type rnn_huber = {
    .type = {LOSS("Huber"), .aliases = "huber",
             .doc = "d^2 / 2 where d = |y_true - y_pred| <= delta, else delta (d - delta / 2); the "
                    "mean over the last axis",
             RNN_ARGUMENTS(huber_args, huber_self), .positional = 1},
    .compute = huber_compute};

static double log_cosh(const no_arguments *self, float t, float p) {
  (void)self;
  double d = fabsf(p - t); /* log(cosh(d)) without cosh's overflow */
  return d + log1p(exp(-2 * d)) - M_LN2;
}

static double log_cosh_slope(const no_arguments *self, float t, float p) {
  (void)self;
  return tanh(p - t);
}

MEAN_OVER_COLUMNS(log_cosh, no_arguments)

const rnn_loss_type rnn_log_cosh = {
    .type = {LOSS("LogCosh"), .aliases = "log_cosh logcosh LogCoshError log_cosh_error",
             .doc = "mean(log(cosh(y_pred - y_true))) over the last axis"},
    .compute = log_cosh_compute};

/* ---- counts ---------------------------------------------------------------------------------- */

static double poisson(const no_arguments *self, float t, float p) {
  (void)self;
  return p - t * log(p + EPSILON);
}

static double poisson_slope(const no_arguments *self, float t, float p) {
  (void)self;
  return 1 - t / ((double)p + EPSILON);
}

MEAN_OVER_COLUMNS(poisson, no_arguments)

const rnn_loss_type rnn_poisson = {
    .type = {LOSS("Poisson"), .aliases = "poisson",
             .doc = "mean(y_pred - y_true log(y_pred + 1e-7)) over the last axis"},
    .compute = poisson_compute};
