/* suggest.c - edit distance with transpositions (optimal string alignment), case ignored */
#include "core/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define LONGEST 48

static int least(int a, int b) { return a < b ? a : b; }

static int distance(const char *a, const char *b) {
  int la = (int)strlen(a), lb = (int)strlen(b);
  if (la > LONGEST || lb > LONGEST) return LONGEST;
  int rows[3][LONGEST + 1];
  int *before = rows[0], *last = rows[1], *now = rows[2];
  for (int j = 0; j <= lb; j++) last[j] = j;
  for (int i = 1; i <= la; i++) {
    now[0] = i;
    for (int j = 1; j <= lb; j++) {
      int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
      now[j] = least(last[j - 1] + !same, least(last[j], now[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = least(now[j], before[j - 2] + 1);
    }
    int *free_row = before;
    before = last, last = now, now = free_row;
  }
  return last[lb];
}

/* a shortened name: `std` for stddev counts as one slip */
static bool is_beginning(const char *wrong, const char *candidate) {
  size_t length = strlen(wrong);
  return length >= 3 && strncmp(wrong, candidate, length) == 0;
}

void rnn_suggest(rnn_suggestion *s, const char *candidate) {
  int d = distance(s->wrong, candidate);
  if (d > 1 && is_beginning(s->wrong, candidate)) d = 1;
  int limit = 1 + (int)strlen(s->wrong) / 3; /* one slip in three letters still looks meant */
  if (d > limit || (s->best != NULL && d >= s->distance)) return;
  s->best = candidate;
  s->distance = d;
}
