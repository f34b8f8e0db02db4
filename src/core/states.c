/*
** states.c - what a stateful layer carries from one call to the next.
**
** Each state has two buffers, one that a call reads and one that it writes; after forward they change places, so
** that backward still finds what forward has read.
*/
#include "core/states.h"

#include <string.h>

#include "core/alloc.h"

static int describe(const rnn_layer *layer, const rnn_call *call, rnn_shape shapes[RNN_MAX_PORTS]) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  return type->states ? type->states(layer->component->self, &call->inputs->shape, shapes) : 0;
}

void rnn_states_free(rnn_layer *layer) {
  for (int i = 0; i < RNN_MAX_PORTS; i++) {
    for (int side = 0; side < 2; side++) {
      rnn_free_aligned(layer->states[side][i]);
      layer->states[side][i] = NULL;
    }
  }
  layer->state_batch = 0;
}

static rnn_status make(rnn_context *cx, rnn_layer *layer, int count, const rnn_shape *shapes, int64_t batch) {
  for (int i = 0; i < count; i++) {
    layer->state_row[i] = rnn_extent(&shapes[i], 1, shapes[i].ndim);
    for (int side = 0; side < 2; side++) {
      layer->states[side][i] = rnn_malloc_aligned(sizeof(float) * (size_t)(batch * layer->state_row[i]));
      if (layer->states[side][i]) continue;
      rnn_states_free(layer);
      return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory for states");
    }
  }
  layer->state_batch = batch;
  return RNN_OK;
}

rnn_status rnn_states_open(rnn_context *cx, rnn_layer *layer, rnn_call *call) {
  static float *nothing[RNN_MAX_PORTS];
  rnn_shape shapes[RNN_MAX_PORTS];
  call->states = (const float *const *)nothing;
  call->new_states = nothing;
  call->state_count = describe(layer, call, shapes);
  if (call->state_count == 0 || !layer->stateful) return RNN_OK;
  int64_t batch = call->inputs->shape.dim[0];
  if (layer->state_batch && layer->state_batch != batch)
    return rnn_fail(cx, RNN_INVALID,
                    "holds states of %lld sequences, got a batch of %lld; call reset_states() first",
                    (long long)layer->state_batch, (long long)batch);
  if (layer->state_batch == 0) rnn_try(make(cx, layer, call->state_count, shapes, batch));
  call->states = (const float *const *)layer->states[layer->state_side];
  call->new_states = layer->states[!layer->state_side];
  return RNN_OK;
}

void rnn_states_commit(rnn_layer *layer, const rnn_call *call) {
  if (call->state_count > 0 && call->new_states == layer->states[!layer->state_side])
    layer->state_side = !layer->state_side;
}

rnn_status rnn_states_reset(rnn_context *cx, rnn_layer *layer, int64_t count, const int64_t *rows) {
  if (rows == NULL) {
    rnn_states_free(layer);
    return RNN_OK;
  }
  if (layer->state_batch == 0) return RNN_OK;
  for (int64_t r = 0; r < count; r++)
    if (rows[r] < 0 || rows[r] >= layer->state_batch)
      return rnn_fail(cx, RNN_INVALID, "reset_states: row %lld is out of range, there are %lld sequences",
                      (long long)rows[r] + 1, (long long)layer->state_batch);
  for (int i = 0; i < RNN_MAX_PORTS && layer->states[0][i]; i++)
    for (int64_t r = 0; r < count; r++)
      memset(layer->states[layer->state_side][i] + rows[r] * layer->state_row[i], 0,
             sizeof(float) * (size_t)layer->state_row[i]);
  return RNN_OK;
}
