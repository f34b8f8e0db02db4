/* shrink.c - activations constant on a stretch: the shrinks, threshold, sparse_plus and _sigmoid */
#include <math.h>

#include "activations/activations.h"

typedef struct shrink_self {
  double threshold;
} shrink_self;

static const rnn_arg shrink_args[] = {
    {"threshold", RNN_ARG_NUMBER, offsetof(shrink_self, threshold), "0.5", NULL, 0,
     "y is 0 from -threshold to threshold"},
};

/* ---- soft_shrink, hard_shrink ---------------------------------------------------------------- */

static float soft_shrink(const shrink_self *self, float x) {
  float t = (float)self->threshold;
  return x > t ? x - t : x < -t ? x + t : isnan(x) ? x : 0;
}

static float hard_shrink(const shrink_self *self, float x) {
  return fabsf(x) > (float)self->threshold || isnan(x) ? x : 0;
}

static float hard_shrink_slope(const shrink_self *self, float x, float y) {
  (void)y;
  return fabsf(x) > (float)self->threshold ? 1 : 0;
}

#define soft_shrink_slope hard_shrink_slope
ELEMENTWISE(soft_shrink, shrink_self, RNN_READS_INPUT)
ELEMENTWISE(hard_shrink, shrink_self, RNN_READS_INPUT)

const rnn_activation_type rnn_soft_shrink = {
    .type = {ACTIVATION("soft_shrink"),
             .doc = "y = x - threshold above it, x + threshold below -threshold, 0 between",
             RNN_ARGUMENTS(shrink_args, shrink_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = soft_shrink_forward,
    .backward = soft_shrink_backward};

const rnn_activation_type rnn_hard_shrink = {
    .type = {ACTIVATION("hard_shrink"), .doc = "y = x if |x| > threshold, else 0",
             RNN_ARGUMENTS(shrink_args, shrink_self), .positional = 1},
    .flags = RNN_READS_INPUT,
    .forward = hard_shrink_forward,
    .backward = hard_shrink_backward};

/* ---- threshold ------------------------------------------------------------------------------- */

typedef struct threshold_self {
  double threshold, default_value;
} threshold_self;

static const rnn_arg threshold_args[] = {
    {"threshold", RNN_ARG_NUMBER, offsetof(threshold_self, threshold), NULL, NULL, 0,
     "x is kept above it"},
    {"default_value", RNN_ARG_NUMBER, offsetof(threshold_self, default_value), NULL, NULL, 0,
     "y up to the threshold"},
};

static float threshold(const threshold_self *self, float x) {
  return x > (float)self->threshold ? x : (float)self->default_value;
}

static float threshold_slope(const threshold_self *self, float x, float y) {
  (void)y;
  return x > (float)self->threshold ? 1 : 0;
}

ELEMENTWISE(threshold, threshold_self, RNN_READS_INPUT)

const rnn_activation_type rnn_threshold = {
    .type = {ACTIVATION("threshold"), .doc = "y = x if x > threshold, else default_value",
             RNN_ARGUMENTS(threshold_args, threshold_self), .positional = 2},
    .flags = RNN_READS_INPUT,
    .forward = threshold_forward,
    .backward = threshold_backward};

/* ---- sparse_plus, sparse_sigmoid ------------------------------------------------------------- */

static float sparse_sigmoid(const no_arguments *self, float x) {
  (void)self;
  return x <= -1 ? 0 : x >= 1 ? 1 : 0.5f * (x + 1);
}

static float sparse_sigmoid_slope(const no_arguments *self, float x, float y) {
  (void)self, (void)y;
  return x > -1 && x < 1 ? 0.5f : 0;
}

ELEMENTWISE(sparse_sigmoid, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_sparse_sigmoid = {
    .type = {ACTIVATION("sparse_sigmoid"),
             .doc = "y = (x + 1) / 2, cut to [0, 1]; Blondel et al. 2019, arXiv:1901.02324"},
    .flags = RNN_READS_INPUT,
    .forward = sparse_sigmoid_forward,
    .backward = sparse_sigmoid_backward};

static float sparse_plus(const no_arguments *self, float x) {
  (void)self;
  return x <= -1 ? 0 : x < 1 ? 0.25f * (x + 1) * (x + 1) : x;
}

static float sparse_plus_slope(const no_arguments *self, float x, float y) {
  (void)y;
  return sparse_sigmoid(self, x); /* its integral is sparse_plus */
}

ELEMENTWISE(sparse_plus, no_arguments, RNN_READS_INPUT)

const rnn_activation_type rnn_sparse_plus = {
    .type = {ACTIVATION("sparse_plus"),
             .doc = "y = 0 up to -1, (x + 1)^2 / 4 up to 1, x from there on"},
    .flags = RNN_READS_INPUT,
    .forward = sparse_plus_forward,
    .backward = sparse_plus_backward};
