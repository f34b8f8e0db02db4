/* recurrent.c - the plugin of the recurrent layers */
#include <string.h>

#include "layers/rnn/rnn.h"

rnn_status rnn_sequence_shapes(rnn_context *cx, const rnn_shape *input, int64_t units,
                               bool return_sequences, rnn_shape *output) {
  if (input->ndim != 3) {
    char got[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(got, input->ndim, input->dim));
  }
  if (input->dim[1] == 0) return rnn_fail(cx, RNN_INVALID, "expected at least one timestep, got 0");
  if (input->dim[2] == RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected a known number of features, got None");
  *output = return_sequences ? (rnn_shape){3, {input->dim[0], input->dim[1], units}}
                             : (rnn_shape){2, {input->dim[0], units}};
  return RNN_OK;
}

rnn_sequence rnn_sequence_of(rnn_context *cx, const rnn_call *call, int64_t units, bool backwards) {
  const rnn_shape *x = &call->inputs->shape;
  int64_t vector = 4 << cx->host->cpu_level;
  return (rnn_sequence){.batch = x->dim[0],
                        .time = x->dim[1],
                        .features = x->dim[2],
                        .units = units,
                        .width = (units + vector - 1) / vector * vector,
                        .backwards = backwards};
}

void rnn_pack(int64_t rows, int64_t columns, const float *from, bool transposed, int64_t width,
              float *to) {
  for (int64_t r = 0; r < rows; r++, to += width) {
    if (!transposed) {
      memcpy(to, from + r * columns, sizeof(float) * (size_t)columns);
    } else {
      for (int64_t c = 0; c < columns; c++) to[c] = from[c * columns + r];
    }
    memset(to + columns, 0, sizeof(float) * (size_t)(width - columns));
  }
}

static const rnn_type *const types[] = {&rnn_simple_rnn.type};

RNN_PLUGIN(recurrent, "1.0", "SimpleRNN", types)
