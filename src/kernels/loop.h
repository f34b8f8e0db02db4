/* loop.h - the form that loops over tensors have in common */
#ifndef RNN_LOOP_H
#define RNN_LOOP_H

#include <stdint.h>

#include "kernels/dtype.h"

/* n elements: p[0] is the output, p[1] … the inputs; strides count elements and may be 0 (inputs) or
** negative. An input may be the output itself, but not lie shifted against it. A bool is a byte, 0 or 1. */
typedef void (*rnn_loop)(int64_t n, void *const *p, const int64_t *strides);

#endif
