/* optimizers_kernels.c - one pass over weights, gradients and slots for each update */
#include <math.h>

#include "optimizers/optimizers.h"

static void sgd(int64_t n, float rate, float *restrict w, const float *restrict g) {
  for (int64_t i = 0; i < n; i++) w[i] -= g[i] * rate;
}

static void sgd_momentum(int64_t n, float rate, float momentum, float *restrict w,
                         const float *restrict g, float *restrict m) {
  for (int64_t i = 0; i < n; i++) {
    m[i] = m[i] * momentum - g[i] * rate;
    w[i] += m[i];
  }
}

static void sgd_nesterov(int64_t n, float rate, float momentum, float *restrict w,
                         const float *restrict g, float *restrict m) {
  for (int64_t i = 0; i < n; i++) {
    float push = g[i] * rate;
    m[i] = m[i] * momentum - push;
    w[i] += m[i] * momentum - push;
  }
}

static void adam(int64_t n, const adam_step *step, float *restrict w, const float *restrict g, const float *restrict q,
                 float *restrict m, float *restrict v) {
  adam_step s = *step;
  for (int64_t i = 0; i < n; i++) {
    m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
    v[i] += ((q ? q[i] : g[i] * g[i]) - v[i]) * s.one_minus_beta_2;
    w[i] -= m[i] * s.alpha / (sqrtf(v[i]) + s.epsilon);
  }
}

static void amsgrad(int64_t n, const adam_step *step, float *restrict w, const float *restrict g,
                    const float *restrict q, float *restrict m, float *restrict v, float *restrict h) {
  adam_step s = *step;
  for (int64_t i = 0; i < n; i++) {
    m[i] += (g[i] - m[i]) * s.one_minus_beta_1;
    v[i] += ((q ? q[i] : g[i] * g[i]) - v[i]) * s.one_minus_beta_2;
    h[i] = h[i] > v[i] ? h[i] : v[i];
    w[i] -= m[i] * s.alpha / (sqrtf(h[i]) + s.epsilon);
  }
}

const rnn_optimizer_functions RNN_KERNELS(rnn_optimizer) = {sgd, sgd_momentum, sgd_nesterov, adam,
                                                            amsgrad};
