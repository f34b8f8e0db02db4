/* piecewise.c - activations made of straight pieces: linear, the relu family, the hard_ ones */
#include <math.h>
#include <string.h>

#include "activations/activations.h"

/* ---- linear ---------------------------------------------------------------------------------- */

static rnn_status linear_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                 const float *x, float *y) {
  (void)cx, (void)self;
  if (x != y) memcpy(y, x, sizeof(float) * (size_t)(rows * columns));
  return RNN_OK;
}

static rnn_status linear_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                  const float *x, const float *y, const float *dy, float *dx) {
  (void)x, (void)y;
  return linear_forward(cx, self, rows, columns, dy, dx);
}

const rnn_activation_type rnn_linear = {
    .type = {ACTIVATION("linear"), .doc = "y = x"},
    .forward = linear_forward,
    .backward = linear_backward};

/* ---- relu ------------------------------------------------------------------------------------ */

typedef struct relu_self {
  double negative_slope, max_value, threshold;
  float slope, most, least; /* the same for the loop; most is infinity where max_value is nil */
} relu_self;

static const rnn_arg relu_args[] = {
    {"negative_slope", RNN_ARG_NUMBER, offsetof(relu_self, negative_slope), "0", NULL, 0,
     "slope below the threshold"},
    {"max_value", RNN_ARG_NUMBER, offsetof(relu_self, max_value), "nil", NULL, 0,
     "largest value returned; nil: none"},
    {"threshold", RNN_ARG_NUMBER, offsetof(relu_self, threshold), "0", NULL, 0,
     "inputs up to here are damped"},
};

static rnn_status relu_check(rnn_context *cx, void *self) {
  (void)cx;
  relu_self *a = self;
  a->slope = (float)a->negative_slope;
  a->least = (float)a->threshold;
  a->most = isnan(a->max_value) ? INFINITY : (float)a->max_value;
  return RNN_OK;
}

/* with a max_value the part above the threshold lies in [0, max_value], even if the threshold is
** negative */
static float relu_general(const relu_self *self, float x) {
  if (!(x > self->least)) return isnan(x) ? x : -self->slope * (self->least - x);
  if (self->most == INFINITY) return x;
  return fminf(fmaxf(x, 0), self->most);
}

static float relu_general_slope(const relu_self *self, float x, float y) {
  (void)y;
  if (!(x > self->least)) return x < self->least ? self->slope : 0;
  return self->most == INFINITY || (x >= 0 && x <= self->most) ? 1 : 0;
}

ELEMENTWISE(relu_general, relu_self, RNN_READS_INPUT)

static bool is_plain(const relu_self *self) {
  return self->slope == 0 && self->least == 0 && self->most == INFINITY;
}

static rnn_status relu_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                               const float *x, float *y) {
  if (!is_plain(self)) return relu_general_forward(cx, self, rows, columns, x, y);
  RNN_PICK(cx->host->cpu_level, rnn_activation)->relu(rows * columns, x, y);
  return RNN_OK;
}

static rnn_status relu_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *x, const float *y, const float *dy, float *dx) {
  if (!is_plain(self)) return relu_general_backward(cx, self, rows, columns, x, y, dy, dx);
  RNN_PICK(cx->host->cpu_level, rnn_activation)->relu_backward(rows * columns, x, dy, dx);
  return RNN_OK;
}

const rnn_activation_type rnn_relu = {
    .type = {ACTIVATION("relu"),
             .doc = "y = x above the threshold (at most max_value), negative_slope * (x - "
                    "threshold) below it; Keras' activations.relu",
             RNN_ARGUMENTS(relu_args, relu_self), .positional = 3, .check = relu_check},
    .flags = RNN_READS_INPUT,
    .forward = relu_forward,
    .backward = relu_backward};

/* ---- relu6 ----------------------------------------------------------------------------------- */

static float relu6(const no_arguments *self, float x) {
  (void)self;
  return x > 6 ? 6 : x < 0 ? 0 : x;
}

static float relu6_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)x;
  return y > 0 && y < 6 ? 1 : 0;
}

ELEMENTWISE(relu6, no_arguments, RNN_READS_OUTPUT)

const rnn_activation_type rnn_relu6 = {
    .type = {ACTIVATION("relu6"), .doc = "y = min(max(x, 0), 6)"},
    .flags = RNN_READS_OUTPUT,
    .forward = relu6_forward,
    .backward = relu6_backward};

/* ---- leaky_relu ------------------------------------------------------------------------------ */

typedef struct leaky_relu_self {
  double negative_slope;
} leaky_relu_self;

static const rnn_arg leaky_relu_args[] = {
    {"negative_slope", RNN_ARG_NUMBER, offsetof(leaky_relu_self, negative_slope), "0.2", NULL, 0,
     "slope below 0"},
};

static float leaky_relu(const leaky_relu_self *self, float x) {
  return x > 0 ? x : (float)self->negative_slope * x;
}

static float leaky_relu_slope(const leaky_relu_self *self, float x, float y) {
  (void)y;
  return x > 0 ? 1 : (float)self->negative_slope;
}

ELEMENTWISE(leaky_relu, leaky_relu_self, RNN_READS_INPUT)

const rnn_activation_type rnn_leaky_relu = {
    .type = {ACTIVATION("leaky_relu"), .doc = "y = x if x > 0, else negative_slope * x",
             RNN_ARGUMENTS(leaky_relu_args, leaky_relu_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = leaky_relu_forward,
    .backward = leaky_relu_backward};

/* ---- hard_sigmoid, hard_silu, hard_tanh ------------------------------------------------------ */

static float hard_sigmoid(const no_arguments *self, float x) { return relu6(self, x + 3) / 6; }

static float hard_sigmoid_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  return x > -3 && x < 3 ? 1.0f / 6 : 0;
}

ELEMENTWISE(hard_sigmoid, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_hard_sigmoid = {
    .type = {ACTIVATION("hard_sigmoid"), .doc = "y = x / 6 + 0.5, cut to [0, 1]"},
    .flags = RNN_READS_INPUT,
    .forward = hard_sigmoid_forward,
    .backward = hard_sigmoid_backward};

static float hard_silu(const no_arguments *self, float x) { return x * hard_sigmoid(self, x); }

static float hard_silu_slope(const no_arguments *self, float x, float y) {
  return hard_sigmoid(self, x) + x * hard_sigmoid_slope(self, x, y);
}

ELEMENTWISE(hard_silu, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_hard_silu = {
    .type = {ACTIVATION("hard_silu"), .aliases = "hard_swish",
             .doc = "y = x * hard_sigmoid(x); Howard et al. 2019, arXiv:1905.02244"},
    .flags = RNN_READS_INPUT,
    .forward = hard_silu_forward,
    .backward = hard_silu_backward};

static float hard_tanh(const no_arguments *self, float x) {
  (void)self;
  return x > 1 ? 1 : x < -1 ? -1 : x;
}

static float hard_tanh_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  return x >= -1 && x <= 1 ? 1 : 0;
}

ELEMENTWISE(hard_tanh, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_hard_tanh = {
    .type = {ACTIVATION("hard_tanh"), .doc = "y = x, cut to [-1, 1]"},
    .flags = RNN_READS_INPUT,
    .forward = hard_tanh_forward,
    .backward = hard_tanh_backward};
