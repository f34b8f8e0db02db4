/*
** peephole.c - the layer PeepholeLSTM: an LSTM whose gates see the cell (Gers and Schmidhuber, 2000), as a stranger would
** write it: weights, a state, masks. The larger example of src/plugins/README.md.
**
** x is (batch, time, features), y (batch, units), or (batch, time, units) with return_sequences. At each time t
**   i = sigmoid(x Wi + h Ui + bi + pi c)       c and h are those of t - 1
**   f = sigmoid(x Wf + h Uf + bf + pf c)
**   g = tanh(x Wg + h Ug + bg)
**   c' = f c + i g
**   o = sigmoid(x Wo + h Uo + bo + po c')
**   h' = o tanh(c')
** A timestep that the mask leaves out leaves h and c as they are.
*/
#include <rnnlua.h>
#include <string.h>

typedef struct arguments {
  int64_t units;
  bool return_sequences, stateful;
  const rnn_component *kernel_initializer, *recurrent_initializer;
} arguments;

static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, offsetof(arguments, units), NULL, "[1, inf)", 0, "size of the state and the output"},
    {"return_sequences", RNN_ARG_BOOLEAN, offsetof(arguments, return_sequences), "false", NULL, 0,
     "outputs of all timesteps in place of the last"},
    {"stateful", RNN_ARG_BOOLEAN, offsetof(arguments, stateful), "false", NULL, 0,
     "the last states of a batch are the first of the next"}, /* the host does it */
    {"kernel_initializer", RNN_ARG_COMPONENT, offsetof(arguments, kernel_initializer), "glorot_uniform", NULL,
     RNN_INITIALIZER, "fills the weights of the input"},
    {"recurrent_initializer", RNN_ARG_COMPONENT, offsetof(arguments, recurrent_initializer), "orthogonal", NULL,
     RNN_INITIALIZER, "fills the weights of the state"},
};

/* ---- shapes, weights, memory ------------------------------------------------------------------------------ */

enum { KERNEL, RECURRENT, BIAS, PEEPHOLE }; /* (features, 4u), (u, 4u), (4u), (3u): i, f, g, o; no peephole for g */

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const arguments *a = self;
  if (inputs[0].ndim != 3 || inputs[0].dim[2] == RNN_UNKNOWN) {
    char got[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(got, inputs[0].ndim, inputs[0].dim));
  }
  outputs[0] = a->return_sequences ? (rnn_shape){3, {inputs[0].dim[0], inputs[0].dim[1], a->units}}
                                   : (rnn_shape){2, {inputs[0].dim[0], a->units}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  const arguments *a = self;
  const rnn_weight_spec specs[] = {
      {.name = "kernel", .shape = {2, {inputs[0].dim[2], 4 * a->units}}, .initializer = a->kernel_initializer},
      {.name = "recurrent_kernel", .shape = {2, {a->units, 4 * a->units}}, .initializer = a->recurrent_initializer},
      {.name = "bias", .shape = {1, {4 * a->units}}}, /* zeros */
      {.name = "peephole", .shape = {1, {3 * a->units}}}};
  for (int i = 0; i < 4; i++) rnn_try(rnn_add_weight(cx, layer, &specs[i]));
  return RNN_OK;
}

static int states(const void *self, const rnn_shape *input, rnn_shape *shapes_of) {
  const arguments *a = self;
  shapes_of[0] = shapes_of[1] = (rnn_shape){2, {input->dim[0], a->units}}; /* h and c */
  return 2;
}

/* What a call works on. hidden and cell have time + 1 entries of (batch, units), the first are the states before. */
typedef struct sequence {
  int64_t batch, time, features, units, size; /* size: of (batch, units) */
  float *gates, *hidden, *cell;               /* in saved; gates: time entries of (batch, 4 units) */
  float *dz, *dh, *dc;                        /* in scratch */
  const uint8_t *mask;
} sequence;

static sequence sequence_of(const arguments *a, const rnn_call *call) {
  const rnn_shape *x = &call->inputs[0].shape;
  sequence s = {.batch = x->dim[0], .time = x->dim[1], .features = x->dim[2], .units = a->units,
                .size = x->dim[0] * a->units, .mask = call->inputs[0].mask};
  s.gates = call->saved;
  if (s.gates == NULL) return s; /* in plan */
  s.hidden = s.gates + s.time * 4 * s.size;
  s.cell = s.hidden + (s.time + 1) * s.size;
  s.dz = call->scratch;
  s.dh = s.dz + 4 * s.size;
  s.dc = s.dh + s.size;
  return s;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  sequence s = sequence_of(self, call);
  call->saved_size = s.time * 4 * s.size + 2 * (s.time + 1) * s.size;
  call->scratch_size = 6 * s.size;
  return RNN_OK;
}

static bool skips(const sequence *s, int64_t row, int64_t t) { return s->mask && s->mask[row * s->time + t] == 0; }

/* ---- forward ------------------------------------------------------------------------------------------------- */

/* one row at one time; z has the sums of the four gates, and keeps what they become */
static void step_row(rnn_context *cx, int64_t units, const float *p, float *z, const float *c, float *c_new,
                     float *h_new) {
  float *i = z, *f = z + units, *g = z + 2 * units, *o = z + 3 * units;
  for (int64_t u = 0; u < units; u++) i[u] += p[u] * c[u], f[u] += p[units + u] * c[u];
  cx->host->vector_sigmoid(2 * units, i, i); /* i and f lie side by side */
  cx->host->vector_tanh(units, g, g);
  for (int64_t u = 0; u < units; u++) c_new[u] = f[u] * c[u] + i[u] * g[u];
  for (int64_t u = 0; u < units; u++) o[u] += p[2 * units + u] * c_new[u];
  cx->host->vector_sigmoid(units, o, o);
  cx->host->vector_tanh(units, c_new, h_new);
  for (int64_t u = 0; u < units; u++) h_new[u] *= o[u];
}

/* the sums of the gates of all rows at one time: x W + h U + b */
static rnn_status sum_gates(rnn_context *cx, const sequence *s, const rnn_call *call, int64_t t, float *z) {
  int64_t columns = 4 * s->units;
  rnn_fill_rows(s->batch, columns, call->weights[BIAS], z);
  /* the rows of x at one time lie time * features apart */
  rnn_try(rnn_sgemm(cx, false, false, s->batch, columns, s->features, call->inputs[0].data + t * s->features,
                    s->time * s->features, call->weights[KERNEL], columns, 1, z, columns));
  return rnn_sgemm(cx, false, false, s->batch, columns, s->units, s->hidden + t * s->size, s->units,
                   call->weights[RECURRENT], columns, 1, z, columns);
}

static void start_states(const sequence *s, const rnn_call *call) {
  const float *given[2] = {call->state_count > 0 ? call->states[0] : NULL, call->state_count > 1 ? call->states[1] : NULL};
  float *first[2] = {s->hidden, s->cell};
  for (int i = 0; i < 2; i++) {
    if (given[i])
      memcpy(first[i], given[i], sizeof(float) * (size_t)s->size);
    else
      memset(first[i], 0, sizeof(float) * (size_t)s->size);
  }
}

static void write_outputs(const arguments *a, const sequence *s, const rnn_call *call) {
  const float *last[2] = {s->hidden + s->time * s->size, s->cell + s->time * s->size};
  float *y = call->outputs[0].data;
  size_t row = sizeof(float) * (size_t)s->units;
  for (int64_t b = 0; a->return_sequences && b < s->batch; b++)
    for (int64_t t = 0; t < s->time; t++)
      memcpy(y + (b * s->time + t) * s->units, s->hidden + (t + 1) * s->size + b * s->units, row);
  if (!a->return_sequences) memcpy(y, last[0], sizeof(float) * (size_t)s->size);
  for (int i = 0; i < call->state_count; i++)
    if (call->new_states[i]) memcpy(call->new_states[i], last[i], sizeof(float) * (size_t)s->size);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  sequence s = sequence_of(self, call);
  start_states(&s, call);
  for (int64_t t = 0; t < s.time; t++) {
    float *z = s.gates + t * 4 * s.size;
    rnn_try(sum_gates(cx, &s, call, t, z));
    for (int64_t b = 0; b < s.batch; b++) {
      float *h = s.hidden + t * s.size + b * s.units, *c = s.cell + t * s.size + b * s.units;
      if (skips(&s, b, t)) {
        memcpy(h + s.size, h, sizeof(float) * (size_t)s.units); /* the next entry lies s.size further on */
        memcpy(c + s.size, c, sizeof(float) * (size_t)s.units);
      } else {
        step_row(cx, s.units, call->weights[PEEPHOLE], z + b * 4 * s.units, c, c + s.size, h + s.size);
      }
    }
  }
  write_outputs(self, &s, call);
  return RNN_OK;
}

/* ---- backward ------------------------------------------------------------------------------------------------ */

/* One row at one time. dh and dc are the gradients of h' and c'; dz becomes that of the sums, dc that of c. dp, which
** may be NULL, is added to. */
static void step_row_back(rnn_context *cx, int64_t units, const float *p, const float *z, const float *c,
                          const float *c_new, const float *dh, float *dc, float *dz, float *dp) {
  const float *i = z, *f = z + units, *g = z + 2 * units, *o = z + 3 * units;
  float *tanh_c = dz; /* is free until it is written */
  cx->host->vector_tanh(units, c_new, tanh_c);
  for (int64_t u = 0; u < units; u++) {
    float th = tanh_c[u], d_o = dh[u] * th * o[u] * (1 - o[u]);
    float d_c = dc[u] + dh[u] * o[u] * (1 - th * th) + d_o * p[2 * units + u];
    float d_i = d_c * g[u] * i[u] * (1 - i[u]), d_f = d_c * c[u] * f[u] * (1 - f[u]);
    dz[u] = d_i;
    dz[units + u] = d_f;
    dz[2 * units + u] = d_c * i[u] * (1 - g[u] * g[u]);
    dz[3 * units + u] = d_o;
    dc[u] = d_c * f[u] + d_i * p[u] + d_f * p[units + u];
    if (dp) dp[u] += d_i * c[u], dp[units + u] += d_f * c[u], dp[2 * units + u] += d_o * c_new[u];
  }
}

/* From dz of all rows at one time: adds to the gradients of weights, writes that of x; dh, which is 0 but where a row was skipped, becomes that of h. */
static rnn_status spread(rnn_context *cx, const sequence *s, rnn_call *call, int64_t t) {
  int64_t columns = 4 * s->units, stride = s->time * s->features;
  float *const *dw = call->weight_gradients, *dx = call->inputs[0].gradient;
  if (dw[KERNEL])
    rnn_try(rnn_sgemm(cx, true, false, s->features, columns, s->batch, call->inputs[0].data + t * s->features, stride,
                      s->dz, columns, 1, dw[KERNEL], columns));
  if (dw[RECURRENT])
    rnn_try(rnn_sgemm(cx, true, false, s->units, columns, s->batch, s->hidden + t * s->size, s->units, s->dz, columns, 1,
                      dw[RECURRENT], columns));
  if (dw[BIAS]) rnn_add_rows(s->batch, columns, s->dz, dw[BIAS]);
  if (dx)
    rnn_try(rnn_sgemm(cx, false, true, s->batch, s->features, columns, s->dz, columns, call->weights[KERNEL], columns, 0,
                      dx + t * s->features, stride));
  return rnn_sgemm(cx, false, true, s->batch, s->units, columns, s->dz, columns, call->weights[RECURRENT], columns, 1,
                   s->dh, s->units);
}

static void start_gradients(const arguments *a, const sequence *s, const rnn_call *call) {
  memset(s->dc, 0, sizeof(float) * (size_t)s->size);
  if (a->return_sequences)
    memset(s->dh, 0, sizeof(float) * (size_t)s->size);
  else
    memcpy(s->dh, call->outputs[0].gradient, sizeof(float) * (size_t)s->size);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const arguments *a = self;
  sequence s = sequence_of(a, call);
  const float *dy = call->outputs[0].gradient;
  start_gradients(a, &s, call);
  for (int64_t t = s.time - 1; t >= 0; t--) {
    for (int64_t b = 0; b < s.batch; b++) {
      float *dh = s.dh + b * s.units, *dz = s.dz + b * 4 * s.units;
      int64_t row = b * s.units;
      for (int64_t u = 0; a->return_sequences && u < s.units; u++) dh[u] += dy[(b * s.time + t) * s.units + u];
      if (skips(&s, b, t)) { /* dh and dc stay as they are */
        memset(dz, 0, sizeof(float) * 4 * (size_t)s.units);
        continue;
      }
      step_row_back(cx, s.units, call->weights[PEEPHOLE], s.gates + (t * s.batch + b) * 4 * s.units,
                    s.cell + t * s.size + row, s.cell + (t + 1) * s.size + row, dh, s.dc + row, dz,
                    call->weight_gradients[PEEPHOLE]);
      memset(dh, 0, sizeof(float) * (size_t)s.units); /* h went on by the sums alone */
    }
    rnn_try(spread(cx, &s, call, t));
  }
  return RNN_OK;
}

/* ---- the type ------------------------------------------------------------------------------------------------ */

/* the mask goes on with sequences; a last output has none */
static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx;
  const rnn_port *x = &call->inputs[0];
  *any = x->mask != NULL && ((const arguments *)self)->return_sequences;
  if (*any) memcpy(to, x->mask, (size_t)(x->shape.dim[0] * x->shape.dim[1]));
  return RNN_OK;
}

static const rnn_layer_type peephole = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "PeepholeLSTM"),
             .doc = "an LSTM whose gates see the cell (Gers and Schmidhuber, 2000): (batch, time, features) -> (batch, "
                    "units), or (batch, time, units) with return_sequences",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .mask = mask,
    .states = states};

static const rnn_type *const types[] = {&peephole.type};
RNN_PLUGIN(peephole, "1.0", "an LSTM with peephole connections", types)
