/* run.c - one call of a layer outside of any model, with memory of its own */
#include "core/run.h"

#include <string.h>

#include "core/alloc.h"
#include "core/context.h"
#include "core/denormals.h"
#include "core/states.h"

static rnn_status point_at_weights(rnn_context *cx, rnn_run *run) {
  const rnn_layer *layer = run->layer;
  size_t count = (size_t)layer->weight_count;
  run->weights = rnn_malloc(sizeof *run->weights * (count + 1));
  run->weight_gradients = rnn_malloc(sizeof *run->weight_gradients * (count + 1));
  run->fixed_weights = rnn_malloc(sizeof *run->fixed_weights * (count + 1));
  if (run->weights == NULL || run->weight_gradients == NULL || run->fixed_weights == NULL)
    return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  for (int i = 0; i < layer->weight_count; i++) {
    run->weights[i] = rnn_weight_data(&layer->weights[i]);
    run->weight_gradients[i] = NULL;
    run->fixed_weights[i] = layer->weights[i].fixed ? rnn_weight_data(&layer->weights[i]) : NULL;
  }
  return RNN_OK;
}

/* Weights stay where they are, whatever becomes of the layer. */
static rnn_status keep_weights(rnn_context *cx, rnn_run *run) {
  const rnn_layer *layer = run->layer;
  if (!run->call.keeps) return RNN_OK;
  run->blocks = rnn_malloc(sizeof *run->blocks * (size_t)(layer->weight_count + 1));
  if (run->blocks == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  for (int i = 0; i < layer->weight_count; i++) rnn_block_retain(run->blocks[i] = layer->weights[i].block);
  return RNN_OK;
}

/* The states that come in, copied: the layer's own change with its next call. */
static rnn_status keep_states(rnn_context *cx, rnn_run *run) {
  const rnn_layer *layer = run->layer;
  int64_t total = 0, at = 0;
  if (!layer->stateful || !run->call.keeps) return RNN_OK;
  for (int i = 0; i < run->call.state_count; i++) total += layer->state_batch * layer->state_row[i];
  run->states = rnn_malloc_aligned(sizeof(float) * (size_t)total);
  if (run->states == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  for (int i = 0; i < run->call.state_count; i++) {
    int64_t size = layer->state_batch * layer->state_row[i];
    memcpy(run->states + at, run->call.states[i], sizeof(float) * (size_t)size);
    run->state[i] = run->states + at;
    at += size;
  }
  run->call.states = run->state;
  return RNN_OK;
}

static rnn_status make_room(rnn_context *cx, rnn_run *run) {
  rnn_call *call = &run->call;
  int64_t saved = (call->saved_size + 15) / 16 * 16; /* scratch stays 64-byte aligned behind it */
  run->memory = rnn_malloc_aligned(sizeof(float) * (size_t)(saved + call->scratch_size));
  if (run->memory == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  call->saved = run->memory;
  call->scratch = run->memory + saved;
  return RNN_OK;
}

static rnn_status plan(rnn_context *cx, rnn_run *run) {
  rnn_try(point_at_weights(cx, run));
  run->call.weight_count = run->layer->weight_count;
  rnn_try(keep_weights(cx, run));
  run->call.inputs = run->inputs;
  run->call.outputs = run->outputs;
  run->call.weights = run->weights;
  run->call.weight_gradients = run->weight_gradients;
  run->call.fixed_weights = run->call.training ? run->fixed_weights : NULL;
  if (!run->apart) {
    rnn_try(rnn_states_open(cx, run->layer, &run->call));
    rnn_try(keep_states(cx, run));
  }
  run->is_planned = true;
  rnn_try(rnn_layer_plan(cx, run->layer, &run->call));
  return make_room(cx, run);
}

rnn_status rnn_run_open(rnn_context *cx, rnn_run *run, bool training, bool keeps) {
  rnn_shape shapes[RNN_MAX_PORTS];
  for (int i = 0; i < run->call.input_count; i++) shapes[i] = run->inputs[i].shape;
  rnn_try(rnn_layer_build(cx, run->layer, run->call.input_count, shapes));
  run->call.size = sizeof run->call;
  run->call.training = training;
  run->call.keeps = keeps;
  run->call.key = training ? rnn_layer_draw(run->layer) : 0;
  return rnn_layer_named(cx, run->layer, plan(cx, run));
}

rnn_status rnn_run_forward(rnn_context *cx, rnn_run *run) {
  RNN_WITHOUT_DENORMALS;
  rnn_status status = rnn_layer_forward(cx, run->layer, &run->call);
  if (status == RNN_OK && !run->apart) rnn_states_commit(run->layer, &run->call);
  return rnn_layer_named(cx, run->layer, status);
}

rnn_status rnn_run_backward(rnn_context *cx, rnn_run *run) {
  static float *nowhere[RNN_MAX_PORTS];
  rnn_status status = RNN_OK;
  RNN_WITHOUT_DENORMALS;
  if (run->is_used) {
    run->call.new_states = nowhere; /* what the first time has carried on is carried on already */
    run->call.fixed_weights = NULL;
    status = rnn_layer_forward(cx, run->layer, &run->call);
  }
  run->is_used = true;
  if (status == RNN_OK) status = rnn_layer_backward(cx, run->layer, &run->call);
  return rnn_layer_named(cx, run->layer, status);
}

void rnn_run_close(rnn_run *run) {
  if (run->is_planned) rnn_forget_call(run->layer, &run->call);
  run->is_planned = false;
  for (int i = 0; run->blocks && i < run->call.weight_count; i++) rnn_block_release(run->blocks[i]);
  rnn_free(run->blocks);
  run->blocks = NULL;
  rnn_free(run->weights);
  rnn_free(run->weight_gradients);
  rnn_free(run->fixed_weights);
  rnn_free_aligned(run->memory);
  rnn_free_aligned(run->states);
  run->weights = NULL;
  run->weight_gradients = NULL;
  run->fixed_weights = NULL;
  run->memory = run->states = NULL;
}
