/* take.h - functions that copy elements to other places: take, repeat, tile, one_hot, cumsum */
#ifndef RNN_TAKE_H
#define RNN_TAKE_H

#include "core/tensor.h"

/* to[outer, i, inner] = from[outer, positions[i], inner], all in C order without gaps; positions
** count from 0 and are within `extent`. */
rnn_status rnn_take(rnn_context *cx, rnn_dtype dtype, int64_t outer, int64_t extent, int64_t inner,
                    const void *from, int64_t count, const int64_t *positions, void *to);

/* The other way, for gradients: to[positions[i], inner] += from[i, inner], where dtype is that of floats. */
rnn_status rnn_take_back(rnn_context *cx, rnn_dtype dtype, int64_t inner, const void *from, int64_t count,
                         const int64_t *positions, void *to);

/* Fills `to` with copies of `block`, which has as many axes, and extents that divide to's. */
rnn_status rnn_tile(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *block);

/* Row i of `to` (zeros so far, n × classes, in C order) gets a 1 at labels[i]; a negative label
** leaves its row as it is. Returns the number of the first label that is too large, -1 if none is. */
int64_t rnn_one_hot(const rnn_tensor *to, int64_t n, int64_t classes, const int64_t *labels);

/* Turns t, in C order without gaps and not bool, into its running sums along an axis. */
rnn_status rnn_cumsum(rnn_context *cx, const rnn_tensor *t, int axis);

#endif
