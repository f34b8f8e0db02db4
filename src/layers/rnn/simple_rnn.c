/*
** simple_rnn.c - SimpleRNN: h(s) = activation(x(t) W + b + h(s-1) U)     (Elman 1990)
**
** One product projects the inputs of all timesteps. The recurrence then works in place on that, each
** thread taking its rows of the batch through all steps. Backward likewise; the gradients of W and U
** are one product each over batch × time.
*/
#include <string.h>

#include "layers/rnn/fused.h"
#include "layers/rnn/rnn.h"

typedef struct simple_rnn {
  int64_t units;
  const rnn_component *activation;
  bool use_bias;
  const rnn_component *kernel_initializer, *recurrent_initializer, *bias_initializer;
  const rnn_component *kernel_regularizer, *recurrent_regularizer, *bias_regularizer;
  const rnn_component *activity_regularizer;
  const rnn_component *kernel_constraint, *recurrent_constraint, *bias_constraint;
  double dropout, recurrent_dropout;
  bool return_sequences, return_state, go_backwards, stateful, unroll;
  int64_t seed;
  rnn_fused_activation fused; /* no argument: what `activation` is to the fused loops */
} simple_rnn;

enum { KERNEL, RECURRENT, BIAS };

#define FIELD(NAME) offsetof(simple_rnn, NAME)
#define PART(NAME, FALLBACK, KIND, DOC) \
  {#NAME, RNN_ARG_COMPONENT, FIELD(NAME), FALLBACK, NULL, KIND, DOC}
#define FLAG(NAME, FALLBACK, DOC) {#NAME, RNN_ARG_BOOLEAN, FIELD(NAME), FALLBACK, NULL, 0, DOC}
static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, FIELD(units), NULL, "[1, 1e9]", 0, "size of the state and the output"},
    PART(activation, "tanh", RNN_ACTIVATION, "applied at each step; nil: none"),
    FLAG(use_bias, "true", "whether to add a bias"),
    PART(kernel_initializer, "glorot_uniform", RNN_INITIALIZER, "fills the kernel, (features, units)"),
    PART(recurrent_initializer, "orthogonal", RNN_INITIALIZER,
         "fills the recurrent kernel, (units, units)"),
    PART(bias_initializer, "zeros", RNN_INITIALIZER, "fills the bias, (units,)"),
    PART(kernel_regularizer, "nil", RNN_REGULARIZER, "penalty on the kernel"),
    PART(recurrent_regularizer, "nil", RNN_REGULARIZER, "penalty on the recurrent kernel"),
    PART(bias_regularizer, "nil", RNN_REGULARIZER, "penalty on the bias"),
    PART(activity_regularizer, "nil", RNN_REGULARIZER,
         "not applied, as in Keras 3.15: put Activation{\"linear\", activity_regularizer=…} behind"),
    PART(kernel_constraint, "nil", RNN_CONSTRAINT, "projection of the kernel after each update"),
    PART(recurrent_constraint, "nil", RNN_CONSTRAINT,
         "projection of the recurrent kernel after each update"),
    PART(bias_constraint, "nil", RNN_CONSTRAINT, "projection of the bias after each update"),
    {"dropout", RNN_ARG_NUMBER, FIELD(dropout), "0", "[0, 1)", 0, "only 0 so far"},
    {"recurrent_dropout", RNN_ARG_NUMBER, FIELD(recurrent_dropout), "0", "[0, 1)", 0,
     "only 0 so far"},
    FLAG(return_sequences, "false", "whether to return the state of every step, not the last one"),
    FLAG(return_state, "false", "only false so far"),
    FLAG(go_backwards, "false", "whether to go from the last timestep to the first"),
    FLAG(stateful, "false", "only false so far"),
    FLAG(unroll, "false", "changes no result; taken for the sake of Keras' scripts"),
    {"seed", RNN_ARG_INTEGER, FIELD(seed), "nil", NULL, 0, "of the dropout masks"},
};

static rnn_status check(rnn_context *cx, void *self) {
  simple_rnn *r = self;
  r->fused = rnn_fused_of(cx, r->activation);
  const char *missing = r->dropout > 0             ? "dropout"
                        : r->recurrent_dropout > 0 ? "recurrent_dropout"
                        : r->return_state          ? "return_state"
                        : r->stateful              ? "stateful"
                                                   : NULL;
  if (missing == NULL) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "SimpleRNN: argument '%s' is not available yet; leave it out",
                  missing);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const simple_rnn *r = self;
  return rnn_sequence_shapes(cx, inputs, r->units, r->return_sequences, outputs);
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count;
  const simple_rnn *r = self;
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "kernel",
    .shape = {2, {inputs->dim[2], r->units}},
    .initializer = r->kernel_initializer,
    .regularizer = r->kernel_regularizer,
    .constraint = r->kernel_constraint,
  }));
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "recurrent_kernel",
    .shape = {2, {r->units, r->units}},
    .initializer = r->recurrent_initializer,
    .regularizer = r->recurrent_regularizer,
    .constraint = r->recurrent_constraint,
  }));
  if (!r->use_bias) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "bias",
    .shape = {1, {r->units}},
    .initializer = r->bias_initializer,
    .regularizer = r->bias_regularizer,
    .constraint = r->bias_constraint,
  });
}

/* ---- what a call keeps and needs ------------------------------------------------------------------ */

/*
** Rows of units are padded with zeros to whole vectors, `width` numbers, so that no loop has a tail.
** By sequence, (batch, time, width), at the time of the input they belong to:
**   states  h
**   sums    x W + b + h U; the same memory as states unless backward reads them
**   slopes  the gradient of the loss by sums; the output's gradient before that
** and weights, packed at each call: recurrent (units, width), in backward transposed; in forward also
** kernel (features, width) and bias (width), where slopes are later.
*/
typedef struct run {
  rnn_context *cx;
  const simple_rnn *layer;
  rnn_call *call;
  rnn_sequence q;
  int64_t stride; /* from one sequence to the next */
  float *states, *sums, *recurrent, *slopes, *gradient, *kernel, *bias;
  rnn_status status; /* of any tile that failed */
} run;

static bool keeps_sums(const simple_rnn *r) {
  return r->fused == RNN_NOT_FUSED && (rnn_activation_flags(r->activation) & RNN_READS_INPUT) != 0;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  const simple_rnn *r = self;
  rnn_sequence q = rnn_sequence_of(cx, call, r->units, r->go_backwards);
  int64_t all = q.batch * q.time * q.width;
  int64_t forward = (q.features + 1) * q.width;
  int64_t backward = all + (q.features > q.units ? q.features : q.units) * q.width;
  call->saved_size = keeps_sums(r) ? 2 * all : all;
  call->scratch_size = q.units * q.width + (call->keeps && backward > forward ? backward : forward);
  return RNN_OK;
}

static run start(rnn_context *cx, const void *self, rnn_call *call) {
  run u = {.cx = cx, .layer = self, .call = call};
  u.q = rnn_sequence_of(cx, call, u.layer->units, u.layer->go_backwards);
  u.stride = u.q.time * u.q.width;
  u.states = call->saved;
  u.sums = keeps_sums(self) ? u.states + u.q.batch * u.stride : u.states;
  u.recurrent = call->scratch;
  u.slopes = u.kernel = u.recurrent + u.q.units * u.q.width;
  u.gradient = u.slopes + u.q.batch * u.stride;
  u.bias = u.kernel + u.q.features * u.q.width;
  return u;
}

/* what forward and backward do with a tile's rows of the batch */
typedef rnn_status (*rows_function)(run *u, int64_t first, int64_t rows);

static void run_tile(run *u, int64_t tile, rows_function f) {
  int64_t most = rnn_tile_rows(&u->q), first = tile * most;
  int64_t rows = u->q.batch - first < most ? u->q.batch - first : most;
  rnn_status status = f(u, first, rows);
  if (status != RNN_OK) __atomic_store_n(&u->status, status, __ATOMIC_RELAXED);
}

static rnn_status run_tiles(run *u, rnn_tile_function f) {
  int64_t most = rnn_tile_rows(&u->q);
  u->cx->host->parallel_for(u->cx, (u->q.batch + most - 1) / most, f, u);
  return u->status;
}

/* ---- forward ----------------------------------------------------------------------------------------- */

/* states = activation(sums), for rows of one timestep */
static rnn_status activate(run *u, int64_t rows, const float *sums, float *states) {
  const simple_rnn *r = u->layer;
  if (r->fused != RNN_NOT_FUSED) {
    RNN_PICK(u->cx->host->cpu_level, rnn_fused)->forward[r->fused](rows, u->q.width, u->stride, states);
    return RNN_OK;
  }
  for (int64_t b = 0; b < rows; b++, sums += u->stride, states += u->stride)
    rnn_try(rnn_activate(u->cx, r->activation, 1, u->q.units, sums, states));
  return RNN_OK;
}

static rnn_status forward_rows(run *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  float *states = u->states + first * u->stride, *sums = u->sums + first * u->stride;
  for (int64_t s = 0; s < q->time; s++) {
    int64_t now = rnn_time(q, s) * q->width;
    if (s > 0)
      rnn_try(rnn_sgemm(u->cx, false, false, rows, q->width, q->units,
                        states + rnn_time(q, s - 1) * q->width, u->stride, u->recurrent, q->width, 1,
                        sums + now, u->stride));
    rnn_try(activate(u, rows, sums + now, states + now));
  }
  return RNN_OK;
}

static void forward_tile(void *data, int64_t tile) { run_tile(data, tile, forward_rows); }

/* sums = x W + b, for all timesteps at once */
static rnn_status project(run *u) {
  const rnn_sequence *q = &u->q;
  int64_t rows = q->batch * q->time;
  rnn_pack(q->features, q->units, u->call->weights[KERNEL], false, q->width, u->kernel);
  if (u->layer->use_bias) {
    rnn_pack(1, q->units, u->call->weights[BIAS], false, q->width, u->bias);
    rnn_fill_rows(rows, q->width, u->bias, u->sums);
  }
  return rnn_sgemm(u->cx, false, false, rows, q->width, q->features, u->call->inputs->data,
                   q->features, u->kernel, q->width, u->layer->use_bias ? 1 : 0, u->sums, q->width);
}

static void write_output(const run *u) {
  const rnn_sequence *q = &u->q;
  float *out = u->call->outputs->data;
  int64_t first_step = u->layer->return_sequences ? 0 : q->time - 1;
  for (int64_t b = 0; b < q->batch; b++)
    for (int64_t s = first_step; s < q->time; s++, out += q->units)
      memcpy(out, u->states + b * u->stride + rnn_time(q, s) * q->width,
             sizeof(float) * (size_t)q->units);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  run u = start(cx, self, call);
  rnn_pack(u.q.units, u.q.units, call->weights[RECURRENT], false, u.q.width, u.recurrent);
  rnn_try(project(&u));
  rnn_try(run_tiles(&u, forward_tile));
  write_output(&u);
  return RNN_OK;
}

/* ---- backward ------------------------------------------------------------------------------------------ */

/* slopes · activation'(sums) in place, for rows of one timestep */
static rnn_status differentiate(run *u, int64_t rows, const float *sums, const float *states,
                                float *slopes) {
  const simple_rnn *r = u->layer;
  if (r->fused != RNN_NOT_FUSED) {
    RNN_PICK(u->cx->host->cpu_level, rnn_fused)
        ->backward[r->fused](rows, u->q.width, u->stride, states, slopes);
    return RNN_OK;
  }
  for (int64_t b = 0; b < rows; b++, sums += u->stride, states += u->stride, slopes += u->stride)
    rnn_try(rnn_activate_backward(u->cx, r->activation, 1, u->q.units, sums, states, slopes, slopes));
  return RNN_OK;
}

/* the gradient of the output, where slopes will be */
static void place_output_gradient(run *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  bool all = u->layer->return_sequences;
  int64_t first_step = all ? 0 : q->time - 1;
  const float *dy = u->call->outputs->gradient + first * (all ? q->time : 1) * q->units;
  for (int64_t b = first; b < first + rows; b++)
    for (int64_t s = first_step; s < q->time; s++, dy += q->units)
      rnn_pack(1, q->units, dy, false, q->width, u->slopes + b * u->stride + rnn_time(q, s) * q->width);
}

static rnn_status backward_rows(run *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  int64_t base = first * u->stride;
  float *slopes = u->slopes + base;
  place_output_gradient(u, first, rows);
  for (int64_t s = q->time - 1; s >= 0; s--) {
    int64_t now = rnn_time(q, s) * q->width;
    if (s < q->time - 1)
      rnn_try(rnn_sgemm(u->cx, false, false, rows, q->width, q->units,
                        slopes + rnn_time(q, s + 1) * q->width, u->stride, u->recurrent, q->width,
                        u->layer->return_sequences ? 1 : 0, slopes + now, u->stride));
    rnn_try(differentiate(u, rows, u->sums + base + now, u->states + base + now, slopes + now));
  }
  return RNN_OK;
}

static void backward_tile(void *data, int64_t tile) { run_tile(data, tile, backward_rows); }

/* gradient += a^T slopes over `rows` rows; a is (rows, columns) */
static rnn_status add_product(run *u, int64_t rows, int64_t columns, const float *a, int64_t lda,
                              const float *slopes, float *gradient) {
  const rnn_sequence *q = &u->q;
  if (gradient == NULL) return RNN_OK;
  rnn_try(rnn_sgemm(u->cx, true, false, columns, q->width, rows, a, lda, slopes, q->width, 0,
                    u->gradient, q->width));
  for (int64_t i = 0; i < columns; i++)
    rnn_add_rows(1, q->units, u->gradient + i * q->width, gradient + i * q->units);
  return RNN_OK;
}

/* dU = sum over steps of h(s-1)^T slope(s). In memory the two are one row apart, so that one product over
** batch × time does, once the slopes of first steps, which follow no state, are out of the way. */
static rnn_status recurrent_gradient(run *u) {
  const rnn_sequence *q = &u->q;
  if (q->time < 2) return RNN_OK;
  for (int64_t b = 0; b < q->batch; b++)
    memset(u->slopes + b * u->stride + rnn_time(q, 0) * q->width, 0, sizeof(float) * (size_t)q->width);
  const float *states = u->states + (q->backwards ? q->width : 0);
  const float *slopes = u->slopes + (q->backwards ? 0 : q->width);
  return add_product(u, q->batch * q->time - 1, q->units, states, q->width, slopes,
                     u->call->weight_gradients[RECURRENT]);
}

static void bias_gradient(const run *u) {
  const rnn_sequence *q = &u->q;
  float *gradient = u->layer->use_bias ? u->call->weight_gradients[BIAS] : NULL;
  const float *slopes = u->slopes;
  for (int64_t r = 0; gradient && r < q->batch * q->time; r++, slopes += q->width)
    rnn_add_rows(1, q->units, slopes, gradient);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  run u = start(cx, self, call);
  const rnn_sequence *q = &u.q;
  int64_t rows = q->batch * q->time;
  rnn_pack(q->units, q->units, call->weights[RECURRENT], true, q->width, u.recurrent);
  rnn_try(run_tiles(&u, backward_tile));
  rnn_try(add_product(&u, rows, q->features, call->inputs->data, q->features, u.slopes,
                      call->weight_gradients[KERNEL]));
  bias_gradient(&u);
  if (call->inputs->gradient)
    rnn_try(rnn_sgemm(cx, false, true, rows, q->features, q->units, u.slopes, q->width,
                      call->weights[KERNEL], q->units, 0, call->inputs->gradient, q->features));
  return recurrent_gradient(&u);
}

const rnn_layer_type rnn_simple_rnn = {
    .type = {.size = sizeof(rnn_layer_type),
             .kind = RNN_LAYER,
             .name = "SimpleRNN",
             .doc = "SimpleRNN: h = activation(x W + b + h U) at each timestep (Elman 1990).\n"
                    "(batch, timesteps, features) -> (batch, units), or (batch, timesteps, units) with "
                    "return_sequences;\nweights: kernel (features, units), recurrent_kernel (units, "
                    "units), bias (units,).",
             .args = args,
             .arg_count = sizeof args / sizeof args[0],
             .positional = 3,
             .self_size = sizeof(simple_rnn),
             .check = check},
    .flags = RNN_LAYER_UNPENALIZED,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
