/* optimizers.h - what the files of this room share; the types are listed in optimizers.c */
#ifndef RNN_OPTIMIZERS_H
#define RNN_OPTIMIZERS_H

#include "rnnlua_math.h"

#define OPTIMIZER(NAME) RNN_TYPE(rnn_optimizer_type, RNN_OPTIMIZER, NAME)
#define SCHEDULE(NAME) RNN_TYPE(rnn_schedule_type, RNN_SCHEDULE, NAME)

#define NUMBER_ARG(SELF, NAME, DEFAULT, RANGE, DOC) \
  {#NAME, RNN_ARG_NUMBER, offsetof(SELF, NAME), DEFAULT, RANGE, 0, DOC}
#define EPSILON_ARG(SELF) \
  NUMBER_ARG(SELF, epsilon, "1e-7", "[0, inf)", "keeps the division from overflowing")

/* what Adam's loops need of a step; all float32 as in Keras */
typedef struct adam_step {
  float alpha, one_minus_beta_1, one_minus_beta_2, epsilon;
} adam_step;

/* The loops of the usual optimizers, compiled once a CPU level. w: weights, g: gradients, both n
** numbers, as are the slots m, v, h; q: what is taken for g's squares, NULL: those themselves. */
typedef struct rnn_optimizer_functions {
  void (*sgd)(int64_t n, float rate, float *w, const float *g);
  void (*sgd_momentum)(int64_t n, float rate, float momentum, float *w, const float *g, float *m);
  void (*sgd_nesterov)(int64_t n, float rate, float momentum, float *w, const float *g, float *m);
  void (*adam)(int64_t n, const adam_step *step, float *w, const float *g, const float *q, float *m, float *v);
  void (*amsgrad)(int64_t n, const adam_step *step, float *w, const float *g, const float *q, float *m,
                  float *v, float *h);
} rnn_optimizer_functions;

RNN_DECLARE_KERNELS(rnn_optimizer_functions, rnn_optimizer)

extern const rnn_optimizer_type rnn_sgd, rnn_adam, rnn_adamw, rnn_rmsprop, rnn_adagrad,
    rnn_adadelta, rnn_adamax, rnn_nadam, rnn_ftrl, rnn_lion;
extern const rnn_schedule_type rnn_exponential_decay, rnn_inverse_time_decay, rnn_polynomial_decay,
    rnn_cosine_decay, rnn_cosine_decay_restarts, rnn_piecewise_constant_decay;

#endif
