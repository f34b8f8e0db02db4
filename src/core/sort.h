/* sort.h - putting the elements of each line along an axis in order */
#ifndef RNN_SORT_H
#define RNN_SORT_H

#include "core/tensor.h"

/* Both go along `axis`, are stable, put NaN last and take -0 for equal to 0, as NumPy; descending,
** NaN is still last and equal elements keep their order. `to` has t's shape and may be t itself; it
** has t's dtype for rnn_sort, int64 for rnn_argsort, which gives positions from 0. */
rnn_status rnn_sort(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *t, int axis,
                    bool descending);
rnn_status rnn_argsort(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *t, int axis,
                       bool descending);

#endif
