/* dtype.c - what an element is: names, sizes, and NumPy 2's rules for mixing */
#include "core/dtype.h"

#include <stdint.h>
#include <string.h>

static const char *const names[RNN_DTYPE_COUNT] = {"bool", "int64", "float32", "float64"};
static const size_t sizes[RNN_DTYPE_COUNT] = {sizeof(uint8_t), sizeof(int64_t), sizeof(float),
                                              sizeof(double)};

size_t rnn_dtype_size(rnn_dtype dtype) { return sizes[dtype]; }

const char *rnn_dtype_name(rnn_dtype dtype) { return names[dtype]; }

int rnn_dtype_of_name(const char *name) {
  for (int i = 0; i < RNN_DTYPE_COUNT; i++)
    if (strcmp(names[i], name) == 0) return i;
  return -1;
}

int rnn_dtype_kind(rnn_dtype dtype) { return dtype == RNN_FLOAT64 ? 2 : (int)dtype; }

rnn_dtype rnn_promote(rnn_dtype a, rnn_dtype b) {
  rnn_dtype low = a < b ? a : b, high = a < b ? b : a;
  return low == RNN_INT64 && high == RNN_FLOAT32 ? RNN_FLOAT64 : high;
}

rnn_dtype rnn_promote_number(rnn_dtype tensor, rnn_dtype number) {
  return rnn_dtype_kind(number) > rnn_dtype_kind(tensor) ? number : tensor;
}
