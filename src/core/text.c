/* text.c - a text that grows */
#include "core/text.h"

#include <string.h>

#include "core/alloc.h"

static rnn_status reserve(rnn_context *cx, rnn_text *text, size_t more) {
  size_t wanted = text->length + more;
  if (wanted <= text->capacity) return RNN_OK;
  size_t capacity = wanted < 128 ? 256 : 2 * wanted;
  char *bytes = rnn_realloc(text->bytes, capacity);
  if (bytes == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
  text->bytes = bytes;
  text->capacity = capacity;
  return RNN_OK;
}

rnn_status rnn_text_append(rnn_context *cx, rnn_text *text, const char *bytes, size_t length) {
  rnn_try(reserve(cx, text, length));
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  return RNN_OK;
}

rnn_status rnn_text_repeat(rnn_context *cx, rnn_text *text, char c, int64_t count) {
  if (count <= 0) return RNN_OK;
  rnn_try(reserve(cx, text, (size_t)count));
  memset(text->bytes + text->length, c, (size_t)count);
  text->length += (size_t)count;
  return RNN_OK;
}

void rnn_text_trim(rnn_text *text) {
  while (text->length > 0 && text->bytes[text->length - 1] == ' ') text->length--;
}

void rnn_text_free(rnn_text *text) {
  rnn_free(text->bytes);
  *text = (rnn_text){0};
}
