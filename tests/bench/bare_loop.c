/*
** bare_loop.c - the notebook's training written out as a plain loop, left to the compiler
**
** SimpleRNN(10) over 4 steps of 1 feature, Dense(1), mean squared error, Adam; one batch of 6. No calls, no
** tensors, sizes known to the compiler; no vectors by hand, so it is no lower bound. Prints the loss of the
** last epoch (so that nothing can be left out) and the best and median time of an epoch in microseconds,
** over runs of 1,000.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { B = 6, T = 4, U = 10, PARAMS = U + U * U + U + U + 1 };

typedef struct parameters {
  float w[U], u[U][U], b[U], v[U], c;
} parameters;

static parameters p, g;
static float m[PARAMS], s[PARAMS];
static float x[B][T], y[B], h[T + 1][B][U], prediction[B];

static float forward(void) {
  float loss = 0;
  memset(h[0], 0, sizeof h[0]);
  for (int t = 0; t < T; t++)
    for (int r = 0; r < B; r++) {
      float z[U];
      for (int j = 0; j < U; j++) z[j] = x[r][t] * p.w[j] + p.b[j];
      for (int i = 0; i < U; i++)
        for (int j = 0; j < U; j++) z[j] += h[t][r][i] * p.u[i][j];
      for (int j = 0; j < U; j++) h[t + 1][r][j] = tanhf(z[j]);
    }
  for (int r = 0; r < B; r++) {
    float out = p.c;
    for (int j = 0; j < U; j++) out += h[T][r][j] * p.v[j];
    prediction[r] = out;
    loss += (out - y[r]) * (out - y[r]);
  }
  return loss / B;
}

static void backward(void) {
  float dh[B][U];
  memset(&g, 0, sizeof g);
  for (int r = 0; r < B; r++) {
    float d = 2 * (prediction[r] - y[r]) / B;
    g.c += d;
    for (int j = 0; j < U; j++) {
      g.v[j] += d * h[T][r][j];
      dh[r][j] = d * p.v[j];
    }
  }
  for (int t = T - 1; t >= 0; t--)
    for (int r = 0; r < B; r++) {
      float dz[U], previous[U];
      for (int j = 0; j < U; j++) {
        dz[j] = dh[r][j] * (1 - h[t + 1][r][j] * h[t + 1][r][j]);
        g.b[j] += dz[j];
        g.w[j] += dz[j] * x[r][t];
      }
      for (int i = 0; i < U; i++) {
        float sum = 0;
        for (int j = 0; j < U; j++) {
          g.u[i][j] += h[t][r][i] * dz[j];
          sum += p.u[i][j] * dz[j];
        }
        previous[i] = sum;
      }
      memcpy(dh[r], previous, sizeof previous);
    }
}

static void adam(int step) {
  float *weights = (float *)&p;
  const float *gradients = (const float *)&g;
  float rate = 0.001f * sqrtf(1 - powf(0.999f, (float)step)) / (1 - powf(0.9f, (float)step));
  for (int i = 0; i < PARAMS; i++) {
    m[i] += (gradients[i] - m[i]) * 0.1f;
    s[i] += (gradients[i] * gradients[i] - s[i]) * 0.001f;
    weights[i] -= rate * m[i] / (sqrtf(s[i]) + 1e-7f);
  }
}

static void start(void) {
  float *weights = (float *)&p;
  for (int i = 0; i < PARAMS; i++) weights[i] = (float)rand() / (float)RAND_MAX - 0.5f;
  memset(m, 0, sizeof m);
  memset(s, 0, sizeof s);
  for (int r = 0; r < B; r++) {
    y[r] = (float)(r + 4) / 10;
    for (int t = 0; t < T; t++) x[r][t] = (float)(r + t) / 10;
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

int main(void) {
  enum { RUNS = 50, EPOCHS = 1000 };
  double times[RUNS];
  float loss = 0;
  for (int run = 0; run < RUNS; run++) {
    start();
    double begin = now();
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      loss = forward();
      backward();
      adam(epoch);
    }
    times[run] = (now() - begin) / EPOCHS;
  }
  qsort(times, RUNS, sizeof *times, ascending);
  printf("%g %.3f %.3f\n", loss, times[0], times[RUNS / 2]);
  return 0;
}
