/*
** tensor.h - strided n-dimensional arrays of float64, float32, int64 or bool.
**
** A tensor struct owns nothing: its numbers lie behind it in the same Lua userdata, or in that of the
** tensor it is a view of (bind/tensor.h), or in a model's arena. Axes and positions count from 0 here.
*/
#ifndef RNN_TENSOR_H
#define RNN_TENSOR_H

#include "core/dtype.h"
#include "core/shape.h"
#include "rnnlua.h"

typedef struct rnn_tensor {
  rnn_dtype dtype;
  int ndim; /* 0 .. RNN_MAX_DIMS */
  int64_t shape[RNN_MAX_DIMS];
  int64_t strides[RNN_MAX_DIMS]; /* in elements; 0 where broadcast, negative where flipped */
  void *data;                    /* element (0, 0, …) */
  uint32_t watch; /* the number of the tape that watches it (bind/tape.h); 0: none; a view or copy starts with 0 */
} rnn_tensor;

rnn_shape rnn_tensor_shape(const rnn_tensor *t);   /* as the plugin ABI has shapes */
int64_t rnn_tensor_size(const rnn_tensor *t);      /* number of elements */
bool rnn_tensor_contiguous(const rnn_tensor *t);   /* C order without gaps */
void rnn_tensor_describe(rnn_tensor *t, rnn_dtype dtype, int ndim, const int64_t *shape,
                         void *data);              /* fills t with C-order strides */
bool rnn_tensor_same_shape(const rnn_tensor *a, const rnn_tensor *b);

/* to[...] = from[...], converting the dtype; `from` broadcasts to `to`'s shape, which must fit. The two may
** be the same memory in the same layout; where they overlap otherwise, copy first. Where cx is not NULL it polls for
** Ctrl-C: RNN_INTERRUPTED, `to` is then partly written. Without one it always succeeds. */
rnn_status rnn_tensor_assign(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *from);

/* memcpy, polling for Ctrl-C like rnn_tensor_assign */
rnn_status rnn_move_bytes(rnn_context *cx, void *to, const void *from, size_t n);

/* Whether both reach some byte, as far as first and last bytes tell (may say true for two interleaved views). */
bool rnn_tensor_overlap(const rnn_tensor *a, const rnn_tensor *b);
/* The bytes between which all elements lie. */
void rnn_tensor_reach(const rnn_tensor *t, const char **first, const char **end);
/* Whether both are the same elements in the same order. */
bool rnn_tensor_same_layout(const rnn_tensor *a, const rnn_tensor *b);

/* Turns t into the view at one position of an axis, which goes away. */
void rnn_tensor_select(rnn_tensor *t, int axis, int64_t position);
/* Turns t into the view of `count` positions of an axis: first, first + step, … */
void rnn_tensor_range(rnn_tensor *t, int axis, int64_t first, int64_t count, int64_t step);
/* Turns t into the view of a larger shape along which it repeats. false: t does not broadcast to it, and
** was not changed. */
bool rnn_tensor_broadcast(rnn_tensor *t, int ndim, const int64_t *shape);
/* Widens `shape` to what it and t's shape broadcast to; false if they do not. */
bool rnn_shape_broadcast(int *ndim, int64_t *shape, const rnn_tensor *t);

/* Address of the element at an offset counted in elements. */
static inline void *rnn_tensor_at(const rnn_tensor *t, int64_t offset) {
  return (char *)t->data + offset * (int64_t)rnn_dtype_size(t->dtype);
}

#endif
