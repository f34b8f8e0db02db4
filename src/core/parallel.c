/*
** parallel.c - worker threads over fixed tiles.
**
** What a tile computes does not depend on who computes it, so results are the same bits at any number
** of threads. Workers spin a moment for the next job, since a training step sends many short ones,
** then sleep.
*/
#include "core/parallel.h"

#include "core/denormals.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SPINS 2000

typedef struct job {
  rnn_tile_function f;
  void *data;
  int64_t tiles;
  uint64_t float_mode; /* the caller's: tiles are the same bits whoever computes them */
} job;

static int wanted;  /* threads allowed, the caller included; 0: not asked yet */
static int started; /* workers that exist */
static int64_t shared; /* loops given to several threads so far; counted on the main thread alone */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;

static job current;
static atomic_long generation; /* counts jobs; a worker takes part in each once */
static atomic_int invited;     /* workers that may still join the current job */
static atomic_int busy;        /* workers inside it */
static atomic_llong next_tile;
static _Thread_local bool inside, worker;
static bool held; /* set and read on the main thread alone */

static void take_tiles(void) {
  for (int64_t tile; (tile = atomic_fetch_add(&next_tile, 1)) < current.tiles;)
    current.f(current.data, tile);
}

/* waits for a job newer than `seen` */
static long await_job(long seen) {
  for (int i = 0; i < SPINS; i++) {
    long g = atomic_load_explicit(&generation, memory_order_acquire);
    if (g != seen) return g;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  pthread_mutex_lock(&lock);
  while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &lock);
  long g = atomic_load(&generation);
  pthread_mutex_unlock(&lock);
  return g;
}

/* Claims one of the places of the current job. `busy` rises first, so that the caller, who closes the
** job by taking all places away and then waits for busy = 0, cannot miss a worker that got one. */
static bool join(void) {
  atomic_fetch_add(&busy, 1);
  int places = atomic_load(&invited);
  while (places > 0)
    if (atomic_compare_exchange_weak(&invited, &places, places - 1)) return true;
  return false;
}

static void *work(void *unused) {
  (void)unused;
  inside = worker = true;
  for (long seen = 0;;) {
    seen = await_job(seen);
    if (join()) {
      rnn_set_float_mode(current.float_mode);
      take_tiles();
    }
    atomic_fetch_sub_explicit(&busy, 1, memory_order_release);
  }
  return NULL;
}

static void start_workers(int count) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; started < count; started++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, NULL) != 0) break; /* fewer threads, same results */
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void rnn_parallel_for(rnn_context *cx, int64_t tiles, rnn_tile_function f, void *data) {
  (void)cx;
  int helpers = rnn_threads() - 1;
  if (helpers > tiles - 1) helpers = (int)(tiles - 1);
  if (inside || helpers < 1) {
    for (int64_t tile = 0; tile < tiles; tile++) f(data, tile);
    return;
  }
  if (started < helpers) start_workers(helpers);
  inside = true;
  shared++;
  pthread_mutex_lock(&lock);
  current = (job){f, data, tiles, rnn_float_mode()};
  atomic_store(&next_tile, 0);
  atomic_store(&invited, helpers);
  atomic_fetch_add(&generation, 1);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
  take_tiles();
  atomic_store(&invited, 0);
  while (atomic_load(&busy) > 0) sched_yield();
  inside = false;
}

void rnn_parallel_tiles(rnn_context *cx, int64_t tiles, rnn_tile_function f, void *data) {
  if (worker || !held) {
    rnn_parallel_for(cx, tiles, f, data);
    return;
  }
  for (int64_t tile = 0; tile < tiles; tile++) f(data, tile);
}

bool rnn_parallel_hold(bool hold) {
  bool before = held;
  held = hold;
  return before;
}

bool rnn_is_worker(void) { return worker; }

int rnn_parallel_workers(void) { return started; }

int64_t rnn_parallel_shared(void) { return shared; }

static int available_cpus(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

int rnn_read_threads(const char *text) {
  char *end;
  errno = 0;
  long n = strtol(text, &end, 10);
  if (end == text || (*end != '\0' && *end != ',') || n < 1) return 0;
  return errno == ERANGE || n > RNN_MOST_THREADS ? RNN_MOST_THREADS : (int)n;
}

int rnn_threads(void) {
  if (wanted == 0) {
    const char *cap = getenv("OMP_NUM_THREADS");
    int n = cap ? rnn_read_threads(cap) : 0;
    rnn_set_threads(n > 0 ? n : available_cpus());
  }
  return wanted;
}

void rnn_set_threads(int count) {
  wanted = count < 1 ? 1 : count > RNN_MOST_THREADS ? RNN_MOST_THREADS : count;
}
