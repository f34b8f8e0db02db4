/*
** variance_scaling.c - random initializers whose spread follows the size of the layer.
**
** The variance is scale / n, where n is the number of inputs (fan_in), of outputs (fan_out) or the
** mean of the two. Glorot, He and Lecun are three choices of scale and n.
*/
#include <math.h>
#include <string.h>

#include "initializers/initializers.h"

typedef enum fan { FAN_IN, FAN_OUT, FAN_AVG } fan;
typedef enum distribution { TRUNCATED, NORMAL, UNIFORM } distribution;

/* the standard deviation that remains of 1 when cut at two */
#define TRUNCATED_STDDEV 0.87962566103423978

/* of a kernel (…, inputs, outputs); leading axes multiply both, as in a convolution */
static double count_fan(const rnn_shape *shape, fan which) {
  int n = shape->ndim;
  double last = n > 0 ? (double)shape->dim[n - 1] : 1;
  if (n < 2) return last;
  double field = (double)rnn_extent(shape, 0, n - 2);
  double in = field * (double)shape->dim[n - 2], out = field * last;
  return which == FAN_IN ? in : which == FAN_OUT ? out : (in + out) / 2;
}

static rnn_status fill_scaled(rnn_context *cx, double scale, fan which, distribution kind,
                              const rnn_shape *shape, uint64_t key, float *out) {
  double variance = scale / fmax(1, count_fan(shape, which)), stddev = sqrt(variance);
  double limit = sqrt(3 * variance);
  int64_t n = rnn_size(shape);
  switch (kind) {
    case UNIFORM: return rnn_fill_uniform(cx, key, -limit, limit, n, out);
    case NORMAL: return rnn_fill_normal(cx, key, 0, stddev, n, out);
    default: return rnn_fill_truncated(cx, key, 0, stddev / TRUNCATED_STDDEV, n, out);
  }
}

/* ---- VarianceScaling ------------------------------------------------------------------------- */

typedef struct scaling_self {
  double scale;
  const char *mode, *distribution;
  int64_t seed;
  fan which;
  distribution kind;
} scaling_self;

static const rnn_arg scaling_args[] = {
    {"scale", RNN_ARG_NUMBER, offsetof(scaling_self, scale), "1", "(0, inf)", 0,
     "variance times n"},
    {"mode", RNN_ARG_STRING, offsetof(scaling_self, mode), "fan_in", "fan_in|fan_out|fan_avg", 0,
     "what n counts: inputs, outputs, or the mean of both"},
    {"distribution", RNN_ARG_STRING, offsetof(scaling_self, distribution), "truncated_normal",
     "truncated_normal|untruncated_normal|uniform|normal", 0, "normal is truncated_normal"},
    SEED_ARG(scaling_self),
};

static rnn_status scaling_check(rnn_context *cx, void *self) {
  (void)cx;
  scaling_self *a = self;
  a->which = strcmp(a->mode, "fan_in") == 0    ? FAN_IN
             : strcmp(a->mode, "fan_out") == 0 ? FAN_OUT
                                               : FAN_AVG;
  a->kind = strcmp(a->distribution, "uniform") == 0              ? UNIFORM
            : strcmp(a->distribution, "untruncated_normal") == 0 ? NORMAL
                                                                 : TRUNCATED;
  return RNN_OK;
}

static rnn_status scaling_fill(rnn_context *cx, const void *self, const rnn_shape *shape,
                               uint64_t key, float *out) {
  const scaling_self *a = self;
  key = rnn_initializer_key(a->seed, key);
  return fill_scaled(cx, a->scale, a->which, a->kind, shape, key, out);
}

const rnn_initializer_type rnn_variance_scaling = {
    .type = {INITIALIZER("VarianceScaling"), .aliases = "variance_scaling",
             .doc = "mean 0 and variance scale / n, n being inputs, outputs or their mean; "
                    "uniform: up to sqrt(3 scale / n)",
             RNN_ARGUMENTS(scaling_args, scaling_self), .positional = 4, .check = scaling_check},
    .fill = scaling_fill};

/* ---- the six with a name --------------------------------------------------------------------- */

typedef struct named_self {
  int64_t seed;
} named_self;

static const rnn_arg named_args[] = {SEED_ARG(named_self)};

/* Defines the type ID and its fill */
#define NAMED(ID, NAME, ALIAS, SCALE, FAN, KIND, DOC)                                             \
  static rnn_status ID##_fill(rnn_context *cx, const void *self, const rnn_shape *shape,          \
                              uint64_t key, float *out) {                                         \
    key = rnn_initializer_key(((const named_self *)self)->seed, key);                             \
    return fill_scaled(cx, SCALE, FAN, KIND, shape, key, out);                              \
  }                                                                                               \
  const rnn_initializer_type ID = {                                                               \
      .type = {INITIALIZER(NAME), .aliases = ALIAS, .doc = DOC,                                   \
               RNN_ARGUMENTS(named_args, named_self), .positional = 1},                           \
      .fill = ID##_fill};

NAMED(rnn_glorot_uniform, "GlorotUniform", "glorot_uniform", 1, FAN_AVG, UNIFORM,
      "uniform up to sqrt(6 / (inputs + outputs)); Glorot and Bengio 2010")
NAMED(rnn_glorot_normal, "GlorotNormal", "glorot_normal", 1, FAN_AVG, TRUNCATED,
      "truncated normal of variance 2 / (inputs + outputs); Glorot and Bengio 2010")
NAMED(rnn_he_uniform, "HeUniform", "he_uniform", 2, FAN_IN, UNIFORM,
      "uniform up to sqrt(6 / inputs); He et al. 2015, arXiv:1502.01852")
NAMED(rnn_he_normal, "HeNormal", "he_normal", 2, FAN_IN, TRUNCATED,
      "truncated normal of variance 2 / inputs; He et al. 2015, arXiv:1502.01852")
NAMED(rnn_lecun_uniform, "LecunUniform", "lecun_uniform", 1, FAN_IN, UNIFORM,
      "uniform up to sqrt(3 / inputs); LeCun et al. 1998")
NAMED(rnn_lecun_normal, "LecunNormal", "lecun_normal", 1, FAN_IN, TRUNCATED,
      "truncated normal of variance 1 / inputs; LeCun et al. 1998")
