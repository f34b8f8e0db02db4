/* regularizers.h - what the files of this room share; the types are listed in regularizers.c */
#ifndef RNN_REGULARIZERS_H
#define RNN_REGULARIZERS_H

#include "rnnlua.h"

#define REGULARIZER(NAME) RNN_TYPE(rnn_regularizer_type, RNN_REGULARIZER, NAME)
#define FACTOR_ARG(SELF, NAME, DEFAULT, DOC) \
  {#NAME, RNN_ARG_NUMBER, offsetof(SELF, NAME), DEFAULT, "[0, inf)", 0, DOC}

extern const rnn_regularizer_type rnn_l1, rnn_l2, rnn_l1l2, rnn_orthogonal_regularizer;

#endif
