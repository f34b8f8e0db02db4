/*
** orthogonal.c - a random matrix with orthonormal rows or columns. Saxe et al. 2014,
** arXiv:1312.6120
**
** Keras takes Q of the QR factorization of a Gaussian matrix, times the signs of R's diagonal: that
** is the one factorization whose R has a positive diagonal, which Gram-Schmidt yields as it is.
*/
#include "initializers/initializers.h"

typedef struct orthogonal_self {
  double gain;
  int64_t seed;
} orthogonal_self;

static const rnn_arg orthogonal_args[] = {
    NUMBER_ARG(orthogonal_self, gain, "1", "factor of the orthogonal matrix"),
    SEED_ARG(orthogonal_self),
};

/* n numbers; `out` serves as the place to draw in */
static void draw(const rnn_host *host, uint64_t key, int64_t n, float *out, double *vectors) {
  rnn_fill_normal(host, key, 0, 1, n, out);
  for (int64_t i = 0; i < n; i++) vectors[i] = out[i];
}

static rnn_status fill(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                       float *out) {
  const orthogonal_self *a = self;
  if (shape->ndim < 2)
    return rnn_fail(cx, RNN_INVALID,
                    "Orthogonal: expected a shape of at least 2 axes, got one of %d", shape->ndim);
  int64_t rows = rnn_rows(shape), columns = rnn_columns(shape), n = rows * columns;
  int64_t count = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  double *vectors = cx->host->allocate(cx, sizeof(double) * (size_t)n);
  if (vectors == NULL) return RNN_NO_MEMORY;
  draw(cx->host, rnn_initializer_key(a->seed, key), n, out, vectors);
  RNN_PICK(cx->host->cpu_level, rnn_orthogonal)->orthonormalise(count, length, vectors);
  for (int64_t r = 0; r < rows; r++) /* the vectors are rows, or columns where those are fewer */
    for (int64_t c = 0; c < columns; c++)
      out[r * columns + c] =
          (float)(a->gain * (rows < columns ? vectors[r * length + c] : vectors[c * length + r]));
  cx->host->release(vectors);
  return RNN_OK;
}

const rnn_initializer_type rnn_orthogonal_initializer = {
    .type = {INITIALIZER("Orthogonal"), .aliases = "orthogonal OrthogonalInitializer",
             .doc = "gain times a random matrix with orthonormal columns, or rows where those are "
                    "fewer; leading axes count as rows; Saxe et al. 2014, arXiv:1312.6120",
             RNN_ARGUMENTS(orthogonal_args, orthogonal_self), .positional = 2},
    .fill = fill};
