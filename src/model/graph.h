/*
** graph.h - what is computed: layers called on tensors.
**
** Tensors are numbered from 0: the model's inputs first, then the outputs of each call in the order of
** the calls, which is an order they can be run in. A layer may be called more than once. Sequential
** models are graphs without branches.
*/
#ifndef RNN_GRAPH_H
#define RNN_GRAPH_H

#include "core/layer.h"

typedef struct rnn_node {
  rnn_layer *layer; /* a reference */
  int input_count, output_count;
  int inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS]; /* tensors */
  const rnn_component *activity_regularizer; /* of the output; or NULL */
  bool built_here; /* the layer was built for this call */
  int mode;        /* 1: always as in training, -1: never, 0: as the pass is */
} rnn_node;

typedef struct rnn_graph {
  int input_count, output_count, node_count, tensor_count;
  int outputs[RNN_MAX_PORTS];
  rnn_shape *shapes; /* of every tensor, as given: batch and perhaps others RNN_UNKNOWN */
  rnn_node *nodes;
  int layer_count;    /* different layers, in the order of their first call */
  rnn_layer **layers; /* borrowed from nodes */
  rnn_block **blocks; /* layer_count references that keep weights where they are once laid out */
} rnn_graph;

rnn_graph *rnn_graph_new(rnn_context *cx); /* NULL: fail was called */
void rnn_graph_free(rnn_graph *graph);     /* NULL is fine */

/* A graph of its own of the same layers. NULL: fail was called. */
rnn_graph *rnn_graph_copy(rnn_context *cx, const rnn_graph *graph);

/* All inputs come before the first call. */
rnn_status rnn_graph_add_input(rnn_context *cx, rnn_graph *graph, const rnn_shape *shape);

/* Calls a layer on tensors, building it if needed. On error the graph is unchanged. */
rnn_status rnn_graph_add_call(rnn_context *cx, rnn_graph *graph, rnn_layer *layer, int input_count,
                              const int *inputs);

/* Fixes the mode of the last call added. */
void rnn_graph_fix_mode(rnn_graph *graph, bool training);

/* Gives up a graph before its first use: layers that were built for it are unbuilt again. */
void rnn_graph_abandon(rnn_graph *graph);

rnn_status rnn_graph_set_outputs(rnn_context *cx, rnn_graph *graph, int count, const int *tensors);

/* Lays the weights of all layers out as one vector, in order. Layers whose storage something else holds
** too (another model, a tensor that shows a weight) stay where they are. */
rnn_status rnn_graph_flatten(rnn_context *cx, rnn_graph *graph);

/* Shapes of all tensors for these inputs; `shapes` has room for tensor_count. */
rnn_status rnn_graph_shapes(rnn_context *cx, const rnn_graph *graph, const rnn_shape *inputs,
                            rnn_shape *shapes);

/* whether a node's call is one of training in a pass that is or is not */
static inline bool rnn_node_trains(const rnn_node *node, bool training) {
  return node->mode == 0 ? training : node->mode > 0;
}

/* whether a call from the `first`-th on reads the tensor; whether it is an output of the model */
bool rnn_graph_reads(const rnn_graph *graph, int tensor, int first);
bool rnn_graph_is_output(const rnn_graph *graph, int tensor);

#endif
