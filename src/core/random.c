/*
** random.c - counter-based random numbers.
**
** Philox 4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy
** as 1, 2, 3", SC 2011. A block of four 32-bit words is a function of key and block number, so an element
** is the same whichever call or thread asks for it.
*/
#include "core/random.h"

#include <math.h>
#include <stdbool.h>
#include <sys/random.h>
#include <time.h>

#define POLL_SWAPS (1 << 16) /* between two looks for Ctrl-C */

static uint64_t seed, keys_given;
static bool seeded;

/* splitmix64's finaliser (Steele, Lea, Flood 2014): every bit of z reaches every bit of the result */
static uint64_t scramble(uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

uint64_t rnn_mix_key(uint64_t key, uint64_t salt) { return scramble(key ^ scramble(salt)); }

void rnn_set_seed(uint64_t value) {
  seed = scramble(value);
  keys_given = 0;
  seeded = true;
}

/* the seed that the operating system gives where a script gives none */
static void need_seed(void) {
  if (seeded) return;
  uint64_t value;
  if (getrandom(&value, sizeof value, GRND_NONBLOCK) != (ssize_t)sizeof value) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    value = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  }
  rnn_set_seed(value);
}

uint64_t rnn_next_key(void) {
  need_seed();
  return rnn_mix_key(seed, ++keys_given);
}

void rnn_random_state(uint64_t state[2]) {
  need_seed();
  state[0] = seed;
  state[1] = keys_given;
}

void rnn_set_random_state(const uint64_t state[2]) {
  seed = state[0];
  keys_given = state[1];
  seeded = true;
}

typedef struct block {
  uint32_t word[4];
} block;

static block philox(uint64_t key, uint64_t number) {
  uint32_t c0 = (uint32_t)number, c1 = (uint32_t)(number >> 32), c2 = 0, c3 = 0;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return (block){{c0, c1, c2, c3}};
}

static uint64_t join(uint32_t high, uint32_t low) { return (uint64_t)high << 32 | low; }

/* Box and Muller 1958: two uniform numbers in (0, 1] and [0, 1) make two independent normal ones */
static void box_muller(double u, double v, double *x, double *y) {
  double radius = sqrt(-2 * log(u)), angle = 2 * M_PI * v;
  *x = radius * cos(angle);
  *y = radius * sin(angle);
}

/* Four, or two, elements from each block. F makes the numbers of one block. */
#define STREAM(NAME, TYPE, PER_BLOCK, FILL)                              \
  void NAME(uint64_t key, int64_t first, int64_t n, TYPE *out) {         \
    for (int64_t i = 0; i < n;) {                                        \
      int64_t element = first + i;                                       \
      block b = philox(key, (uint64_t)(element / PER_BLOCK));            \
      TYPE numbers[PER_BLOCK];                                           \
      FILL(&b, numbers);                                                 \
      for (int64_t k = element % PER_BLOCK; k < PER_BLOCK && i < n; k++) \
        out[i++] = numbers[k];                                           \
    }                                                                    \
  }

static void uniform32(const block *b, float *out) {
  for (int k = 0; k < 4; k++) out[k] = (float)(b->word[k] >> 8) * 0x1p-24f;
}

static void normal32(const block *b, float *out) {
  for (int k = 0; k < 4; k += 2) {
    double x, y;
    box_muller((b->word[k] + 1.0) * 0x1p-32, b->word[k + 1] * 0x1p-32, &x, &y);
    out[k] = (float)x;
    out[k + 1] = (float)y;
  }
}

static void uniform64(const block *b, double *out) {
  for (int k = 0; k < 2; k++)
    out[k] = (double)(join(b->word[2 * k], b->word[2 * k + 1]) >> 11) * 0x1p-53;
}

static void normal64(const block *b, double *out) {
  double u = ((double)(join(b->word[0], b->word[1]) >> 11) + 1) * 0x1p-53;
  box_muller(u, (double)(join(b->word[2], b->word[3]) >> 11) * 0x1p-53, &out[0], &out[1]);
}

STREAM(rnn_random_uniform, float, 4, uniform32)
STREAM(rnn_random_normal, float, 4, normal32)
STREAM(rnn_random_uniform64, double, 2, uniform64)
STREAM(rnn_random_normal64, double, 2, normal64)

/* uniform in 0 .. i, to within i / 2^64, of the numbers of a block, two each; b is of number `last`, if that is one */
static int64_t below(uint64_t key, int64_t i, block *b, int64_t *last) {
  if (*last != i >> 1) *b = philox(key, (uint64_t)(i >> 1));
  *last = i >> 1;
  const uint32_t *word = b->word + 2 * (i & 1);
  /* the high half of a 64-bit number times i + 1 */
  return (int64_t)(((unsigned __int128)join(word[0], word[1]) * (uint64_t)(i + 1)) >> 64);
}

rnn_status rnn_random_permutation(rnn_context *cx, uint64_t key, int64_t n, int64_t *out) {
  block b;
  int64_t last = -1;
  for (int64_t i = 0; i < n; i++) out[i] = i;
  for (int64_t i = n - 1; i > 0; i--) {
    int64_t j = below(key, i, &b, &last), kept = out[i];
    out[i] = out[j];
    out[j] = kept;
    if (i % POLL_SWAPS == 0 && cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}
