/*
** system.c - what Lua's own library lacks of the system: a terminal's size, a monotonic clock, the environment as -E
** wants it, output held back
*/
#include "bind/system.h"

#include <lauxlib.h>
#ifdef __linux__
#include <stdio_ext.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* core.isatty(fd): whether that file descriptor is a terminal */
static int is_terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

/* core.columns([own]): COLUMNS if set, else the terminal's width, else 80; as Python's get_terminal_size. own: the
** terminal's before COLUMNS, which readline sets once: what is redrawn goes with the window. */
static int columns(lua_State *L) {
  struct winsize now;
  if (lua_toboolean(L, 1) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_col > 0)
    return lua_pushinteger(L, now.ws_col), 1;
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

/* ---- output held back --------------------------------------------------------------------------------------- */

static size_t held; /* bytes that wait in stdout's buffer; 0: none do */

#ifdef __linux__
static size_t pending(void) { return __fpending(stdout); }
static void drop_pending(void) { __fpurge(stdout); }
#else /* nobody can look into the buffer: nothing is held back, and nothing is noticed */
static size_t pending(void) { return held; }
static void drop_pending(void) {}
#endif

/* core.hold_output(text): the text, a part of a line, is written in front of what is printed next, if anything is; all
** that was printed before must have been flushed */
static int hold_output(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 1, &n);
#ifdef __linux__
  fwrite(text, 1, n, stdout);
#else
  (void)text;
#endif
  held = n;
  return 0;
}

/* core.output_is_held(): whether nothing was printed since */
static int output_is_held(lua_State *L) {
  lua_pushboolean(L, held > 0 && pending() == held);
  return 1;
}

/* core.release_output(): takes the text back if nothing was printed; whether a line was begun that has no end yet */
static int release_output(lua_State *L) {
  size_t there = pending();
  if (held > 0 && there == held) drop_pending();
  else fflush(stdout);
  lua_pushboolean(L, there > held);
  held = 0;
  return 1;
}

static const luaL_Reg functions[] = {{"isatty", is_terminal},
                                     {"columns", columns},
                                     {"clock", monotonic},
                                     {"getenv", get_environment},
                                     {"hold_output", hold_output},
                                     {"output_is_held", output_is_held},
                                     {"release_output", release_output},
                                     {NULL, NULL}};

void rnn_open_system(lua_State *L) { luaL_setfuncs(L, functions, 0); }
