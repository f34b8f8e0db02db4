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

/* Where the line that begins at `at` ends: behind its newline, at `end` if there is none; a newline in quotes
** does not count. *complete: it has a newline. *lines: newlines passed. */
const char *rnn_csv_line_end(const char *at, const char *end, bool *complete, int64_t *lines);

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
