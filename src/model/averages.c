/* averages.c - moving averages of weights, and gradients accumulated over batches */
#include "model/averages.h"

#include <string.h>

#include "core/common.h"

static const rnn_optimizer_extras *extras_of(const rnn_variables *v) {
  return rnn_optimizer_extras_of(v->optimizer);
}

int64_t rnn_variables_steps(const rnn_variables *v) {
  int64_t batches = extras_of(v)->gradient_accumulation_steps;
  return batches == RNN_NIL_INTEGER ? v->iterations : v->iterations / batches;
}

/* ---- gradients ----------------------------------------------------------------------------------- */

bool rnn_gradients_are_due(rnn_variables *v) {
  if (v->accumulator_slot < 0) return true;
  int64_t batches = extras_of(v)->gradient_accumulation_steps;
  bool due = (v->iterations + 1) % batches == 0;
  float *sum = v->slots + v->accumulator_slot * v->total;
  for (int64_t i = 0; i < v->total; i++) {
    float g = sum[i] + v->gradients[i];
    sum[i] = due ? 0 : g;
    if (due) v->gradients[i] = g / (float)batches;
  }
  return due;
}

/* ---- weights ---------------------------------------------------------------------------------------- */

static const rnn_variable *all_of(const rnn_variables *v, int *count) {
  *count = v->all ? v->all_count : v->count;
  return v->all ? v->all : v->items;
}

void rnn_variables_average(rnn_variables *v, rnn_averaging how) {
  int count;
  const rnn_variable *items = all_of(v, &count);
  if (v->average_slot < 0 || v->slots == NULL || v->iterations == 0) return;
  for (int i = 0; i < count; i++) {
    float *average = v->slots + v->average_slot * v->total + items[i].offset;
    for (int64_t k = 0; k < items[i].size; k++) {
      float weight = items[i].weights[k];
      if (how != RNN_SET_AVERAGE) items[i].weights[k] = average[k];
      if (how != RNN_TAKE_AVERAGE) average[k] = weight;
    }
  }
}

/* In the first step there is no average yet: it becomes the weights. */
static void move(const rnn_variables *v, float momentum) {
  int count;
  const rnn_variable *items = all_of(v, &count);
  for (int i = 0; i < count; i++) {
    const float *weights = items[i].weights;
    float *average = v->slots + v->average_slot * v->total + items[i].offset;
    for (int64_t k = 0; k < items[i].size; k++)
      average[k] = momentum == 0 ? weights[k] : momentum * average[k] + (1 - momentum) * weights[k];
  }
}

static void overwrite(const rnn_variables *v) {
  int count;
  const rnn_variable *items = all_of(v, &count);
  for (int i = 0; i < count; i++)
    memcpy(items[i].weights, v->slots + v->average_slot * v->total + items[i].offset,
           sizeof(float) * (size_t)items[i].size);
}

void rnn_average_weights(rnn_variables *v) {
  const rnn_optimizer_extras *extras = extras_of(v);
  int64_t steps = rnn_variables_steps(v), every = extras->ema_overwrite_frequency;
  if (v->average_slot < 0) return;
  move(v, steps == 0 ? 0 : (float)extras->ema_momentum);
  if (every != RNN_NIL_INTEGER && (steps + 1) % every == 0) overwrite(v);
}
