/* binary_crossentropy.c - cross-entropy of independent yes-or-no outputs, plain and focal */
#include <math.h>

#include "losses/losses.h"

typedef struct binary_self {
  bool from_logits;
  double label_smoothing;
  int64_t axis;
} binary_self;

#define FROM_LOGITS_ARG(SELF)                                                \
  {"from_logits", RNN_ARG_BOOLEAN, offsetof(SELF, from_logits), "false", NULL, 0, \
   "y_pred has not been through a sigmoid"}
#define LABEL_SMOOTHING_ARG(SELF)                                                       \
  {"label_smoothing", RNN_ARG_NUMBER, offsetof(SELF, label_smoothing), "0", "[0, 1]", 0, \
   "moves labels this far towards 0.5"}

static const rnn_arg binary_args[] = {FROM_LOGITS_ARG(binary_self), LABEL_SMOOTHING_ARG(binary_self),
                                      AXIS_ARG(binary_self)};

static double smoothed(double t, double smoothing) { return t * (1 - smoothing) + 0.5 * smoothing; }

static float clipped(float p) {
  return p < EPSILON ? EPSILON : p > ONE_MINUS_EPSILON ? ONE_MINUS_EPSILON : p;
}

static double logistic(double x) {
  double e = exp(-fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

static double entropy(double t, double p) { return -(t * log(p) + (1 - t) * log1p(-p)); }
static double entropy_slope(double t, double p) { return (p - t) / (p * (1 - p)); }

static double binary_crossentropy(const binary_self *self, float label, float p) {
  double t = smoothed(label, self->label_smoothing), x = p;
  if (self->from_logits) return (x < 0 ? 0 : x) - x * t + log1p(exp(-fabs(x)));
  return entropy(t, clipped(p));
}

static double binary_crossentropy_slope(const binary_self *self, float label, float p) {
  double t = smoothed(label, self->label_smoothing);
  if (self->from_logits) return logistic(p) - t;
  return p == clipped(p) ? entropy_slope(t, p) : 0;
}

MEAN_OVER_COLUMNS(binary_crossentropy, binary_self)

const rnn_loss_type rnn_binary_crossentropy = {
    .type = {LOSS("BinaryCrossentropy"), .aliases = "binary_crossentropy bce BCE",
             .doc = "-mean(y_true log(y_pred) + (1 - y_true) log(1 - y_pred)) over the last axis, "
                    "y_pred clipped to [1e-7, 1 - 1e-7]",
             RNN_ARGUMENTS(binary_args, binary_self), .positional = 2},
    .compute = binary_crossentropy_compute};

/* ---- focal: what is already right counts less ------------------------------------------------ */

typedef struct focal_self {
  bool apply_class_balancing;
  double alpha, gamma;
  bool from_logits;
  double label_smoothing;
  int64_t axis;
} focal_self;

static const rnn_arg focal_args[] = {
    {"apply_class_balancing", RNN_ARG_BOOLEAN, offsetof(focal_self, apply_class_balancing), "false",
     NULL, 0, "weigh class 1 by alpha and class 0 by 1 - alpha"},
    {"alpha", RNN_ARG_NUMBER, offsetof(focal_self, alpha), "0.25", NULL, 0, "weight of class 1"},
    {"gamma", RNN_ARG_NUMBER, offsetof(focal_self, gamma), "2", "[0, inf)", 0,
     "how fast a right answer loses weight"},
    FROM_LOGITS_ARG(focal_self),
    LABEL_SMOOTHING_ARG(focal_self),
    AXIS_ARG(focal_self),
};

static double class_weight(const focal_self *self, double t) {
  return self->apply_class_balancing ? t * self->alpha + (1 - t) * (1 - self->alpha) : 1;
}

/* 1 - p_t, the probability given to the wrong answer */
static double wrongness(double t, double p) { return t * (1 - p) + (1 - t) * p; }

static double binary_focal(const focal_self *self, float label, float x) {
  double t = smoothed(label, self->label_smoothing);
  float p = self->from_logits ? (float)logistic(x) : x;
  return class_weight(self, t) * pow(wrongness(t, p), self->gamma) * entropy(t, clipped(p));
}

static double binary_focal_slope(const focal_self *self, float label, float x) {
  double t = smoothed(label, self->label_smoothing);
  float p = self->from_logits ? (float)logistic(x) : x;
  double wrong = wrongness(t, p);
  double focus = self->gamma == 0 ? 0 : self->gamma * pow(wrong, self->gamma - 1) * (1 - 2 * t);
  double slope = focus * entropy(t, clipped(p));
  if (p == clipped(p)) slope += pow(wrong, self->gamma) * entropy_slope(t, p);
  return class_weight(self, t) * slope * (self->from_logits ? (double)p * (1 - p) : 1);
}

MEAN_OVER_COLUMNS(binary_focal, focal_self)

const rnn_loss_type rnn_binary_focal_crossentropy = {
    .type = {LOSS("BinaryFocalCrossentropy"), .aliases = "binary_focal_crossentropy",
             .doc = "binary cross-entropy times (1 - p_t)^gamma, p_t the probability given to the "
                    "true class, mean over the last axis; Lin et al. 2018, arXiv:1708.02002",
             RNN_ARGUMENTS(focal_args, focal_self), .positional = 3},
    .compute = binary_focal_compute};
