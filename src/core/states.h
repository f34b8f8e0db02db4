/* states.h - what a stateful layer carries from one call to the next */
#ifndef RNN_STATES_H
#define RNN_STATES_H

#include "core/layer.h"

/* Fills in a call's states: for a layer whose argument `stateful` is true those that its last call left, zeros at
** first; for others all NULL. The call's inputs have their shapes. Fails where the layer holds states of another
** batch size. */
rnn_status rnn_states_open(rnn_context *cx, rnn_layer *layer, rnn_call *call);

/* After forward: what the call wrote becomes the layer's states. The call's own `states` stay readable for backward,
** until the layer's next call. */
void rnn_states_commit(rnn_layer *layer, const rnn_call *call);

/* Sets states to zero: of all rows, and the next call may have any batch size; or of `count` rows, from 0. Fails for
** a row that the states don't have. A layer that holds none is left as it is. */
rnn_status rnn_states_reset(rnn_context *cx, rnn_layer *layer, int64_t count, const int64_t *rows);

void rnn_states_free(rnn_layer *layer);

#endif
