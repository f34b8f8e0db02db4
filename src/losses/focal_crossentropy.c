/* focal_crossentropy.c - categorical cross-entropy where what is already right counts less */
#include <math.h>

#include "losses/losses.h"

typedef struct focal_self {
  double alpha, gamma;
  bool from_logits;
  double label_smoothing;
  int64_t axis;
} focal_self;

static const rnn_arg focal_args[] = {
    {"alpha", RNN_ARG_NUMBER, offsetof(focal_self, alpha), "0.25", NULL, 0,
     "weight of every class"},
    {"gamma", RNN_ARG_NUMBER, offsetof(focal_self, gamma), "2", "[0, inf)", 0,
     "how fast a right answer loses weight"},
    {"from_logits", RNN_ARG_BOOLEAN, offsetof(focal_self, from_logits), "false", NULL, 0,
     "y_pred has not been through a softmax"},
    {"label_smoothing", RNN_ARG_NUMBER, offsetof(focal_self, label_smoothing), "0", "[0, 1]", 0,
     "moves targets this far towards 1 / classes"},
    AXIS_ARG(focal_self),
};

/* What turns y_pred into probabilities: exp(x - shift) / total of logits x, otherwise x / total. */
typedef struct normaliser {
  bool exponential;
  double shift, total;
} normaliser;

static normaliser find_normaliser(bool exponential, int64_t n, const float *x) {
  normaliser result = {exponential, -INFINITY, 0};
  for (int64_t c = 0; c < n; c++) result.shift = x[c] > result.shift ? x[c] : result.shift;
  for (int64_t c = 0; c < n; c++) result.total += exponential ? exp(x[c] - result.shift) : x[c];
  return result;
}

static double probability(const normaliser *by, float x) {
  return (by->exponential ? exp(x - by->shift) : x) / by->total;
}

static double clipped(double p) {
  return p < EPSILON ? EPSILON : p > ONE_MINUS_EPSILON ? ONE_MINUS_EPSILON : p;
}

/* f(q) = -alpha (1 - q)^gamma t log q, and its derivative by q */
static double focal(const focal_self *self, double t, double q) {
  return -self->alpha * pow(1 - q, self->gamma) * t * log(q);
}

static double focal_slope(const focal_self *self, double t, double q) {
  double focus = self->gamma == 0 ? 0 : self->gamma * pow(1 - q, self->gamma - 1) * log(q);
  return self->alpha * t * (focus - pow(1 - q, self->gamma) / q);
}

static double target(const focal_self *self, float t, int64_t classes) {
  return t * (1 - self->label_smoothing) + self->label_smoothing / (double)classes;
}

static float focal_row(const focal_self *self, int64_t n, const float *t, const float *x,
                       float weight, float *dx) {
  normaliser by = find_normaliser(self->from_logits, n, x);
  double loss = 0, turned = 0; /* sum of dq q, by which normalising turns the gradient */
  for (int64_t c = 0; c < n; c++) {
    double q = probability(&by, x[c]);
    loss += focal(self, target(self, t[c], n), clipped(q));
    if (q == clipped(q)) turned += q * focal_slope(self, target(self, t[c], n), q);
  }
  for (int64_t c = 0; dx != NULL && c < n; c++) {
    double q = probability(&by, x[c]);
    double dq = q == clipped(q) ? focal_slope(self, target(self, t[c], n), q) : 0;
    dx[c] = (float)(weight * (dq - turned) * (self->from_logits ? q : 1 / by.total));
  }
  return (float)loss;
}

static rnn_status focal_compute(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                const float *y_true, const float *y_pred, const float *weights,
                                float *values, float *d_pred) {
  (void)cx;
  for (int64_t r = 0; r < rows; r++) {
    int64_t at = r * columns;
    values[r] = focal_row(self, columns, y_true + at, y_pred + at, weight_of(weights, r),
                          d_pred ? d_pred + at : NULL);
  }
  return RNN_OK;
}

const rnn_loss_type rnn_categorical_focal_crossentropy = {
    .type = {LOSS("CategoricalFocalCrossentropy"), .aliases = "categorical_focal_crossentropy",
             .doc = "-alpha sum((1 - y_pred)^gamma y_true log(y_pred)) along the last axis; y_true "
                    "one-hot, y_pred scaled to sum to 1, then clipped; Lin et al. 2018, "
                    "arXiv:1708.02002",
             RNN_ARGUMENTS(focal_args, focal_self), .positional = 2},
    .compute = focal_compute};
