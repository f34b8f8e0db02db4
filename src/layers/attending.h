/*
** attending.h - what Attention and MultiHeadAttention have in common: softmax(scores of queries and keys) · values, for
** each sequence and head by itself.
**
** A head's queries are rows of key_size numbers, q_step numbers apart; those of the next head lie behind them. Keys,
** values and results likewise.
*/
#ifndef RNN_LAYERS_ATTENDING_H
#define RNN_LAYERS_ATTENDING_H

#include "rnnlua.h"

/* what a mask does to scores: both ways of Keras, and what is left where a query may see nothing */
typedef enum rnn_masking {
  RNN_MASK_LOWERS,   /* 1e9 is subtracted: nearly all alike */
  RNN_MASK_REPLACES, /* a very low score: all alike */
  RNN_MASK_CLEARS    /* the same, and weight 0: zeros */
} rnn_masking;

typedef struct rnn_attending {
  rnn_context *cx;
  int64_t batch, heads, queries, keys, key_size, value_size;
  const float *q, *k, *v;
  float *out;
  int64_t q_step, k_step, v_step, out_step;
  /* scores are scale · q·k, or with `concat` weight · sum tanh(scale · (q + k)) */
  bool concat;
  float scale, weight;
  const rnn_component *softmax;
  rnn_masking masking;
  bool causal;
  const uint8_t *query_mask, *value_mask, *key_mask; /* batch × queries, batch × keys; or NULL */
  /* batch × heads × queries × keys */
  float *weights; /* from forward to backward */
  float *factors; /* of dropout, set before forward; or NULL */
  float *room;    /* contents are lost */
  /* backward: gradients in, likewise laid out, and out */
  const float *d_out, *d_weights, *d_dropped; /* of weights before and after dropout; or NULL */
  float *dq, *dk, *dv;                        /* written */
  double *d_scales;                           /* 2 numbers a sequence and head: of scale, of weight; dot: or NULL */
  rnn_status status;                          /* of any part that failed */
} rnn_attending;

rnn_status rnn_attend(rnn_attending *a);
rnn_status rnn_attend_backward(rnn_attending *a);

/* factors of dropout for n weights: 0 or 1 / (1 - rate) */
void rnn_draw_dropout(rnn_context *cx, uint64_t key, double rate, int64_t n, float *factors);

#endif
