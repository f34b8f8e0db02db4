/* compare.h - whether whole tensors are equal or close */
#ifndef RNN_CORE_COMPARE_H
#define RNN_CORE_COMPARE_H

#include "core/tensor.h"

typedef struct rnn_tolerance {
  double relative, absolute;
  double nan_equal; /* not 0: two NaN are close */
} rnn_tolerance;

/* out (bool) = |a - b| <= absolute + relative · |b|, where infinities are close to themselves alone; a and b
** broadcast to out's shape. */
rnn_status rnn_close(rnn_context *cx, const rnn_tensor *a, const rnn_tensor *b,
                     const rnn_tolerance *tolerance, const rnn_tensor *out);

#endif
