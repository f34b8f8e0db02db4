/* orthogonal.c - a penalty on rows, or columns, of a matrix that are not orthogonal to each
** other */
#include <math.h>
#include <string.h>

#include "regularizers/regularizers.h"

typedef struct orthogonal_self {
  double factor;
  const char *mode;
} orthogonal_self;

static const rnn_arg orthogonal_args[] = {
    FACTOR_ARG(orthogonal_self, factor, "0.01", "factor of the mean |cosine|"),
    {"mode", RNN_ARG_STRING, offsetof(orthogonal_self, mode), "rows", "rows|columns", 0,
     "what is to be orthogonal"},
};

/* The rows or columns of a matrix: count vectors of length numbers, each `step` apart. */
typedef struct vectors {
  int64_t count, length, between, step;
  const float *w;
} vectors;

static double dot(const vectors *v, int64_t i, int64_t j) {
  const float *a = v->w + i * v->between, *b = v->w + j * v->between;
  double sum = 0;
  for (int64_t k = 0; k < v->length; k++) sum += (double)a[k * v->step] * b[k * v->step];
  return sum;
}

/* 1 / length of each vector, which counts as at least 1e-7 */
static void find_inverse_lengths(const vectors *v, double *inverse) {
  for (int64_t i = 0; i < v->count; i++) inverse[i] = fmin(1 / sqrt(dot(v, i, i)), 1 / 1e-7);
}

/* adds factor · d|cosine(i, j)| / d vector i to that vector's gradient */
static void add_gradient(const vectors *v, int64_t i, int64_t j, const double *inverse,
                         double cosine, double factor, float *gradient) {
  const float *a = v->w + i * v->between, *b = v->w + j * v->between;
  factor *= (cosine > 0) - (cosine < 0);
  double turned = inverse[i] < 1 / 1e-7 ? cosine : 0; /* a length held at 1e-7 is constant */
  for (int64_t k = 0; k < v->length * v->step; k += v->step)
    gradient[i * v->between + k] +=
        (float)(factor * inverse[i] * (b[k] * inverse[j] - turned * a[k] * inverse[i]));
}

static rnn_status apply(rnn_context *cx, const void *self, const rnn_shape *shape, const float *w,
                        float scale, double *penalty, float *gradient) {
  const orthogonal_self *a = self;
  if (shape->ndim != 2)
    return rnn_fail(cx, RNN_INVALID,
                    "OrthogonalRegularizer: expected a weight of 2 axes, got one of %d",
                    shape->ndim);
  int64_t rows = shape->dim[0], columns = shape->dim[1];
  vectors v = strcmp(a->mode, "rows") == 0 ? (vectors){rows, columns, columns, 1, w}
                                           : (vectors){columns, rows, 1, columns, w};
  if (v.count < 2) return RNN_OK; /* no pair */
  double *inverse = cx->host->allocate(cx, sizeof(double) * (size_t)v.count);
  if (inverse == NULL) return RNN_NO_MEMORY;
  find_inverse_lengths(&v, inverse);
  double factor = a->factor / ((double)v.count * ((double)v.count - 1) / 2);
  for (int64_t i = 0; i < v.count; i++)
    for (int64_t j = i + 1; j < v.count; j++) {
      double cosine = dot(&v, i, j) * inverse[i] * inverse[j];
      *penalty += factor * fabs(cosine);
      if (gradient == NULL) continue;
      add_gradient(&v, i, j, inverse, cosine, factor * scale, gradient);
      add_gradient(&v, j, i, inverse, cosine, factor * scale, gradient);
    }
  cx->host->release(inverse);
  return RNN_OK;
}

const rnn_regularizer_type rnn_orthogonal_regularizer = {
    .type = {REGULARIZER("OrthogonalRegularizer"), .aliases = "orthogonal_regularizer",
             .doc = "factor times the mean, over all pairs of rows (or columns), of |cosine of "
                    "their angle|; for matrices",
             RNN_ARGUMENTS(orthogonal_args, orthogonal_self), .positional = 2},
    .apply = apply};
