/* check.h - whether a component does what rnnlua.h says: what `rnnlua plugins check` asks of each part */
#ifndef RNN_CHECK_H
#define RNN_CHECK_H

#include "rnnlua.h"

/* Of any kind but layers and functions: results finite, all of them and nothing else written, the same twice, the
** gradient as by differences; an optimizer makes a quadratic smaller. Fails with what is wrong. */
rnn_status rnn_check_component(rnn_context *cx, const rnn_component *component);

/* What a layer or function was checked on. */
typedef struct rnn_checked_shapes {
  int input_count, output_count;
  rnn_shape inputs[RNN_MAX_PORTS], outputs[RNN_MAX_PORTS];
  bool indices; /* its inputs have to be whole numbers >= 0 */
} rnn_checked_shapes;

/* Of a layer or function: the same, in all that its calls may be: kept or not, training or not, masked, with states,
** gradients wanted or not; and a step against the gradient of the weights makes the loss smaller. */
rnn_status rnn_check_layer(rnn_context *cx, const rnn_component *component, rnn_checked_shapes *used);

#endif
