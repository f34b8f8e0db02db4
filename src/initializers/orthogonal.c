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

#define TILE 32768 /* numbers of the vectors that a thread works on at once */

/* n numbers; `out` serves as the place to draw in */
static rnn_status draw(rnn_context *cx, uint64_t key, int64_t n, float *out, double *vectors) {
  rnn_try(rnn_fill_normal(cx, key, 0, 1, n, out));
  for (int64_t i = 0; i < n; i++) vectors[i] = out[i];
  return RNN_OK;
}

typedef struct step {
  rnn_context *cx;
  const rnn_orthogonal_functions *use;
  int64_t length, count, each; /* of a vector; vectors that follow; of them in a tile */
  double *v;
} step;

static void project_tile(void *data, int64_t tile) {
  const step *s = data;
  int64_t first = tile * s->each, left = s->count - first;
  if (s->cx->host->interrupted(s->cx)) return;
  s->use->project(s->length, s->v, left < s->each ? left : s->each, s->v + (1 + first) * s->length);
}

/* A Gaussian matrix is far from singular: one pass leaves errors well below float32's. */
static rnn_status orthonormalise(rnn_context *cx, int64_t count, int64_t length, double *vectors) {
  step s = {.cx = cx, .use = RNN_PICK(cx->host->cpu_level, rnn_orthogonal), .length = length};
  s.each = length < TILE ? TILE / length : 1;
  for (int64_t k = 0; k < count; k++) {
    s.v = vectors + k * length;
    s.count = count - k - 1;
    s.use->normalise(length, s.v);
    cx->host->parallel_for(cx, (s.count + s.each - 1) / s.each, project_tile, &s);
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

/* The vectors are rows, or columns where those are fewer. */
static rnn_status write_out(rnn_context *cx, double gain, int64_t rows, int64_t columns, const double *vectors,
                            float *out) {
  const bool wide = rows < columns;
  for (int64_t r = 0; r < rows; r++) {
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    for (int64_t c = 0; c < columns; c++)
      out[r * columns + c] = (float)(gain * (wide ? vectors[r * columns + c] : vectors[c * rows + r]));
  }
  return RNN_OK;
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
  rnn_status status = draw(cx, rnn_initializer_key(a->seed, key), n, out, vectors);
  if (status == RNN_OK) status = orthonormalise(cx, count, length, vectors);
  if (status == RNN_OK) status = write_out(cx, a->gain, rows, columns, vectors, out);
  cx->host->release(vectors);
  return status;
}

const rnn_initializer_type rnn_orthogonal_initializer = {
    .type = {INITIALIZER("Orthogonal"), .aliases = "orthogonal OrthogonalInitializer",
             .doc = "gain times a random matrix with orthonormal columns, or rows where those are "
                    "fewer; leading axes count as rows; Saxe et al. 2014, arXiv:1312.6120",
             RNN_ARGUMENTS(orthogonal_args, orthogonal_self), .positional = 2},
    .fill = fill};
