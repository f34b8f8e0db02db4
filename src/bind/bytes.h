/* bytes.h - what files of arrays are made of: raw elements, checksums, deflated data */
#ifndef RNN_BIND_BYTES_H
#define RNN_BIND_BYTES_H

#include <lua.h>
#include <stddef.h>

/* The bytes of the string, or of the tensor's elements in C order, at an absolute index. A tensor that has gaps
** is replaced there by a copy. */
const void *rnn_lua_bytes(lua_State *L, int index, size_t *n);

void rnn_open_bytes(lua_State *L);

#endif
