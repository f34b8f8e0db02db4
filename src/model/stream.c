/* stream.c - a model that is fed one timestep at a time */
#include "model/stream.h"

#include <string.h>

#include "core/alloc.h"
#include "core/denormals.h"
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

static rnn_status make_nodes(rnn_context *cx, rnn_stream *s, const bool *has_time) {
  const rnn_graph *g = s->graph;
  size_t bytes = sizeof *s->states * (size_t)(g->node_count + 1);
  s->states = rnn_malloc(bytes);
  if (s->states == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  memset(s->states, 0, bytes);
  for (int n = 0; n < g->node_count; n++) {
    rnn_call *call = &s->plan->calls[n];
    if (has_time[g->nodes[n].inputs[0]]) /* elsewhere each step begins anew, as it does in predict */
      rnn_try(rnn_stream_states_make(cx, &s->states[n], g->nodes[n].layer, &s->plan->shapes[g->nodes[n].inputs[0]]));
    call->state_count = s->states[n].count;
  }
  return RNN_OK;
}

static rnn_status make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch, bool *has_time) {
  rnn_try(rnn_find_time(cx, g, has_time));
  s->graph = rnn_graph_copy(cx, g);
  if (s->graph == NULL) return RNN_NO_MEMORY;
  s->workspace.graph = s->graph;
  rnn_shape input = g->shapes[0];
  input.dim[0] = s->batch = batch;
  input.dim[1] = 1;
  s->features = rnn_extent(&input, 2, input.ndim);
  s->plan = rnn_workspace_plan(cx, &s->workspace, &input);
  if (s->plan == NULL) return RNN_NO_MEMORY;
  s->columns = rnn_size(&s->plan->shapes[g->outputs[0]]) / batch;
  return make_nodes(cx, s, has_time);
}

rnn_status rnn_stream_make(rnn_context *cx, rnn_stream *s, const rnn_graph *g, int64_t batch) {
  *s = (rnn_stream){0};
  rnn_try(check_graph(cx, g));
  bool *has_time = rnn_malloc(sizeof *has_time * (size_t)(g->tensor_count + 1)); /* one a tensor */
  if (has_time == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  rnn_status status = make(cx, s, g, batch, has_time);
  rnn_free(has_time);
  if (status != RNN_OK) rnn_stream_clear(s);
  return status;
}

void rnn_stream_clear(rnn_stream *s) {
  for (int n = 0; s->states && n < s->graph->node_count; n++) rnn_stream_states_clear(&s->states[n]);
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
  RNN_WITHOUT_DENORMALS;
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
