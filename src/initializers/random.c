/* random.c - the plain random initializers, and how the others draw */
#include <math.h>

#include "initializers/initializers.h"

uint64_t rnn_initializer_key(int64_t seed, uint64_t key) {
  if (seed == RNN_NIL_INTEGER) return key;
  /* splitmix64: seeds 1, 2, 3 give unlike streams */
  uint64_t z = (uint64_t)seed + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void rnn_fill_uniform(const rnn_host *host, uint64_t key, double least, double most, int64_t n,
                      float *out) {
  host->random_uniform(key, 0, n, out);
  for (int64_t i = 0; i < n; i++) out[i] = (float)(least + (most - least) * out[i]);
}

void rnn_fill_normal(const rnn_host *host, uint64_t key, double mean, double stddev, int64_t n,
                     float *out) {
  host->random_normal(key, 0, n, out);
  for (int64_t i = 0; i < n; i++) out[i] = (float)(mean + stddev * out[i]);
}

/* numbers of the stream that lie too far out are passed over, about one in twenty */
void rnn_fill_truncated(const rnn_host *host, uint64_t key, double mean, double stddev, int64_t n,
                        float *out) {
  enum { CHUNK = 256 };
  float drawn[CHUNK];
  int64_t filled = 0;
  for (int64_t first = 0; filled < n; first += CHUNK) {
    host->random_normal(key, first, CHUNK, drawn);
    for (int i = 0; i < CHUNK && filled < n; i++)
      if (fabsf(drawn[i]) < 2) out[filled++] = (float)(mean + stddev * drawn[i]);
  }
}

/* ---- RandomNormal, TruncatedNormal ----------------------------------------------------------- */

typedef struct normal_self {
  double mean, stddev;
  int64_t seed;
} normal_self;

static const rnn_arg normal_args[] = {
    NUMBER_ARG(normal_self, mean, "0", "mean of the distribution"),
    NUMBER_ARG(normal_self, stddev, "0.05", "standard deviation, before any truncation"),
    SEED_ARG(normal_self),
};

static rnn_status random_normal(rnn_context *cx, const void *self, const rnn_shape *shape,
                                uint64_t key, float *out) {
  const normal_self *a = self;
  rnn_fill_normal(cx->host, rnn_initializer_key(a->seed, key), a->mean, a->stddev, rnn_size(shape),
                  out);
  return RNN_OK;
}

static rnn_status truncated_normal(rnn_context *cx, const void *self, const rnn_shape *shape,
                                   uint64_t key, float *out) {
  const normal_self *a = self;
  rnn_fill_truncated(cx->host, rnn_initializer_key(a->seed, key), a->mean, a->stddev,
                     rnn_size(shape), out);
  return RNN_OK;
}

const rnn_initializer_type rnn_random_normal_initializer = {
    .type = {INITIALIZER("RandomNormal"), .aliases = "random_normal normal",
             .doc = "normally distributed",
             RNN_ARGUMENTS(normal_args, normal_self), .positional = 3},
    .fill = random_normal};

const rnn_initializer_type rnn_truncated_normal = {
    .type = {INITIALIZER("TruncatedNormal"), .aliases = "truncated_normal",
             .doc = "normally distributed, what lies more than two stddev from the mean drawn "
                    "again",
             RNN_ARGUMENTS(normal_args, normal_self), .positional = 3},
    .fill = truncated_normal};

/* ---- RandomUniform --------------------------------------------------------------------------- */

typedef struct uniform_self {
  double minval, maxval;
  int64_t seed;
} uniform_self;

static const rnn_arg uniform_args[] = {
    NUMBER_ARG(uniform_self, minval, "-0.05", "lower bound"),
    NUMBER_ARG(uniform_self, maxval, "0.05", "upper bound"),
    SEED_ARG(uniform_self),
};

static rnn_status random_uniform(rnn_context *cx, const void *self, const rnn_shape *shape,
                                 uint64_t key, float *out) {
  const uniform_self *a = self;
  rnn_fill_uniform(cx->host, rnn_initializer_key(a->seed, key), a->minval, a->maxval,
                   rnn_size(shape), out);
  return RNN_OK;
}

const rnn_initializer_type rnn_random_uniform_initializer = {
    .type = {INITIALIZER("RandomUniform"), .aliases = "random_uniform uniform",
             .doc = "uniformly distributed from minval to maxval",
             RNN_ARGUMENTS(uniform_args, uniform_self), .positional = 3},
    .fill = random_uniform};
