/* view.h - the same elements under another shape: nothing here moves or copies them */
#ifndef RNN_VIEW_H
#define RNN_VIEW_H

#include "core/tensor.h"

/* Turns t into the view of another shape with as many elements, in C order. false: no strides give
** that (copy first), and t was not changed. */
bool rnn_tensor_reshape(rnn_tensor *t, int ndim, const int64_t *shape);

/* New axis i is the old axis axes[i]: a permutation of 0 .. ndim-1. */
void rnn_tensor_permute(rnn_tensor *t, const int *axes);

void rnn_tensor_flip(rnn_tensor *t, int axis);
void rnn_tensor_drop_axis(rnn_tensor *t, int axis);   /* of extent 1 */
void rnn_tensor_insert_axis(rnn_tensor *t, int axis); /* likewise; 0 <= axis <= ndim */

#endif
