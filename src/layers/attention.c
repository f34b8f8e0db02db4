/*
** attention.c - Attention: softmax(scores of query and key) · value (Luong et al. 2015; with score_mode "concat" like
** Bahdanau et al. 2015; keras/src/layers/attention/attention.py)
*/
#include <math.h>
#include <string.h>

#include "layers/attending.h"
#include "layers/layers.h"

typedef struct attention {
  bool use_scale, use_causal_mask, return_attention_scores, concat;
  const char *score_mode;
  double dropout;
  int64_t seed;
  const rnn_component *ones, *softmax;
  const rnn_host *host; /* that made them, and takes them back */
} attention;

enum { QUERY, VALUE, KEY };

#define FIELD(NAME) offsetof(attention, NAME)
static const rnn_arg args[] = {
    {"use_scale", RNN_ARG_BOOLEAN, FIELD(use_scale), "false", NULL, 0, "whether scores have a learned scale"},
    {"score_mode", RNN_ARG_STRING, FIELD(score_mode), "dot", "dot|concat", 0,
     "dot: scale · q·k; concat: weight · sum tanh(scale · (q + k))"},
    {"dropout", RNN_ARG_NUMBER, FIELD(dropout), "0", "[0, 1]", 0, "share of weights dropped while training"},
    {"seed", RNN_ARG_INTEGER, FIELD(seed), "nil", NULL, 0, "fixes what is dropped; nil: from rl.utils.set_random_seed"},
    {"use_causal_mask", RNN_ARG_BOOLEAN, FIELD(use_causal_mask), "false", NULL, 0,
     "whether a query sees no key behind its own position; an argument of the call in Keras"},
    {"return_attention_scores", RNN_ARG_BOOLEAN, FIELD(return_attention_scores), "false", NULL, 0,
     "whether a second output has the weights; an argument of the call in Keras"},
};

static void release(void *self) {
  const attention *a = self;
  a->host->drop(a->ones);
  a->host->drop(a->softmax);
}

static rnn_status check(rnn_context *cx, void *self) {
  attention *a = self;
  a->concat = strcmp(a->score_mode, "concat") == 0;
  a->host = cx->host;
  a->ones = cx->host->create(cx, RNN_INITIALIZER, "ones");
  a->softmax = cx->host->create(cx, RNN_ACTIVATION, "softmax");
  if (a->ones && a->softmax) return RNN_OK;
  release(self);
  return RNN_NO_MEMORY;
}

static rnn_status check_input(rnn_context *cx, const rnn_shape *shape, const char *what, const rnn_shape *query) {
  char text[RNN_SHAPE_TEXT], first[RNN_SHAPE_TEXT];
  if (shape->ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "expected %s of shape (batch, timesteps, features), got %s", what,
                    cx->host->shape_text(text, shape->ndim, shape->dim));
  if (shape->dim[0] < 0 || query->dim[0] < 0 || shape->dim[0] == query->dim[0]) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected %s of as many sequences as the query, %s, got %s", what,
                  cx->host->shape_text(first, query->ndim, query->dim),
                  cx->host->shape_text(text, shape->ndim, shape->dim));
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  const attention *a = self;
  static const char *const names[] = {"a query", "a value", "a key"};
  char q[RNN_SHAPE_TEXT], k[RNN_SHAPE_TEXT];
  for (int i = 0; i < input_count; i++) rnn_try(check_input(cx, &inputs[i], names[i], inputs));
  const rnn_shape *query = &inputs[QUERY], *value = &inputs[VALUE], *key = &inputs[input_count - 1];
  if (query->dim[2] != key->dim[2])
    return rnn_fail(cx, RNN_INVALID, "expected a query and a key of the same features, got %s and %s",
                    cx->host->shape_text(q, 3, query->dim), cx->host->shape_text(k, 3, key->dim));
  if (key->dim[1] >= 0 && value->dim[1] >= 0 && key->dim[1] != value->dim[1])
    return rnn_fail(cx, RNN_INVALID, "expected a value and a key of the same timesteps, got %s and %s",
                    cx->host->shape_text(q, 3, value->dim), cx->host->shape_text(k, 3, key->dim));
  *output_count = a->return_attention_scores ? 2 : 1;
  outputs[0] = (rnn_shape){3, {query->dim[0], query->dim[1], value->dim[2]}};
  outputs[1] = (rnn_shape){3, {query->dim[0], query->dim[1], value->dim[1]}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count, (void)inputs;
  const attention *a = self;
  if (a->use_scale)
    rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "scale", .initializer = a->ones}));
  if (!a->concat) return RNN_OK;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "concat_score_weight", .initializer = a->ones});
}

/* ---- computing ---------------------------------------------------------------------------------------- */

static int64_t score_count(const rnn_call *call) {
  return rnn_rows(&call->inputs[QUERY].shape) * call->inputs[VALUE].shape.dim[1];
}

static bool drops(const attention *a, const rnn_call *call) { return call->training && a->dropout > 0; }

static int64_t aligned(int64_t n) { return (n + 15) / 16 * 16; }

/* saved: weights, factors of dropout. scratch: room for scores, gradients of query, key and value, sums of scales */
static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  int64_t scores = aligned(score_count(call));
  const rnn_port *in = call->inputs;
  call->saved_size = drops(self, call) ? 2 * scores : scores;
  call->scratch_size = scores + aligned(rnn_size(&in[QUERY].shape)) + aligned(rnn_size(&in[VALUE].shape)) +
                       aligned(rnn_size(&in[call->input_count - 1].shape)) + 4 * in->shape.dim[0];
  return RNN_OK;
}

static rnn_attending attending(rnn_context *cx, const attention *a, const rnn_call *call) {
  const rnn_port *q = &call->inputs[QUERY], *v = &call->inputs[VALUE], *k = &call->inputs[call->input_count - 1];
  int64_t size = q->shape.dim[2], value_size = v->shape.dim[2], scores = aligned(score_count(call));
  return (rnn_attending){
      .cx = cx, .batch = q->shape.dim[0], .heads = 1,
      .queries = q->shape.dim[1], .keys = v->shape.dim[1], .key_size = size, .value_size = value_size,
      .q = q->data, .k = k->data, .v = v->data, .out = call->outputs->data,
      .q_step = size, .k_step = size, .v_step = value_size, .out_step = value_size,
      .concat = a->concat,
      .scale = a->use_scale ? call->weights[0][0] : 1,
      .weight = a->concat ? call->weights[a->use_scale][0] : 1,
      .softmax = a->softmax,
      .masking = RNN_MASK_LOWERS,
      .causal = a->use_causal_mask,
      .value_mask = v->mask,
      .weights = call->saved,
      .factors = drops(a, call) ? call->saved + scores : NULL,
      .room = call->scratch};
}

/* rows of queries that are masked become zeros */
static void clear_masked(const rnn_call *call, float *rows) {
  const uint8_t *mask = call->inputs[QUERY].mask;
  int64_t n = rnn_columns(&call->outputs->shape);
  for (int64_t r = 0; mask && r < rnn_rows(&call->outputs->shape); r++)
    if (!mask[r]) memset(rows + r * n, 0, sizeof(float) * (size_t)n);
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const attention *a = self;
  rnn_attending w = attending(cx, a, call);
  int64_t scores = score_count(call);
  if (w.factors) rnn_draw_dropout(cx, call->key, a->dropout, scores, w.factors);
  rnn_try(rnn_attend(&w));
  clear_masked(call, w.out);
  for (int64_t i = 0; a->return_attention_scores && i < scores; i++)
    call->outputs[1].data[i] = w.weights[i] * (w.factors ? w.factors[i] : 1);
  return RNN_OK;
}

static void add_scales(const attention *a, rnn_call *call, const rnn_attending *w) {
  double scale = 0, weight = 0;
  for (int64_t i = 0; i < w->batch; i++) {
    scale += w->d_scales[2 * i];
    weight += w->d_scales[2 * i + 1];
  }
  if (a->use_scale && call->weight_gradients[0]) call->weight_gradients[0][0] += (float)scale;
  if (a->concat && call->weight_gradients[a->use_scale]) call->weight_gradients[a->use_scale][0] += (float)weight;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const attention *a = self;
  const rnn_port *in = call->inputs;
  const rnn_port *key = call->input_count > KEY ? &in[KEY] : NULL;
  rnn_attending w = attending(cx, a, call);
  float *room = call->scratch + aligned(score_count(call));
  float *room_q = room, *room_v = room_q + aligned(rnn_size(&in[QUERY].shape));
  float *room_k = room_v + aligned(rnn_size(&in[VALUE].shape));
  w.d_scales = (double *)(room_k + aligned(rnn_size(&in[call->input_count - 1].shape)));
  clear_masked(call, call->outputs->gradient);
  w.d_out = call->outputs->gradient;
  w.d_dropped = a->return_attention_scores ? call->outputs[1].gradient : NULL;
  w.dq = in[QUERY].gradient ? in[QUERY].gradient : room_q;
  w.dv = in[VALUE].gradient ? in[VALUE].gradient : room_v;
  w.dk = key && key->gradient ? key->gradient : room_k;
  rnn_try(rnn_attend_backward(&w));
  add_scales(a, call, &w);
  for (int64_t i = 0; key == NULL && in[VALUE].gradient && i < rnn_size(&in[VALUE].shape); i++)
    in[VALUE].gradient[i] += w.dk[i];
  return RNN_OK;
}

const rnn_layer_type rnn_attention = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Attention"),
             .doc = "Attention: softmax(scores of query and key) · value, called on {query, value} or {query, value, "
                    "key}.\n(batch, Tq, d), (batch, Tv, e), (batch, Tv, d) -> (batch, Tq, e), and weights (batch, Tq, "
                    "Tv) if asked for; a key that isn't given is the value. Masked values are not seen, masked "
                    "queries give zeros. Luong et al. 2015.",
             RNN_ARGUMENTS(args, attention),
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
