/*
** convert_kernels.c - loops that change the dtype.
**
** To int64 floats are cut toward zero; NaN and what does not fit give the least integer, as NumPy does on
** this kind of machine. To bool everything but zero is true, NaN too.
*/
#include "kernels/convert_kernels.h"

static inline int64_t cut(double x) {
  return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN;
}

#define CONVERT(NAME, TO, FROM, EXPRESSION)                                        \
  static void NAME(int64_t n, void *const *p, const int64_t *strides) {            \
    const int64_t sy = strides[0], sx = strides[1];                                \
    TO *y_ = p[0];                                                                 \
    const FROM *x_ = p[1];                                                         \
    if (sy == 1 && sx == 1) {                                                      \
      for (int64_t i = 0; i < n; i++) {                                            \
        const FROM x = x_[i];                                                      \
        y_[i] = (TO)(EXPRESSION);                                                  \
      }                                                                            \
    } else if (sy == 1 && sx == 0) {                                               \
      const FROM x = *x_;                                                          \
      for (int64_t i = 0; i < n; i++) y_[i] = (TO)(EXPRESSION);                    \
    } else {                                                                       \
      for (int64_t i = 0; i < n; i++) {                                            \
        const FROM x = x_[i * sx];                                                 \
        y_[i * sy] = (TO)(EXPRESSION);                                             \
      }                                                                            \
    }                                                                              \
  }

CONVERT(bool_bool, uint8_t, uint8_t, x)
CONVERT(bool_int64, uint8_t, int64_t, x != 0)
CONVERT(bool_float32, uint8_t, float, x != 0)
CONVERT(bool_float64, uint8_t, double, x != 0)
CONVERT(int64_bool, int64_t, uint8_t, x)
CONVERT(int64_int64, int64_t, int64_t, x)
CONVERT(int64_float32, int64_t, float, cut(x))
CONVERT(int64_float64, int64_t, double, cut(x))
CONVERT(float32_bool, float, uint8_t, x)
CONVERT(float32_int64, float, int64_t, x)
CONVERT(float32_float32, float, float, x)
CONVERT(float32_float64, float, double, x)
CONVERT(float64_bool, double, uint8_t, x)
CONVERT(float64_int64, double, int64_t, x)
CONVERT(float64_float32, double, float, x)
CONVERT(float64_float64, double, double, x)

const rnn_convert_functions RNN_KERNELS(rnn_convert) = {{
    {bool_bool, bool_int64, bool_float32, bool_float64},
    {int64_bool, int64_int64, int64_float32, int64_float64},
    {float32_bool, float32_int64, float32_float32, float32_float64},
    {float64_bool, float64_int64, float64_float32, float64_float64},
}};
