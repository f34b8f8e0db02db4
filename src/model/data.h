/* data.h - arrays that a model is fed with, checked against what it expects */
#ifndef RNN_DATA_H
#define RNN_DATA_H

#include "model/graph.h"
#include "model/objective.h"

typedef struct rnn_array {
  rnn_shape shape;   /* axis 0: samples */
  const float *data; /* C order, borrowed; NULL: not given */
} rnn_array;

/* Data for whole passes. x has one array an input, y and weights one an output. */
typedef struct rnn_data {
  int x_count, y_count;
  rnn_array x[RNN_MAX_PORTS], y[RNN_MAX_PORTS], weights[RNN_MAX_PORTS];
} rnn_data;

/* Whether x fits the model's inputs, with the same number of samples in all, at least one. */
rnn_status rnn_check_inputs(rnn_context *cx, const rnn_graph *graph, int count, const rnn_array *x);

/* rnn_check_inputs, and whether y and weights fit the outputs and what judges them. */
rnn_status rnn_check_data(rnn_context *cx, const rnn_graph *graph, const rnn_objective *objective,
                          const rnn_data *data);

/* Copies samples order[0 .. n-1] of an array to `to`, or `first` and the n-1 after it if order is NULL. */
void rnn_gather(const rnn_array *array, const int64_t *order, int64_t first, int64_t n, float *to);

#endif
