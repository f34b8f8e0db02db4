/* losses.h - what the files of this room share; the types are listed in losses.c */
#ifndef RNN_LOSSES_H
#define RNN_LOSSES_H

#include "rnnlua.h"

#define LOSS(NAME) RNN_TYPE(rnn_loss_type, RNN_LOSS, NAME)

/* keras.config.epsilon() and 1 minus it, in float32 as Keras has them */
#define EPSILON 1e-7f
#define ONE_MINUS_EPSILON (1.0f - 1e-7f)

/* Keras' `axis` of classes: rows go along the last one, and so it is the only one that can be asked for */
#define AXIS_ARG(SELF)                                                            \
  {"axis", RNN_ARG_INTEGER, offsetof(SELF, axis), "-1", "[-1, -1]", 0,            \
   "of classes: the last one; data with another are to be transposed"}

/* weights are needed, and must be there, only where a gradient is asked for */
static inline float weight_of(const float *weights, int64_t row) {
  return weights ? weights[row] : 1;
}

/*
** Defines NAME_compute for a loss that is a mean over the last axis of a function of one element,
** from two functions written just before, t the true value and p the predicted one:
**   static double NAME(const SELF *self, float t, float p)
**   static double NAME_slope(const SELF *self, float t, float p)        its derivative by p
*/
#define MEAN_OVER_COLUMNS(NAME, SELF)                                                         \
  static rnn_status NAME##_compute(rnn_context *cx, const void *self, int64_t rows,           \
                                   int64_t columns, const float *y_true, const float *y_pred, \
                                   const float *weights, float *values, float *d_pred) {      \
    (void)cx;                                                                                 \
    const SELF *arguments = self;                                                             \
    for (int64_t r = 0; r < rows; r++) {                                                      \
      const float *t = y_true + r * columns, *p = y_pred + r * columns;                       \
      double sum = 0, scale = weight_of(weights, r) / (double)columns;                        \
      for (int64_t c = 0; c < columns; c++) sum += NAME(arguments, t[c], p[c]);               \
      values[r] = (float)(sum / (double)columns);                                             \
      for (int64_t c = 0; d_pred != NULL && c < columns; c++)                                 \
        d_pred[r * columns + c] = (float)(scale * NAME##_slope(arguments, t[c], p[c]));       \
    }                                                                                         \
    return RNN_OK;                                                                            \
  }

/* for the many without arguments */
typedef struct no_arguments no_arguments;

extern const rnn_loss_type rnn_mean_squared_error, rnn_mean_absolute_error,
    rnn_mean_absolute_percentage_error, rnn_mean_squared_logarithmic_error, rnn_huber, rnn_log_cosh,
    rnn_poisson;
extern const rnn_loss_type rnn_cosine_similarity, rnn_kl_divergence;
extern const rnn_loss_type rnn_hinge, rnn_squared_hinge, rnn_categorical_hinge;
extern const rnn_loss_type rnn_binary_crossentropy, rnn_binary_focal_crossentropy;
extern const rnn_loss_type rnn_categorical_crossentropy, rnn_categorical_focal_crossentropy,
    rnn_sparse_categorical_crossentropy;

#endif
