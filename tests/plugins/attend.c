/*
** attend.c - the twin in C of the attention layer in scripts/attention.lua: two inputs, the question
** (batch, asked) and the pairs (batch, time, features), a mask on the second, two weights.
**
**   q = question Q, k = pairs K, p = softmax(k q / sqrt(units)) over the timesteps that the mask lets through, y = p pairs
*/
#undef RNN_BUILTIN
#include "rnnlua.h"

#include <math.h>
#include <string.h>

typedef struct attend {
  int64_t units;
} attend;

static const rnn_arg args[] = {
    {"units", RNN_ARG_INTEGER, offsetof(attend, units), NULL, "[1, inf)", 0, "size of the projections"}};

typedef struct extents {
  int64_t batch, time, asked, features, units;
  float *q, *k, *p; /* in saved: (batch, units), (batch, time, units), (batch, time) */
} extents;

static extents extents_of(const attend *a, const rnn_call *call) {
  const rnn_shape *question = &call->inputs[0].shape, *pairs = &call->inputs[1].shape;
  extents e = {question->dim[0], pairs->dim[1], question->dim[1], pairs->dim[2], a->units, NULL, NULL, NULL};
  e.q = call->saved;
  e.k = e.q + e.batch * e.units;
  e.p = e.k + e.batch * e.time * e.units;
  return e;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  if (inputs[0].ndim != 2 || inputs[1].ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "expected 2 and 3 axes, got %d and %d", inputs[0].ndim, inputs[1].ndim);
  *outputs = (rnn_shape){2, {inputs[0].dim[0], inputs[1].dim[2]}};
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  const attend *a = self;
  /* tests set the weights: zeros will do until then */
  rnn_try(rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "query", .shape = {2, {inputs[0].dim[1], a->units}}}));
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){.name = "key", .shape = {2, {inputs[1].dim[2], a->units}}});
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  extents e = extents_of(self, call);
  call->saved_size = e.batch * (e.units + e.time * e.units + e.time);
  call->scratch_size = e.batch * (e.units + e.time * e.units);
  return RNN_OK;
}

static float dot(int64_t n, const float *a, const float *b) {
  float sum = 0;
  for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* to += factor * from */
static void add(int64_t n, float factor, const float *from, float *to) {
  for (int64_t i = 0; i < n; i++) to[i] += factor * from[i];
}

/* p of one sample */
static void weigh(const extents *e, int64_t b, const uint8_t *mask) {
  float *p = e->p + b * e->time, most = -INFINITY, sum = 0, scale = sqrtf((float)e->units);
  for (int64_t t = 0; t < e->time; t++) {
    p[t] = dot(e->units, e->q + b * e->units, e->k + (b * e->time + t) * e->units) / scale;
    if (mask && !mask[b * e->time + t]) p[t] = -1e9f;
    if (p[t] > most) most = p[t];
  }
  for (int64_t t = 0; t < e->time; t++) sum += p[t] = expf(p[t] - most);
  for (int64_t t = 0; t < e->time; t++) p[t] /= sum;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  extents e = extents_of(self, call);
  const float *pairs = call->inputs[1].data;
  float *y = call->outputs->data;
  rnn_try(rnn_sgemm(cx, false, false, e.batch, e.units, e.asked, call->inputs[0].data, e.asked, call->weights[0],
                    e.units, 0, e.q, e.units));
  rnn_try(rnn_sgemm(cx, false, false, e.batch * e.time, e.units, e.features, pairs, e.features, call->weights[1],
                    e.units, 0, e.k, e.units));
  memset(y, 0, sizeof(float) * (size_t)(e.batch * e.features));
  for (int64_t b = 0; b < e.batch; b++) {
    weigh(&e, b, call->inputs[1].mask);
    for (int64_t t = 0; t < e.time; t++)
      add(e.features, e.p[b * e.time + t], pairs + (b * e.time + t) * e.features, y + b * e.features);
  }
  return RNN_OK;
}

/* dq and dk of one sample from dy, through the softmax */
static void differentiate(const extents *e, const rnn_call *call, int64_t b, float *dq, float *dk) {
  const float *pairs = call->inputs[1].data + b * e->time * e->features, *p = e->p + b * e->time;
  const float *dy = call->outputs->gradient + b * e->features;
  float mean = 0, scale = sqrtf((float)e->units);
  for (int64_t t = 0; t < e->time; t++) mean += p[t] * dot(e->features, dy, pairs + t * e->features);
  for (int64_t t = 0; t < e->time; t++) {
    float slope = p[t] * (dot(e->features, dy, pairs + t * e->features) - mean) / scale;
    add(e->units, slope, e->k + (b * e->time + t) * e->units, dq + b * e->units);
    add(e->units, slope, e->q + b * e->units, dk + (b * e->time + t) * e->units);
  }
}

static void pairs_gradient(const extents *e, const rnn_call *call, float *dx) {
  for (int64_t b = 0; b < e->batch; b++)
    for (int64_t t = 0; t < e->time; t++)
      add(e->features, e->p[b * e->time + t], call->outputs->gradient + b * e->features,
          dx + (b * e->time + t) * e->features);
}

/* dw += x^T dz, and dx = dz w^T unless it is not wanted */
static rnn_status project_back(rnn_context *cx, const extents *e, const rnn_call *call, int i, int64_t rows,
                               int64_t columns, const float *dz) {
  const rnn_port *in = &call->inputs[i];
  if (call->weight_gradients[i])
    rnn_try(rnn_sgemm(cx, true, false, columns, e->units, rows, in->data, columns, dz, e->units, 1,
                      call->weight_gradients[i], e->units));
  if (in->gradient == NULL) return RNN_OK;
  return rnn_sgemm(cx, false, true, rows, columns, e->units, dz, e->units, call->weights[i], e->units, 0, in->gradient,
                   columns);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  extents e = extents_of(self, call);
  float *dq = call->scratch, *dk = dq + e.batch * e.units;
  memset(dq, 0, sizeof(float) * (size_t)(e.batch * e.units * (1 + e.time)));
  for (int64_t b = 0; b < e.batch; b++) differentiate(&e, call, b, dq, dk);
  rnn_try(project_back(cx, &e, call, 0, e.batch, e.asked, dq));
  rnn_try(project_back(cx, &e, call, 1, e.batch * e.time, e.features, dk));
  if (call->inputs[1].gradient) pairs_gradient(&e, call, call->inputs[1].gradient);
  return RNN_OK;
}

static const rnn_layer_type attend_type = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "AttendInC"), .doc = "attention of a question over a sequence",
             RNN_ARGUMENTS(args, attend), .positional = 1},
    .flags = RNN_LAYER_TAKES_MASK,
    .max_inputs = 2,
    .min_inputs = 2,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = forward,
    .backward = backward};

static const rnn_type *const types[] = {&attend_type.type};
RNN_PLUGIN(attend, "1.0", "the twin of scripts/attention.lua's layer, for tests", types)
