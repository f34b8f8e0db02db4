/* plan.c - where everything of a pass over one batch shape lies */
#include "model/plan.h"

#include <stddef.h>
#include <string.h>

#include "core/alloc.h"

#define ALIGNMENT 16 /* numbers: 64 bytes */

static int64_t aligned(int64_t n) { return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

/* ---- making the record of a plan ------------------------------------------------------------------ */

typedef struct totals {
  size_t ports, weights;
} totals;

static totals count(const rnn_graph *g) {
  totals t = {0, 0};
  for (int n = 0; n < g->node_count; n++) {
    t.ports += (size_t)(g->nodes[n].input_count + g->nodes[n].output_count);
    t.weights += (size_t)g->nodes[n].layer->weight_count;
  }
  return t;
}

/* Takes the next `count` items of one block of memory, or just measures where `at` is NULL. */
typedef struct carver {
  char *at;
  size_t used;
} carver;

static void *carve(carver *c, size_t count, size_t size) {
  void *items = c->at ? c->at + c->used : NULL;
  c->used += (count * size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
  return items;
}

static void carve_plan(carver *c, const rnn_graph *g, rnn_plan *p) {
  totals t = count(g);
  size_t tensors = (size_t)g->tensor_count, nodes = (size_t)g->node_count;
  p->shapes = carve(c, tensors, sizeof *p->shapes);
  p->calls = carve(c, nodes, sizeof *p->calls);
  p->forgetting = carve(c, nodes, sizeof *p->forgetting);
  p->ports = carve(c, t.ports, sizeof *p->ports);
  p->weights = carve(c, t.weights, sizeof *p->weights);
  p->weight_gradients = carve(c, t.weights, sizeof *p->weight_gradients);
  p->fixed_weights = carve(c, t.weights, sizeof *p->fixed_weights);
  p->slices = carve(c, t.weights, sizeof *p->slices);
  p->data_at = carve(c, tensors, sizeof *p->data_at);
  p->gradient_at = carve(c, tensors, sizeof *p->gradient_at);
  p->saved_at = carve(c, nodes, sizeof *p->saved_at);
  p->sums_at = carve(c, nodes, sizeof *p->sums_at);
  p->spare_at = carve(c, t.ports, sizeof *p->spare_at);
  p->mask_at = carve(c, nodes, sizeof *p->mask_at);
  p->masks = carve(c, tensors, sizeof *p->masks);
  p->runs_backward = carve(c, nodes, sizeof *p->runs_backward);
}

static rnn_plan *new_plan(rnn_context *cx, const rnn_graph *g) {
  rnn_plan measured;
  carver c = {NULL, 0};
  carve(&c, 1, sizeof measured);
  carve_plan(&c, g, &measured);
  rnn_plan *p = rnn_malloc(c.used);
  if (p == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory");
    return NULL;
  }
  memset(p, 0, c.used);
  c = (carver){(char *)p, 0};
  carve(&c, 1, sizeof *p);
  carve_plan(&c, g, p);
  p->call_count = g->node_count;
  return p;
}

/* The graph may be gone by now, where a script's finalizers are at work. */
static void free_plan(rnn_plan *plan) {
  for (int n = 0; plan && n < plan->call_count; n++) {
    if (plan->forgetting[n]) rnn_forget_call(plan->forgetting[n], &plan->calls[n]);
    rnn_layer_release(plan->forgetting[n]);
  }
  rnn_free(plan);
}

/* points calls at their ports and weights, and fills in shapes */
static void connect(const rnn_workspace *w, rnn_plan *p) {
  const rnn_graph *g = w->graph;
  size_t port = 0, weight = 0;
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    rnn_call *call = &p->calls[n];
    *call = (rnn_call){.size = sizeof *call,
                       .input_count = node->input_count,
                       .output_count = node->output_count,
                       .weight_count = node->layer->weight_count,
                       .inputs = &p->ports[port],
                       .outputs = &p->ports[port + (size_t)node->input_count],
                       .weights = &p->weights[weight],
                       .weight_gradients = &p->weight_gradients[weight],
                       .slices = &p->slices[weight],
                       .fixed_weights = rnn_node_trains(node, w->training) ? &p->fixed_weights[weight] : NULL,
                       .training = rnn_node_trains(node, w->training),
                       .keeps = w->differentiates,
                       .penalized = true,
                       .wants_sums = w->wants_sums && w->wants_sums(w->owner, n)};
    if (rnn_layer_vtable(node->layer)->forget) rnn_layer_retain(p->forgetting[n] = node->layer);
    for (int i = 0; i < node->input_count; i++) p->ports[port++].shape = p->shapes[node->inputs[i]];
    for (int i = 0; i < node->output_count; i++) p->ports[port++].shape = p->shapes[node->outputs[i]];
    for (int i = 0; i < node->layer->weight_count; i++, weight++) {
      p->weights[weight] = rnn_weight_data(&node->layer->weights[i]);
      if (node->layer->weights[i].fixed) p->fixed_weights[weight] = rnn_weight_data(&node->layer->weights[i]);
      if (w->gradient_of)
        p->weight_gradients[weight] = w->gradient_of(w->owner, node->layer, i, &p->slices[weight]);
    }
  }
}

/* ---- which gradients are wanted ---------------------------------------------------------------------- */

static bool trains(const rnn_call *call) {
  for (int i = 0; i < call->weight_count; i++)
    if (call->weight_gradients[i]) return true;
  return false;
}

/* Marks in gradient_at (0: wanted, -1: not) the tensors that depend on a trained weight, and the nodes whose
** outputs are such. */
static void mark_gradients(const rnn_workspace *w, rnn_plan *p) {
  const rnn_graph *g = w->graph;
  for (int t = 0; t < g->tensor_count; t++) p->gradient_at[t] = -1;
  for (int n = 0; w->differentiates && n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    bool wanted = trains(&p->calls[n]);
    for (int i = 0; i < node->input_count; i++) wanted |= p->gradient_at[node->inputs[i]] == 0;
    for (int i = 0; wanted && i < node->output_count; i++) p->gradient_at[node->outputs[i]] = 0;
    p->runs_backward[n] = wanted;
  }
}

/* ---- laying out ---------------------------------------------------------------------------------------- */

#define MOST (INT64_MAX / 64) /* a size of which a few together, in bytes, do not overflow */

/* a sum that stays above MOST once it is, and does not overflow */
static int64_t add(int64_t size, int64_t numbers) {
  return size > MOST || numbers > MOST ? MOST + 1 : size + aligned(numbers);
}

static int64_t take(rnn_plan *p, int64_t numbers) {
  int64_t at = p->size;
  p->size = add(at, numbers);
  return at;
}

/* Whether, going backward, something has written the gradient of a node's input before its input_index-th
** port does: the loss, a later call, or an earlier port of the same call. */
static bool written_before(const rnn_graph *g, int n, int input_index) {
  int tensor = g->nodes[n].inputs[input_index];
  for (int i = 0; i < input_index; i++)
    if (g->nodes[n].inputs[i] == tensor) return true;
  return rnn_graph_is_output(g, tensor) || rnn_graph_reads(g, tensor, n + 1);
}

/* scratch of a node: the layer's own, then spare gradients for inputs whose gradient is a sum */
static int64_t place_scratch(const rnn_graph *g, rnn_plan *p, int n) {
  const rnn_node *node = &g->nodes[n];
  size_t port = (size_t)(p->calls[n].inputs - p->ports);
  int64_t used = aligned(p->calls[n].scratch_size);
  for (int i = 0; i < node->input_count; i++) {
    p->spare_at[port + (size_t)i] = -1;
    if (p->gradient_at[node->inputs[i]] < 0 || !written_before(g, n, i)) continue;
    p->spare_at[port + (size_t)i] = used;
    used = add(used, rnn_size(&p->shapes[node->inputs[i]]));
  }
  return used;
}

/* numbers that a mask takes, one byte for each sequence and timestep */
static int64_t mask_size(const rnn_shape *shape) {
  return (shape->dim[0] * shape->dim[1] + (int64_t)sizeof(float) - 1) / (int64_t)sizeof(float);
}

/* room for the mask of a node's first output, one byte for each sequence and timestep; -1: its layer writes none */
static int64_t place_mask(const rnn_graph *g, rnn_plan *p, int n) {
  const rnn_shape *out = &p->calls[n].outputs->shape;
  if (rnn_layer_vtable(g->nodes[n].layer)->mask == NULL || out->ndim < 2) return -1;
  return take(p, mask_size(out));
}

/* likewise for masks of the model's inputs */
static void place_input_masks(const rnn_graph *g, rnn_plan *p) {
  for (int i = 0; i < g->input_count; i++) {
    const rnn_shape *in = &p->shapes[i];
    p->input_mask_at[i] = in->ndim < 2 ? -1 : take(p, mask_size(in));
  }
}

static rnn_status lay_out(rnn_context *cx, const rnn_workspace *w, rnn_plan *p) {
  const rnn_graph *g = w->graph;
  int64_t scratch = 0;
  for (int t = 0; t < g->tensor_count; t++) {
    p->data_at[t] = take(p, rnn_size(&p->shapes[t]));
    if (p->gradient_at[t] == 0) p->gradient_at[t] = take(p, rnn_size(&p->shapes[t]));
  }
  for (int n = 0; n < g->node_count; n++) {
    rnn_layer *layer = g->nodes[n].layer;
    rnn_try(rnn_layer_named(cx, layer, rnn_layer_plan(cx, layer, &p->calls[n])));
    p->saved_at[n] = take(p, p->calls[n].saved_size);
    p->sums_at[n] = take(p, p->calls[n].wants_sums ? rnn_size(&p->calls[n].outputs->shape) : 0);
    p->mask_at[n] = place_mask(g, p, n);
    int64_t needed = place_scratch(g, p, n);
    if (needed > scratch) scratch = needed;
  }
  place_input_masks(g, p);
  p->scratch_at = take(p, scratch);
  p->extra_at = p->size;
  if (w->extra_size) take(p, w->extra_size(w->owner, p));
  return RNN_OK;
}

/* points everything into the arena as it lies now */
static void bind(const rnn_workspace *w, rnn_plan *p) {
  const rnn_graph *g = w->graph;
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    rnn_call *call = &p->calls[n];
    call->saved = w->arena + p->saved_at[n];
    call->scratch = w->arena + p->scratch_at;
    call->sums = w->arena + p->sums_at[n];
    for (int i = 0; i < node->output_count; i++) {
      call->outputs[i].data = rnn_plan_data(w, p, node->outputs[i]);
      call->outputs[i].gradient = rnn_plan_gradient(w, p, node->outputs[i]);
    }
    for (int i = 0; i < node->input_count; i++) {
      int64_t spare_at = p->spare_at[&call->inputs[i] - p->ports];
      call->inputs[i].data = rnn_plan_data(w, p, node->inputs[i]);
      call->inputs[i].gradient =
          spare_at < 0 ? rnn_plan_gradient(w, p, node->inputs[i]) : call->scratch + spare_at;
    }
  }
  p->base = w->arena;
}

/* ---- workspaces ----------------------------------------------------------------------------------------- */

void rnn_workspace_clear(rnn_workspace *w) {
  for (int i = 0; i < w->plan_count; i++) free_plan(w->plans[i]);
  rnn_free_aligned(w->arena);
  w->plan_count = 0;
  w->arena = NULL;
  w->arena_size = w->arena_batch = 0;
}

static rnn_status fit_arena(rnn_context *cx, rnn_workspace *w, int64_t size, int64_t batch) {
  if (size <= w->arena_size) return RNN_OK;
  if (size > MOST) return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory for a batch");
  float *arena = rnn_malloc_aligned(sizeof(float) * (size_t)size);
  if (arena == NULL)
    return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory for a batch (%lld bytes wanted)",
                    (long long)size * (long long)sizeof(float));
  rnn_free_aligned(w->arena);
  w->arena = arena;
  w->arena_size = size;
  w->arena_batch = batch;
  return RNN_OK;
}

/* the place for a new plan: a free one, or that of the plan not used for longest */
static rnn_plan **place_for_plan(rnn_workspace *w) {
  if (w->plan_count < RNN_PLANS) return &w->plans[w->plan_count];
  rnn_plan **oldest = &w->plans[0];
  for (int i = 1; i < RNN_PLANS; i++)
    if (w->plans[i]->used < (*oldest)->used) oldest = &w->plans[i];
  return oldest;
}

static rnn_plan *make_plan(rnn_context *cx, rnn_workspace *w, const rnn_shape *inputs) {
  rnn_plan *plan = new_plan(cx, w->graph);
  if (plan == NULL) return NULL;
  memcpy(plan->inputs, inputs, sizeof *inputs * (size_t)w->graph->input_count);
  rnn_status status = rnn_graph_shapes(cx, w->graph, inputs, plan->shapes);
  if (status == RNN_OK) {
    connect(w, plan);
    mark_gradients(w, plan);
    status = lay_out(cx, w, plan);
  }
  if (status == RNN_OK) status = fit_arena(cx, w, plan->size, inputs->dim[0]);
  if (status == RNN_OK) return plan;
  free_plan(plan);
  return NULL;
}

static rnn_plan *find_plan(const rnn_workspace *w, const rnn_shape *inputs) {
  for (int i = 0; i < w->plan_count; i++)
    if (rnn_same_shapes(w->plans[i]->inputs, inputs, w->graph->input_count)) return w->plans[i];
  return NULL;
}

const rnn_plan *rnn_workspace_find(const rnn_workspace *w, const rnn_shape *inputs) { return find_plan(w, inputs); }

rnn_plan *rnn_workspace_plan(rnn_context *cx, rnn_workspace *w, const rnn_shape *inputs) {
  rnn_plan *plan = find_plan(w, inputs);
  if (plan == NULL) {
    plan = make_plan(cx, w, inputs);
    if (plan == NULL) return NULL;
    rnn_plan **place = place_for_plan(w);
    if (w->plan_count < RNN_PLANS)
      w->plan_count++;
    else
      free_plan(*place);
    *place = plan;
  }
  if (plan->base != w->arena) bind(w, plan);
  plan->used = ++w->clock;
  return plan;
}
