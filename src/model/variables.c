/* variables.c - the trained weights of a model, and where their gradients lie */
#include "model/variables.h"

#include <string.h>

#include "core/alloc.h"
#include "core/common.h"
#include "core/component.h"
#include "core/context.h"
#include "model/slices.h"

/* ---- making ------------------------------------------------------------------------------------ */

static int count_trained(const rnn_graph *g) {
  int count = 0;
  for (int l = 0; l < g->layer_count; l++) {
    const rnn_layer *layer = g->layers[l];
    for (int i = 0; i < layer->weight_count; i++) count += rnn_is_trained(layer, &layer->weights[i]);
  }
  return count;
}

static void list_trained(rnn_variables *v, const rnn_graph *g) {
  for (int l = 0; l < g->layer_count; l++) {
    const rnn_layer *layer = g->layers[l];
    for (int i = 0; i < layer->weight_count; i++) {
      const rnn_weight *weight = &layer->weights[i];
      if (!rnn_is_trained(layer, weight)) continue;
      v->items[v->count++] = (rnn_variable){.layer = layer,
                                            .index = i,
                                            .shape = weight->shape,
                                            .regularizer = weight->regularizer,
                                            .constraint = weight->constraint,
                                            .size = rnn_size(&weight->shape),
                                            .weights = rnn_weight_data(weight),
                                            .offset = v->total};
      v->total += rnn_size(&weight->shape);
    }
  }
}

static void start_slots(rnn_variables *v) {
  const rnn_optimizer_type *type = (const rnn_optimizer_type *)v->optimizer->type;
  int own = v->slot_count - (v->average_slot >= 0) - (v->accumulator_slot >= 0);
  for (int slot = 0; type->slot_start && slot < own; slot++) {
    float start = type->slot_start(v->optimizer->self, slot);
    for (int64_t i = 0; i < v->total; i++) v->slots[slot * v->total + i] = start;
  }
}

/* an empty list with room for `count` items */
static rnn_status make_room(rnn_context *cx, rnn_variables *v, int count, const rnn_component *optimizer) {
  const rnn_optimizer_type *type = (const rnn_optimizer_type *)optimizer->type;
  *v = (rnn_variables){0};
  int slot_count = type->slot_count ? type->slot_count(optimizer->self) : 0;
  if (slot_count > RNN_MAX_SLOTS)
    return rnn_fail(cx, RNN_INVALID, "%s: wants %d slots, at most %d allowed", optimizer->type->name,
                    slot_count, RNN_MAX_SLOTS);
  v->items = rnn_malloc(sizeof *v->items * (size_t)count);
  if (v->items == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory");
  const rnn_optimizer_extras *extras = rnn_optimizer_extras_of(optimizer);
  v->average_slot = extras->use_ema ? slot_count++ : -1;
  v->accumulator_slot = extras->gradient_accumulation_steps != RNN_NIL_INTEGER ? slot_count++ : -1;
  v->slot_count = slot_count;
  rnn_component_retain(v->optimizer = optimizer);
  return RNN_OK;
}

rnn_status rnn_variables_make(rnn_context *cx, rnn_variables *v, const rnn_graph *g,
                              const rnn_component *optimizer) {
  rnn_try(make_room(cx, v, count_trained(g), optimizer));
  list_trained(v, g);
  return RNN_OK;
}

rnn_status rnn_variables_make_of(rnn_context *cx, rnn_variables *v, int count, const rnn_variable *items,
                                 const rnn_component *optimizer) {
  rnn_try(make_room(cx, v, count, optimizer));
  for (int i = 0; i < count; i++) {
    v->items[i] = items[i];
    v->items[i].offset = v->total;
    v->total += items[i].size;
  }
  v->count = count;
  return RNN_OK;
}

rnn_status rnn_variables_start(rnn_context *cx, rnn_variables *v) {
  if (v->gradients) return RNN_OK;
  rnn_try(rnn_slices_start(cx, v));
  float *gradients = rnn_malloc_aligned(sizeof(float) * (size_t)v->total);
  float *slots = rnn_malloc_aligned(sizeof(float) * (size_t)(v->slot_count * v->total));
  if (gradients == NULL || slots == NULL) {
    rnn_slices_clear(v);
    rnn_free_aligned(gradients);
    rnn_free_aligned(slots);
    return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory for the optimizer");
  }
  v->gradients = gradients;
  v->slots = slots;
  start_slots(v);
  return RNN_OK;
}

void rnn_variables_clear(rnn_variables *v) {
  rnn_slices_clear(v);
  rnn_free(v->items);
  rnn_free_aligned(v->gradients);
  rnn_free_aligned(v->slots);
  rnn_free_aligned(v->backup);
  rnn_component_release(v->optimizer);
  *v = (rnn_variables){0};
}

void rnn_variables_zero(const rnn_variables *v) {
  memset(v->gradients, 0, sizeof(float) * (size_t)v->total);
  if (v->slice_count > 0) memset(v->slice_numbers, 0, sizeof(float) * (size_t)v->slice_count);
}

float *rnn_variables_gradient(const rnn_variables *v, const rnn_layer *layer, int weight, const rnn_slices **slices) {
  for (int i = 0; i < v->count; i++) {
    const rnn_variable *item = &v->items[i];
    if (item->layer != layer || item->index != weight) continue;
    *slices = item->slices;
    return v->gradients + item->offset;
  }
  *slices = NULL;
  return NULL;
}

rnn_status rnn_variables_penalty(rnn_context *cx, const rnn_variables *v, bool gradients,
                                 double *penalty) {
  for (int i = 0; i < v->count; i++) {
    const rnn_variable *item = &v->items[i];
    if (item->regularizer == NULL) continue;
    const rnn_regularizer_type *type = (const rnn_regularizer_type *)item->regularizer->type;
    rnn_try(rnn_ask(cx, type->apply(cx, item->regularizer->self, &item->shape, item->weights, 1, penalty,
                        gradients ? v->gradients + item->offset : NULL)));
  }
  return RNN_OK;
}
