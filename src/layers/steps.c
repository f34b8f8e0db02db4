/* steps.c - windows over timesteps, and the check of shapes (batch, timesteps, features) */
#include "layers/steps.h"

#include <string.h>

rnn_status rnn_need_steps(rnn_context *cx, const rnn_shape *shape) {
  char text[RNN_SHAPE_TEXT];
  if (shape->ndim == 3) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                  cx->host->shape_text(text, shape->ndim, shape->dim));
}

rnn_window rnn_window_over(int64_t steps, int64_t size, int64_t stride, int64_t dilation, const char *padding) {
  rnn_window w = {.size = size, .stride = stride, .dilation = dilation, .steps = steps, .out = RNN_UNKNOWN};
  int64_t reach = (size - 1) * dilation + 1;
  if (strcmp(padding, "causal") == 0) w.before = reach - 1;
  if (steps == RNN_UNKNOWN) return w;
  if (strcmp(padding, "same") == 0) {
    w.out = (steps + stride - 1) / stride;
    int64_t padded = (w.out - 1) * stride + reach - steps;
    w.before = padded > 0 ? padded / 2 : 0;
  } else {
    int64_t rest = steps + w.before - reach;
    w.out = rest < 0 ? 0 : rest / stride + 1;
  }
  return w;
}
