/*
** objective.h - what a batch is judged by: a loss and metrics for each output of a model, and their
** running means over a pass.
*/
#ifndef RNN_OBJECTIVE_H
#define RNN_OBJECTIVE_H

#include "rnnlua.h"

/* A metric, or a loss reported as one. */
typedef struct rnn_meter {
  const rnn_component *component; /* a reference */
  bool weighted;                  /* sees sample weights */
  bool takes_sums;                /* judges sums, see logits.h */
  int64_t state_size;             /* numbers; for a loss 2: weighted sum and weight */
  double *state;
} rnn_meter;

typedef struct rnn_goal {
  const rnn_component *loss; /* a reference; NULL: this output has none */
  bool takes_sums;           /* the loss judges sums, see logits.h */
  double loss_weight;
  int meter_count;
  rnn_meter *meters;
  double loss_sum; /* of this output's unweighted loss, times rows */
} rnn_goal;

typedef struct rnn_objective {
  int goal_count; /* outputs of the model */
  rnn_goal goals[RNN_MAX_PORTS];
  double loss_sum, samples; /* of the total loss, weighted by the samples of each batch */
} rnn_objective;

/* One output of a batch. Rows are over the last axis of the prediction. */
typedef struct rnn_judged {
  int64_t samples, rows, columns;
  const float *prediction, *target; /* target as the loss and each meter want it, see rnn_needs_index */
  const float *sums;                /* what the output's activation was applied to; NULL: not known */
  const float *weights;             /* one a row; NULL: all 1 */
  const uint8_t *mask;              /* one a row, 0: does not count; NULL: all count */
  float *values, *scale;            /* scratch: rows each */
  float *gradient; /* of the total loss by prediction, or sums if the loss takes them; NULL: not wanted */
} rnn_judged;

/* whether targets of this loss or metric are class numbers, one a row */
bool rnn_needs_index(const rnn_component *judge);

void rnn_objective_reset(rnn_objective *objective);
void rnn_objective_clear(rnn_objective *objective); /* gives back what goals hold */

/* Judges one output: adds to its meters, writes the gradient, adds loss_weight × loss to *total. */
rnn_status rnn_goal_judge(rnn_context *cx, rnn_goal *goal, const rnn_judged *batch, double *total);

/* Counts a batch's total loss, penalties included. */
void rnn_objective_count(rnn_objective *objective, double total, int64_t samples);

/* The running means: loss, then that of each output with a loss if there are several, then each output's meters.
** `out` has room for rnn_objective_log_count. */
int rnn_objective_log_count(const rnn_objective *objective);
void rnn_objective_logs(const rnn_objective *objective, const int64_t *columns, double *out);

#endif
