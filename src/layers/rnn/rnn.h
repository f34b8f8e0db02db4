/*
** rnn.h - what the recurrent layers share: their arguments, the geometry of a sequence, and one call of theirs.
**
** SimpleRNN, LSTM and GRU differ in an rnn_cell: how many gates there are, where their sums lie, and what is
** done with those of one timestep. The rest is shared: layer.c has arguments, shapes and weights, run.c says where
** everything of a call lies, weights.c packs the weights, sums.c makes the sums of a step, forward.c and backward.c
** take a batch through time, dropout.c draws masks. The cells SimpleRNNCell, LSTMCell and GRUCell are calls of the same
** for one timestep (cells.c), and RNN makes the layer of each (over_cells.c).
*/
#ifndef RNN_RNN_H
#define RNN_RNN_H

#include "layers/rnn/gate.h"
#include "rnnlua.h"
#include "rnnlua_math.h"

#define RNN_MOST_GATES 4
#define RNN_MOST_STATES 2

extern const rnn_layer_type rnn_simple_rnn, rnn_lstm, rnn_gru, rnn_bidirectional, rnn_time_distributed,
    rnn_masking, rnn_simple_rnn_cell, rnn_lstm_cell, rnn_gru_cell, rnn_stacked_cells, rnn_over_cells;

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
void rnn_recurrent_forget(const void *self, rnn_call *call);
rnn_status rnn_recurrent_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_recurrent_backward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_recurrent_mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                              bool *any);
int rnn_recurrent_states(const void *self, const rnn_shape *input, rnn_shape *shapes);

/* whether a state can go with inputs x: (batch, units) */
rnn_status rnn_check_state(rnn_context *cx, const rnn_shape *x, int64_t units, const rnn_shape *state);

/* The same of the cells SimpleRNNCell, LSTMCell and GRUCell, whose self is the layer's too: cells.c. The `data` of their
** types is the type of the layer that takes the cell through time. */
rnn_status rnn_cell_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                           int *output_count, rnn_shape *outputs);
rnn_status rnn_cell_build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs);
rnn_status rnn_cell_plan(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_cell_forward(rnn_context *cx, const void *self, rnn_call *call);
rnn_status rnn_cell_backward(rnn_context *cx, const void *self, rnn_call *call);
void rnn_cell_forget(const void *self, rnn_call *call);

/* ---- a cell --------------------------------------------------------------------------------------- */

/* one timestep of `rows` sequences from `first` on */
typedef rnn_status (*rnn_step)(rnn_recurrence *u, int64_t first, int64_t rows, int64_t step);

/*
** The sums of one sequence and timestep are a row of `slots` times `width` numbers, and so are what the activations
** make of them, the gates. A gate of Keras, which numbers them as they lie in the weights, has a slot for x W + b and
** one for h U, the same one but where the cell keeps the two apart. x W + b fills slots input_at …, as many as
** there are gates; h U adds to slots recurrent_at …, recurrent_gates of them.
*/
struct rnn_cell {
  int gates, slots, states;
  int input_at, recurrent_at;
  int input_slot[RNN_MOST_GATES], recurrent_slot[RNN_MOST_GATES];
  int recurrent_gates; /* the first of them; what others take from h is the cell's own affair */
  bool own_bias;       /* the recurrence has a bias of its own, the second row of `bias` */
  bool one_product;    /* x and h go to the same slots, all of them */
  bool gates_are_h;    /* there is nothing to keep of a step but h */
  bool squashes;       /* keeps activation(c) for backward */
  bool carries;        /* backward leaves in dstates[0] what goes to h(s-1) past the recurrent kernel */
  /* from sums and the states before, the gates and the states */
  rnn_step step;
  /* from dstates, the gradients by the states, the slopes, those by the sums; dstates become what goes to the
  ** states before, but for what passes through the recurrent kernel */
  rnn_step step_back;
  /* optional: in u->gradient, the part of the recurrent kernel that is the cell's own affair */
  rnn_status (*gradients)(rnn_recurrence *u);
};

/* ---- the geometry of a sequence ---------------------------------------------------------------------- */

/* A batch of sequences, (batch, time, features) in C order. Step s of the recurrence reads the input at time
** rnn_time(s). */
typedef struct rnn_sequence {
  int64_t batch, time, features, units;
  int64_t width; /* units, padded to whole vectors of this CPU level */
  int64_t span;  /* of a row of x and h side by side: features + width */
  int64_t tile;  /* sequences that one thread takes through all timesteps; the last tile may have fewer */
  bool backwards;
} rnn_sequence;

static inline int64_t rnn_time(const rnn_sequence *q, int64_t step) {
  return q->backwards ? q->time - 1 - step : step;
}

/* ---- one call ------------------------------------------------------------------------------------- */

/*
** Rows of units are padded with zeros to whole vectors, `width` numbers, so that no loop has a tail. By step and
** sequence, (steps, batch, …), so that what a thread needs of a step lies side by side:
**   joint      (span) x(s) and behind it h(s-1): one product with both kernels, one above the other, makes the sums
**   sums       (slots·width), the same memory as gates unless backward reads them
**   gates      (slots·width)
**   cells      (width) the second state, c
**   squashed   (width) activation(c)
**   slopes     (slots·width) the gradient of the loss by the sums
** where steps are all of them, and for `joint` one more, if backward follows, else two, used in turn; so are sums that
** nobody needs again (SimpleRNN's). By sequence, (batch, …):
**   initial    (width) the second state before the first step
**   input_factors (features), recurrent_factors (width): of dropout, for each mask
**   dstates    (width) each: the gradient by the states between two steps
**   pending    (width) the gradient by outputs of masked steps, which repeat an earlier one
**   begun      (1) whether a step was not masked so far: 0 or 1
** By tile, bias_sums (slots·width). Alone: zeros (width), a state that is not there; masked (span) of each sequence, what
** dropout leaves of `joint`, in backward of all steps; gradient (features + units, slots·width), of both kernels.
** And weights, packed at each call, gates in the order of their slots: `weights`, the kernel above the recurrent one,
** (features + units, slots·width), in backward the transposes side by side, (slots·width, width + features, padded);
** bias (slots·width). For few sequences and timesteps packing doesn't pay, and products read the weights as they lie
** (`direct`).
*/
struct rnn_recurrence {
  rnn_context *cx;
  const rnn_recurrent *layer;
  const rnn_cell *cell;
  rnn_call *call;
  rnn_sequence q;
  int64_t row;                /* slots·width */
  int input_masks, recurrent_masks; /* of dropout; 0: it does not act */
  int parts;                  /* gate by gate where each has a mask, else 1: all at once */
  bool direct, has_initial;
  bool keeps_gates;           /* at least the sums of all steps are there */
  const uint8_t *mask;        /* of timesteps, or NULL */
  float *joint, *sums, *gates, *cells, *squashed; /* saved, from here */
  float *initial, *input_factors, *recurrent_factors;
  rnn_packed weights;                             /* scratch, from here */
  float *bias_room, *zeros, *masked, *begun;
  const float *bias;          /* in bias_room, or the layer's weight as it is */
  float *slopes, *gradient, *bias_sums, *dstates[RNN_MOST_STATES], *pending;
  rnn_status status;          /* of any tile that failed */
  const float *saved, *scratch; /* of the call, when this was laid out; and its mode then */
  bool training;
};

/* The run of a record that was planned. Its parts stay where they are, but for what changes from call to call. */
rnn_recurrence *rnn_start_run(rnn_context *cx, const void *self, rnn_call *call, bool backward);

/* where a step lies in arrays by step and sequence */
static inline int64_t rnn_place(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return (u->call->keeps ? step : step & 1) * u->q.batch + sequence;
}

/* the row of `array`, which has `width` numbers for each step and sequence */
static inline float *rnn_at(const rnn_recurrence *u, float *array, int64_t width, int64_t sequence,
                            int64_t step) {
  return array + rnn_place(u, sequence, step) * width;
}

static inline float *rnn_sums(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return u->sums + rnn_place(u, sequence, u->keeps_gates ? step : step & 1) * u->row;
}

/* h before a step, and after it, which is before the next. Rows are `span` apart. */
static inline float *rnn_h_before(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return rnn_at(u, u->joint, u->q.span, sequence, step) + u->q.features;
}
static inline float *rnn_h_after(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return rnn_h_before(u, sequence, step + 1);
}

/* c before a step, for sequences from `first` on, `stride` numbers from each to the next */
static inline const float *rnn_c_before(const rnn_recurrence *u, int64_t first, int64_t step, int64_t *stride) {
  *stride = step > 0 || u->has_initial ? u->q.width : 0;
  if (step > 0) return rnn_at(u, u->cells, u->q.width, first, step - 1);
  return u->has_initial ? u->initial + first * u->q.width : u->zeros;
}

static inline bool rnn_skips(const rnn_recurrence *u, int64_t sequence, int64_t step) {
  return u->mask && !u->mask[sequence * u->q.time + rnn_time(&u->q, step)];
}

/* the columns of a gate's slot, or with parts = 1 those of all from slot `at` on */
static inline int64_t rnn_column(const rnn_recurrence *u, const int *slot, int at, int part) {
  return (u->parts > 1 ? slot[part] : at) * u->q.width;
}

/* Calls `step` for sequences that the mask lets through at this step, `carry` for the others. */
rnn_status rnn_by_mask(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s, rnn_step step, rnn_step carry);

/* Calls f for tiles of sequences, on several threads. */
rnn_status rnn_run_tiles(rnn_recurrence *u, rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows));

/* whether gates lie in slots as they do in the weights, side by side */
bool rnn_lie_in_order(const rnn_recurrence *u, const int *slot, int count);
/* the weights, or their transposes, in u->weights */
void rnn_pack_weights(rnn_recurrence *u);
void rnn_pack_transposes(rnn_recurrence *u);
/* adds rows by slots to rows by gates of weights */
void rnn_add_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, float *to);

/* the sums of a step: bias + x W + h U */
void rnn_sum_up(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s);

/* ---- dropout ----------------------------------------------------------------------------------------- */

void rnn_draw_factors(rnn_recurrence *u);
/* rows of x and h of a step, (rows, span), times factors of mask k where dropout acts: `joint` itself, or at `to` */
const float *rnn_masked_joint(const rnn_recurrence *u, int k, int64_t first, int64_t rows, int64_t step, float *to);
/* where a step's rows may be masked */
float *rnn_masked_place(const rnn_recurrence *u, int64_t first);
/* to (+)= from · factors of mask k of the input, for rows (features) of `from` side by side, `stride` apart in `to` */
void rnn_mask_input_gradient(const rnn_recurrence *u, int k, int64_t first, int64_t rows, const float *from, bool add,
                             float *to, int64_t stride);

#endif
