/*
** rnnlua_math.h - for float loops in a plugin or in the host: CPU levels, vector types, tanh & co.
**
** A file named *_kernels.c is compiled once for each CPU level (x86-64, -v3, -v4; elsewhere once)
** and fills one constant struct of functions, named with RNN_KERNELS:
**   const rnn_vector_functions RNN_KERNELS(rnn_vector) = {…};   -- rnn_vector_v3 if compiled for v3
** Its header declares it, RNN_DECLARE_KERNELS(rnn_vector_functions, rnn_vector), and the caller
** picks the one for this machine: RNN_PICK(host->cpu_level, rnn_vector)->tanh(n, x, y).
*/
#ifndef RNNLUA_MATH_H
#define RNNLUA_MATH_H

#include "rnnlua.h"

#define RNN_JOIN2(a, b) a##_##b
#define RNN_JOIN(a, b) RNN_JOIN2(a, b)
#define RNN_KERNELS(NAME) RNN_JOIN(NAME, RNN_LEVEL)

#if defined(__x86_64__)
#define RNN_DECLARE_KERNELS(TYPE, NAME) extern const TYPE NAME##_baseline, NAME##_v3, NAME##_v4;
#define RNN_PICK(level, NAME) \
  ((level) == 2 ? &NAME##_v4 : (level) == 1 ? &NAME##_v3 : &NAME##_baseline)
#else
#define RNN_DECLARE_KERNELS(TYPE, NAME) extern const TYPE NAME##_baseline;
#define RNN_PICK(level, NAME) ((void)(level), &NAME##_baseline)
#endif

/* ---- vectors of floats, as wide as this CPU level has them ----------------------------------- */

#if defined(__AVX512F__)
#define RNN_WIDTH 16
#elif defined(__AVX2__)
#define RNN_WIDTH 8
#else
#define RNN_WIDTH 4
#endif

typedef float rnn_v __attribute__((vector_size(4 * RNN_WIDTH)));
typedef int32_t rnn_vi __attribute__((vector_size(4 * RNN_WIDTH)));   /* masks: all bits or none */
typedef uint32_t rnn_vu __attribute__((vector_size(4 * RNN_WIDTH)));
/* the same for memory of any alignment */
typedef float rnn_v_unaligned __attribute__((vector_size(4 * RNN_WIDTH), aligned(4), may_alias));

#define RNN_INLINE static inline __attribute__((always_inline, unused))

RNN_INLINE rnn_v rnn_v_load(const float *p) { return *(const rnn_v_unaligned *)p; }
RNN_INLINE void rnn_v_store(float *p, rnn_v v) { *(rnn_v_unaligned *)p = v; }
RNN_INLINE rnn_v rnn_v_all(float x) { return x - (rnn_v){0}; }

/* the first n numbers of a vector, 0 <= n <= RNN_WIDTH; memory behind them is neither read, which gives zeros, nor
** written to */
RNN_INLINE rnn_v rnn_v_load_first(const float *p, int64_t n) {
#if defined(__AVX512F__)
  return (rnn_v)__builtin_ia32_loadups512_mask(p, (rnn_v){0}, (unsigned short)((1u << n) - 1));
#elif defined(__AVX2__)
  static const int32_t mask[2 * RNN_WIDTH] = {-1, -1, -1, -1, -1, -1, -1, -1};
  typedef int32_t unaligned __attribute__((vector_size(4 * RNN_WIDTH), aligned(4), may_alias));
  return (rnn_v)__builtin_ia32_maskloadps256((const rnn_v *)p, (rnn_vi) * (const unaligned *)(mask + RNN_WIDTH - n));
#else
  rnn_v v = {0};
  for (int64_t i = 0; i < n; i++) v[i] = p[i];
  return v;
#endif
}
RNN_INLINE void rnn_v_store_first(float *p, rnn_v v, int64_t n) {
#if defined(__AVX512F__)
  __builtin_ia32_storeups512_mask(p, v, (unsigned short)((1u << n) - 1));
#else /* by pieces: the masked stores of AVX2 take as long as forty others on AMD's processors */
  float numbers[RNN_WIDTH], *from = numbers;
  rnn_v_store(numbers, v);
  for (; n >= 4; n -= 4, p += 4, from += 4) __builtin_memcpy(p, from, 16);
  if (n & 2) __builtin_memcpy(p, from, 8), p += 2, from += 2;
  if (n & 1) *p = *from;
#endif
}
/* per element: yes where the mask is set, no elsewhere */
RNN_INLINE rnn_v rnn_v_select(rnn_vi mask, rnn_v yes, rnn_v no) {
  return (rnn_v)((mask & (rnn_vi)yes) | (~mask & (rnn_vi)no));
}
/* both give x where x is NaN, as x86 has it in one instruction if x is the second operand */
#if defined(__AVX2__) && RNN_WIDTH == 8
RNN_INLINE rnn_v rnn_v_at_most(rnn_v x, float limit) { return __builtin_ia32_minps256(rnn_v_all(limit), x); }
RNN_INLINE rnn_v rnn_v_at_least(rnn_v x, float limit) { return __builtin_ia32_maxps256(rnn_v_all(limit), x); }
#elif defined(__SSE__) && RNN_WIDTH == 4
RNN_INLINE rnn_v rnn_v_at_most(rnn_v x, float limit) { return __builtin_ia32_minps(rnn_v_all(limit), x); }
RNN_INLINE rnn_v rnn_v_at_least(rnn_v x, float limit) { return __builtin_ia32_maxps(rnn_v_all(limit), x); }
#else
RNN_INLINE rnn_v rnn_v_at_most(rnn_v x, float limit) {
  return rnn_v_select(x > limit, rnn_v_all(limit), x);
}
RNN_INLINE rnn_v rnn_v_at_least(rnn_v x, float limit) {
  return rnn_v_select(x < limit, rnn_v_all(limit), x);
}
#endif
RNN_INLINE rnn_v rnn_v_abs(rnn_v x) { return (rnn_v)((rnn_vu)x & 0x7fffffffu); }
RNN_INLINE rnn_v rnn_v_with_sign_of(rnn_v magnitude, rnn_v x) {
  return (rnn_v)((rnn_vu)magnitude | ((rnn_vu)x & 0x80000000u));
}

/*
** tanh, sigmoid, exp: at most 4 ULP off for every float (tests/ulp.c goes over all of them), exact
** at 0, infinities and NaN, gradual at denormals; no element influences another. A tail shorter
** than a vector is to be padded into one, so that it gets the same bits.
**
** All three split x = n ln 2 + r, |r| <= ln 2 / 2, so that exp(x) = 2^n exp(r), with exp(r) - 1 = r
** + r^2 q(r); q is a minimax fit over that range, its error 0.3 ULP of exp(r). ln 2 is cut in two
** such that n times the first part is exact.
*/
typedef struct rnn_v_split {
  rnn_vi n; /* unspecified where x is NaN */
  rnn_v r, p; /* p = exp(r) - 1 */
} rnn_v_split;

/* for |x| < 2^21 */
RNN_INLINE rnn_v_split rnn_v_exp_split(rnn_v x) {
  const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer, in the low bits */
  rnn_v shifted = x * 1.44269504f + shift;
  rnn_v n = shifted - shift;
  rnn_v r = x - n * 0.693359375f - n * -2.12194440e-4f;
  rnn_v q = 1.388248638e-3f * r + 8.366691880e-3f;
  q = q * r + 4.166720435e-2f;
  q = q * r + 1.666654199e-1f;
  q = q * r + 4.999999702e-1f;
  rnn_vu bits = (rnn_vu)shifted - 0x4b400000u;
  return (rnn_v_split){(rnn_vi)bits, r, q * (r * r) + r};
}

/* 2^n for -126 <= n <= 127 */
RNN_INLINE rnn_v rnn_v_power_of_two(rnn_vi n) { return (rnn_v)(((rnn_vu)n + 127u) << 23); }

/* for x <= 89 */
RNN_INLINE rnn_v rnn_v_exp_at_most_89(rnn_v x) {
  x = rnn_v_at_least(x, -104.0f); /* below it: 0 */
  rnn_v_split s = rnn_v_exp_split(x);
  rnn_vi half = s.n >> 1; /* in two steps, as 2^n may be out of range; only the last one rounds */
  return (s.p + 1.0f) * rnn_v_power_of_two(half) * rnn_v_power_of_two(s.n - half);
}

RNN_INLINE rnn_v rnn_v_exp(rnn_v x) { return rnn_v_exp_at_most_89(rnn_v_at_most(x, 89.0f)); } /* above it: infinity */

/* e / (1 + e) or 1 / (1 + e), where e = exp(-|x|) cannot overflow */
RNN_INLINE rnn_v rnn_v_sigmoid(rnn_v x) {
  rnn_v e = rnn_v_exp_at_most_89(-rnn_v_abs(x));
  return rnn_v_select(x < 0.0f, e, rnn_v_all(1.0f)) / (e + 1.0f);
}

/* -m / (m + 2), where m = exp(-2|x|) - 1 = 2^n (exp(r) - 1) + (2^n - 1) */
RNN_INLINE rnn_v rnn_v_tanh(rnn_v x) {
  rnn_v z = rnn_v_at_least(rnn_v_abs(x) * -2.0f, -20.0f); /* from there on tanh is 1 */
  rnn_v_split s = rnn_v_exp_split(z);
  rnn_v power = rnn_v_power_of_two(s.n);
  rnn_v m = power * s.p + (power - 1.0f);
  return rnn_v_with_sign_of(-m / (m + 2.0f), x);
}

#endif
