/* elements.c - elements of arrays as files hold them, made into those of tensors */
#include "core/elements.h"

#include <math.h>
#include <string.h>

#include "core/tensor.h"

#define POLL_ELEMENTS (1 << 16) /* between two looks for Ctrl-C */

bool rnn_elements_of_code(rnn_elements *out, const char *code) {
  static const char known[] = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1";
  if (strlen(code) != 2 || strstr(known, code) == NULL) return false;
  *out = (rnn_elements){.kind = code[0], .size = (size_t)(code[1] - '0'), .dtype = RNN_INT64};
  if (code[0] == 'f') out->dtype = code[1] == '8' ? RNN_FLOAT64 : RNN_FLOAT32;
  if (code[0] == 'b') out->dtype = RNN_BOOL;
  return true;
}

/* the element's bits, in this machine's order, filled up with zeros */
static uint64_t bits_at(const rnn_elements *e, const uint8_t *from) {
  uint64_t bits = 0;
  bool big = e->swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
  for (size_t i = 0; i < e->size; i++) bits |= (uint64_t)from[i] << 8 * (big ? e->size - 1 - i : i);
  return bits;
}

/* IEEE 754 binary16 */
static float half(uint64_t bits) {
  int exponent = bits >> 10 & 31;
  float fraction = (float)(bits & 1023), sign = bits >> 15 ? -1.0f : 1.0f;
  if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
  return sign * (exponent ? ldexpf(1024 + fraction, exponent - 25) : ldexpf(fraction, -24));
}

static void store(const rnn_elements *e, uint64_t bits, void *to, int64_t i) {
  unsigned int unused = 64 - 8 * (unsigned int)e->size;
  if (e->kind == 'i') ((int64_t *)to)[i] = (int64_t)(bits << unused) >> unused;
  else if (e->kind == 'u') ((int64_t *)to)[i] = (int64_t)bits;
  else if (e->kind == 'b') ((uint8_t *)to)[i] = bits != 0;
  else if (e->size == 2) ((float *)to)[i] = half(bits);
  else if (e->size == 4) memcpy((float *)to + i, &(uint32_t){(uint32_t)bits}, 4);
  else memcpy((double *)to + i, &bits, 8);
}

rnn_status rnn_decode(rnn_context *cx, const rnn_elements *e, const void *from, int64_t n, void *to) {
  if (!e->swapped && e->kind != 'b' && e->kind != 'u' && e->size == rnn_dtype_size(e->dtype)) {
    return rnn_move_bytes(cx, to, from, (size_t)n * e->size);
  }
  for (int64_t i = 0; i < n; i++) {
    if (i % POLL_ELEMENTS == 0 && cx->host->interrupted(cx)) return RNN_INTERRUPTED;
    uint64_t bits = bits_at(e, (const uint8_t *)from + (size_t)i * e->size);
    if (e->kind == 'u' && bits > INT64_MAX)
      return rnn_fail(cx, RNN_INVALID, "element %lld, %llu, is too large for int64", (long long)i + 1,
                      (unsigned long long)bits);
    store(e, bits, to, i);
  }
  return RNN_OK;
}
