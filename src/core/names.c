/* names.c - Keras' default names: SimpleRNN -> simple_rnn, then simple_rnn_1, … */
#include "core/names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

typedef struct counter {
  struct counter *next;
  int count;
  char base[64];
} counter;

static counter *counters;

/* A capital starts a new word unless it stands between capitals: SimpleRNN, Conv1D -> conv1d. */
void rnn_snake_case(const char *name, char *out, size_t size) {
  size_t n = 0;
  for (const char *c = name; *c && n + 2 < size; c++) {
    bool starts = c > name && isupper((unsigned char)*c) &&
                  ((islower((unsigned char)c[1]) && isalnum((unsigned char)c[-1])) ||
                   islower((unsigned char)c[-1]));
    if (starts) out[n++] = '_';
    out[n++] = (char)tolower((unsigned char)*c);
  }
  out[n] = '\0';
}

void rnn_unique_name(const char *base, char *out, size_t size) {
  counter *c = counters;
  while (c && strcmp(c->base, base) != 0) c = c->next;
  if (c) {
    snprintf(out, size, "%s_%d", base, c->count++);
    return;
  }
  snprintf(out, size, "%s", base);
  c = rnn_malloc(sizeof *c);
  if (c == NULL) return; /* the name is right, the next one of this base will not be counted */
  *c = (counter){.next = counters, .count = 1};
  snprintf(c->base, sizeof c->base, "%s", base);
  counters = c;
}

void rnn_reset_names(void) {
  while (counters) {
    counter *next = counters->next;
    rnn_free(counters);
    counters = next;
  }
}
