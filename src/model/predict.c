/* predict.c - the outputs of a graph for many samples, a batch at a time */
#include "model/predict.h"

#include <string.h>

#include "core/denormals.h"
#include "core/host.h"
#include "core/tensor.h"
#include "model/pass.h"

/* the batch of `samples` from `first` on */
static rnn_status predict_batch(rnn_context *cx, rnn_workspace *w, int x_count, const rnn_array *x,
                                int64_t first, int64_t samples, float *const *out) {
  rnn_shape inputs[RNN_MAX_PORTS] = {{0}};
  for (int i = 0; i < x_count; i++) {
    inputs[i] = x[i].shape;
    inputs[i].dim[0] = samples;
  }
  rnn_plan *plan = rnn_workspace_plan(cx, w, inputs);
  if (plan == NULL) return RNN_NO_MEMORY;
  for (int i = 0; i < x_count; i++)
    rnn_try(rnn_gather(cx, &x[i], NULL, first, samples, rnn_plan_data(w, plan, i)));
  rnn_plan_take_lengths(w, plan, NULL, first);
  rnn_try(rnn_plan_forward(cx, w, plan, NULL));
  for (int o = 0; o < w->graph->output_count; o++) {
    int tensor = w->graph->outputs[o];
    int64_t size = rnn_size(&plan->shapes[tensor]);
    rnn_try(rnn_move_bytes(cx, out[o] + first * (size / samples), rnn_plan_data(w, plan, tensor),
                           sizeof(float) * (size_t)size));
  }
  return RNN_OK;
}

rnn_status rnn_predict(rnn_context *cx, rnn_workspace *w, int x_count, const rnn_array *x,
                       int64_t batch_size, float *const *out) {
  int64_t samples = x[0].shape.dim[0];
  RNN_WITHOUT_DENORMALS;
  for (int64_t first = 0; first < samples; first += batch_size) {
    int64_t n = samples - first < batch_size ? samples - first : batch_size;
    rnn_try(predict_batch(cx, w, x_count, x, first, n, out));
    if (rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}
