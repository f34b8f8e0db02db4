/* steps_mask.h - which mask the timesteps of a recurrent layer go by */
#ifndef RNN_STEPS_MASK_H
#define RNN_STEPS_MASK_H

#include "rnnlua.h"

#define RNN_STEPS_MASK_DOC \
  "Called with initial states a layer goes by a mask only if mask = gives it, as in Keras."

/* Keras hands on the mask of an input where that is the call's one tensor, so that with initial_state there is none
** unless the caller gives it; outputs have the input's all the same (keras/src/layers/layer.py, __call__). */
static inline const uint8_t *rnn_steps_mask(const rnn_call *call) {
  return call->input_count == 1 || call->mask_given ? call->inputs->mask : NULL;
}

#endif
