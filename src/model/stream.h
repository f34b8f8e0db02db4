/*
** stream.h - a model that is fed one timestep at a time.
**
** A stream holds the states of its own for every layer that has any, so that several streams over one model, and fit
** and predict beside them, do not meet. A step runs the plan of one timestep and allocates nothing.
*/
#ifndef RNN_STREAM_H
#define RNN_STREAM_H

#include "model/plan.h"
#include "model/stream_states.h"

typedef struct rnn_stream {
  rnn_graph *graph; /* the stream's own, with the model's weights */
  rnn_workspace workspace;
  rnn_plan *plan;
  int64_t batch, features;   /* of a step's input */
  int64_t columns;           /* numbers of the output for one sequence */
  rnn_stream_states *states; /* one a node */
  bool side;
} rnn_stream;

/* Refuses models that cannot run a timestep at a time, naming the layer. On error `stream` is all zero. */
rnn_status rnn_stream_make(rnn_context *cx, rnn_stream *stream, const rnn_graph *graph, int64_t batch);
void rnn_stream_clear(rnn_stream *stream);

/* Where the next step's input goes, (batch, features); and where its output lies afterwards. */
float *rnn_stream_input(const rnn_stream *stream);
const float *rnn_stream_output(const rnn_stream *stream);

/* One timestep. On error the states are as before. */
rnn_status rnn_stream_step(rnn_context *cx, rnn_stream *stream);

/* All states become 0, or those of the sequence `row` (from 0) where it is not negative. */
void rnn_stream_reset(rnn_stream *stream, int64_t row);

#endif
