/* elementwise.h - functions of elements: one loop for each operation and dtype */
#ifndef RNN_ELEMENTWISE_KERNELS_H
#define RNN_ELEMENTWISE_KERNELS_H

#include "kernels/loop.h"
#include "rnnlua_math.h"

typedef enum rnn_operation {
  /* two inputs */
  RNN_ADD, RNN_SUB, RNN_MUL, RNN_DIV, RNN_FLOORDIV, RNN_MOD, RNN_POW, RNN_MAXIMUM, RNN_MINIMUM,
  RNN_EQ, RNN_NE, RNN_LT, RNN_LE, RNN_GT, RNN_GE, RNN_LOGICAL_AND, RNN_LOGICAL_OR,
  /* one */
  RNN_NEGATIVE, RNN_ABS, RNN_SIGN, RNN_RELU, RNN_ROUND, RNN_FLOOR, RNN_CEIL, RNN_SQRT, RNN_EXP,
  RNN_LOG, RNN_SIN, RNN_COS, RNN_TANH, RNN_SIGMOID, RNN_ISNAN, RNN_ISINF, RNN_LOGICAL_NOT,
  /* three: clip(x, low, high); where(condition, yes, no), whose condition is bool */
  RNN_CLIP, RNN_WHERE,
  RNN_OPERATION_COUNT
} rnn_operation;

typedef struct rnn_elementwise_functions {
  /* by the dtype of the inputs; NULL where there is none and the inputs have to be widened. Comparisons,
  ** isnan, isinf and logical ones write bool, the others their inputs' dtype. The divisor of an integer
  ** division must not be 0. */
  rnn_loop loops[RNN_OPERATION_COUNT][RNN_DTYPE_COUNT];
} rnn_elementwise_functions;

RNN_DECLARE_KERNELS(rnn_elementwise_functions, rnn_elementwise)

#endif
