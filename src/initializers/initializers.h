/* initializers.h - what the files of this room share; the types are listed in initializers.c */
#ifndef RNN_INITIALIZERS_H
#define RNN_INITIALIZERS_H

#include "rnnlua_math.h"

#define INITIALIZER(NAME) RNN_TYPE(rnn_initializer_type, RNN_INITIALIZER, NAME)

#define NUMBER_ARG(SELF, NAME, DEFAULT, DOC) \
  {#NAME, RNN_ARG_NUMBER, offsetof(SELF, NAME), DEFAULT, NULL, 0, DOC}
#define SEED_ARG(SELF)                                                \
  {"seed", RNN_ARG_INTEGER, offsetof(SELF, seed), "nil", NULL, 0, \
   "the same numbers at every call; nil: drawn from the global seed"}

/* the stream of a seed, or the one that the host gave where the seed is nil */
uint64_t rnn_initializer_key(int64_t seed, uint64_t key);

/* Fill `out`, n numbers, polling for Ctrl-C; truncated: nothing further than two standard deviations from the mean. */
rnn_status rnn_fill_uniform(rnn_context *cx, uint64_t key, double least, double most, int64_t n, float *out);
rnn_status rnn_fill_normal(rnn_context *cx, uint64_t key, double mean, double stddev, int64_t n, float *out);
rnn_status rnn_fill_truncated(rnn_context *cx, uint64_t key, double mean, double stddev, int64_t n, float *out);

/* The steps of Gram-Schmidt: a vector of `length` numbers gets length 1; `count` vectors, side by side, lose what
** they have of v's direction. */
typedef struct rnn_orthogonal_functions {
  void (*normalise)(int64_t length, double *v);
  void (*project)(int64_t length, const double *v, int64_t count, double *vectors);
} rnn_orthogonal_functions;

RNN_DECLARE_KERNELS(rnn_orthogonal_functions, rnn_orthogonal)

extern const rnn_initializer_type rnn_zeros, rnn_ones, rnn_constant, rnn_identity;
extern const rnn_initializer_type rnn_random_normal_initializer, rnn_random_uniform_initializer,
    rnn_truncated_normal;
extern const rnn_initializer_type rnn_variance_scaling, rnn_glorot_uniform, rnn_glorot_normal,
    rnn_he_uniform, rnn_he_normal, rnn_lecun_uniform, rnn_lecun_normal;
extern const rnn_initializer_type rnn_orthogonal_initializer;

#endif
