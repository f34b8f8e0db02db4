/*
** streamable.c - which models can be run a timestep at a time.
**
** A layer is asked by trial: what it makes of a short sequence at once must be what it makes of the timesteps one by
** one, its states carried. The trial has weights of its own, since those of a fresh layer may be zeros that hide what
** depends on what.
*/
#include "model/streamable.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/component.h"
#include "core/context.h"
#include "core/random.h"
#include "core/run.h"
#include "model/stream_states.h"

enum { STEPS = 3 };

typedef struct trial {
  const rnn_graph *graph;
  const rnn_node *node;
  rnn_layer *layer;
  rnn_stream_states states; /* the trial's own, of one sequence */
  int side;                 /* of those that the next run goes on from */
  float *inputs, *whole, *one, *weights; /* of STEPS timesteps; outputs of all and of one; all weights */
  rnn_shape outputs[RNN_MAX_PORTS];      /* of all timesteps */
  int64_t input_size, output_size;       /* numbers of all ports, of all timesteps */
} trial;

/* ---- a run ------------------------------------------------------------------------------------------------ */

static rnn_shape input_shape(const trial *t, int i, int64_t steps) {
  rnn_shape shape = t->graph->shapes[t->node->inputs[i]];
  shape.dim[0] = 1;
  shape.dim[1] = steps;
  return shape;
}

/* the layer's answer to `steps` timesteps from the `first` on, to `out` */
static rnn_status run(rnn_context *cx, const trial *t, int64_t first, int64_t steps, float *out, rnn_run *r) {
  rnn_shape in[RNN_MAX_PORTS];
  float *data = t->inputs;
  *r = (rnn_run){.layer = t->layer, .call = {.input_count = t->node->input_count}, .apart = true};
  r->call.state_count = t->states.count;
  r->call.states = (const float *const *)t->states.buffers[t->side];
  r->call.new_states = (float *const *)t->states.buffers[!t->side];
  for (int i = 0; i < t->node->input_count; i++) {
    rnn_shape all = input_shape(t, i, STEPS);
    r->inputs[i].shape = in[i] = input_shape(t, i, steps);
    r->inputs[i].data = data + first * rnn_extent(&all, 2, all.ndim);
    data += rnn_size(&all);
  }
  rnn_shape shapes[RNN_MAX_PORTS];
  rnn_try(rnn_layer_shapes(cx, t->layer, t->node->input_count, in, &r->call.output_count, shapes));
  int64_t room = t->output_size;
  for (int i = 0; i < r->call.output_count; i++) {
    r->outputs[i] = (rnn_port){.shape = shapes[i], .data = out};
    out += rnn_size(&shapes[i]);
    room -= rnn_size(&shapes[i]);
  }
  if (room < 0) return rnn_fail(cx, RNN_INVALID, "it gives more for fewer timesteps");
  rnn_try(rnn_run_open(cx, r, false, false));
  const float *weights = t->weights;
  for (int i = 0; i < t->layer->weight_count; i++) {
    r->weights[i] = weights;
    weights += rnn_size(&t->layer->weights[i].shape);
  }
  return rnn_run_forward(cx, r);
}

/* ---- what is compared ---------------------------------------------------------------------------------------- */

static bool has_steps(const rnn_shape *shape) { return shape->ndim > 2 && shape->dim[1] == STEPS; }

static bool same(const float *a, const float *b, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!(fabsf(a[i] - b[i]) <= 1e-3f * (1 + fabsf(a[i])))) return false;
  return true;
}

/* whether the ports of one step's run are those of step s of the whole; outputs without timesteps are the last one's */
static bool matches(const trial *t, const rnn_run *r, int64_t s) {
  const float *whole = t->whole;
  for (int i = 0; i < t->node->output_count; i++) {
    const rnn_shape *all = &t->outputs[i], *one = &r->outputs[i].shape;
    int64_t each = rnn_size(all) / (has_steps(all) ? STEPS : 1);
    if (one->ndim != all->ndim || rnn_size(one) != each) return false;
    if (has_steps(all) && !same(whole + s * each, r->outputs[i].data, each)) return false;
    if (!has_steps(all) && s == STEPS - 1 && !same(whole, r->outputs[i].data, each)) return false;
    whole += rnn_size(all);
  }
  return true;
}

/* ---- the trial ------------------------------------------------------------------------------------------------- */

/* what a failure of the layer means here, or, with RNN_OK, that its answers differ */
static rnn_status refuse(rnn_context *cx, const trial *t, rnn_status status) {
  char reason[RNN_MESSAGE_SIZE / 2];
  if (status == RNN_NO_MEMORY || status == RNN_INTERRUPTED) return status;
  snprintf(reason, sizeof reason, status == RNN_OK ? "" : " (%s)", rnn_message(cx));
  rnn_fail(cx, RNN_INVALID, "needs all timesteps at once and cannot be streamed%s", reason);
  return rnn_layer_named(cx, t->layer, RNN_INVALID);
}

static int64_t weight_numbers(const rnn_layer *layer) { return rnn_layer_count_params(layer, false); }

/* about as large as makes sums of products about 1, and positive, as variances are */
static void fill_weights(const trial *t) {
  float *w = t->weights;
  for (int i = 0; i < t->layer->weight_count; i++) {
    const rnn_shape *shape = &t->layer->weights[i].shape;
    int64_t size = rnn_size(shape);
    rnn_random_uniform(1, i, size, w);
    for (int64_t k = 0; k < size; k++) w[k] = (w[k] + 0.5f) / (float)rnn_rows(shape);
    w += size;
  }
}

/* numbers around 0, or, where a timestep is one number, an index */
static void fill_inputs(const trial *t) {
  rnn_random_uniform(2, 0, t->input_size, t->inputs);
  bool index = t->graph->shapes[t->node->inputs[0]].ndim == 2;
  for (int64_t i = 0; i < t->input_size; i++) t->inputs[i] = index ? (float)(i % 2) : 4 * t->inputs[i] - 2;
}

static rnn_status make_room(rnn_context *cx, trial *t) {
  rnn_shape in[RNN_MAX_PORTS];
  int count;
  for (int i = 0; i < t->node->input_count; i++) {
    in[i] = input_shape(t, i, STEPS);
    t->input_size += rnn_size(&in[i]);
  }
  rnn_status status = rnn_layer_shapes(cx, t->layer, t->node->input_count, in, &count, t->outputs);
  if (status != RNN_OK) return refuse(cx, t, status);
  for (int i = 0; i < count; i++) t->output_size += rnn_size(&t->outputs[i]);
  t->inputs = rnn_malloc_aligned(sizeof(float) *
                                 (size_t)(t->input_size + 2 * t->output_size + weight_numbers(t->layer)));
  if (t->inputs == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
  t->whole = t->inputs + t->input_size;
  t->one = t->whole + t->output_size;
  t->weights = t->one + t->output_size;
  return RNN_OK;
}

static rnn_status try_whole(rnn_context *cx, const trial *t) {
  rnn_run r;
  rnn_status status = run(cx, t, 0, STEPS, t->whole, &r);
  if (status != RNN_OK) status = refuse(cx, t, status);
  rnn_run_close(&r);
  return status; /* the states that it has left are not gone on from */
}

static rnn_status try_step(rnn_context *cx, trial *t, int64_t s) {
  rnn_run r;
  rnn_status status = run(cx, t, s, 1, t->one, &r);
  if (status != RNN_OK || !matches(t, &r, s)) status = refuse(cx, t, status);
  rnn_run_close(&r);
  t->side = !t->side;
  return status;
}

static rnn_status compare(rnn_context *cx, trial *t) {
  rnn_try(try_whole(cx, t));
  for (int64_t s = 0; s < STEPS; s++) rnn_try(try_step(cx, t, s));
  return RNN_OK;
}

static bool goes_backwards(rnn_context *cx, const rnn_layer *layer) {
  const bool *value = cx->host->argument(layer->component, "go_backwards", RNN_ARG_BOOLEAN);
  return value && *value;
}

static rnn_status try_node(rnn_context *cx, const rnn_graph *g, const rnn_node *node, bool *has_time) {
  trial t = {.graph = g, .node = node, .layer = node->layer};
  if (goes_backwards(cx, node->layer))
    return rnn_layer_named(cx, node->layer, rnn_fail(cx, RNN_INVALID, "goes backwards and cannot be streamed"));
  rnn_shape one = input_shape(&t, 0, 1);
  rnn_status status = rnn_stream_states_make(cx, &t.states, t.layer, &one);
  if (status == RNN_OK) status = make_room(cx, &t);
  if (status == RNN_OK) {
    fill_weights(&t);
    fill_inputs(&t);
    status = compare(cx, &t);
  }
  for (int i = 0; status == RNN_OK && i < node->output_count; i++) has_time[node->outputs[i]] = has_steps(&t.outputs[i]);
  rnn_free_aligned(t.inputs);
  rnn_stream_states_clear(&t.states);
  return status;
}

rnn_status rnn_find_time(rnn_context *cx, const rnn_graph *g, bool *has_time) {
  for (int i = 0; i < g->tensor_count; i++) has_time[i] = i < g->input_count;
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    int timed = 0;
    for (int i = 0; i < node->input_count; i++) timed += has_time[node->inputs[i]];
    if (timed == 0) continue;
    if (timed < node->input_count)
      return rnn_layer_named(cx, node->layer,
                             rnn_fail(cx, RNN_INVALID, "joins timesteps with what has none and cannot be streamed"));
    rnn_try(try_node(cx, g, node, has_time));
  }
  return RNN_OK;
}
