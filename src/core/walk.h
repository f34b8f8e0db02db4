/* walk.h - the one loop nest behind everything that goes element by element */
#ifndef RNN_WALK_H
#define RNN_WALK_H

#include "core/tensor.h"
#include "kernels/convert_kernels.h"

#define RNN_MAX_OPERANDS 4

/* Runs `loop` over operands of any strides. operands[0] is the output and gives the shape, to which the
** inputs after it broadcast (they must fit). types[k] is what the loop takes as its k-th pointer; an
** operand of another dtype is converted on the way, a stretch at a time. Allocates nothing. Where cx is
** not NULL it polls for Ctrl-C: RNN_INTERRUPTED, the output is then partly written. */
rnn_status rnn_walk(rnn_context *cx, int count, const rnn_tensor *const *operands,
                    const rnn_dtype *types, rnn_loop loop);

/* The same by several threads where that is worth it, for an output whose elements lie apart, and a loop that depends on
** no element's place. */
rnn_status rnn_walk_shared(rnn_context *cx, int count, const rnn_tensor *const *operands, const rnn_dtype *types,
                           rnn_loop loop);

/* The loop that converts, for this machine. */
rnn_loop rnn_convert_loop(rnn_dtype to, rnn_dtype from);

#endif
