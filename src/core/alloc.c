/*
** alloc.c - malloc with a counter in front.
**
** Everything of ours, Lua's own allocations included, passes here. Worker threads do not allocate.
*/
#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static long made;       /* allocations since the last rnn_fail_allocations */
static long live;       /* blocks out */
static long fail_first; /* 0: never */
static long fail_end;

static int refused(void) {
  made++;
  return fail_first != 0 && made >= fail_first && made < fail_end;
}

void rnn_tune_allocator(void) {
#ifdef M_TRIM_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 32 << 20); /* the most that glibc takes */
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

void *rnn_malloc(size_t bytes) {
  void *memory = refused() ? NULL : malloc(bytes ? bytes : 1);
  if (memory) live++;
  return memory;
}

void *rnn_realloc(void *memory, size_t bytes) {
  if (memory == NULL) return rnn_malloc(bytes);
  return refused() ? NULL : realloc(memory, bytes ? bytes : 1);
}

void rnn_free(void *memory) {
  if (memory) live--;
  free(memory);
}

void *rnn_malloc_aligned(size_t bytes) {
  size_t rounded = (bytes + 63) / 64 * 64;
  void *memory = rounded < bytes || refused() ? NULL : aligned_alloc(64, rounded ? rounded : 64);
  if (memory) live++;
  return memory ? memset(memory, 0, rounded ? rounded : 64) : NULL;
}

void rnn_free_aligned(void *memory) { rnn_free(memory); }

long rnn_fail_allocations(long first, long count) {
  long since = made;
  made = 0;
  fail_first = first;
  fail_end = first + count;
  return since;
}

long rnn_live_allocations(void) { return live; }
