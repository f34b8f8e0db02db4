/*
** bare_vector.h - the notebook's training by hand for vectors of 16 floats: a lower bound for what a library can reach
**
** A row of 10 units is one vector; sums run over six rows at once, so that no addition waits for the one before it. All
** of its memory is 6 KB. bare_loop.c checks its weights against those of the plain loop.
*/
#ifndef BARE_VECTOR_H
#define BARE_VECTOR_H

#include <math.h>
#include <string.h>

#include "notebook.h"

enum { LANES = 16, VECTORS = U + 4 };
typedef float vector __attribute__((vector_size(4 * LANES)));

typedef struct vector_parameters {
  vector w, b, v, c, u[U]; /* c: its first lane alone */
} vector_parameters;

static union {
  vector_parameters at;
  vector all[VECTORS];
} vp, vg, vm, vs;
static vector vh[T + 1][B];

/* x P(x²) / Q(x²), within some ULP; beyond 7.9 it is 1 in float */
static inline void vector_tanh(vector *at) {
  vector x = *at;
  const float far = 7.90531110763549805f;
  for (int k = 0; k < LANES; k++) x[k] = fminf(fmaxf(x[k], -far), far);
  vector s = x * x;
  vector p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * s + -8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  vector q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  *at = x * p / q;
}

/* one number of a vector in memory, which is read from there */
static inline float lane(const vector *x, int i) { return ((const float *)x)[i]; }

static inline float lane_sum(const vector *x) {
  float sum = 0;
  for (int i = 0; i < U; i++) sum += lane(x, i);
  return sum;
}

static float vector_forward(const batch *data, float *prediction) {
  const vector_parameters *p = &vp.at;
  float loss = 0;
  for (int t = 0; t < T; t++) {
    vector z[B];
    for (int r = 0; r < B; r++) z[r] = data->x[r][t] * p->w + p->b;
    for (int i = 0; t > 0 && i < U; i++)
      for (int r = 0; r < B; r++) z[r] += lane(&vh[t][r], i) * p->u[i];
    for (int r = 0; r < B; r++) {
      vector_tanh(&z[r]);
      vh[t + 1][r] = z[r];
    }
  }
  for (int r = 0; r < B; r++) {
    vector products = vh[T][r] * p->v;
    prediction[r] = p->c[0] + lane_sum(&products);
    loss += (prediction[r] - data->y[r]) * (prediction[r] - data->y[r]);
  }
  return loss / B;
}

static inline void transpose(const vector from[U], vector to[U]) {
  for (int i = 0; i < U; i++)
    for (int j = 0; j < U; j++) ((float *)&to[i])[j] = lane(&from[j], i);
}

static void vector_backward(const batch *data, const float *prediction) {
  vector_parameters *g = &vg.at;
  vector dh[B], back[U] = {{0}};
  transpose(vp.at.u, back);
  memset(&vg, 0, sizeof vg);
  for (int r = 0; r < B; r++) {
    float d = 2 * (prediction[r] - data->y[r]) / B;
    g->c[0] += d;
    g->v += d * vh[T][r];
    dh[r] = d * vp.at.v;
  }
  for (int t = T - 1; t >= 0; t--) {
    vector dz[B], before[B];
    for (int r = 0; r < B; r++) {
      dz[r] = dh[r] * (1 - vh[t + 1][r] * vh[t + 1][r]);
      g->b += dz[r];
      g->w += data->x[r][t] * dz[r];
      before[r] = (vector){0};
    }
    for (int i = 0; t > 0 && i < U; i++) {
      vector sum = g->u[i];
      for (int r = 0; r < B; r++) sum += lane(&vh[t][r], i) * dz[r];
      g->u[i] = sum;
    }
    for (int i = 0; t > 0 && i < U; i++)
      for (int r = 0; r < B; r++) before[r] += lane(&dz[r], i) * back[i];
    for (int r = 0; r < B; r++) dh[r] = before[r];
  }
}

static void vector_adam(double rate) {
  for (int i = 0; i < VECTORS; i++) {
    vm.all[i] += (vg.all[i] - vm.all[i]) * 0.1f;
    vs.all[i] += (vg.all[i] * vg.all[i] - vs.all[i]) * 0.001f;
    vector root;
    for (int k = 0; k < LANES; k++) root[k] = sqrtf(vs.all[i][k]);
    vp.all[i] -= (float)rate * vm.all[i] / (root + 1e-7f);
  }
}

static float vector_epoch(const batch *data, double rate) {
  float prediction[B];
  float loss = vector_forward(data, prediction);
  vector_backward(data, prediction);
  vector_adam(rate);
  return loss;
}

static void vector_start(const parameters *from) {
  memset(&vp, 0, sizeof vp);
  memset(&vm, 0, sizeof vm);
  memset(&vs, 0, sizeof vs);
  for (int j = 0; j < U; j++) {
    vp.at.w[j] = from->w[j];
    vp.at.b[j] = from->b[j];
    vp.at.v[j] = from->v[j];
    for (int i = 0; i < U; i++) vp.at.u[i][j] = from->u[i][j];
  }
  vp.at.c[0] = from->c;
}

/* the largest difference of a weight */
static float vector_difference(const parameters *other) {
  float worst = fabsf(vp.at.c[0] - other->c);
  for (int j = 0; j < U; j++) {
    worst = fmaxf(worst, fabsf(vp.at.w[j] - other->w[j]));
    worst = fmaxf(worst, fabsf(vp.at.b[j] - other->b[j]));
    worst = fmaxf(worst, fabsf(vp.at.v[j] - other->v[j]));
    for (int i = 0; i < U; i++) worst = fmaxf(worst, fabsf(vp.at.u[i][j] - other->u[i][j]));
  }
  return worst;
}

#endif
