/*
** digits.c - shortest round-trip digits by exact integer arithmetic.
**
** Method: R. G. Burger, R. K. Dybvig, "Printing Floating-Point Numbers Quickly and Accurately"
** (PLDI 1996). The number is the fraction r / s; m_low and m_high, over the same s, are the
** distances to the ends of the interval that rounds to it. Digits are drawn until what is left is
** within that interval. Independent of locale and rounding mode.
*/
#include "core/digits.h"

#include <math.h>
#include <string.h>

/* ---- natural numbers of up to 1,280 bits: the largest here has 1,140 ------------------------- */

#define WORDS 40

typedef struct natural {
  int words; /* in use; the highest is not 0 */
  uint32_t word[WORDS];
} natural;

static void set(natural *a, uint64_t value) {
  a->word[0] = (uint32_t)value;
  a->word[1] = (uint32_t)(value >> 32);
  a->words = a->word[1] ? 2 : a->word[0] ? 1 : 0;
}

static void multiply(natural *a, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < a->words; i++) {
    carry += (uint64_t)a->word[i] * factor;
    a->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) a->word[a->words++] = (uint32_t)carry;
}

static void multiply_power10(natural *a, int power) {
  for (; power >= 9; power -= 9) multiply(a, 1000000000u);
  for (; power > 0; power--) multiply(a, 10);
}

static void multiply_power2(natural *a, int power) {
  int whole = power / 32;
  if (a->words == 0) return;
  memmove(a->word + whole, a->word, sizeof(uint32_t) * (size_t)a->words);
  memset(a->word, 0, sizeof(uint32_t) * (size_t)whole);
  a->words += whole;
  multiply(a, (uint32_t)1 << power % 32);
}

static int compare(const natural *a, const natural *b) {
  if (a->words != b->words) return a->words < b->words ? -1 : 1;
  for (int i = a->words - 1; i >= 0; i--)
    if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
  return 0;
}

/* a -= b, where a >= b */
static void subtract(natural *a, const natural *b) {
  int64_t borrow = 0;
  for (int i = 0; i < a->words; i++) {
    borrow += (int64_t)a->word[i] - (i < b->words ? b->word[i] : 0);
    a->word[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  while (a->words > 0 && a->word[a->words - 1] == 0) a->words--;
}

static int compare_sum(const natural *a, const natural *b, const natural *sum) {
  natural left = *sum; /* a + b <=> sum, as b <=> sum - a */
  if (compare(a, sum) > 0) return 1;
  subtract(&left, a);
  return compare(b, &left);
}

/* ---- the number as a fraction ---------------------------------------------------------------- */

typedef struct fraction {
  natural r, s, m_low, m_high;
  bool even;    /* halfway to a neighbour still rounds to this number */
  int exponent; /* of its first decimal digit */
} fraction;

typedef struct binary {
  uint64_t mantissa;
  int exponent;
  bool uneven; /* the neighbour below is half as far as the one above */
} binary;

static binary take_apart(double x, bool single) {
  int fraction_bits = single ? 23 : 52, bias = single ? 127 : 1023;
  uint64_t bits = 0;
  if (single) {
    float narrow = (float)x;
    uint32_t narrow_bits;
    memcpy(&narrow_bits, &narrow, sizeof narrow_bits);
    bits = narrow_bits & 0x7fffffff;
  } else {
    memcpy(&bits, &x, sizeof bits);
    bits &= ~(uint64_t)0 >> 1;
  }
  uint64_t hidden = (uint64_t)1 << fraction_bits, mantissa = bits & (hidden - 1);
  int biased = (int)(bits >> fraction_bits);
  return (binary){
      .mantissa = biased ? mantissa | hidden : mantissa,
      .exponent = (biased ? biased : 1) - bias - fraction_bits,
      .uneven = mantissa == 0 && biased > 1,
  };
}

static int bit_length(uint64_t value) { return 64 - __builtin_clzll(value); }

static void make_fraction(fraction *f, binary b) {
  int extra = b.uneven ? 2 : 1; /* the half, or quarter, of a unit is what m counts in */
  int up = b.exponent > 0 ? b.exponent : 0, down = b.exponent < 0 ? -b.exponent : 0;
  set(&f->r, b.mantissa);
  set(&f->s, 1);
  set(&f->m_low, 1);
  set(&f->m_high, b.uneven ? 2 : 1);
  multiply_power2(&f->r, up + extra);
  multiply_power2(&f->s, down + extra);
  multiply_power2(&f->m_low, up);
  multiply_power2(&f->m_high, up);
  f->even = b.mantissa % 2 == 0;

  /* never too large, at most one too small */
  int power = (int)ceil((bit_length(b.mantissa) - 1 + b.exponent) * 0.30102999566398120 - 1e-9);
  multiply_power10(&f->s, power);
  multiply_power10(&f->r, -power);
  multiply_power10(&f->m_low, -power);
  multiply_power10(&f->m_high, -power);
  f->exponent = compare(&f->r, &f->s) >= 0 ? power : power - 1;
}

static void next_place(fraction *f) {
  multiply(&f->r, 10);
  multiply(&f->m_low, 10);
  multiply(&f->m_high, 10);
}

/* ---- digits ---------------------------------------------------------------------------------- */

static void round_up(rnn_digits *out) {
  while (out->count > 0 && out->digit[out->count - 1] == '9') out->count--;
  if (out->count > 0) {
    out->digit[out->count - 1]++;
  } else {
    out->digit[out->count++] = '1';
    out->exponent++;
  }
}

static int draw_digit(fraction *f) {
  int digit = 0;
  for (; compare(&f->r, &f->s) >= 0; digit++) subtract(&f->r, &f->s);
  return digit;
}

/* Draws digits until the rest may be dropped, or the place 10^last is reached; the caller rounds. */
static bool draw_digits(rnn_digits *out, fraction *f, int first_stop, int last) {
  if (compare(&f->r, &f->s) < 0) next_place(f);
  for (int place = f->exponent;; place--) {
    int digit = draw_digit(f);
    out->digit[out->count++] = (char)('0' + digit);
    int below = compare(&f->r, &f->m_low), above = compare_sum(&f->r, &f->m_high, &f->s);
    bool low = f->even ? below <= 0 : below < 0, high = f->even ? above >= 0 : above > 0;
    if (((low || high) && place <= first_stop) || place == last || out->count == RNN_DIGITS_MAX) {
      if (low != high) return high;
      multiply(&f->r, 2);
      int half = compare(&f->r, &f->s);
      return half > 0 || (half == 0 && digit % 2 == 1);
    }
    next_place(f);
  }
}

void rnn_find_digits(rnn_digits *out, double x, rnn_digit_rule rule) {
  out->count = out->exponent = 0;
  if (x == 0) {
    out->digit[out->count++] = '0';
    return;
  }
  fraction f;
  make_fraction(&f, take_apart(x, rule.single));
  int point = rule.scientific ? f.exponent : 0;
  int first_stop = rule.least == RNN_NO_LIMIT ? INT32_MAX : point - rule.least;
  int last = rule.most == RNN_NO_LIMIT ? INT32_MIN : point - rule.most;
  if (last > f.exponent) last = f.exponent; /* one digit at least */
  out->exponent = f.exponent;
  if (draw_digits(out, &f, first_stop, last)) round_up(out);
  while (out->count > 1 && out->digit[out->count - 1] == '0') out->count--;
}
