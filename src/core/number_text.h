/* number_text.h - one number as text, in the forms that NumPy's printing is made of */
#ifndef RNN_NUMBER_TEXT_H
#define RNN_NUMBER_TEXT_H

#include "core/tensor.h"

#define RNN_NUMBER_TEXT 64

typedef struct rnn_number_text {
  int length;
  int whole;                  /* characters left of the point, a sign included */
  int fraction;               /* digits right of it */
  int exponent;               /* digits of the exponent; 0 in positional form */
  char text[RNN_NUMBER_TEXT]; /* ends in a zero */
} rnn_number_text;

/* "-12.5", "3.": x finite, 1e-5 < |x| < 1e17 or 0; as few digits as tell it from its neighbours, at
** most `most` (or RNN_NO_LIMIT) after the point */
void rnn_positional_text(rnn_number_text *out, double x, bool single, int most);

/* "1.5e-07", "2.e+10": x finite; with `least` > 0 filled up with further digits */
void rnn_scientific_text(rnn_number_text *out, double x, bool single, int least, int most,
                         int exponent_digits);

/* Element `offset` as a number by itself, as NumPy writes a scalar: "0.5", "1e+20", "nan", "True" */
void rnn_scalar_text(rnn_number_text *out, const rnn_tensor *t, int64_t offset);

#endif
