/* shape.c - shapes as text, for messages */
#include <stdio.h>
#include <string.h>

#include "core/layer.h"

void rnn_shape_text(const rnn_shape *shape, char *out, size_t size) {
  size_t n = 0;
  out[0] = '\0';
  for (int i = 0; i < shape->ndim && n + 24 < size; i++) {
    n += (size_t)snprintf(out + n, size - n, "%s", i ? ", " : "(");
    if (shape->dim[i] == RNN_UNKNOWN)
      n += (size_t)snprintf(out + n, size - n, "None");
    else
      n += (size_t)snprintf(out + n, size - n, "%lld", (long long)shape->dim[i]);
  }
  snprintf(out + n, size - n, shape->ndim == 0 ? "()" : shape->ndim == 1 ? ",)" : ")");
}
