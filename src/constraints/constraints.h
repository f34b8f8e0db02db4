/* constraints.h - what the files of this room share; the types are listed in constraints.c */
#ifndef RNN_CONSTRAINTS_H
#define RNN_CONSTRAINTS_H

#include "rnnlua.h"

extern const rnn_constraint_type rnn_max_norm, rnn_min_max_norm, rnn_unit_norm, rnn_non_neg;

#endif
