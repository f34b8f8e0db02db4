/*
** slices.h - gradients that come slice by slice
**
** TensorFlow's gradient of a table that rows were looked up in is a list of slices, one for each lookup
** (tf.IndexedSlices). Keras' optimizers add them up, but square and clip each by itself (keras/src/backend/tensorflow/
** sparse.py); only a penalty on the table, accumulation over batches or global_clipnorm makes them one gradient before.
*/
#ifndef RNN_SLICES_H
#define RNN_SLICES_H

#include "model/variables.h"

/* Finds the variables that have slices, and makes room for what is wanted of them. On error nothing has changed. */
rnn_status rnn_slices_start(rnn_context *cx, rnn_variables *variables);
void rnn_slices_clear(rnn_variables *variables);

/* Clips the gradients as the optimizer's arguments say. */
void rnn_clip_gradients(const rnn_variables *variables);

#endif
