/* merging.h - what the merge layers share: layers that make one tensor of several */
#ifndef RNN_MERGING_H
#define RNN_MERGING_H

#include "rnnlua.h"

extern const rnn_layer_type rnn_add, rnn_subtract, rnn_multiply, rnn_average, rnn_maximum, rnn_minimum,
    rnn_concatenate, rnn_dot;

/* The axis counted from 0 of one counted from 1 (-1: the last) in a shape of `ndim` axes; -1 where there is no
** such axis, 0 for the batch's. */
static inline int rnn_merged_axis(int64_t axis, int ndim) {
  int64_t at = axis < 0 ? axis + ndim : axis - 1;
  return at >= 0 && at < ndim ? (int)at : -1;
}

/* Where the batch of one input is known, that of the others must be the same. */
rnn_status rnn_merged_batch(rnn_context *cx, int count, const rnn_shape *inputs, int64_t *batch);

#endif
