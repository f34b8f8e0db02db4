/* walk_backward.c - any cell taken through time: back through the calls of the cell */
#include <string.h>

#include "layers/rnn/walk.h"

static void clear(float *to, int64_t n) { memset(to, 0, sizeof(float) * (size_t)n); }

static void copy(float *to, const float *from, int64_t n) { memcpy(to, from, sizeof(float) * (size_t)n); }

/* the gradient by the states after the last step: what came for states returned, or 0 */
static void start(const rnn_walking *w) {
  for (int i = 0; i < w->self->states; i++) {
    const float *from = w->self->return_state ? w->call->outputs[1 + i].gradient : NULL;
    if (from)
      copy(w->dstates[i], from, w->batch * w->size[i]);
    else
      clear(w->dstates[i], w->batch * w->size[i]);
  }
  clear(w->pending, w->batch * w->columns);
}

/* The gradient by y of a step. That of the output of a masked step waits for the step whose output it repeats. */
static void take_output_gradient(const rnn_walking *w, int64_t step) {
  const float *dy = w->call->outputs->gradient;
  bool all = w->self->return_sequences;
  int64_t n = w->columns;
  for (int64_t b = 0; b < w->batch; b++) {
    float *pending = w->pending + b * n, *to = w->dy + b * n;
    bool skips = rnn_walk_skips(w, b, step);
    if (dy && (all || step == w->time - 1)) rnn_add_rows(1, n, dy + (all ? b * w->time + step : b) * n, pending);
    if (skips)
      clear(to, n);
    else
      copy(to, pending, n);
    if (!skips || w->self->zero_output_for_mask) clear(pending, n);
  }
}

/* the gradient by the states that the cell made: nothing where they went no further */
static void take_state_gradients(const rnn_walking *w, int64_t step) {
  for (int i = 0; i < w->self->states; i++) {
    int64_t n = w->size[i];
    for (int64_t b = 0; b < w->batch; b++) {
      if (rnn_walk_skips(w, b, step))
        clear(w->dmade[i] + b * n, n);
      else
        copy(w->dmade[i] + b * n, w->dstates[i] + b * n, n);
    }
  }
}

/* those by the states before the step: from the cell, and past it where it was masked */
static void pass_on(const rnn_walking *w, int64_t step) {
  for (int i = 0; i < w->self->states; i++) {
    int64_t n = w->size[i];
    for (int64_t b = 0; b < w->batch; b++) {
      float *to = w->dstates[i] + b * n;
      if (!rnn_walk_skips(w, b, step)) clear(to, n);
      rnn_add_rows(1, n, w->dbefore[i] + b * n, to);
    }
  }
}

static void write_input_gradient(const rnn_walking *w, int64_t step) {
  int64_t n = w->features;
  float *to = w->call->inputs->gradient + rnn_walk_time(w, step) * n;
  for (int64_t b = 0; b < w->batch; b++) copy(to + b * w->time * n, w->dx + b * n, n);
}

static rnn_status step_back(const rnn_walking *w, int64_t step) {
  rnn_subcall *sub = rnn_walk_step(w, step);
  bool wants_x = w->call->inputs->gradient != NULL;
  take_output_gradient(w, step);
  take_state_gradients(w, step);
  sub->outputs[0].gradient = w->dy;
  sub->inputs[0].gradient = wants_x ? w->dx : NULL;
  for (int i = 0; i < w->self->states; i++) {
    sub->outputs[1 + i].gradient = w->dmade[i];
    sub->inputs[1 + i].gradient = w->dbefore[i];
  }
  rnn_try(rnn_subcall_backward(w->cx, sub));
  pass_on(w, step);
  if (wants_x) write_input_gradient(w, step);
  return RNN_OK;
}

rnn_status rnn_walk_backward(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_walking w = rnn_start_walk(cx, self, call, true);
  start(&w);
  for (int64_t s = w.time - 1; s >= 0; s--) {
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    rnn_try(step_back(&w, s));
  }
  for (int i = 0; i + 1 < call->input_count; i++)
    if (call->inputs[1 + i].gradient) copy(call->inputs[1 + i].gradient, w.dstates[i], w.batch * w.size[i]);
  return RNN_OK;
}
