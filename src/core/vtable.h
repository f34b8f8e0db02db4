/* vtable.h - whether a type that a plugin brings can be used at all */
#ifndef RNN_VTABLE_H
#define RNN_VTABLE_H

#include "rnnlua.h"

/* Checks kind, size, required slots and declared arguments of a type. Fails with
** "plugin extra: layer 'Scale': required function 'forward' is missing". */
rnn_status rnn_check_vtable(rnn_context *cx, const char *plugin, const rnn_type *type);

/* A checked type with every slot of this host's ABI: itself, or for a plugin of an older minor version a copy in
** which slots that it lacks are 0, their default. The copy is rnn_malloc's. NULL: fail was called. */
const rnn_type *rnn_complete_vtable(rnn_context *cx, const rnn_type *type);

#endif
