/*
** weights.c - a layer's weights, declared and made.
**
** While a layer's build runs, rnn_add_weight only writes down what is wanted; storage is made
** afterwards, as one block for all of the layer's weights, so that they lie side by side.
*/
#include "core/weights.h"

#include <stdio.h>

#include "core/alloc.h"
#include "core/context.h"
#include "core/random.h"

void rnn_drop_weights(rnn_layer *layer) {
  for (int i = 0; i < layer->weight_count; i++) rnn_block_release(layer->weights[i].block);
  rnn_free(layer->weights);
  layer->weights = NULL;
  layer->weight_count = 0;
}

/* A layer may be asked for weights before its inputs are known, and one that does not look asks for any. */
static rnn_status check_spec(rnn_context *cx, const rnn_weight_spec *spec) {
  int64_t size = sizeof(float);
  if (spec->name == NULL || spec->name[0] == '\0')
    return rnn_fail(cx, RNN_INVALID, "a weight must have a name, got %s", spec->name ? "''" : "NULL");
  if (spec->shape.ndim < 0 || spec->shape.ndim > RNN_MAX_DIMS)
    return rnn_fail(cx, RNN_INVALID, "weight '%.70s': must have 0 to %d axes, got %d", spec->name, RNN_MAX_DIMS,
                    spec->shape.ndim);
  for (int i = 0; i < spec->shape.ndim; i++) {
    if (spec->shape.dim[i] == RNN_UNKNOWN)
      return rnn_fail(cx, RNN_INVALID, "weight '%.70s': extent %d is not known; a weight's extents must be", spec->name,
                      i + 1);
    if (spec->shape.dim[i] < 0)
      return rnn_fail(cx, RNN_INVALID, "weight '%.70s': extent %d must be >= 0, got %lld", spec->name, i + 1,
                      (long long)spec->shape.dim[i]);
  }
  for (int i = 0; i < spec->shape.ndim; i++)
    if (__builtin_mul_overflow(size, spec->shape.dim[i], &size))
      return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory for weight '%.70s'", spec->name);
  return RNN_OK;
}

rnn_status rnn_layer_add_weight(rnn_context *cx, rnn_layer *layer, const rnn_weight_spec *spec) {
  rnn_try(check_spec(cx, spec));
  size_t bytes = sizeof(rnn_weight) * (size_t)(layer->weight_count + 1);
  rnn_weight *weights = rnn_realloc(layer->weights, bytes);
  if (weights == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  layer->weights = weights;
  rnn_weight *weight = &weights[layer->weight_count++];
  *weight = (rnn_weight){.shape = spec->shape,
                         .initializer = spec->initializer,
                         .regularizer = spec->regularizer,
                         .constraint = spec->constraint,
                         .fixed = spec->fixed};
  snprintf(weight->name, sizeof weight->name, "%s", spec->name);
  return RNN_OK;
}

static rnn_status initialise(rnn_context *cx, const rnn_weight *weight) {
  if (weight->initializer == NULL) return RNN_OK; /* a new block is zeroed */
  const rnn_initializer_type *type = (const rnn_initializer_type *)weight->initializer->type;
  return rnn_ask(cx, type->fill(cx, weight->initializer->self, &weight->shape, rnn_next_key(),
                    rnn_weight_data(weight)));
}

/* numbers of all weights, whose bytes can still be counted */
static rnn_status count_numbers(rnn_context *cx, const rnn_layer *layer, int64_t *total) {
  *total = 0;
  for (int i = 0; i < layer->weight_count; i++) {
    *total += rnn_size(&layer->weights[i].shape); /* of which each has at most INT64_MAX / 4 */
    if (*total > INT64_MAX / 8) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory for its weights");
  }
  return RNN_OK;
}

rnn_status rnn_make_weights(rnn_context *cx, rnn_layer *layer) {
  int64_t total;
  rnn_try(count_numbers(cx, layer, &total));
  rnn_block *block = rnn_block_new(cx, total);
  if (block == NULL) return RNN_NO_MEMORY;
  int64_t offset = 0;
  rnn_status status = RNN_OK;
  for (int i = 0; i < layer->weight_count; i++) {
    rnn_block_retain(layer->weights[i].block = block);
    layer->weights[i].offset = offset;
    offset += rnn_size(&layer->weights[i].shape);
  }
  for (int i = 0; i < layer->weight_count && status == RNN_OK; i++)
    status = initialise(cx, &layer->weights[i]);
  rnn_block_release(block);
  return status;
}
