/*
** denormals.h - while a model runs, numbers too small for a normal float are 0, as in TensorFlow.
**
** A training that has all but converged is full of them, and arithmetic with them takes far longer: 227 ms instead of
** 3.5 for a step of 784-512-512-10 were measured. Outside of models, tensors keep them as NumPy does, and Lua
** its doubles.
*/
#ifndef RNN_DENORMALS_H
#define RNN_DENORMALS_H

#include <stdint.h>

#if defined(__x86_64__)
#define RNN_FLUSHES 0x8040 /* MXCSR: flush to zero, denormals are zero */
static inline uint64_t rnn_float_mode(void) { return __builtin_ia32_stmxcsr(); }
static inline void rnn_set_float_mode(uint64_t mode) { __builtin_ia32_ldmxcsr((unsigned)mode); }
#elif defined(__aarch64__)
#define RNN_FLUSHES (UINT64_C(1) << 24) /* FPCR: FZ */
static inline uint64_t rnn_float_mode(void) {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
static inline void rnn_set_float_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
#define RNN_FLUSHES 0
static inline uint64_t rnn_float_mode(void) { return 0; }
static inline void rnn_set_float_mode(uint64_t mode) { (void)mode; }
#endif

/* the mode before, of this thread */
static inline uint64_t rnn_start_flushing(void) {
  uint64_t before = rnn_float_mode();
  if ((before & RNN_FLUSHES) != RNN_FLUSHES) rnn_set_float_mode(before | RNN_FLUSHES);
  return before;
}

static inline void rnn_stop_flushing(const uint64_t *before) {
  if ((*before & RNN_FLUSHES) != RNN_FLUSHES) rnn_set_float_mode(*before);
}

/* Declares that denormal numbers are 0 until the block that this stands in is left. */
#define RNN_WITHOUT_DENORMALS \
  uint64_t rnn_mode_before __attribute__((cleanup(rnn_stop_flushing), unused)) = rnn_start_flushing()

#endif
