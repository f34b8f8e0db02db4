/*
** alloc.c - malloc with a counter in front.
**
** Everything of ours, Lua's own allocations included, passes here. Worker threads do not allocate.
*/
#include "core/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define ALIGNMENT 64

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

/* calloc, whose large blocks are zero without being touched: where all of an arena were cleared here, that would
** take as long as a step, and Ctrl-C would have to wait. What calloc gave is kept in front of the block. */
void *rnn_malloc_aligned(size_t bytes) {
  const size_t more = ALIGNMENT + sizeof(void *);
  char *whole = bytes > SIZE_MAX - more || refused() ? NULL : calloc(1, bytes + more);
  if (whole == NULL) return NULL;
  void **block = (void **)(((uintptr_t)whole + more) / ALIGNMENT * ALIGNMENT);
  block[-1] = whole;
  live++;
  return block;
}

void rnn_free_aligned(void *memory) { rnn_free(memory ? ((void **)memory)[-1] : NULL); }

long rnn_fail_allocations(long first, long count) {
  long since = made;
  made = 0;
  fail_first = first;
  fail_end = first + count;
  return since;
}

long rnn_live_allocations(void) { return live; }
