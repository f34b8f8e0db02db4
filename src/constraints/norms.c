/*
** norms.c - constraints on the L2 norm along one axis: MaxNorm, MinMaxNorm, UnitNorm.
**
** With the first axis of a Dense kernel (inputs, units) that is the norm of what flows into each
** unit. All three scale a vector of norm |w| by wanted(|w|) / (1e-7 + |w|), as Keras does.
*/
#include <math.h>

#include "constraints/constraints.h"

#define CONSTRAINT(NAME) RNN_TYPE(rnn_constraint_type, RNN_CONSTRAINT, NAME)
#define EPSILON 1e-7

typedef struct norm_self {
  int64_t axis; /* from 1; -1 is the last */
  double min_value, max_value, rate;
} norm_self;

#define AXIS_ARG                                                    \
  {"axis", RNN_ARG_INTEGER, offsetof(norm_self, axis), "1", NULL, 0, \
   "along which the norm is taken, from 1; -1 is the last"}
#define VALUE_ARG(NAME, DEFAULT, RANGE, DOC) \
  {#NAME, RNN_ARG_NUMBER, offsetof(norm_self, NAME), DEFAULT, RANGE, 0, DOC}

/* Replaces each norm n along the axis by (1 - rate) n + rate · (n clipped to [min_value,
** max_value]). */
static rnn_status rescale(rnn_context *cx, const char *name, const norm_self *self,
                          const rnn_shape *shape, float *w) {
  int64_t axis = self->axis < 0 ? self->axis + shape->ndim : self->axis - 1;
  if (self->axis == 0 || axis < 0 || axis >= shape->ndim)
    return rnn_fail(cx, RNN_INVALID, "%s: axis %lld is out of range for a weight of %d axes", name,
                    (long long)self->axis, shape->ndim);
  int64_t outer = rnn_extent(shape, 0, (int)axis), length = shape->dim[axis];
  int64_t inner = rnn_extent(shape, (int)axis + 1, shape->ndim);
  for (int64_t o = 0; o < outer; o++)
    for (int64_t i = 0; i < inner; i++) {
      float *v = w + o * length * inner + i;
      double sum = 0;
      for (int64_t k = 0; k < length; k++) sum += (double)v[k * inner] * v[k * inner];
      double norm = sqrt(sum);
      double wanted = self->rate * fmin(fmax(norm, self->min_value), self->max_value) +
                      (1 - self->rate) * norm;
      for (int64_t k = 0; k < length; k++) v[k * inner] *= (float)(wanted / (EPSILON + norm));
    }
  return RNN_OK;
}

static rnn_status check_axis(rnn_context *cx, const char *name, const norm_self *self) {
  if (self->axis != 0) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID,
                  "%s: argument 'axis' must not be 0: axes count from 1, -1 is the last", name);
}

/* ---- MaxNorm --------------------------------------------------------------------------------- */

static const rnn_arg max_norm_args[] = {
    VALUE_ARG(max_value, "2", "[0, inf)", "largest norm allowed"),
    AXIS_ARG,
};

static rnn_status max_norm_check(rnn_context *cx, void *self) {
  ((norm_self *)self)->rate = 1;
  return check_axis(cx, "MaxNorm", self);
}

static rnn_status max_norm(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  return rescale(cx, "MaxNorm", self, shape, w);
}

const rnn_constraint_type rnn_max_norm = {
    .type = {CONSTRAINT("MaxNorm"), .aliases = "max_norm",
             .doc = "norms along the axis above max_value are brought down to it",
             RNN_ARGUMENTS(max_norm_args, norm_self), .positional = 2, .check = max_norm_check},
    .apply = max_norm};

/* ---- MinMaxNorm ------------------------------------------------------------------------------ */

static const rnn_arg min_max_norm_args[] = {
    VALUE_ARG(min_value, "0", "[0, inf)", "smallest norm allowed"),
    VALUE_ARG(max_value, "1", "[0, inf)", "largest norm allowed"),
    VALUE_ARG(rate, "1", "[0, 1]", "how much of the way to go at each step"),
    AXIS_ARG,
};

static rnn_status min_max_norm_check(rnn_context *cx, void *self) {
  const norm_self *a = self;
  if (a->min_value > a->max_value)
    return rnn_fail(cx, RNN_INVALID,
                    "MinMaxNorm: argument 'min_value' must not exceed max_value %g, got %g",
                    a->max_value, a->min_value);
  return check_axis(cx, "MinMaxNorm", self);
}

static rnn_status min_max_norm(rnn_context *cx, const void *self, const rnn_shape *shape,
                               float *w) {
  return rescale(cx, "MinMaxNorm", self, shape, w);
}

const rnn_constraint_type rnn_min_max_norm = {
    .type = {CONSTRAINT("MinMaxNorm"), .aliases = "min_max_norm",
             .doc = "a norm n along the axis becomes (1 - rate) n + rate clip(n, min_value, "
                    "max_value)",
             RNN_ARGUMENTS(min_max_norm_args, norm_self), .positional = 4,
             .check = min_max_norm_check},
    .apply = min_max_norm};

/* ---- UnitNorm -------------------------------------------------------------------------------- */

static const rnn_arg unit_norm_args[] = {AXIS_ARG};

static rnn_status unit_norm_check(rnn_context *cx, void *self) {
  norm_self *a = self;
  a->min_value = a->max_value = a->rate = 1;
  return check_axis(cx, "UnitNorm", self);
}

static rnn_status unit_norm(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  return rescale(cx, "UnitNorm", self, shape, w);
}

const rnn_constraint_type rnn_unit_norm = {
    .type = {CONSTRAINT("UnitNorm"), .aliases = "unit_norm",
             .doc = "every norm along the axis becomes 1",
             RNN_ARGUMENTS(unit_norm_args, norm_self), .positional = 1, .check = unit_norm_check},
    .apply = unit_norm};
