/* take.c - functions that copy elements to other places */
#include "core/take.h"

#include <string.h>


/* between two looks for Ctrl-C */
enum { POLL_BYTES = 1 << 22, POLL_ELEMENTS = 1 << 18 };

/* With a constant size the copy of one element is one instruction. */
static void copy_chunks(size_t size, int64_t count, const int64_t *positions, const char *from,
                        char *to) {
  switch (size) {
    case 1:
      for (int64_t i = 0; i < count; i++) to[i] = from[positions[i]];
      break;
    case 4:
      for (int64_t i = 0; i < count; i++) memcpy(to + i * 4, from + positions[i] * 4, 4);
      break;
    case 8:
      for (int64_t i = 0; i < count; i++) memcpy(to + i * 8, from + positions[i] * 8, 8);
      break;
    default:
      for (int64_t i = 0; i < count; i++)
        memcpy(to + i * (int64_t)size, from + positions[i] * (int64_t)size, size);
  }
}

rnn_status rnn_take(rnn_context *cx, rnn_dtype dtype, int64_t outer, int64_t extent, int64_t inner,
                    const void *from, int64_t count, const int64_t *positions, void *to) {
  if (outer == 0 || inner == 0 || count == 0) return RNN_OK;
  size_t chunk = (size_t)inner * rnn_dtype_size(dtype);
  int64_t at_once = 1 + POLL_BYTES / (int64_t)chunk;
  const char *source = from;
  char *target = to;
  for (int64_t o = 0; o < outer; o++, source += extent * (int64_t)chunk) {
    for (int64_t i = 0; i < count; i += at_once) {
      int64_t n = count - i < at_once ? count - i : at_once;
      copy_chunks(chunk, n, positions + i, source, target);
      target += n * (int64_t)chunk;
      if ((n == at_once || o % 4096 == 4095) && cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    }
  }
  return RNN_OK;
}

rnn_status rnn_take_back(rnn_context *cx, rnn_dtype dtype, int64_t inner, const void *from, int64_t count,
                         const int64_t *positions, void *to) {
  const float *single = from;
  const double *whole = from;
  for (int64_t i = 0, since = 0; i < count; i++, since += inner) {
    float *single_to = (float *)to + positions[i] * inner;
    double *whole_to = (double *)to + positions[i] * inner;
    if (dtype == RNN_FLOAT32)
      for (int64_t k = 0; k < inner; k++) single_to[k] += *single++;
    else
      for (int64_t k = 0; k < inner; k++) whole_to[k] += *whole++;
    if (since < POLL_ELEMENTS) continue;
    since = 0;
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

rnn_status rnn_tile(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *block) {
  rnn_tensor corner = *to; /* the part that is filled */
  if (rnn_tensor_size(to) == 0) return RNN_OK;
  for (int axis = 0; axis < to->ndim; axis++) corner.shape[axis] = block->shape[axis];
  rnn_try(rnn_tensor_assign(cx, &corner, block));
  for (int axis = to->ndim - 1; axis >= 0; axis--) {
    int64_t filled = corner.shape[axis], extent = to->shape[axis];
    while (filled < extent) { /* doubled each time */
      int64_t count = extent - filled < filled ? extent - filled : filled;
      rnn_tensor target = corner, source = corner;
      target.shape[axis] = extent;
      rnn_tensor_range(&target, axis, filled, count, 1);
      source.shape[axis] = count;
      rnn_try(rnn_tensor_assign(cx, &target, &source));
      filled += count;
    }
    corner.shape[axis] = extent;
  }
  return RNN_OK;
}

int64_t rnn_one_hot(const rnn_tensor *to, int64_t n, int64_t classes, const int64_t *labels) {
  for (int64_t i = 0; i < n; i++) {
    if (labels[i] >= classes) return i;
    if (labels[i] < 0) continue;
    int64_t at = i * classes + labels[i];
    switch (to->dtype) {
      case RNN_BOOL: ((uint8_t *)to->data)[at] = 1; break;
      case RNN_INT64: ((int64_t *)to->data)[at] = 1; break;
      case RNN_FLOAT32: ((float *)to->data)[at] = 1; break;
      case RNN_FLOAT64: ((double *)to->data)[at] = 1; break;
    }
  }
  return -1;
}

/* ---- running sums ---------------------------------------------------------------------------- */

#define DEFINE_ADD_ROW(T)                                             \
  static void add_row_##T(int64_t n, const T *before, T *row) {       \
    for (int64_t i = 0; i < n; i++) row[i] = (T)(row[i] + before[i]); \
  }
DEFINE_ADD_ROW(float)
DEFINE_ADD_ROW(double)
DEFINE_ADD_ROW(uint64_t) /* int64 wraps round, as in Lua */

static void add_row(rnn_dtype dtype, int64_t n, const void *before, void *row) {
  switch (dtype) {
    case RNN_FLOAT32: add_row_float(n, before, row); break;
    case RNN_FLOAT64: add_row_double(n, before, row); break;
    default: add_row_uint64_t(n, before, row); break;
  }
}

rnn_status rnn_cumsum(rnn_context *cx, const rnn_tensor *t, int axis) {
  int64_t inner = 1, rows = 1, extent = t->shape[axis];
  for (int k = 0; k <= axis; k++) rows *= t->shape[k];
  for (int k = axis + 1; k < t->ndim; k++) inner *= t->shape[k];
  for (int64_t row = 0, since = 0; row < rows; row++, since += inner) {
    if (row % extent != 0)
      add_row(t->dtype, inner, rnn_tensor_at(t, (row - 1) * inner), rnn_tensor_at(t, row * inner));
    if (since < POLL_ELEMENTS) continue;
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    since = 0;
  }
  return RNN_OK;
}
