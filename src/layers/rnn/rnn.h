/*
** rnn.h - what the recurrent layers share: their arguments, the geometry of a sequence, and one call of theirs.
**
** SimpleRNN, LSTM and GRU differ in an rnn_cell: how many gates there are, where their sums lie, and what is
** done with those of one timestep. The rest is shared: layer.c has arguments, shapes and weights, run.c says where
** everything of a call lies, forward.c and backward.c take a batch through time, dropout.c draws masks.
*/
#ifndef RNN_RNN_H
#define RNN_RNN_H

#include "layers/rnn/gate.h"
#include "rnnlua.h"
#include "rnnlua_math.h"

#define RNN_MOST_GATES 4
#define RNN_MOST_STATES 2

extern const rnn_layer_type rnn_simple_rnn, rnn_lstm, rnn_gru, rnn_bidirectional, rnn_time_distributed,
    rnn_masking;

typedef struct rnn_recurrence rnn_recurrence;
typedef struct rnn_cell rnn_cell;

/* ---- a layer ------------------------------------------------------------------------------------- */

typedef struct rnn_recurrent {
  int64_t units;
  const rnn_component *activation, *recurrent_activation;
  bool use_bias;
  const rnn_component *kernel_initializer, *recurrent_initializer, *bias_initializer;
  const rnn_component *kernel_regularizer, *recurrent_regularizer, *bias_regularizer;
  const rnn_component *activity_regularizer;
  const rnn_component *kernel_constraint, *recurrent_constraint, *bias_constraint;
  double dropout, recurrent_dropout;
  bool return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask;
  bool unit_forget_bias, reset_after;
  int64_t seed;
  /* no arguments: filled in by check() */
  const rnn_cell *cell;
  rnn_gate gate, recurrent_gate; /* what the activations are to the loops over gates */
  rnn_component bias_filler;     /* an initializer of the layer's own: see lstm.c */
} rnn_recurrent;

enum { RNN_KERNEL, RNN_RECURRENT_KERNEL, RNN_BIAS };

/* the initializer of the bias is the layer's argument, or bias_filler if that is set */
static inline const rnn_component *rnn_bias_initializer(const rnn_recurrent *r) {
  return r->bias_filler.type ? &r->bias_filler : r->bias_initializer;
}

/* slots of the vtables */
rnn_status rnn_recurrent_check(rnn_context *cx, rnn_recurrent *r, const rnn_cell *cell);
rnn_status rnn_recurrent_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                int *output_count, rnn_shape *outputs);
rnn_status rnn_recurrent_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                               const rnn_shape *inputs);
rnn_status rnn_recurrent_plan(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_recurrent_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_recurrent_backward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_recurrent_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                              bool *any);
int rnn_recurrent_states(const void *self, const rnn_shape *input, rnn_shape *shapes);

/* ---- a cell --------------------------------------------------------------------------------------- */

/* one timestep of `rows` sequences from `first` on */
typedef rnn_status (*rnn_step)(rnn_recurrence *u, int64_t first, int64_t rows, int64_t step);

/*
** The sums of one sequence and timestep are a row of `slots` times `width` numbers, and so are what the activations
** make of them, the gates. A gate of Keras, which numbers them as they lie in the weights, has a slot for x W + b and
** one for h U, the same one but where the cell keeps the two apart. The projection fills slots input_at …, as many
** as there are gates; the recurrence adds to slots recurrent_at …, recurrent_gates of them.
*/
struct rnn_cell {
  int gates, slots, states;
  int input_at, recurrent_at;
  int input_slot[RNN_MOST_GATES], recurrent_slot[RNN_MOST_GATES];
  int recurrent_gates; /* the first of them; what others take from h is the cell's own affair */
  bool own_bias;       /* the recurrence has a bias of its own, the second row of `bias` */
  bool states_in_gates; /* the gates are h */
  bool squashes;       /* keeps activation(c) for backward */
  bool carries;        /* backward leaves in dstates[0] what goes to h(s-1) past the recurrent kernel */
  /* from sums and the states before, the gates and the states */
  rnn_step step;
  /* from dstates, the gradients by the states, the slopes, those by the sums; dstates become what goes to the
  ** states before, but for what passes through the recurrent kernel */
  rnn_step step_back;
  /* optional: gradients of the part of the recurrent kernel that is the cell's own affair */
  rnn_status (*gradients)(rnn_recurrence *u);
};

/* ---- the geometry of a sequence ---------------------------------------------------------------------- */

/* A batch of sequences, (batch, time, features), all in C order. Step s of the recurrence reads the input
** at time rnn_time(s). */
typedef struct rnn_sequence {
  int64_t batch, time, features, units;
  int64_t width; /* units, padded to whole vectors of this CPU level */
  bool backwards;
} rnn_sequence;

static inline int64_t rnn_time(const rnn_sequence *q, int64_t step) {
  return q->backwards ? q->time - 1 - step : step;
}

/* ---- one call ------------------------------------------------------------------------------------- */

/*
** Rows of units are padded with zeros to whole vectors, `width` numbers, so that no loop has a tail. By sequence,
** (batch, time, …), at the time of the input they belong to, lie
**   sums       (slots·width), the same memory as gates unless backward reads them
**   gates      (slots·width)
**   states     (width) each: h, c
**   squashed   (width) activation(c)
**   slopes     (slots·width) the gradient of the loss by the sums
** By sequence, (batch, …):
**   initial    (width) for each state, where there is an initial state
**   input_factors (features), recurrent_factors (width): of dropout, for each mask
**   dstates    (width) each: the gradient by the states between two steps
**   pending    (width) the gradient by outputs of masked steps, which repeat an earlier one
** And weights, packed at each call, gates in the order of their slots: kernel (features, gates·width), recurrent
** (units, gates·width), in backward its transpose; bias (slots·width).
*/
struct rnn_recurrence {
  rnn_context *cx;
  const rnn_recurrent *layer;
  const rnn_cell *cell;
  rnn_call *call;
  rnn_sequence q;
  int64_t row;                /* slots·width */
  int input_masks, recurrent_masks; /* of dropout; 0: it does not act */
  bool has_initial;
  const uint8_t *mask;        /* of timesteps, or NULL */
  float *sums, *gates, *states[RNN_MOST_STATES], *squashed; /* saved, from here */
  float *initial, *input_factors, *recurrent_factors;
  float *kernel, *recurrent, *bias, *zeros, *masked;        /* scratch, from here */
  float *slopes, *gradient, *dstates[RNN_MOST_STATES], *pending;
  rnn_status status;          /* of any tile that failed */
};

rnn_recurrence rnn_start_run(rnn_context *cx, const void *self, rnn_call *call, bool backward);

/* the row of `array`, which has `width` numbers for each sequence and timestep */
static inline float *rnn_at(const rnn_recurrence *u, float *array, int64_t width, int64_t sequence,
                            int64_t step) {
  return array + (sequence * u->q.time + rnn_time(&u->q, step)) * width;
}

/* the state before a step, for sequences from `first` on, `stride` numbers from each to the next */
static inline const float *rnn_before(const rnn_recurrence *u, int state, int64_t first, int64_t step,
                                      int64_t *stride) {
  if (step > 0) {
    *stride = u->q.time * u->q.width;
    return rnn_at(u, u->states[state], u->q.width, first, step - 1);
  }
  *stride = u->has_initial ? u->q.width : 0;
  return u->has_initial ? u->initial + (state * u->q.batch + first) * u->q.width : u->zeros;
}

static inline bool rnn_skips(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return u->mask && !u->mask[sequence * u->q.time + rnn_time(&u->q, step)];
}

/* Calls `step` for sequences that the mask lets through at this step, `carry` for the others. */
rnn_status rnn_by_mask(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s, rnn_step step, rnn_step carry);

/* Calls f for tiles of sequences, on several threads. */
rnn_status rnn_run_tiles(rnn_recurrence *u, rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows));

/* Gates g from `first` on, `count` of them, of weights (rows, gates·units), into the place slot[g] - at of packed rows
** of `places` times width; the tails of those places are zeros. */
void rnn_pack_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, int at, float *to);
/* the transpose: (gates·width, width), zeros where units end */
void rnn_pack_transposed(const rnn_recurrence *u, const float *from, float *to);
/* adds packed rows to weights; gates from `first` on, `count` of them */
void rnn_add_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, int at, int first,
                   int count, float *to);

/* ---- dropout ----------------------------------------------------------------------------------------- */

void rnn_draw_factors(rnn_recurrence *u);
/* the input times factors of mask k, in `masked` */
const float *rnn_masked_input(rnn_recurrence *u, int k);
/* dx = dx · factors of mask k; or, added to the input's gradient, `masked` times these */
void rnn_mask_input_gradient(rnn_recurrence *u, int k, bool add);
/* the state h before a step times factors of mask k, for a tile's rows; h itself where dropout does not act */
const float *rnn_masked_state(rnn_recurrence *u, int k, int64_t first, int64_t rows, int64_t step, int64_t *stride);

#endif
