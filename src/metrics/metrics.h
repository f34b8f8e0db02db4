/* metrics.h - what the files of this room share; the types are listed in metrics.c */
#ifndef RNN_METRICS_H
#define RNN_METRICS_H

#include "rnnlua.h"

#define METRIC(NAME) RNN_TYPE(rnn_metric_type, RNN_METRIC, NAME)

/* Most metrics are a mean of one value a row; their state is its weighted sum and the sum of
** weights. */
enum { TOTAL, COUNT, MEAN_STATE };

static inline int64_t mean_state_size(const void *self, int64_t columns) {
  (void)self, (void)columns;
  return MEAN_STATE;
}

static inline double mean_result(const void *self, int64_t columns, const double *state) {
  (void)self, (void)columns;
  return state[COUNT] == 0 ? 0 : state[TOTAL] / state[COUNT];
}

/*
** Defines NAME_update, which adds up a function of one row written just before:
**   static double NAME(const SELF *self, int64_t columns, const float *y_true, const float *y_pred)
** PER_ROW is how many numbers of y_true belong to a row: columns or 1.
*/
#define MEAN_OVER_ROWS(NAME, SELF, PER_ROW)                                                  \
  static rnn_status NAME##_update(rnn_context *cx, const void *self, int64_t rows,           \
                                  int64_t columns, const float *y_true, const float *y_pred, \
                                  const float *weights, double *state) {                     \
    (void)cx;                                                                                \
    const SELF *arguments = self;                                                            \
    for (int64_t r = 0; r < rows; r++) {                                                     \
      const float *t = y_true + r * (PER_ROW), *p = y_pred + r * columns;                    \
      double weight = weights ? weights[r] : 1;                                              \
      state[TOTAL] += weight * NAME(arguments, columns, t, p);                               \
      state[COUNT] += weight;                                                                \
    }                                                                                        \
    return RNN_OK;                                                                           \
  }

/* for the many without arguments */
typedef struct no_arguments no_arguments;

extern const rnn_metric_type rnn_accuracy, rnn_binary_accuracy, rnn_categorical_accuracy,
    rnn_sparse_categorical_accuracy, rnn_top_k_categorical_accuracy,
    rnn_sparse_top_k_categorical_accuracy;
extern const rnn_metric_type rnn_root_mean_squared_error, rnn_cosine_similarity_metric,
    rnn_pearson_correlation, rnn_r2_score;
extern const rnn_metric_type rnn_true_positives, rnn_false_positives, rnn_true_negatives,
    rnn_false_negatives, rnn_precision, rnn_recall, rnn_auc, rnn_f1_score, rnn_fbeta_score;

#endif
