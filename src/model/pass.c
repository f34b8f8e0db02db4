/* pass.c - running a plan forward and backward */
#include "model/pass.h"

#include <string.h>

#include "core/context.h"
#include "core/states.h"

/* The penalty that a layer declares on its output: regularizer(output) / batch size, as Keras has it. Adds
** it to *penalty and its derivative to the output's gradient, whichever is not NULL. */
static rnn_status activity_penalty(rnn_context *cx, const rnn_node *node, const rnn_call *call,
                                   double *penalty, bool gradient) {
  const rnn_component *regularizer = node->activity_regularizer;
  if (regularizer == NULL) return RNN_OK;
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)regularizer->type;
  const rnn_port *out = &call->outputs[0];
  double sum = 0, batch = (double)out->shape.dim[0];
  rnn_try(rnn_ask(cx, type->apply(cx, regularizer->self, &out->shape, out->data, (float)(1 / batch), &sum,
                      gradient ? out->gradient : NULL)));
  if (penalty) *penalty += sum / batch;
  return RNN_OK;
}

/* hands a call the masks of its inputs, if its layer understands masks */
static void pass_masks(const rnn_node *node, const rnn_plan *plan, rnn_call *call) {
  bool takes = rnn_layer_vtable(node->layer)->flags & RNN_LAYER_TAKES_MASK;
  for (int i = 0; i < node->input_count; i++)
    call->inputs[i].mask = takes ? plan->masks[node->inputs[i]] : NULL;
}

/* notes the mask of a call's first output */
static rnn_status take_mask(rnn_context *cx, const rnn_workspace *w, rnn_plan *plan, int n) {
  const rnn_node *node = &w->graph->nodes[n];
  const rnn_layer_type *type = rnn_layer_vtable(node->layer);
  const uint8_t **mask = &plan->masks[node->outputs[0]];
  *mask = type->flags & RNN_LAYER_PASSES_MASK ? plan->masks[node->inputs[0]] : NULL;
  if (plan->mask_at[n] < 0) return RNN_OK;
  uint8_t *own = (uint8_t *)(w->arena + plan->mask_at[n]);
  bool any = true;
  rnn_try(rnn_ask(cx, type->mask(cx, node->layer->component->self, &plan->calls[n], own, &any)));
  *mask = any ? own : NULL;
  return RNN_OK;
}

/* one node of a forward pass */
static rnn_status run_node(rnn_context *cx, const rnn_workspace *w, rnn_plan *plan, int n, double *penalty) {
  const rnn_node *node = &w->graph->nodes[n];
  const rnn_layer_type *type = rnn_layer_vtable(node->layer);
  rnn_call *call = &plan->calls[n];
  if (call->training && type->flags & RNN_LAYER_RANDOM) call->key = rnn_layer_draw(node->layer);
  pass_masks(node, plan, call);
  if (type->states) rnn_try(rnn_states_open(cx, node->layer, call));
  rnn_try(rnn_layer_forward(cx, node->layer, call));
  if (type->states) rnn_states_commit(node->layer, call);
  rnn_try(take_mask(cx, w, plan, n));
  if (penalty) *penalty += call->penalty;
  return penalty ? activity_penalty(cx, node, call, penalty, false) : RNN_OK;
}

rnn_status rnn_plan_forward(rnn_context *cx, const rnn_workspace *w, rnn_plan *plan,
                            double *penalty) {
  const rnn_graph *g = w->graph;
  for (int n = 0; n < g->node_count; n++) {
    rnn_status status = run_node(cx, w, plan, n, penalty);
    if (status != RNN_OK) return rnn_layer_named(cx, g->nodes[n].layer, status);
  }
  return RNN_OK;
}

/* adds spare gradients of a call's inputs to where they belong */
static void sum_gradients(const rnn_workspace *w, const rnn_plan *plan, int n) {
  const rnn_node *node = &w->graph->nodes[n];
  const rnn_call *call = &plan->calls[n];
  for (int i = 0; i < node->input_count; i++) {
    float *to = rnn_plan_gradient(w, plan, node->inputs[i]);
    const float *from = call->inputs[i].gradient;
    if (to == from || to == NULL) continue;
    int64_t size = rnn_size(&call->inputs[i].shape);
    for (int64_t k = 0; k < size; k++) to[k] += from[k];
  }
}

/* a gradient that nothing writes, because the loss does not depend on that output, is zero */
static void clear_unreached(const rnn_workspace *w, const rnn_plan *plan, int n) {
  const rnn_node *node = &w->graph->nodes[n];
  for (int i = 0; i < node->output_count; i++)
    if (!rnn_graph_is_output(w->graph, node->outputs[i]) &&
        !rnn_graph_reads(w->graph, node->outputs[i], n + 1))
      memset(plan->calls[n].outputs[i].gradient, 0,
             sizeof(float) * (size_t)rnn_size(&plan->calls[n].outputs[i].shape));
}

rnn_status rnn_plan_backward(rnn_context *cx, const rnn_workspace *w, rnn_plan *plan) {
  for (int n = w->graph->node_count - 1; n >= 0; n--) {
    if (!plan->runs_backward[n]) continue;
    rnn_layer *layer = w->graph->nodes[n].layer;
    rnn_call *call = &plan->calls[n];
    clear_unreached(w, plan, n);
    rnn_status status = activity_penalty(cx, &w->graph->nodes[n], call, NULL, true);
    if (status == RNN_OK)
      status = rnn_layer_backward(cx, layer, call);
    if (status != RNN_OK) return rnn_layer_named(cx, layer, status);
    sum_gradients(w, plan, n);
  }
  return RNN_OK;
}
