/*
** reduction.h - how the losses of rows become one number, as keras/src/losses/loss.py does it:
** loss = sum of weight × value over rows, divided by `divisor`.
*/
#ifndef RNN_REDUCTION_H
#define RNN_REDUCTION_H

#include "rnnlua.h"

typedef struct rnn_reduction {
  double divisor;
  bool by_row; /* reduction = "none": the rows are not added up; what is reported is their mean, what is derived their sum */
  const float *weights; /* one a row; NULL: all 1 */
  const uint8_t *mask;  /* one a row, 0: does not count; NULL: all count */
  float counts;         /* what a row counts that the mask lets through */
  const float *target;  /* not NULL: rows of the class `ignored` do not count either */
  float ignored;
} rnn_reduction;

/* For a loss with its argument `reduction`, and `ignore_class` if it declares one. weights and mask may be NULL. */
rnn_reduction rnn_reduction_of(const rnn_component *loss, int64_t rows, const float *target, const float *weights,
                               const uint8_t *mask);

static inline bool rnn_reduction_counts(const rnn_reduction *r, int64_t row) {
  return (r->mask == NULL || r->mask[row]) && (r->target == NULL || r->target[row] != r->ignored);
}

static inline float rnn_reduction_weight(const rnn_reduction *r, int64_t row) {
  return rnn_reduction_counts(r, row) ? (r->weights ? r->weights[row] : 1) * r->counts : 0;
}

#endif
