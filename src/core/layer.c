/* layer.c - layers as the host keeps them */
#include "core/layer.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/component.h"
#include "core/component_list.h"
#include "core/context.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/states.h"
#include "core/weights.h"

/* ---- life ------------------------------------------------------------------------------------ */

/* the declared `seed` of a component, or the first of a layer that it wraps; RNN_NIL_INTEGER: none is set */
static int64_t seed_of(const rnn_component *component) {
  const rnn_type *type = component->type;
  int own = rnn_arg_index(type, "seed");
  int64_t seed = RNN_NIL_INTEGER;
  if (own >= 0 && type->args[own].type == RNN_ARG_INTEGER) seed = *(const int64_t *)rnn_field(component, own);
  for (int i = 0; i < type->arg_count && seed == RNN_NIL_INTEGER; i++) {
    if (type->args[i].kind != RNN_LAYER) continue;
    rnn_components inner = rnn_held(component, i);
    for (int64_t k = 0; k < inner.count && seed == RNN_NIL_INTEGER; k++) seed = seed_of(inner.items[k]);
  }
  return seed;
}

/* A layer with a seed draws the same numbers in every run. */
static uint64_t stream_of(const rnn_component *component) {
  int64_t seed = seed_of(component);
  return seed == RNN_NIL_INTEGER ? rnn_next_key() : rnn_mix_key(0, (uint64_t)seed);
}

/* whether a layer has states and is told to keep them, itself or a layer that it wraps */
static bool is_stateful(const rnn_component *component) {
  const rnn_type *type = component->type;
  if (((const rnn_layer_type *)type)->states == NULL) return false;
  for (int i = 0; i < type->arg_count; i++) {
    const rnn_arg *arg = &type->args[i];
    const void *field = rnn_field(component, i);
    if (arg->type == RNN_ARG_BOOLEAN && strcmp(arg->name, "stateful") == 0 && *(const bool *)field) return true;
    if (arg->kind != RNN_LAYER) continue;
    rnn_components inner = rnn_held(component, i);
    for (int64_t k = 0; k < inner.count; k++)
      if (is_stateful(inner.items[k])) return true;
  }
  return false;
}

rnn_layer *rnn_layer_new(rnn_context *cx, rnn_component *component, const char *name) {
  rnn_layer *layer = rnn_malloc(sizeof *layer);
  if (layer == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", component->type->name);
    return NULL;
  }
  *layer = (rnn_layer){.references = 1, .component = component, .trainable = true};
  if (name) {
    snprintf(layer->name, sizeof layer->name, "%s", name);
  } else {
    char base[64];
    rnn_snake_case(component->type->name, base, sizeof base);
    rnn_unique_name(base, layer->name, sizeof layer->name);
  }
  layer->key = stream_of(component);
  layer->stateful = is_stateful(component);
  rnn_component_retain(component);
  return layer;
}

void rnn_layer_retain(rnn_layer *layer) { layer->references++; }

void rnn_layer_release(rnn_layer *layer) {
  if (layer == NULL || --layer->references > 0) return;
  rnn_drop_weights(layer);
  rnn_states_free(layer);
  if (layer->forget) layer->forget(layer->kept);
  rnn_component_release(layer->component);
  rnn_free(layer);
}

rnn_status rnn_layer_named(rnn_context *cx, const rnn_layer *layer, rnn_status status) {
  if (status == RNN_OK || status == RNN_INTERRUPTED) return status;
  char message[900];
  snprintf(message, sizeof message, "%s", rnn_message(cx));
  if (layer->component->type->kind == RNN_FUNCTION) return rnn_fail(cx, status, "%s: %s", layer->name, message);
  return rnn_fail(cx, status, "%s (%s): %s", layer->name, layer->component->type->name, message);
}

/* ---- shapes and weights -------------------------------------------------------------------------- */

static bool any_unknown(int count, const rnn_shape *shapes) {
  for (int i = 0; i < count; i++)
    for (int d = 0; d < shapes[i].ndim; d++)
      if (shapes[i].dim[d] == RNN_UNKNOWN) return true;
  return false;
}

/* Whether what a layer's shapes() gave can be the shapes of tensors: known where the inputs' are. */
static rnn_status check_outputs(rnn_context *cx, bool known, int count, const rnn_shape *outputs) {
  char got[RNN_SHAPE_TEXT];
  if (count < 1 || count > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "its shapes() gave %d outputs; 1 to %d are possible", count, RNN_MAX_PORTS);
  for (int i = 0; i < count; i++) {
    if (outputs[i].ndim < 0 || outputs[i].ndim > RNN_MAX_DIMS)
      return rnn_fail(cx, RNN_INVALID, "its shapes() gave output %d %d axes; 0 to %d are possible", i + 1,
                      outputs[i].ndim, RNN_MAX_DIMS);
    for (int d = 0; d < outputs[i].ndim; d++)
      if (outputs[i].dim[d] < (known ? 0 : RNN_UNKNOWN))
        return rnn_fail(cx, RNN_INVALID, "its shapes() gave output %d the shape %s for inputs of known shapes", i + 1,
                        rnn_shape_text(got, outputs[i].ndim, outputs[i].dim));
  }
  return RNN_OK;
}

rnn_status rnn_layer_shapes(rnn_context *cx, const rnn_layer *layer, int input_count,
                            const rnn_shape *inputs, int *output_count, rnn_shape *outputs) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  int most = type->max_inputs > 0 ? type->max_inputs : 1;
  int least = type->min_inputs > 0 ? type->min_inputs : 1;
  if (input_count < least || input_count > most)
    return rnn_layer_named(cx, layer, rnn_fail(cx, RNN_INVALID, "expected at %s %d input%s, got %d",
                                               input_count < least ? "least" : "most",
                                               input_count < least ? least : most,
                                               (input_count < least ? least : most) == 1 ? "" : "s",
                                               input_count));
  *output_count = 1;
  rnn_shape given[RNN_MAX_PORTS] = {0}; /* the caller has room for as many outputs as it expects */
  rnn_status status = rnn_ask(cx, type->shapes(cx, layer->component->self, input_count, inputs, output_count, given));
  if (status == RNN_OK)
    status = check_outputs(cx, !any_unknown(input_count, inputs), *output_count, given);
  for (int i = 0; status == RNN_OK && i < *output_count; i++) outputs[i] = given[i];
  return rnn_layer_named(cx, layer, status);
}

/* the shape as a layer remembers it */
static rnn_shape any_batch(rnn_shape shape) {
  if (shape.ndim > 0) shape.dim[0] = RNN_UNKNOWN;
  return shape;
}

/* Whether the layer would build the weights it has for these inputs too. */
static rnn_status would_build_the_same(rnn_context *cx, const rnn_layer *layer, int input_count,
                                       const rnn_shape *inputs, bool *same) {
  rnn_layer other = {.component = layer->component};
  rnn_status status =
      rnn_ask(cx, rnn_layer_vtable(layer)->build(cx, layer->component->self, &other, input_count, inputs));
  *same = other.weight_count == layer->weight_count;
  for (int i = 0; *same && i < layer->weight_count; i++) {
    const rnn_shape *a = &layer->weights[i].shape, *b = &other.weights[i].shape;
    *same = a->ndim == b->ndim && memcmp(a->dim, b->dim, sizeof *a->dim * (size_t)a->ndim) == 0;
  }
  rnn_free(other.weights);
  return rnn_layer_named(cx, layer, status);
}

/* inputs that may be left out, as states, say nothing about the weights */
static bool same_columns(const rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  int common = input_count < layer->input_count ? input_count : layer->input_count;
  for (int i = 0; i < common; i++)
    if (rnn_columns(&inputs[i]) != rnn_columns(&layer->inputs[i])) return false;
  return true;
}

static bool same_but_batch(const rnn_shape *a, const rnn_shape *b) {
  if (a->ndim != b->ndim) return false;
  for (int axis = 1; axis < a->ndim; axis++)
    if (a->dim[axis] != b->dim[axis]) return false;
  return true;
}

/* whether but for the batch these are the inputs that the layer was built for */
static bool same_inputs(const rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  if (input_count != layer->input_count) return false;
  for (int i = 0; i < input_count; i++)
    if (!same_but_batch(&inputs[i], &layer->inputs[i])) return false;
  return true;
}

/* The input that does not fit: the first with other columns, which weights mostly go by, else the first of another
** shape; -1: all that are common fit. */
static int odd_input(const rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  int common = input_count < layer->input_count ? input_count : layer->input_count, odd = -1;
  for (int i = common - 1; i >= 0; i--)
    if (!same_but_batch(&inputs[i], &layer->inputs[i])) odd = i;
  for (int i = common - 1; i >= 0; i--)
    if (rnn_columns(&inputs[i]) != rnn_columns(&layer->inputs[i])) odd = i;
  return odd;
}

static rnn_status refuse_inputs(rnn_context *cx, const rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  char built[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT], which[32] = "";
  int odd = odd_input(layer, input_count, inputs);
  if (odd < 0)
    return rnn_fail(cx, RNN_INVALID, "was built for %d inputs, got %d", layer->input_count, input_count);
  if (odd > 0) snprintf(which, sizeof which, "input %d ", odd + 1);
  return rnn_fail(cx, RNN_INVALID, "%swas built for %s %s, got %s", which, odd > 0 ? "shape" : "inputs of shape",
                  rnn_shape_text(built, layer->inputs[odd].ndim, layer->inputs[odd].dim),
                  rnn_shape_text(got, inputs[odd].ndim, inputs[odd].dim));
}

static rnn_status check_weights_fit(rnn_context *cx, const rnn_layer *layer, int input_count,
                                    const rnn_shape *inputs) {
  bool same = true;
  if (layer->weight_count == 0 || same_inputs(layer, input_count, inputs)) return RNN_OK;
  if (rnn_layer_vtable(layer)->flags & RNN_LAYER_BUILDS_ANEW)
    rnn_try(would_build_the_same(cx, layer, input_count, inputs, &same));
  else
    same = same_columns(layer, input_count, inputs);
  if (same) return RNN_OK;
  return rnn_layer_named(cx, layer, refuse_inputs(cx, layer, input_count, inputs));
}

rnn_status rnn_layer_build(rnn_context *cx, rnn_layer *layer, int input_count,
                           const rnn_shape *inputs) {
  rnn_shape outputs[RNN_MAX_PORTS];
  int output_count;
  rnn_try(rnn_layer_shapes(cx, layer, input_count, inputs, &output_count, outputs));
  if (layer->built) return check_weights_fit(cx, layer, input_count, inputs);
  if (layer->building)
    return rnn_layer_named(cx, layer, rnn_fail(cx, RNN_INVALID, "is being built; an initializer cannot use it"));
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  rnn_status status = RNN_OK;
  layer->building = true;
  if (type->build) status = rnn_ask(cx, type->build(cx, layer->component->self, layer, input_count, inputs));
  if (status == RNN_OK) status = rnn_make_weights(cx, layer);
  layer->building = false;
  if (status != RNN_OK) {
    rnn_drop_weights(layer);
    return rnn_layer_named(cx, layer, status);
  }
  layer->input_count = input_count;
  layer->output_count = output_count;
  for (int i = 0; i < input_count; i++) layer->inputs[i] = any_batch(inputs[i]);
  for (int i = 0; i < output_count; i++) layer->outputs[i] = any_batch(outputs[i]);
  layer->built = true;
  return RNN_OK;
}

void rnn_layer_unbuild(rnn_layer *layer) {
  rnn_drop_weights(layer);
  rnn_states_free(layer);
  layer->input_count = layer->output_count = 0;
  layer->built = false;
}

const rnn_component *rnn_layer_activity_regularizer(const rnn_layer *layer) {
  if (rnn_layer_vtable(layer)->flags & RNN_LAYER_UNPENALIZED) return NULL;
  return rnn_component_argument(layer->component, "activity_regularizer");
}

int64_t rnn_layer_count_params(const rnn_layer *layer, bool trainable_only) {
  int64_t total = 0;
  for (int i = 0; i < layer->weight_count; i++)
    if (!trainable_only || rnn_is_trained(layer, &layer->weights[i]))
      total += rnn_size(&layer->weights[i].shape);
  return total;
}

uint64_t rnn_layer_draw(rnn_layer *layer) { return rnn_mix_key(layer->key, layer->draws++); }

/* ---- running ----------------------------------------------------------------------------------------- */

typedef rnn_status (*pass_function)(rnn_context *cx, const void *self, rnn_call *call);

static rnn_status run_pass(rnn_context *cx, const rnn_layer *layer, pass_function f, rnn_call *call) {
  bool before = rnn_parallel_hold(rnn_component_calls_lua(layer->component));
  rnn_status status = rnn_ask(cx, f(cx, layer->component->self, call));
  rnn_parallel_hold(before);
  return status == RNN_OK && cx->host->interrupted(cx) ? RNN_INTERRUPTED : status;
}

rnn_status rnn_layer_plan(rnn_context *cx, const rnn_layer *layer, rnn_call *call) {
  const int64_t most = INT64_MAX / 64; /* sums of a few, in bytes, do not overflow */
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (type->plan) rnn_try(rnn_ask(cx, type->plan(cx, layer->component->self, call)));
  if (call->saved_size < 0 || call->scratch_size < 0)
    return rnn_fail(cx, RNN_INVALID, "plan() set a size below 0: saved %lld, scratch %lld", (long long)call->saved_size,
                    (long long)call->scratch_size);
  if (call->saved_size > most || call->scratch_size > most)
    return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory: plan() set saved_size to %lld numbers, scratch_size to %lld",
                    (long long)call->saved_size, (long long)call->scratch_size);
  return RNN_OK;
}

rnn_status rnn_layer_forward(rnn_context *cx, const rnn_layer *layer, rnn_call *call) {
  call->frozen = !layer->trainable;
  call->penalty = 0;
  return run_pass(cx, layer, rnn_layer_vtable(layer)->forward, call);
}

rnn_status rnn_layer_backward(rnn_context *cx, const rnn_layer *layer, rnn_call *call) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (type->backward == NULL) /* of a plain function, where it is optional */
    return rnn_fail(cx, RNN_INVALID, "the function '%s' has no gradient: its plugin gives no backward", type->type.name);
  return run_pass(cx, layer, type->backward, call);
}

void rnn_forget_call(const rnn_layer *layer, rnn_call *call) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  if (type->forget && call->memory) type->forget(layer->component->self, call);
  call->memory = NULL;
}
