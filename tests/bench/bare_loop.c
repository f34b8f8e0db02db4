/*
** bare_loop.c - the notebook's training written out in C, beside which a library has calls, tensors and sizes to look up
**
** SimpleRNN(10) over 4 steps of 1 feature, Dense(1), mean squared error, Adam; one shuffled batch of 6. Once by hand for
** vectors (bare_vector.h), once as a plain loop that is left to the compiler. Prints a line for each: its name, the loss
** of the last epoch (so that nothing can be left out), and the best and median time of an epoch in microseconds, over
** interleaved runs of 1,000. Fails where the two do not end at the same weights.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bare_vector.h"
#include "notebook.h"

static parameters p, g;
static float m[PARAMS], s[PARAMS];
static float h[T + 1][B][U], prediction[B];

static float forward(const batch *restrict data) {
  float loss = 0;
  memset(h[0], 0, sizeof h[0]);
  for (int t = 0; t < T; t++)
    for (int r = 0; r < B; r++) {
      float z[U];
      for (int j = 0; j < U; j++) z[j] = data->x[r][t] * p.w[j] + p.b[j];
      for (int i = 0; i < U; i++)
        for (int j = 0; j < U; j++) z[j] += h[t][r][i] * p.u[i][j];
      for (int j = 0; j < U; j++) h[t + 1][r][j] = tanhf(z[j]);
    }
  for (int r = 0; r < B; r++) {
    float out = p.c;
    for (int j = 0; j < U; j++) out += h[T][r][j] * p.v[j];
    prediction[r] = out;
    loss += (out - data->y[r]) * (out - data->y[r]);
  }
  return loss / B;
}

static void backward(const batch *restrict data) {
  float dh[B][U];
  memset(&g, 0, sizeof g);
  for (int r = 0; r < B; r++) {
    float d = 2 * (prediction[r] - data->y[r]) / B;
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
        g.w[j] += dz[j] * data->x[r][t];
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

static void adam(double rate) {
  float *weights = (float *)&p;
  const float *gradients = (const float *)&g;
  for (int i = 0; i < PARAMS; i++) {
    m[i] += (gradients[i] - m[i]) * 0.1f;
    s[i] += (gradients[i] * gradients[i] - s[i]) * 0.001f;
    weights[i] -= (float)rate * m[i] / (sqrtf(s[i]) + 1e-7f);
  }
}

static float plain_epoch(const batch *restrict data, double rate) {
  float loss = forward(data);
  backward(data);
  adam(rate);
  return loss;
}

static void start(void) {
  float *weights = (float *)&p;
  for (int i = 0; i < PARAMS; i++) weights[i] = (float)rand() / (float)RAND_MAX - 0.5f;
  memset(m, 0, sizeof m);
  memset(s, 0, sizeof s);
  vector_start(&p);
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

enum { RUNS = 50, EPOCHS = 1000, WAYS = 2 };
static const char *const names[WAYS] = {"vectors", "plain"};
static float (*const epochs[WAYS])(const batch *data, double rate) = {vector_epoch, plain_epoch};

/* microseconds of an epoch */
static double run(int way, float *loss) {
  const batch data = notebook_data();
  batch drawn;
  uint64_t random = 88172645463325252u;
  double begin = now(), first = 1, second = 1;
  for (int epoch = 0; epoch < EPOCHS; epoch++) {
    first *= 0.9;
    second *= 0.999;
    shuffle(&data, &random, &drawn);
    *loss = epochs[way](&drawn, 0.001 * sqrt(1 - second) / (1 - first));
  }
  return (now() - begin) / EPOCHS;
}

int main(void) {
  double times[WAYS][RUNS];
  float loss[WAYS];
  for (int i = 0; i < RUNS; i++) {
    start();
    for (int way = 0; way < WAYS; way++) times[way][i] = run(way, &loss[way]);
    if (!(vector_difference(&p) < 1e-3f))
      return fprintf(stderr, "bare_loop: the weights differ by %g\n", vector_difference(&p)), 1;
  }
  for (int way = 0; way < WAYS; way++) {
    qsort(times[way], RUNS, sizeof *times[way], ascending);
    printf("%s %g %.3f %.3f\n", names[way], loss[way], times[way][0], times[way][RUNS / 2]);
  }
  return 0;
}
