/* dtype.h - what an element is: names, sizes, and NumPy 2's rules for mixing */
#ifndef RNN_DTYPE_H
#define RNN_DTYPE_H

#include <stddef.h>

#include "kernels/dtype.h"

size_t rnn_dtype_size(rnn_dtype dtype);
const char *rnn_dtype_name(rnn_dtype dtype); /* "float32" */
int rnn_dtype_of_name(const char *name);     /* -1 for an unknown one */

/* 0 bool, 1 integer, 2 float */
int rnn_dtype_kind(rnn_dtype dtype);

/* The dtype that holds both, as NumPy promotes: int64 with float32 gives float64. */
rnn_dtype rnn_promote(rnn_dtype a, rnn_dtype b);

/* The same where b is that of a bare number, which counts for its kind alone: float32 with the number 0.1
** stays float32, int64 with it gives float64. */
rnn_dtype rnn_promote_number(rnn_dtype tensor, rnn_dtype number);

#endif
