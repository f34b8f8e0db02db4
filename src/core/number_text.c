/* number_text.c - one number as text, in the forms that NumPy's printing is made of */
#include "core/number_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/digits.h"

static void put(rnn_number_text *out, char c) {
  if (out->length < RNN_NUMBER_TEXT - 1) out->text[out->length++] = c;
}

static void start(rnn_number_text *out, double x) {
  out->length = out->whole = out->fraction = out->exponent = 0;
  if (signbit(x)) put(out, '-');
}

/* the digit of place 10^place; 0 where none was needed */
static char digit_at(const rnn_digits *d, int place) {
  int i = d->exponent - place;
  return i >= 0 && i < d->count ? d->digit[i] : '0';
}

void rnn_positional_text(rnn_number_text *out, double x, bool single, int most) {
  rnn_digits d;
  rnn_find_digits(&d, x, (rnn_digit_rule){single, false, RNN_NO_LIMIT, most});
  start(out, x);
  for (int place = d.exponent > 0 ? d.exponent : 0; place >= 0; place--)
    put(out, digit_at(&d, place));
  out->whole = out->length;
  put(out, '.');
  int last = d.exponent - d.count + 1;
  for (int place = -1; place >= last; place--) put(out, digit_at(&d, place));
  out->fraction = out->length - out->whole - 1;
  out->text[out->length] = '\0';
}

void rnn_scientific_text(rnn_number_text *out, double x, bool single, int least, int most,
                         int exponent_digits) {
  rnn_digits d;
  rnn_find_digits(&d, x, (rnn_digit_rule){single, true, least, most});
  start(out, x);
  put(out, d.digit[0]);
  out->whole = out->length;
  put(out, '.');
  out->fraction = d.count - 1 > least ? d.count - 1 : least > 0 ? least : 0;
  for (int i = 1; i <= out->fraction; i++) put(out, digit_at(&d, d.exponent - i));
  int before = out->length;
  out->length += snprintf(out->text + before, (size_t)(RNN_NUMBER_TEXT - before), "e%c%0*d",
                          d.exponent < 0 ? '-' : '+', exponent_digits,
                          d.exponent < 0 ? -d.exponent : d.exponent);
  out->exponent = out->length - before - 2;
}

static void drop(rnn_number_text *out, int at) {
  memmove(out->text + at, out->text + at + 1, (size_t)(out->length - at));
  out->length--;
}

static void real_text(rnn_number_text *out, double x, bool single) {
  double size = fabs(x);
  if (!isfinite(x)) {
    out->length = snprintf(out->text, RNN_NUMBER_TEXT, "%s",
                           isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
  } else if (size == 0 || (size >= 1e-4 && size < (single ? 1e6 : 1e16))) {
    rnn_positional_text(out, x, single, RNN_NO_LIMIT);
    if (out->fraction == 0) put(out, '0');
    out->text[out->length] = '\0';
  } else {
    rnn_scientific_text(out, x, single, RNN_NO_LIMIT, RNN_NO_LIMIT, 2);
    if (out->fraction == 0) drop(out, out->whole);
  }
}

void rnn_scalar_text(rnn_number_text *out, const rnn_tensor *t, int64_t offset) {
  out->whole = out->fraction = out->exponent = 0;
  switch (t->dtype) {
    case RNN_BOOL:
      out->length = snprintf(out->text, RNN_NUMBER_TEXT, "%s",
                             ((const bool *)t->data)[offset] ? "True" : "False");
      break;
    case RNN_INT64:
      out->length =
          snprintf(out->text, RNN_NUMBER_TEXT, "%" PRId64, ((const int64_t *)t->data)[offset]);
      break;
    case RNN_FLOAT32: real_text(out, ((const float *)t->data)[offset], true); break;
    case RNN_FLOAT64: real_text(out, ((const double *)t->data)[offset], false); break;
  }
}
