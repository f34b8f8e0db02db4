/* piecewise.c - a learning rate that is constant between steps given */
#include "optimizers/optimizers.h"

typedef struct piecewise_self {
  rnn_numbers boundaries, values;
} piecewise_self;

static const rnn_arg args[] = {
    {"boundaries", RNN_ARG_NUMBERS, offsetof(piecewise_self, boundaries), NULL, "[0, inf)", 0,
     "steps up to which, themselves included, the values hold; increasing"},
    {"values", RNN_ARG_NUMBERS, offsetof(piecewise_self, values), NULL, "[0, inf)", 0,
     "the rates, one more than boundaries"},
};

static rnn_status check(rnn_context *cx, void *self) {
  const piecewise_self *a = self;
  if (a->values.count != a->boundaries.count + 1)
    return rnn_fail(cx, RNN_INVALID,
                    "PiecewiseConstantDecay: argument 'values' must have one number more than 'boundaries', got %lld "
                    "and %lld",
                    (long long)a->values.count, (long long)a->boundaries.count);
  for (int64_t i = 1; i < a->boundaries.count; i++)
    if (!(a->boundaries.values[i - 1] < a->boundaries.values[i]))
      return rnn_fail(cx, RNN_INVALID, "PiecewiseConstantDecay: argument 'boundaries' must increase, got %g before %g",
                      a->boundaries.values[i - 1], a->boundaries.values[i]);
  return RNN_OK;
}

static rnn_status piecewise_rate(rnn_context *cx, const void *self, int64_t step, double *rate) {
  (void)cx;
  const piecewise_self *a = self;
  int64_t i = 0;
  while (i < a->boundaries.count && (double)step > a->boundaries.values[i]) i++;
  *rate = a->values.values[i];
  return RNN_OK;
}

const rnn_schedule_type rnn_piecewise_constant_decay = {
    .type = {SCHEDULE("PiecewiseConstantDecay"),
             .doc = "values[1] up to step boundaries[1], then values[2] up to boundaries[2], …; the last value behind",
             RNN_ARGUMENTS(args, piecewise_self), .positional = 2, .check = check},
    .rate = piecewise_rate};
