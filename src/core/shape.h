/* shape.h - shapes as text, for messages */
#ifndef RNN_SHAPE_H
#define RNN_SHAPE_H

#include "rnnlua.h"

/* "(None, 4, 1)", "(4,)", "()", as Keras and NumPy write shapes; returns text */
const char *rnn_shape_text(char text[RNN_SHAPE_TEXT], int ndim, const int64_t *shape);

#endif
