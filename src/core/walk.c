/*
** walk.c - the one loop nest behind everything that goes element by element.
**
** Axes that all operands step through evenly are merged first, so that contiguous tensors of any
** number of axes are one long row. Rows are cut into stretches: short ones where an operand has to be
** converted through a buffer on the stack, long ones else, between which Ctrl-C is looked for.
** Where threads may share the work, the first axis is cut into tiles.
*/
#include "core/walk.h"

#include "core/host.h"
#include "core/parallel.h"

#define BUFFERED 512     /* elements a stretch where something is converted */
#define STRETCH (1 << 16)
#define TILE (1 << 15)   /* elements of a tile, or one step of the first axis if that is more */
#define SHARED (1 << 17) /* elements from which on threads are worth their waking */

typedef struct nest {
  rnn_context *cx;
  int count; /* of operands */
  const rnn_dtype *types;
  rnn_dtype dtypes[RNN_MAX_OPERANDS];
  rnn_loop loop;
  bool converts;
  int ndim;
  int64_t shape[RNN_MAX_DIMS];
  int64_t strides[RNN_MAX_DIMS][RNN_MAX_OPERANDS];
} nest;

rnn_loop rnn_convert_loop(rnn_dtype to, rnn_dtype from) {
  return RNN_PICK(rnn_cpu_level(), rnn_convert)->loops[to][from];
}

/* the stride of an input along an axis of the output */
static int64_t stride_along(const rnn_tensor *t, const rnn_tensor *output, int axis) {
  int own = axis - (output->ndim - t->ndim);
  return own < 0 || t->shape[own] == 1 ? 0 : t->strides[own];
}

static bool merges(const nest *n, const int64_t *strides, int64_t extent) {
  for (int k = 0; k < n->count; k++)
    if (n->strides[n->ndim - 1][k] != strides[k] * extent) return false;
  return true;
}

static void lay_out(nest *n, const rnn_tensor *const *operands) {
  const rnn_tensor *output = operands[0];
  for (int axis = 0; axis < output->ndim; axis++) {
    int64_t extent = output->shape[axis], strides[RNN_MAX_OPERANDS];
    if (extent == 1) continue;
    for (int k = 0; k < n->count; k++) strides[k] = stride_along(operands[k], output, axis);
    bool merged = n->ndim > 0 && merges(n, strides, extent);
    if (!merged) n->shape[n->ndim++] = 1;
    n->shape[n->ndim - 1] *= extent;
    for (int k = 0; k < n->count; k++) n->strides[n->ndim - 1][k] = strides[k];
  }
  if (n->ndim == 0) { /* one element */
    n->shape[n->ndim++] = 1;
    for (int k = 0; k < n->count; k++) n->strides[0][k] = 0;
  }
}

static void convert(rnn_dtype to, rnn_dtype from, int64_t n, void *y, int64_t sy, void *x,
                    int64_t sx) {
  rnn_convert_loop(to, from)(n, (void *[]){y, x}, (int64_t[]){sy, sx});
}

/* one stretch through buffers, at most BUFFERED elements */
static void run_converted(const nest *n, int64_t length, char **at, const int64_t *strides) {
  double buffers[RNN_MAX_OPERANDS][BUFFERED];
  void *p[RNN_MAX_OPERANDS];
  int64_t s[RNN_MAX_OPERANDS];
  for (int k = 0; k < n->count; k++) {
    bool converts = n->dtypes[k] != n->types[k];
    p[k] = converts ? (void *)buffers[k] : at[k];
    s[k] = !converts ? strides[k] : k > 0 && strides[k] == 0 ? 0 : 1;
    if (k > 0 && converts)
      convert(n->types[k], n->dtypes[k], s[k] == 0 ? 1 : length, p[k], 1, at[k], strides[k]);
  }
  n->loop(length, p, s);
  if (n->dtypes[0] != n->types[0])
    convert(n->dtypes[0], n->types[0], length, at[0], strides[0], p[0], 1);
}

static rnn_status run_row(const nest *n, char *const *start) {
  const int64_t *strides = n->strides[n->ndim - 1];
  int64_t left = n->shape[n->ndim - 1];
  const int64_t longest = n->converts ? BUFFERED : STRETCH;
  char *at[RNN_MAX_OPERANDS] = {0};
  for (int k = 0; k < n->count; k++) at[k] = start[k];
  for (;;) {
    int64_t length = left < longest ? left : longest;
    if (n->converts) run_converted(n, length, at, strides);
    else n->loop(length, (void **)at, strides);
    left -= length;
    if (left == 0) return RNN_OK;
    for (int k = 0; k < n->count; k++)
      at[k] += length * strides[k] * (int64_t)rnn_dtype_size(n->dtypes[k]);
    if (n->cx && rnn_context_interrupted(n->cx)) return RNN_INTERRUPTED;
  }
}

/* all rows, in C order; `at` is where the operands start, and is changed */
static rnn_status run_rows(const nest *n, char **at) {
  int64_t position[RNN_MAX_DIMS] = {0}, since = 0; /* elements since the last look for Ctrl-C */
  for (;;) {
    rnn_try(run_row(n, at));
    since += n->shape[n->ndim - 1];
    if (since >= STRETCH) {
      if (n->cx && rnn_context_interrupted(n->cx)) return RNN_INTERRUPTED;
      since = 0;
    }
    int axis = n->ndim - 2;
    for (; axis >= 0; axis--) {
      bool wraps = ++position[axis] == n->shape[axis];
      int64_t steps = wraps ? 1 - n->shape[axis] : 1;
      for (int k = 0; k < n->count; k++)
        at[k] += steps * n->strides[axis][k] * (int64_t)rnn_dtype_size(n->dtypes[k]);
      if (!wraps) break;
      position[axis] = 0;
    }
    if (axis < 0) return RNN_OK;
  }
}

static void make_nest(nest *n, const rnn_tensor *const *operands) {
  for (int k = 0; k < n->count; k++) {
    n->dtypes[k] = operands[k]->dtype;
    n->converts |= n->dtypes[k] != n->types[k];
  }
  lay_out(n, operands);
}

rnn_status rnn_walk(rnn_context *cx, int count, const rnn_tensor *const *operands,
                    const rnn_dtype *types, rnn_loop loop) {
  if (rnn_tensor_size(operands[0]) == 0) return RNN_OK;
  nest n = {.cx = cx, .count = count, .types = types, .loop = loop};
  make_nest(&n, operands);
  char *at[RNN_MAX_OPERANDS] = {0};
  for (int k = 0; k < count; k++) at[k] = operands[k]->data;
  return run_rows(&n, at);
}

/* ---- by several threads ------------------------------------------------------------------------------------- */

typedef struct shared_nest {
  nest all;
  const rnn_tensor *const *operands;
  int64_t steps; /* of the first axis in a tile */
} shared_nest;

static void run_tile(void *data, int64_t tile) {
  const shared_nest *s = data;
  nest n = s->all;
  if (rnn_context_interrupted(n.cx)) return;
  int64_t first = tile * s->steps, left = n.shape[0] - first;
  n.shape[0] = left < s->steps ? left : s->steps;
  char *at[RNN_MAX_OPERANDS] = {0};
  for (int k = 0; k < n.count; k++)
    at[k] = (char *)s->operands[k]->data + first * n.strides[0][k] * (int64_t)rnn_dtype_size(n.dtypes[k]);
  run_rows(&n, at);
}

rnn_status rnn_walk_shared(rnn_context *cx, int count, const rnn_tensor *const *operands, const rnn_dtype *types,
                           rnn_loop loop) {
  int64_t size = rnn_tensor_size(operands[0]);
  if (size < SHARED) return rnn_walk(cx, count, operands, types, loop);
  shared_nest s = {{.cx = cx, .count = count, .types = types, .loop = loop}, operands, 1};
  make_nest(&s.all, operands);
  int64_t extent = s.all.shape[0], inner = size / extent;
  if (inner < TILE) s.steps = TILE / inner;
  rnn_parallel_for(cx, (extent + s.steps - 1) / s.steps, run_tile, &s);
  return rnn_context_interrupted(cx) ? RNN_INTERRUPTED : RNN_OK;
}
