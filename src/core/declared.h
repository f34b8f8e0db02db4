/* declared.h - whether the arguments that a type declares can be used */
#ifndef RNN_DECLARED_H
#define RNN_DECLARED_H

#include "rnnlua.h"

/* Looks at names, places, ranges and defaults of a type whose head is in order. */
rnn_status rnn_check_declared(rnn_context *cx, const char *plugin, const rnn_type *type);

#endif
