/* sigmoidal.c - tanh, sigmoid, exponential and what is one step from them */
#include <math.h>

#include "activations/activations.h"

float rnn_logistic(float x) {
  float e = expf(-fabsf(x)); /* cannot overflow */
  return (x < 0 ? e : 1) / (1 + e);
}

/* ---- tanh, sigmoid, exponential: backward needs the output alone ----------------------------- */

static rnn_status tanh_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                               const float *x, float *y) {
  (void)self;
  cx->host->vector_tanh(rows * columns, x, y);
  return RNN_OK;
}

static rnn_status tanh_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *x, const float *y, const float *dy, float *dx) {
  (void)self, (void)x;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->tanh_backward(rows * columns, y, dy, dx);
  return RNN_OK;
}

const rnn_activation_type rnn_tanh = {
    .type = {ACTIVATION("tanh"), .doc = "y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"},
    .flags = RNN_READS_OUTPUT,
    .forward = tanh_forward,
    .backward = tanh_backward};

static rnn_status sigmoid_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                  const float *x, float *y) {
  (void)self;
  cx->host->vector_sigmoid(rows * columns, x, y);
  return RNN_OK;
}

static rnn_status sigmoid_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                   const float *x, const float *y, const float *dy, float *dx) {
  (void)self, (void)x;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->sigmoid_backward(rows * columns, y, dy, dx);
  return RNN_OK;
}

const rnn_activation_type rnn_sigmoid = {
    .type = {ACTIVATION("sigmoid"), .doc = "y = 1 / (1 + exp(-x))"},
    .flags = RNN_READS_OUTPUT | RNN_HAS_LOGITS,
    .forward = sigmoid_forward,
    .backward = sigmoid_backward};

static rnn_status exponential_forward(rnn_context *cx, const void *self, int64_t rows,
                                      int64_t columns, const float *x, float *y) {
  (void)self;
  cx->host->vector_exp(rows * columns, x, y);
  return RNN_OK;
}

static rnn_status exponential_backward(rnn_context *cx, const void *self, int64_t rows,
                                       int64_t columns, const float *x, const float *y,
                                       const float *dy, float *dx) {
  (void)cx, (void)self, (void)x;
  for (int64_t i = 0; i < rows * columns; i++) dx[i] = dy[i] * y[i];
  return RNN_OK;
}

const rnn_activation_type rnn_exponential = {
    .type = {ACTIVATION("exponential"), .doc = "y = exp(x)"},
    .flags = RNN_READS_OUTPUT,
    .forward = exponential_forward,
    .backward = exponential_backward};

/* ---- tanh_shrink, log_sigmoid ---------------------------------------------------------------- */

static float tanh_shrink(const no_arguments *self, float x) {
  (void)self;
  return x - tanhf(x);
}

static float tanh_shrink_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  float t = tanhf(x);
  return t * t;
}

ELEMENTWISE(tanh_shrink, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_tanh_shrink = {
    .type = {ACTIVATION("tanh_shrink"), .doc = "y = x - tanh(x)"},
    .flags = RNN_READS_INPUT,
    .forward = tanh_shrink_forward,
    .backward = tanh_shrink_backward};

static float log_sigmoid(const no_arguments *self, float x) {
  (void)self;
  return fminf(x, 0) - log1pf(expf(-fabsf(x)));
}

static float log_sigmoid_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  return rnn_logistic(-x);
}

ELEMENTWISE(log_sigmoid, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_log_sigmoid = {
    .type = {ACTIVATION("log_sigmoid"), .doc = "y = log(1 / (1 + exp(-x)))"},
    .flags = RNN_READS_INPUT,
    .forward = log_sigmoid_forward,
    .backward = log_sigmoid_backward};
