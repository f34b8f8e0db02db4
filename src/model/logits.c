/* logits.c - cross-entropies of what a softmax or sigmoid is applied to */
#include "model/logits.h"

#include "core/component.h"

int rnn_sums_node(const rnn_graph *g, int tensor) {
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    if (node->outputs[0] != tensor) continue;
    bool gives = rnn_layer_vtable(node->layer)->flags & RNN_LAYER_GIVES_SUMS;
    if (!gives || node->activity_regularizer || rnn_graph_reads(g, tensor, n + 1)) return -1;
    const rnn_component *activation = rnn_component_argument(node->layer->component, "activation");
    return rnn_activation_flags(activation) & RNN_HAS_LOGITS ? n : -1;
  }
  return -1;
}

/* *judge becomes the same with from_logits = true, if it is a loss that has this argument */
static rnn_status take_logits(rnn_context *cx, const rnn_component **judge, bool *turned) {
  int arg = *judge && (*judge)->type->kind == RNN_LOSS ? rnn_arg_index((*judge)->type, "from_logits") : -1;
  *turned = arg >= 0;
  if (!*turned || *(const bool *)rnn_field(*judge, arg)) return RNN_OK;
  rnn_component *copy = rnn_component_copy(cx, *judge);
  rnn_status status = copy ? rnn_set_boolean(cx, copy, arg, true) : RNN_NO_MEMORY;
  if (status == RNN_OK) status = rnn_component_finish(cx, copy);
  if (status != RNN_OK) {
    rnn_component_release(copy);
    return status;
  }
  rnn_component_release(*judge);
  *judge = copy;
  return RNN_OK;
}

rnn_status rnn_goal_take_sums(rnn_context *cx, rnn_goal *goal, bool *turned) {
  rnn_try(take_logits(cx, &goal->loss, turned));
  goal->takes_sums = *turned;
  for (int i = 0; *turned && i < goal->meter_count; i++)
    rnn_try(take_logits(cx, &goal->meters[i].component, &goal->meters[i].takes_sums));
  return RNN_OK;
}
