/* shape.c - shapes as text, for messages */
#include "core/shape.h"

#include <stdio.h>

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
