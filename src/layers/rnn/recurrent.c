/* recurrent.c - the plugin of the recurrent layers */
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

static const rnn_type *const types[] = {&rnn_simple_rnn.type};

RNN_PLUGIN(recurrent, "1.0", "SimpleRNN", types)
