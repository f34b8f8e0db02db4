/* stream.c - a model that is fed one timestep at a time */
#include "model/stream.h"

#include <string.h>

#include "core/alloc.h"
#include "core/host.h"
#include "model/streamable.h"

/* ---- what can be streamed ------------------------------------------------------------------------------ */

/* Whether the input is sequences: of features, or of numbers that a layer makes features of. */
static bool takes_sequences(const rnn_graph *g) {
  if (g->shapes[0].ndim == 3) return g->shapes[0].dim[2] != RNN_UNKNOWN;
  bool embedded = g->shapes[0].ndim == 2;
  for (int n = 0; embedded && n < g->node_count; n++)
    for (int i = 0; i < g->nodes[n].input_count; i++)
      if (g->nodes[n].inputs[i] == 0) embedded = g->shapes[g->nodes[n].outputs[0]].ndim == 3;
  return embedded;
}

static rnn_status check_graph(rnn_context *cx, const rnn_graph *g) {
  char text[RNN_SHAPE_TEXT];
  if (g->input_count != 1 || g->output_count != 1)
    return rnn_fail(cx, RNN_INVALID, "stream: the model must have one input and one output, it has %d and %d",
                    g->input_count, g->output_count);
  if (!takes_sequences(g))
    return rnn_fail(cx, RNN_INVALID, "stream: expected a model of inputs (batch, timesteps, features), it takes %s",
                    rnn_shape_text(text, g->shapes[0].ndim, g->shapes[0].dim));
  return RNN_OK;
}

/* ---- making -------------------------------------------------------------------------------------------- */

static rnn_status make_states(rnn_context *cx, rnn_stream_states *s, const rnn_layer *layer, const rnn_shape *input) {
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

/* A graph whose layers carry states where their input has timesteps; elsewhere each step begins anew, as it does in
** predict. `has_time` has an entry for each tensor, `carries` one for each node. */
static rnn_graph *make_graph(rnn_context *cx, const rnn_graph *g, bool *has_time, bool *carries) {
  if (rnn_find_time(cx, g, has_time) != RNN_OK) return NULL;
  for (int n = 0; n < g->node_count; n++) carries[n] = has_time[g->nodes[n].inputs[0]];
  return rnn_graph_carrying(cx, g, carries);
}

static rnn_status make_nodes(rnn_context *cx, rnn_stream *s, const bool *carries) {
  const rnn_graph *g = s->graph;
  size_t bytes = sizeof *s->states * (size_t)(g->node_count + 1);
  s->states = rnn_malloc(bytes);
  if (s->states == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  memset(s->states, 0, bytes);
  for (int n = 0; n < g->node_count; n++) {
    rnn_call *call = &s->plan->calls[n];
    if (carries[n])
      rnn_try(make_states(cx, &s->states[n], g->nodes[n].layer, &s->plan->shapes[g->nodes[n].inputs[0]]));
    call->state_count = s->states[n].count;
  }
  return RNN_OK;
}

static rnn_status make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch, bool *marks) {
  bool *has_time = marks, *carries = marks + g->tensor_count;
  s->graph = make_graph(cx, g, has_time, carries);
  if (s->graph == NULL) return RNN_INVALID; /* or for want of memory: the message says so */
  s->workspace.graph = s->graph;
  rnn_shape input = g->shapes[0];
  input.dim[0] = s->batch = batch;
  input.dim[1] = 1;
  s->features = rnn_extent(&input, 2, input.ndim);
  s->plan = rnn_workspace_plan(cx, &s->workspace, &input);
  if (s->plan == NULL) return RNN_NO_MEMORY;
  s->columns = rnn_size(&s->plan->shapes[g->outputs[0]]) / batch;
  return make_nodes(cx, s, carries);
}

rnn_status rnn_stream_make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch) {
  *s = (rnn_stream){0};
  rnn_try(check_graph(cx, g));
  bool *marks = rnn_malloc(sizeof *marks * (size_t)(g->tensor_count + g->node_count + 1));
  if (marks == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  rnn_status status = make(cx, s, g, batch, marks);
  rnn_free(marks);
  if (status != RNN_OK) rnn_stream_clear(s);
  return status;
}

void rnn_stream_clear(rnn_stream *s) {
  for (int n = 0; s->states && n < s->graph->node_count; n++)
    for (int i = 0; i < s->states[n].count; i++)
      for (int side = 0; side < 2; side++) rnn_free_aligned(s->states[n].buffers[side][i]);
  rnn_free(s->states);
  rnn_workspace_clear(&s->workspace);
  rnn_graph_free(s->graph);
  *s = (rnn_stream){0};
}

/* ---- running ------------------------------------------------------------------------------------------- */

float *rnn_stream_input(const rnn_stream *s) { return rnn_plan_data(&s->workspace, s->plan, 0); }

const float *rnn_stream_output(const rnn_stream *s) {
  return rnn_plan_data(&s->workspace, s->plan, s->graph->outputs[0]);
}

/* A pass without masks, penalties and states of the layers' own. */
rnn_status rnn_stream_step(rnn_context *cx, rnn_stream *s) {
  for (int n = 0; n < s->graph->node_count; n++) {
    rnn_layer *layer = s->graph->nodes[n].layer;
    rnn_call *call = &s->plan->calls[n];
    call->states = (const float *const *)s->states[n].buffers[s->side];
    call->new_states = s->states[n].buffers[!s->side];
    bool draws = call->training && rnn_layer_vtable(layer)->flags & RNN_LAYER_RANDOM; /* its mode is fixed */
    if (draws) call->key = rnn_layer_draw(layer);
    rnn_status status = rnn_layer_forward(cx, layer, call);
    if (status != RNN_OK) return rnn_layer_named(cx, layer, status);
  }
  s->side = !s->side;
  return RNN_OK;
}

void rnn_stream_reset(rnn_stream *s, int64_t row) {
  for (int n = 0; n < s->graph->node_count; n++) {
    rnn_stream_states *states = &s->states[n];
    for (int i = 0; i < states->count; i++) {
      int64_t size = states->size[i], each = size / s->batch;
      float *first = states->buffers[s->side][i] + (row < 0 ? 0 : row * each);
      memset(first, 0, sizeof(float) * (size_t)(row < 0 ? size : each));
    }
  }
}
