/* weights.h - how a layer comes to its weights: declared one by one while build runs, then made all together */
#ifndef RNN_WEIGHTS_H
#define RNN_WEIGHTS_H

#include "core/layer.h"

/* The host's add_weight: writes down what is wanted. Fails, saying why, for what can be no weight. */
rnn_status rnn_layer_add_weight(rnn_context *cx, rnn_layer *layer, const rnn_weight_spec *spec);

/* Storage for all that was declared, filled by the initializers. */
rnn_status rnn_make_weights(rnn_context *cx, rnn_layer *layer);

/* The layer has no weights any more; blocks that others hold stay theirs. */
void rnn_drop_weights(rnn_layer *layer);

#endif
