/* convert_kernels.h - loops that change the dtype */
#ifndef RNN_CONVERT_KERNELS_H
#define RNN_CONVERT_KERNELS_H

#include "kernels/loop.h"
#include "rnnlua_math.h"

typedef struct rnn_convert_functions {
  rnn_loop loops[RNN_DTYPE_COUNT][RNN_DTYPE_COUNT]; /* [to][from] */
} rnn_convert_functions;

RNN_DECLARE_KERNELS(rnn_convert_functions, rnn_convert)

#endif
