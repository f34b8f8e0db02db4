/* pass.h - running a plan forward and backward */
#ifndef RNN_PASS_H
#define RNN_PASS_H

#include "model/plan.h"

/* Runs every node; the inputs' data must be in place. Adds activity penalties to *penalty where it is not
** NULL. */
rnn_status rnn_plan_forward(rnn_context *cx, const rnn_workspace *workspace, rnn_plan *plan,
                            double *penalty);

/* Adds to the weights' gradients; the gradients of the model's outputs must be in place. */
rnn_status rnn_plan_backward(rnn_context *cx, const rnn_workspace *workspace, rnn_plan *plan);

#endif
