/* interact.c - interactive sessions */
#include "host/interact.h"

#include <lua.h>
#include <stdio.h>
#include <unistd.h>

#include "host/call.h"
#include "host/plain.h"

void rnn_print_lua_version(void) {
  puts(LUA_COPYRIGHT);
  fflush(stdout);
}

void rnn_interact(lua_State *L) {
  rnn_run_plain_session(L);
}
