/* shape.c - shapes as text, for messages */
#include "core/shape.h"

#include <stdio.h>
#include <string.h>

const char *rnn_shape_text(char text[RNN_SHAPE_TEXT], int ndim, const int64_t *shape) {
  size_t size = RNN_SHAPE_TEXT, n = (size_t)snprintf(text, size, "(");
  for (int i = 0; i < ndim && n + 24 < size; i++) {
    const char *separator = i ? ", " : "";
    if (shape[i] == RNN_UNKNOWN)
      n += (size_t)snprintf(text + n, size - n, "%sNone", separator);
    else
      n += (size_t)snprintf(text + n, size - n, "%s%lld", separator, (long long)shape[i]);
  }
  snprintf(text + n, size - n, ndim == 1 ? ",)" : ")");
  return text;
}

bool rnn_same_shapes(const rnn_shape *a, const rnn_shape *b, int count) {
  for (int i = 0; i < count; i++)
    if (a[i].ndim != b[i].ndim || memcmp(a[i].dim, b[i].dim, sizeof(int64_t) * (size_t)a[i].ndim) != 0)
      return false;
  return true;
}
