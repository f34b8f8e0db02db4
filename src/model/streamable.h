/* streamable.h - which models can be run a timestep at a time */
#ifndef RNN_STREAMABLE_H
#define RNN_STREAMABLE_H

#include "model/graph.h"

/* Marks in has_time, one entry a tensor, those with an axis of timesteps behind the batch. Fails, naming the layer, where
** what a layer gives for a timestep depends on more than that timestep and the states before it. */
rnn_status rnn_find_time(rnn_context *cx, const rnn_graph *graph, bool *has_time);

#endif
