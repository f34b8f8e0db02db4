/* tensor.c - shapes, strides and views; assignment */
#include "core/tensor.h"

#include <stdio.h>
#include <string.h>

#include "core/host.h"
#include "core/walk.h"

#define PIECE ((size_t)4 << 20) /* bytes moved between two looks for Ctrl-C */

rnn_shape rnn_tensor_shape(const rnn_tensor *t) {
  rnn_shape shape = {.ndim = t->ndim};
  memcpy(shape.dim, t->shape, sizeof *t->shape * (size_t)t->ndim);
  return shape;
}

int64_t rnn_tensor_size(const rnn_tensor *t) {
  int64_t size = 1;
  for (int i = 0; i < t->ndim; i++) size *= t->shape[i];
  return size;
}

bool rnn_tensor_contiguous(const rnn_tensor *t) {
  int64_t stride = 1;
  for (int i = t->ndim - 1; i >= 0; i--) {
    if (t->shape[i] == 0) return true;
    if (t->shape[i] != 1 && t->strides[i] != stride) return rnn_tensor_size(t) == 0;
    stride *= t->shape[i];
  }
  return true;
}

void rnn_tensor_describe(rnn_tensor *t, rnn_dtype dtype, int ndim, const int64_t *shape, void *data) {
  t->dtype = dtype;
  t->ndim = ndim;
  t->data = data;
  t->watch = 0;
  int64_t stride = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    t->shape[i] = shape[i];
    t->strides[i] = stride;
    stride *= shape[i];
  }
}

bool rnn_tensor_same_shape(const rnn_tensor *a, const rnn_tensor *b) {
  return a->ndim == b->ndim && memcmp(a->shape, b->shape, sizeof *a->shape * (size_t)a->ndim) == 0;
}

rnn_status rnn_move_bytes(rnn_context *cx, void *to, const void *from, size_t n) {
  const char *source = from;
  char *target = to;
  for (size_t done = 0; done < n; done += PIECE) {
    memmove(target + done, source + done, n - done < PIECE ? n - done : PIECE);
    if (cx && rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

rnn_status rnn_tensor_assign(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *from) {
  if (to->dtype == from->dtype && rnn_tensor_same_shape(to, from) && rnn_tensor_contiguous(to) &&
      rnn_tensor_contiguous(from))
    return rnn_move_bytes(cx, to->data, from->data, (size_t)rnn_tensor_size(to) * rnn_dtype_size(to->dtype));
  rnn_loop loop = rnn_convert_loop(to->dtype, from->dtype);
  if (to->ndim == 0) { /* one element: not worth a walk */
    loop(1, (void *[]){to->data, from->data}, (int64_t[]){1, 1});
    return RNN_OK;
  }
  return rnn_walk(cx, 2, (const rnn_tensor *[]){to, from}, (rnn_dtype[]){to->dtype, from->dtype}, loop);
}

void rnn_tensor_reach(const rnn_tensor *t, const char **first, const char **end) {
  int64_t low = 0, high = 0;
  for (int i = 0; i < t->ndim; i++) {
    int64_t far = (t->shape[i] - 1) * t->strides[i];
    if (far < 0) low += far;
    else high += far;
  }
  *first = rnn_tensor_at(t, low);
  *end = rnn_tensor_at(t, high + 1);
}

bool rnn_tensor_overlap(const rnn_tensor *a, const rnn_tensor *b) {
  if (rnn_tensor_size(a) == 0 || rnn_tensor_size(b) == 0) return false;
  const char *a_first, *a_end, *b_first, *b_end;
  rnn_tensor_reach(a, &a_first, &a_end);
  rnn_tensor_reach(b, &b_first, &b_end);
  return a_first < b_end && b_first < a_end;
}

bool rnn_tensor_same_layout(const rnn_tensor *a, const rnn_tensor *b) {
  if (a->data != b->data || a->dtype != b->dtype || !rnn_tensor_same_shape(a, b)) return false;
  for (int i = 0; i < a->ndim; i++)
    if (a->shape[i] != 1 && a->strides[i] != b->strides[i]) return false;
  return true;
}

void rnn_tensor_select(rnn_tensor *t, int axis, int64_t position) {
  t->data = rnn_tensor_at(t, position * t->strides[axis]);
  t->ndim--;
  for (int i = axis; i < t->ndim; i++) {
    t->shape[i] = t->shape[i + 1];
    t->strides[i] = t->strides[i + 1];
  }
}

void rnn_tensor_range(rnn_tensor *t, int axis, int64_t first, int64_t count, int64_t step) {
  if (count > 0) t->data = rnn_tensor_at(t, first * t->strides[axis]);
  t->shape[axis] = count;
  t->strides[axis] *= step;
}

bool rnn_tensor_broadcast(rnn_tensor *t, int ndim, const int64_t *shape) {
  int new_axes = ndim - t->ndim;
  if (new_axes < 0) return false;
  for (int i = new_axes; i < ndim; i++)
    if (t->shape[i - new_axes] != shape[i] && t->shape[i - new_axes] != 1) return false;
  for (int i = ndim - 1; i >= 0; i--) {
    int own = i - new_axes;
    t->strides[i] = own < 0 || t->shape[own] != shape[i] ? 0 : t->strides[own];
    t->shape[i] = shape[i];
  }
  t->ndim = ndim;
  return true;
}

bool rnn_shape_broadcast(int *ndim, int64_t *shape, const rnn_tensor *t) {
  while (*ndim < t->ndim) {
    memmove(shape + 1, shape, sizeof *shape * (size_t)*ndim);
    shape[0] = 1;
    ++*ndim;
  }
  for (int i = 0; i < t->ndim; i++) {
    int64_t *extent = &shape[*ndim - t->ndim + i];
    if (*extent == 1) *extent = t->shape[i];
    else if (t->shape[i] != 1 && t->shape[i] != *extent) return false;
  }
  return true;
}
