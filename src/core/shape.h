/* shape.h - shapes as text, for messages, and compared */
#ifndef RNN_SHAPE_H
#define RNN_SHAPE_H

#include "rnnlua.h"

/* "(None, 4, 1)", "(4,)", "()", as Keras and NumPy write shapes; returns text */
const char *rnn_shape_text(char text[RNN_SHAPE_TEXT], int ndim, const int64_t *shape);

/* whether `count` shapes are the same, one by one */
bool rnn_same_shapes(const rnn_shape *a, const rnn_shape *b, int count);

#endif
