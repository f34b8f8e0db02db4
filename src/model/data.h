/* data.h - arrays that a model is fed with, checked against what it expects */
#ifndef RNN_DATA_H
#define RNN_DATA_H

#include "model/objective.h"
#include "model/plan.h"

/* Data for whole passes. x and lengths have one array an input, y and weights one an output. lengths hold integers from
** 0 to the extent of axis 1 of x: its first so many timesteps count. */
typedef struct rnn_data {
  int x_count, y_count;
  rnn_array x[RNN_MAX_PORTS], y[RNN_MAX_PORTS], weights[RNN_MAX_PORTS], lengths[RNN_MAX_PORTS];
} rnn_data;

/* Whether x fits the model's inputs, with the same number of samples in all, at least one. */
rnn_status rnn_check_inputs(rnn_context *cx, const rnn_graph *graph, int count, const rnn_array *x);

/* Whether lengths fit inputs that rnn_check_inputs has taken. */
rnn_status rnn_check_lengths(rnn_context *cx, int count, const rnn_array *x, const rnn_array *lengths);

/* rnn_check_inputs, rnn_check_lengths, and whether y and weights fit the outputs and what judges them. */
rnn_status rnn_check_data(rnn_context *cx, const rnn_graph *graph, const rnn_objective *objective,
                          const rnn_data *data);

/* Copies samples order[0 .. n-1] of an array to `to`, or `first` and the n-1 after it if order is NULL. Polls for
** Ctrl-C. */
rnn_status rnn_gather(rnn_context *cx, const rnn_array *array, const int64_t *order, int64_t first, int64_t n, float *to);

#endif
