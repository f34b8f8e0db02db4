/* twin.h - the ends of twins: layers that compute with the weights of another; rnn_layer_carrying makes them */
#ifndef RNN_TWIN_H
#define RNN_TWIN_H

#include "core/layer.h"

/* the last reference to a twin is gone */
void rnn_twin_free(rnn_layer *twin);

#endif
