/*
** multi_head_attention.c - MultiHeadAttention (Vaswani et al. 2017;
** keras/src/layers/attention/multi_head_attention.py): heads of softmax(q·k / sqrt(key_dim)) · v over learned projections
** of query, key and value, and a projection of them all.
**
** A query that may see nothing sees all alike, or, with dropout or return_attention_scores, nothing: Keras computes these
** in two ways.
*/
#include <math.h>
#include <string.h>

#include "layers/attending.h"
#include "layers/layers.h"

typedef struct multi_head {
  int64_t num_heads, key_dim, value_dim, output_size, seed;
  double dropout;
  bool use_bias, use_causal_mask, return_attention_scores;
  const rnn_component *kernel_initializer, *bias_initializer;
  const rnn_component *kernel_regularizer, *bias_regularizer;
  const rnn_component *kernel_constraint, *bias_constraint;
  /* not arguments */
  const rnn_component *softmax;
  const rnn_host *host;
} multi_head;

enum { QUERY, VALUE, KEY };

#define FIELD(NAME) offsetof(multi_head, NAME)
#define COUNT(NAME, FALLBACK, DOC) {#NAME, RNN_ARG_INTEGER, FIELD(NAME), FALLBACK, "[1, 1e9]", 0, DOC}
#define FLAG(NAME, FALLBACK, DOC) {#NAME, RNN_ARG_BOOLEAN, FIELD(NAME), FALLBACK, NULL, 0, DOC}
#define HELD(NAME, FALLBACK, KIND, DOC) {#NAME, RNN_ARG_COMPONENT, FIELD(NAME), FALLBACK, NULL, KIND, DOC}
static const rnn_arg args[] = {
    COUNT(num_heads, NULL, "number of heads"),
    COUNT(key_dim, NULL, "size of a head's queries and keys"),
    COUNT(value_dim, "nil", "size of a head's values; nil: key_dim"),
    {"dropout", RNN_ARG_NUMBER, FIELD(dropout), "0", "[0, 1]", 0, "share of weights dropped while training"},
    FLAG(use_bias, "true", "whether the projections add a bias"),
    {"output_shape", RNN_ARG_INTEGER, FIELD(output_size), "nil", "[1, 1e9]", 0,
     "size of the last output axis; nil: the query's"},
    HELD(kernel_initializer, "glorot_uniform", RNN_INITIALIZER, "fills the kernels"),
    HELD(bias_initializer, "zeros", RNN_INITIALIZER, "fills the biases"),
    HELD(kernel_regularizer, "nil", RNN_REGULARIZER, "penalty on the kernels"),
    HELD(bias_regularizer, "nil", RNN_REGULARIZER, "penalty on the biases"),
    HELD(kernel_constraint, "nil", RNN_CONSTRAINT, "projection of the kernels after each update"),
    HELD(bias_constraint, "nil", RNN_CONSTRAINT, "projection of the biases after each update"),
    {"seed", RNN_ARG_INTEGER, FIELD(seed), "nil", NULL, 0, "fixes what is dropped; nil: from rl.utils.set_random_seed"},
    FLAG(use_causal_mask, "false", "whether a query sees no key behind its own position; an argument of the call in Keras"),
    FLAG(return_attention_scores, "false", "whether a second output has the weights; an argument of the call in Keras"),
};

static rnn_status check(rnn_context *cx, void *self) {
  multi_head *m = self;
  m->host = cx->host;
  m->softmax = cx->host->create(cx, RNN_ACTIVATION, "softmax");
  return m->softmax ? RNN_OK : RNN_NO_MEMORY;
}

static void release(void *self) {
  const multi_head *m = self;
  m->host->drop(m->softmax);
}

static int64_t value_dim(const multi_head *m) { return m->value_dim == RNN_NIL_INTEGER ? m->key_dim : m->value_dim; }

/* ---- shapes and weights -------------------------------------------------------------------------------- */

static rnn_status check_input(rnn_context *cx, const rnn_shape *shape, const char *what, const rnn_shape *query) {
  char text[RNN_SHAPE_TEXT], first[RNN_SHAPE_TEXT];
  cx->host->shape_text(text, shape->ndim, shape->dim);
  if (shape->ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "expected %s of shape (batch, timesteps, features), got %s", what, text);
  if (shape->dim[2] < 0) return rnn_fail(cx, RNN_INVALID, "expected %s of known features, got %s", what, text);
  if (shape->dim[0] < 0 || query->dim[0] < 0 || shape->dim[0] == query->dim[0]) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected %s of as many sequences as the query, %s, got %s", what,
                  cx->host->shape_text(first, query->ndim, query->dim), text);
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  const multi_head *m = self;
  static const char *const names[] = {"a query", "a value", "a key"};
  char v[RNN_SHAPE_TEXT], k[RNN_SHAPE_TEXT];
  for (int i = 0; i < input_count; i++) rnn_try(check_input(cx, &inputs[i], names[i], inputs));
  const rnn_shape *query = &inputs[QUERY], *value = &inputs[VALUE], *key = &inputs[input_count - 1];
  if (key->dim[1] >= 0 && value->dim[1] >= 0 && key->dim[1] != value->dim[1])
    return rnn_fail(cx, RNN_INVALID, "expected a value and a key of the same timesteps, got %s and %s",
                    cx->host->shape_text(v, 3, value->dim), cx->host->shape_text(k, 3, key->dim));
  *output_count = m->return_attention_scores ? 2 : 1;
  outputs[0] = *query;
  if (m->output_size != RNN_NIL_INTEGER) outputs[0].dim[2] = m->output_size;
  outputs[1] = (rnn_shape){4, {query->dim[0], m->num_heads, query->dim[1], value->dim[1]}};
  return RNN_OK;
}

static rnn_status add_projection(rnn_context *cx, const multi_head *m, rnn_layer *layer, const char *kernel,
                                 const char *bias, rnn_shape kernel_shape, rnn_shape bias_shape) {
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = kernel,
    .shape = kernel_shape,
    .initializer = m->kernel_initializer,
    .regularizer = m->kernel_regularizer,
    .constraint = m->kernel_constraint,
  }));
  if (!m->use_bias) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = bias,
    .shape = bias_shape,
    .initializer = m->bias_initializer,
    .regularizer = m->bias_regularizer,
    .constraint = m->bias_constraint,
  });
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  const multi_head *m = self;
  int64_t heads = m->num_heads, size = m->key_dim, value_size = value_dim(m);
  int64_t query = inputs[QUERY].dim[2], value = inputs[VALUE].dim[2], key = inputs[input_count - 1].dim[2];
  int64_t out = m->output_size == RNN_NIL_INTEGER ? query : m->output_size;
  rnn_try(add_projection(cx, m, layer, "query_kernel", "query_bias", (rnn_shape){3, {query, heads, size}},
                         (rnn_shape){2, {heads, size}}));
  rnn_try(add_projection(cx, m, layer, "key_kernel", "key_bias", (rnn_shape){3, {key, heads, size}},
                         (rnn_shape){2, {heads, size}}));
  rnn_try(add_projection(cx, m, layer, "value_kernel", "value_bias", (rnn_shape){3, {value, heads, value_size}},
                         (rnn_shape){2, {heads, value_size}}));
  return add_projection(cx, m, layer, "output_kernel", "output_bias", (rnn_shape){3, {heads, value_size, out}},
                        (rnn_shape){1, {out}});
}

/* ---- projections ----------------------------------------------------------------------------------------- */

typedef enum projection { Q, K, V, OUT } projection;

/* y (rows × to) = x (rows × from) · kernel + bias */
typedef struct linear {
  int64_t rows, from, to;
  const float *kernel, *bias;
  float *d_kernel, *d_bias; /* or NULL */
} linear;

static linear linear_of(const multi_head *m, const rnn_call *call, projection which) {
  const rnn_port *in = &call->inputs[which == K ? call->input_count - 1 : which == V ? VALUE : QUERY];
  int64_t inner = m->num_heads * (which == Q || which == K ? m->key_dim : value_dim(m));
  int at = (int)which * (1 + m->use_bias);
  return (linear){.rows = rnn_rows(&in->shape),
                  .from = which == OUT ? inner : rnn_columns(&in->shape),
                  .to = which == OUT ? rnn_columns(&call->outputs->shape) : inner,
                  .kernel = call->weights[at],
                  .bias = m->use_bias ? call->weights[at + 1] : NULL,
                  .d_kernel = call->weight_gradients ? call->weight_gradients[at] : NULL,
                  .d_bias = call->weight_gradients && m->use_bias ? call->weight_gradients[at + 1] : NULL};
}

static rnn_status project(rnn_context *cx, const linear *l, const float *x, float *y) {
  if (l->bias) rnn_fill_rows(l->rows, l->to, l->bias, y);
  return rnn_sgemm(cx, false, false, l->rows, l->to, l->from, x, l->from, l->kernel, l->to, l->bias != NULL, y, l->to);
}

/* dx is written, or added to, or not wanted (NULL) */
static rnn_status project_back(rnn_context *cx, const linear *l, const float *x, const float *dy, float *dx,
                               bool adds) {
  if (l->d_kernel)
    rnn_try(rnn_sgemm(cx, true, false, l->from, l->to, l->rows, x, l->from, dy, l->to, 1, l->d_kernel, l->to));
  if (l->d_bias) rnn_add_rows(l->rows, l->to, dy, l->d_bias);
  if (dx == NULL) return RNN_OK;
  return rnn_sgemm(cx, false, true, l->rows, l->from, l->to, dy, l->to, l->kernel, l->to, adds, dx, l->from);
}

/* queries, or the gradient by them, by 1 / sqrt(key_dim) */
static void scale_queries(const multi_head *m, const linear *l, float *q) {
  const float scale = (float)(1 / sqrt((double)m->key_dim));
  for (int64_t i = 0; i < l->rows * l->to; i++) q[i] *= scale;
}

/* ---- computing --------------------------------------------------------------------------------------------- */

static bool drops(const multi_head *m, const rnn_call *call) { return call->training && m->dropout > 0; }

static int64_t aligned(int64_t n) { return (n + 15) / 16 * 16; }

/* How much each array needs; those in front of `kept` lie in saved, and their gradients in scratch. */
typedef struct sizes {
  int64_t q, k, v, heads, scores;
} sizes;

static sizes sizes_of(const multi_head *m, const rnn_call *call) {
  int64_t queries = rnn_rows(&call->inputs[QUERY].shape), values = rnn_rows(&call->inputs[VALUE].shape);
  return (sizes){.q = aligned(queries * m->num_heads * m->key_dim),
                 .k = aligned(values * m->num_heads * m->key_dim),
                 .v = aligned(values * m->num_heads * value_dim(m)),
                 .heads = aligned(queries * m->num_heads * value_dim(m)),
                 .scores = aligned(queries * m->num_heads * call->inputs[VALUE].shape.dim[1])};
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  const multi_head *m = self;
  sizes s = sizes_of(m, call);
  call->saved_size = s.q + s.k + s.v + s.heads + s.scores * (1 + drops(m, call));
  call->scratch_size = s.scores + s.q + s.k + s.v + s.heads;
  return RNN_OK;
}

static rnn_attending attending(rnn_context *cx, const multi_head *m, const rnn_call *call) {
  sizes s = sizes_of(m, call);
  const rnn_port *query = &call->inputs[QUERY], *value = &call->inputs[VALUE];
  float *q = call->saved, *k = q + s.q, *v = k + s.k, *out = v + s.v, *weights = out + s.heads;
  return (rnn_attending){
      .cx = cx, .batch = query->shape.dim[0], .heads = m->num_heads,
      .queries = query->shape.dim[1], .keys = value->shape.dim[1],
      .key_size = m->key_dim, .value_size = value_dim(m),
      .q = q, .k = k, .v = v, .out = out,
      .q_step = m->num_heads * m->key_dim, .k_step = m->num_heads * m->key_dim,
      .v_step = m->num_heads * value_dim(m), .out_step = m->num_heads * value_dim(m),
      .scale = 1, .weight = 1, /* q is scaled as a whole */
      .softmax = m->softmax,
      .masking = m->dropout > 0 || m->return_attention_scores ? RNN_MASK_CLEARS : RNN_MASK_REPLACES,
      .causal = m->use_causal_mask,
      .query_mask = query->mask,
      .value_mask = value->mask,
      .key_mask = call->input_count > KEY ? call->inputs[KEY].mask : NULL,
      .weights = weights,
      .factors = drops(m, call) ? weights + s.scores : NULL,
      .room = call->scratch};
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const multi_head *m = self;
  rnn_attending w = attending(cx, m, call);
  linear q = linear_of(m, call, Q), k = linear_of(m, call, K), v = linear_of(m, call, V), out = linear_of(m, call, OUT);
  int64_t scores = w.batch * w.heads * w.queries * w.keys;
  if (w.factors) rnn_draw_dropout(cx, call->key, m->dropout, scores, w.factors);
  rnn_try(project(cx, &q, call->inputs[QUERY].data, (float *)w.q));
  scale_queries(m, &q, (float *)w.q);
  rnn_try(project(cx, &k, call->inputs[call->input_count - 1].data, (float *)w.k));
  rnn_try(project(cx, &v, call->inputs[VALUE].data, (float *)w.v));
  rnn_try(rnn_attend(&w));
  if (m->return_attention_scores) memcpy(call->outputs[1].data, w.weights, sizeof(float) * (size_t)scores);
  return project(cx, &out, w.out, call->outputs->data);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const multi_head *m = self;
  const rnn_port *in = call->inputs, *key = &in[call->input_count - 1];
  rnn_attending w = attending(cx, m, call);
  sizes s = sizes_of(m, call);
  linear q = linear_of(m, call, Q), k = linear_of(m, call, K), v = linear_of(m, call, V), out = linear_of(m, call, OUT);
  float *d_heads = call->scratch + s.scores;
  w.dq = d_heads + s.heads;
  w.dk = w.dq + s.q;
  w.dv = w.dk + s.k;
  w.d_out = d_heads;
  w.d_weights = m->return_attention_scores ? call->outputs[1].gradient : NULL;
  rnn_try(project_back(cx, &out, w.out, call->outputs->gradient, d_heads, false));
  rnn_try(rnn_attend_backward(&w));
  scale_queries(m, &q, w.dq);
  rnn_try(project_back(cx, &q, in[QUERY].data, w.dq, in[QUERY].gradient, false));
  rnn_try(project_back(cx, &v, in[VALUE].data, w.dv, in[VALUE].gradient, false));
  return project_back(cx, &k, key->data, w.dk, key->gradient, key == &in[VALUE]);
}

const rnn_layer_type rnn_multi_head_attention = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "MultiHeadAttention"),
             .doc = "MultiHeadAttention: heads of softmax(q·k / sqrt(key_dim)) · v over projections, called on {query, "
                    "value} or {query, value, key}.\n(batch, Tq, d), (batch, Tv, e), (batch, Tv, f) -> (batch, Tq, d) or "
                    "output_shape, and weights (batch, heads, Tq, Tv) if asked for; a key that isn't given is the "
                    "value. Weights: kernels and biases of query, key, value and output. Masks of all inputs count. "
                    "Vaswani et al. 2017.",
             RNN_ARGUMENTS(args, multi_head),
             .positional = 3,
             .check = check,
             .release = release},
    .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM | RNN_LAYER_BUILDS_ANEW,
    .min_inputs = 2,
    .max_inputs = 3,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
