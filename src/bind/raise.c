/* raise.c - the one place where a status becomes a Lua error */
#include "bind/raise.h"

#include <lauxlib.h>

void rnn_lua_check(lua_State *L, rnn_status status) {
  if (status == RNN_OK) return;
  if (status == RNN_INTERRUPTED) {
    rnn_set_interrupted(false);
    luaL_error(L, "interrupted!");
  }
  luaL_error(L, "%s", rnn_message(rnn_main_context()));
}
