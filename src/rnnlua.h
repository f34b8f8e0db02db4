/*
** rnnlua.h - the plugin ABI of rnnlua: all that a layer, loss, optimizer, … in C needs.
**
** A component (Dense, relu, Adam, …) is a vtable: a constant struct that starts with an rnn_type and
** goes on with the functions of its kind. Everything built in is written against this header and
** rnnlua_math.h alone, and comes in the same way as a shared object from outside.
**
** Conventions
** - Numbers are float32, arrays are C-contiguous (last axis fastest), sizes count elements, not
**   bytes, unless a comment says so. Axes in shapes count from 0 here; scripts count from 1.
** - Functions that can fail return an rnn_status and leave a message in the context with rnn_fail.
**   Nothing exits, aborts, prints or longjmps.
** - `self` is the component's own struct, of type->self_size bytes, whose fields the host has filled
**   from the declared arguments. It is constant once check() has returned; what a layer must
**   remember between forward and backward lies in the call record.
** - Structs grow only at their end, and those that come to the host from a plugin carry their size. A slot marked optional may be NULL.
**
** What holds for every slot of a vtable, unless its comment says otherwise
** - Lifetime: a vtable, its name, texts and table of arguments are constants of the plugin; the host keeps pointers to
**   them until the process ends, and never unloads a plugin that came in.
** - Ownership: arrays, shapes and structs that a function is given are the caller's, and valid until it returns; what
**   it is to keep it copies. Arrays of input and output do not overlap. Memory from host->allocate is the caller's who
**   asked for it, to be given back with host->release.
** - Threading: a function may be called from any thread, also twice at once with the same self, but never twice at
**   once on the same output memory or call record. build, plan, forget, check and release come on the main thread.
** - Failure: rnn_fail leaves the message and returns the status, which is returned on at once. Outputs are then
**   unspecified, inputs and weights unchanged, and what the function allocated is given back. Messages say what was
**   expected and what came, without a newline; the host puts the component's name in front.
*/
#ifndef RNNLUA_H
#define RNNLUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RNN_ABI_MAJOR 0
#define RNN_ABI_MINOR 4

typedef enum rnn_status {
  RNN_OK = 0,
  RNN_INVALID,     /* the caller gave something wrong; the message says what */
  RNN_NO_MEMORY,   /* nothing was changed */
  RNN_INTERRUPTED, /* Ctrl-C was seen; outputs are unspecified */
  RNN_UNAVAILABLE  /* the environment lacks something: a file, a library */
} rnn_status;

typedef struct rnn_host rnn_host;

/* Whom an error message reaches, and the way to the host's functions. Made by the host, one for each
** thread of control; passed to every function that can fail, for use until that function returns. */
typedef struct rnn_context {
  const rnn_host *host;
} rnn_context;

/* ---- shapes --------------------------------------------------------------------------------- */

#define RNN_MAX_DIMS 8
#define RNN_MAX_PORTS 8 /* inputs or outputs of one layer call */
#define RNN_SHAPE_TEXT 192 /* bytes of a shape's text, at most */
#define RNN_UNKNOWN (-1) /* an extent known only when called: batch size, timesteps */

typedef struct rnn_shape {
  int ndim; /* 0: a scalar; -1: no shape given (an optional argument left nil) */
  int64_t dim[RNN_MAX_DIMS];
} rnn_shape;

/* product of dim[first .. last-1]; 1 where that range is empty */
static inline int64_t rnn_extent(const rnn_shape *shape, int first, int last) {
  int64_t n = 1;
  for (int i = first; i < last; i++) n *= shape->dim[i];
  return n;
}
static inline int64_t rnn_size(const rnn_shape *shape) { return rnn_extent(shape, 0, shape->ndim); }
/* the last axis, and all the others as rows over it */
static inline int64_t rnn_columns(const rnn_shape *shape) {
  return shape->ndim > 0 ? shape->dim[shape->ndim - 1] : 1;
}
static inline int64_t rnn_rows(const rnn_shape *shape) {
  return rnn_extent(shape, 0, shape->ndim - 1);
}

/* ---- types, declared arguments, components ------------------------------------------------------ */

typedef enum rnn_kind {
  RNN_ACTIVATION,
  RNN_INITIALIZER,
  RNN_REGULARIZER,
  RNN_CONSTRAINT,
  RNN_LOSS,
  RNN_METRIC,
  RNN_OPTIMIZER,
  RNN_SCHEDULE,
  RNN_LAYER,
  RNN_FUNCTION, /* a plain function on tensors; since ABI 0.2 */
  RNN_KIND_COUNT
} rnn_kind;

typedef struct rnn_type rnn_type;

/* One configured instance: `Dense(1)`, `Adam{}`, `l2(0.01)`. Made and counted by the host: one that is held by an
** argument lives as long as the component that holds it. Constant, but for a rate. */
typedef struct rnn_component {
  const rnn_type *type;
  void *self;
} rnn_component;

/* The C field that an argument is stored in, and what it holds when nil was given or is the default. */
typedef enum rnn_arg_type {
  RNN_ARG_INTEGER,   /* int64_t; RNN_NIL_INTEGER */
  RNN_ARG_NUMBER,    /* double; a quiet NaN */
  RNN_ARG_BOOLEAN,   /* bool; never nil */
  RNN_ARG_STRING,    /* const char *, the host's, as long-lived as self; NULL */
  RNN_ARG_SHAPE,     /* rnn_shape; ndim -1 */
  RNN_ARG_COMPONENT, /* const rnn_component * of the given kind, as long-lived as self; NULL */
  RNN_ARG_RATE,      /* rnn_rate: a number, or a component of the given kind (a schedule) */
  RNN_ARG_NUMBERS,   /* rnn_numbers: a list, or one number; values NULL. Since ABI 0.2 */
  RNN_ARG_COMPONENTS /* rnn_components: a list of components of the given kind, or one; items NULL. Since ABI 0.3 */
} rnn_arg_type;

#define RNN_NIL_INTEGER INT64_MIN

typedef struct rnn_rate {
  double value;                  /* used where schedule is NULL; a script may set it at any time */
  const rnn_component *schedule; /* or NULL */
} rnn_rate;

typedef struct rnn_numbers {
  int64_t count;
  const double *values; /* the host's, as long-lived as self */
} rnn_numbers;

typedef struct rnn_components {
  int64_t count;
  const rnn_component *const *items; /* as long-lived as self */
  bool one;                          /* no list was given, but one component */
} rnn_components;

/* One argument of a constructor. Construction, defaults, error messages, get_config, help and the
** reference are all read from this. */
typedef struct rnn_arg {
  const char *name;
  rnn_arg_type type;
  size_t offset;        /* offsetof the field in self */
  const char *fallback; /* the default as Lua writes it: "0.9", "true", "zeros" (a name where a string or
                           component is wanted), "nil"; NULL: the argument is required */
  const char *range;    /* numbers: an interval as "[0, 1)", "(0, inf)"; strings: "valid|same"; shapes and lists: an
                           interval for each known extent or number; or NULL */
  rnn_kind kind;        /* of a RNN_ARG_COMPONENT, RNN_ARG_COMPONENTS or RNN_ARG_RATE */
  const char *doc;      /* one line */
} rnn_arg;

/* What every vtable starts with. */
struct rnn_type {
  size_t size;           /* sizeof the whole vtable as compiled */
  rnn_kind kind;
  const char *name;      /* Keras' name: "Dense", "relu", "Adam", "GlorotUniform" */
  const char *aliases;   /* other names it is found by, separated by blanks: "mse MSE"; or NULL */
  const char *doc;       /* what it computes, shapes, source of the formula */
  const rnn_arg *args;   /* in Keras' order */
  int arg_count;
  int positional;        /* how many of them may be given by position */
  size_t self_size;      /* bytes of self; may be 0 */
  /* optional: checks what ranges cannot say and fills fields that are no arguments; may fail, self is
  ** then dropped (release is not called) */
  rnn_status (*check)(rnn_context *cx, void *self);
  /* optional: frees what check allocated, before the struct itself goes; on the main thread, once, and only where
  ** check succeeded. Components and strings among the arguments are the host's. Cannot fail. */
  void (*release)(void *self);
  const void *data; /* optional: the type's own, for functions that several types share; the host never reads it */
};

/* For the beginning of a vtable:
**   .type = {RNN_TYPE(rnn_loss_type, RNN_LOSS, "Huber"), .doc = …, RNN_ARGUMENTS(huber_args, huber_self)} */
#define RNN_TYPE(VTABLE, KIND, NAME) .size = sizeof(VTABLE), .kind = KIND, .name = NAME
#define RNN_ARGUMENTS(TABLE, SELF) \
  .args = TABLE, .arg_count = sizeof(TABLE) / sizeof *(TABLE), .self_size = sizeof(SELF)

/* ---- activations ------------------------------------------------------------------------------- */

enum {
  RNN_READS_INPUT = 1,  /* backward reads x */
  RNN_READS_OUTPUT = 2, /* backward reads y */
  RNN_HAS_LOGITS = 4,   /* softmax, sigmoid: a loss with an argument from_logits may be given x instead of y */
  RNN_MAIN_THREAD = 8   /* calls back into Lua. While a layer that holds such a component runs, the host's
                           parallel_for does all tiles on the calling thread. Since ABI 0.2 */
};

/* Element by element, or along the last axis (softmax): arrays are rows × columns. */
typedef struct rnn_activation_type {
  rnn_type type;
  unsigned flags; /* of x and y, the caller may pass backward NULL for the one it does not read */
  /* required: y = f(x); y may be x, and is then read no more */
  rnn_status (*forward)(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                        const float *x, float *y);
  /* required: dx = dy · f'(x); dx may be dy. It is written, not added to. */
  rnn_status (*backward)(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                         const float *x, const float *y, const float *dy, float *dx);
} rnn_activation_type;

/* ---- initializers, regularizers, constraints --------------------------------------------------------- */

typedef struct rnn_initializer_type {
  rnn_type type;
  /* required: fills `out` (shape's size), all of it; a function of shape and key alone. `key` is a random stream of
  ** its own, see host->random_uniform. For a shape that it cannot fill it fails. */
  rnn_status (*fill)(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                     float *out);
} rnn_initializer_type;

typedef struct rnn_regularizer_type {
  rnn_type type;
  /* required: adds the penalty, unscaled, to *penalty and, where gradient is not NULL, scale · d penalty / dw to it */
  rnn_status (*apply)(rnn_context *cx, const void *self, const rnn_shape *shape, const float *w,
                      float scale, double *penalty, float *gradient);
} rnn_regularizer_type;

typedef struct rnn_constraint_type {
  rnn_type type;
  /* required: projects w in place, after each update; on the thread that trains */
  rnn_status (*apply)(rnn_context *cx, const void *self, const rnn_shape *shape, float *w);
} rnn_constraint_type;

/* ---- losses and metrics --------------------------------------------------------------------------- */

typedef enum rnn_target {
  RNN_TARGET_SAME, /* y_true has y_pred's shape: rows × columns */
  RNN_TARGET_INDEX /* y_true has one class number (from 0) a row */
} rnn_target;

typedef struct rnn_loss_type {
  rnn_type type;
  rnn_target target;
  /* required: values[r] = the loss of row r, already reduced over the last axis, unweighted.
  ** Where d_pred is not NULL: d_pred[r,c] = weights[r] · d values[r] / d y_pred[r,c], written, not added to; weights
  ** is not NULL then. Where d_pred is NULL, weights may be. */
  rnn_status (*compute)(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                        const float *y_true, const float *y_pred, const float *weights,
                        float *values, float *d_pred);
} rnn_loss_type;

typedef struct rnn_metric_type {
  rnn_type type;
  rnn_target target;
  /* required: numbers of state, which the host keeps; all start at 0. columns is that of y_pred. Cannot fail. */
  int64_t (*state_size)(const void *self, int64_t columns);
  /* required: adds a batch to state; weights (one a row) may be NULL: all 1. One call at a time on a state. */
  rnn_status (*update)(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                       const float *y_true, const float *y_pred, const float *weights,
                       double *state);
  /* required: the metric's value after all batches so far; at least one. Cannot fail. */
  double (*result)(const void *self, int64_t columns, const double *state);
  /* since ABI 0.2 */
  unsigned flags;
  /* optional (one number, that of result): how many numbers the metric gives, as one a class, and all of them */
  int64_t (*result_size)(const void *self, int64_t columns);
  void (*results)(const void *self, int64_t columns, const double *state, double *out);
} rnn_metric_type;

enum {
  RNN_METRIC_MAXIMIZED = 1,   /* better the larger it is: what mode = "auto" of callbacks goes by */
  RNN_METRIC_IGNORES_MASK = 2 /* counts masked rows too, as those of Keras that are no means of a function */
};

/* ---- optimizers and schedules ------------------------------------------------------------------------ */

/* The first field of every optimizer's self. The host applies these around update(), in Keras' order:
** clip (one of the three), then weight decay, then the update. Declare them with
** RNN_OPTIMIZER_ARGS. */
typedef struct rnn_optimizer_common {
  rnn_rate learning_rate;
  double weight_decay;    /* NaN: none */
  double clipnorm;        /* per variable; NaN: none */
  double clipvalue;       /* NaN: none */
  double global_clipnorm; /* NaN: none */
} rnn_optimizer_common;

#define RNN_OPTIMIZER_RATE_ARG(T, rate)                                                              \
  {"learning_rate", RNN_ARG_RATE, offsetof(T, common.learning_rate), rate, "[0, inf)", RNN_SCHEDULE, \
   "step size: a number, a schedule, or a Lua function of the step"}
#define RNN_OPTIMIZER_ARGS(T, decay)                                                                 \
  {"weight_decay", RNN_ARG_NUMBER, offsetof(T, common.weight_decay), decay, "[0, inf)", 0,           \
   "w -= w * weight_decay * learning_rate before each update"},                                      \
      {"clipnorm", RNN_ARG_NUMBER, offsetof(T, common.clipnorm), "nil", "(0, inf)", 0,               \
       "gradients of each variable are scaled down to this L2 norm"},                                \
      {"clipvalue", RNN_ARG_NUMBER, offsetof(T, common.clipvalue), "nil", "(0, inf)", 0,             \
       "gradients are clipped to [-clipvalue, clipvalue]"},                                          \
      {"global_clipnorm", RNN_ARG_NUMBER, offsetof(T, common.global_clipnorm), "nil", "(0, inf)", 0, \
       "gradients of all variables together are scaled down to this L2 norm"}

/* One stretch of parameters: one variable, or several in a row where nothing depends on their shapes. */
typedef struct rnn_update {
  size_t size;
  int64_t count;
  float *weights;
  const float *gradients;
  float *const *slots; /* slots[0 .. slot_count-1], each of `count` numbers */
  int64_t step;        /* from 1 */
  float learning_rate; /* of this step */
  const rnn_shape *shape; /* of the one variable; NULL: several in a row. Since ABI 0.2 */
  /* Since ABI 0.4. Where the gradient is a sum of slices, see rnn_slices, and the optimizer's flags ask for them: the
  ** sums of the slices' squares and magnitudes, which Keras takes for the square and magnitude of the gradient. Else
  ** NULL. */
  const float *squares, *magnitudes;
} rnn_update;

enum {
  RNN_OPTIMIZER_BY_VARIABLE = 1, /* update is called for each variable by itself, and with its shape */
  RNN_OPTIMIZER_MAIN_THREAD = 2, /* calls back into Lua */
  RNN_OPTIMIZER_SQUARES = 4,     /* reads rnn_update's squares. Since ABI 0.4 */
  RNN_OPTIMIZER_MAGNITUDES = 8   /* reads its magnitudes. Since ABI 0.4 */
};

/* g[i]^2 and |g[i]|, as an optimizer that sets the flags above is to take them; `i` of rnn_update's gradients */
static inline float rnn_gradient_square(const rnn_update *u, int64_t i) {
  return u->squares ? u->squares[i] : u->gradients[i] * u->gradients[i];
}
static inline float rnn_gradient_magnitude(const rnn_update *u, int64_t i) {
  return u->magnitudes ? u->magnitudes[i] : __builtin_fabsf(u->gradients[i]);
}

typedef struct rnn_optimizer_type {
  rnn_type type;
  /* optional: 0. How many numbers are kept for each weight from step to step. The host allocates and keeps them. */
  int (*slot_count)(const void *self);
  float (*slot_start)(const void *self, int slot); /* optional: 0. What all numbers of a slot are at first. */
  /* required: changes weights and slots in place; reads gradients. Called once a step for each stretch, one call at a
  ** time. Where it fails the host stops the training; weights changed so far stay changed. */
  rnn_status (*update)(rnn_context *cx, const void *self, const rnn_update *update);
  unsigned flags; /* since ABI 0.2 */
} rnn_optimizer_type;

typedef struct rnn_schedule_type {
  rnn_type type;
  /* required: *rate for the step, which counts from 0; a function of the step alone. Called once a step. */
  rnn_status (*rate)(rnn_context *cx, const void *self, int64_t step, double *rate);
} rnn_schedule_type;

/* ---- layers -------------------------------------------------------------------------------------- */

typedef struct rnn_layer rnn_layer; /* the host's side of a layer: its name and weights */

typedef struct rnn_weight_spec {
  const char *name;
  rnn_shape shape;
  const rnn_component *initializer; /* NULL: zeros */
  const rnn_component *regularizer; /* or NULL */
  const rnn_component *constraint;  /* or NULL */
  bool fixed;                       /* never trained: moving averages and the like */
} rnn_weight_spec;

/* An input or output of a call. */
typedef struct rnn_port {
  rnn_shape shape;     /* all extents known, except in shapes() */
  float *data;
  float *gradient;     /* of the loss; NULL: an input's gradient is not wanted */
  const uint8_t *mask; /* batch × timesteps, 0: skip; NULL: none. Not set yet in plan(). */
} rnn_port;

/* A weight's gradient that is a sum of slices, one for each time that a row of the weight was looked up, as TensorFlow's
** IndexedSlices are. Since ABI 0.4 */
typedef struct rnn_slices {
  float most;        /* numbers of slices are clipped to [-most, most] before anything is added; may be infinite */
  float *squares;    /* as large as the weight: backward adds the squares of each slice; NULL: not wanted */
  float *magnitudes; /* likewise their magnitudes */
} rnn_slices;

/* One call of a layer, from plan to backward; what forward leaves for backward is kept here, so that
** one layer can be in several calls at once. */
typedef struct rnn_call {
  size_t size;
  int input_count, output_count, weight_count, state_count;
  rnn_port *inputs, *outputs;
  const float *const *weights;     /* in the order of rnn_add_weight */
  float *const *weight_gradients;  /* to be added to; an entry is NULL where not wanted */
  const float *const *states;      /* before the call; an entry may be NULL: zeros */
  float *const *new_states;        /* after it; an entry may be NULL: not wanted */
  bool training;                   /* as Keras' argument: dropout acts */
  bool keeps;                      /* backward will follow: keep in `saved` what it needs */
  uint64_t key;                    /* the random stream of this call and step */
  int64_t saved_size;              /* numbers; set by plan() */
  int64_t scratch_size;            /* likewise; contents are lost between forward and backward */
  float *saved, *scratch;          /* 64-byte aligned */
  /* Only for layers with RNN_LAYER_GIVES_SUMS. If set, forward also writes to `sums` what the activation of
  ** the first output is applied to, and outputs[0].gradient is that of the sums. */
  bool wants_sums;
  float *sums;
  /* The layer's own, NULL at first: what plan() or forward puts here, forget() gives back. A call record is
  ** planned once and then run many times, saved and scratch perhaps elsewhere each time. Since ABI 0.2. */
  void *memory;
  /* Since ABI 0.2, for layers whose forward does more than compute; a layer that calls another hands them on. */
  /* weights once more, to be written by forward while training: an entry is NULL where the weight isn't declared
  ** `fixed`; the array is NULL where nothing may be written */
  float *const *fixed_weights;
  double penalty; /* 0 before forward, which adds to it what the call adds to the loss */
  bool penalized; /* the loss has it: backward is to count its derivative in */
  bool frozen;    /* the layer's `trainable` is false; set before forward, not yet in plan() */
  /* Since ABI 0.4, for layers with RNN_LAYER_SLICES: what is wanted of each weight's slices beside weight_gradients. An
  ** entry, or the array, is NULL where they count as one gradient. */
  const rnn_slices *const *slices;
  bool mask_given; /* masks of inputs are the caller's, not found with the inputs. Since ABI 0.4 */
} rnn_call;

enum {
  RNN_LAYER_MAIN_THREAD = 1, /* calls back into Lua: never off the main thread */
  RNN_LAYER_PASSES_MASK = 2, /* the output's mask is the first input's */
  RNN_LAYER_TAKES_MASK = 4,  /* understands a mask on its inputs */
  RNN_LAYER_RANDOM = 8,      /* reads call->key while training */
  RNN_LAYER_GIVES_SUMS = 16, /* has an argument `activation`, and understands call->wants_sums */
  RNN_LAYER_UNPENALIZED = 32, /* its argument `activity_regularizer` is not applied */
  /* build() does nothing but rnn_add_weight, so that it may be called again, to see whether the weights fit other
  ** inputs too. Without it they do if the last axes are of the same size. Since ABI 0.2. */
  RNN_LAYER_BUILDS_ANEW = 64,
  /* A cell: one timestep, which the layer RNN takes through sequences. Inputs are x, (batch, features), and the states
  ** before, as many and of the shapes that states() says, whatever the features are; outputs are y, (batch, columns),
  ** and the states after. Where x comes alone the states before are zeros. Since ABI 0.3 */
  RNN_LAYER_CELL = 128,
  RNN_LAYER_SLICES = 256 /* gradients of its weights are sums of slices, see rnn_slices. Since ABI 0.4 */
};

typedef struct rnn_layer_type {
  rnn_type type;
  unsigned flags;
  int max_inputs; /* 0 means 1 */
  /* required: the shapes of outputs from those of inputs; extents may be RNN_UNKNOWN. Sets *output_count too (it
  ** is 1 on entry; `outputs` has room for RNN_MAX_PORTS). Fails where the inputs do not fit, saying what was expected
  ** and what came. A function of self and the shapes alone: forward is given outputs of just these shapes. */
  rnn_status (*shapes)(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                       int *output_count, rnn_shape *outputs);
  /* optional (no weights): declares the weights with rnn_add_weight; the host allocates, initialises, keeps, saves and
  ** trains them. Called once, on the main thread, for inputs that shapes() has taken; `layer` is for rnn_add_weight
  ** alone and only until build returns. self may be written to here, and nowhere later. */
  rnn_status (*build)(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                      const rnn_shape *inputs);
  /* optional (needs nothing): sets saved_size and scratch_size from the shapes, training and keeps. No data is there
  ** yet. Once for each call record, on the main thread; may put memory of its own at call->memory, see forget. */
  rnn_status (*plan)(rnn_context *cx, const void *self, rnn_call *call);
  /* required: writes outputs[i].data, all of it, and where they are wanted new_states; reads inputs, weights, states.
  ** Any number of times for a record; the same numbers give the same bits, whatever saved and scratch held before. */
  rnn_status (*forward)(rnn_context *cx, const void *self, rnn_call *call);
  /* required of layers: comes after a forward of the same record with keeps set, whose inputs, outputs and saved are
  ** still there; scratch is not. Reads outputs[i].gradient (and may destroy it), adds to weight_gradients where not
  ** NULL, writes (not adds to) inputs[i].gradient where not NULL. */
  rnn_status (*backward)(rnn_context *cx, const void *self, rnn_call *call);
  /* optional (none, or the first input's with RNN_LAYER_PASSES_MASK): called after forward; writes the mask of
  ** the first output, its batch × its second axis, to `mask`. *any is true on entry; false: it has none. Layers
  ** that lack RNN_LAYER_TAKES_MASK see no masks on their inputs. */
  rnn_status (*mask)(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                     bool *any);
  /* optional (none): number of states, at most RNN_MAX_PORTS, and their shapes for a first input of this shape,
  ** batch in front. Where the type has an argument `stateful` that is true, the host hands a call's new_states to
  ** the next call as states, as a stream does in any case; else entries of `states` are NULL. Layers go on from whatever
  ** states they are given. */
  int (*states)(const void *self, const rnn_shape *input, rnn_shape *shapes);
  /* since ABI 0.2 */
  int min_inputs; /* 0 means 1 */
  /* optional: frees what plan or forward put at call->memory; the record ends here. On the main thread, once, and also
  ** where plan or forward failed, but only where call->memory is not NULL. Cannot fail. */
  void (*forget)(const void *self, rnn_call *call);
} rnn_layer_type;

/* ---- functions -------------------------------------------------------------------------------------- */

/* A plain function on float32 tensors, f(x, {axis = 1}) in Lua under the plugin's name: a layer without
** weights, states and masks, where backward is optional too (a function that has no gradient). `training` is
** false, `keeps` true where the call is recorded for a gradient. Its kind is RNN_FUNCTION. */
typedef rnn_layer_type rnn_function_type;

/* ---- plugins ------------------------------------------------------------------------------------------ */

typedef struct rnn_registration rnn_registration;

/* The one symbol that a plugin exports, named rnn_plugin_descriptor; constant, as long as the plugin is loaded. Checked
** field by field before init is called: a plugin of another major version, of a newer minor version or for another word
** size is refused, as is one whose name is taken. A name is made of letters, digits and _, and does not begin with a
** digit. version and doc may be NULL.
** init, on the main thread and once, registers with rnn_register; what it registered comes in only if it returns RNN_OK,
** all of it or nothing. Else its message is shown and the file closed again: nothing that init keeps may stay behind. */
typedef struct rnn_plugin {
  size_t size;
  uint32_t abi_major, abi_minor;
  uint32_t pointer_size;
  const char *name, *version, *doc;
  const char *requires; /* names of plugins that must be loaded before, separated by blanks; or NULL */
  rnn_status (*init)(rnn_context *cx, rnn_registration *registration);
} rnn_plugin;

/* Defines the descriptor of a plugin whose types are listed in the array `types`, e.g.
**   RNN_PLUGIN(noise, "1.0", "noise layers", types)
** where `static const rnn_type *const types[] = {&a.type, &b.type};`
** Compiled into the host (RNN_BUILTIN defined) the symbol is rnn_plugin_NAME. */
#ifdef RNN_BUILTIN
#define RNN_PLUGIN_SYMBOL(NAME) const rnn_plugin rnn_plugin_##NAME
#else
#define RNN_PLUGIN_SYMBOL(NAME) __attribute__((visibility("default"))) const rnn_plugin rnn_plugin_descriptor
#endif
#define RNN_PLUGIN(NAME, VERSION, DOC, TYPES)                                                       \
  static rnn_status NAME##_init(rnn_context *cx, rnn_registration *registration) {                  \
    for (size_t i = 0; i < sizeof(TYPES) / sizeof((TYPES)[0]); i++) {                               \
      rnn_status status = rnn_register(cx, registration, (TYPES)[i]);                               \
      if (status != RNN_OK) return status;                                                          \
    }                                                                                               \
    return RNN_OK;                                                                                  \
  }                                                                                                 \
  extern RNN_PLUGIN_SYMBOL(NAME);                                                                   \
  RNN_PLUGIN_SYMBOL(NAME) = {                                                                       \
      sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), #NAME, VERSION, DOC, NULL,  \
      NAME##_init};

/* ---- what the host gives ------------------------------------------------------------------------------- */

typedef void (*rnn_tile_function)(void *data, int64_t tile);

/* The right side of products that are made often, laid out once so that each of them reads it in order: for each vector
** of columns, as wide as the CPU level's, its rows one after the other. Since ABI 0.3 */
typedef struct rnn_packed {
  float *data;           /* rows × columns numbers, 64-byte aligned; the caller's */
  int64_t rows, columns; /* columns: a multiple of 4 << cpu_level */
} rnn_packed;

/* C (m×n) = start + A B, where A is m×k, and B rows row .. row+k-1 and columns column .. column+n-1 of a packed matrix;
** column is a multiple of 4 << cpu_level. Row i of start lies at start + i·start_stride: C itself, or with stride 0 one
** row for all; NULL: zeros. Row i of C has the same bits whatever m is. */
typedef struct rnn_product {
  int64_t m, n, k;
  const float *a;
  int64_t lda;
  const rnn_packed *b;
  int64_t row, column;
  const float *start;
  int64_t start_stride;
  float *c;
  int64_t ldc;
} rnn_product;

struct rnn_host {
  size_t size;
  uint32_t abi_major, abi_minor;
  int cpu_level; /* 0: baseline, 1: x86-64-v3 (AVX2, FMA), 2: x86-64-v4 (AVX-512) */

  /* Leaves the message in the context, in place of the one before, and returns status. From any thread. */
  rnn_status (*fail)(rnn_context *cx, rnn_status status, const char *format, ...)
      __attribute__((format(printf, 3, 4)));
  /* 64-byte aligned, zeroed; NULL: fail was called. On the main thread: in check, init, build, plan and forward of a
  ** layer with RNN_LAYER_MAIN_THREAD; never in a tile. What a call needs is better asked for as saved and scratch. */
  void *(*allocate)(rnn_context *cx, size_t bytes);
  void (*release)(void *memory); /* gives back what allocate gave, on the main thread; NULL is fine */

  /* in init alone: stages a type, which is constant and lives as long as the plugin. Fails where the vtable is not
  ** complete, or a name or alias of it is taken; the message says by whom. init is to return that status. */
  rnn_status (*register_type)(rnn_context *cx, rnn_registration *registration, const rnn_type *type);
  /* A component of that kind with default arguments, found by name or alias: any activation by its name. The caller's,
  ** to be given back with drop. NULL: fail was called. On the main thread: in check, best. */
  const rnn_component *(*create)(rnn_context *cx, rnn_kind kind, const char *name);
  void (*drop)(const rnn_component *component); /* gives back what create made; NULL is fine */

  /* in build alone: copies the spec; its components must live as long as the layer's self, as arguments do */
  rnn_status (*add_weight)(rnn_context *cx, rnn_layer *layer, const rnn_weight_spec *spec);

  /* C (m×n, row stride ldc) = beta · C + op(A) op(B), row major; op transposes where asked: A is then
  ** stored k×m, B n×k. beta is 0 or 1; with 0, C is not read. From any thread. Fails with RNN_INTERRUPTED after
  ** Ctrl-C. */
  rnn_status (*sgemm)(rnn_context *cx, bool transpose_a, bool transpose_b, int64_t m, int64_t n,
                      int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float beta, float *c, int64_t ldc);

  /* calls f(data, 0 .. tiles-1), perhaps on several threads, and returns when all are done. What f does
  ** must depend on the tile alone, and how many tiles there are on shapes alone: the same bits then come out at any
  ** number of threads. f cannot fail; it leaves a status in data. Nested calls run one after the other. */
  void (*parallel_for)(rnn_context *cx, int64_t tiles, rnn_tile_function f, void *data);
  bool (*interrupted)(rnn_context *cx); /* whether Ctrl-C was pressed; for long loops */

  /* From any thread; they cannot fail. n numbers of the random stream `key`, from its element `first` on: uniform in [0, 1), or standard
  ** normal. The same key and element give the same number, whatever the thread or call. */
  void (*random_uniform)(uint64_t key, int64_t first, int64_t n, float *out);
  void (*random_normal)(uint64_t key, int64_t first, int64_t n, float *out);

  /* y[i] = f(x[i]), at most 4 ULP off; y may be x. From any thread; they cannot fail. */
  void (*vector_tanh)(int64_t n, const float *x, float *y);
  void (*vector_sigmoid)(int64_t n, const float *x, float *y);
  void (*vector_exp)(int64_t n, const float *x, float *y);

  /* "(None, 4, 1)", as Keras writes shapes, for messages; returns text */
  const char *(*shape_text)(char text[RNN_SHAPE_TEXT], int ndim, const int64_t *shape);

  /* since ABI 0.2: for components that hold others */
  /* The field of a component's declared argument, as rnn_arg_type says it is stored; NULL: the component's type
  ** has no argument of that name and type. Lives as long as the component. */
  const void *(*argument)(const rnn_component *component, const char *name, rnn_arg_type type);
  /* A copy of a component with one number or boolean among its arguments changed (`name` NULL: none), to be given
  ** back with drop; NULL: fail was called. */
  const rnn_component *(*copy)(rnn_context *cx, const rnn_component *component, const char *name,
                               double value);
  uint64_t (*mix_key)(uint64_t key, uint64_t number); /* a random stream made from another */
  int (*weight_count)(const rnn_layer *layer); /* weights added so far; while build runs */

  /* since ABI 0.3; from any thread, on the calling thread alone; they cannot fail */
  /* Writes op(from), rows × columns, which lies at `from` with row stride ld (transpose: stored columns × rows), into a
  ** packed matrix, from its row and column on, the latter a multiple of 4 << cpu_level; zeros up to a multiple of that
  ** behind. */
  void (*pack)(const rnn_packed *to, int64_t row, int64_t column, bool transpose, int64_t rows, int64_t columns,
               const float *from, int64_t ld);
  void (*multiply_packed)(const rnn_product *product);
};

/* ---- shorthands for the host's functions ----------------------------------------------------------------- */

#define rnn_fail(cx, status, ...) ((cx)->host->fail((cx), (status), __VA_ARGS__))
#define rnn_try(expression)                          \
  do {                                               \
    rnn_status rnn_try_status = (expression);        \
    if (rnn_try_status != RNN_OK) return rnn_try_status; \
  } while (0)

static inline rnn_status rnn_register(rnn_context *cx, rnn_registration *registration,
                                      const rnn_type *type) {
  return cx->host->register_type(cx, registration, type);
}

static inline rnn_status rnn_add_weight(rnn_context *cx, rnn_layer *layer,
                                        const rnn_weight_spec *spec) {
  return cx->host->add_weight(cx, layer, spec);
}

static inline rnn_status rnn_sgemm(rnn_context *cx, bool transpose_a, bool transpose_b, int64_t m,
                                   int64_t n, int64_t k, const float *a, int64_t lda,
                                   const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  return cx->host->sgemm(cx, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}

/* y = activation(x), x where activation is NULL */
static inline rnn_status rnn_activate(rnn_context *cx, const rnn_component *activation,
                                      int64_t rows, int64_t columns, const float *x, float *y) {
  if (activation == NULL) {
    if (x != y) __builtin_memcpy(y, x, sizeof(float) * (size_t)(rows * columns));
    return RNN_OK;
  }
  const rnn_activation_type *type = (const rnn_activation_type *)activation->type;
  return type->forward(cx, activation->self, rows, columns, x, y);
}

static inline rnn_status rnn_activate_backward(rnn_context *cx, const rnn_component *activation,
                                               int64_t rows, int64_t columns, const float *x,
                                               const float *y, const float *dy, float *dx) {
  if (activation == NULL) {
    if (dx != dy) __builtin_memcpy(dx, dy, sizeof(float) * (size_t)(rows * columns));
    return RNN_OK;
  }
  const rnn_activation_type *type = (const rnn_activation_type *)activation->type;
  return type->backward(cx, activation->self, rows, columns, x, y, dy, dx);
}

/* y[r, :] = row, for each of the rows */
static inline void rnn_fill_rows(int64_t rows, int64_t columns, const float *row, float *y) {
  for (int64_t r = 0; r < rows; r++, y += columns)
    for (int64_t c = 0; c < columns; c++) y[c] = row[c];
}

/* sum[c] += the sum of x[:, c] */
static inline void rnn_add_rows(int64_t rows, int64_t columns, const float *x, float *sum) {
  for (int64_t r = 0; r < rows; r++, x += columns)
    for (int64_t c = 0; c < columns; c++) sum[c] += x[c];
}

/* of an activation or NULL: RNN_READS_INPUT, … */
static inline unsigned rnn_activation_flags(const rnn_component *activation) {
  return activation ? ((const rnn_activation_type *)activation->type)->flags : 0;
}

#endif
