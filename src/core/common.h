/*
** common.h - arguments that every loss, metric and optimizer has beside those that its type declares, and that the host
** acts on. They are kept with the component, so that no type, built in or a stranger's, need know of them.
*/
#ifndef RNN_COMMON_H
#define RNN_COMMON_H

#include "rnnlua.h"

/* What all of them begin with. */
typedef struct rnn_named_common {
  const char *name; /* NULL: the default name */
} rnn_named_common;

typedef struct rnn_loss_common {
  const char *name;
  const char *reduction; /* how the losses of rows become one number, see reduction.h */
  const char *dtype;
} rnn_loss_common;

typedef struct rnn_optimizer_extras {
  const char *name;
  bool use_ema;                        /* keep a moving average of the weights */
  double ema_momentum;                 /* of the old average */
  int64_t ema_overwrite_frequency;     /* steps between overwriting the weights with it; RNN_NIL_INTEGER: at the end */
  double loss_scale_factor;            /* that a loss was multiplied by; NaN: none */
  int64_t gradient_accumulation_steps; /* batches whose mean gradient makes a step; RNN_NIL_INTEGER: 1 */
} rnn_optimizer_extras;

/* The declarations of such arguments; NULL where the kind has none here (those of layers are bind/'s). */
const rnn_type *rnn_common_type(rnn_kind kind);

/* The arguments as they were given with this component, or with their defaults: a component of the type above. NULL
** where the kind has none. */
const rnn_component *rnn_common_of(const rnn_component *component);

/* Its defaults, of a kind that has such arguments. */
const rnn_component *rnn_common_defaults(rnn_kind kind);

static inline const rnn_loss_common *rnn_loss_common_of(const rnn_component *loss) {
  return rnn_common_of(loss)->self;
}

static inline const rnn_optimizer_extras *rnn_optimizer_extras_of(const rnn_component *optimizer) {
  return rnn_common_of(optimizer)->self;
}

#endif
