/*
** plan.h - where everything of a pass over one batch shape lies; pass.h runs it.
**
** A workspace holds one arena and a few plans that share it: activations, gradients, what layers keep
** for backward, and scratch, all 64-byte aligned. The arena grows to the largest plan; a pass with a
** plan that exists allocates nothing. Training and inference use workspaces of their own, so that
** predict may run between two training steps.
*/
#ifndef RNN_PLAN_H
#define RNN_PLAN_H

#include "model/graph.h"

/* Data from outside: axis 0 are samples. */
typedef struct rnn_array {
  rnn_shape shape;
  const float *data; /* C order, borrowed; NULL: not given */
} rnn_array;

#define RNN_PLANS 4 /* kept by a workspace: full and last batch of training and validation data */

/* One block of memory, the arrays behind the struct. */
typedef struct rnn_plan {
  rnn_shape inputs[RNN_MAX_PORTS]; /* what it was made for */
  int call_count;
  rnn_shape *shapes;               /* of every tensor */
  rnn_call *calls;                 /* one a node */
  rnn_layer **forgetting;          /* of a node whose layer keeps memory with the call a reference; else NULL */
  rnn_port *ports;                 /* of all calls, in order */
  const float **weights;           /* of all calls, in order */
  float **weight_gradients, **fixed_weights;
  const rnn_slices **slices;
  int64_t *data_at, *gradient_at;  /* offsets of tensors in the arena; -1: none */
  int64_t *saved_at, *sums_at;     /* of a node's saved and sums */
  int64_t *spare_at;               /* of a port's spare gradient, to be added; -1: none */
  int64_t *mask_at;                /* of the mask that a node's layer writes; -1: none */
  const uint8_t **masks;           /* of tensors, in the pass that runs or ran last; NULL: none */
  int64_t input_mask_at[RNN_MAX_PORTS]; /* of inputs with timesteps: room for masks made of lengths */
  int64_t scratch_at, extra_at, size;
  bool *runs_backward;             /* per node */
  const float *base;               /* the arena its pointers point into */
  uint64_t used;                   /* when, for replacement */
} rnn_plan;

typedef struct rnn_workspace {
  const rnn_graph *graph;
  bool training, differentiates;
  /* gradient memory of a layer's weight, and what is wanted of its slices, NULL where it is not trained; NULL: no weight
  ** is */
  float *(*gradient_of)(void *owner, const rnn_layer *layer, int weight, const rnn_slices **slices);
  /* numbers that the owner wants in the arena beside the plan's; NULL: none */
  int64_t (*extra_size)(void *owner, const rnn_plan *plan);
  /* whether a node's call is to give its sums (rnn_call); NULL: none is */
  bool (*wants_sums)(void *owner, int node);
  void *owner;
  const rnn_array *lengths; /* of the sequences of each input, the owner's; NULL: none are given */
  float *arena;
  int64_t arena_size; /* numbers */
  int64_t arena_batch; /* samples of the batch that it was made that large for */
  int plan_count;
  rnn_plan *plans[RNN_PLANS];
  uint64_t clock;
} rnn_workspace;

void rnn_workspace_clear(rnn_workspace *workspace); /* frees what it holds */

/* The plan for inputs of these shapes, made if there is none. NULL: fail was called. Pointers from an
** earlier call may be stale afterwards. */
rnn_plan *rnn_workspace_plan(rnn_context *cx, rnn_workspace *workspace, const rnn_shape *inputs);

/* Gives inputs the masks that workspace->lengths ask for, of the samples in `order`, or from `first` on; to be called
** for each batch, before it runs. */
void rnn_plan_take_lengths(const rnn_workspace *workspace, rnn_plan *plan, const int64_t *order, int64_t first);

/* The plan for inputs of these shapes if there is one, so that they have been checked already; else NULL. */
const rnn_plan *rnn_workspace_find(const rnn_workspace *workspace, const rnn_shape *inputs);

static inline float *rnn_plan_data(const rnn_workspace *w, const rnn_plan *plan, int tensor) {
  return w->arena + plan->data_at[tensor];
}
/* The mask of a tensor whose rows over the last axis are sequences × timesteps; NULL: it has none, or its rows are
** something else. */
static inline const uint8_t *rnn_plan_row_mask(const rnn_plan *plan, int tensor) {
  return plan->shapes[tensor].ndim == 3 ? plan->masks[tensor] : NULL;
}
/* NULL where the tensor's gradient is not wanted */
static inline float *rnn_plan_gradient(const rnn_workspace *w, const rnn_plan *plan, int tensor) {
  return plan->gradient_at[tensor] < 0 ? NULL : w->arena + plan->gradient_at[tensor];
}

#endif
