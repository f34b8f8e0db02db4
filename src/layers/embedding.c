/*
** embedding.c - Embedding: a row of a table for each id (keras/src/layers/core/embedding.py).
**
** Ids are data and count from 0. They come as float32, which tells whole numbers apart up to 2^24. The table's gradient
** has a slice for each id looked up.
*/
#include <math.h>
#include <string.h>

#include "layers/layers.h"

typedef struct embedding {
  int64_t input_dim, output_dim;
  const rnn_component *embeddings_initializer, *embeddings_regularizer, *embeddings_constraint;
  bool mask_zero;
  int64_t input_length;
} embedding;

#define FIELD(NAME) offsetof(embedding, NAME)
static const rnn_arg args[] = {
    {"input_dim", RNN_ARG_INTEGER, FIELD(input_dim), NULL, "[1, 16777216]", 0,
     "number of different ids: they are 0 to input_dim - 1"},
    {"output_dim", RNN_ARG_INTEGER, FIELD(output_dim), NULL, "[1, 1e9]", 0, "size of an id's vector"},
    {"embeddings_initializer", RNN_ARG_COMPONENT, FIELD(embeddings_initializer), "uniform", NULL,
     RNN_INITIALIZER, "fills the table, (input_dim, output_dim)"},
    {"embeddings_regularizer", RNN_ARG_COMPONENT, FIELD(embeddings_regularizer), "nil", NULL,
     RNN_REGULARIZER, "penalty on the table"},
    {"embeddings_constraint", RNN_ARG_COMPONENT, FIELD(embeddings_constraint), "nil", NULL,
     RNN_CONSTRAINT, "projection of the table after each update"},
    {"mask_zero", RNN_ARG_BOOLEAN, FIELD(mask_zero), "false", NULL, 0,
     "whether id 0 is padding, to be skipped by the layers behind"},
    {"input_length", RNN_ARG_INTEGER, FIELD(input_length), "nil", "[1, 1e9]", 0,
     "taken, and of no effect, as in Keras 3: any number of ids will do"},
};

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  if (inputs->ndim < 1 || inputs->ndim >= RNN_MAX_DIMS)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, …) of 1 to %d axes, got %d", RNN_MAX_DIMS - 1,
                    inputs->ndim);
  *outputs = *inputs;
  outputs->dim[outputs->ndim++] = ((const embedding *)self)->output_dim;
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count,
                        const rnn_shape *inputs) {
  (void)input_count, (void)inputs;
  const embedding *e = self;
  return rnn_add_weight(cx, layer, &(rnn_weight_spec){
    .name = "embeddings",
    .shape = {2, {e->input_dim, e->output_dim}},
    .initializer = e->embeddings_initializer,
    .regularizer = e->embeddings_regularizer,
    .constraint = e->embeddings_constraint,
  });
}

/* fails for the i-th number of the input: "id 7 at position (2, 3) …", counted from 1 */
static rnn_status wrong_id(rnn_context *cx, const embedding *e, const rnn_shape *shape, float id,
                           int64_t i) {
  int64_t position[RNN_MAX_DIMS];
  char text[RNN_SHAPE_TEXT];
  for (int axis = shape->ndim - 1; axis >= 0; axis--) {
    position[axis] = i % shape->dim[axis] + 1;
    i /= shape->dim[axis];
  }
  cx->host->shape_text(text, shape->ndim, position);
  return rnn_fail(cx, RNN_INVALID, "ids must be whole numbers from 0 to %lld (input_dim - 1), got %.9g at "
                  "position %s", (long long)e->input_dim - 1, (double)id, text);
}

static rnn_status check_ids(rnn_context *cx, const embedding *e, const rnn_port *in) {
  int64_t n = rnn_size(&in->shape);
  float limit = (float)e->input_dim;
  for (int64_t i = 0; i < n; i++) {
    float id = in->data[i];
    if (!(id >= 0 && id < limit && (float)(int32_t)id == id)) return wrong_id(cx, e, &in->shape, id, i);
  }
  return RNN_OK;
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const embedding *e = self;
  const rnn_port *in = call->inputs;
  rnn_try(check_ids(cx, e, in));
  int64_t n = rnn_size(&in->shape), width = e->output_dim;
  const float *table = call->weights[0];
  for (int64_t i = 0; i < n; i++)
    memcpy(call->outputs->data + i * width, table + (int64_t)in->data[i] * width,
           sizeof(float) * (size_t)width);
  return RNN_OK;
}

/* adds one slice to the row of the table that begins at its number `at` */
static void add_slice(const rnn_slices *slices, int64_t width, const float *slice, int64_t at, float *table) {
  float most = slices->most;
  for (int64_t k = 0; k < width; k++) {
    float g = slice[k] > most ? most : slice[k] < -most ? -most : slice[k];
    table[at + k] += g;
    if (slices->squares) slices->squares[at + k] += g * g;
    if (slices->magnitudes) slices->magnitudes[at + k] += fabsf(g);
  }
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  static const rnn_slices whole = {.most = INFINITY};
  const rnn_port *in = call->inputs;
  const rnn_slices *slices = call->slices && call->slices[0] ? call->slices[0] : &whole;
  int64_t n = rnn_size(&in->shape), width = ((const embedding *)self)->output_dim;
  float *table = call->weight_gradients[0];
  for (int64_t i = 0; table && i < n; i++)
    add_slice(slices, width, call->outputs->gradient + i * width, (int64_t)in->data[i] * width, table);
  if (in->gradient) memset(in->gradient, 0, sizeof(float) * (size_t)n);
  return RNN_OK;
}

/* One byte an id of (batch, timesteps); ids of more axes leave no mask of that form. A mask that the ids come with, as
** fit's `lengths` makes it, goes on; Keras' Embedding drops it. */
static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                       bool *any) {
  (void)cx;
  const rnn_port *in = call->inputs;
  bool by_zero = ((const embedding *)self)->mask_zero;
  *any = (by_zero || in->mask) && in->shape.ndim == 2;
  int64_t n = *any ? rnn_size(&in->shape) : 0;
  for (int64_t i = 0; i < n; i++) mask[i] = !(by_zero && in->data[i] == 0) && (in->mask == NULL || in->mask[i]);
  return RNN_OK;
}

const rnn_layer_type rnn_embedding = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Embedding"),
             .doc = "Embedding: a learned vector for each id, from 0 to input_dim - 1.\n"
                    "(batch, …) -> (batch, …, output_dim); weight: embeddings (input_dim, output_dim). With "
                    "mask_zero ids (batch, timesteps) also give a mask: 0 is skipped.",
             RNN_ARGUMENTS(args, embedding),
             .positional = 2},
    .flags = RNN_LAYER_BUILDS_ANEW | RNN_LAYER_TAKES_MASK | RNN_LAYER_SLICES,
    .shapes = shapes,
    .build = build,
    .forward = forward,
    .backward = backward,
    .mask = mask,
};
