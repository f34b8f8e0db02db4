/* machine.c - what the program is made of and runs on */
#include "bind/machine.h"

#include <lauxlib.h>

#include "bind/raise.h"
#include "core/blas.h"
#include "core/host.h"
#include "core/parallel.h"

/* core.threads(): how many threads long computations may use */
static int threads(lua_State *L) {
  lua_pushinteger(L, rnn_threads());
  return 1;
}

/* core.set_threads(n) */
static int set_threads(lua_State *L) {
  lua_Integer count = luaL_checkinteger(L, 1);
  if (count < 1 || count > RNN_MOST_THREADS)
    return rnn_lua_error(L, "set_threads: expected 1 to %d threads, got %I", RNN_MOST_THREADS, (LUAI_UACINT)count);
  rnn_set_threads((int)count);
  return 0;
}

/* core.workers() -> worker threads that were started, loops that were given to several threads so far */
static int workers(lua_State *L) {
  lua_pushinteger(L, rnn_parallel_workers());
  lua_pushinteger(L, rnn_parallel_shared());
  return 2;
}

static void add_entry(lua_State *L, const char *name, const char *value) {
  lua_createtable(L, 2, 0);
  lua_pushstring(L, name);
  lua_rawseti(L, -2, 1);
  lua_pushstring(L, value);
  lua_rawseti(L, -2, 2);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* core.config(): {{"CPU level", "v4"}, …}; opens the BLAS library to name it */
static int config(lua_State *L) {
  lua_newtable(L);
  add_entry(L, "CPU level", rnn_cpu_level_name());
  rnn_blas();
  add_entry(L, "BLAS", rnn_blas_name());
  lua_pushinteger(L, rnn_threads());
  const char *count = lua_tostring(L, -1);
  lua_insert(L, -2);
  add_entry(L, "threads", count);
  return 1;
}

static const luaL_Reg functions[] = {
    {"threads", threads}, {"set_threads", set_threads}, {"workers", workers}, {"config", config}, {NULL, NULL}};

void rnn_open_machine(lua_State *L) {
  luaL_setfuncs(L, functions, 0);
  lua_pushliteral(L, RNN_VERSION);
  lua_setfield(L, -2, "version");
}
