/* smooth.c - softplus, softsign, squareplus and the exponential linear units */
#include <math.h>

#include "activations/activations.h"

/* ---- softplus, softsign ---------------------------------------------------------------------- */

static float softplus(const no_arguments *self, float x) {
  (void)self;
  return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x))); /* cannot overflow */
}

static float softplus_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  return rnn_logistic(x);
}

ELEMENTWISE(softplus, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_softplus = {
    .type = {ACTIVATION("softplus"), .doc = "y = log(exp(x) + 1)"},
    .flags = RNN_READS_INPUT,
    .forward = softplus_forward,
    .backward = softplus_backward};

static float softsign(const no_arguments *self, float x) {
  (void)self;
  return x / (1 + fabsf(x));
}

static float softsign_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  float d = 1 + fabsf(x);
  return 1 / (d * d);
}

ELEMENTWISE(softsign, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_softsign = {
    .type = {ACTIVATION("softsign"), .doc = "y = x / (|x| + 1)"},
    .flags = RNN_READS_INPUT,
    .forward = softsign_forward,
    .backward = softsign_backward};

/* ---- squareplus ------------------------------------------------------------------------------ */

typedef struct squareplus_self {
  double b;
} squareplus_self;

static const rnn_arg squareplus_args[] = {
    {"b", RNN_ARG_NUMBER, offsetof(squareplus_self, b), "4", "[0, inf)", 0, "smoothness"},
};

static float squareplus(const squareplus_self *self, float x) {
  return (x + sqrtf(x * x + (float)self->b)) / 2;
}

static float squareplus_slope(const squareplus_self *self, float x, float y) {
  (void)y;
  return 0.5f * (1 + x / sqrtf(x * x + (float)self->b));
}

ELEMENTWISE(squareplus, squareplus_self, RNN_READS_INPUT)

const rnn_activation_type rnn_squareplus = {
    .type = {ACTIVATION("squareplus"),
             .doc = "y = (x + sqrt(x^2 + b)) / 2; Barron 2021, arXiv:2112.11687",
             RNN_ARGUMENTS(squareplus_args, squareplus_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = squareplus_forward,
    .backward = squareplus_backward};

/* ---- elu, celu: exponential below 0, with a factor alpha ------------------------------------- */

typedef struct alpha_self {
  double alpha;
} alpha_self;

static const rnn_arg elu_args[] = {
    {"alpha", RNN_ARG_NUMBER, offsetof(alpha_self, alpha), "1", NULL, 0,
     "-alpha is the limit at -inf"},
};

static float elu(const alpha_self *self, float x) {
  return x > 0 ? x : (float)self->alpha * expm1f(x);
}

static float elu_slope(const alpha_self *self, float x, float y) {
  (void)y;
  return x > 0 ? 1 : (float)self->alpha * expf(x);
}

ELEMENTWISE(elu, alpha_self, RNN_READS_INPUT)

const rnn_activation_type rnn_elu = {
    .type = {ACTIVATION("elu"),
             .doc = "y = x if x > 0, else alpha * (exp(x) - 1); Clevert et al. 2016, "
                    "arXiv:1511.07289",
             RNN_ARGUMENTS(elu_args, alpha_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = elu_forward,
    .backward = elu_backward};

static rnn_status celu_check(rnn_context *cx, void *self) {
  if (((alpha_self *)self)->alpha != 0) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "celu: argument 'alpha' must not be 0, got 0");
}

static float celu(const alpha_self *self, float x) {
  float alpha = (float)self->alpha;
  return x > 0 ? x : alpha * expm1f(x / alpha);
}

static float celu_slope(const alpha_self *self, float x, float y) {
  (void)y;
  return x > 0 ? 1 : expf(x / (float)self->alpha);
}

ELEMENTWISE(celu, alpha_self, RNN_READS_INPUT)

const rnn_activation_type rnn_celu = {
    .type = {ACTIVATION("celu"),
             .doc = "y = x if x > 0, else alpha * (exp(x / alpha) - 1); Barron 2017, "
                    "arXiv:1704.07483",
             RNN_ARGUMENTS(elu_args, alpha_self), .positional = 1, .check = celu_check},
    .flags = RNN_READS_INPUT,
    .forward = celu_forward,
    .backward = celu_backward};

/* ---- selu: the two constants make mean 0 and variance 1 a fixed point ------------------------ */

#define SELU_SCALE 1.05070098735548049342f
#define SELU_ALPHA 1.67326324235437728482f

static float selu(const no_arguments *self, float x) {
  (void)self;
  return SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1f(x));
}

static float selu_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)x;
  return y < 0 ? y + SELU_SCALE * SELU_ALPHA : SELU_SCALE;
}

ELEMENTWISE(selu, no_arguments, RNN_READS_OUTPUT)

const rnn_activation_type rnn_selu = {
    .type = {ACTIVATION("selu"),
             .doc = "y = 1.0507 * elu(x) with alpha 1.6733; Klambauer et al. 2017, "
                    "arXiv:1706.02515"},
    .flags = RNN_READS_OUTPUT,
    .forward = selu_forward,
    .backward = selu_backward};
