/* elementwise.h - applying an operation to tensors: dtypes, broadcasting, running */
#ifndef RNN_CORE_ELEMENTWISE_H
#define RNN_CORE_ELEMENTWISE_H

#include "core/tensor.h"
#include "kernels/elementwise.h"

#define RNN_MAX_INPUTS 3

typedef struct rnn_operation_info {
  const char *name;
  const char *symbol; /* Lua's operator; NULL: none */
  const char *event;  /* and its metamethod */
  int inputs;
} rnn_operation_info;

extern const rnn_operation_info rnn_operations[RNN_OPERATION_COUNT];

typedef struct rnn_input {
  const rnn_tensor *tensor;
  bool number; /* a bare Lua number: its dtype counts for its kind alone */
} rnn_input;

/* What applying an operation to some inputs will be. */
typedef struct rnn_application {
  rnn_operation operation;
  rnn_loop loop;
  rnn_dtype types[1 + RNN_MAX_INPUTS]; /* of the loop: output, inputs */
  int ndim;
  int64_t shape[RNN_MAX_DIMS]; /* of the result; its dtype is types[0] */
} rnn_application;

/* Finds loop, dtypes and shape. `name` starts the messages; fails where the shapes do not broadcast, the
** dtypes have no such operation, or an integer is divided by 0. */
rnn_status rnn_elementwise_plan(rnn_context *cx, const char *name, rnn_operation operation,
                                const rnn_input *inputs, rnn_application *plan);

/* Computes into `out`, which has the plan's shape and any dtype and does not lie shifted against an input
** (rnn_elementwise_shifted). */
rnn_status rnn_elementwise_run(rnn_context *cx, const rnn_application *plan, const rnn_input *inputs,
                               const rnn_tensor *out);

/* The loop over small inputs that are float tensors of one dtype and shape without gaps, whose result is such a tensor
** too: all that there is to do. NULL: something isn't so. */
rnn_loop rnn_elementwise_alike(rnn_operation operation, const rnn_input *inputs);

/* Whether writing to `out` would change elements of an input before they are read. */
bool rnn_elementwise_shifted(const rnn_application *plan, const rnn_input *inputs,
                             const rnn_tensor *out);

#endif
