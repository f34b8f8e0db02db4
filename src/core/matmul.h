/* matmul.h - products of matrices and of stacks of them */
#ifndef RNN_MATMUL_H
#define RNN_MATMUL_H

#include "core/tensor.h"

/* to (…, m, n) = a (…, m, k) · b (…, k, n). `to` is in C order without gaps, shares no memory with
** a or b, and has a dtype of its own, in which the product is computed; leading axes of a and b
** broadcast to to's (they must fit). bool multiplies with `and` and adds with `or`. */
rnn_status rnn_matmul(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *a,
                      const rnn_tensor *b);

#endif
