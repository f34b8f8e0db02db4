/* system.c - what Lua's own library lacks of the system: a terminal's size, a monotonic clock, the environment as -E wants it */
#include "bind/system.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* core.isatty(fd): whether that file descriptor is a terminal */
static int is_terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

/* core.columns(): COLUMNS if set, else the terminal's width, else 80; as Python's get_terminal_size */
static int columns(lua_State *L) {
  const char *text = getenv("COLUMNS");
  long given = text ? strtol(text, NULL, 10) : 0;
  struct winsize size;
  if (given <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) given = size.ws_col;
  lua_pushinteger(L, given > 0 ? given : 80);
  return 1;
}

/* core.clock(): seconds of a clock that nobody sets */
static int monotonic(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec + 1e-9 * (lua_Number)now.tv_nsec);
  return 1;
}

/* core.getenv(name): as os.getenv, but nil under -E, which leaves a mark for the package library */
static int get_environment(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  lua_pushstring(L, lua_toboolean(L, -1) ? NULL : getenv(name));
  return 1;
}

static const luaL_Reg functions[] = {
    {"isatty", is_terminal}, {"columns", columns}, {"clock", monotonic}, {"getenv", get_environment}, {NULL, NULL}};

void rnn_open_system(lua_State *L) { luaL_setfuncs(L, functions, 0); }
