/* garbage.h - large tensors that nobody needs any more */
#ifndef RNN_BIND_GARBAGE_H
#define RNN_BIND_GARBAGE_H

#include <lua.h>
#include <stddef.h>

#define RNN_LARGE (1 << 20) /* bytes of a tensor that is worth the thought */

/* Before a large tensor of that many bytes is made: collects garbage if that is cheap beside writing the tensor. */
void rnn_lua_before_large(lua_State *L, size_t bytes);

#endif
