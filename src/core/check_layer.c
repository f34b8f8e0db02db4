/* check_layer.c - whether a layer, or a plain function, does what rnnlua.h says */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/check.h"
#include "core/component.h"
#include "core/context.h"
#include "core/slope.h"
#include "core/trial.h"

/* ---- shapes that it takes -------------------------------------------------------------------------------- */

static const rnn_shape likely[] = {{2, {3, 4}}, {3, {3, 4, 2}}, {4, {2, 6, 6, 3}}, {1, {4}}, {5, {2, 4, 4, 4, 2}}};
static const rnn_shape sequence = {3, {3, 4, 2}};

static bool takes(rnn_context *cx, const rnn_layer *layer, int count, const rnn_shape *inputs) {
  rnn_shape outputs[RNN_MAX_PORTS];
  int output_count;
  return rnn_layer_shapes(cx, layer, count, inputs, &output_count, outputs) == RNN_OK;
}

/* `count` inputs behind a first one of that shape: of the same, or of its states' shapes */
static bool fit_inputs(rnn_context *cx, const rnn_layer *layer, const rnn_shape *first, int count, rnn_shape *inputs) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  for (int i = 0; i < count; i++) inputs[i] = *first;
  if (takes(cx, layer, count, inputs)) return true;
  rnn_shape states[RNN_MAX_PORTS];
  int state_count = type->states && takes(cx, layer, 1, inputs) ? type->states(layer->component->self, first, states) : 0;
  if (state_count != count - 1) return false;
  for (int i = 0; i < state_count; i++) inputs[i + 1] = states[i];
  return takes(cx, layer, count, inputs);
}

static bool find_inputs(rnn_context *cx, const rnn_layer *layer, int count, rnn_shape *inputs) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  bool sequences = type->states || type->flags & RNN_LAYER_TAKES_MASK;
  if (sequences && fit_inputs(cx, layer, &sequence, count, inputs)) return true;
  for (size_t i = 0; i < sizeof likely / sizeof likely[0]; i++)
    if (fit_inputs(cx, layer, &likely[i], count, inputs)) return true;
  return false;
}

/* ---- one call, looked at from all sides --------------------------------------------------------------------- */

static rnn_status value_of(rnn_context *cx, void *owner, double *value) {
  rnn_trial *t = owner;
  rnn_try(rnn_trial_compute(cx, t));
  *value = rnn_trial_loss(t);
  return RNN_OK;
}

static rnn_status check_gradients(rnn_context *cx, rnn_trial *t) {
  rnn_slope slope = {value_of, t};
  char what[80];
  rnn_try(rnn_trial_forward(cx, t));
  rnn_try(rnn_trial_backward(cx, t, true, true));
  for (int i = 0; i < t->call.input_count && !t->options.indices; i++) { /* numbers of things have no slope */
    snprintf(what, sizeof what, "input %d", i + 1);
    rnn_try(rnn_compare_slopes(cx, &slope, rnn_size(&t->inputs[i].shape), t->inputs[i].data, t->inputs[i].gradient, what));
  }
  for (int i = 0; i < t->call.weight_count; i++) {
    int64_t size = rnn_size(&t->layer->weights[i].shape);
    snprintf(what, sizeof what, "weight '%s'", t->layer->weights[i].name);
    for (int64_t j = 0; t->weight_gradients[i] && j < size; j++) t->weight_gradients[i][j] -= 1; /* it was added to 1 */
    if (t->weight_gradients[i])
      rnn_try(rnn_compare_slopes(cx, &slope, size, t->weights[i], t->weight_gradients[i], what));
  }
  return RNN_OK;
}

static rnn_status same_outputs(rnn_context *cx, const rnn_trial *t, const rnn_trial *other, const char *what) {
  for (int i = 0; i < t->call.output_count; i++)
    if (memcmp(t->outputs[i].data, other->outputs[i].data, sizeof(float) * (size_t)rnn_size(&t->outputs[i].shape)) != 0)
      return rnn_fail(cx, RNN_INVALID, "output %d %s", i + 1, what);
  return RNN_OK;
}

/* the gradients of one side alone are those of both */
static rnn_status check_partial_gradients(rnn_context *cx, rnn_trial *t) {
  float first = 0, weight = 0;
  rnn_try(rnn_trial_forward(cx, t));
  rnn_try(rnn_trial_backward(cx, t, true, true));
  int trained = 0;
  while (trained < t->call.weight_count && !t->weight_gradients[trained]) trained++;
  bool has_weight = trained < t->call.weight_count && rnn_size(&t->layer->weights[trained].shape) > 0;
  first = t->inputs[0].gradient[0];
  if (has_weight) weight = t->weight_gradients[trained][0];
  rnn_try(rnn_trial_forward(cx, t));
  rnn_try(rnn_trial_backward(cx, t, true, false));
  if (t->inputs[0].gradient[0] != first)
    return rnn_fail(cx, RNN_INVALID, "the gradient of input 1 is another where weight_gradients are NULL");
  rnn_try(rnn_trial_forward(cx, t));
  rnn_try(rnn_trial_backward(cx, t, false, true));
  if (has_weight && t->weight_gradients[trained][0] != weight)
    return rnn_fail(cx, RNN_INVALID, "the gradient of weight '%s' is another where no input's is wanted",
                    t->layer->weights[trained].name);
  return RNN_OK;
}

/* a small step against the gradient: less loss */
static rnn_status check_descent(rnn_context *cx, rnn_trial *t) {
  rnn_try(rnn_trial_forward(cx, t));
  double before = rnn_trial_loss(t), square = 0, after;
  rnn_try(rnn_trial_backward(cx, t, true, true));
  for (int i = 0; i < t->call.weight_count; i++)
    for (int64_t j = 0; t->weight_gradients[i] && j < rnn_size(&t->layer->weights[i].shape); j++)
      square += pow(t->weight_gradients[i][j] - 1, 2);
  if (square < 1e-8) return RNN_OK;
  double rate = 0.01 / fmax(1, square);
  for (int i = 0; i < t->call.weight_count; i++)
    for (int64_t j = 0; t->weight_gradients[i] && j < rnn_size(&t->layer->weights[i].shape); j++)
      t->weights[i][j] -= (float)(rate * (t->weight_gradients[i][j] - 1));
  rnn_try(value_of(cx, t, &after));
  if (after < before + 1e-6 * fabs(before)) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "a training step makes the loss larger: %.7g, then %.7g", before, after);
}

static rnn_status check_mask_slot(rnn_context *cx, rnn_trial *t) {
  const rnn_shape *y = &t->outputs[0].shape;
  if (t->type->mask == NULL || y->ndim < 2) return RNN_OK;
  int64_t size = y->dim[0] * y->dim[1];
  float *numbers = rnn_yard_add(cx, &t->yard, (size + 3) / 4, "the mask of the output", -1);
  bool any = true;
  if (numbers == NULL) return RNN_NO_MEMORY;
  rnn_try(rnn_ask(cx, t->type->mask(cx, t->self, &t->call, (uint8_t *)numbers, &any)));
  rnn_try(rnn_yard_check(cx, &t->yard, "mask"));
  for (int64_t i = 0; any && i < size; i++)
    if (((uint8_t *)numbers)[i] > 1)
      return rnn_fail(cx, RNN_INVALID, "mask writes %d, or leaves number %lld unwritten; 0 and 1 are possible",
                      ((uint8_t *)numbers)[i], (long long)i + 1);
  return RNN_OK;
}

static rnn_status check_backward(rnn_context *cx, rnn_trial *t) {
  if (t->type->backward == NULL) return RNN_OK;
  rnn_try(check_gradients(cx, t));
  rnn_try(check_partial_gradients(cx, t));
  return check_descent(cx, t);
}

/* a call that is kept, once more the same, and one that is not */
static rnn_status check_call(rnn_context *cx, rnn_trial *t, rnn_trial *other, rnn_layer *layer, int count,
                             const rnn_shape *inputs, rnn_trial_options o) {
  o.keeps = true;
  rnn_try(rnn_trial_open(cx, t, layer, count, inputs, o));
  rnn_try(rnn_trial_forward(cx, t));
  rnn_try(check_mask_slot(cx, t));
  rnn_try(rnn_trial_open(cx, other, layer, count, inputs, o));
  for (int i = 0; i < count; i++)
    if (memcmp(t->inputs[i].data, other->inputs[i].data, sizeof(float) * (size_t)rnn_size(&inputs[i])) != 0)
      return rnn_fail(cx, RNN_INVALID, "forward changes input %d", i + 1);
  for (int i = 0; i < layer->weight_count; i++)
    if (t->weight_gradients[i] && memcmp(t->weights[i], other->weights[i],
                                         sizeof(float) * (size_t)rnn_size(&layer->weights[i].shape)) != 0)
      return rnn_fail(cx, RNN_INVALID, "forward changes weight '%s'", layer->weights[i].name);
  rnn_try(rnn_trial_forward(cx, other));
  rnn_try(same_outputs(cx, t, other, "is another in a second call on the same"));
  rnn_trial_close(other);
  o.keeps = false;
  rnn_try(rnn_trial_open(cx, other, layer, count, inputs, o));
  rnn_try(rnn_trial_forward(cx, other));
  rnn_try(same_outputs(cx, t, other, "is another where the call is not kept for backward (call->keeps)"));
  return check_backward(cx, t);
}

static rnn_status check_one_way(rnn_context *cx, rnn_layer *layer, int count, const rnn_shape *inputs,
                                rnn_trial_options o) {
  rnn_trial *both = rnn_malloc(2 * sizeof *both);
  if (both == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  memset(both, 0, 2 * sizeof *both);
  rnn_status status = check_call(cx, &both[0], &both[1], layer, count, inputs, o);
  rnn_trial_close(&both[0]);
  rnn_trial_close(&both[1]);
  rnn_free(both);
  return status;
}

/* puts "masked, training: " before the message */
static rnn_status told(rnn_context *cx, const char *way, rnn_status status) {
  char message[900];
  if (status == RNN_OK || *way == '\0') return status;
  snprintf(message, sizeof message, "%s", rnn_message(cx));
  return rnn_fail(cx, status, "%s: %s", way, message);
}

static rnn_status check_all_ways(rnn_context *cx, rnn_layer *layer, int count, const rnn_shape *inputs, bool indices) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  static const struct {
    rnn_trial_options options;
    const char *way;
  } ways[] = {{{.keeps = true}, ""},
              {{.training = true}, "while training"},
              {{.masked = true}, "under a mask"},
              {{.masked = true, .training = true}, "under a mask while training"},
              {{.sums = true}, "with wants_sums"}};
  bool function = type->type.kind == RNN_FUNCTION;
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    rnn_trial_options o = ways[i].options;
    if (o.masked && (!(type->flags & RNN_LAYER_TAKES_MASK) || inputs[0].ndim < 2)) continue;
    if (o.sums && !(type->flags & RNN_LAYER_GIVES_SUMS)) continue;
    if (o.training && function) continue;
    o.indices = indices;
    rnn_try(told(cx, ways[i].way, check_one_way(cx, layer, count, inputs, o)));
  }
  return RNN_OK;
}

/* ---- a new layer ------------------------------------------------------------------------------------------------ */

/* Whether forward takes numbers between -1 and 1, as those that look numbers up do not. */
static bool takes_numbers(rnn_context *cx, rnn_layer *layer, int count, const rnn_shape *inputs) {
  rnn_trial *t = rnn_malloc(sizeof *t);
  if (t == NULL) return true;
  rnn_status status = rnn_trial_open(cx, t, layer, count, inputs, (rnn_trial_options){.keeps = true});
  if (status == RNN_OK) status = rnn_trial_compute(cx, t);
  rnn_trial_close(t);
  rnn_free(t);
  return status == RNN_OK;
}

/* the same layer, made stateful if it can be: states are given and wanted then */
static rnn_status check_states(rnn_context *cx, const rnn_component *component, int count, const rnn_shape *inputs) {
  if (((const rnn_layer_type *)component->type)->states == NULL || rnn_arg_index(component->type, "stateful") < 0)
    return RNN_OK;
  const rnn_component *stateful = cx->host->copy(cx, component, "stateful", 1);
  if (stateful == NULL) return RNN_INVALID;
  rnn_layer *layer = rnn_layer_new(cx, (rnn_component *)stateful, "checked");
  rnn_status status = layer ? rnn_layer_build(cx, layer, count, inputs) : RNN_NO_MEMORY;
  if (status == RNN_OK)
    status = told(cx, "with states", check_one_way(cx, layer, count, inputs, (rnn_trial_options){.states = true}));
  rnn_layer_release(layer);
  cx->host->drop(stateful);
  return status;
}

static rnn_status check_count(rnn_context *cx, const rnn_component *component, int count, rnn_checked_shapes *used) {
  rnn_layer *layer = rnn_layer_new(cx, (rnn_component *)component, "checked");
  if (layer == NULL) return RNN_NO_MEMORY;
  used->input_count = count;
  rnn_status status = rnn_layer_build(cx, layer, count, used->inputs);
  used->indices = status == RNN_OK && !takes_numbers(cx, layer, count, used->inputs);
  if (status == RNN_OK) status = check_all_ways(cx, layer, count, used->inputs, used->indices);
  rnn_layer_release(layer);
  int least = ((const rnn_layer_type *)component->type)->min_inputs;
  if (status == RNN_OK && count == (least > 0 ? least : 1)) status = check_states(cx, component, count, used->inputs);
  return status;
}

rnn_status rnn_check_layer(rnn_context *cx, const rnn_component *component, rnn_checked_shapes *used) {
  rnn_layer *layer = rnn_layer_new(cx, (rnn_component *)component, "checked");
  if (layer == NULL) return RNN_NO_MEMORY;
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  int least = type->min_inputs > 0 ? type->min_inputs : 1, most = type->max_inputs > 0 ? type->max_inputs : 1;
  int checked = 0;
  rnn_status status = RNN_OK;
  if (most > 4) most = least > 4 ? least : 4;
  for (int count = most; count >= least && status == RNN_OK; count--) { /* the least comes last: `used` has it */
    if (!find_inputs(cx, layer, count, used->inputs)) continue;
    status = check_count(cx, component, count, used);
    checked++;
  }
  if (status == RNN_OK && checked > 0)
    status = rnn_layer_shapes(cx, layer, used->input_count, used->inputs, &used->output_count, used->outputs);
  char message[900];
  snprintf(message, sizeof message, "%s", rnn_message(cx)); /* of the shape refused last */
  rnn_layer_release(layer);
  if (checked > 0) return status;
  return rnn_fail(cx, RNN_INVALID, "no input tried was accepted, of 1 to 5 axes: %s", message);
}
