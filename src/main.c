/* main.c - starts the host inside one protected call and returns its exit status */
#include <lauxlib.h>
#include <stdlib.h>

#include "host/call.h"
#include "host/start.h"
#include "host/state.h"

int main(int argc, char **argv) {
  if (argc > 0 && argv[0][0] != '\0') rnn_set_program_name(argv[0]);
  lua_State *L = rnn_new_state();
  if (L == NULL) {
    rnn_print_message("cannot create state: not enough memory");
    return EXIT_FAILURE;
  }
  lua_pushcfunction(L, rnn_start);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  int status = rnn_report(L, lua_pcall(L, 2, 1, 0));
  int result = status == LUA_OK ? (int)lua_tointeger(L, -1) : EXIT_FAILURE;
  lua_close(L);
  return result;
}
