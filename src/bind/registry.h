/* registry.h - types as Lua objects (`rl.layers.Dense`), and what they declare */
#ifndef RNN_BIND_REGISTRY_H
#define RNN_BIND_REGISTRY_H

#include <lua.h>

#include "rnnlua.h"

/* Pushes the object of a type, the same one each time. */
void rnn_lua_push_type(lua_State *L, const rnn_type *type);

/* Ends the object of a type that is about to be freed, if it has one: whoever holds it holds none any more. */
void rnn_lua_forget_type(lua_State *L, const rnn_type *type);

/* The type of such an object; NULL if the value is none. */
const rnn_type *rnn_lua_test_type(lua_State *L, int index);

void rnn_open_registry(lua_State *L);

#endif
