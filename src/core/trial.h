/* trial.h - one call of a layer, or of a plain function, with fences around all that it may write to */
#ifndef RNN_TRIAL_H
#define RNN_TRIAL_H

#include "core/layer.h"
#include "core/yard.h"

#define RNN_TRIAL_WEIGHTS 32

typedef struct rnn_trial_options {
  bool training, keeps, sums, masked, indices; /* indices: inputs are small whole numbers */
  bool states; /* given and wanted */
} rnn_trial_options;

typedef struct rnn_trial {
  rnn_layer *layer;
  const rnn_layer_type *type;
  const void *self;
  rnn_yard yard;
  rnn_call call;
  rnn_trial_options options;
  bool planned;
  rnn_port inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  float *wanted[RNN_MAX_PORTS]; /* the weight that each output has in the loss, which is their weighted sum */
  float *weights[RNN_TRIAL_WEIGHTS], *weight_gradients[RNN_TRIAL_WEIGHTS];
  float *states[RNN_MAX_PORTS], *new_states[RNN_MAX_PORTS];
} rnn_trial;

/* Plans a call of a built layer on these inputs, whose numbers, as those of weights and states, are the same for every
** trial. To be closed in any case. */
rnn_status rnn_trial_open(rnn_context *cx, rnn_trial *trial, rnn_layer *layer, int input_count, const rnn_shape *inputs,
                          rnn_trial_options options);
void rnn_trial_close(rnn_trial *trial);

/* What puts the random numbers that scripts draw back to one beginning, before each forward: a layer may be random if
** it is a function of them. NULL: nothing does. */
void rnn_trial_set_reseed(rnn_status (*reseed)(rnn_context *cx));

/* forward alone, behind that */
rnn_status rnn_trial_compute(rnn_context *cx, rnn_trial *trial);

/* forward, then looks at the fences, and that all of the outputs and new states was written */
rnn_status rnn_trial_forward(rnn_context *cx, rnn_trial *trial);

/* backward of the loss; weights' gradients are to be added to a 1. `inputs`, `weights`: whose gradients are wanted */
rnn_status rnn_trial_backward(rnn_context *cx, rnn_trial *trial, bool inputs, bool weights);

/* the loss of the last forward */
double rnn_trial_loss(const rnn_trial *trial);

#endif
