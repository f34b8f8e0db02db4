/* descriptor.h - whether a plugin was made for this host, as its descriptor tells */
#ifndef RNN_DESCRIPTOR_H
#define RNN_DESCRIPTOR_H

#include "rnnlua.h"

/* Looks at a descriptor field by field, at none before the one that says it can be read. Messages name what the
** plugin is for and what the host has. */
rnn_status rnn_check_descriptor(rnn_context *cx, const rnn_plugin *plugin);

/* Whether a name may follow a dot in Lua: a letter or _, then letters, digits and _; at most 63. */
bool rnn_is_identifier(const char *name);

#endif
