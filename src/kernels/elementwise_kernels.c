/*
** elementwise_kernels.c - functions of elements: one loop for each operation and dtype.
**
** Each macro makes a function from an expression in a and b, or x. The usual strides (all 1, one input a
** single number) have loops of their own, which the compiler turns into vectors. NaN goes through maximum,
** minimum, clip and relu, as in NumPy; // and % are Lua's (lvm.c, llimits.h).
*/
#include "kernels/elementwise.h"

#include <math.h>

/* inputs and output are the same memory or apart, so no iteration waits for another */
#define APART _Pragma("GCC ivdep")

#define BINARY(NAME, OUT, IN, EXPRESSION)                                                        \
  static void NAME(int64_t n, void *const *p, const int64_t *strides) {                          \
    const int64_t sy = strides[0], sa = strides[1], sb = strides[2];                             \
    OUT *y = p[0];                                                                               \
    const IN *pa = p[1], *pb = p[2];                                                             \
    if (sy == 1 && sa == 1 && sb == 1) {                                                         \
      APART for (int64_t i = 0; i < n; i++) {                                                    \
        const IN a = pa[i], b = pb[i];                                                           \
        y[i] = (OUT)(EXPRESSION);                                                                \
      }                                                                                          \
    } else if (sy == 1 && sa == 1 && sb == 0) {                                                  \
      const IN b = *pb;                                                                          \
      APART for (int64_t i = 0; i < n; i++) {                                                    \
        const IN a = pa[i];                                                                      \
        y[i] = (OUT)(EXPRESSION);                                                                \
      }                                                                                          \
    } else if (sy == 1 && sa == 0 && sb == 1) {                                                  \
      const IN a = *pa;                                                                          \
      APART for (int64_t i = 0; i < n; i++) {                                                    \
        const IN b = pb[i];                                                                      \
        y[i] = (OUT)(EXPRESSION);                                                                \
      }                                                                                          \
    } else {                                                                                     \
      for (int64_t i = 0; i < n; i++) {                                                          \
        const IN a = pa[i * sa], b = pb[i * sb];                                                 \
        y[i * sy] = (OUT)(EXPRESSION);                                                           \
      }                                                                                          \
    }                                                                                            \
  }

#define UNARY(NAME, OUT, IN, EXPRESSION)                                  \
  static void NAME(int64_t n, void *const *p, const int64_t *strides) {   \
    const int64_t sy = strides[0], sx = strides[1];                       \
    OUT *y = p[0];                                                        \
    const IN *px = p[1];                                                  \
    if (sy == 1 && sx == 1) {                                             \
      APART for (int64_t i = 0; i < n; i++) {                             \
        const IN x = px[i];                                               \
        y[i] = (OUT)(EXPRESSION);                                         \
      }                                                                   \
    } else {                                                              \
      for (int64_t i = 0; i < n; i++) {                                   \
        const IN x = px[i * sx];                                          \
        y[i * sy] = (OUT)(EXPRESSION);                                    \
      }                                                                   \
    }                                                                     \
  }

/* y = F(x) a vector at a time; an element has the same bits wherever it lies */
#define VECTOR(NAME, F)                                                         \
  static void NAME(int64_t n, void *const *p, const int64_t *strides) {         \
    const int64_t sy = strides[0], sx = strides[1];                             \
    float *y = p[0];                                                            \
    const float *x = p[1];                                                      \
    for (int64_t i = 0; i < n; i += RNN_WIDTH) {                                \
      const int64_t width = n - i < RNN_WIDTH ? n - i : RNN_WIDTH;              \
      rnn_v v = {0};                                                            \
      if (sx == 1 && width == RNN_WIDTH) v = rnn_v_load(x + i);                 \
      else for (int64_t k = 0; k < width; k++) v[k] = x[(i + k) * sx];          \
      v = F(v);                                                                 \
      if (sy == 1 && width == RNN_WIDTH) rnn_v_store(y + i, v);                 \
      else for (int64_t k = 0; k < width; k++) y[(i + k) * sy] = v[k];          \
    }                                                                           \
  }

/* ---- two inputs -------------------------------------------------------------------------------------- */

#define BINARY_NUMBERS(NAME, EXPRESSION)                \
  BINARY(NAME##_int64, int64_t, int64_t, EXPRESSION)    \
  BINARY(NAME##_float32, float, float, EXPRESSION)      \
  BINARY(NAME##_float64, double, double, EXPRESSION)
#define BINARY_ALL(NAME, EXPRESSION)                    \
  BINARY(NAME##_bool, uint8_t, uint8_t, EXPRESSION)     \
  BINARY_NUMBERS(NAME, EXPRESSION)
#define COMPARE(NAME, EXPRESSION)                       \
  BINARY(NAME##_bool, uint8_t, uint8_t, EXPRESSION)     \
  BINARY(NAME##_int64, uint8_t, int64_t, EXPRESSION)    \
  BINARY(NAME##_float32, uint8_t, float, EXPRESSION)    \
  BINARY(NAME##_float64, uint8_t, double, EXPRESSION)

/* integers wrap around, as Lua's do */
#define WRAPPED(OPERATOR) (int64_t)((uint64_t)a OPERATOR (uint64_t)b)

BINARY(add_bool, uint8_t, uint8_t, a | b)
BINARY(add_int64, int64_t, int64_t, WRAPPED(+))
BINARY(add_float32, float, float, a + b)
BINARY(add_float64, double, double, a + b)
BINARY(sub_int64, int64_t, int64_t, WRAPPED(-))
BINARY(sub_float32, float, float, a - b)
BINARY(sub_float64, double, double, a - b)
BINARY(mul_bool, uint8_t, uint8_t, a & b)
BINARY(mul_int64, int64_t, int64_t, WRAPPED(*))
BINARY(mul_float32, float, float, a * b)
BINARY(mul_float64, double, double, a * b)
BINARY(div_float32, float, float, a / b)
BINARY(div_float64, double, double, a / b)

static inline int64_t floor_quotient(int64_t a, int64_t b) {
  if (b == -1) return (int64_t)(0 - (uint64_t)a); /* the least integer has no quotient by -1 */
  int64_t q = a / b;
  return (a ^ b) < 0 && q * b != a ? q - 1 : q;
}
static inline int64_t floor_remainder(int64_t a, int64_t b) {
  if (b == -1) return 0;
  int64_t r = a % b;
  return r != 0 && (r ^ b) < 0 ? r + b : r;
}
#define FLOAT_REMAINDER(NAME, T, FMOD)                \
  static inline T NAME(T a, T b) {                    \
    T r = FMOD(a, b);                                 \
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;  \
  }
FLOAT_REMAINDER(remainder32, float, fmodf)
FLOAT_REMAINDER(remainder64, double, fmod)

BINARY(floordiv_int64, int64_t, int64_t, floor_quotient(a, b))
BINARY(floordiv_float32, float, float, floorf(a / b))
BINARY(floordiv_float64, double, double, floor(a / b))
BINARY(mod_int64, int64_t, int64_t, floor_remainder(a, b))
BINARY(mod_float32, float, float, remainder32(a, b))
BINARY(mod_float64, double, double, remainder64(a, b))

BINARY(power_float32, float, float, powf(a, b))
BINARY(power_float64, double, double, pow(a, b))

/* squares, the commonest power, are products */
#define POWER(NAME, T, GENERAL, PRODUCT)                                                             \
  static void NAME(int64_t n, void *const *p, const int64_t *strides) {                              \
    if (strides[2] == 0 && *(const T *)p[2] == 2)                                                    \
      PRODUCT(n, (void *const[]){p[0], p[1], p[1]}, (const int64_t[]){strides[0], strides[1], strides[1]}); \
    else GENERAL(n, p, strides);                                                                     \
  }
POWER(pow_float32, float, power_float32, mul_float32)
POWER(pow_float64, double, power_float64, mul_float64)

#define MAXIMUM(a, b) ((a) >= (b) || (a) != (a) ? (a) : (b))
#define MINIMUM(a, b) ((a) <= (b) || (a) != (a) ? (a) : (b))
BINARY_ALL(maximum, MAXIMUM(a, b))
BINARY_ALL(minimum, MINIMUM(a, b))

COMPARE(eq, a == b)
COMPARE(ne, a != b)
COMPARE(lt, a < b)
COMPARE(le, a <= b)
COMPARE(gt, a > b)
COMPARE(ge, a >= b)
BINARY(and_bool, uint8_t, uint8_t, a & b)
BINARY(or_bool, uint8_t, uint8_t, a | b)

/* ---- one input --------------------------------------------------------------------------------------- */

#define UNARY_FLOATS(NAME, EXPRESSION32, EXPRESSION64) \
  UNARY(NAME##_float32, float, float, EXPRESSION32)    \
  UNARY(NAME##_float64, double, double, EXPRESSION64)

UNARY(same_bool, uint8_t, uint8_t, x)
UNARY(same_int64, int64_t, int64_t, x)
UNARY(false_int64, uint8_t, int64_t, x & 0)
UNARY(negative_int64, int64_t, int64_t, 0 - (uint64_t)x)
UNARY_FLOATS(negative, -x, -x)
UNARY(abs_int64, int64_t, int64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x)
UNARY_FLOATS(abs, fabsf(x), fabs(x))
UNARY(sign_int64, int64_t, int64_t, (x > 0) - (x < 0))
UNARY_FLOATS(sign, x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x, x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x)
UNARY(relu_int64, int64_t, int64_t, x > 0 ? x : 0)
UNARY_FLOATS(relu, x > 0 || x != x ? x : 0, x > 0 || x != x ? x : 0)
UNARY_FLOATS(round, rintf(x), rint(x))
UNARY_FLOATS(floor, floorf(x), floor(x))
UNARY_FLOATS(ceil, ceilf(x), ceil(x))
UNARY_FLOATS(sqrt, sqrtf(x), sqrt(x))
UNARY_FLOATS(log, logf(x), log(x))
UNARY_FLOATS(sin, sinf(x), sin(x))
UNARY_FLOATS(cos, cosf(x), cos(x))
UNARY(isnan_float32, uint8_t, float, x != x)
UNARY(isnan_float64, uint8_t, double, x != x)
UNARY(isinf_float32, uint8_t, float, fabsf(x) == INFINITY)
UNARY(isinf_float64, uint8_t, double, fabs(x) == INFINITY)
UNARY(not_bool, uint8_t, uint8_t, !x)

static inline double sigmoid(double x) {
  double e = exp(-fabs(x)); /* cannot overflow */
  return (x < 0 ? e : 1) / (1 + e);
}
VECTOR(exp_float32, rnn_v_exp)
VECTOR(tanh_float32, rnn_v_tanh)
VECTOR(sigmoid_float32, rnn_v_sigmoid)
UNARY(exp_float64, double, double, exp(x))
UNARY(tanh_float64, double, double, tanh(x))
UNARY(sigmoid_float64, double, double, sigmoid(x))

/* ---- three inputs ------------------------------------------------------------------------------------- */

#define CLIP(NAME, T)                                                             \
  static void NAME(int64_t n, void *const *p, const int64_t *s) {                 \
    T *y = p[0];                                                                  \
    const T *x = p[1], *low = p[2], *high = p[3];                                 \
    if (s[0] == 1 && s[1] == 1 && s[2] == 0 && s[3] == 0) {                       \
      const T bottom = *low, top = *high;                                         \
      APART for (int64_t i = 0; i < n; i++) {                                     \
        const T raised = MAXIMUM(x[i], bottom);                                   \
        y[i] = MINIMUM(raised, top);                                              \
      }                                                                           \
      return;                                                                     \
    }                                                                             \
    for (int64_t i = 0; i < n; i++) {                                             \
      const T raised = MAXIMUM(x[i * s[1]], low[i * s[2]]);                       \
      y[i * s[0]] = MINIMUM(raised, high[i * s[3]]);                              \
    }                                                                             \
  }
CLIP(clip_int64, int64_t)
CLIP(clip_float32, float)
CLIP(clip_float64, double)

#define WHERE(NAME, T)                                                            \
  static void NAME(int64_t n, void *const *p, const int64_t *s) {                 \
    T *y = p[0];                                                                  \
    const uint8_t *condition = p[1];                                              \
    const T *yes = p[2], *no = p[3];                                              \
    if (s[0] == 1 && s[1] == 1 && s[2] == 1 && s[3] == 1) {                       \
      APART for (int64_t i = 0; i < n; i++) {                                     \
        const T a = yes[i], b = no[i];                                            \
        y[i] = condition[i] ? a : b;                                              \
      }                                                                           \
      return;                                                                     \
    }                                                                             \
    for (int64_t i = 0; i < n; i++) {                                             \
      const T a = yes[i * s[2]], b = no[i * s[3]];                                \
      y[i * s[0]] = condition[i * s[1]] ? a : b;                                  \
    }                                                                             \
  }
WHERE(where_bool, uint8_t)
WHERE(where_int64, int64_t)
WHERE(where_float32, float)
WHERE(where_float64, double)

/* ---- the table ------------------------------------------------------------------------------------------- */

#define FLOATS(NAME) {NULL, NULL, NAME##_float32, NAME##_float64}
#define NUMBERS(NAME) {NULL, NAME##_int64, NAME##_float32, NAME##_float64}
#define ALL(NAME) {NAME##_bool, NAME##_int64, NAME##_float32, NAME##_float64}

const rnn_elementwise_functions RNN_KERNELS(rnn_elementwise) = {{
    [RNN_ADD] = ALL(add),
    [RNN_SUB] = NUMBERS(sub),
    [RNN_MUL] = ALL(mul),
    [RNN_DIV] = FLOATS(div),
    [RNN_FLOORDIV] = NUMBERS(floordiv),
    [RNN_MOD] = NUMBERS(mod),
    [RNN_POW] = FLOATS(pow),
    [RNN_MAXIMUM] = ALL(maximum),
    [RNN_MINIMUM] = ALL(minimum),
    [RNN_EQ] = ALL(eq),
    [RNN_NE] = ALL(ne),
    [RNN_LT] = ALL(lt),
    [RNN_LE] = ALL(le),
    [RNN_GT] = ALL(gt),
    [RNN_GE] = ALL(ge),
    [RNN_LOGICAL_AND] = {and_bool},
    [RNN_LOGICAL_OR] = {or_bool},
    [RNN_NEGATIVE] = NUMBERS(negative),
    [RNN_ABS] = {same_bool, abs_int64, abs_float32, abs_float64},
    [RNN_SIGN] = NUMBERS(sign),
    [RNN_RELU] = {same_bool, relu_int64, relu_float32, relu_float64},
    [RNN_ROUND] = {NULL, same_int64, round_float32, round_float64},
    [RNN_FLOOR] = {NULL, same_int64, floor_float32, floor_float64},
    [RNN_CEIL] = {NULL, same_int64, ceil_float32, ceil_float64},
    [RNN_SQRT] = FLOATS(sqrt),
    [RNN_EXP] = FLOATS(exp),
    [RNN_LOG] = FLOATS(log),
    [RNN_SIN] = FLOATS(sin),
    [RNN_COS] = FLOATS(cos),
    [RNN_TANH] = FLOATS(tanh),
    [RNN_SIGMOID] = FLOATS(sigmoid),
    [RNN_ISNAN] = {NULL, false_int64, isnan_float32, isnan_float64},
    [RNN_ISINF] = {NULL, false_int64, isinf_float32, isinf_float64},
    [RNN_LOGICAL_NOT] = {not_bool},
    [RNN_CLIP] = NUMBERS(clip),
    [RNN_WHERE] = ALL(where),
}};
