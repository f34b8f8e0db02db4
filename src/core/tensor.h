/*
** tensor.h - strided n-dimensional arrays of float64, float32, int64 or bool.
**
** A tensor struct owns nothing: its numbers lie behind it in the same Lua userdata, or in that of the
** tensor it is a view of (bind/tensor.h), or in a model's arena.
*/
#ifndef RNN_TENSOR_H
#define RNN_TENSOR_H

#include "rnnlua.h"

typedef enum rnn_dtype { RNN_BOOL, RNN_INT64, RNN_FLOAT32, RNN_FLOAT64 } rnn_dtype; /* as promoted */

typedef struct rnn_tensor {
  rnn_dtype dtype;
  int ndim; /* 0 .. RNN_MAX_DIMS */
  int64_t shape[RNN_MAX_DIMS];
  int64_t strides[RNN_MAX_DIMS]; /* in elements; 0 where broadcast, negative where flipped */
  void *data;                    /* element (0, 0, …) */
} rnn_tensor;

size_t rnn_dtype_size(rnn_dtype dtype);
const char *rnn_dtype_name(rnn_dtype dtype);       /* "float32" */
int rnn_dtype_of_name(const char *name);           /* -1 for an unknown one */
int64_t rnn_tensor_size(const rnn_tensor *t);      /* number of elements */
bool rnn_tensor_contiguous(const rnn_tensor *t);   /* C order without gaps */
void rnn_tensor_describe(rnn_tensor *t, rnn_dtype dtype, int ndim, const int64_t *shape,
                         void *data);              /* fills t with C-order strides */

/* to[...] = from[...], converting the dtype; `from` broadcasts to `to`'s shape, which must fit */
void rnn_tensor_assign(const rnn_tensor *to, const rnn_tensor *from);

#endif
