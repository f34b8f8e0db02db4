/* merge.h - two sequences, one of them turned around, made one, and gradients back */
#ifndef RNN_MERGE_H
#define RNN_MERGE_H

#include "rnnlua.h"

typedef enum rnn_merge {
  RNN_MERGE_CONCAT,
  RNN_MERGE_SUM,
  RNN_MERGE_MUL,
  RNN_MERGE_AVE,
  RNN_MERGE_NONE
} rnn_merge;

rnn_merge rnn_merge_of(const char *name);

/* The shape that two outputs merge into, that of the first where they are not merged. Fails if they don't fit. */
rnn_status rnn_merged_shape(rnn_context *cx, rnn_merge merge, const rnn_shape *forwards,
                            const rnn_shape *backwards, rnn_shape *merged);

/* Outputs of two layers, (batch, …, columns), or where `turned` is set (batch, time, …, columns), the second of which
** came out from the last step to the first. They merge into `first`; not merged, the second goes to `second`. */
typedef struct rnn_pair {
  rnn_merge merge;
  bool turned;
  const rnn_port *forwards, *backwards;
  const rnn_port *first, *second;
} rnn_pair;

void rnn_merge_pair(const rnn_pair *pair);
/* from the gradients of first and second, which may be NULL for 0, those of forwards and backwards */
void rnn_split_pair(const rnn_pair *pair);

#endif
