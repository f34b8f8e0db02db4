/* random.h - counter-based random numbers (Philox 4x32-10): seed, stream, element -> number */
#ifndef RNN_RANDOM_H
#define RNN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "rnnlua.h"

/* Seeds everything that asks rnn_next_key; the same seed gives the same sequence of keys. Until it is
** called the seed comes from the operating system. */
void rnn_set_seed(uint64_t seed);

/* The key of a new stream: a function of the seed and of how many keys were asked for since. */
uint64_t rnn_next_key(void);

/* Where the sequence of keys stands: two words to put it there again. */
void rnn_random_state(uint64_t state[2]);
void rnn_set_random_state(const uint64_t state[2]);

/* A stream derived from another one, e.g. key of a layer and number of the step. */
uint64_t rnn_mix_key(uint64_t key, uint64_t salt);

/* n numbers of a stream from element `first` on; see rnn_host. */
void rnn_random_uniform(uint64_t key, int64_t first, int64_t n, float *out); /* [0, 1) */
void rnn_random_normal(uint64_t key, int64_t first, int64_t n, float *out);
void rnn_random_uniform64(uint64_t key, int64_t first, int64_t n, double *out); /* 53 bits */
void rnn_random_normal64(uint64_t key, int64_t first, int64_t n, double *out);

/* A permutation of 0 .. n-1 (Fisher-Yates); the same on every machine. Polls for Ctrl-C. */
rnn_status rnn_random_permutation(rnn_context *cx, uint64_t key, int64_t n, int64_t *out);

#endif
