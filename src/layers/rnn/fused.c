/* fused.c - which activations the fused loops know */
#include "layers/rnn/fused.h"

#include <string.h>

/* whether its arguments are the defaults, with which its name says what it is */
static bool is_plain(rnn_context *cx, const rnn_component *activation) {
  const rnn_type *type = activation->type;
  if (type->arg_count == 0) return true;
  const rnn_component *plain = cx->host->create(cx, RNN_ACTIVATION, type->name);
  bool same = plain && memcmp(plain->self, activation->self, type->self_size) == 0;
  cx->host->drop(plain);
  return same;
}

rnn_fused_activation rnn_fused_of(rnn_context *cx, const rnn_component *activation) {
  static const char *const names[RNN_NOT_FUSED] = {"linear", "tanh", "sigmoid", "relu"};
  if (activation == NULL) return RNN_FUSED_LINEAR;
  for (int i = 0; i < RNN_NOT_FUSED; i++)
    if (strcmp(activation->type->name, names[i]) == 0 && is_plain(cx, activation))
      return (rnn_fused_activation)i;
  return RNN_NOT_FUSED;
}
