/* basic.c - the initializers that Dense has by default, as a plugin of their own: what every build has */
#include "initializers/initializers.h"

static const rnn_type *const types[] = {&rnn_zeros.type, &rnn_glorot_uniform.type};

RNN_PLUGIN(basic, "1.0", "the initializers zeros and glorot_uniform", types)
