/* slope.h - derivatives by differences, to hold those of a component against */
#ifndef RNN_SLOPE_H
#define RNN_SLOPE_H

#include "rnnlua.h"

/* something computed from numbers that can be changed */
typedef struct rnn_slope {
  rnn_status (*value)(rnn_context *cx, void *owner, double *value);
  void *owner;
} rnn_slope;

/* Holds `gradient` (of `size`) against differences of the value as each of `numbers` is moved a little to either side
** and put back; of many numbers some are taken. A bend, as relu has, is met by any slope between those of the two
** sides. Fails with "the gradient of input 1 is wrong: number 2 has 0.5 by backward, 1.0 by differences". */
rnn_status rnn_compare_slopes(rnn_context *cx, const rnn_slope *slope, int64_t size, float *numbers,
                              const float *gradient, const char *what);

/* n numbers in [least, most), the same for the same key */
void rnn_fill_even(rnn_context *cx, uint64_t key, float least, float most, int64_t n, float *out);

#endif
