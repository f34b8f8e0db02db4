/* bidirectional.h - Bidirectional, and what its calls see of it */
#ifndef RNN_BIDIRECTIONAL_H
#define RNN_BIDIRECTIONAL_H

#include "layers/rnn/merge.h"
#include "rnnlua.h"

enum { RNN_FORWARD, RNN_BACKWARD, RNN_SIDES };

typedef struct rnn_bidirectional_self {
  const rnn_component *layer, *backward_layer;
  const char *merge_mode;
  /* no arguments */
  const rnn_component *sides[RNN_SIDES]; /* the copies; given back in release() */
  rnn_merge merge;
  bool sequences;
  int weights[RNN_SIDES]; /* how many each has, from build on */
  rnn_shape built;        /* for what */
  const rnn_host *host;
} rnn_bidirectional_self;

/* Inputs are x, the initial states of the one side, those of the other; fills in those of a side. */
rnn_status rnn_side_inputs(rnn_context *cx, int side, int input_count, const rnn_shape *inputs, int *count,
                           rnn_shape *own);

/* slots of the vtable: bidirectional_call.c */
rnn_status rnn_bidirectional_plan(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_bidirectional_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_bidirectional_backward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_bidirectional_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask, bool *any);
void rnn_bidirectional_forget(const void *self, rnn_call *call);

#endif
