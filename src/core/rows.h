/* rows.h - choosing and writing rows by a mask or by positions */
#ifndef RNN_CORE_ROWS_H
#define RNN_CORE_ROWS_H

#include "core/tensor.h"

/* The sub-tensor at the index-th position (in C order) of t's first `lead` axes. */
void rnn_tensor_row(const rnn_tensor *t, int lead, int64_t index, rnn_tensor *row);

/* How many elements of a contiguous mask are true, and their numbers in C order. */
int64_t rnn_mask_count(const rnn_tensor *mask);
void rnn_mask_positions(const rnn_tensor *mask, int64_t count, int64_t *positions);

/* t's rows (over `lead` axes) at the given positions = the rows of `values`, which has `count` of them on its
** first axis and then the row's shape; broadcast strides are fine. Shares no memory with t. */
rnn_status rnn_rows_assign(rnn_context *cx, const rnn_tensor *t, int lead, int64_t count,
                           const int64_t *positions, const rnn_tensor *values);

/* Where mask (of t's shape) is true: t = value, a tensor without axes. */
rnn_status rnn_mask_fill(rnn_context *cx, const rnn_tensor *t, const rnn_tensor *mask,
                         const rnn_tensor *value);

#endif
