/*
** logits.h - cross-entropies of what a softmax or sigmoid is applied to, instead of its result.
**
** The logarithm of a probability that has saturated at 0 or 1 has no gradient left. Where a model's output
** comes straight from a softmax or sigmoid, a loss with an argument `from_logits` is therefore given the
** sums that the activation is applied to, as Keras does on TensorFlow (_get_logits in
** keras/src/backend/tensorflow/nn.py).
*/
#ifndef RNN_LOGITS_H
#define RNN_LOGITS_H

#include "model/graph.h"
#include "model/objective.h"

/* The node whose activation, a softmax or sigmoid, made an output that nothing else reads; -1: none. */
int rnn_sums_node(const rnn_graph *graph, int tensor);

/* Turns the goal's loss, and losses among its meters, to sums; *turned tells whether the loss has been: if it
** knows no from_logits, nothing changes. */
rnn_status rnn_goal_take_sums(rnn_context *cx, rnn_goal *goal, bool *turned);

#endif
