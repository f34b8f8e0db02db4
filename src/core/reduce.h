/* reduce.h - sum, mean, max, argmax, … along axes */
#ifndef RNN_CORE_REDUCE_H
#define RNN_CORE_REDUCE_H

#include "core/tensor.h"

typedef enum rnn_measure {
  RNN_MEASURE_SUM, RNN_MEASURE_PROD, RNN_MEASURE_MEAN, RNN_MEASURE_VAR, RNN_MEASURE_STD,
  RNN_MEASURE_MAX, RNN_MEASURE_MIN, RNN_MEASURE_ARGMAX, RNN_MEASURE_ARGMIN, RNN_MEASURE_ANY,
  RNN_MEASURE_ALL, RNN_MEASURE_COUNT
} rnn_measure;

extern const char *const rnn_measure_names[RNN_MEASURE_COUNT];

/* The dtype that the measure of such a tensor has. */
rnn_dtype rnn_measure_dtype(rnn_measure measure, rnn_dtype dtype);

/* Reduces the axes whose bits are set in `axes`. `out` is contiguous, of the measure's dtype, with one
** element for each of those that stay, in C order. argmax and argmin give positions from 0 among the
** reduced elements in C order. var and std divide by n - ddof and want a float tensor. Fails where max, min,
** argmax or argmin have nothing to choose from. Allocates nothing. */
rnn_status rnn_reduce(rnn_context *cx, rnn_measure measure, const rnn_tensor *t, unsigned axes,
                      double ddof, const rnn_tensor *out);

/* Whether no element is 0 or false. */
bool rnn_tensor_all(const rnn_tensor *t);

#endif
