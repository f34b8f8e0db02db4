/* apply_record.h - activations, losses and regularizers applied to tensors while a tape records */
#ifndef RNN_APPLY_RECORD_H
#define RNN_APPLY_RECORD_H

#include <lua.h>

/* Records the value on top, which stays there, as rule(values in slots first .. top - 1), if the recording tape watches
** one of them. A number there, of which a tape is to know, becomes a 0-d tensor. */
void rnn_lua_record_application(lua_State *L, const char *rule, int first);

void rnn_open_apply_record(lua_State *L);

#endif
