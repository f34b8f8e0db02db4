/* csv.h - rows of values between separators (RFC 4180) */
#ifndef RNN_CSV_H
#define RNN_CSV_H

#include "rnnlua.h"

/* One value. If `doubled`, quotes inside it stand for one each, doubled. */
typedef struct rnn_cell {
  const char *text;
  size_t length;
  bool quoted, doubled;
} rnn_cell;

/* A line: where it ends, behind its newline if it has one. A newline in a quoted value does not end it. */
typedef struct rnn_csv_line {
  const char *end;
  bool complete; /* it has a newline */
  bool open;     /* a quoted value in it does not end */
  int64_t lines; /* newlines passed */
} rnn_csv_line;

/* the line that begins at `at`, in a text that ends at `end` */
rnn_csv_line rnn_csv_line_at(const char *at, const char *end, char separator);

/* Whether there is nothing in a line but its newline. */
bool rnn_csv_is_blank(const char *at, const char *end);

/* The value at `at`, in a line that ends at `end` (newline included). Returns where the next one begins; NULL
** after the last. */
const char *rnn_csv_cell(const char *at, const char *end, char separator, rnn_cell *cell);

/* Whether the value is "", NA, NaN, null or another of the words that pandas takes for a missing one. */
bool rnn_csv_missing(const rnn_cell *cell);

/* The value as a number, correctly rounded; blanks around it do not count. *integer: it has digits alone. */
bool rnn_csv_number(const rnn_cell *cell, double *out, bool *integer);

#endif
