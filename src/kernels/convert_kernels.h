/* convert_kernels.h - loops that change the dtype */
#ifndef RNN_CONVERT_KERNELS_H
#define RNN_CONVERT_KERNELS_H

#include "kernels/dtype.h"
#include "rnnlua_math.h"

/* n elements: p[0] is the output, p[1] … the inputs; strides count elements and may be 0 (inputs) or
** negative. An input may be the output itself, but not lie shifted against it. */
typedef void (*rnn_loop)(int64_t n, void *const *p, const int64_t *strides);

typedef struct rnn_convert_functions {
  rnn_loop loops[RNN_DTYPE_COUNT][RNN_DTYPE_COUNT]; /* [to][from] */
} rnn_convert_functions;

RNN_DECLARE_KERNELS(rnn_convert_functions, rnn_convert)

#endif
