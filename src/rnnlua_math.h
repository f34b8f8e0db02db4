/*
** rnnlua_math.h - for float loops in a plugin or in the host: CPU levels, vector types, tanh & co.
**
** A file named *_kernels.c is compiled once for each CPU level (x86-64, -v3, -v4; elsewhere once) and
** fills one constant struct of functions, named with RNN_KERNELS:
**   const rnn_vector_functions RNN_KERNELS(rnn_vector) = {…};    -- rnn_vector_v3 when compiled for v3
** Its header declares it, RNN_DECLARE_KERNELS(rnn_vector_functions, rnn_vector), and the caller picks
** the one for this machine: RNN_PICK(host->cpu_level, rnn_vector)->tanh(n, x, y).
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

#endif
