/* stream.c - a model that is fed one timestep at a time */
#include "model/stream.h"

#include <string.h>

#include "core/alloc.h"
#include "core/component.h"
#include "core/host.h"
#include "model/pass.h"

/* ---- what can be streamed ------------------------------------------------------------------------------ */

static bool is_true(rnn_context *cx, const rnn_layer *layer, const char *argument) {
  const bool *value = cx->host->argument(layer->component, argument, RNN_ARG_BOOLEAN);
  return value && *value;
}

/* It goes backwards, or in both directions, as Bidirectional. */
static bool goes_backwards(rnn_context *cx, const rnn_layer *layer) {
  return is_true(cx, layer, "go_backwards") || rnn_arg_index(layer->component->type, "backward_layer") >= 0;
}

/* Whether what a layer gives for a timestep depends on that timestep and on states alone. Layers that pass the mask
** on keep timesteps apart. */
static rnn_status check_layer(rnn_context *cx, const rnn_layer *layer, bool has_time) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (goes_backwards(cx, layer))
    return rnn_layer_named(cx, layer, rnn_fail(cx, RNN_INVALID, "goes backwards and cannot be streamed"));
  if (!has_time || type->states || type->flags & RNN_LAYER_PASSES_MASK) return RNN_OK;
  return rnn_layer_named(cx, layer, rnn_fail(cx, RNN_INVALID, "needs all timesteps at once and cannot be streamed"));
}

static rnn_status check_graph(rnn_context *cx, const rnn_graph *g) {
  char text[RNN_SHAPE_TEXT];
  if (g->input_count != 1 || g->output_count != 1)
    return rnn_fail(cx, RNN_INVALID, "stream: the model must have one input and one output, it has %d and %d",
                    g->input_count, g->output_count);
  if (g->shapes[0].ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "stream: expected a model of inputs (batch, timesteps, features), it takes %s",
                    rnn_shape_text(text, g->shapes[0].ndim, g->shapes[0].dim));
  for (int n = 0; n < g->node_count; n++) {
    bool has_time = g->shapes[g->nodes[n].inputs[0]].ndim > 2;
    rnn_try(check_layer(cx, g->nodes[n].layer, has_time));
  }
  return RNN_OK;
}

/* ---- making -------------------------------------------------------------------------------------------- */

static rnn_status make_states(rnn_context *cx, rnn_node_states *s, const rnn_layer *layer, const rnn_shape *input) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  rnn_shape shapes[RNN_MAX_PORTS];
  int count = type->states ? type->states(layer->component->self, input, shapes) : 0;
  for (s->count = 0; s->count < count; s->count++) {
    int i = s->count;
    s->size[i] = rnn_size(&shapes[i]);
    for (int side = 0; side < 2; side++) {
      s->buffers[side][i] = rnn_malloc_aligned(sizeof(float) * (size_t)s->size[i]);
      if (s->buffers[side][i] == NULL) {
        rnn_free_aligned(s->buffers[0][i]);
        return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
      }
    }
  }
  return RNN_OK;
}

static rnn_status make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch) {
  rnn_try(check_graph(cx, g));
  rnn_shape input = {3, {batch, 1, g->shapes[0].dim[2]}};
  s->batch = batch;
  s->features = input.dim[2];
  s->plan = rnn_workspace_plan(cx, &s->workspace, &input);
  s->states = rnn_malloc(sizeof *s->states * (size_t)(g->node_count + 1));
  if (s->states == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  memset(s->states, 0, sizeof *s->states * (size_t)(g->node_count + 1));
  s->node_count = g->node_count;
  s->workspace.states = s->states;
  if (s->plan == NULL) return RNN_NO_MEMORY;
  for (int n = 0; n < g->node_count; n++)
    rnn_try(make_states(cx, &s->states[n], g->nodes[n].layer, &s->plan->shapes[g->nodes[n].inputs[0]]));
  return RNN_OK;
}

rnn_status rnn_stream_make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch) {
  *s = (rnn_stream){.graph = g, .workspace = {.graph = g}};
  rnn_status status = make(cx, s, g, batch);
  if (status != RNN_OK) rnn_stream_clear(s);
  return status;
}

void rnn_stream_clear(rnn_stream *s) {
  for (int n = 0; n < s->node_count; n++)
    for (int i = 0; i < s->states[n].count; i++)
      for (int side = 0; side < 2; side++) rnn_free_aligned(s->states[n].buffers[side][i]);
  rnn_free(s->states);
  rnn_workspace_clear(&s->workspace);
  *s = (rnn_stream){0};
}

/* ---- running ------------------------------------------------------------------------------------------- */

float *rnn_stream_input(const rnn_stream *s) { return rnn_plan_data(&s->workspace, s->plan, 0); }

const float *rnn_stream_output(const rnn_stream *s) {
  return rnn_plan_data(&s->workspace, s->plan, s->graph->outputs[0]);
}

int64_t rnn_stream_output_columns(const rnn_stream *s) {
  return rnn_size(&s->plan->shapes[s->graph->outputs[0]]) / s->batch;
}

rnn_status rnn_stream_step(rnn_context *cx, rnn_stream *s) {
  rnn_try(rnn_plan_forward(cx, &s->workspace, s->plan, NULL));
  for (int n = 0; n < s->node_count; n++) s->states[n].side = !s->states[n].side;
  return RNN_OK;
}

void rnn_stream_reset(rnn_stream *s, int64_t row) {
  for (int n = 0; n < s->node_count; n++) {
    rnn_node_states *states = &s->states[n];
    for (int i = 0; i < states->count; i++) {
      int64_t size = states->size[i], each = size / s->batch;
      float *first = states->buffers[states->side][i] + (row < 0 ? 0 : row * each);
      memset(first, 0, sizeof(float) * (size_t)(row < 0 ? size : each));
    }
  }
}
