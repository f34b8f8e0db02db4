/* reduction.c - how the losses of rows become one number */
#include "core/reduction.h"

#include <string.h>

#include "core/common.h"
#include "core/component.h"

static void take_ignored(rnn_reduction *r, const rnn_component *loss, const float *target) {
  int arg = rnn_arg_index(loss->type, "ignore_class");
  if (arg < 0 || loss->type->args[arg].type != RNN_ARG_INTEGER) return;
  int64_t ignored = *(const int64_t *)rnn_field(loss, arg);
  if (ignored == RNN_NIL_INTEGER) return;
  r->target = target;
  r->ignored = (float)ignored;
}

static int64_t count_valid(const rnn_reduction *r, int64_t rows) {
  int64_t valid = 0;
  for (int64_t i = 0; i < rows; i++) valid += rnn_reduction_counts(r, i);
  return valid;
}

static double sum_of_weights(const rnn_reduction *r, int64_t rows) {
  double sum = 0;
  for (int64_t i = 0; i < rows; i++) sum += (double)rnn_reduction_weight(r, i);
  return sum;
}

rnn_reduction rnn_reduction_of(const rnn_component *loss, int64_t rows, const float *target, const float *weights,
                               const uint8_t *mask) {
  const char *how = rnn_loss_common_of(loss)->reduction;
  rnn_reduction r = {.divisor = (double)rows, .weights = weights, .mask = mask, .counts = 1};
  take_ignored(&r, loss, target);
  bool by_default = strcmp(how, "sum_over_batch_size") == 0; /* asked first: this is done for each batch */
  bool some = r.mask || r.target, summed = !by_default && strcmp(how, "sum") == 0;
  r.by_row = !by_default && strcmp(how, "none") == 0;
  if (summed || r.by_row) {
    r.divisor = 1;
  } else if (!by_default && strcmp(how, "mean_with_sample_weight") == 0) {
    if (some || weights) r.divisor = sum_of_weights(&r, rows);
  } else if (some) { /* those that count stand for all of the rows */
    int64_t valid = count_valid(&r, rows);
    r.counts = valid ? (float)rows / (float)valid : 0;
  }
  if (r.divisor == 0) { /* Keras: 0 where nothing counts */
    r.divisor = 1;
    r.counts = 0;
  }
  return r;
}
