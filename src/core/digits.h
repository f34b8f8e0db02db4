/* digits.h - the decimal digits of a floating-point number: as few as tell it from its neighbours */
#ifndef RNN_DIGITS_H
#define RNN_DIGITS_H

#include "rnnlua.h"

#define RNN_DIGITS_MAX 40

/* d.ddd × 10^exponent; no zeros at the end beyond the least that was asked for */
typedef struct rnn_digits {
  int count, exponent;
  char digit[RNN_DIGITS_MAX]; /* '0' .. '9' */
} rnn_digits;

#define RNN_NO_LIMIT (-1)

/* How many digits to write after the point: at least `least` (RNN_NO_LIMIT: as many as are needed),
** at most `most` (RNN_NO_LIMIT: as many as are needed). The point is the number's own, or, in
** scientific form, the one after its first digit. Digits beyond the needed ones are those of the
** exact binary value. */
typedef struct rnn_digit_rule {
  bool single; /* neighbours in float32, not in float64 */
  bool scientific;
  int least, most;
} rnn_digit_rule;

/* x is finite; its sign is ignored. Correctly rounded, halves to even. */
void rnn_find_digits(rnn_digits *out, double x, rnn_digit_rule rule);

#endif
