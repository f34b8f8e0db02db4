/*
** update.c - one optimizer step: clip, decay, update, average, constrain, in Keras' order
** (keras/src/optimizers/base_optimizer.py)
*/
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/common.h"
#include "core/component.h"
#include "core/context.h"
#include "core/denormals.h"
#include "model/averages.h"
#include "model/slices.h"

static void scale(float *x, int64_t n, float factor) {
  for (int64_t i = 0; i < n; i++) x[i] *= factor;
}

static unsigned optimizer_flags(const rnn_variables *v) {
  return ((const rnn_optimizer_type *)v->optimizer->type)->flags;
}

/* how many variables from `first` on go to the optimizer together, as their weights lie side by side, slots too, and
** their size */
static int stretch(const rnn_variables *v, int first, int64_t *size) {
  int next = first + 1;
  *size = v->items[first].size;
  if (optimizer_flags(v) & RNN_OPTIMIZER_BY_VARIABLE || v->items[first].slices) return 1;
  while (next < v->count && !v->items[next].slices && v->items[next].weights == v->items[first].weights + *size &&
         v->items[next].offset == v->items[first].offset + *size)
    *size += v->items[next++].size;
  return next - first;
}

/* gives the update what the optimizer asks for of slices, unless they were added up before by global_clipnorm */
static void add_slices(rnn_update *update, const rnn_slices *slices, unsigned flags, const rnn_optimizer_common *o) {
  if (slices == NULL || !isnan(o->global_clipnorm)) return;
  if (flags & RNN_OPTIMIZER_SQUARES) update->squares = slices->squares;
  if (flags & RNN_OPTIMIZER_MAGNITUDES) update->magnitudes = slices->magnitudes;
}

static rnn_status update_stretch(rnn_context *cx, rnn_variables *v, int first, int64_t size,
                                 float rate) {
  const rnn_optimizer_type *type = (const rnn_optimizer_type *)v->optimizer->type;
  const rnn_optimizer_common *o = v->optimizer->self;
  const rnn_variable *item = &v->items[first];
  float *slots[RNN_MAX_SLOTS + 2]; /* of the optimizer itself, and the host's */
  for (int s = 0; s < v->slot_count; s++) slots[s] = v->slots + s * v->total + item->offset;
  if (!isnan(o->weight_decay) && o->weight_decay != 0)
    scale(item->weights, size, 1 - (float)o->weight_decay * rate);
  rnn_update update = {.size = sizeof update,
                       .count = size,
                       .weights = item->weights,
                       .gradients = v->gradients + item->offset,
                       .slots = slots,
                       .step = rnn_variables_steps(v) + 1,
                       .learning_rate = rate};
  if (type->flags & RNN_OPTIMIZER_BY_VARIABLE) update.shape = &item->shape;
  add_slices(&update, item->slices, type->flags, o);
  return rnn_ask(cx, type->update(cx, v->optimizer->self, &update));
}

static rnn_status constrain(rnn_context *cx, const rnn_variables *v) {
  for (int i = 0; i < v->count; i++) {
    const rnn_variable *item = &v->items[i];
    if (item->constraint == NULL) continue;
    const rnn_constraint_type *type = (const rnn_constraint_type *)item->constraint->type;
    rnn_try(rnn_ask(cx, type->apply(cx, item->constraint->self, &item->shape, item->weights)));
  }
  return RNN_OK;
}

static rnn_status learning_rate(rnn_context *cx, const rnn_variables *v, float *out) {
  const rnn_rate *given = &((const rnn_optimizer_common *)v->optimizer->self)->learning_rate;
  double rate = given->value;
  if (given->schedule) {
    const rnn_schedule_type *type = (const rnn_schedule_type *)given->schedule->type;
    rnn_try(rnn_ask(cx, type->rate(cx, given->schedule->self, v->iterations, &rate)));
  }
  *out = (float)rate;
  return RNN_OK;
}

/* ---- a step that fails has changed nothing -------------------------------------------------------------- */

/* whether the optimizer or a constraint is a script's, which may fail at any time */
static bool may_fail(const rnn_variables *v) {
  bool found = optimizer_flags(v) & RNN_OPTIMIZER_MAIN_THREAD;
  for (int i = 0; i < v->count && !found; i++) {
    const rnn_component *constraint = v->items[i].constraint;
    found = constraint && rnn_component_calls_lua(constraint);
  }
  return found;
}

/* copies weights and slots to the backup, made at the first use, or back */
static void copy_state(rnn_variables *v, bool back) {
  size_t slots = sizeof(float) * (size_t)(v->slot_count * v->total);
  float *kept = v->backup + v->total;
  memcpy(back ? v->slots : kept, back ? kept : v->slots, slots);
  for (int i = 0; i < v->count; i++) {
    float *at = v->backup + v->items[i].offset, *weights = v->items[i].weights;
    memcpy(back ? weights : at, back ? at : weights, sizeof(float) * (size_t)v->items[i].size);
  }
}

static rnn_status back_up(rnn_context *cx, rnn_variables *v) {
  size_t bytes = sizeof(float) * (size_t)((v->slot_count + 1) * v->total);
  if (v->backup == NULL) v->backup = rnn_malloc_aligned(bytes);
  if (v->backup == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory for the optimizer");
  copy_state(v, false);
  return RNN_OK;
}

static rnn_status update_all(rnn_context *cx, rnn_variables *v) {
  float rate;
  int64_t size;
  rnn_try(learning_rate(cx, v, &rate));
  rnn_clip_gradients(v);
  for (int i = 0, n; i < v->count; i += n) {
    n = stretch(v, i, &size);
    rnn_try(update_stretch(cx, v, i, size, rate));
  }
  return RNN_OK;
}

static rnn_status step(rnn_context *cx, rnn_variables *v) {
  if (rnn_gradients_are_due(v)) rnn_try(update_all(cx, v));
  rnn_average_weights(v);
  return constrain(cx, v);
}

rnn_status rnn_variables_update(rnn_context *cx, rnn_variables *v) {
  bool guarded = may_fail(v);
  RNN_WITHOUT_DENORMALS;
  if (guarded) rnn_try(back_up(cx, v));
  rnn_status status = step(cx, v);
  if (status == RNN_OK) v->iterations++;
  if (status != RNN_OK && guarded) copy_state(v, true);
  return status;
}
