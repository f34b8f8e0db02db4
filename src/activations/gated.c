/* gated.c - x times something between 0 and 1: silu, gelu, mish */
#include <math.h>

#include "activations/activations.h"

/* ---- silu ------------------------------------------------------------------------------------ */

static rnn_status silu_forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                               const float *x, float *y) {
  (void)self;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->silu(rows * columns, x, y);
  return RNN_OK;
}

static rnn_status silu_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *x, const float *y, const float *dy, float *dx) {
  (void)self, (void)y;
  RNN_PICK(cx->host->cpu_level, rnn_activation)->silu_backward(rows * columns, x, dy, dx);
  return RNN_OK;
}

const rnn_activation_type rnn_silu = {
    .type = {ACTIVATION("silu"), .aliases = "swish",
             .doc = "y = x * sigmoid(x); Ramachandran et al. 2017, arXiv:1710.05941"},
    .flags = RNN_READS_INPUT,
    .forward = silu_forward,
    .backward = silu_backward};

/* ---- gelu: x P(X <= x) for a standard normal X ----------------------------------------------- */

typedef struct gelu_self {
  bool approximate;
} gelu_self;

static const rnn_arg gelu_args[] = {
    {"approximate", RNN_ARG_BOOLEAN, offsetof(gelu_self, approximate), "false", NULL, 0,
     "tanh in place of the normal distribution"},
};

#define CUBIC 0.044715f
#define SQRT_2_OVER_PI 0.797884560802865f
#define SQRT_HALF 0.707106781186548f
#define ONE_OVER_SQRT_2_PI 0.398942280401433f

/* tanh of the argument that makes (1 + tanh) / 2 close to the normal distribution function */
static float normal_tanh(float x) { return tanhf(SQRT_2_OVER_PI * (x + CUBIC * x * x * x)); }

static float gelu(const gelu_self *self, float x) {
  if (self->approximate) return 0.5f * x * (1 + normal_tanh(x));
  return 0.5f * x * erfcf(-x * SQRT_HALF);
}

static float gelu_slope(const gelu_self *self, float x, float y) {
  (void)y;
  if (self->approximate) {
    float t = normal_tanh(x);
    return 0.5f * (1 + t) +
           0.5f * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
  }
  return 0.5f * erfcf(-x * SQRT_HALF) + x * ONE_OVER_SQRT_2_PI * expf(-0.5f * x * x);
}

ELEMENTWISE(gelu, gelu_self, RNN_READS_INPUT)

const rnn_activation_type rnn_gelu = {
    .type = {ACTIVATION("gelu"),
             .doc = "y = x * (1 + erf(x / sqrt 2)) / 2, or its tanh approximation; Hendrycks and "
                    "Gimpel 2016, arXiv:1606.08415",
             RNN_ARGUMENTS(gelu_args, gelu_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = gelu_forward,
    .backward = gelu_backward};

/* ---- mish ------------------------------------------------------------------------------------ */

/* tanh(softplus(x)) = (u^2 - 1) / (u^2 + 1) with u = 1 + exp(x) */
static float tanh_softplus(float x) {
  if (x > 20) return 1; /* to float precision; exp(2x) would overflow */
  float e = expf(x), w = e * (e + 2);
  return w / (w + 2);
}

static float mish(const no_arguments *self, float x) {
  (void)self;
  return x * tanh_softplus(x);
}

static float mish_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  float t = tanh_softplus(x);
  return t + x * (1 - t * t) * rnn_logistic(x);
}

ELEMENTWISE(mish, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_mish = {
    .type = {ACTIVATION("mish"), .doc = "y = x * tanh(softplus(x)); Misra 2019, arXiv:1908.08681"},
    .flags = RNN_READS_INPUT,
    .forward = mish_forward,
    .backward = mish_backward};
