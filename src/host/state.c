/*
** state.c - a Lua state whose memory comes from core/alloc.h
**
** What luaL_newstate does (an allocator, a panic message, warnings that "@on" and "@off" switch), with
** our allocator in place of realloc, so that tests can make any allocation fail and count leaks.
*/
#include "host/state.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

static void *allocate(void *unused, void *block, size_t old_size, size_t new_size) {
  (void)unused, (void)old_size;
  if (new_size > 0) return rnn_realloc(block, new_size);
  rnn_free(block);
  return NULL;
}

/* An error outside any protected call. There is no way back: Lua aborts when this returns. */
static int panic(lua_State *L) {
  const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1)
                                                       : "error object is not a string";
  fprintf(stderr, "PANIC: unprotected error in call to Lua API (%s)\n", message);
  fflush(stderr);
  return 0;
}

/* ---- warnings: one message may come in several pieces ------------------------------------------- */

typedef struct warnings {
  bool on;
  bool continuing; /* the piece to come belongs to a message begun before */
} warnings;

static void warn(void *state, const char *piece, int more) {
  warnings *w = state;
  bool starts = !w->continuing;
  w->continuing = more != 0;
  if (starts && !more && piece[0] == '@') { /* a control message, never printed */
    if (strcmp(piece, "@on") == 0) w->on = true;
    if (strcmp(piece, "@off") == 0) w->on = false;
    return;
  }
  if (!w->on) return;
  fprintf(stderr, "%s%s%s", starts ? "Lua warning: " : "", piece, more ? "" : "\n");
  fflush(stderr);
}

lua_State *rnn_new_state(void) {
  static warnings state; /* the process has one Lua state */
  rnn_tune_allocator();
  lua_State *L = lua_newstate(allocate, NULL);
  if (L == NULL) return NULL;
  lua_atpanic(L, panic);
  lua_setwarnf(L, warn, &state);
  return L;
}
