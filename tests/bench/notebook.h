/* notebook.h - the notebook's model and data for loops in C: SimpleRNN(10) over 4 steps of 1 feature, Dense(1) */
#ifndef NOTEBOOK_H
#define NOTEBOOK_H

#include <stdint.h>
#include <string.h>

enum { B = 6, T = 4, U = 10, PARAMS = U + U * U + U + U + 1 };

typedef struct parameters {
  float w[U], u[U][U], b[U], v[U], c;
} parameters;

typedef struct batch {
  float x[B][T], y[B];
} batch;

static inline batch notebook_data(void) {
  batch data;
  for (int r = 0; r < B; r++) {
    data.y[r] = (float)(r + 4) / 10;
    for (int t = 0; t < T; t++) data.x[r][t] = (float)(r + t) / 10;
  }
  return data;
}

/* the rows of `from` in an order drawn anew, as fit takes them */
static inline void shuffle(const batch *from, uint64_t *random, batch *to) {
  int order[B];
  for (int r = 0; r < B; r++) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    int place = (int)((*random >> 32) * (uint64_t)(r + 1) >> 32);
    order[r] = order[place];
    order[place] = r;
  }
  for (int r = 0; r < B; r++) {
    memcpy(to->x[r], from->x[order[r]], sizeof to->x[r]);
    to->y[r] = from->y[order[r]];
  }
}

#endif
