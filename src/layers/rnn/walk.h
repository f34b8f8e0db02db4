/*
** walk.h - any cell taken through time, one call of it after the other: a plugin's, or one written in Lua.
**
** walk.c has what the layer is, walk_forward.c and walk_backward.c its calls.
*/
#ifndef RNN_WALK_H
#define RNN_WALK_H

#include "layers/rnn/subcall.h"

/* The layer's self. */
typedef struct rnn_walk {
  const rnn_component *cell;
  bool return_sequences, return_state, go_backwards, zero_output_for_mask;
  int states;      /* of the cell */
  rnn_shape built; /* for what x, (batch, features) */
} rnn_walk;

extern const rnn_layer_type rnn_walk_type; /* not registered: RNN's own */

/* What a call keeps: a call of the cell for each timestep if backward follows, else one. */
typedef struct rnn_walk_record {
  const rnn_host *host;
  int64_t count;
  rnn_subcall steps[];
} rnn_walk_record;

/* A call, and where everything of it lies. By step, (steps, batch, …), where steps are all of them if backward follows,
** else one, and for `before` one more. */
typedef struct rnn_walking {
  rnn_context *cx;
  const rnn_walk *self;
  rnn_call *call;
  rnn_walk_record *record;
  int64_t batch, time, features, columns; /* columns of y */
  int64_t size[RNN_MAX_PORTS];            /* numbers of a state, of one sequence */
  const uint8_t *mask;
  float *x, *y, *made[RNN_MAX_PORTS], *before[RNN_MAX_PORTS]; /* saved: what the cell reads and gives; a masked step gives
                                                                 states (`made`) that do not become those before the next */
  float *cell_saved;
  float *cell_scratch, *last;                                 /* scratch: last (batch, columns) the output so far */
  float *dx, *dy, *pending;                                   /* in backward: of one step, (batch, …) */
  float *dmade[RNN_MAX_PORTS], *dstates[RNN_MAX_PORTS], *dbefore[RNN_MAX_PORTS];
} rnn_walking;

/* the record that plan made; NULL: there is none yet */
rnn_walking rnn_start_walk(rnn_context *cx, const rnn_walk *self, rnn_call *call, bool backward);

static inline int64_t rnn_walk_time(const rnn_walking *w, int64_t step) {
  return w->self->go_backwards ? w->time - 1 - step : step;
}
static inline bool rnn_walk_skips(const rnn_walking *w, int64_t sequence, int64_t step) {
  return w->mask && !w->mask[sequence * w->time + rnn_walk_time(w, step)];
}
static inline int64_t rnn_walk_place(const rnn_walking *w, int64_t step) { return w->call->keeps ? step : 0; }

/* state i before a step; after the last, what is returned */
static inline float *rnn_walk_before(const rnn_walking *w, int i, int64_t step) {
  return w->before[i] + (w->call->keeps ? step : step & 1) * w->batch * w->size[i];
}

/* The cell's call of a step, its inputs and outputs in place; gradients are NULL. */
rnn_subcall *rnn_walk_step(const rnn_walking *w, int64_t step);

rnn_status rnn_walk_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_walk_backward(rnn_context *cx, const void *self, rnn_call *call);

#endif
