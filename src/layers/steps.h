/* steps.h - for layers over (batch, timesteps, features) whose output has other timesteps */
#ifndef RNN_LAYERS_STEPS_H
#define RNN_LAYERS_STEPS_H

#include "layers/layers.h"

#define RNN_CHANNELS_LAST_ARG(T)                                                                    \
  {"data_format", RNN_ARG_STRING, offsetof(T, data_format), "channels_last", "channels_last", 0,    \
   "inputs are (batch, timesteps, features), nothing else is supported"}

/* a window sliding over timesteps: reads steps first(t) + k · dilation for k < size, those that there are */
typedef struct rnn_window {
  int64_t size, stride, dilation, steps; /* steps: of the input */
  int64_t before;                        /* timesteps of padding in front */
  int64_t out;                           /* timesteps of the output */
} rnn_window;

/* `padding` is valid, same or causal. With steps RNN_UNKNOWN, so is out; out may be <= 0: the input is too short. */
rnn_window rnn_window_over(int64_t steps, int64_t size, int64_t stride, int64_t dilation, const char *padding);

/* the step of the input that is the k-th in the window of output step t; < 0 or >= steps: padding */
static inline int64_t rnn_window_step(const rnn_window *w, int64_t t, int64_t k) {
  return t * w->stride - w->before + k * w->dilation;
}

#endif
