/* stream_states.h - the states of one layer in a stream */
#ifndef RNN_STREAM_STATES_H
#define RNN_STREAM_STATES_H

#include "core/layer.h"

/* two buffers a state, the one on the stream's side current */
typedef struct rnn_stream_states {
  int count;
  float *buffers[2][RNN_MAX_PORTS];
  int64_t size[RNN_MAX_PORTS]; /* numbers of the whole batch */
} rnn_stream_states;

/* For a layer's first input; none where the layer has no states. What was made is to be cleared, also after a failure. */
rnn_status rnn_stream_states_make(rnn_context *cx, rnn_stream_states *states, const rnn_layer *layer,
                                  const rnn_shape *input);
void rnn_stream_states_clear(rnn_stream_states *states);

#endif
