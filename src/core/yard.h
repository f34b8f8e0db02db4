/* yard.h - memory with fences around it: what a component writes beside its arrays is seen */
#ifndef RNN_YARD_H
#define RNN_YARD_H

#include "rnnlua.h"

#define RNN_YARD_FIELDS 128

typedef struct rnn_yard {
  int count;
  struct {
    const char *name; /* what messages call it; lives as long as the yard */
    int index;        /* from 0; -1: there is but one of the kind */
    int64_t size; /* in floats */
    bool doubles;
    float *block;
  } fields[RNN_YARD_FIELDS];
} rnn_yard;

/* An array of `size` numbers, 64-byte aligned, of which none has been written yet. NULL: fail was called. */
float *rnn_yard_add(rnn_context *cx, rnn_yard *yard, int64_t size, const char *name, int index);

/* The same of doubles, all 0. */
double *rnn_yard_add_doubles(rnn_context *cx, rnn_yard *yard, int64_t size, const char *name);

/* makes numbers as if nobody had written them */
void rnn_yard_blank(float *numbers, int64_t size);

/* Fails with "forward writes behind the end of output 1" where a fence was touched. */
rnn_status rnn_yard_check(rnn_context *cx, const rnn_yard *yard, const char *doing);

/* Fails with "forward leaves number 3 of output 1 unwritten" or "… makes number 3 of output 1 nan". */
rnn_status rnn_yard_check_written(rnn_context *cx, const rnn_yard *yard, const float *numbers, const char *doing);

void rnn_yard_clear(rnn_yard *yard); /* gives everything back */

#endif
