/* rnn.h - what this room's own files share: the list of its types, and the geometry of a sequence */
#ifndef RNN_RNN_H
#define RNN_RNN_H

#include "rnnlua.h"
#include "rnnlua_math.h"

extern const rnn_layer_type rnn_simple_rnn;

/* A batch of sequences, (batch, time, features), all in C order. Step s of the recurrence reads the input
** at time rnn_time(s). */
typedef struct rnn_sequence {
  int64_t batch, time, features, units;
  int64_t width; /* units, padded to whole vectors of this CPU level */
  bool backwards;
} rnn_sequence;

rnn_sequence rnn_sequence_of(rnn_context *cx, const rnn_call *call, int64_t units, bool backwards);

static inline int64_t rnn_time(const rnn_sequence *q, int64_t step) {
  return q->backwards ? q->time - 1 - step : step;
}

/* Rows of the batch that one thread takes through all timesteps: a function of the shape alone; all
** of them where there is too little to share. */
static inline int64_t rnn_tile_rows(const rnn_sequence *q) {
  int64_t work = q->time * q->units * q->units; /* multiply-adds of one row */
  if (q->batch < 2 || work * q->batch < 100000) return q->batch > 0 ? q->batch : 1;
  return q->batch <= 16 ? (q->batch + 1) / 2 : 16;
}

/* to (rows, width) = from (rows, columns), or its transpose where asked (it is square then), with zeros behind
** each row */
void rnn_pack(int64_t rows, int64_t columns, const float *from, bool transposed, int64_t width,
              float *to);

/* shapes() of a recurrent layer: (batch, time, features) -> (batch, units) or (batch, time, units) */
rnn_status rnn_sequence_shapes(rnn_context *cx, const rnn_shape *input, int64_t units,
                               bool return_sequences, rnn_shape *output);

#endif
