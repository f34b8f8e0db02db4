/* take.c - functions that copy elements to other places */
#include "core/take.h"

#include <string.h>

#include "core/walk.h"

enum { POLL_BYTES = 1 << 22 }; /* copied between two looks for Ctrl-C */

rnn_status rnn_copy(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *from) {
  return rnn_walk(cx, 2, (const rnn_tensor *[]){to, from}, (rnn_dtype[]){to->dtype, from->dtype},
                  rnn_convert_loop(to->dtype, from->dtype));
}

/* With a constant size the copy of one element is one instruction. */
static void copy_chunks(size_t size, int64_t count, const int64_t *positions, const char *from,
                        char *to) {
  switch (size) {
    case 1: for (int64_t i = 0; i < count; i++) to[i] = from[positions[i]]; break;
    case 4: for (int64_t i = 0; i < count; i++) memcpy(to + i * 4, from + positions[i] * 4, 4); break;
    case 8: for (int64_t i = 0; i < count; i++) memcpy(to + i * 8, from + positions[i] * 8, 8); break;
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
      if ((n == at_once || o % 4096 == 4095) && cx->host->interrupted(cx))
        return RNN_INTERRUPTED;
    }
  }
  return RNN_OK;
}

rnn_status rnn_tile(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *block) {
  rnn_tensor corner = *to; /* the part that is filled */
  if (rnn_tensor_size(to) == 0) return RNN_OK;
  for (int axis = 0; axis < to->ndim; axis++) corner.shape[axis] = block->shape[axis];
  rnn_try(rnn_copy(cx, &corner, block));
  for (int axis = to->ndim - 1; axis >= 0; axis--) {
    int64_t filled = corner.shape[axis], extent = to->shape[axis];
    while (filled < extent) { /* doubled each time */
      int64_t count = extent - filled < filled ? extent - filled : filled;
      rnn_tensor target = corner, source = corner;
      target.shape[axis] = extent;
      rnn_tensor_range(&target, axis, filled, count, 1);
      source.shape[axis] = count;
      rnn_try(rnn_copy(cx, &target, &source));
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

/* ---- running sums ------------------------------------------------------------------------------------------ */

#define SUM_LINE(T)                                                                 \
  do {                                                                              \
    const T *x = (const T *)from->data + from_offset;                               \
    T *y = (T *)to->data + to_offset, sum = 0;                                      \
    for (int64_t i = 0; i < n; i++) y[i * sy] = sum = (T)(sum + x[i * sx]);         \
  } while (0)

static void sum_line(const rnn_tensor *to, int64_t to_offset, const rnn_tensor *from,
                     int64_t from_offset, int axis) {
  int64_t n = from->shape[axis], sx = from->strides[axis], sy = to->strides[axis];
  switch (from->dtype) {
    case RNN_FLOAT32: SUM_LINE(float); break;
    case RNN_FLOAT64: SUM_LINE(double); break;
    default: SUM_LINE(uint64_t); break; /* int64 wraps round, as in Lua */
  }
}

static rnn_status sum_lines(rnn_context *cx, const rnn_tensor *to, int64_t to_offset,
                            const rnn_tensor *from, int64_t from_offset, int axis, int next) {
  if (next == axis) next++;
  if (next >= from->ndim) {
    sum_line(to, to_offset, from, from_offset, axis);
    return RNN_OK;
  }
  if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  for (int64_t i = 0; i < from->shape[next]; i++)
    rnn_try(sum_lines(cx, to, to_offset + i * to->strides[next], from,
                      from_offset + i * from->strides[next], axis, next + 1));
  return RNN_OK;
}

rnn_status rnn_cumsum(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *from, int axis) {
  return sum_lines(cx, to, 0, from, 0, axis, 0);
}
