/* csv.c - rows of values between separators (RFC 4180) */
#include "core/csv.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines and cells ------------------------------------------------------------------------------------ */

/* `at` is behind the opening quote; returns the closing one, or `end` */
static const char *closing_quote(const char *at, const char *end, bool *doubled) {
  for (; at < end; at++) {
    if (*at != '"') continue;
    if (at + 1 == end || at[1] != '"') return at;
    *doubled = true;
    at++;
  }
  return end;
}

static int64_t count_newlines(const char *at, const char *end) {
  int64_t count = 0;
  for (; at < end; at++) count += *at == '\n';
  return count;
}

rnn_csv_line rnn_csv_line_at(const char *at, const char *end, char separator) {
  rnn_csv_line line = {.end = end};
  bool begins = true, doubled; /* a quote is one where a value begins; elsewhere it is a character */
  for (; at < end; at++) {
    if (begins && *at == '"') {
      const char *close = closing_quote(at + 1, end, &doubled);
      line.lines += count_newlines(at, close);
      line.open = close == end;
      if (line.open) return line;
      at = close;
      begins = false;
      continue;
    }
    begins = *at == separator;
    if (*at != '\n') continue;
    line.complete = true;
    line.lines++;
    line.end = at + 1;
    return line;
  }
  return line;
}

static const char *without_newline(const char *at, const char *end) {
  if (end > at && end[-1] == '\n') end--;
  if (end > at && end[-1] == '\r') end--;
  return end;
}

bool rnn_csv_is_blank(const char *at, const char *end) { return without_newline(at, end) == at; }

const char *rnn_csv_cell(const char *at, const char *end, char separator, rnn_cell *cell) {
  end = without_newline(at, end);
  *cell = (rnn_cell){.text = at, .quoted = at < end && *at == '"'};
  const char *stop = at;
  if (cell->quoted) {
    stop = closing_quote(++cell->text, end, &cell->doubled);
    cell->length = (size_t)(stop - cell->text);
  }
  while (stop < end && *stop != separator) stop++;
  if (!cell->quoted) cell->length = (size_t)(stop - at);
  return stop < end ? stop + 1 : NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------ */

bool rnn_csv_missing(const rnn_cell *cell) {
  static const char *const words[] = {"", "NA", "NaN", "nan", "N/A", "n/a", "NULL", "null", "None", "<NA>", "#N/A",
                                      "#NA", "-nan", "-NaN", NULL};
  for (int i = 0; words[i]; i++)
    if (strlen(words[i]) == cell->length && memcmp(words[i], cell->text, cell->length) == 0) return true;
  return false;
}

/* sign, digits with a point among them, exponent */
typedef struct decimal {
  bool negative, integer, exact; /* exact: all digits are in the mantissa */
  uint64_t mantissa;
  int exponent;
} decimal;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *read_digits(const char *p, const char *end, decimal *d, int *count, int each) {
  for (; p < end && is_digit(*p); p++, ++*count) {
    if (d->mantissa < UINT64_MAX / 10 - 1) {
      d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
      d->exponent += each;
    } else {
      d->exact = false;
    }
  }
  return p;
}

static const char *read_exponent(const char *p, const char *end, decimal *d) {
  const char *start = p++;
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  if (p == end || !is_digit(*p)) return start;
  int exponent = 0;
  for (; p < end && is_digit(*p); p++)
    if (exponent < 10000) exponent = exponent * 10 + (*p - '0');
  d->exponent += negative ? -exponent : exponent;
  d->integer = false;
  return p;
}

static bool read_decimal(const char *p, const char *end, decimal *d) {
  *d = (decimal){.integer = true, .exact = true};
  int count = 0;
  if (p < end && (*p == '-' || *p == '+')) d->negative = *p++ == '-';
  p = read_digits(p, end, d, &count, 0);
  if (p < end && *p == '.') {
    d->integer = false;
    p = read_digits(p + 1, end, d, &count, -1);
  }
  if (count > 0 && p < end && (*p == 'e' || *p == 'E')) p = read_exponent(p, end, d);
  return count > 0 && p == end;
}

/* by the C library, whose point is the locale's */
static bool convert_slowly(const char *p, size_t length, double *out) {
  char text[400], *end;
  if (length >= sizeof text) return false;
  memcpy(text, p, length);
  text[length] = 0;
  char *point = strchr(text, '.');
  if (point) *point = *localeconv()->decimal_point;
  *out = strtod(text, &end);
  return *end == 0;
}

/* Both mantissa and power are exact doubles, so that one operation rounds once (W. D. Clinger 1990). */
static bool convert_fast(const decimal *d, double *out) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (!d->exact || d->mantissa > 1ull << 53 || d->exponent < -22 || d->exponent > 22) return false;
  double x = (double)d->mantissa;
  x = d->exponent < 0 ? x / powers[-d->exponent] : x * powers[d->exponent];
  *out = d->negative ? -x : x;
  return true;
}

static bool is_infinity(const char *p, size_t length, double *out) {
  bool negative = length > 0 && *p == '-';
  if (length > 0 && (*p == '-' || *p == '+')) p++, length--;
  *out = negative ? -INFINITY : INFINITY;
  return (length == 3 && (memcmp(p, "inf", 3) == 0 || memcmp(p, "Inf", 3) == 0)) ||
         (length == 8 && memcmp(p, "Infinity", 8) == 0);
}

bool rnn_csv_number(const rnn_cell *cell, double *out, bool *integer) {
  const char *p = cell->text, *end = p + cell->length;
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  while (end > p && (end[-1] == ' ' || end[-1] == '\t')) end--;
  decimal d;
  *integer = false;
  if (!read_decimal(p, end, &d)) return is_infinity(p, (size_t)(end - p), out);
  *integer = d.integer;
  return convert_fast(&d, out) || convert_slowly(p, (size_t)(end - p), out);
}
