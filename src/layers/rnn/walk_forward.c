/* walk_forward.c - any cell taken through time: the forward pass */
#include <string.h>

#include "layers/rnn/walk.h"

/* state i before the first step: from the inputs behind the first, from the call before, or zeros */
static void start_state(const rnn_walking *w, int i) {
  const rnn_call *call = w->call;
  float *to = rnn_walk_before(w, i, 0);
  size_t bytes = sizeof(float) * (size_t)(w->batch * w->size[i]);
  const float *from = call->input_count > 1 ? call->inputs[1 + i].data : call->states ? call->states[i] : NULL;
  if (from)
    memcpy(to, from, bytes);
  else
    memset(to, 0, bytes);
}

static void take_input(const rnn_walking *w, int64_t step) {
  int64_t n = w->features;
  const float *from = w->call->inputs->data + rnn_walk_time(w, step) * n;
  float *to = w->x + rnn_walk_place(w, step) * w->batch * n;
  for (int64_t b = 0; b < w->batch; b++)
    memcpy(to + b * n, from + b * w->time * n, sizeof(float) * (size_t)n);
}

/* the states after a step: those that the cell made, or where it is masked those before */
static void carry_states(const rnn_walking *w, int64_t step) {
  for (int i = 0; i < w->self->states; i++) {
    int64_t n = w->size[i];
    const float *before = rnn_walk_before(w, i, step), *made = w->made[i] + rnn_walk_place(w, step) * w->batch * n;
    float *to = rnn_walk_before(w, i, step + 1);
    for (int64_t b = 0; b < w->batch; b++)
      memcpy(to + b * n, (rnn_walk_skips(w, b, step) ? before : made) + b * n, sizeof(float) * (size_t)n);
  }
}

/* The output of a masked step is 0 if the layer wants that, or if no step went before; else that of the step before. */
static void write_output(const rnn_walking *w, int64_t step) {
  const rnn_walk *self = w->self;
  int64_t n = w->columns;
  size_t bytes = sizeof(float) * (size_t)n;
  const float *y = w->y + rnn_walk_place(w, step) * w->batch * n;
  float *out = w->call->outputs->data;
  for (int64_t b = 0; b < w->batch; b++) {
    bool skips = rnn_walk_skips(w, b, step);
    if (!skips) memcpy(w->last + b * n, y + b * n, bytes);
    if (!self->return_sequences && step < w->time - 1) continue;
    float *to = out + (self->return_sequences ? b * w->time + step : b) * n;
    if (skips && self->zero_output_for_mask)
      memset(to, 0, bytes);
    else
      memcpy(to, w->last + b * n, bytes);
  }
}

static void write_states(const rnn_walking *w) {
  const rnn_call *call = w->call;
  for (int i = 0; i < w->self->states; i++) {
    const float *from = rnn_walk_before(w, i, w->time);
    size_t bytes = sizeof(float) * (size_t)(w->batch * w->size[i]);
    if (w->self->return_state) memcpy(call->outputs[1 + i].data, from, bytes);
    if (call->new_states && call->new_states[i]) memcpy(call->new_states[i], from, bytes);
  }
}

rnn_status rnn_walk_forward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_walking w = rnn_start_walk(cx, self, call, false);
  memset(w.last, 0, sizeof(float) * (size_t)(w.batch * w.columns));
  for (int i = 0; i < w.self->states; i++) start_state(&w, i);
  for (int64_t s = 0; s < w.time; s++) {
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    take_input(&w, s);
    rnn_try(rnn_subcall_forward(cx, rnn_walk_step(&w, s), call));
    carry_states(&w, s);
    write_output(&w, s);
  }
  write_states(&w);
  return RNN_OK;
}
