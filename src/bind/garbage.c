/*
** garbage.c - large tensors that nobody needs any more.
**
** Lua's collector waits until memory has doubled. Until then every result of a loop over large tensors lies in memory of
** its own, which is in no cache: a + a of 4 MB took twice the time, and several times the memory, that it takes where the
** last result's memory is free for the next. A full collection costs by the number of objects, not by their bytes, so it
** is done as soon as it has cost a small part of the time that writing the tensors since the last one has.
*/
#include "bind/garbage.h"

#include <time.h>

#define BYTES_A_SECOND 1e10 /* what memory takes, about */
#define SHARE 0.25          /* of that time may go into collecting */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* before the first is measured: as if all but large tensors were small objects */
static double guess(lua_State *L, double large) {
  double small = 1024.0 * lua_gc(L, LUA_GCCOUNT) - large;
  return small > 0 ? 1e-9 * small : 0;
}

void rnn_lua_before_large(lua_State *L, size_t bytes) {
  static double written; /* bytes of large tensors since the last collection here */
  static double cost;    /* seconds that it took, a slow moment of the machine left aside; 0: there was none */
  written += (double)bytes;
  double allowed = written / BYTES_A_SECOND * SHARE;
  if ((cost > 0 ? cost : guess(L, written)) > allowed || !lua_gc(L, LUA_GCISRUNNING)) return;
  double start = now();
  lua_gc(L, LUA_GCCOLLECT);
  double took = now() - start;
  cost = cost == 0 || took < 2 * cost ? took : 2 * cost;
  written = 0;
}
