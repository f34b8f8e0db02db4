/* text.h - a text that grows */
#ifndef RNN_TEXT_H
#define RNN_TEXT_H

#include "rnnlua.h"

/* Starts as {0}; give back with rnn_text_free. Not terminated by a zero. A failed append leaves
** what was there before. */
typedef struct rnn_text {
  char *bytes;
  size_t length, capacity;
} rnn_text;

rnn_status rnn_text_append(rnn_context *cx, rnn_text *text, const char *bytes, size_t length);
rnn_status rnn_text_repeat(rnn_context *cx, rnn_text *text, char c, int64_t count);
void rnn_text_trim(rnn_text *text); /* drops blanks at the end */
void rnn_text_free(rnn_text *text);

#endif
