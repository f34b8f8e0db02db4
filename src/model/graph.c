/* graph.c - layers called on tensors, and where their weights lie */
#include "model/graph.h"

#include <string.h>

#include "core/alloc.h"
#include "core/component.h"

rnn_graph *rnn_graph_new(rnn_context *cx) {
  rnn_graph *graph = rnn_malloc(sizeof *graph);
  if (graph)
    *graph = (rnn_graph){0};
  else
    rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory");
  return graph;
}

void rnn_graph_free(rnn_graph *graph) {
  if (graph == NULL) return;
  for (int i = 0; graph->blocks && i < graph->layer_count; i++) rnn_block_release(graph->blocks[i]);
  for (int i = 0; i < graph->node_count; i++) rnn_layer_release(graph->nodes[i].layer);
  rnn_free(graph->blocks);
  rnn_free(graph->layers);
  rnn_free(graph->nodes);
  rnn_free(graph->shapes);
  rnn_free(graph);
}

/* ---- copying ------------------------------------------------------------------------------------ */

/* room for as much as `from` has; false: there is none */
static bool make_room(rnn_graph *g, const rnn_graph *from) {
  size_t tensors = (size_t)from->tensor_count, nodes = (size_t)from->node_count, layers = (size_t)from->layer_count;
  g->shapes = rnn_malloc(sizeof *g->shapes * tensors);
  g->nodes = rnn_malloc(sizeof *g->nodes * nodes);
  g->layers = rnn_malloc(sizeof(rnn_layer *) * layers);
  g->blocks = rnn_malloc(sizeof(rnn_block *) * (layers + 1));
  return g->shapes && g->nodes && g->layers && g->blocks;
}

rnn_graph *rnn_graph_copy(rnn_context *cx, const rnn_graph *from) {
  rnn_graph *g = rnn_graph_new(cx);
  if (g == NULL || !make_room(g, from)) {
    rnn_graph_free(g);
    rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory");
    return NULL;
  }
  g->input_count = from->input_count;
  g->output_count = from->output_count;
  g->tensor_count = from->tensor_count;
  g->layer_count = from->layer_count;
  memcpy(g->outputs, from->outputs, sizeof g->outputs);
  memcpy(g->shapes, from->shapes, sizeof *g->shapes * (size_t)from->tensor_count);
  memcpy(g->layers, from->layers, sizeof(rnn_layer *) * (size_t)from->layer_count);
  for (int i = 0; i < from->layer_count; i++)
    if ((g->blocks[i] = from->blocks[i])) rnn_block_retain(g->blocks[i]);
  for (; g->node_count < from->node_count; g->node_count++)
    rnn_layer_retain((g->nodes[g->node_count] = from->nodes[g->node_count]).layer);
  return g;
}

/* ---- growing ----------------------------------------------------------------------------------- */

/* makes room for `count` items of `size` bytes; on failure the array is unchanged */
static rnn_status grow(rnn_context *cx, void *array, int count, size_t size) {
  void *grown = rnn_realloc(*(void **)array, (size_t)count * size);
  if (grown == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory");
  *(void **)array = grown;
  return RNN_OK;
}

rnn_status rnn_graph_add_input(rnn_context *cx, rnn_graph *g, const rnn_shape *shape) {
  if (g->input_count == RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "model: at most %d inputs", RNN_MAX_PORTS);
  rnn_try(grow(cx, &g->shapes, g->tensor_count + 1, sizeof *g->shapes));
  g->shapes[g->tensor_count++] = *shape;
  g->input_count++;
  return RNN_OK;
}

static bool knows_layer(const rnn_graph *g, const rnn_layer *layer) {
  for (int i = 0; i < g->layer_count; i++)
    if (g->layers[i] == layer) return true;
  return false;
}

/* The shapes of a call's outputs. A model puts samples together and takes them apart along the first axis, so that
** no layer in it may lose that. */
static rnn_status call_shapes(rnn_context *cx, const rnn_layer *layer, int input_count, const rnn_shape *in,
                              int *output_count, rnn_shape *out) {
  char before[RNN_SHAPE_TEXT], after[RNN_SHAPE_TEXT];
  rnn_try(rnn_layer_shapes(cx, layer, input_count, in, output_count, out));
  for (int i = 0; i < *output_count && in->ndim > 0; i++) {
    bool kept = out[i].ndim > 0 && (out[i].dim[0] == in->dim[0] || out[i].dim[0] == RNN_UNKNOWN);
    if (kept) continue;
    rnn_fail(cx, RNN_INVALID, "output %d must keep the batch axis in front, of inputs of shape %s, got %s", i + 1,
             rnn_shape_text(before, in->ndim, in->dim), rnn_shape_text(after, out[i].ndim, out[i].dim));
    return rnn_layer_named(cx, layer, RNN_INVALID);
  }
  return RNN_OK;
}

rnn_status rnn_graph_add_call(rnn_context *cx, rnn_graph *g, rnn_layer *layer, int input_count,
                              const int *inputs) {
  rnn_node node = {.layer = layer, .input_count = input_count, .built_here = !layer->built};
  node.activity_regularizer = rnn_layer_activity_regularizer(layer);
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  for (int i = 0; i < input_count; i++) in[i] = g->shapes[node.inputs[i] = inputs[i]];
  rnn_try(call_shapes(cx, layer, input_count, in, &node.output_count, out));
  rnn_try(grow(cx, &g->shapes, g->tensor_count + node.output_count, sizeof *g->shapes));
  rnn_try(grow(cx, &g->nodes, g->node_count + 1, sizeof *g->nodes));
  rnn_try(grow(cx, &g->layers, g->layer_count + 1, sizeof *g->layers));
  rnn_try(rnn_layer_build(cx, layer, input_count, in)); /* last: what is built is in the graph */
  for (int i = 0; i < node.output_count; i++) {
    node.outputs[i] = g->tensor_count;
    g->shapes[g->tensor_count++] = out[i];
  }
  if (!knows_layer(g, layer)) g->layers[g->layer_count++] = layer;
  rnn_layer_retain(layer);
  g->nodes[g->node_count++] = node;
  return RNN_OK;
}

void rnn_graph_fix_mode(rnn_graph *g, bool training) {
  g->nodes[g->node_count - 1].mode = training ? 1 : -1;
}

void rnn_graph_abandon(rnn_graph *g) {
  for (int i = 0; i < g->node_count; i++)
    if (g->nodes[i].built_here) rnn_layer_unbuild(g->nodes[i].layer);
}

rnn_status rnn_graph_set_outputs(rnn_context *cx, rnn_graph *g, int count, const int *tensors) {
  if (count < 1 || count > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "model: expected 1 to %d outputs, got %d", RNN_MAX_PORTS, count);
  memcpy(g->outputs, tensors, sizeof(int) * (size_t)count);
  g->output_count = count;
  return RNN_OK;
}

/* ---- where the weights lie ------------------------------------------------------------------------ */

/* whether the layer's weights are held by the layer alone */
static bool movable(const rnn_layer *layer) {
  return layer->weight_count > 0 &&
         rnn_block_references(layer->weights[0].block) == layer->weight_count;
}

static int64_t move_weights(rnn_layer *layer, rnn_block *block, int64_t offset) {
  for (int i = 0; i < layer->weight_count; i++) {
    rnn_weight *weight = &layer->weights[i];
    int64_t size = rnn_size(&weight->shape);
    memcpy(rnn_block_data(block) + offset, rnn_weight_data(weight), sizeof(float) * (size_t)size);
    rnn_block_release(weight->block);
    rnn_block_retain(weight->block = block);
    weight->offset = offset;
    offset += size;
  }
  return offset;
}

rnn_status rnn_graph_flatten(rnn_context *cx, rnn_graph *g) {
  int64_t total = 0, offset = 0;
  rnn_try(grow(cx, &g->blocks, g->layer_count + 1, sizeof *g->blocks));
  memset(g->blocks, 0, sizeof *g->blocks * (size_t)(g->layer_count + 1));
  for (int i = 0; i < g->layer_count; i++)
    if (movable(g->layers[i])) total += rnn_layer_count_params(g->layers[i], false);
  rnn_block *block = rnn_block_new(cx, total);
  if (block == NULL) return RNN_NO_MEMORY;
  for (int i = 0; i < g->layer_count; i++) {
    rnn_layer *layer = g->layers[i];
    if (movable(layer)) offset = move_weights(layer, block, offset);
    if (layer->weight_count) rnn_block_retain(g->blocks[i] = layer->weights[0].block);
  }
  rnn_block_release(block);
  return RNN_OK;
}

/* ---- shapes ----------------------------------------------------------------------------------------- */

rnn_status rnn_graph_shapes(rnn_context *cx, const rnn_graph *g, const rnn_shape *inputs,
                            rnn_shape *shapes) {
  for (int i = 0; i < g->input_count; i++) shapes[i] = inputs[i];
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    rnn_shape in[RNN_MAX_PORTS];
    int count;
    for (int i = 0; i < node->input_count; i++) in[i] = shapes[node->inputs[i]];
    rnn_try(call_shapes(cx, node->layer, node->input_count, in, &count, &shapes[node->outputs[0]]));
  }
  return RNN_OK;
}

bool rnn_graph_reads(const rnn_graph *g, int tensor, int first) {
  for (int n = first; n < g->node_count; n++)
    for (int i = 0; i < g->nodes[n].input_count; i++)
      if (g->nodes[n].inputs[i] == tensor) return true;
  return false;
}

bool rnn_graph_is_output(const rnn_graph *g, int tensor) {
  for (int i = 0; i < g->output_count; i++)
    if (g->outputs[i] == tensor) return true;
  return false;
}
