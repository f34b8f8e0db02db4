/*
** attention.c - the layer CAttention, with two inputs of which the second may be masked: the twin in C of the layer in Lua
** of src/plugins/README.md.
**
** q is (batch, T, features), v (batch, S, features of its own), y (batch, T, features of v):
**   P = softmax((q Wq) (v Wk)' / sqrt(units)) over S, where v is not masked;   y = P v
*/
#include <math.h>
#include <rnnlua.h>
#include <string.h>

typedef struct arguments {
  int64_t units;
  const rnn_component *initializer;
} arguments;

static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, offsetof(arguments, units), NULL, "[1, inf)", 0, "size of queries and keys"},
    {"initializer", RNN_ARG_COMPONENT, offsetof(arguments, initializer), "glorot_uniform", NULL, RNN_INITIALIZER,
     "fills the weights at first"},
};

enum { QUERY, KEY };

typedef struct sizes {
  int64_t batch, t, s, q, v, units;
  const uint8_t *mask;        /* batch × S, or NULL */
  float *queries, *keys, *p;  /* in saved: (batch, T, units), (batch, S, units), (batch, T, S) */
  float *d_queries, *d_keys, *dp; /* in scratch; dp is of one sequence, (T, S) */
} sizes;

static sizes sizes_of(const arguments *a, const rnn_call *call) {
  const rnn_shape *q = &call->inputs[0].shape, *v = &call->inputs[1].shape;
  sizes z = {.batch = q->dim[0], .t = q->dim[1], .s = v->dim[1], .q = q->dim[2], .v = v->dim[2], .units = a->units,
             .mask = call->inputs[1].mask};
  if (call->saved == NULL) return z; /* in plan */
  z.queries = call->saved;
  z.keys = z.queries + z.batch * z.t * z.units;
  z.p = z.keys + z.batch * z.s * z.units;
  z.d_queries = call->scratch;
  z.d_keys = z.d_queries + z.batch * z.t * z.units;
  z.dp = z.d_keys + z.batch * z.s * z.units;
  return z;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  for (int i = 0; i < 2; i++)
    if (inputs[i].ndim != 3 || inputs[i].dim[2] == RNN_UNKNOWN) {
      char got[RNN_SHAPE_TEXT];
      return rnn_fail(cx, RNN_INVALID, "input %d: expected (batch, timesteps, features), got %s", i + 1,
                      cx->host->shape_text(got, inputs[i].ndim, inputs[i].dim));
    }
  if (inputs[0].dim[0] != inputs[1].dim[0] && inputs[0].dim[0] != RNN_UNKNOWN && inputs[1].dim[0] != RNN_UNKNOWN)
    return rnn_fail(cx, RNN_INVALID, "expected two inputs of one batch size, got %lld and %lld",
                    (long long)inputs[0].dim[0], (long long)inputs[1].dim[0]);
  outputs[0] = (rnn_shape){3, {inputs[0].dim[0], inputs[0].dim[1], inputs[1].dim[2]}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  const arguments *a = self;
  rnn_weight_spec query = {.name = "query", .shape = {2, {inputs[0].dim[2], a->units}}, .initializer = a->initializer};
  rnn_weight_spec key = {.name = "key", .shape = {2, {inputs[1].dim[2], a->units}}, .initializer = a->initializer};
  rnn_try(rnn_add_weight(cx, layer, &query));
  return rnn_add_weight(cx, layer, &key);
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  sizes z = sizes_of(self, call);
  int64_t projected = z.batch * (z.t + z.s) * z.units;
  call->saved_size = projected + z.batch * z.t * z.s;
  call->scratch_size = projected + z.t * z.s;
  return RNN_OK;
}

/* one row of P, in place */
static void attend(int64_t n, float scale, const uint8_t *mask, float *p) {
  float most = -INFINITY, sum = 0;
  for (int64_t i = 0; i < n; i++) {
    p[i] = p[i] * scale + (mask && mask[i] == 0 ? -1e9f : 0);
    if (p[i] > most) most = p[i];
  }
  for (int64_t i = 0; i < n; i++) sum += p[i] = expf(p[i] - most);
  for (int64_t i = 0; i < n; i++) p[i] /= sum;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  sizes z = sizes_of(self, call);
  float scale = 1 / sqrtf((float)z.units), *y = call->outputs[0].data;
  const float *q = call->inputs[0].data, *v = call->inputs[1].data;
  rnn_try(rnn_sgemm(cx, false, false, z.batch * z.t, z.units, z.q, q, z.q, call->weights[QUERY], z.units, 0, z.queries,
                    z.units));
  rnn_try(rnn_sgemm(cx, false, false, z.batch * z.s, z.units, z.v, v, z.v, call->weights[KEY], z.units, 0, z.keys, z.units));
  for (int64_t b = 0; b < z.batch; b++) {
    float *p = z.p + b * z.t * z.s;
    rnn_try(rnn_sgemm(cx, false, true, z.t, z.s, z.units, z.queries + b * z.t * z.units, z.units,
                      z.keys + b * z.s * z.units, z.units, 0, p, z.s));
    for (int64_t t = 0; t < z.t; t++) attend(z.s, scale, z.mask ? z.mask + b * z.s : NULL, p + t * z.s);
    rnn_try(rnn_sgemm(cx, false, false, z.t, z.v, z.s, p, z.s, v + b * z.s * z.v, z.v, 0, y + b * z.t * z.v, z.v));
  }
  return RNN_OK;
}

/* dp, the gradient of a row of P, becomes that of the products that it is the softmax of */
static void attend_back(int64_t n, float scale, const float *p, float *dp) {
  float dot = 0;
  for (int64_t i = 0; i < n; i++) dot += p[i] * dp[i];
  for (int64_t i = 0; i < n; i++) dp[i] = p[i] * (dp[i] - dot) * scale;
}

/* of one sequence: d_queries, d_keys, and P' dy into the gradient of v */
static rnn_status sequence_back(rnn_context *cx, const sizes *z, const rnn_call *call, int64_t b, float scale) {
  const float *dy = call->outputs[0].gradient + b * z->t * z->v, *p = z->p + b * z->t * z->s;
  float *dv = call->inputs[1].gradient;
  rnn_try(rnn_sgemm(cx, false, true, z->t, z->s, z->v, dy, z->v, call->inputs[1].data + b * z->s * z->v, z->v, 0, z->dp,
                    z->s));
  for (int64_t t = 0; t < z->t; t++) attend_back(z->s, scale, p + t * z->s, z->dp + t * z->s);
  rnn_try(rnn_sgemm(cx, false, false, z->t, z->units, z->s, z->dp, z->s, z->keys + b * z->s * z->units, z->units, 0,
                    z->d_queries + b * z->t * z->units, z->units));
  rnn_try(rnn_sgemm(cx, true, false, z->s, z->units, z->t, z->dp, z->s, z->queries + b * z->t * z->units, z->units, 0,
                    z->d_keys + b * z->s * z->units, z->units));
  if (dv == NULL) return RNN_OK;
  return rnn_sgemm(cx, true, false, z->s, z->v, z->t, p, z->s, dy, z->v, 0, dv + b * z->s * z->v, z->v);
}

/* From the gradient of x W, (rows, units): that of W, added, and that of x, added to it with beta 1 or written with 0. */
static rnn_status project_back(rnn_context *cx, const rnn_port *x, int64_t rows, int64_t columns, int64_t units,
                               const float *d, const float *w, float *dw, float beta) {
  if (dw) rnn_try(rnn_sgemm(cx, true, false, columns, units, rows, x->data, columns, d, units, 1, dw, units));
  if (x->gradient == NULL) return RNN_OK;
  return rnn_sgemm(cx, false, true, rows, columns, units, d, units, w, units, beta, x->gradient, columns);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  sizes z = sizes_of(self, call);
  float scale = 1 / sqrtf((float)z.units);
  for (int64_t b = 0; b < z.batch; b++) rnn_try(sequence_back(cx, &z, call, b, scale));
  rnn_try(project_back(cx, &call->inputs[0], z.batch * z.t, z.q, z.units, z.d_queries, call->weights[QUERY],
                       call->weight_gradients[QUERY], 0));
  return project_back(cx, &call->inputs[1], z.batch * z.s, z.v, z.units, z.d_keys, call->weights[KEY],
                      call->weight_gradients[KEY], 1);
}

static const rnn_layer_type attention = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "CAttention"),
             .doc = "softmax(q Wq (v Wk)' / sqrt(units)) v, for the sequences {q, v}: (batch, time, features) each",
             RNN_ARGUMENTS(args, arguments), .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK,
    .min_inputs = 2,
    .max_inputs = 2,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward};

static const rnn_type *const types[] = {&attention.type};
RNN_PLUGIN(c_attention, "1.0", "dot-product attention in C", types)
