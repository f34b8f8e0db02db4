/*
** noise.c - layers that, while training, change every number by one drawn for it: GaussianNoise, GaussianDropout,
** AlphaDropout, SpatialDropout1D (keras/src/layers/regularization).
**
** All are y = x · factor + offset with drawn factors, kept for backward; the offsets alone are not.
*/
#include <math.h>
#include <string.h>

#include "layers/layers.h"

typedef struct noise {
  double amount; /* rate or stddev */
  rnn_shape noise_shape;
  int64_t seed;
} noise;

#define AMOUNT(NAME, DOC) {NAME, RNN_ARG_NUMBER, offsetof(noise, amount), NULL, "[0, 1]", 0, DOC}
#define SEED                                                   \
  {"seed", RNN_ARG_INTEGER, offsetof(noise, seed), "nil", NULL, 0, \
   "fixes the numbers drawn; nil: from rl.utils.set_random_seed"}

static bool acts(const noise *n, const rnn_call *call) { return call->training && n->amount > 0; }

static void copy(const rnn_call *call) {
  memcpy(call->outputs->data, call->inputs->data, sizeof(float) * (size_t)rnn_size(&call->inputs->shape));
}

/* one factor a number of the input */
static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (acts(self, call)) call->saved_size = rnn_size(&call->inputs->shape);
  return RNN_OK;
}

static void multiply(int64_t n, const float *x, const float *factors, float *y) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] * factors[i];
}

/* dx = dy · factor */
static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  int64_t n = rnn_size(&call->inputs->shape);
  const float *dy = call->outputs->gradient;
  float *dx = call->inputs->gradient;
  if (dx && acts(self, call)) multiply(n, dy, call->saved, dx);
  else if (dx) memcpy(dx, dy, sizeof(float) * (size_t)n);
  return RNN_OK;
}

#define LAYER(NAME, DOC, ARGS)                     \
  .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, NAME), \
           .doc = DOC,                             \
           RNN_ARGUMENTS(ARGS, noise),             \
           .positional = sizeof ARGS / sizeof *ARGS}, \
  .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM

/* ---- GaussianNoise: y = x + n, n of mean 0 ------------------------------------------------------------ */

static const rnn_arg gaussian_noise_args[] = {AMOUNT("stddev", "standard deviation of what is added"), SEED};

static rnn_status gaussian_noise(rnn_context *cx, const void *self, rnn_call *call) {
  const noise *n = self;
  int64_t size = rnn_size(&call->inputs->shape);
  const float *x = call->inputs->data;
  float *y = call->outputs->data, stddev = (float)n->amount;
  if (!acts(n, call)) {
    copy(call);
    return RNN_OK;
  }
  cx->host->random_normal(call->key, 0, size, y);
  for (int64_t i = 0; i < size; i++) y[i] = x[i] + y[i] * stddev;
  return RNN_OK;
}

static rnn_status gaussian_noise_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs->gradient)
    memcpy(call->inputs->gradient, call->outputs->gradient,
           sizeof(float) * (size_t)rnn_size(&call->inputs->shape));
  return RNN_OK;
}

const rnn_layer_type rnn_gaussian_noise = {
    LAYER("GaussianNoise", "GaussianNoise: while training, adds normal noise. Any shape -> the same shape.",
          gaussian_noise_args),
    .shapes = rnn_same_shape,
    .forward = gaussian_noise,
    .backward = gaussian_noise_backward};

/* ---- GaussianDropout: y = x · n, n of mean 1 and stddev sqrt(rate / (1 - rate)) -------------------------- */

static const rnn_arg gaussian_dropout_args[] = {
    {"rate", RNN_ARG_NUMBER, offsetof(noise, amount), NULL, "[0, 1)", 0,
     "factors have the standard deviation sqrt(rate / (1 - rate))"},
    SEED};

static rnn_status gaussian_dropout(rnn_context *cx, const void *self, rnn_call *call) {
  const noise *n = self;
  int64_t size = rnn_size(&call->inputs->shape);
  float stddev = (float)sqrt(n->amount / (1 - n->amount));
  if (!acts(n, call)) {
    copy(call);
    return RNN_OK;
  }
  cx->host->random_normal(call->key, 0, size, call->saved);
  for (int64_t i = 0; i < size; i++) call->saved[i] = 1 + call->saved[i] * stddev;
  multiply(size, call->inputs->data, call->saved, call->outputs->data);
  return RNN_OK;
}

const rnn_layer_type rnn_gaussian_dropout = {
    LAYER("GaussianDropout", "GaussianDropout: while training, multiplies by normal noise of mean 1.\nAny shape -> "
          "the same shape. Srivastava et al. 2014.", gaussian_dropout_args),
    .shapes = rnn_same_shape,
    .plan = plan,
    .forward = gaussian_dropout,
    .backward = backward};

/* ---- AlphaDropout: what is dropped becomes SELU's lowest value, then mean and variance are restored ------- */

#define LOWEST (-1.6732632423543772848170429916717 * 1.0507009873554804934193349852946)

static const rnn_arg alpha_dropout_args[] = {
    {"rate", RNN_ARG_NUMBER, offsetof(noise, amount), NULL, "[0, 1)", 0, "share of inputs dropped"},
    {"noise_shape", RNN_ARG_SHAPE, offsetof(noise, noise_shape), "nil", NULL, 0,
     "shape of what is drawn, which broadcasts to the input's; -1: as the input; nil: all as the input"},
    SEED};

static rnn_status alpha_dropout_check(rnn_context *cx, void *self) {
  return rnn_check_noise_shape(cx, "AlphaDropout", &((const noise *)self)->noise_shape);
}

static rnn_status alpha_dropout_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                       int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  *outputs = *inputs;
  return rnn_fit_noise_shape(cx, &((const noise *)self)->noise_shape, inputs);
}

static rnn_status alpha_dropout(rnn_context *cx, const void *self, rnn_call *call) {
  const noise *n = self;
  int64_t size = rnn_size(&call->inputs->shape);
  const float *x = call->inputs->data;
  float *y = call->outputs->data, *factors = call->saved;
  if (!acts(n, call)) {
    copy(call);
    return RNN_OK;
  }
  double a = 1 / sqrt((1 - n->amount) * (1 + n->amount * LOWEST * LOWEST)), b = -a * LOWEST * n->amount;
  float rate = (float)n->amount, scale = (float)a, kept = (float)b, dropped = (float)(a * LOWEST + b);
  rnn_draw_noise(cx, call->key, &n->noise_shape, &call->inputs->shape, factors);
  for (int64_t i = 0; i < size; i++) {
    bool keep = factors[i] >= rate;
    factors[i] = keep ? scale : 0;
    y[i] = keep ? x[i] * scale + kept : dropped;
  }
  return RNN_OK;
}

const rnn_layer_type rnn_alpha_dropout = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "AlphaDropout"),
             .doc = "AlphaDropout: while training, sets a share `rate` of the inputs to SELU's lowest value, then "
                    "scales and shifts so that mean and variance stay.\nAny shape -> the same shape. Klambauer et "
                    "al. 2017.",
             RNN_ARGUMENTS(alpha_dropout_args, noise),
             .positional = 3,
             .check = alpha_dropout_check},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .shapes = alpha_dropout_shapes,
    .plan = plan,
    .forward = alpha_dropout,
    .backward = backward};

/* ---- SpatialDropout1D: a feature is dropped for all timesteps of a sequence, or for none ------------------- */

static const rnn_arg spatial_dropout_args[] = {AMOUNT("rate", "share of features dropped"), SEED};

static rnn_status spatial_dropout_shapes(rnn_context *cx, const void *self, int input_count,
                                         const rnn_shape *inputs, int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return rnn_need_steps(cx, inputs);
}

static rnn_status spatial_dropout(rnn_context *cx, const void *self, rnn_call *call) {
  const noise *n = self;
  const rnn_shape *shape = &call->inputs->shape, drawn = {3, {RNN_UNKNOWN, 1, RNN_UNKNOWN}};
  int64_t size = rnn_size(shape);
  float rate = (float)n->amount, keep = n->amount < 1 ? (float)(1 / (1 - n->amount)) : 0;
  if (!acts(n, call)) {
    copy(call);
    return RNN_OK;
  }
  rnn_draw_noise(cx, call->key, &drawn, shape, call->saved);
  for (int64_t i = 0; i < size; i++) call->saved[i] = call->saved[i] >= rate ? keep : 0;
  multiply(size, call->inputs->data, call->saved, call->outputs->data);
  return RNN_OK;
}

const rnn_layer_type rnn_spatial_dropout_1d = {
    LAYER("SpatialDropout1D", "SpatialDropout1D: Dropout of whole features, the same at all timesteps.\n(batch, "
          "timesteps, features) -> the same shape. Tompson et al. 2014.", spatial_dropout_args),
    .shapes = spatial_dropout_shapes,
    .plan = plan,
    .forward = spatial_dropout,
    .backward = backward};
