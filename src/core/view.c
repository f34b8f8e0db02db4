/* view.c - the same elements under another shape */
#include "core/view.h"

/* Axes that can be walked through as one, in C order: `extent` steps of `stride`. */
typedef struct block {
  int64_t extent, stride;
} block;

static int find_blocks(const rnn_tensor *t, block blocks[RNN_MAX_DIMS]) {
  int count = 0;
  for (int axis = 0; axis < t->ndim; axis++) {
    int64_t extent = t->shape[axis], stride = t->strides[axis];
    if (extent == 1) continue;
    if (count > 0 && blocks[count - 1].stride == extent * stride)
      blocks[count - 1].extent *= extent;
    else blocks[count++].extent = extent;
    blocks[count - 1].stride = stride;
  }
  return count;
}

bool rnn_tensor_reshape(rnn_tensor *t, int ndim, const int64_t *shape) {
  if (rnn_tensor_size(t) == 0) {
    rnn_tensor_describe(t, t->dtype, ndim, shape, t->data);
    return true;
  }
  block blocks[RNN_MAX_DIMS];
  int64_t strides[RNN_MAX_DIMS];
  int b = find_blocks(t, blocks) - 1; /* from the last block and axis back */
  int64_t done = 1;                   /* elements of block b that new axes cover */
  for (int axis = ndim - 1; axis >= 0; axis--) {
    if (b >= 0 && done == blocks[b].extent) b--, done = 1;
    if (shape[axis] > 1 && (b < 0 || blocks[b].extent % (done * shape[axis]) != 0)) return false;
    strides[axis] = b >= 0 ? blocks[b].stride * done : 1;
    done *= shape[axis];
  }
  t->ndim = ndim;
  for (int axis = 0; axis < ndim; axis++)
    t->shape[axis] = shape[axis], t->strides[axis] = strides[axis];
  return true;
}

void rnn_tensor_permute(rnn_tensor *t, const int *axes) {
  rnn_tensor old = *t;
  for (int i = 0; i < t->ndim; i++) {
    t->shape[i] = old.shape[axes[i]];
    t->strides[i] = old.strides[axes[i]];
  }
}

void rnn_tensor_flip(rnn_tensor *t, int axis) {
  if (t->shape[axis] < 2) return;
  t->data = rnn_tensor_at(t, (t->shape[axis] - 1) * t->strides[axis]);
  t->strides[axis] = -t->strides[axis];
}

void rnn_tensor_drop_axis(rnn_tensor *t, int axis) {
  t->ndim--;
  for (int i = axis; i < t->ndim; i++) {
    t->shape[i] = t->shape[i + 1];
    t->strides[i] = t->strides[i + 1];
  }
}

void rnn_tensor_insert_axis(rnn_tensor *t, int axis) {
  for (int i = t->ndim; i > axis; i--) {
    t->shape[i] = t->shape[i - 1];
    t->strides[i] = t->strides[i - 1];
  }
  t->shape[axis] = 1;
  t->strides[axis] = axis < t->ndim ? t->shape[axis + 1] * t->strides[axis + 1] : 1;
  t->ndim++;
}
