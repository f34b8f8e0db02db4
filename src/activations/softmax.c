/* softmax.c - the activations that look along the last axis: softmax, log_softmax, sparsemax */
#include <math.h>

#include "activations/activations.h"

/* Keras' `axis`: rows go along the last one, and so it is the only one that can be asked for */
typedef struct row_self {
  int64_t axis;
} row_self;

static const rnn_arg row_args[] = {
    {"axis", RNN_ARG_INTEGER, offsetof(row_self, axis), "-1", "[-1, -1]", 0,
     "the last one; rl.softmax(t, axis) and the layer Softmax take others"}};

/* ---- softmax --------------------------------------------------------------------------------- */

static rnn_status softmax_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                  const float *x, float *y) {
  (void)self;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->softmax(rows, columns, x, y);
  return RNN_OK;
}

static rnn_status softmax_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                   const float *x, const float *y, const float *dy, float *dx) {
  (void)self, (void)x;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->softmax_backward(rows, columns, y, dy, dx);
  return RNN_OK;
}

const rnn_activation_type rnn_softmax = {
    .type = {ACTIVATION("softmax"), .doc = "y = exp(x) / sum(exp(x)) along the last axis",
             RNN_ARGUMENTS(row_args, row_self), .positional = 1},
    .flags = RNN_READS_OUTPUT | RNN_HAS_LOGITS,
    .forward = softmax_forward,
    .backward = softmax_backward};

/* ---- log_softmax ----------------------------------------------------------------------------- */

static float largest(int64_t n, const float *x) {
  float most = -INFINITY;
  for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
  return most;
}

static rnn_status log_softmax_forward(rnn_context *cx, const void *self, int64_t rows,
                                      int64_t columns, const float *x, float *y) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++, x += columns, y += columns) {
    float most = largest(columns, x);
    double sum = 0;
    for (int64_t c = 0; c < columns; c++) sum += expf(x[c] - most);
    float shift = (float)log(sum);
    for (int64_t c = 0; c < columns; c++) y[c] = x[c] - most - shift;
  }
  return RNN_OK;
}

/* dx = dy - softmax(x) * sum(dy) */
static rnn_status log_softmax_backward(rnn_context *cx, const void *self, int64_t rows,
                                       int64_t columns, const float *x, const float *y,
                                       const float *dy, float *dx) {
  (void)cx, (void)self, (void)x;
  for (int64_t r = 0; r < rows; r++, y += columns, dy += columns, dx += columns) {
    double sum = 0;
    for (int64_t c = 0; c < columns; c++) sum += dy[c];
    for (int64_t c = 0; c < columns; c++) dx[c] = dy[c] - expf(y[c]) * (float)sum;
  }
  return RNN_OK;
}

const rnn_activation_type rnn_log_softmax = {
    .type = {ACTIVATION("log_softmax"), .doc = "y = x - log(sum(exp(x))) along the last axis",
             RNN_ARGUMENTS(row_args, row_self), .positional = 1},
    .flags = RNN_READS_OUTPUT,
    .forward = log_softmax_forward,
    .backward = log_softmax_backward};

/* ---- sparsemax ------------------------------------------------------------------------------- */

/* As in the paper; Keras 3.15 on TensorFlow finds another t, with which y does not sum to 1.
**
** The t with sum(max(x - t, 0)) = 1. Starting from all elements, those that t excludes are dropped
** until none is (Michelot 1986); each round drops at least one, so it needs no sorted copy. */
static double sparsemax_threshold(int64_t n, const float *x) {
  double t = -INFINITY;
  for (int64_t kept = 0, before = -1; kept != before;) {
    double sum = 0;
    before = kept;
    kept = 0;
    for (int64_t i = 0; i < n; i++)
      if (x[i] > t) sum += x[i], kept++;
    if (kept == 0) return NAN; /* NaN or -inf throughout */
    t = (sum - 1) / (double)kept;
  }
  return t;
}

static rnn_status sparsemax_forward(rnn_context *cx, const void *self, int64_t rows,
                                    int64_t columns, const float *x, float *y) {
  (void)cx, (void)self;
  for (int64_t r = 0; r < rows; r++, x += columns, y += columns) {
    double t = sparsemax_threshold(columns, x);
    for (int64_t c = 0; c < columns; c++) y[c] = x[c] < t ? 0 : (float)(x[c] - t);
  }
  return RNN_OK;
}

/* on the elements kept: dx = dy - mean(dy) */
static rnn_status sparsemax_backward(rnn_context *cx, const void *self, int64_t rows,
                                     int64_t columns, const float *x, const float *y,
                                     const float *dy, float *dx) {
  (void)cx, (void)self, (void)x;
  for (int64_t r = 0; r < rows; r++, y += columns, dy += columns, dx += columns) {
    double sum = 0;
    int64_t kept = 0;
    for (int64_t c = 0; c < columns; c++)
      if (y[c] > 0) sum += dy[c], kept++;
    float mean = kept ? (float)(sum / (double)kept) : 0;
    for (int64_t c = 0; c < columns; c++) dx[c] = y[c] > 0 ? dy[c] - mean : 0;
  }
  return RNN_OK;
}

const rnn_activation_type rnn_sparsemax = {
    .type = {ACTIVATION("sparsemax"),
             .doc = "y = max(x - t, 0) along the last axis, t such that y sums to 1; Martins and "
                    "Astudillo 2016, arXiv:1602.02068",
             RNN_ARGUMENTS(row_args, row_self), .positional = 1},
    .flags = RNN_READS_OUTPUT,
    .forward = sparsemax_forward,
    .backward = sparsemax_backward};
