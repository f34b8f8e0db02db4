/* parallel.h - worker threads over fixed tiles */
#ifndef RNN_PARALLEL_H
#define RNN_PARALLEL_H

#include "rnnlua.h"

/* The host's parallel_for. Tiles are handed out one by one; a call from within a tile runs on the spot.
** Workers start at the first call with more than one tile, block all signals and never allocate
** through core/alloc.h. */
void rnn_parallel_for(rnn_context *cx, int64_t tiles, rnn_tile_function f, void *data);

/* What plugins get as parallel_for: the same, unless their tiles must stay on the main thread, because what they
** call reaches Lua. Products inside of a tile may still use the workers: that does not change their bits. */
void rnn_parallel_tiles(rnn_context *cx, int64_t tiles, rnn_tile_function f, void *data);

/* Keeps tiles on the calling thread, or no longer; returns what was so before. */
bool rnn_parallel_hold(bool hold);

/* whether this is a worker, where Lua must not be called */
bool rnn_is_worker(void);

#define RNN_MOST_THREADS 256

/* How many threads may work, the caller's included: OMP_NUM_THREADS, else the CPUs this process may use. */
int rnn_threads(void);
void rnn_set_threads(int count); /* 1 .. RNN_MOST_THREADS */

/* A count as in OMP_NUM_THREADS, of which "4,2" says that nested loops get 2: the first number, at most
** RNN_MOST_THREADS; 0 where there is none of 1 or more. */
int rnn_read_threads(const char *text);

/* For tests: workers that were started, and loops that were given to several threads so far. */
int rnn_parallel_workers(void);
int64_t rnn_parallel_shared(void);

#endif
