/* modules.h - the Lua modules that travel in the binary, as bytecode (made by src/embed) */
#ifndef RNN_MODULES_H
#define RNN_MODULES_H

#include <stddef.h>

typedef struct rnn_module {
  const char *name;  /* what require is given; NULL ends the list */
  const char *bytes; /* for luaL_loadbufferx, mode "b" */
  size_t size;
} rnn_module;

extern const rnn_module rnn_modules[];

#endif
