/* noise_shape.c - the argument noise_shape of Dropout and its like: what is drawn may broadcast to the input */
#include "layers/layers.h"

rnn_status rnn_check_noise_shape(rnn_context *cx, const char *layer, const rnn_shape *noise) {
  for (int i = 0; i < noise->ndim; i++)
    if (noise->dim[i] != RNN_UNKNOWN && noise->dim[i] < 1)
      return rnn_fail(cx, RNN_INVALID, "%s: argument 'noise_shape': axis %d must be -1 or in [1, inf), got %lld",
                      layer, i + 1, (long long)noise->dim[i]);
  return RNN_OK;
}

rnn_status rnn_fit_noise_shape(rnn_context *cx, const rnn_shape *noise, const rnn_shape *input) {
  if (noise->ndim >= 0 && noise->ndim != input->ndim)
    return rnn_fail(cx, RNN_INVALID, "argument 'noise_shape' has %d axes, the input %d", noise->ndim, input->ndim);
  for (int i = 0; i < noise->ndim; i++)
    if (noise->dim[i] > 1 && input->dim[i] >= 0 && noise->dim[i] != input->dim[i])
      return rnn_fail(cx, RNN_INVALID, "argument 'noise_shape': axis %d must be 1, -1 or %lld, got %lld", i + 1,
                      (long long)input->dim[i], (long long)noise->dim[i]);
  return RNN_OK;
}

/* the element of what is drawn that element i of the input takes */
static int64_t noise_index(const rnn_shape *noise, const rnn_shape *input, int64_t i) {
  int64_t index = 0, stride = 1;
  for (int axis = input->ndim - 1; axis >= 0; axis--) {
    int64_t position = i % input->dim[axis];
    i /= input->dim[axis];
    if (noise->dim[axis] == 1 && input->dim[axis] != 1) continue;
    index += position * stride;
    stride *= input->dim[axis];
  }
  return index;
}

void rnn_draw_noise(rnn_context *cx, uint64_t key, const rnn_shape *noise, const rnn_shape *input, float *out) {
  int64_t size = rnn_size(input), width = rnn_columns(input);
  if (noise->ndim < 0) {
    cx->host->random_uniform(key, 0, size, out);
    return;
  }
  bool whole_rows = noise->dim[input->ndim - 1] != 1; /* then the last axis is drawn in one go */
  for (int64_t i = 0; i < size; i += whole_rows ? width : 1)
    cx->host->random_uniform(key, noise_index(noise, input, i), whole_rows ? width : 1, out + i);
}
