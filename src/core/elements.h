/* elements.h - elements of arrays as files hold them, made into those of tensors */
#ifndef RNN_ELEMENTS_H
#define RNN_ELEMENTS_H

#include "core/dtype.h"
#include "rnnlua.h"

typedef struct rnn_elements {
  char kind; /* NumPy's letter: f float, i integer, u unsigned, b bool */
  size_t size;
  bool swapped; /* the bytes of each are in the other order than this machine's */
  rnn_dtype dtype; /* of the tensor: all integers become int64, f2 float32 */
} rnn_elements;

/* "f2" "f4" "f8" "i1" "i2" "i4" "i8" "u1" "u2" "u4" "u8" "b1"; false for another one */
bool rnn_elements_of_code(rnn_elements *out, const char *code);

/* n elements to a contiguous tensor. RNN_INVALID: an unsigned number is beyond int64. */
rnn_status rnn_decode(rnn_context *cx, const rnn_elements *elements, const void *from, int64_t n, void *to);

#endif
