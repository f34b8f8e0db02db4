/* random.c - the plain random initializers, and how the others draw */
#include <math.h>

#include "initializers/initializers.h"

#define LOOK (1 << 16) /* numbers between two looks for Ctrl-C */

uint64_t rnn_initializer_key(int64_t seed, uint64_t key) {
  if (seed == RNN_NIL_INTEGER) return key;
  /* splitmix64: seeds 1, 2, 3 give unlike streams */
  uint64_t z = (uint64_t)seed + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

typedef void (*draw_function)(uint64_t key, int64_t first, int64_t n, float *out);

/* start + factor * what is drawn */
static rnn_status fill(rnn_context *cx, draw_function draw, uint64_t key, double start, double factor, int64_t n,
                       float *out) {
  for (int64_t i = 0, end; i < n;) {
    end = n - i < LOOK ? n : i + LOOK;
    draw(key, i, end - i, out + i);
    for (; i < end; i++) out[i] = (float)(start + factor * out[i]);
    if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

rnn_status rnn_fill_uniform(rnn_context *cx, uint64_t key, double least, double most, int64_t n, float *out) {
  return fill(cx, cx->host->random_uniform, key, least, most - least, n, out);
}

rnn_status rnn_fill_normal(rnn_context *cx, uint64_t key, double mean, double stddev, int64_t n, float *out) {
  return fill(cx, cx->host->random_normal, key, mean, stddev, n, out);
}

/* numbers of the stream that lie too far out are passed over, about one in twenty */
rnn_status rnn_fill_truncated(rnn_context *cx, uint64_t key, double mean, double stddev, int64_t n, float *out) {
  enum { CHUNK = 256 };
  float drawn[CHUNK];
  int64_t filled = 0;
  for (int64_t first = 0; filled < n; first += CHUNK) {
    if (first % LOOK == 0 && cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    cx->host->random_normal(key, first, CHUNK, drawn);
    for (int i = 0; i < CHUNK && filled < n; i++)
      if (fabsf(drawn[i]) < 2) out[filled++] = (float)(mean + stddev * drawn[i]);
  }
  return RNN_OK;
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
  return rnn_fill_normal(cx, rnn_initializer_key(a->seed, key), a->mean, a->stddev, rnn_size(shape), out);
}

static rnn_status truncated_normal(rnn_context *cx, const void *self, const rnn_shape *shape,
                                   uint64_t key, float *out) {
  const normal_self *a = self;
  return rnn_fill_truncated(cx, rnn_initializer_key(a->seed, key), a->mean, a->stddev, rnn_size(shape), out);
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
  return rnn_fill_uniform(cx, rnn_initializer_key(a->seed, key), a->minval, a->maxval, rnn_size(shape), out);
}

const rnn_initializer_type rnn_random_uniform_initializer = {
    .type = {INITIALIZER("RandomUniform"), .aliases = "random_uniform uniform",
             .doc = "uniformly distributed from minval to maxval",
             RNN_ARGUMENTS(uniform_args, uniform_self), .positional = 3},
    .fill = random_uniform};
