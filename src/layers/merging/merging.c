/* merging.c - the plugin of the merge layers */
#include "layers/merging/merging.h"

rnn_status rnn_merged_batch(rnn_context *cx, int count, const rnn_shape *inputs, int64_t *batch) {
  *batch = RNN_UNKNOWN;
  for (int i = 0; i < count; i++) {
    if (inputs[i].ndim < 1) return rnn_fail(cx, RNN_INVALID, "input %d has no batch axis, its shape is ()", i + 1);
    int64_t rows = inputs[i].dim[0];
    if (rows == RNN_UNKNOWN) continue;
    if (*batch != RNN_UNKNOWN && rows != *batch)
      return rnn_fail(cx, RNN_INVALID, "inputs have batches of %lld and %lld rows", (long long)*batch,
                      (long long)rows);
    *batch = rows;
  }
  return RNN_OK;
}

static const rnn_type *const types[] = {&rnn_add.type,     &rnn_subtract.type, &rnn_multiply.type,
                                        &rnn_average.type, &rnn_maximum.type,  &rnn_minimum.type,
                                        &rnn_concatenate.type, &rnn_dot.type};

RNN_PLUGIN(merging, "1.0", "Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot", types)
