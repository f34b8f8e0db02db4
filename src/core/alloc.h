/* alloc.h - the one allocator; tests can make it fail */
#ifndef RNN_ALLOC_H
#define RNN_ALLOC_H

#include <stddef.h>

/* Once, at the start: blocks of some megabytes that are freed stay with the process for the next ones. Else
** a loop of temporary tensors gets each from the kernel anew, page by page: measured three times as slow. */
void rnn_tune_allocator(void);

void *rnn_malloc(size_t bytes);
void *rnn_realloc(void *memory, size_t bytes); /* on failure NULL, and `memory` is unchanged */
void rnn_free(void *memory);

/* zeroed and 64-byte aligned; give back with rnn_free_aligned */
void *rnn_malloc_aligned(size_t bytes);
void rnn_free_aligned(void *memory);

/* The next `first - 1` allocations succeed, the `count` after them fail; first = 0 stops that. Returns
** how many allocations were made since the last call. For tests: visible to shared objects. */
__attribute__((visibility("default"))) long rnn_fail_allocations(long first, long count);

/* blocks given out and not given back: what a leak test looks at */
__attribute__((visibility("default"))) long rnn_live_allocations(void);

#endif
