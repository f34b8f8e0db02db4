/*
** simple_rnn.c - SimpleRNN: h(s) = activation(x(t) W + b + h(s-1) U)     (Elman 1990)
**
** One product projects the inputs of all timesteps. The recurrence then works in place on that, each
** thread taking its rows of the batch through all steps. Backward likewise; the gradients of W and U are
** one product each over batch × time.
*/
#include <string.h>

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
         "penalty on the output, divided by the batch size"),
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
  const simple_rnn *r = self;
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
** All of these are (batch, time, units), laid out by the time of the input they belong to:
**   states  h; the output itself where it has all of them in that order
**   sums    x W + b + h U; the same memory as states unless backward reads them
**   slopes  the gradient of the loss by sums, in backward's scratch, then one (batch, units) of carry
*/
typedef struct run {
  rnn_context *cx;
  const simple_rnn *layer;
  rnn_call *call;
  rnn_sequence q;
  float *states, *sums, *slopes, *carry;
  rnn_status status; /* of any tile that failed */
} run;

static rnn_sequence sequence_of(const simple_rnn *r, const rnn_call *call) {
  const rnn_shape *x = &call->inputs->shape;
  return (rnn_sequence){x->dim[0], x->dim[1], x->dim[2], r->units, r->go_backwards};
}

static bool output_holds_states(const simple_rnn *r) {
  return r->return_sequences && !r->go_backwards;
}

static bool keeps_sums(const simple_rnn *r) {
  return (rnn_activation_reads(r->activation) & RNN_READS_INPUT) != 0;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const simple_rnn *r = self;
  rnn_sequence q = sequence_of(r, call);
  int64_t all = q.batch * q.time * q.units;
  int64_t states = output_holds_states(r) ? 0 : all, sums = keeps_sums(r) ? all : 0;
  call->saved_size = states + sums;
  call->scratch_size = call->keeps ? all + q.batch * q.units : 0;
  return RNN_OK;
}

static run start(rnn_context *cx, const void *self, rnn_call *call) {
  run u = {.cx = cx, .layer = self, .call = call, .q = sequence_of(self, call)};
  int64_t all = u.q.batch * u.q.time * u.q.units;
  bool held = output_holds_states(self);
  u.states = held ? call->outputs->data : call->saved;
  u.sums = !keeps_sums(self) ? u.states : held ? call->saved : call->saved + all;
  u.slopes = call->scratch;
  u.carry = call->scratch + all;
  return u;
}

static int64_t tile_count(const rnn_sequence *q) {
  int64_t rows = rnn_tile_rows(q);
  return (q->batch + rows - 1) / rows;
}

/* ---- forward ----------------------------------------------------------------------------------------- */

/* the activation of rows that lie `stride` apart */
static rnn_status activate_rows(run *u, int64_t rows, int64_t stride, const float *x, float *y) {
  for (int64_t b = 0; b < rows; b++, x += stride, y += stride)
    rnn_try(rnn_activate(u->cx, u->layer->activation, 1, u->q.units, x, y));
  return RNN_OK;
}

static rnn_status forward_rows(run *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  int64_t stride = q->time * q->units, start_row = first * stride;
  for (int64_t s = 0; s < q->time; s++) {
    int64_t now = start_row + rnn_time(q, s) * q->units;
    if (s > 0)
      rnn_try(rnn_sgemm(u->cx, false, false, rows, q->units, q->units,
                        u->states + start_row + rnn_time(q, s - 1) * q->units, stride,
                        u->call->weights[RECURRENT], q->units, 1, u->sums + now, stride));
    rnn_try(activate_rows(u, rows, stride, u->sums + now, u->states + now));
  }
  return RNN_OK;
}

static void forward_tile(void *data, int64_t tile) {
  run *u = data;
  int64_t most = rnn_tile_rows(&u->q), first = tile * most;
  int64_t rows = u->q.batch - first < most ? u->q.batch - first : most;
  rnn_status status = forward_rows(u, first, rows);
  if (status != RNN_OK) u->status = status;
}

/* the output, where states are not in it already */
static void write_output(const run *u) {
  const rnn_sequence *q = &u->q;
  size_t row = sizeof(float) * (size_t)q->units;
  float *out = u->call->outputs->data;
  int64_t first_step = u->layer->return_sequences ? 0 : q->time - 1;
  for (int64_t b = 0; b < q->batch; b++)
    for (int64_t s = first_step; s < q->time; s++, out += q->units)
      memcpy(out, u->states + (b * q->time + rnn_time(q, s)) * q->units, row);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  run u = start(cx, self, call);
  int64_t rows = u.q.batch * u.q.time;
  if (u.layer->use_bias) rnn_fill_rows(rows, u.q.units, call->weights[BIAS], u.sums);
  rnn_try(rnn_sgemm(cx, false, false, rows, u.q.units, u.q.features, call->inputs->data, u.q.features,
                    call->weights[KERNEL], u.q.units, u.layer->use_bias ? 1 : 0, u.sums, u.q.units));
  cx->host->parallel_for(cx, tile_count(&u.q), forward_tile, &u);
  if (u.status == RNN_OK && !output_holds_states(u.layer)) write_output(&u);
  return u.status;
}

/* ---- backward ------------------------------------------------------------------------------------------ */

/* carry = (what the next step handed back) + (the output's gradient at this step), for one row */
static void add_output_gradient(const run *u, int64_t b, int64_t s, float *carry) {
  const rnn_sequence *q = &u->q;
  bool all = u->layer->return_sequences, last = s == q->time - 1;
  if (last) memset(carry, 0, sizeof(float) * (size_t)q->units);
  if (!all && !last) return;
  const float *dy = u->call->outputs->gradient + (all ? b * q->time + s : b) * q->units;
  for (int64_t i = 0; i < q->units; i++) carry[i] += dy[i];
}

static rnn_status backward_rows(run *u, int64_t first, int64_t rows) {
  const rnn_sequence *q = &u->q;
  int64_t stride = q->time * q->units;
  float *carry = u->carry + first * q->units;
  for (int64_t s = q->time - 1; s >= 0; s--) {
    int64_t now = first * stride + rnn_time(q, s) * q->units;
    for (int64_t b = 0; b < rows; b++) {
      int64_t at = now + b * stride;
      add_output_gradient(u, first + b, s, carry + b * q->units);
      rnn_try(rnn_activate_backward(u->cx, u->layer->activation, 1, q->units, u->sums + at,
                                    u->states + at, carry + b * q->units, u->slopes + at));
    }
    if (s > 0)
      rnn_try(rnn_sgemm(u->cx, false, true, rows, q->units, q->units, u->slopes + now, stride,
                        u->call->weights[RECURRENT], q->units, 0, carry, q->units));
  }
  return RNN_OK;
}

static void backward_tile(void *data, int64_t tile) {
  run *u = data;
  int64_t most = rnn_tile_rows(&u->q), first = tile * most;
  int64_t rows = u->q.batch - first < most ? u->q.batch - first : most;
  rnn_status status = backward_rows(u, first, rows);
  if (status != RNN_OK) u->status = status;
}

/* dU = sum over steps of h(s-1)^T slope(s). In memory the two are one row apart, so that one product over
** batch × time does, once the slopes of first steps, which follow no state, are out of the way. */
static rnn_status recurrent_gradient(run *u) {
  const rnn_sequence *q = &u->q;
  float *gradient = u->call->weight_gradients[RECURRENT];
  int64_t rows = q->batch * q->time - 1;
  if (gradient == NULL || q->time < 2) return RNN_OK;
  for (int64_t b = 0; b < q->batch; b++)
    memset(u->slopes + (b * q->time + rnn_time(q, 0)) * q->units, 0,
           sizeof(float) * (size_t)q->units);
  const float *states = u->states + (q->backwards ? q->units : 0);
  const float *slopes = u->slopes + (q->backwards ? 0 : q->units);
  return rnn_sgemm(u->cx, true, false, q->units, q->units, rows, states, q->units, slopes, q->units, 1,
                   gradient, q->units);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  run u = start(cx, self, call);
  const rnn_sequence *q = &u.q;
  int64_t rows = q->batch * q->time;
  cx->host->parallel_for(cx, tile_count(q), backward_tile, &u);
  rnn_try(u.status);
  if (call->weight_gradients[KERNEL])
    rnn_try(rnn_sgemm(cx, true, false, q->features, q->units, rows, call->inputs->data, q->features,
                      u.slopes, q->units, 1, call->weight_gradients[KERNEL], q->units));
  if (u.layer->use_bias && call->weight_gradients[BIAS])
    rnn_add_rows(rows, q->units, u.slopes, call->weight_gradients[BIAS]);
  if (call->inputs->gradient)
    rnn_try(rnn_sgemm(cx, false, true, rows, q->features, q->units, u.slopes, q->units,
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
             .positional = 1,
             .self_size = sizeof(simple_rnn),
             .check = check},
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
