/* softmax.h - exp(x) / sum exp(x) along an axis */
#ifndef RNN_CORE_SOFTMAX_H
#define RNN_CORE_SOFTMAX_H

#include "core/tensor.h"

/* y and x have the same shape and float dtype; y may be x, but not lie shifted against it. */
rnn_status rnn_tensor_softmax(rnn_context *cx, const rnn_tensor *x, int axis, const rnn_tensor *y);

#endif
