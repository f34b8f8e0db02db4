/* norms.h - what the normalizing layers share: arguments, weights, and loops over rows */
#ifndef RNN_LAYERS_NORMS_H
#define RNN_LAYERS_NORMS_H

#include "rnnlua.h"
#include "rnnlua_math.h"

#define RNN_NORM_FIELDS                                          \
  const rnn_component *beta_initializer, *gamma_initializer;     \
  const rnn_component *beta_regularizer, *gamma_regularizer;     \
  const rnn_component *beta_constraint, *gamma_constraint

#define RNN_NORM_ARG(T, NAME, FALLBACK, KIND, DOC) \
  {#NAME, RNN_ARG_COMPONENT, offsetof(T, NAME), FALLBACK, NULL, KIND, DOC}
#define RNN_NORM_INITIALIZERS(T)                                                               \
  RNN_NORM_ARG(T, beta_initializer, "zeros", RNN_INITIALIZER, "fills beta"),                   \
      RNN_NORM_ARG(T, gamma_initializer, "ones", RNN_INITIALIZER, "fills gamma")
#define RNN_NORM_LIMITS(T)                                                                     \
  RNN_NORM_ARG(T, beta_regularizer, "nil", RNN_REGULARIZER, "penalty on beta"),                \
      RNN_NORM_ARG(T, gamma_regularizer, "nil", RNN_REGULARIZER, "penalty on gamma"),          \
      RNN_NORM_ARG(T, beta_constraint, "nil", RNN_CONSTRAINT, "projection of beta after each update"), \
      RNN_NORM_ARG(T, gamma_constraint, "nil", RNN_CONSTRAINT, "projection of gamma after each update")
#define RNN_NORM_ARGS(T) RNN_NORM_INITIALIZERS(T), RNN_NORM_LIMITS(T)

#define RNN_NORM_WEIGHT(SELF, NAME, SHAPE)                                   \
  ((rnn_weight_spec){.name = #NAME,                                          \
                     .shape = SHAPE,                                         \
                     .initializer = (SELF)->NAME##_initializer,              \
                     .regularizer = (SELF)->NAME##_regularizer,              \
                     .constraint = (SELF)->NAME##_constraint})
#define RNN_GAMMA(SELF, SHAPE) RNN_NORM_WEIGHT(SELF, gamma, SHAPE)
#define RNN_BETA(SELF, SHAPE) RNN_NORM_WEIGHT(SELF, beta, SHAPE)

/* fails where an axis (from 0) that weights go along has no known extent */
rnn_status rnn_need_extent(rnn_context *cx, const rnn_shape *shape, int axis);

/* Rows normalized each by itself. moments has the mean and 1 / sqrt(variance + epsilon) of each row, from forward
** to backward. */
typedef struct rnn_norm_rows {
  int64_t rows, length;
  double epsilon;
  bool keeps_mean;           /* the mean is not subtracted */
  const float *gamma, *beta; /* of `length`; or NULL */
  const float *x;
  float *y; /* backward: dy */
  float *moments;
  float *d_gamma, *d_beta; /* added to; or NULL */
  float *dx;               /* may be dy; or NULL */
} rnn_norm_rows;

void rnn_norm_forward(rnn_context *cx, const rnn_norm_rows *rows);
void rnn_norm_backward(rnn_context *cx, const rnn_norm_rows *rows);

/* the loops, by CPU level */
typedef struct rnn_norm_functions {
  /* rows first to last-1 of rnn_norm_rows */
  void (*forward)(const rnn_norm_rows *rows, int64_t first, int64_t last);
  void (*input_gradient)(const rnn_norm_rows *rows, int64_t first, int64_t last);
  /* d_gamma and d_beta for columns first to last-1, at most RNN_NORM_COLUMNS */
  void (*weight_gradients)(const rnn_norm_rows *rows, int64_t first, int64_t last);
} rnn_norm_functions;

#define RNN_NORM_COLUMNS 64

RNN_DECLARE_KERNELS(rnn_norm_functions, rnn_norm)

#endif
