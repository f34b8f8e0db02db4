/* predict.h - the outputs of a graph for many samples, a batch at a time */
#ifndef RNN_PREDICT_H
#define RNN_PREDICT_H

#include "model/data.h"
#include "model/plan.h"

/* Writes output o of all samples to out[o], which has room for them. x must have been checked. */
rnn_status rnn_predict(rnn_context *cx, rnn_workspace *workspace, int x_count, const rnn_array *x,
                       int64_t batch_size, float *const *out);

#endif
