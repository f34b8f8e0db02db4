/* range.c - the ranges of declared arguments, read as rnn_arg has them */
#include "core/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool rnn_in_interval(double x, const char *range) {
  char *end;
  double low = strtod(range + 1, &end);
  double high = strtod(end + 1, &end);
  while (*end == ' ') end++;
  if (isnan(x)) return false;
  return (*range == '[' ? x >= low : x > low) && (*end == ']' ? x <= high : x < high);
}

bool rnn_in_choices(const char *word, const char *choices) {
  size_t length = strlen(word);
  for (const char *c = choices; c != NULL; c = strchr(c, '|')) {
    if (*c == '|') c++;
    if (strncmp(c, word, length) == 0 && (c[length] == '|' || c[length] == '\0')) return true;
  }
  return false;
}
