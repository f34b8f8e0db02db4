/* stream_states.c - the states of one layer in a stream, zeros at first */
#include "model/stream_states.h"

#include "core/alloc.h"
#include "core/context.h"

rnn_status rnn_stream_states_make(rnn_context *cx, rnn_stream_states *s, const rnn_layer *layer,
                                  const rnn_shape *input) {
  const rnn_layer_type *type = rnn_layer_vtable(layer);
  rnn_shape shapes[RNN_MAX_PORTS];
  int count = type->states ? type->states(layer->component->self, input, shapes) : 0;
  for (s->count = 0; s->count < count; s->count++) {
    int i = s->count;
    s->size[i] = rnn_size(&shapes[i]);
    for (int side = 0; side < 2; side++) {
      s->buffers[side][i] = rnn_malloc_aligned(sizeof(float) * (size_t)s->size[i]);
      if (s->buffers[side][i] == NULL) {
        rnn_free_aligned(s->buffers[0][i]);
        return rnn_fail(cx, RNN_NO_MEMORY, "stream: not enough memory");
      }
    }
  }
  return RNN_OK;
}

void rnn_stream_states_clear(rnn_stream_states *s) {
  for (int i = 0; i < s->count; i++)
    for (int side = 0; side < 2; side++) rnn_free_aligned(s->buffers[side][i]);
  s->count = 0;
}
