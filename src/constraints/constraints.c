/* constraints.c - NonNeg, and this room's types as the plugin `constraints` */
#include "constraints/constraints.h"

static rnn_status non_neg(rnn_context *cx, const void *self, const rnn_shape *shape, float *w) {
  (void)cx, (void)self;
  for (int64_t i = 0; i < rnn_size(shape); i++)
    if (w[i] < 0) w[i] = 0;
  return RNN_OK;
}

const rnn_constraint_type rnn_non_neg = {
    .type = {RNN_TYPE(rnn_constraint_type, RNN_CONSTRAINT, "NonNeg"), .aliases = "non_neg",
             .doc = "negative weights become 0"},
    .apply = non_neg};

static const rnn_type *const types[] = {
    &rnn_max_norm.type,
    &rnn_min_max_norm.type,
    &rnn_unit_norm.type,
    &rnn_non_neg.type,
};

RNN_PLUGIN(constraints, "1.0", "Keras' weight constraints", types);
